//! One's own part: what a candidate or a recruiter sees first.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use contracts::speeddating::v1::{
    ConfirmParticipationRequest, MeetingState, ParticipantMeeting, Participation, RegistrationState, Session,
    SessionState, Side,
};
use jiff::{civil::Time, tz::TimeZone};
use serde::Deserialize;

use super::visit::{Sent, Visitor};
use crate::{
    Console,
    error::Error,
    pages::{self, Asked, head, instant},
    peers::Wanted,
    view::View,
};

#[derive(Deserialize)]
pub(super) struct Query {
    #[serde(default)]
    pub(super) fait: String,
}

#[derive(Template)]
#[template(path = "link/part.html")]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks, one by one")]
struct Page<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    token: &'a str,
    notice: String,
    name: &'a str,
    standing: Standing,
    employer: bool,
    b2b: bool,
    title: String,
    when: String,
    place: String,
    arrival: String,
    over: bool,
    confirmed: bool,
    can_confirm: bool,
    can_change: bool,
    /// "mardi 24 novembre 2026 à 17 h"; empty when that hour is past.
    until: String,
    can_return: bool,
    meetings: Vec<Line>,
    declined: Vec<Line>,
    outcomes: Vec<(&'static str, String)>,
}

/// A meeting of the list.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) starts: String,
    pub(super) ends: String,
    pub(super) with: String,
    pub(super) position: String,
    pub(super) table: i32,
    pub(super) room: String,
    /// Key of the word for its state; empty while planned.
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    pub(super) held: bool,
    pub(super) outcome: String,
    pub(super) outcome_words: String,
    pub(super) late: bool,
    pub(super) note: String,
    pub(super) begun: bool,
}

impl Line {
    /// Whether this came of it.
    pub(super) fn is(&self, outcome: &str) -> bool {
        self.outcome == outcome
    }
}

/// What can be said of the person's meetings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Standing {
    /// There are some.
    Planned,
    /// Not published, or none given.
    NoneYet,
    /// The person declined everything.
    Declined,
    /// The person, or the employer, does not take part any more.
    Withdrawn,
    /// The session does not take place.
    Cancelled,
}

/// Shows the part; the question when there is no visit.
pub(super) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Asked(query): Asked<Query>,
) -> Response {
    match page(&console, visitor, &query.fait).await {
        Ok(page) => page,
        Err(error) => error.outside(),
    }
}

/// They say that they come.
pub(super) async fn confirm(State(console): State<Console>, sent: Sent) -> Response {
    let visitor = sent.visitor;
    let confirmed = async {
        let request = ConfirmParticipationRequest {
            registration_id: visitor.registration().await?,
            person_id: visitor.person.person_id.clone(),
        };
        console
            .0
            .service
            .participation()
            .confirm_participation(request)
            .await?;
        Ok::<_, Error>(())
    };
    match confirmed.await {
        Ok(()) => visitor.done("", "confirme"),
        Err(error) => error.outside(),
    }
}

async fn page(console: &Console, visitor: Visitor, done: &str) -> Result<Response, Error> {
    let part = visitor.participation().await?;
    let mut lines = lines(console, &visitor.t, &part).await?;
    let declined = lines.split_off(lines.len() - part.meetings.iter().filter(|own| own.declined).count());
    let session = part.session.clone().unwrap_or_default();
    let registration = part.registration.clone().unwrap_or_default();
    let settings = &console.0.settings;
    let t = visitor.t;
    let date = head::date(&session);
    let standing = standing(&part, &session, lines.is_empty());
    let page = Page {
        organisation: &settings.organisation,
        telephone: &settings.telephone,
        token: &visitor.token,
        notice: said(&t, done),
        name: &visitor.person.given_name,
        standing,
        employer: registration.side() == Side::Employer,
        b2b: session.kind() == contracts::speeddating::v1::SessionKind::B2b,
        when: date.map(|date| t.day(date)).unwrap_or_default(),
        place: head::place(&session),
        arrival: clock(&t, &part.arrival),
        over: date.is_some_and(|date| date < console.today()),
        confirmed: registration.state() == RegistrationState::Confirmed,
        can_confirm: registration.state() == RegistrationState::Registered
            && !matches!(session.state(), SessionState::Closed | SessionState::FollowedUp),
        can_change: part.can_change,
        until: until(console, &t, &part),
        can_return: part.can_change && part.declined_all,
        title: session.title,
        meetings: lines,
        declined,
        outcomes: outcomes(&t),
        t,
    };
    Ok(pages::show(&page)?.into_response())
}

