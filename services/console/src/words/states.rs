use contracts::{
    scheduler::v1::ReminderState,
    speeddating::v1::{MeetingState, Presence, RegistrationState, SessionState},
};

/// A state as a word with a shape and a colour: nothing rests on the colour alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Badge {
    /// The key of the word: the macro `badge` says it in the language of the page.
    pub(crate) word: &'static str,
    /// quiet, info, good, warn or bad: a class, and the shape before the word.
    pub(crate) tone: &'static str,
}

const fn badge(tone: &'static str, word: &'static str) -> Badge {
    Badge { word, tone }
}

/// Where a session stands.
pub(crate) fn session_state(state: SessionState) -> Badge {
    match state {
        SessionState::Unspecified => badge("quiet", "state-unknown"),
        SessionState::Draft => badge("quiet", "state-session-draft"),
        SessionState::RegistrationOpen => badge("info", "state-session-open"),
        SessionState::RegistrationClosed => badge("info", "state-session-closed-registration"),
        SessionState::ScheduleDraft => badge("warn", "state-session-to-publish"),
        SessionState::SchedulePublished => badge("good", "state-session-published"),
        SessionState::Running => badge("good", "state-session-running"),
        SessionState::Closed => badge("warn", "state-session-over"),
        SessionState::FollowedUp => badge("quiet", "state-session-followed-up"),
        SessionState::Cancelled => badge("bad", "state-session-cancelled"),
    }
}

/// Where a registration stands.
pub(crate) fn registration_state(state: RegistrationState) -> Badge {
    match state {
        RegistrationState::Unspecified => badge("quiet", "state-unknown"),
        RegistrationState::Registered => badge("quiet", "state-registration-to-confirm"),
        RegistrationState::Confirmed => badge("good", "state-registration-confirmed"),
        RegistrationState::Withdrawn => badge("bad", "state-registration-withdrawn"),
        RegistrationState::CheckedIn => badge("good", "state-registration-there"),
        RegistrationState::Done => badge("good", "state-registration-came"),
        RegistrationState::Absent => badge("bad", "state-registration-absent"),
    }
}

/// Whether somebody is there on the day.
pub(crate) fn presence(presence: Presence) -> Badge {
    match presence {
        Presence::Unspecified | Presence::Expected => badge("quiet", "state-presence-expected"),
        Presence::Arrived => badge("good", "state-presence-arrived"),
        Presence::Late => badge("warn", "state-presence-late"),
        Presence::Absent => badge("bad", "state-presence-absent"),
    }
}

/// What became of a meeting. None for one that is simply planned.
pub(crate) fn meeting_state(state: MeetingState) -> Option<Badge> {
    match state {
        MeetingState::Unspecified | MeetingState::Planned => None,
        MeetingState::Held => Some(badge("good", "state-meeting-held")),
        MeetingState::NoShowCandidate => Some(badge("bad", "state-meeting-no-candidate")),
        MeetingState::NoShowEmployer => Some(badge("bad", "state-meeting-no-employer")),
        MeetingState::Cancelled => Some(badge("quiet", "state-session-cancelled")),
    }
}

/// Where a reminder stands.
pub(crate) fn reminder_state(state: ReminderState) -> Badge {
    match state {
        ReminderState::Unspecified => badge("quiet", "state-unknown"),
        ReminderState::Planned => badge("info", "state-reminder-planned"),
        ReminderState::Queued => badge("warn", "state-message-leaving"),
        ReminderState::Sent => badge("good", "state-reminder-sent"),
        ReminderState::Suppressed => badge("quiet", "state-reminder-suppressed"),
        ReminderState::Failed => badge("bad", "state-reminder-failed"),
    }
}

/// Where a message stands. "Accepted" is never shown as delivered.
pub(crate) fn message_state(state: &str, provider: &str) -> Badge {
    match (state, provider) {
        ("intent", _) => badge("warn", "state-message-leaving"),
        ("accepted", "mailbox") => badge("good", "state-message-mailbox"),
        ("accepted", _) => badge("good", "state-message-accepted"),
        ("refused" | "refused_temporary" | "refused_permanent", _) => badge("bad", "state-message-refused"),
        ("unknown", _) => badge("warn", "state-message-unsure"),
        ("unconfirmed", _) => badge("warn", "state-message-unconfirmed"),
        ("delivered", _) => badge("good", "state-message-delivered"),
        ("failed_temporary" | "failed_permanent", _) => badge("bad", "state-message-undelivered"),
        _ => badge("quiet", "state-unknown"),
    }
}
