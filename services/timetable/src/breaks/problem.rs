//! The file format of problem B and what makes a problem faulty.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Slots in one problem; slot sets are 128-bit masks.
const MAX_SLOTS: usize = 128;
const MAX_PARTICIPANTS: usize = 20_000;
const MAX_MEETINGS: usize = 100_000;
/// The session of a meeting that may lie anywhere.
const ANY: &str = "any";

/// Agreed meetings that want a slot each.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// Participants are numbered `0..participants`.
    pub participants: usize,
    /// Meetings at a time, over all.
    pub tables: usize,
    /// Slots are numbered `0..slots`; at most 128.
    pub slots: usize,
    /// Parts of the day by name (`am`, `pm`): their slots. The name `any` needs no entry.
    #[serde(default)]
    pub sessions: BTreeMap<String, Vec<usize>>,
    /// In the order of their ids: `meetings[i].id == i`.
    pub meetings: Vec<Meeting>,
    /// Slots at which each participant takes no meeting; empty when nobody forbids any.
    #[serde(default)]
    pub forbidden: Vec<Vec<usize>>,
    /// Pairs of meetings (before, after); the first lies in an earlier slot than the second.
    #[serde(default)]
    pub precedences: Vec<(usize, usize)>,
    /// The numbers of breaks of any two participants differ by at most this; absent: no such demand.
    #[serde(default)]
    pub fairness_max_break_diff: Option<i64>,
}

/// A meeting of two participants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Meeting {
    /// The place in the list.
    pub id: usize,
    pub a: usize,
    pub b: usize,
    /// A name of `sessions`, or `any`.
    #[serde(default = "any")]
    pub session: String,
    #[serde(default)]
    pub fixed_slot: Option<usize>,
}

/// Why a problem cannot be read as it stands. Ids and slots are those of the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProblemError {
    #[error("{what}: {found}, but at most {limit} are supported")]
    TooLarge {
        what: &'static str,
        found: usize,
        limit: usize,
    },
    #[error("meetings[{index}] has id {id}: ids are places in the list, so it must be {index}")]
    WrongId { index: usize, id: usize },
    #[error("meetings[{index}]: participant {participant} does not exist")]
    UnknownParticipant { index: usize, participant: usize },
    #[error("meetings[{index}]: participant {participant} would meet themselves")]
    Alone { index: usize, participant: usize },
    #[error("meetings[{index}]: there is no session {session:?} in `sessions`")]
    UnknownSession { index: usize, session: String },
    #[error("{place}: slot {slot} does not exist, slots are 0 to {last}")]
    UnknownSlot { place: String, slot: usize, last: usize },
    #[error("forbidden has {found} entries, but there are {participants} participants")]
    ForbiddenLength { found: usize, participants: usize },
    #[error("precedences[{index}]: meeting {meeting} does not exist")]
    UnknownMeeting { index: usize, meeting: usize },
    #[error("fairness_max_break_diff is {0}, but a difference is not negative")]
    NegativeFairness(i64),
}

impl Problem {
    /// Everything that a file can get wrong, the first fault found.
    pub fn validate(&self) -> Result<(), ProblemError> {
        within("slots", self.slots, MAX_SLOTS)?;
        within("participants", self.participants, MAX_PARTICIPANTS)?;
        within("meetings", self.meetings.len(), MAX_MEETINGS)?;
        within("precedences", self.precedences.len(), MAX_MEETINGS)?;
        for (name, slots) in &self.sessions {
            self.slots_exist(|| format!("sessions.{name}"), slots)?;
        }
        if !self.forbidden.is_empty() && self.forbidden.len() != self.participants {
            let found = self.forbidden.len();
            return Err(ProblemError::ForbiddenLength {
                found,
                participants: self.participants,
            });
        }
        for (participant, slots) in self.forbidden.iter().enumerate() {
            self.slots_exist(|| format!("forbidden[{participant}]"), slots)?;
        }
        for (index, meeting) in self.meetings.iter().enumerate() {
            self.validate_meeting(index, meeting)?;
        }
        for (index, &(before, after)) in self.precedences.iter().enumerate() {
            if let Some(&meeting) = [before, after].iter().find(|&&x| x >= self.meetings.len()) {
                return Err(ProblemError::UnknownMeeting { index, meeting });
            }
        }
        match self.fairness_max_break_diff {
            Some(difference) if difference < 0 => Err(ProblemError::NegativeFairness(difference)),
            _ => Ok(()),
        }
    }

    fn validate_meeting(&self, index: usize, meeting: &Meeting) -> Result<(), ProblemError> {
        if meeting.id != index {
            return Err(ProblemError::WrongId {
                index,
                id: meeting.id,
            });
        }
        for participant in [meeting.a, meeting.b] {
            if participant >= self.participants {
                return Err(ProblemError::UnknownParticipant { index, participant });
            }
        }
        if meeting.a == meeting.b {
            return Err(ProblemError::Alone {
                index,
                participant: meeting.a,
            });
        }
        if meeting.session != ANY && !self.sessions.contains_key(&meeting.session) {
            return Err(ProblemError::UnknownSession {
                index,
                session: meeting.session.clone(),
            });
        }
        self.slots_exist(
            || format!("meetings[{index}].fixed_slot"),
            meeting.fixed_slot.as_slice(),
        )
    }

    fn slots_exist(&self, place: impl Fn() -> String, slots: &[usize]) -> Result<(), ProblemError> {
        let last = self.slots.saturating_sub(1);
        let unknown = slots.iter().copied().find(|&slot| slot >= self.slots);
        unknown.map_or(Ok(()), |slot| {
            Err(ProblemError::UnknownSlot {
                place: place(),
                slot,
                last,
            })
        })
    }

    /// Slots of the meeting's session.
    pub(super) fn session_slots(&self, meeting: &Meeting) -> Vec<usize> {
        match self.sessions.get(&meeting.session) {
            Some(slots) => slots.clone(),
            None => (0..self.slots).collect(),
        }
    }
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), ProblemError> {
    if found > limit {
        Err(ProblemError::TooLarge { what, found, limit })
    } else {
        Ok(())
    }
}

fn any() -> String {
    ANY.to_owned()
}
