use std::time::Duration;

use platform::outbox;

use super::instead::go_another_way;
use crate::{
    context::Context,
    domain::{self, Fate, Outcome, Receipt, Settlement, Standing},
    error::Error,
    events,
    store::{self, Told},
};

/// A database that was busy, or two that waited for each other, get another try: most gateways call only once.
const TRIES: usize = 3;

/// What became of a receipt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Noted {
    /// The message's state changed.
    Applied,
    /// It says nothing new: late, or sent twice.
    Stale,
    /// Its code is in no table.
    Unrecognised,
    /// No message of ours has that reference at that provider.
    Unknown,
}

impl Noted {
    /// Its name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Stale => "stale",
            Self::Unrecognised => "unrecognised",
            Self::Unknown => "unknown_reference",
        }
    }
}

/// Notes what a provider says of a message. Twice, late and in any order change nothing that is known better.
pub async fn note_receipt(context: &Context, receipt: &Receipt) -> Result<Noted, Error> {
    let mut tries = 1;
    let noted = loop {
        match note(context, receipt).await {
            Err(Error::Database(error)) if error.is_transient() && tries < TRIES => tries += 1,
            other => break other?,
        }
    };
    context.metrics.receipt(receipt.provider, noted.name());
    if noted == Noted::Unrecognised {
        tracing::error!(
            provider = receipt.provider,
            code = receipt.code,
            "a receipt has a code that no table has: the message keeps its state"
        );
    }
    Ok(noted)
}

/// Our reference of what a provider names by an id of its own. It may call before we have recorded its answer.
pub async fn find_reference(
    context: &Context,
    provider: &'static str,
    id: &str,
) -> Result<Option<String>, Error> {
    for pause in LOOKS {
        tokio::time::sleep(pause).await;
        let mut tx = context.db.read().await?;
        if let Some(reference) = store::reference_of(&mut tx, provider, id).await? {
            return Ok(Some(reference));
        }
    }
    context.metrics.receipt(provider, Noted::Unknown.name());
    Ok(None)
}

/// When to look for an id: at once, and twice more within two seconds.
const LOOKS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_millis(1_500),
];

async fn note(context: &Context, receipt: &Receipt) -> Result<Noted, Error> {
    let (now, channel) = (context.clock.now(), receipt.channel);
    let mut tx = context.db.begin().await?;
    let Some(told) = store::lock_by_reference(&mut tx, channel, &receipt.reference, receipt.provider).await?
    else {
        tx.commit().await?;
        return Ok(Noted::Unknown);
    };
    if receipt.fate == Fate::Unrecognised {
        tx.commit().await?;
        return Ok(Noted::Unrecognised);
    }
    let settled = if told.state == "unknown" && receipt.fate.was_taken() {
        settle(context, &mut tx, receipt, &told).await?
    } else {
        None
    };
    let standing = Standing {
        state: &told.state,
        code: &told.receipt,
        last: told.receipt_at,
    };
    let applies = domain::applies(standing, receipt);
    if applies && let Some(state) = receipt.fate.state() {
        // What did not arrive by one account did not arrive, whoever complains of it.
        let state = if told.state == "failed_permanent" {
            &told.state
        } else {
            state
        };
        let at = receipt.at.unwrap_or(now);
        store::set_receipt(&mut tx, channel, told.delivery_id, state, &receipt.code, at).await?;
        if receipt.fate.ends_the_address() && !told.recipient.is_empty() {
            let (recipient, person) = (told.recipient.as_str(), told.person_id);
            store::suppress(&mut tx, channel, recipient, person, &receipt.code, now).await?;
        }
    }
    let again = applies
        && matches!(receipt.fate, Fate::FailedPermanent { .. })
        && go_another_way(&mut tx, told.delivery_id, channel, now).await?;
    tx.commit().await?;
    if again {
        context.wake.notify_one();
    }
    if applies && receipt.fate == Fate::Delivered {
        let at = receipt.at.unwrap_or(now).timestamp();
        let after = at.duration_since(told.created_at.timestamp()).as_secs_f64();
        context.metrics.delivered(channel.name(), receipt.provider, after);
    }
    if let Some(settlement) = &settled {
        context.metrics.settled(settlement);
    }
    Ok(if applies || settled.is_some() {
        Noted::Applied
    } else {
        Noted::Stale
    })
}

/// Nobody knew whether the provider took it: now it says so.
async fn settle(
    context: &Context,
    tx: &mut platform::Tx,
    receipt: &Receipt,
    told: &Told,
) -> Result<Option<Settlement>, Error> {
    let now = context.clock.now();
    store::resolve_unknown(tx, receipt.channel, told.delivery_id, receipt.provider, now).await?;
    let Some((attempts, uncertain)) = store::settle_sent(tx, receipt.channel, told.delivery_id, now).await?
    else {
        return Ok(None);
    };
    let settlement = Settlement {
        delivery_id: told.delivery_id,
        outcome: Outcome::Sent(receipt.channel),
        attempts,
        uncertain,
    };
    let event = events::settled(&context.ids, &context.clock, std::slice::from_ref(&settlement));
    outbox::push(tx, &event).await?;
    Ok(Some(settlement))
}
