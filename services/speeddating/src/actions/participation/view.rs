//! One person's part as their page shows it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use platform::{
    Tx,
    auth::{Actor, SERVICES},
};
use uuid::Uuid;

use super::{Who, of_person};
use crate::{
    actions::{Context, owned, timetable},
    domain::{Emitted, Meeting, MilestoneKind, Note, Registration, Session, Side, changeable, changes_until},
    error::Error,
    store,
};

/// One person's part in a session.
pub struct Participation {
    /// Whose.
    pub registration: Registration,
    /// In what.
    pub session: Session,
    /// Standing ones in order, then those that the person declined.
    pub meetings: Vec<Theirs>,
    /// Until when they change it by themselves.
    pub changes_until: Option<Timestamp>,
    /// Whether that is possible now.
    pub can_change: bool,
    /// Whether a calendar feed of theirs stands.
    pub has_feed: bool,
    /// What they were told last.
    pub told: Option<Emitted>,
    /// The instant at which it is looked at.
    pub now: Timestamp,
}

/// A meeting of somebody.
pub struct Theirs {
    /// The meeting.
    pub meeting: Meeting,
    /// The other side.
    pub other: Registration,
    /// What an employer noted; none for candidates.
    pub note: Option<Note>,
    /// Whether the person declined it by themselves.
    pub declined: bool,
}

/// The part of a verified person.
pub async fn get_participation(context: &Context, actor: &Actor, who: Who) -> Result<Participation, Error> {
    actor.require(SERVICES)?;
    let mut tx = context.db.read().await?;
    let registration = of_person(&mut tx, who).await?;
    view(context, &mut tx, actor, registration).await
}

/// The part of a verified person in a session, when the link names no registration of theirs.
pub async fn participation_in(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    person: Uuid,
) -> Result<Participation, Error> {
    actor.require(SERVICES)?;
    let mut tx = context.db.read().await?;
    let theirs = store::registrations::of_person(&mut tx, person).await?;
    let registration = theirs
        .into_iter()
        .find(|registration| registration.session_id == session)
        .ok_or(Error::Unknown("inscription"))?;
    view(context, &mut tx, actor, registration).await
}

/// What the page shows after a change, in the transaction of the change.
pub(super) async fn view(
    context: &Context,
    tx: &mut Tx,
    actor: &Actor,
    registration: Registration,
) -> Result<Participation, Error> {
    let now = context.clock.now().timestamp();
    let session = owned(actor, store::sessions::find(tx, registration.session_id).await?)?;
    let told = store::milestones::of(tx, &[registration.id]).await?;
    Ok(Participation {
        meetings: meetings(tx, &session, &registration).await?,
        changes_until: changes_until(&session.plan),
        can_change: changeable(&session, &registration, now).is_ok(),
        has_feed: store::feeds::stands(tx, registration.person_id).await?,
        told: told
            .into_iter()
            .find(|told| told.kind == MilestoneKind::SpeedDating),
        now,
        registration,
        session,
    })
}

async fn meetings(tx: &mut Tx, session: &Session, of: &Registration) -> Result<Vec<Theirs>, Error> {
    if session.published_timetable == 0 {
        return Ok(Vec::new());
    }
    let others = store::registrations::all(tx, session.id).await?;
    let others: BTreeMap<Uuid, Registration> = others.into_iter().map(|other| (other.id, other)).collect();
    let declined: BTreeSet<Uuid> = store::participation::declined(tx, of.id)
        .await?
        .into_iter()
        .collect();
    let mut theirs: Vec<Meeting> = timetable(tx, session.id, session.published_timetable)
        .await?
        .meetings
        .into_iter()
        .filter(|meeting| meeting.pair.candidate == of.id || meeting.pair.employer == of.id)
        .filter(|meeting| meeting.stands() || declined.contains(&meeting.id))
        .collect();
    theirs.sort_by_key(|meeting| (!meeting.stands(), meeting.place));
    let mut notes = BTreeMap::new();
    // What an employer notes is not the candidate's to read.
    if of.side == Side::Employer {
        let ids: Vec<Uuid> = theirs.iter().map(|meeting| meeting.id).collect();
        for note in store::participation::notes(tx, &ids).await? {
            notes.insert(note.meeting_id, note);
        }
    }
    let theirs = theirs.into_iter().filter_map(|meeting| {
        let other = match of.side {
            Side::Candidate => meeting.pair.employer,
            Side::Employer => meeting.pair.candidate,
        };
        Some(Theirs {
            other: others.get(&other)?.clone(),
            note: notes.remove(&meeting.id),
            declined: !meeting.stands(),
            meeting,
        })
    });
    Ok(theirs.collect())
}
