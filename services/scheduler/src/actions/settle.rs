use std::collections::BTreeSet;

use platform::Tx;

use super::Context;
use crate::domain::{ReminderState, Settlement};
use crate::error::Error;
use crate::{plan, store};

/// Writes into the ledger how deliveries ended. Whoever was not reached after all is planned for anew: the first
/// message of a milestone that moved meanwhile was held to be told.
pub async fn settle(context: &Context, tx: &mut Tx, settlements: &[Settlement]) -> Result<(), Error> {
    let mut settled = Vec::new();
    let mut missed = Vec::new();
    for settlement in settlements {
        if store::settle_deliveries(tx, settlement).await? {
            store::settle(tx, settlement).await?;
            settled.push(settlement.delivery);
            if settlement.outcome != ReminderState::Sent {
                missed.push(settlement.delivery);
            }
        }
    }
    store::forget_items(tx, &settled).await?;
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
