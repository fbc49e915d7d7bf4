//! What stands on top of every page of a session.

use contracts::speeddating::v1::{Session, SessionState};
use jiff::civil::{Date, Time};

use crate::words::{self, Badge, Sides};

/// Title, date and state of a session, and where one is among its pages.
pub(super) struct Head {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) when: String,
    pub(super) place: String,
    pub(super) state: Badge,
    pub(super) sides: Sides,
    pub(super) tab: &'static str,
    pub(super) messages: String,
}

impl Head {
    pub(super) fn new(session: &Session, tab: &'static str) -> Self {
        Self {
            id: session.session_id.clone(),
            title: session.title.clone(),
            when: when(session),
            place: place(session),
            state: words::session_state(session.state()),
            sides: Sides::of(session.kind()),
            tab,
            messages: super::address("/messages", &[("seance", &session.session_id)]),
        }
    }
}

/// "mercredi 25 novembre 2026, de 9 h à 12 h 30".
pub(super) fn when(session: &Session) -> String {
    match (date(session), time(&session.starts), time(&session.ends)) {
        (Some(date), Some(from), Some(to)) => {
            format!(
                "{}, de {} à {}",
                words::day(date),
                words::clock(from),
                words::clock(to)
            )
        }
        (Some(date), ..) => words::day(date),
        (None, ..) => "date à fixer".to_owned(),
    }
}

/// Name and address of the venue; empty when neither is known.
pub(super) fn place(session: &Session) -> String {
    let Some(venue) = &session.venue else {
        return String::new();
    };
    let parts: Vec<_> = [&venue.name, &venue.address]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(String::as_str)
        .collect();
    parts.join(", ")
}

/// The day of the session.
pub(super) fn date(session: &Session) -> Option<Date> {
    session.date.parse().ok()
}

/// "09:15" of a service, read.
pub(super) fn time(text: &str) -> Option<Time> {
    text.parse().ok()
}

/// "9 h 15" for "09:15"; as it is when it cannot be read.
pub(super) fn clock(text: &str) -> String {
    time(text).map_or_else(|| text.to_owned(), words::clock)
}

/// The one next thing to do; none when all is in order.
pub(super) fn next(session: &Session, today: Date) -> Option<&'static str> {
    let past = date(session).is_some_and(|date| date < today);
    match session.state() {
        SessionState::Draft => Some("Importer les personnes et leurs vœux"),
        SessionState::RegistrationOpen | SessionState::RegistrationClosed => Some("Établir un planning"),
        SessionState::ScheduleDraft => Some("Relire le planning, puis le publier"),
        SessionState::SchedulePublished | SessionState::Running if past => Some("Noter les résultats"),
        SessionState::Closed => Some("Noter les résultats"),
        SessionState::SchedulePublished
        | SessionState::Running
        | SessionState::FollowedUp
        | SessionState::Cancelled
        | SessionState::Unspecified => None,
    }
}

/// The command for it; empty when there is none.
pub(super) fn command(session: &Session) -> String {
    let id = &session.session_id;
    match session.state() {
        SessionState::Draft => {
            format!(
                "jalon import {id} --employers employeurs.csv --candidates candidats.csv --wishes voeux.csv"
            )
        }
        SessionState::RegistrationOpen | SessionState::RegistrationClosed => {
            format!("jalon timetable make {id}")
        }
        SessionState::ScheduleDraft => format!("jalon publish {id}"),
        _ => String::new(),
    }
}
