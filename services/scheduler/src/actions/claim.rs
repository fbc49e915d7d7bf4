use platform::Moment;
use platform::outbox;

use super::Context;
use crate::domain::bundle;
use crate::error::Error;
use crate::policy::OnUnknown;
use crate::{events, store};

/// Reminders that one transaction takes.
const BATCH: i64 = 500;

/// Turns reminders that are due into deliveries, with the event that tells the notifier, in one transaction.
/// How many reminders; any number of replicas may do it at once.
pub async fn claim(context: &Context) -> Result<usize, Error> {
    Ok(claim_some(context, false).await? + claim_some(context, true).await?)
}

/// When the next reminder is due; none when nothing waits.
pub async fn next_due(context: &Context) -> Result<Option<Moment>, Error> {
    Ok(store::next_due(&mut context.db.read().await?).await?)
}

async fn claim_some(context: &Context, digest: bool) -> Result<usize, Error> {
    let now = context.clock.now();
    // A look first, so that an idle scheduler takes no write lock every second.
    if !store::is_due(&mut context.db.read().await?, digest, now).await? {
        return Ok(0);
    }
    let mut tx = context.db.begin().await?;
    if digest && !store::hold_digests(&mut tx).await? {
        return Ok(0);
    }
    let mut due = store::due(&mut tx, digest, now, BATCH).await?;
    if digest && due.len() == usize::try_from(BATCH).unwrap_or(usize::MAX) {
        // The last person's items may go on behind the limit: leave them for the next round, unless there is only one.
        let last = due.last().map(|item| (item.recipient, item.policy.clone()));
        let whole = due
            .iter()
            .filter(|item| Some((item.recipient, item.policy.clone())) != last)
            .count();
        due.truncate(if whole == 0 { due.len() } else { whole });
    }
    if due.is_empty() {
        return Ok(0);
    }
    for item in &due {
        context
            .metrics
            .claim_lateness
            .observe(now.timestamp().duration_since(item.due).as_secs_f64());
    }
    let count = due.len();
    let deliveries = bundle(due, || context.ids.id(), |policy| on_unknown(context, policy));
    store::insert_deliveries(&mut tx, &deliveries, now).await?;
    store::queue(&mut tx, &deliveries).await?;
    outbox::push_all(&mut tx, &events::due(&context.ids, &context.clock, &deliveries)).await?;
    tx.commit().await?;
    Ok(count)
}

fn on_unknown(context: &Context, policy: &str) -> String {
    let choice = context
        .policies
        .get(policy)
        .map_or(OnUnknown::AtLeastOnce, |policy| policy.on_unknown);
    choice.as_str().to_owned()
}
