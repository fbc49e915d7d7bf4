//! A new session with the plan of another, its employers too when asked for.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Response},
};
use contracts::speeddating::v1::{CopySessionRequest, Session};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use super::plan;
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    pages::{At, head::Head},
    staff::Staff,
    view::View,
};

#[derive(Template)]
#[template(path = "organise/copy.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    employers: i32,
}

pub(super) async fn ask(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let session = staff.clients.session(id).await?;
    let day = console.today().saturating_add(jiff::Span::new().weeks(3));
    let form = staff
        .form()
        .fill("titre", &session.title)
        .fill("date", day)
        .fill("debut", &session.starts);
    crate::pages::show(&page(staff, form, &session))
}

pub(super) async fn make(
    staff: Staff,
    At(id): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let session = staff.clients.session(id).await?;
    let title = form.required("titre", staff.t.say("plan-wrong-title"));
    form.date("date", staff.t.say("plan-wrong-date"));
    form.time("debut", staff.t.say("plan-wrong-starts"));
    if form.faulty() {
        return Form::again(&page(staff, form, &session));
    }
    let request = CopySessionRequest {
        request_id: form.operation(),
        session_id: id.to_string(),
        title: title.clone(),
        date: form.text("date"),
        starts: form.text("debut"),
        with_employers: form.has("employeurs", "oui"),
    };
    match staff.clients.plans().copy_session(request).await {
        Ok(reply) => {
            let copy = reply.into_inner().session.unwrap_or_default();
            let notice = staff.t.with("organise-created", "title", title);
            Ok(staff.done(&format!("/seances/{}", copy.session_id), notice))
        }
        Err(status) => {
            form.refused(status, staff.t.texts(), plan::CURES)?;
            Form::again(&page(staff, form, &session))
        }
    }
}

fn page(staff: Staff, form: Form, session: &Session) -> Page {
    Page {
        head: Head::new(staff.t.texts(), session, "apercu"),
        employers: session.employers,
        form,
        t: staff.t,
    }
}
