//! A message as it would read now, on a telephone or in a mailbox.

use contracts::{
    notifier::v1::{Preview, PreviewAsk, RenderPreviewRequest},
    scheduler::v1::ReminderDetail,
};

use super::words;
use crate::{Clients, error::Error, texts::Texts};

/// What the person would get.
#[derive(Default)]
pub(super) struct Seen {
    /// Why nothing would be sent; empty when something would.
    pub(super) nothing: String,
    pub(super) mail: bool,
    pub(super) channel: String,
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    /// Of an SMS, as a telephone receives it.
    pub(super) parts: Vec<String>,
    /// Segments, characters and cost.
    pub(super) amount: String,
    /// What was replaced, "œ→oe".
    pub(super) replaced: String,
}

/// The message of a reminder if it left now; none when what it is about is not known any more.
pub(super) async fn now(t: Texts, clients: &Clients, detail: &ReminderDetail) -> Result<Option<Seen>, Error> {
    let (Some(reminder), Some(milestone)) = (&detail.reminder, &detail.milestone) else {
        return Ok(None);
    };
    let ask = PreviewAsk {
        person_id: reminder.recipient_person_id.clone(),
        template: reminder.template.clone(),
        route: reminder.route.clone(),
        milestone: Some(milestone.clone()),
        role: reminder.role.clone(),
        occasion: reminder.occasion.clone(),
        previous_starts_local: if reminder.occasion == "moved" {
            detail.previous_starts_local.clone()
        } else {
            String::new()
        },
        milestone_number: 0,
    };
    let request = RenderPreviewRequest {
        asks: vec![ask],
        with_text: true,
        milestones: Vec::new(),
    };
    let reply = clients.previews().render_preview(request).await?.into_inner();
    let currency = reply.currency;
    let priced = reply.segment_price_micros > 0;
    let preview = reply.previews.into_iter().next();
    Ok(preview.map(|preview| seen(t, preview, &currency, priced)))
}

fn seen(t: Texts, preview: Preview, currency: &str, priced: bool) -> Seen {
    if preview.channel.is_empty() {
        return Seen {
            nothing: words::reason(t, &preview.reason),
            ..Seen::default()
        };
    }
    let mut amount = String::new();
    let (mut parts, mut replaced) = (Vec::new(), String::new());
    if let Some(sms) = preview.sms {
        let units = t.with("telling-units", "n", sms.units);
        let segments = t.with("telling-segments", "n", sms.segments);
        amount = format!("{segments}, {units}");
        if priced {
            amount.push_str(", ");
            amount.push_str(&words::cost(t, preview.cost_micros, currency));
        }
        replaced = sms.replaced.join(", ");
        parts = sms.parts;
    }
    Seen {
        nothing: String::new(),
        mail: preview.channel == "mail",
        channel: words::channel(t, &preview.channel),
        to: preview.to,
        subject: preview.subject,
        text: preview.text,
        html: preview.html,
        parts,
        amount,
        replaced,
    }
}
