//! Nobody is in two sessions at the same time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use platform::Tx;
use uuid::Uuid;

use crate::{
    domain::{Board, Part, Refusal, Session},
    error::Error,
    store,
};

/// Refuses meetings of a held session whose candidates (all, or those named) are in another published session at the
/// same time. It holds the day, so that of two sessions that are published at once the second one sees the first. Never
/// from the ways out (a cancellation, a withdrawal, an erasure): these hold several sessions and free people.
pub(super) async fn nobody_elsewhere(
    tx: &mut Tx,
    session: &Session,
    board: &Board,
    only: Option<&BTreeSet<Uuid>>,
) -> Result<(), Error> {
    let plan = &session.plan;
    let here = Part::of(board, only);
    if here.is_empty() {
        return Ok(());
    }
    store::days::hold(tx, &plan.days()).await?;
    // Dates are of each session's zone: one at the same instant may be called the day before or after.
    let (from, to) = (
        plan.date.saturating_sub(1.day()),
        plan.date.saturating_add(1.day()),
    );
    let people: Vec<Uuid> = here.iter().map(|part| part.person_id).collect();
    let mut elsewhere: BTreeMap<Uuid, Vec<Part>> = BTreeMap::new();
    for (other, part) in store::days::elsewhere(tx, session.id, from, to, &people).await? {
        elsewhere.entry(other).or_default().push(part);
    }
    let mut clashes = Vec::new();
    for (other, parts) in elsewhere {
        if let Some(other) = store::sessions::find(tx, other).await? {
            clashes.extend(Part::clashes(&here, plan, &parts, &other.plan));
        }
    }
    if clashes.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Clashes(clashes).into())
    }
}
