//! The form of a person or an employer, blank or filled.

use askama::Template;
use axum::response::{Html, Response};
use contracts::speeddating::v1::{
    Alike, EditRegistrationRequest, RegisterRequest, Registration, RegistrationState, Session, Side,
    register_response::Outcome,
};
use platform::auth::ORGANISERS;
use serde::Deserialize;
use uuid::Uuid;

use super::fields::{self, Field};
use crate::{
    error::Error,
    forms::{Form, Posted, stale},
    pages::{Asked, At, head::Head, imports::blame, show as page},
    staff::Staff,
    view::View,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Question {
    /// employeur or candidat.
    cote: String,
}

#[derive(Template)]
#[template(path = "roster/entry.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    title: String,
    fields: Vec<Field>,
    /// Empty for somebody new.
    id: String,
    person_id: String,
    withdrawn: bool,
    alike: Option<Other>,
}

/// Somebody known who looks alike.
struct Other {
    person_id: String,
    name: String,
    mail: String,
    phone: String,
}

pub(super) async fn blank(
    staff: Staff,
    At(session): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let session = staff.clients.session(session).await?;
    let form = staff.form();
    page(&fresh(staff.t, &session, side(&question), form, None))
}

pub(super) async fn register(
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let session = staff.clients.session(id).await?;
    let side = side(&question);
    let shown = fields::of(&session, side, true, &staff.t);
    let request = RegisterRequest {
        request_id: form.operation(),
        session_id: id.to_string(),
        entry: Some(fields::entry(&form, &shown, side)),
        person_id: if form.has("qui", "meme") {
            form.value("autre").to_owned()
        } else {
            String::new()
        },
        apart: form.has("qui", "autre"),
    };
    let outcome = match staff.clients.entries().register(request).await {
        Ok(reply) => reply.into_inner().outcome,
        Err(status) if stale(&status) => {
            // Nobody is written yet: the same press once more, with what is known by now.
            form.overtake();
            return Form::decide(&fresh(staff.t, &session, side, form, None));
        }
        Err(status) => {
            blame(&mut form, status, &staff.t, str::to_owned)?;
            form.name_faults(staff.t.texts(), |name| fields::label(&shown, name));
            return Form::again(&fresh(staff.t, &session, side, form, None));
        }
    };
    match outcome {
        Some(Outcome::Registration(made)) => {
            let notice = staff.t.with("roster-registered", "code", &made.code);
            Ok(staff.done(&format!("/seances/{id}/personnes"), notice))
        }
        Some(Outcome::Alike(alike)) => {
            form.blame("qui", staff.t.say("roster-alike-choose"));
            let other = Other::read(&staff, &alike).await?;
            Form::again(&fresh(staff.t, &session, side, form, Some(other)))
        }
        None => Err(Error::Internal),
    }
}

pub(super) async fn show(
    staff: Staff,
    At((session, registration)): At<(Uuid, Uuid)>,
) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let registration = staff.clients.registration(session, registration).await?;
    let session = staff.clients.session(session).await?;
    let form = known(&staff, &registration).await?;
    page(&filled(staff.t, &session, &registration, form))
}

pub(super) async fn edit(
    staff: Staff,
    At((id, place)): At<(Uuid, Uuid)>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let registration = staff.clients.registration(id, place).await?;
    let session = staff.clients.session(id).await?;
    let shown = fields::of(&session, registration.side(), false, &staff.t);
    let now = known(&staff, &registration).await?;
    if form.value(fields::PERSON_VERSION) != now.value(fields::PERSON_VERSION) {
        return again(staff, form, &now, &session, &registration);
    }
    let request = EditRegistrationRequest {
        registration_id: registration.registration_id.clone(),
        version: form.value("version").parse().unwrap_or_default(),
        entry: Some(fields::entry(&form, &shown, registration.side())),
    };
    match staff.clients.entries().edit_registration(request).await {
        Ok(_) => {
            let to = format!("/seances/{id}/personnes/{}", registration.registration_id);
            Ok(staff.done(&to, staff.t.say("roster-saved")))
        }
        Err(status) if stale(&status) => {
            let registration = staff.clients.registration(id, place).await?;
            let now = known(&staff, &registration).await?;
            again(staff, form, &now, &session, &registration)
        }
        Err(status) => {
            blame(&mut form, status, &staff.t, str::to_owned)?;
            form.name_faults(staff.t.texts(), |name| fields::label(&shown, name));
            Form::again(&filled(staff.t, &session, &registration, form))
        }
    }
}

/// Somebody else was faster, here or in the person's file.
fn again(
    staff: Staff,
    mut form: Form,
    now: &Form,
    session: &Session,
    registration: &Registration,
) -> Result<Response, Error> {
    let t = staff.t.texts();
    let shown = fields::of(session, registration.side(), false, &staff.t);
    let names = shown
        .iter()
        .map(|field| (field.name.to_owned(), field.words.clone()));
    form.overtaken(t, now, names, |name, value| fields::said(t, &shown, name, value));
    form.set(fields::PERSON_VERSION, now.value(fields::PERSON_VERSION));
    Form::decide(&filled(staff.t, session, registration, form))
}

/// The form as it is filled before anybody types.
async fn known(staff: &Staff, registration: &Registration) -> Result<Form, Error> {
    let mut form = staff.form().fill("version", registration.version);
    for (name, value) in fields::known(staff, registration).await? {
        form = form.fill(name, value);
    }
    Ok(form)
}

impl Other {
    async fn read(staff: &Staff, alike: &Alike) -> Result<Self, Error> {
        let person = fields::person(staff, &alike.other_person_id).await?;
        Ok(Self {
            person_id: alike.other_person_id.clone(),
            name: format!("{} {}", person.given_name, person.family_name)
                .trim()
                .to_owned(),
            mail: person.mail,
            phone: person.phone,
        })
    }
}

fn side(question: &Question) -> Side {
    if question.cote == "employeur" {
        Side::Employer
    } else {
        Side::Candidate
    }
}

fn fresh(t: View, session: &Session, side: Side, form: Form, alike: Option<Other>) -> Page {
    let employer = side == Side::Employer;
    Page {
        head: Head::new(t.texts(), session, "personnes"),
        title: if employer {
            t.say("roster-new-employer")
        } else {
            t.say("roster-new-candidate")
        },
        fields: fields::of(session, side, true, &t),
        id: String::new(),
        person_id: String::new(),
        withdrawn: false,
        alike,
        form,
        t,
    }
}

fn filled(t: View, session: &Session, registration: &Registration, form: Form) -> Page {
    Page {
        head: Head::new(t.texts(), session, "personnes"),
        title: t.with("roster-edit", "code", &registration.code).to_string(),
        fields: fields::of(session, registration.side(), false, &t),
        id: registration.registration_id.clone(),
        person_id: registration.person_id.clone(),
        withdrawn: registration.state() == RegistrationState::Withdrawn,
        alike: None,
        form,
        t,
    }
}
