use contracts::{
    scheduler::v1::ReminderState,
    speeddating::v1::{MeetingState, RegistrationState, SessionState},
};

/// A state as a word with a shape and a colour: nothing rests on the colour alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Badge {
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
        SessionState::Unspecified => badge("quiet", "État inconnu"),
        SessionState::Draft => badge("quiet", "Brouillon"),
        SessionState::RegistrationOpen => badge("info", "Inscriptions ouvertes"),
        SessionState::RegistrationClosed => badge("info", "Inscriptions closes"),
        SessionState::ScheduleDraft => badge("warn", "Planning à publier"),
        SessionState::SchedulePublished => badge("good", "Planning publié"),
        SessionState::Running => badge("good", "En cours"),
        SessionState::Closed => badge("warn", "Terminée, résultats à noter"),
        SessionState::FollowedUp => badge("quiet", "Terminée"),
        SessionState::Cancelled => badge("bad", "Annulée"),
    }
}

/// Where a registration stands.
pub(crate) fn registration_state(state: RegistrationState) -> Badge {
    match state {
        RegistrationState::Unspecified => badge("quiet", "État inconnu"),
        RegistrationState::Registered => badge("quiet", "Inscription à confirmer"),
        RegistrationState::Confirmed => badge("good", "Venue confirmée"),
        RegistrationState::Withdrawn => badge("bad", "Désistement"),
        RegistrationState::CheckedIn => badge("good", "Sur place"),
        RegistrationState::Done => badge("good", "Venue"),
        RegistrationState::Absent => badge("bad", "Absence"),
    }
}

/// What became of a meeting. None for one that is simply planned.
pub(crate) fn meeting_state(state: MeetingState) -> Option<Badge> {
    match state {
        MeetingState::Unspecified | MeetingState::Planned => None,
        MeetingState::Held => Some(badge("good", "Tenue")),
        MeetingState::NoShowCandidate => Some(badge("bad", "Candidat·e absent·e")),
        MeetingState::NoShowEmployer => Some(badge("bad", "Employeur absent")),
        MeetingState::Cancelled => Some(badge("quiet", "Annulée")),
    }
}

/// Where a reminder stands.
pub(crate) fn reminder_state(state: ReminderState) -> Badge {
    match state {
        ReminderState::Unspecified => badge("quiet", "État inconnu"),
        ReminderState::Planned => badge("info", "Prévu"),
        ReminderState::Queued => badge("warn", "En cours d’envoi"),
        ReminderState::Sent => badge("good", "Envoyé"),
        ReminderState::Suppressed => badge("quiet", "Supprimé"),
        ReminderState::Failed => badge("bad", "En échec"),
    }
}

/// Where a message stands. "Accepted" is never shown as delivered.
pub(crate) fn message_state(state: &str, provider: &str) -> Badge {
    match (state, provider) {
        ("intent", _) => badge("warn", "En cours d’envoi"),
        ("accepted", "mailbox") => badge("good", "Dans la boîte locale"),
        ("accepted", _) => badge("good", "Accepté par le transporteur"),
        ("refused" | "refused_temporary" | "refused_permanent", _) => badge("bad", "Refusé"),
        ("unknown", _) => badge("warn", "Incertain"),
        _ => badge("quiet", "État inconnu"),
    }
}

/// "E-mail", "SMS"; the hyphen does not break.
pub(crate) fn channel(channel: &str) -> &'static str {
    match channel {
        "mail" => "E\u{2011}mail",
        "sms" => "SMS",
        _ => "Autre canal",
    }
}

/// What a reminder is about, by its template; a template of one's own policy shows its name.
pub(crate) fn message_title(template: &str) -> &str {
    match template {
        "speed_dating_published_candidate" | "speed_dating_published_employer" => "Planning publié",
        "speed_dating_week_before" => "Une semaine avant",
        "speed_dating_two_days_before" => "Deux jours avant",
        "speed_dating_day_before" => "La veille",
        "speed_dating_changed_candidate" | "speed_dating_changed_employer" => "Changement",
        "employer_confirmation" => "Confirmation demandée",
        "outcomes_missing" => "Résultats à noter",
        "outcomes_digest" => "Résultats manquants",
        other => other,
    }
}

/// "SMS, sinon e-mail".
pub(crate) fn route(route: &str) -> String {
    let names: Vec<_> = route
        .split(',')
        .filter(|name| !name.is_empty())
        .map(channel)
        .collect();
    names.join(", sinon ").replace(", sinon E", ", sinon e")
}
