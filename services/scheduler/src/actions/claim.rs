use platform::trace::{self, TARGET};
use platform::{Moment, Tx, outbox};
use tracing::{Instrument as _, Span};

use super::Context;
use crate::domain::{Delivery, Due, bundle};
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
    let claim = tracing::trace_span!(target: TARGET, parent: None, "claim", reminders = count);
    trace::links(&claim, due.iter().map(|item| item.traceparent.as_str()));
    hand_on(context, &mut tx, due, now).instrument(claim).await?;
    tx.commit().await?;
    Ok(count)
}

/// Bundles what is due, and tells the notifier.
async fn hand_on(context: &Context, tx: &mut Tx, due: Vec<Due>, now: Moment) -> Result<(), Error> {
    let mut deliveries = bundle(due, || context.ids.id(), |policy| on_unknown(context, policy));
    let _due = due_spans(&mut deliveries);
    store::insert_deliveries(tx, &deliveries, now).await?;
    store::queue(tx, &deliveries).await?;
    outbox::push_all(tx, &events::due(&context.ids, &context.clock, &deliveries)).await?;
    Ok(())
}

/// A claim is a batch of many traces: each delivery goes on in the trace that planned it, linked to the claim.
fn due_spans(deliveries: &mut [Delivery]) -> Vec<Span> {
    let claim = trace::current();
    let span = |delivery: &mut Delivery| {
        let span = tracing::trace_span!(
            target: TARGET,
            parent: None,
            "due",
            delivery.id = %delivery.id,
            delivery.policy = delivery.policy,
            reminders = delivery.reminders.len(),
        );
        trace::continues(&span, &delivery.traceparent);
        trace::links(&span, [claim.as_str()]);
        delivery.traceparent = trace::of(&span);
        span
    };
    deliveries.iter_mut().map(span).collect()
}

fn on_unknown(context: &Context, policy: &str) -> String {
    let choice = context
        .policies
        .get(policy)
        .map_or(OnUnknown::AtLeastOnce, |policy| policy.on_unknown);
    choice.as_str().to_owned()
}
