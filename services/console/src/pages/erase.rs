//! A person forgotten for good, here and in every service: what follows is named first.

use askama::Template;
use axum::{
    Router,
    response::{Html, Response},
    routing::get,
};
use contracts::directory::v1::{ErasePersonRequest, GetPersonRequest};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use super::At;
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    staff::Staff,
    view::View,
};

pub(super) fn routes() -> Router<Console> {
    Router::new().route("/personnes/{person}/effacer", get(ask).post(erase))
}

#[derive(Template)]
#[template(path = "erase.html")]
struct Page {
    t: View,
    form: Form,
    name: String,
    id: String,
}

async fn ask(staff: Staff, At(id): At<Uuid>) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let request = GetPersonRequest {
        person_id: id.to_string(),
    };
    let person = staff.clients.directory().get_person(request).await?.into_inner();
    let person = person
        .person
        .filter(|person| !person.erased)
        .ok_or(Error::NotFound)?;
    super::show(&Page {
        form: staff.form().fill("version", person.version),
        name: format!("{} {}", person.given_name, person.family_name)
            .trim()
            .to_owned(),
        id: person.person_id,
        t: staff.t,
    })
}

async fn erase(staff: Staff, At(id): At<Uuid>, Posted(form): Posted) -> Result<Response, Error> {
    let request = ErasePersonRequest {
        person_id: id.to_string(),
        version: form.value("version").parse().unwrap_or_default(),
    };
    staff.clients.directory().erase_person(request).await?;
    Ok(staff.done(&format!("/personnes/{id}"), staff.t.say("people-erase-done")))
}
