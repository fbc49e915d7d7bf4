//! The page behind the link in a message: "Mes rencontres", after the first letters of the surname.

mod file;

use askama::Template;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::{IntoResponse as _, Response},
};
use contracts::{
    notifier::v1::OpenLinkRequest,
    speeddating::v1::{Session, SessionState, Timetable},
};
use http::StatusCode;
use serde::Deserialize;
use tonic::Code;

use super::{
    At, head, mail,
    plan::{self, Line},
};
use crate::{
    Console,
    error::Error,
    peers,
    roll::{Guest, Roll},
};

/// Tokens are 22 characters; none of another length is worth a call.
const TOKEN: std::ops::RangeInclusive<usize> = 16..=64;
/// Characters of an answer that are looked at.
const LETTERS: usize = 40;

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    lettres: String,
}

/// The question before anything personal.
#[derive(Template)]
#[template(path = "link_ask.html")]
struct Ask<'a> {
    organisation: &'a str,
    telephone: &'a str,
    token: &'a str,
    problem: &'static str,
    blocked: bool,
}

/// The one page for links that lead nowhere: unknown, expired, forgotten.
#[derive(Template)]
#[template(path = "link_gone.html")]
struct Gone<'a> {
    organisation: &'a str,
    telephone: &'a str,
}

#[derive(Template)]
#[template(path = "link.html")]
struct Page<'a> {
    organisation: &'a str,
    telephone: &'a str,
    token: &'a str,
    letters: &'a str,
    standing: Standing,
    name: String,
    employer: bool,
    candidates: String,
    title: String,
    when: String,
    place: String,
    arrival: String,
    /// Whether the day is over.
    over: bool,
    meetings: Vec<Line>,
}

/// What can be said of the person's meetings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Standing {
    /// There are some.
    Planned,
    /// Not published, or none given.
    NoneYet,
    /// The person, or the employer, does not take part any more.
    Withdrawn,
    /// The session does not take place.
    Cancelled,
}

/// Why the meetings are not shown.
enum Refusal {
    Gone,
    WrongLetters,
    TooOften,
    Other(Error),
}

/// What is read for a person whose letters are right.
struct Found {
    session: Session,
    timetable: Option<Timetable>,
    roll: Roll,
    registration: String,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::Gone,
            Error::TooOften => Self::TooOften,
            other => Self::Other(other),
        }
    }
}

/// Shows the question; tells nothing but whether the link stands.
pub(super) async fn ask(State(console): State<Console>, At(token): At<String>) -> Response {
    match open(&console, &token, "").await {
        Ok(_) | Err(Refusal::WrongLetters) => question(&console, &token, StatusCode::OK, ""),
        Err(refusal) => refused(&console, &token, refusal),
    }
}

/// Shows the meetings when the letters are right. Changes nothing, hence no token against forged forms.
pub(super) async fn show(
    State(console): State<Console>,
    At(token): At<String>,
    answer: Result<Form<Answer>, FormRejection>,
) -> Response {
    let letters = letters(answer);
    match found(&console, &token, &letters).await {
        Ok(found) => match page(&console, &token, &letters, &found) {
            Ok(page) => page,
            Err(error) => error.outside(),
        },
        Err(refusal) => refused(&console, &token, refusal),
    }
}

/// The same meetings as a calendar file.
pub(super) async fn calendar(
    State(console): State<Console>,
    At(token): At<String>,
    answer: Result<Form<Answer>, FormRejection>,
) -> Response {
    match found(&console, &token, &letters(answer)).await {
        Ok(found) => match file::event(&console, &found).await {
            Ok(Some(calendar)) => mail::file(calendar),
            Ok(None) => refused(&console, &token, Refusal::Gone),
            Err(error) => error.outside(),
        },
        Err(refusal) => refused(&console, &token, refusal),
    }
}

fn letters(answer: Result<Form<Answer>, FormRejection>) -> String {
    let typed = answer.map(|Form(answer)| answer.lettres).unwrap_or_default();
    typed.trim().chars().take(LETTERS).collect()
}

