//! A new session.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Response},
};
use contracts::speeddating::v1::{CreateSessionRequest, SessionKind};
use platform::auth::{FIRST_ORGANISATION, ORGANISERS};

use super::{
    drawing::{Drawing, draw},
    plan::{self, Row},
};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    owners::Owners,
    staff::Staff,
    view::View,
};

#[derive(Template)]
#[template(path = "organise/create.html")]
struct Page {
    t: View,
    form: Form,
    kinds: Vec<(&'static str, String)>,
    /// Whose session it can be; not asked when there is one.
    organisations: Vec<(String, String)>,
    pauses: Vec<Row>,
    rooms: Vec<Row>,
    drawing: Drawing,
}

pub(super) async fn ask(State(console): State<Console>, staff: Staff) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    // What most sessions are: a morning, three weeks from now.
    let day = console.today().saturating_add(jiff::Span::new().weeks(3));
    let form = staff
        .form()
        .fill("genre", "employeurs")
        .fill("date", day)
        .fill("debut", "09:00")
        .fill("fin", "12:30")
        .fill("creneau", 15)
        .fill("arrivee", 15);
    crate::pages::show(&page(staff, form).await?)
}

pub(super) async fn make(staff: Staff, Posted(mut form): Posted) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let typed = plan::typed(&form);
    let checked = plan::check(&staff.clients, typed.clone()).await?;
    if !form.value("ajouter").is_empty() || form.has("dessiner", "oui") {
        return Ok(axum::response::IntoResponse::into_response(crate::pages::show(
            &page(staff, form).await?,
        )?));
    }
    plan::blame(&mut form, staff.t.texts(), &checked);
    if form.faulty() {
        return Form::again(&page(staff, form).await?);
    }
    let kind = if form.has("genre", "entreprises") {
        SessionKind::B2b
    } else {
        SessionKind::EmployerCandidate
    };
    let organisation = match form.text("organisation") {
        given if given.is_empty() => owner(&staff).await?,
        given => given,
    };
    let request = CreateSessionRequest {
        request_id: form.operation(),
        organisation_id: organisation,
        kind: kind.into(),
        title: typed.title.clone(),
        date: typed.date,
        starts: typed.starts,
        ends: typed.ends,
        slot_minutes: typed.slot_minutes,
        breaks: typed.breaks,
        venue: typed.venue,
        arrival_minutes: typed.arrival_minutes,
        ..CreateSessionRequest::default()
    };
    match staff.clients.speeddating().create_session(request).await {
        Ok(reply) => {
            let session = reply.into_inner().session.unwrap_or_default();
            let notice = staff.t.with("organise-created", "title", typed.title);
            Ok(staff.done(&format!("/seances/{}", session.session_id), notice))
        }
        Err(status) => {
            form.refused(status, staff.t.texts(), plan::CURES)?;
            Form::again(&page(staff, form).await?)
        }
    }
}

async fn page(staff: Staff, form: Form) -> Result<Page, Error> {
    let typed = plan::typed(&form);
    let checked = plan::check(&staff.clients, typed.clone()).await?;
    let owners = Owners::read(&staff.clients).await?;
    let t = staff.t;
    Ok(Page {
        kinds: vec![
            ("employeurs", t.say("organise-kind-employers")),
            ("entreprises", t.say("organise-kind-b2b")),
        ],
        organisations: owners.choices(t.texts()),
        pauses: plan::pauses(&form),
        rooms: plan::rooms(&form),
        drawing: draw(&t, &typed, &checked),
        form,
        t,
    })
}

/// The one organisation of a person; that of an installation which has named none, as for the command line.
async fn owner(staff: &Staff) -> Result<String, Error> {
    let first = Owners::read(&staff.clients).await?.first();
    Ok(first.unwrap_or_else(|| FIRST_ORGANISATION.to_string()))
}
