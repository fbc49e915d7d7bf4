//! States as the columns hold them.

use crate::domain::{
    Act, CorrectionKind, EndedBy, JobState, Kind, MeetingState, MilestoneKind, Opinion, Reason, Side,
    StageState, Standing, State, Stop,
};
use crate::import::Table;

/// A value that a text column holds.
pub(super) trait Name: Copy + PartialEq + 'static {
    const ALL: &'static [(Self, &'static str)];

    fn name(self) -> &'static str {
        // Every value is in the table: a test counts them.
        Self::ALL
            .iter()
            .find(|(value, _)| *value == self)
            .map_or("", |(_, name)| name)
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(value, _)| *value)
    }
}

impl Name for JobState {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Running, "running"),
        (Self::Done, "done"),
        (Self::Discarded, "discarded"),
        (Self::Interrupted, "interrupted"),
        (Self::Failed, "failed"),
    ];
}

impl Name for Stop {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::No, "no"), (Self::Keep, "keep"), (Self::Discard, "discard")];
}

impl Name for CorrectionKind {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Move, "move"),
        (Self::Swap, "swap"),
        (Self::Add, "add"),
        (Self::Cancel, "cancel"),
        (Self::Withdrawal, "withdrawal"),
        (Self::Undo, "undo"),
    ];
}

impl Name for Kind {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::EmployerCandidate, "employer_candidate"),
        (Self::B2b, "b2b"),
    ];
}

impl Name for State {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Draft, "draft"),
        (Self::RegistrationOpen, "registration_open"),
        (Self::RegistrationClosed, "registration_closed"),
        (Self::ScheduleDraft, "schedule_draft"),
        (Self::SchedulePublished, "schedule_published"),
        (Self::Running, "running"),
        (Self::Closed, "closed"),
        (Self::FollowedUp, "followed_up"),
        (Self::Cancelled, "cancelled"),
    ];
}

impl Name for Side {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Employer, Self::Employer.as_str()),
        (Self::Candidate, Self::Candidate.as_str()),
    ];
}

impl Name for Standing {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Registered, "registered"),
        (Self::Confirmed, "confirmed"),
        (Self::Withdrawn, "withdrawn"),
        (Self::CheckedIn, "checked_in"),
        (Self::Done, "done"),
        (Self::Absent, "absent"),
    ];
}

impl Name for EndedBy {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Participant, "participant"),
        (Self::Organisation, "organisation"),
    ];
}

impl Name for Opinion {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Yes, "yes"), (Self::Priority, "priority"), (Self::No, "no")];
}

impl Name for MeetingState {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Planned, "planned"),
        (Self::Held, "held"),
        (Self::NoShowCandidate, "no_show_candidate"),
        (Self::NoShowEmployer, "no_show_employer"),
        (Self::Cancelled, "cancelled"),
    ];
}

impl Name for MilestoneKind {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::SpeedDating, "speed_dating"),
        (Self::EmployerConfirmation, "employer_confirmation"),
    ];
}

impl Name for Reason {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::SessionCancelled, "SESSION_CANCELLED"),
        (Self::ParticipationCancelled, "PARTICIPATION_CANCELLED"),
        (Self::ParticipantWithdrew, "PARTICIPANT_WITHDREW"),
    ];
}

impl Name for Act {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Confirmed, "confirmed"),
        (Self::Declined, "declined"),
        (Self::DeclinedAll, "declined_all"),
        (Self::TakenBack, "taken_back"),
        (Self::Told, "told"),
        (Self::Noted, "noted"),
    ];
}

impl Name for StageState {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Open, "open"),
        (Self::Committed, "committed"),
        (Self::Undone, "undone"),
    ];
}

impl Name for Table {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Employers, Self::Employers.name()),
        (Self::Candidates, Self::Candidates.name()),
        (Self::Wishes, Self::Wishes.name()),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T: Name + std::fmt::Debug>(values: usize) {
        assert_eq!(T::ALL.len(), values);
        for (value, name) in T::ALL {
            assert_eq!((T::named(name), value.name()), (Some(*value), *name));
            assert!(!name.is_empty());
        }
    }

    #[test]
    fn every_value_has_a_name_of_its_own() {
        round_trip::<State>(9);
        round_trip::<Standing>(6);
        round_trip::<MeetingState>(5);
        round_trip::<Kind>(2);
        round_trip::<Side>(2);
        round_trip::<EndedBy>(2);
        round_trip::<Opinion>(3);
        round_trip::<MilestoneKind>(2);
        round_trip::<Reason>(3);
        round_trip::<JobState>(5);
        round_trip::<Stop>(3);
        round_trip::<CorrectionKind>(6);
        round_trip::<Act>(6);
        round_trip::<StageState>(3);
        round_trip::<Table>(3);
    }
}
