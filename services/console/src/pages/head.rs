//! What stands on top of every page of a session.

use contracts::speeddating::v1::{Session, SessionState};
use jiff::civil::{Date, Time};

use crate::{
    texts::Texts,
    words::{self, Badge, Sides},
};

/// Title, date and state of a session, and where one is among its pages.
pub(super) struct Head {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) when: String,
    pub(super) place: String,
    pub(super) state: Badge,
    pub(super) sides: Sides,
    pub(super) tab: &'static str,
}

impl Head {
    pub(super) fn new(t: Texts, session: &Session, tab: &'static str) -> Self {
        Self {
            id: session.session_id.clone(),
            title: session.title.clone(),
            when: when(t, session),
            place: place(session),
            state: words::session_state(session.state()),
            sides: Sides::of(t, session.kind()),
            tab,
        }
    }

    /// The pages of a session: address, words, whether one is there. Links of partners are for those who organise.
    pub(super) fn tabs(&self, t: Texts, organises: bool) -> Vec<(String, String, bool)> {
        let tab = |name: &str, path: &str, key: &str| {
            (
                format!("/seances/{}{path}", self.id),
                t.say(key),
                self.tab == name,
            )
        };
        let mut tabs = vec![
            tab("apercu", "", "tab-overview"),
            tab("personnes", "/personnes", "tab-people"),
            tab("souhaits", "/souhaits", "tab-wishes"),
            tab("planning", "/planning", "tab-timetable"),
            tab("rappels", "/rappels", "tab-reminders"),
            tab("jour", "/jour", "tab-day"),
            tab("bilan", "/bilan", "tab-report"),
        ];
        if organises {
            tabs.push(tab("partenaires", "/partenaires", "tab-partners"));
        }
        tabs
    }
}

/// "mercredi 25 novembre 2026, de 9 h à 12 h 30".
pub(super) fn when(t: Texts, session: &Session) -> String {
    match (date(session), time(&session.starts), time(&session.ends)) {
        (Some(date), Some(from), Some(to)) => t
            .with("head-when", "day", t.day(date))
            .and("from", t.clock(from))
            .and("to", t.clock(to))
            .to_string(),
        (Some(date), ..) => t.day(date),
        (None, ..) => t.say("head-no-date"),
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

/// The one next thing to do: the key of its words and where it is done; none when all is in order.
pub(super) fn next(session: &Session, today: Date) -> Option<(&'static str, String)> {
    let at = |key, path: &str| Some((key, format!("/seances/{}{path}", session.session_id)));
    let day = date(session);
    match session.state() {
        SessionState::Draft => at("next-import", "/imports/nouveau"),
        SessionState::RegistrationOpen | SessionState::RegistrationClosed => at("next-make", "/planning"),
        SessionState::ScheduleDraft => at("next-publish", "/planning"),
        SessionState::SchedulePublished | SessionState::Running if day == Some(today) => {
            at("next-day", "/jour")
        }
        SessionState::SchedulePublished | SessionState::Running if day < Some(today) => {
            at("next-outcomes", "/resultats")
        }
        SessionState::Closed => at("next-outcomes", "/resultats"),
        SessionState::SchedulePublished
        | SessionState::Running
        | SessionState::FollowedUp
        | SessionState::Cancelled
        | SessionState::Unspecified => None,
    }
}
