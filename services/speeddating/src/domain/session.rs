//! A session: when and where it is, and where it stands.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Plan, Refusal};

/// Who meets whom.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Employers and candidates.
    EmployerCandidate,
    /// Buyers and inclusion enterprises.
    B2b,
}

/// Where a session stands (DOMAIN.md, section 5).
#[expect(missing_docs, reason = "named as in the papers")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    Draft,
    RegistrationOpen,
    RegistrationClosed,
    ScheduleDraft,
    SchedulePublished,
    Running,
    Closed,
    FollowedUp,
    Cancelled,
}

/// What can be done to a session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// Registration is opened by hand.
    OpenRegistration,
    /// Registration is closed by hand.
    CloseRegistration,
    /// Rows are imported, or a wish is set.
    Import,
    /// A dry run is made.
    MakeTimetable,
    /// A timetable becomes the one that everybody is told.
    Publish,
    /// A meeting of a timetable is changed by hand.
    Correct,
    /// Somebody withdraws or confirms.
    Register,
    /// Date, time, title or venue change.
    Move,
    /// The first meetings begin.
    Start,
    /// The last meetings are over.
    Close,
    /// What became of a meeting is noted.
    RecordOutcome,
    /// Somebody is there, late or absent.
    NotePresence,
    /// All outcomes are in.
    FollowUp,
    /// It does not take place.
    Cancel,
}

/// A session of meetings.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Identity.
    pub id: Uuid,
    /// Rises with each change.
    pub version: i64,
    /// The owner: an organisation of the installation, or a branch of one.
    pub organisation_id: Uuid,
    /// Who meets whom.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// When and where.
    pub plan: Plan,
    /// Number of the timetable that stands; 0 before publication.
    pub published_timetable: i64,
    /// Why it was cancelled.
    pub cancelled_reason: String,
    /// Rises when registrations, wishes or hours change: a timetable made of older inputs is outdated.
    pub inputs: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Session {
    /// Refuses what can only be known on the day or later, in the session's zone.
    pub fn day_has_come(&self, now: Timestamp) -> Result<(), Refusal> {
        let day = self.plan.date;
        // Midnight of a day that the clocks skip into reads as the first instant of it.
        let begins = self.plan.instant(self.plan.at(jiff::civil::Time::midnight()));
        match begins {
            Ok(begins) if begins <= now => Ok(()),
            _ => Err(Refusal::TooEarly(day)),
        }
    }
}

impl State {
    /// The state after a step, or why the step is refused.
    #[expect(
        clippy::match_same_arms,
        reason = "a line a step, as in the table of the papers"
    )]
    pub fn after(self, step: Step) -> Result<Self, Refusal> {
        use State::{
            Cancelled, Closed, Draft, FollowedUp, RegistrationClosed, RegistrationOpen, Running,
            ScheduleDraft, SchedulePublished,
        };
        let next = match (self, step) {
            (Draft | RegistrationOpen | RegistrationClosed, Step::OpenRegistration) => RegistrationOpen,
            (Draft | RegistrationOpen | RegistrationClosed, Step::CloseRegistration) => RegistrationClosed,
            (Draft, Step::Import) => RegistrationOpen,
            (RegistrationOpen | RegistrationClosed | ScheduleDraft, Step::MakeTimetable) => ScheduleDraft,
            (SchedulePublished, Step::MakeTimetable) => SchedulePublished,
            (ScheduleDraft | SchedulePublished, Step::Publish) => SchedulePublished,
            (SchedulePublished, Step::Start) => Running,
            (SchedulePublished | Running, Step::Close) => Closed,
            (Closed, Step::FollowUp) => FollowedUp,
            (
                Draft | RegistrationOpen | RegistrationClosed | ScheduleDraft | SchedulePublished | Running,
                Step::Cancel,
            ) => Cancelled,
            (
                same @ (RegistrationOpen | RegistrationClosed | ScheduleDraft | SchedulePublished | Running),
                Step::Import | Step::Register,
            )
            | (same @ (ScheduleDraft | SchedulePublished | Running), Step::Correct)
            | (
                same @ (Draft | RegistrationOpen | RegistrationClosed | ScheduleDraft | SchedulePublished),
                Step::Move,
            )
            | (
                same @ (SchedulePublished | Running | Closed | FollowedUp),
                Step::RecordOutcome | Step::NotePresence,
            ) => same,
            (state, step) => return Err(Refusal::Step { state, step }),
        };
        Ok(next)
    }

    /// Whether people have been told of meetings that stand.
    pub fn published(self) -> bool {
        matches!(
            self,
            Self::SchedulePublished | Self::Running | Self::Closed | Self::FollowedUp
        )
    }
}
