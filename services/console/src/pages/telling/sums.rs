//! Delivery of a session by channel and state, as a chart and as a table.

use contracts::{
    notifier::v1::CountMessagesRequest,
    scheduler::v1::{GetStatusRequest, GetStatusResponse},
};

use super::words;
use crate::{Clients, error::Error, texts::Texts};

/// One bar: a channel and what became of it.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) part: i64,
    pub(super) whole: i64,
    pub(super) words: String,
    pub(super) percent: String,
}

/// What was promised, and what became of it.
pub(super) struct Sums {
    pub(super) bars: Vec<Bar>,
    /// planned = sent + suppressed + failed + pending, in words.
    pub(super) balance: String,
}

/// None when nothing was planned, or for a list of all sessions.
pub(super) async fn of(t: Texts, clients: &Clients, group: &str) -> Result<Option<Sums>, Error> {
    if group.is_empty() {
        return Ok(None);
    }
    let status = GetStatusRequest {
        group: group.to_owned(),
        ..GetStatusRequest::default()
    };
    let counts = CountMessagesRequest {
        group: group.to_owned(),
        ..CountMessagesRequest::default()
    };
    let (mut scheduler, mut notifier) = (clients.scheduler(), clients.deliveries());
    let (status, counts) = futures::try_join!(scheduler.get_status(status), notifier.count_messages(counts))?;
    let (status, counts) = (status.into_inner(), counts.into_inner().counts);
    let all = planned(&status);
    if all == 0 {
        return Ok(None);
    }
    let whole: i64 = counts.iter().map(|count| count.messages).sum();
    let bars = counts.iter().map(|count| {
        let state = match count.state.as_str() {
            "accepted" => t.say("telling-sum-accepted"),
            "refused" => t.say("telling-sum-refused"),
            "unknown" => t.say("telling-sum-unknown"),
            "unconfirmed" => t.say("telling-sum-unconfirmed"),
            "delivered" => t.say("telling-sum-delivered"),
            "failed_temporary" | "failed_permanent" => t.say("telling-sum-undelivered"),
            _ => t.say("telling-sum-leaving"),
        };
        let channel = words::channel(t, &count.channel);
        Bar {
            label: format!("{channel}, {state}"),
            part: count.messages,
            whole,
            words: t.with("telling-sum-messages", "n", count.messages).to_string(),
            percent: t.percent(count.messages, whole),
        }
    });
    let balance = t
        .with("telling-balance", "all", all)
        .and("sent", status.sent)
        .and("suppressed", status.suppressed)
        .and("failed", status.failed)
        .and("pending", status.planned + status.queued);
    Ok(Some(Sums {
        bars: bars.collect(),
        balance: balance.to_string(),
    }))
}

fn planned(status: &GetStatusResponse) -> i64 {
    status.planned + status.queued + status.sent + status.suppressed + status.failed
}
