//! Milestones: what people were told against how things stand now.

use std::collections::{BTreeMap, BTreeSet};

use platform::{Tx, outbox};
use uuid::Uuid;

use super::Context;
use crate::{
    domain::{
        Board, Emitted, Meeting, MilestoneKind, Registration, Session, Side, confirmation, participation,
    },
    error::Error,
    events, store,
};

/// Tells everybody, or only those named, what changed for them: writes the milestones and their events. `board` holds
/// the published timetable. Returns how many milestones were told.
pub(super) async fn tell(
    tx: &mut Tx,
    context: &Context,
    session: &Session,
    board: &Board,
    only: Option<&BTreeSet<Uuid>>,
) -> Result<usize, Error> {
    let news = foretell(tx, session, board, only).await?;
    store::milestones::write(tx, &news).await?;
    let news: Vec<_> = news
        .iter()
        .map(|emitted| events::milestone(&context.ids, &context.clock, session, emitted))
        .collect::<Result<_, _>>()?;
    outbox::push_all(tx, &news).await?;
    Ok(news.len())
}

/// What `tell` would tell; writes nothing.
pub(super) async fn foretell(
    tx: &mut Tx,
    session: &Session,
    board: &Board,
    only: Option<&BTreeSet<Uuid>>,
) -> Result<Vec<Emitted>, Error> {
    let people: Vec<&Registration> = board
        .people()
        .filter(|person| only.is_none_or(|only| only.contains(&person.id)))
        .collect();
    let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
    let told = store::milestones::of(tx, &ids).await?;
    Ok(news(session, board, &people, told))
}

/// How things stand now against what people were told.
fn news(session: &Session, board: &Board, people: &[&Registration], known: Vec<Emitted>) -> Vec<Emitted> {
    let mut told: BTreeMap<(Uuid, MilestoneKind), Emitted> = BTreeMap::new();
    let mut revisions: BTreeMap<Uuid, i64> = BTreeMap::new();
    for emitted in known {
        let highest = revisions.entry(emitted.registration_id).or_default();
        *highest = (*highest).max(emitted.revision);
        told.insert((emitted.registration_id, emitted.kind), emitted);
    }
    let mut meetings: BTreeMap<Uuid, Vec<&Meeting>> = BTreeMap::new();
    for meeting in board.standing() {
        meetings.entry(meeting.pair.candidate).or_default().push(meeting);
        meetings.entry(meeting.pair.employer).or_default().push(meeting);
    }
    let mut news = Vec::new();
    for person in people {
        let mut revision = revisions.get(&person.id).copied().unwrap_or_default();
        let theirs = meetings.get(&person.id).map(Vec::as_slice).unwrap_or_default();
        let mut wanted = vec![(
            MilestoneKind::SpeedDating,
            participation(session, board, person, theirs),
        )];
        if person.side == Side::Employer {
            wanted.push((MilestoneKind::EmployerConfirmation, confirmation(session, person)));
        }
        for (kind, wanted) in wanted {
            let known = told.get(&(person.id, kind));
            if let Some(next) = Emitted::next(known, person.id, kind, wanted, revision) {
                revision = next.revision;
                news.push(next);
            }
        }
    }
    news
}

/// Everybody whom these meetings concern.
pub(super) fn concerned(meetings: &[Meeting]) -> BTreeSet<Uuid> {
    meetings
        .iter()
        .flat_map(|meeting| [meeting.pair.candidate, meeting.pair.employer])
        .collect()
}
