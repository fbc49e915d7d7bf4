//! Two taps a meeting: whether it was held, and what came of it; for either side.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use contracts::speeddating::v1::{
    ListOutcomesRequest, MeetingState, Outcome, ReportMeetingRequest, Session, Side, WithdrawReportRequest,
};
use http::{HeaderMap, HeaderName};
use platform::auth::ORGANISERS;
use serde::Deserialize;
use tonic::Status;
use uuid::Uuid;

use super::{
    OUTCOMES,
    rows::{People, Row},
};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    pages::{Asked, At, address, head::Head},
    peers::Wanted,
    roll::Roll,
    staff::Staff,
    view::View,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    personne: String,
}

#[derive(Template)]
#[template(path = "outcomes/entry.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    /// Of both sides, with what is still open.
    people: Vec<Choice>,
    /// Whose meetings are shown; empty when nobody is chosen.
    person: String,
    name: String,
    employer: bool,
    rows: Vec<Row>,
    outcomes: Vec<(&'static str, String)>,
    may_note: bool,
    /// The day has come, and a timetable is published.
    open: bool,
    /// Stands in the summary of the page, not at a row.
    problem: &'static str,
}

#[derive(Template)]
#[template(path = "outcomes/row.html")]
struct Fragment {
    t: View,
    head: Head,
    form: Form,
    person: String,
    employer: bool,
    row: Row,
    outcomes: Vec<(&'static str, String)>,
    may_note: bool,
    /// Why what was pressed here was refused; empty when it was not.
    problem: String,
}

/// A row of which nothing is left but why.
#[derive(Template)]
#[template(path = "outcomes/gone.html")]
struct Gone {
    /// Empty when the row is still there, and this goes below it.
    meeting: String,
    problem: String,
}

/// Somebody whose meetings can be chosen.
struct Choice {
    id: String,
    words: String,
    employer: bool,
}

pub(super) async fn list(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let form = staff.form();
    crate::pages::show(&page(&console, staff, id, &question.personne, form).await?)
}

pub(super) async fn note(
    State(console): State<Console>,
    mut staff: Staff,
    At(id): At<Uuid>,
    headers: HeaderMap,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let (meeting, person) = (form.text("rencontre"), form.text("personne"));
    let side = match form.value("cote") {
        "employeur" => Side::Employer,
        "candidat" => Side::Candidate,
        _ => return Err(Error::Unreadable),
    };
    let told = say(&staff, &form, &meeting, side).await;
    let back = address(&format!("/seances/{id}/resultats"), &[("personne", &person)]);
    staff.t.here.clone_from(&back);
    match told {
        Ok(outcome) if headers.contains_key("hx-request") => {
            let fragment = fragment(&console, staff, id, person, outcome, String::new()).await?;
            Ok(Html(fragment.render()?).into_response())
        }
        Err(status) if headers.contains_key("hx-request") => {
            unsaid(&console, staff, id, (meeting, person), form, status).await
        }
        Ok(_) => Ok(staff.done(&format!("{back}#m-{meeting}"), staff.t.say("outcome-noted"))),
        Err(status) => {
            form.refused(status, staff.t.texts(), &[])?;
            Form::again(&page(&console, staff, id, &person, form).await?)
        }
    }
}

/// What was pressed in a row and refused: the row as it stands, with the reason. The page around it stays.
async fn unsaid(
    console: &Console,
    staff: Staff,
    id: Uuid,
    (meeting, person): (String, String),
    mut form: Form,
    status: Status,
) -> Result<Response, Error> {
    let t = staff.t.texts();
    let refused = form.refused(status, t, &[]);
    let problem = match &refused {
        Ok(()) => form.fault("").to_owned(),
        Err(error) => error.said(t),
    };
    let standing = match outcomes(&staff, id).await {
        Ok(all) => all,
        Err(error) => return below(&problem, &error),
    };
    let own = standing.into_iter().find(|outcome| {
        outcome
            .meeting
            .as_ref()
            .is_some_and(|own| own.meeting_id == meeting)
    });
    let Some(outcome) = own else {
        let problem = t.say("outcome-gone");
        return Form::again(&Gone { meeting, problem });
    };
    match fragment(console, staff, id, person, outcome, problem.clone()).await {
        Ok(fragment) => Form::again(&fragment),
        Err(error) => below(&problem, &error),
    }
}

/// The row cannot be read either: what is there stays, and the reason is put below.
fn below(problem: &str, error: &Error) -> Result<Response, Error> {
    let page = Gone {
        meeting: String::new(),
        problem: problem.to_owned(),
    };
    let below = [(HeaderName::from_static("hx-reswap"), "beforeend")];
    Ok((error.status(), below, Html(page.render()?)).into_response())
}

/// Says a word, or takes it back.
async fn say(staff: &Staff, form: &Form, meeting: &str, side: Side) -> Result<Outcome, Status> {
    let mut client = staff.clients.outcomes();
    let state = match form.value("etat") {
        "tenue" => MeetingState::Held,
        "candidat" => MeetingState::NoShowCandidate,
        "employeur" => MeetingState::NoShowEmployer,
        _ => {
            let request = WithdrawReportRequest {
                meeting_id: meeting.to_owned(),
                side: side.into(),
            };
            let reply = client.withdraw_report(request).await?.into_inner();
            return Ok(reply.outcome.unwrap_or_default());
        }
    };
    let request = ReportMeetingRequest {
        meeting_id: meeting.to_owned(),
        side: side.into(),
        state: state.into(),
        outcome: form.text("resultat"),
    };
    let reply = client.report_meeting(request).await?.into_inner();
    Ok(reply.outcome.unwrap_or_default())
}

async fn page(console: &Console, staff: Staff, id: Uuid, person: &str, form: Form) -> Result<Page, Error> {
    let session = staff.clients.session(id).await?;
    let outcomes = outcomes(&staff, id).await?;
    let roll = Roll::read(&staff.clients, staff.t.texts(), id).await?;
    let t = staff.t.texts();
    let open_of = |registration: &str| {
        let open = outcomes
            .iter()
            .filter_map(|outcome| outcome.meeting.as_ref())
            .filter(|meeting| {
                meeting.state() == MeetingState::Planned
                    && (meeting.employer_id == registration || meeting.candidate_id == registration)
            });
        open.count()
    };
    let with: BTreeSet<&str> = outcomes
        .iter()
        .filter_map(|outcome| outcome.meeting.as_ref())
        .flat_map(|meeting| [meeting.employer_id.as_str(), meeting.candidate_id.as_str()])
        .collect();
    let people = roll
        .sorted()
        .into_iter()
        .filter(|guest| with.contains(guest.id.as_str()));
    let people = people
        .map(|guest| Choice {
            id: guest.id.clone(),
            words: t
                .with("outcome-choice", "name", &guest.name)
                .and("n", open_of(&guest.id))
                .to_string(),
            employer: guest.employer,
        })
        .collect();
    let chosen = roll.get(person);
    let employer = chosen.is_some_and(|guest| guest.employer);
    let own: Vec<&Outcome> = outcomes
        .iter()
        .filter(|outcome| {
            let meeting = outcome.meeting.as_ref();
            meeting.is_some_and(|meeting| meeting.employer_id == person || meeting.candidate_id == person)
        })
        .collect();
    let names = staff.clients.names(staff.t.texts(), noters(&own)).await?;
    let known = People {
        roll: &roll,
        names: &names,
        zone: &console.0.zone,
    };
    Ok(Page {
        head: Head::new(staff.t.texts(), &session, "bilan"),
        form,
        people,
        name: chosen.map(|guest| guest.name.clone()).unwrap_or_default(),
        person: chosen.map(|guest| guest.id.clone()).unwrap_or_default(),
        employer,
        rows: own
            .iter()
            .filter_map(|outcome| Row::of(t, outcome, employer, &known))
            .collect(),
        outcomes: choices(t),
        may_note: ORGANISERS.contains(&staff.role),
        open: begun(console, &session),
        problem: "",
        t: staff.t,
    })
}

async fn fragment(
    console: &Console,
    staff: Staff,
    id: Uuid,
    person: String,
    outcome: Outcome,
    problem: String,
) -> Result<Fragment, Error> {
    let session = staff.clients.session(id).await?;
    let roll = Roll::read(&staff.clients, staff.t.texts(), id).await?;
    let employer = roll.get(&person).is_some_and(|guest| guest.employer);
    let names = staff.clients.names(staff.t.texts(), noters(&[&outcome])).await?;
    let known = People {
        roll: &roll,
        names: &names,
        zone: &console.0.zone,
    };
    let t = staff.t.texts();
    Ok(Fragment {
        head: Head::new(staff.t.texts(), &session, "bilan"),
        form: staff.form(),
        problem,
        row: Row::of(t, &outcome, employer, &known).ok_or(Error::Internal)?,
        person,
        employer,
        outcomes: choices(t),
        may_note: true,
        t: staff.t,
    })
}

async fn outcomes(staff: &Staff, id: Uuid) -> Result<Vec<Outcome>, Error> {
    let request = ListOutcomesRequest {
        session_id: id.to_string(),
        registration_id: String::new(),
    };
    Ok(staff
        .clients
        .outcomes()
        .list_outcomes(request)
        .await?
        .into_inner()
        .outcomes)
}

/// People who noted something: others behind a link are no names of ours.
fn noters(outcomes: &[&Outcome]) -> Wanted {
    let mut wanted = Wanted::default();
    for outcome in outcomes {
        for word in [&outcome.employer, &outcome.candidate].into_iter().flatten() {
            if word.said_by.parse::<Uuid>().is_ok() {
                wanted.person(&word.said_by);
            }
        }
    }
    wanted
}

fn choices(t: crate::texts::Texts) -> Vec<(&'static str, String)> {
    OUTCOMES.iter().map(|(name, key)| (*name, t.say(key))).collect()
}

fn begun(console: &Console, session: &Session) -> bool {
    session.published_timetable > 0
        && crate::pages::head::date(session).is_some_and(|date| date <= console.today())
}
