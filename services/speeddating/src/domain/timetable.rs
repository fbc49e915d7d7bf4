//! A numbered timetable and its meetings.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Pair, Quality, Refusal};

/// What may become of a meeting that was held.
pub const OUTCOMES: [&str; 5] = ["none", "interest", "second_interview", "trial", "hired"];

/// Where a meeting stands.
#[expect(missing_docs, reason = "named as in the papers")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MeetingState {
    Planned,
    Held,
    NoShowCandidate,
    NoShowEmployer,
    Cancelled,
}

/// Where a meeting is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Placed {
    /// 0 is the first slot.
    pub slot: i64,
    /// 1 is the first table.
    pub table: i64,
    /// Which recruiter of the employer, from 1: what makes the employer's capacity a unique index.
    pub seat: i64,
}

/// A candidate and an employer at a slot and a table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Meeting {
    /// Identity.
    pub id: Uuid,
    /// Rises with each change.
    pub version: i64,
    /// Who.
    pub pair: Pair,
    /// Where.
    pub place: Placed,
    /// How it stands.
    pub state: MeetingState,
    /// One of [`OUTCOMES`] once held, else empty.
    pub outcome: String,
}

/// A timetable of a session: several stand beside each other until one is published.
#[derive(Clone, Debug, PartialEq)]
pub struct Timetable {
    /// Identity.
    pub id: Uuid,
    /// The session.
    pub session_id: Uuid,
    /// 1, 2, 3 … within the session.
    pub number: i64,
    /// Rises with each change of a meeting.
    pub version: i64,
    /// The seed that it was made with.
    pub seed: i64,
    /// The session's inputs that it was made from.
    pub inputs: i64,
    /// How good it was when it was made.
    pub quality: Quality,
    /// When it was made.
    pub created_at: Timestamp,
    /// In the order of slots and tables; cancelled ones included.
    pub meetings: Vec<Meeting>,
}

impl Meeting {
    /// Whether it takes place or took place, as far as anybody knows.
    pub fn stands(&self) -> bool {
        self.state != MeetingState::Cancelled
    }

    /// What became of it as far as is known: with whom nobody saw all day, no meeting was held. The report, its file and
    /// what employers are asked for all count by this.
    pub fn settled(&self, absent: impl Fn(Uuid) -> bool) -> MeetingState {
        match self.state {
            MeetingState::Planned if absent(self.pair.candidate) => MeetingState::NoShowCandidate,
            MeetingState::Planned if absent(self.pair.employer) => MeetingState::NoShowEmployer,
            state => state,
        }
    }

    /// Whether it can still be changed.
    pub fn changeable(&self) -> Result<(), Refusal> {
        match self.state {
            MeetingState::Planned => Ok(()),
            MeetingState::Held => Err(Refusal::MeetingOver("tenu")),
            MeetingState::NoShowCandidate | MeetingState::NoShowEmployer => {
                Err(Refusal::MeetingOver("passé"))
            }
            MeetingState::Cancelled => Err(Refusal::MeetingOver("annulé")),
        }
    }

    /// Notes what became of it. May be corrected later, but never of a cancelled one.
    pub fn record(mut self, state: MeetingState, outcome: &str) -> Result<Self, Refusal> {
        if self.state == MeetingState::Cancelled {
            return Err(Refusal::MeetingOver("annulé"));
        }
        if state != MeetingState::Held && !outcome.is_empty() {
            return Err(Refusal::OutcomeWithoutMeeting);
        }
        self.state = state;
        outcome.clone_into(&mut self.outcome);
        Ok(self)
    }
}

impl Timetable {
    /// Meetings that stand.
    pub fn standing(&self) -> impl Iterator<Item = &Meeting> {
        self.meetings.iter().filter(|meeting| meeting.stands())
    }
}
