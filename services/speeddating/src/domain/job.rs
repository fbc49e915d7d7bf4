//! A search for a timetable that outlives the call that started it.

use jiff::{SignedDuration, Timestamp};
use platform::Said;
use uuid::Uuid;

/// Silent for longer than this, a search has lost its process.
const SILENT: SignedDuration = SignedDuration::from_secs(30);

/// Where a search stands.
#[expect(missing_docs, reason = "named as in the contract")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JobState {
    Running,
    Done,
    Discarded,
    Interrupted,
    Failed,
}

/// How a search is asked to end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stop {
    /// Nobody asked.
    No,
    /// The best so far becomes a timetable.
    Keep,
    /// Nothing is kept.
    Discard,
}

/// How far a search is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    /// Whether a first timetable exists.
    pub answered: bool,
    /// Weight of the best so far.
    pub value: i64,
    /// No timetable weighs more.
    pub bound: i64,
}

/// A search.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Job {
    /// Identity.
    pub id: Uuid,
    /// The session.
    pub session_id: Uuid,
    /// Where it stands.
    pub state: JobState,
    /// The seed.
    pub seed: i64,
    /// It ends by itself after so long.
    pub seconds: i64,
    /// The search so far.
    pub elapsed_ms: i64,
    /// How far it is.
    pub progress: Progress,
    /// The timetable that it made; 0 without.
    pub number: i64,
    /// The session's inputs changed meanwhile.
    pub inputs_changed: bool,
    /// Why it failed.
    pub problem: Said,
    /// How it is asked to end.
    pub stop: Stop,
    /// Subject of who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// Its last sign of life.
    pub seen_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Progress {
    /// How much better another timetable could be at most, in per mille of the value, rounded up.
    pub fn gap_per_mille(&self) -> i64 {
        let gap = (self.bound - self.value).max(0);
        if self.value > 0 {
            (gap.saturating_mul(1000) + self.value - 1) / self.value
        } else {
            0
        }
    }
}

impl Job {
    /// As it is to be shown: one that gave no sign of life lost its process.
    #[must_use]
    pub fn seen(mut self, now: Timestamp) -> Self {
        if self.state == JobState::Running && now.duration_since(self.seen_at) > SILENT {
            self.state = JobState::Interrupted;
        }
        self
    }
}
