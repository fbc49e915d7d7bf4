use platform::Tx;
use platform::auth::{Actor, READERS};
use uuid::Uuid;

use super::Context;
use crate::domain::Milestone;
use crate::error::Error;
use crate::plan::{self, Draft, Plan};
use crate::store;

/// Takes a revision in and plans for it: what stands no longer is suppressed in the transaction that records the
/// change. Whether it was new.
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

/// What would be written into the ledger if these milestones were set now, each with its subject's drafts.
pub async fn preview(
    context: &Context,
    actor: &Actor,
    milestones: Vec<Milestone>,
) -> Result<Vec<(Milestone, Vec<Draft>)>, Error> {
    actor.require(READERS)?;
    let mut previews = Vec::new();
    let mut tx = context.db.read().await?;
    for milestone in milestones {
        actor.may_access(milestone.organisation)?;
        milestone.check(&context.kinds)?;
        let before = store::find(&mut tx, &milestone.subject, &milestone.kind).await?;
        let drafts = match plan::take_in(before.as_ref(), milestone.clone()) {
            None => Vec::new(),
            Some(after) => {
                let existing = store::of_subject(&mut tx, &milestone.subject).await?;
                let now = context.clock.now().timestamp();
                let Plan { insert, .. } =
                    plan::plan(context.rules(), before.as_ref(), &after, &existing, now);
                insert
            }
        };
        previews.push((milestone, drafts));
    }
    Ok(previews)
}

/// Holds back what was still to be told to an erased person.
pub async fn erase_person(context: &Context, tx: &mut Tx, person: Uuid) -> Result<(), Error> {
    store::erase_person(tx, person, context.clock.now()).await?;
    Ok(())
}
