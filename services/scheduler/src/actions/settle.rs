use std::collections::{BTreeMap, BTreeSet};

use platform::Tx;
use uuid::Uuid;

use super::Context;
use crate::domain::{ReminderState, Settlement};
use crate::error::Error;
use crate::plan;
use crate::store::{self, Settled};

/// Writes into the ledger how deliveries ended. Whoever was not reached after all is planned for anew: the first
/// message of a milestone that moved meanwhile was held to be told.
pub async fn settle(context: &Context, tx: &mut Tx, settlements: &[Settlement]) -> Result<(), Error> {
    let settled: BTreeSet<Uuid> = store::settle_deliveries(tx, settlements)
        .await?
        .into_iter()
        .collect();
    let open: BTreeMap<Uuid, &Settlement> = settlements
        .iter()
        .filter(|settlement| settled.contains(&settlement.delivery))
        .map(|settlement| (settlement.delivery, settlement))
        .collect();
    let ended: Vec<&Settlement> = open.values().copied().collect();
    for reminder in store::settle(tx, &ended).await? {
        if let Some(settlement) = open.get(&reminder.delivery) {
            count(context, settlement, &reminder);
        }
    }
    let missed = ended.iter().filter(|one| one.outcome != ReminderState::Sent);
    let missed: Vec<Uuid> = missed.map(|one| one.delivery).collect();
    if missed.is_empty() {
        return Ok(());
    }
    let subjects = store::subjects_of(tx, &missed).await?;
    let subjects: BTreeSet<&str> = subjects.iter().map(String::as_str).collect();
    for subject in subjects {
        replan(context, tx, subject).await?;
    }
    Ok(())
}

/// How late it was, or why it was missed. What came back and went by another channel was on time, or late, when it was told
/// first: how long its provider took to say that it did not arrive is no lateness of ours.
fn count(context: &Context, settlement: &Settlement, reminder: &Settled) {
    match settlement.outcome {
        ReminderState::Sent if reminder.again => {}
        ReminderState::Sent => {
            let due = reminder.due.timestamp();
            let late = settlement.at.duration_since(due).as_secs_f64();
            context.metrics.lateness.observe(late.max(0.0));
        }
        ReminderState::Failed => context.metrics.missed(&settlement.reason),
        // Somebody wanted it so: erased, refused, unsubscribed.
        _ => {}
    }
}

/// Plans anew for all milestones of a subject as they stand.
pub(super) async fn replan(context: &Context, tx: &mut Tx, subject: &str) -> Result<(), Error> {
    store::lock_subject(tx, subject).await?;
    for recorded in store::of_subjects(tx, &[subject]).await? {
        let existing = store::of_subject(tx, subject).await?;
        let now = context.clock.now().timestamp();
        let plan = plan::plan(context.rules(), Some(&recorded), &recorded, &existing, now);
        context.apply(tx, &recorded, &plan).await?;
    }
    Ok(())
}
