//! A correction that was made, kept so that it can be taken back and shown to those who looked at the state before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Meeting, MeetingState, Pair, Placed};

/// Steps that can be taken back.
pub const UNDO_MOST: usize = 20;

/// What was done.
#[expect(missing_docs, reason = "named as the actions are")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CorrectionKind {
    Move,
    Swap,
    Add,
    Cancel,
    /// Somebody left; their meetings went with them.
    Withdrawal,
    Undo,
}

/// Place and state of a meeting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stand {
    /// Where.
    pub place: Placed,
    /// How.
    pub state: MeetingState,
}

/// One meeting of a correction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Altered {
    /// The meeting.
    pub meeting: Uuid,
    /// Who.
    pub pair: Pair,
    /// The version that was altered; 0 of one that was added.
    pub from: i64,
    /// The version that stands as it was left: another one once a later correction is taken back.
    pub version: i64,
    /// As it was; none for one that was added.
    pub before: Option<Stand>,
    /// As it was left.
    pub after: Stand,
}

/// A correction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Correction {
    /// Identity.
    pub id: Uuid,
    /// The timetable.
    pub timetable_id: Uuid,
    /// The version of the timetable that it made.
    pub version: i64,
    /// What was done.
    pub kind: CorrectionKind,
    /// Subject of who did it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The meetings.
    pub changes: Vec<Altered>,
    /// Who took it back, and when.
    pub undone: Option<(String, Timestamp)>,
}

impl From<&Meeting> for Stand {
    fn from(meeting: &Meeting) -> Self {
        Self {
            place: meeting.place,
            state: meeting.state,
        }
    }
}

impl Altered {
    /// What became of `changed`, which stood as in `before`.
    pub fn all(before: &[Meeting], changed: &[Meeting]) -> Vec<Self> {
        let known: BTreeMap<Uuid, &Meeting> = before.iter().map(|meeting| (meeting.id, meeting)).collect();
        let altered = changed.iter().map(|meeting| Self {
            meeting: meeting.id,
            pair: meeting.pair,
            from: meeting.version - 1,
            version: meeting.version,
            before: known.get(&meeting.id).copied().map(Stand::from),
            after: Stand::from(meeting),
        });
        altered.collect()
    }
}

impl Correction {
    /// Once `undone` is taken back its meetings stand again as they were before it: if this correction left them so, it
    /// can be taken back next. Whether it was.
    pub fn stands_again(&mut self, undone: &Self, meetings: &[Meeting]) -> bool {
        let mut again = false;
        for altered in &mut self.changes {
            let before = |one: &&Altered| one.meeting == altered.meeting && one.from == altered.version;
            if undone.changes.iter().any(|one| before(&one))
                && let Some(now) = meetings.iter().find(|meeting| meeting.id == altered.meeting)
            {
                altered.version = now.version;
                again = true;
            }
        }
        again
    }

    /// Whether it can be taken back: its meetings stand at the versions that it left.
    pub fn undoable(&self, meetings: &[Meeting]) -> bool {
        !matches!(self.kind, CorrectionKind::Undo | CorrectionKind::Withdrawal) && self.stands(meetings)
    }

    /// Whether it took `other` back, nothing of which has changed since: taken back in turn, it does `other` again.
    pub fn redoes(&self, other: &Self, meetings: &[Meeting]) -> bool {
        let took_back = |altered: &Altered| {
            let of = |one: &Altered| one.meeting == altered.meeting && one.from == altered.version;
            self.changes.iter().any(of)
        };
        (self.kind, other.kind == CorrectionKind::Undo) == (CorrectionKind::Undo, false)
            && other.undone.is_some()
            && other.changes.iter().all(took_back)
            && self.stands(meetings)
    }

    /// It was not taken back, and its meetings are at the versions that it left.
    fn stands(&self, meetings: &[Meeting]) -> bool {
        self.undone.is_none()
            && self.changes.iter().all(|altered| {
                meetings
                    .iter()
                    .any(|meeting| meeting.id == altered.meeting && meeting.version == altered.version)
            })
    }
}