/// Whom and what the link is about, once the letters are right.
async fn found(console: &Console, token: &str, letters: &str) -> Result<Found, Refusal> {
    if letters.is_empty() {
        return Err(Refusal::WrongLetters);
    }
    if !console.0.throttle.allows(token, console.0.clock.now()) {
        return Err(Refusal::TooOften);
    }
    let (person, subject, group) = open(console, token, letters)
        .await?
        .ok_or(Refusal::WrongLetters)?;
    let id = peers::session_of(&group).ok_or(Refusal::Gone)?;
    let service = &console.0.service;
    let session = service.session(id).await?;
    let (roll, timetable) = futures::try_join!(Roll::read(service, id), service.timetable(id, 0))?;
    let named = subject
        .strip_prefix("speeddating.participation/")
        .and_then(|id| roll.get(id));
    let guest = named
        .filter(|guest| guest.person_id == person)
        .or_else(|| roll.of_person(&person));
    let registration = guest.ok_or(Refusal::Gone)?.id.clone();
    Ok(Found {
        session,
        timetable: timetable.filter(|timetable| timetable.published),
        roll,
        registration,
    })
}

/// The person, subject and group of a link; none while the letters are missing or wrong.
async fn open(
    console: &Console,
    token: &str,
    letters: &str,
) -> Result<Option<(String, String, String)>, Refusal> {
    let plausible = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
    if !TOKEN.contains(&token.len()) || !token.chars().all(plausible) {
        return Err(Refusal::Gone);
    }
    let request = OpenLinkRequest {
        token: token.to_owned(),
        surname_letters: letters.to_owned(),
    };
    match console.0.service.notifier().open_link(request).await {
        Ok(reply) => {
            let link = reply.into_inner();
            Ok(link
                .verified
                .then_some((link.person_id, link.subject, link.group)))
        }
        Err(status) => Err(match status.code() {
            Code::NotFound | Code::FailedPrecondition => Refusal::Gone,
            Code::PermissionDenied | Code::InvalidArgument => Refusal::WrongLetters,
            _ => Refusal::from(Error::from(status)),
        }),
    }
}

fn page(console: &Console, token: &str, letters: &str, found: &Found) -> Result<Response, Error> {
    let guest = found.guest().ok_or(Error::NotFound)?;
    let meetings = found.meetings(guest);
    let settings = &console.0.settings;
    let page = Page {
        organisation: &settings.organisation,
        telephone: &settings.telephone,
        token,
        letters,
        standing: found.standing(guest, &meetings),
        name: if guest.contact.is_empty() {
            guest.name.clone()
        } else {
            guest.contact.clone()
        },
        employer: guest.employer,
        candidates: crate::words::Sides::of(
            crate::texts::Texts(crate::texts::Language::French),
            found.session.kind(),
        )
        .candidates,
        title: found.session.title.clone(),
        when: head::date(&found.session)
            .map(crate::words::day)
            .unwrap_or_default(),
        place: head::place(&found.session),
        arrival: plan::arrival(&found.session, &meetings),
        over: head::date(&found.session).is_some_and(|date| date < console.today()),
        meetings,
    };
    Ok(super::show(&page)?.into_response())
}

impl Found {
    fn guest(&self) -> Option<&Guest> {
        self.roll.get(&self.registration)
    }

    fn meetings(&self, guest: &Guest) -> Vec<Line> {
        let timetable = self.timetable.as_ref();
        timetable.map_or_else(Vec::new, |timetable| {
            plan::lines(timetable, guest, &self.session, &self.roll)
        })
    }

    fn standing(&self, guest: &Guest, meetings: &[Line]) -> Standing {
        if self.session.state() == SessionState::Cancelled {
            Standing::Cancelled
        } else if guest.withdrawn {
            Standing::Withdrawn
        } else if meetings.is_empty() {
            Standing::NoneYet
        } else {
            Standing::Planned
        }
    }
}

fn refused(console: &Console, token: &str, refusal: Refusal) -> Response {
    match refusal {
        Refusal::Gone => {
            let settings = &console.0.settings;
            let page = super::show(&Gone {
                organisation: &settings.organisation,
                telephone: &settings.telephone,
            });
            (StatusCode::NOT_FOUND, page).into_response()
        }
        Refusal::WrongLetters => question(
            console,
            token,
            StatusCode::UNPROCESSABLE_ENTITY,
            "Ces lettres ne correspondent pas. Écrivez les trois premières lettres du nom de famille de la personne qui a reçu le message.",
        ),
        Refusal::TooOften => question(
            console,
            token,
            StatusCode::TOO_MANY_REQUESTS,
            "Trop d’essais pour ce lien. Attendez un quart d’heure, puis réessayez.",
        ),
        Refusal::Other(error) => error.outside(),
    }
}

fn question(console: &Console, token: &str, status: StatusCode, problem: &'static str) -> Response {
    let settings = &console.0.settings;
    let page = super::show(&Ask {
        organisation: &settings.organisation,
        telephone: &settings.telephone,
        token,
        problem,
        blocked: status == StatusCode::TOO_MANY_REQUESTS,
    });
    (status, page).into_response()
}
