//! What people may do about their own part in a session, and until when.

use jiff::{
    Timestamp,
    civil::{Date, time},
};
use platform::Moment;
use uuid::Uuid;

use super::{
    Board, Change, Clash, EndedBy, Meeting, MeetingState, Plan, Refusal, Registration, Session, Side,
    Standing, State,
};

/// Characters of a note.
pub const NOTE_MOST: usize = 500;

/// What participants do by themselves.
#[expect(missing_docs, reason = "the words say it")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
    Confirmed,
    Declined,
    DeclinedAll,
    TakenBack,
    Told,
    Noted,
}

/// Somebody did something about their own part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Deed {
    /// The session.
    pub session_id: Uuid,
    /// Whose part.
    pub registration_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// What.
    pub act: Act,
    /// About which meeting, if about one.
    pub meeting_id: Option<Uuid>,
    /// When.
    pub at: Moment,
}

/// What an employer wrote about a meeting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    /// The meeting.
    pub meeting_id: Uuid,
    /// The candidate came late.
    pub late: bool,
    /// At most [`NOTE_MOST`] characters.
    pub text: String,
    /// Who wrote it last.
    pub person_id: Uuid,
    /// When.
    pub at: Moment,
}

/// The instant until which people change their part by themselves: 17:00 on the day before. Later the room is being
/// prepared, and a call is quicker than a message.
pub fn changes_until(plan: &Plan) -> Option<Timestamp> {
    let day: Date = plan.date.yesterday().ok()?;
    plan.instant(day.to_datetime(time(17, 0, 0, 0))).ok()
}

/// Whether a candidate may decline, or take it back, at this instant.
pub fn changeable(session: &Session, registration: &Registration, now: Timestamp) -> Result<(), Refusal> {
    if registration.side != Side::Candidate {
        return Err(Refusal::NotByPage);
    }
    if session.state != State::SchedulePublished {
        return Err(Refusal::Step {
            state: session.state,
            step: super::Step::Correct,
        });
    }
    match changes_until(&session.plan) {
        Some(until) if now < until => Ok(()),
        _ => Err(Refusal::TooLate),
    }
}

/// Whether the meeting has begun, so that something can be said of it.
pub fn begun(session: &Session, meeting: &Meeting, now: Timestamp) -> bool {
    let slots = session.plan.slots();
    let slot = usize::try_from(meeting.place.slot)
        .ok()
        .and_then(|slot| slots.get(slot).copied());
    slot.and_then(|slot| session.plan.instant(session.plan.at(slot.starts)).ok())
        .is_some_and(|starts| starts <= now)
}

/// The room of a table; empty where there is only one.
pub fn room(session: &Session, table: i64) -> &str {
    let rooms = &session.plan.venue.rooms;
    let mut before = 0;
    for room in rooms {
        before += room.tables;
        if table <= before && rooms.len() > 1 {
            return &room.name;
        }
    }
    ""
}

impl Registration {
    /// Whether the person ended their part, and not the organisation.
    pub fn declined_all(&self) -> bool {
        self.standing == Standing::Withdrawn && self.ended_by == Some(EndedBy::Participant)
    }

    /// They come after all: what they declined is forgotten, and they have said that they come.
    pub fn come_back(mut self) -> Result<Self, Refusal> {
        if !self.declined_all() {
            return Err(Refusal::Registration {
                code: self.code,
                standing: self.standing,
                wanted: "reprise",
            });
        }
        self.standing = Standing::Confirmed;
        self.ended_by = None;
        Ok(self)
    }
}

impl Board {
    /// A cancelled meeting stands again, in its slot, at its own table if that is free. One that stands is left.
    pub fn restore(&mut self, id: Uuid) -> Result<Change, Refusal> {
        let meeting = self.meeting(id).ok_or(Clash::Unregistered)?.clone();
        if meeting.stands() {
            return Ok(Vec::new());
        }
        let (slot, table) = (meeting.place.slot, meeting.place.table);
        let place = self
            .seat(meeting.pair, slot, Some(table))
            .or_else(|_| self.seat(meeting.pair, slot, None))?;
        let restored = Meeting {
            place,
            state: MeetingState::Planned,
            ..meeting
        };
        self.put(restored.clone());
        Ok(vec![restored])
    }
}
