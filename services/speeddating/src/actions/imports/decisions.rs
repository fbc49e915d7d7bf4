//! What an import is decided on, kept until it is written: a retry must send the directory the same people under the same
//! id, even if somebody was registered or erased meanwhile.

use jiff::SignedDuration;
use platform::{Tx, idempotency::Reused};

use super::{Context, Keyed};
use crate::{
    directory::Who,
    domain::{Seen, Session},
    error::Error,
    import::{Decision, Known, Problem, Reading},
    store,
};

/// As long as replies are kept: who retries later decides anew.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What was decided for this request before, or none; an error when the id came with another request.
pub(super) async fn recall(tx: &mut Tx, request: &Keyed) -> Result<Option<Decision>, Error> {
    match store::imports::find(tx, request.id).await? {
        None => Ok(None),
        Some((fingerprint, decision)) if fingerprint == request.fingerprint => Ok(Some(decision)),
        Some(_) => Err(Reused.into()),
    }
}

/// Takes back the rows that cannot be taken, and returns why.
pub(super) async fn screened(
    context: &Context,
    session: &Session,
    reading: &mut Reading,
    seen: &[Seen],
    known: &Known,
) -> Result<Vec<Problem>, Error> {
    let before = reading.problems.clone();
    context
        .directory
        .compare(
            session.organisation_id,
            session.kind,
            reading,
            &Who::registered(seen),
            known,
        )
        .await?;
    let found = reading
        .problems
        .iter()
        .filter(|problem| !before.contains(problem));
    // Those of wishes follow from the rows that they name.
    let rows = found.filter(|problem| problem.table != crate::import::Table::Wishes);
    Ok(rows.cloned().collect())
}

/// Keeps a decision before anybody is sent to the directory; returns the one that stands, if another was faster.
pub(super) async fn keep(context: &Context, request: &Keyed, decision: Decision) -> Result<Decision, Error> {
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    store::imports::purge(&mut tx, now.minus(KEPT)).await?;
    store::imports::insert(&mut tx, request.id, &request.fingerprint, &decision, now).await?;
    let stands = recall(&mut tx, request).await?;
    tx.commit().await?;
    Ok(stands.unwrap_or(decision))
}

/// Leaves more rows aside than was decided.
pub(super) async fn change(context: &Context, request: &Keyed, decision: &Decision) -> Result<(), Error> {
    let mut tx = context.db.begin().await?;
    store::imports::change(&mut tx, request.id, decision).await?;
    tx.commit().await?;
    Ok(())
}

/// Lets the import be decided anew.
pub(super) async fn forget(context: &Context, request: &Keyed) -> Result<(), Error> {
    let mut tx = context.db.begin().await?;
    store::imports::forget(&mut tx, request.id).await?;
    tx.commit().await?;
    Ok(())
}
