//! Nobody is in two sessions at the same time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use platform::Tx;
use uuid::Uuid;

use crate::{
    domain::{Board, Clash, Part, Plan, Refusal, Session},
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
    let people: Vec<Uuid> = here.iter().map(|part| part.person_id).collect();
    let clashes = Elsewhere::read(tx, session, &people)
        .await?
        .clashes(session, &here);
    if clashes.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Clashes(clashes).into())
    }
}

/// What people do in other published sessions around a session's day.
pub(super) struct Elsewhere(Vec<(Vec<Part>, Plan)>);

impl Elsewhere {
    pub(super) async fn read(tx: &mut Tx, session: &Session, people: &[Uuid]) -> Result<Self, Error> {
        // Dates are of each session's zone: one at the same instant may be called the day before or after.
        let date = session.plan.date;
        let (from, to) = (date.saturating_sub(1.day()), date.saturating_add(1.day()));
        let mut elsewhere: BTreeMap<Uuid, Vec<Part>> = BTreeMap::new();
        for (other, part) in store::days::elsewhere(tx, session.id, from, to, people).await? {
            elsewhere.entry(other).or_default().push(part);
        }
        let mut all = Vec::new();
        for (other, parts) in elsewhere {
            if let Some(other) = store::sessions::find(tx, other).await? {
                all.push((parts, other.plan));
            }
        }
        Ok(Self(all))
    }

    /// Whether a person is in another session around that day, at whatever hour.
    pub(super) fn knows(&self, person: Uuid) -> bool {
        let mut parts = self.0.iter().flat_map(|(parts, _)| parts);
        parts.any(|part| part.person_id == person)
    }

    /// Parts of a session that are at the same time as others.
    pub(super) fn clashes(&self, session: &Session, here: &[Part]) -> Vec<Clash> {
        let others = self.0.iter();
        others
            .flat_map(|(parts, other)| Part::clashes(here, &session.plan, parts, other))
            .collect()
    }
}
