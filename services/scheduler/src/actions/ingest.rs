use std::collections::BTreeMap;

use platform::Tx;
use platform::auth::{Actor, READERS};
use platform::trace::TARGET;
use uuid::Uuid;

use super::Context;
use crate::domain::{Milestone, Recorded, Reminder};
use crate::error::Error;
use crate::plan::{self, Change, Draft, Plan};
use crate::store;

/// Takes a revision in and plans for it: what stands no longer is suppressed in the transaction that records the
/// change. Whether it was new.
#[tracing::instrument(
    name = "plan", level = "trace", target = TARGET, skip_all,
    fields(milestone.kind = milestone.kind, milestone.revision = milestone.revision)
)]
pub async fn take_in(context: &Context, tx: &mut Tx, milestone: Milestone) -> Result<bool, Error> {
    milestone.check(&context.kinds)?;
    store::lock_subject(tx, &milestone.subject).await?;
    let before = store::find(tx, &milestone.subject, &milestone.kind).await?;
    let Some(after) = plan::take_in(before.as_ref(), milestone) else {
        return Ok(false);
    };
    let existing = store::of_subject(tx, &after.milestone.subject).await?;
    let now = context.clock.now();
    let plan = plan::plan(
        context.rules(),
        before.as_ref(),
        &after,
        &existing,
        now.timestamp(),
    );
    store::record(tx, &after, now).await?;
    context.apply(tx, &after, &plan).await?;
    Ok(true)
}

/// What a milestone would change in the ledger.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The milestone.
    pub milestone: Milestone,
    /// Rows that would be added.
    pub drafts: Vec<Draft>,
    /// Rows of the ledger that would change, each with how.
    pub changes: Vec<(Reminder, Change)>,
}

/// What would be written into the ledger if these milestones were set or cleared now.
pub async fn preview(
    context: &Context,
    actor: &Actor,
    milestones: Vec<Milestone>,
) -> Result<Vec<Preview>, Error> {
    actor.require(READERS)?;
    for milestone in &milestones {
        actor.may_access(milestone.organisation)?;
        milestone.check(&context.kinds)?;
    }
    let subjects: Vec<&str> = milestones.iter().map(|one| one.subject.as_str()).collect();
    let mut tx = context.db.read().await?;
    let recorded = store::of_subjects(&mut tx, &subjects).await?;
    let ledger = store::by_subject(&mut tx, &subjects).await?;
    drop(tx);
    let recorded: BTreeMap<(&str, &str), &Recorded> = recorded
        .iter()
        .map(|one| ((one.milestone.subject.as_str(), one.milestone.kind.as_str()), one))
        .collect();
    for milestone in &milestones {
        // Whose it is already is asked too: a subject of another's, said to be one's own, would show their people.
        if let Some(known) = recorded.get(&(milestone.subject.as_str(), milestone.kind.as_str())) {
            actor.may_access(known.milestone.organisation)?;
        }
    }
    let now = context.clock.now().timestamp();
    let mut previews = Vec::with_capacity(milestones.len());
    for milestone in &milestones {
        let before = recorded
            .get(&(milestone.subject.as_str(), milestone.kind.as_str()))
            .copied();
        let mut preview = Preview {
            milestone: milestone.clone(),
            drafts: Vec::new(),
            changes: Vec::new(),
        };
        if let Some(after) = plan::take_in(before, milestone.clone()) {
            let existing = ledger.get(&milestone.subject).map_or(&[][..], Vec::as_slice);
            let Plan { insert, change } = plan::plan(context.rules(), before, &after, existing, now);
            preview.drafts = insert;
            preview.changes = changed(existing, change);
        }
        previews.push(preview);
    }
    Ok(previews)
}

/// Changes beside the rows that they change. A row that is told at the same instant as before is none.
fn changed(existing: &[Reminder], changes: Vec<Change>) -> Vec<(Reminder, Change)> {
    let of = |change: Change| {
        let (Change::Suppress { id, .. } | Change::Plan { id, .. }) = &change;
        let row = existing.iter().find(|reminder| reminder.id == *id)?.clone();
        let same = matches!(&change, Change::Plan { due, .. } if row.is_live() && *due == row.due);
        (!same).then_some((row, change))
    };
    changes.into_iter().filter_map(of).collect()
}

/// Holds back what was still to be told to an erased person.
pub async fn erase_person(context: &Context, tx: &mut Tx, person: Uuid) -> Result<(), Error> {
    store::erase_person(tx, person, context.clock.now()).await?;
    Ok(())
}