/// The meetings with names, in their order.
pub(super) async fn lines(console: &Console, t: &View, part: &Participation) -> Result<Vec<Line>, Error> {
    let mut wanted = Wanted::default();
    for meeting in &part.meetings {
        if meeting.with_organisation_id.is_empty() {
            wanted.person(&meeting.with_person_id);
        } else {
            wanted.organisation(&meeting.with_organisation_id);
        }
    }
    let names = console.0.service.names(t.texts(), wanted).await?;
    let line = |meeting: &ParticipantMeeting| {
        let with = if meeting.with_organisation_id.is_empty() {
            names.person(&meeting.with_person_id)
        } else {
            names.organisation(&meeting.with_organisation_id)
        };
        let (state, tone) = match meeting.state() {
            MeetingState::Held => ("link-state-held", "good"),
            MeetingState::NoShowCandidate => ("link-state-no-candidate", "bad"),
            MeetingState::NoShowEmployer => ("link-state-no-employer", "bad"),
            _ => ("", ""),
        };
        Line {
            id: meeting.meeting_id.clone(),
            version: meeting.version,
            starts: clock(t, &meeting.starts),
            ends: clock(t, &meeting.ends),
            with: with.to_owned(),
            position: meeting.position.clone(),
            table: meeting.table,
            room: meeting.room.clone(),
            state,
            tone,
            held: meeting.state() == MeetingState::Held,
            outcome_words: outcomes(t)
                .into_iter()
                .find(|(name, _)| *name == meeting.outcome)
                .map(|(_, words)| words)
                .unwrap_or_default(),
            outcome: meeting.outcome.clone(),
            late: meeting.late,
            note: meeting.note.clone(),
            begun: meeting.begun,
        }
    };
    Ok(part.meetings.iter().map(line).collect())
}

/// What may come of a meeting that was held, in words.
pub(super) fn outcomes(t: &View) -> Vec<(&'static str, String)> {
    [
        ("none", "link-outcome-none"),
        ("interest", "link-outcome-interest"),
        ("second_interview", "link-outcome-second-interview"),
        ("trial", "link-outcome-trial"),
        ("hired", "link-outcome-hired"),
    ]
    .map(|(name, key)| (name, t.say(key)))
    .to_vec()
}

/// The hour until which things can be changed, while it is to come.
pub(super) fn until(console: &Console, t: &View, part: &Participation) -> String {
    let zone = part.session.as_ref().map(|session| session.time_zone.as_str());
    let zone = zone.and_then(|zone| TimeZone::get(zone).ok());
    let zone = zone.unwrap_or_else(|| console.0.zone.clone());
    let at = instant(part.changes_until.as_ref());
    at.filter(|at| *at > console.0.clock.now().timestamp())
        .map(|at| t.moment(at, &zone))
        .unwrap_or_default()
}

/// What was just done, in words; nothing for what is no deed of ours.
pub(super) fn said(t: &View, done: &str) -> String {
    if done.is_empty() || !done.chars().all(|sign| sign.is_ascii_lowercase() || sign == '-') {
        return String::new();
    }
    t.find(&format!("link-done-{done}")).unwrap_or_default()
}

fn standing(part: &Participation, session: &Session, none: bool) -> Standing {
    let registration = part.registration.as_ref();
    let withdrawn = registration.is_some_and(|own| own.state() == RegistrationState::Withdrawn);
    if session.state() == SessionState::Cancelled {
        Standing::Cancelled
    } else if part.declined_all {
        Standing::Declined
    } else if withdrawn {
        Standing::Withdrawn
    } else if none {
        Standing::NoneYet
    } else {
        Standing::Planned
    }
}

fn clock(t: &View, text: &str) -> String {
    Time::strptime("%H:%M", text).map_or_else(|_| text.to_owned(), |time| t.clock(time))
}
