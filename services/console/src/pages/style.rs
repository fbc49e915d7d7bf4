//! Every component of the pages with its states, to look at, to copy from, and for the tests of accessibility.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{Html, IntoResponse as _, Response},
    routing::get,
};

use contracts::{scheduler::v1::ReminderState, speeddating::v1::RegistrationState};
use platform::{auth::READERS, error::Failure};

use crate::{
    Console,
    error::Error,
    forms::{Form, Posted, Uploaded},
    live,
    staff::Staff,
    view::View,
    words::{Badge, registration_state, reminder_state},
};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/style", get(show).post(post))
        .route("/style/confirmer", get(ask))
        .route("/style/fichier", axum::routing::post(upload))
        .route("/style/flux", get(stream))
        .route("/style/heure", get(hour))
}

#[derive(Template)]
#[template(path = "style/page.html", blocks = ["hour"])]
struct Page {
    t: View,
    form: Form,
    /// How values are written in this language.
    formats: Vec<String>,
    /// The same fields with something wrong in each.
    wrong: Form,
    states: [Badge; 5],
    revision: String,
}

#[derive(Template)]
#[template(path = "style/confirm.html")]
struct Confirm {
    t: View,
    form: Form,
}

async fn show(State(console): State<Console>, staff: Staff) -> Result<Html<String>, Error> {
    staff.require(READERS)?;
    let form = staff.form();
    super::show(&page(&console, staff.t, form))
}

/// Does nothing but say so: how a form that is right, or wrong, comes back.
async fn post(
    State(console): State<Console>,
    staff: Staff,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    if form.value("confirmer") == "oui" {
        return Ok(staff.done("/style", staff.t.say("style-done")));
    }
    let name = form.required("nom", staff.t.say("style-name-missing"));
    form.number("nombre", 1..=200, staff.t.say("style-number-wrong"));
    form.date("date", staff.t.say("style-date-wrong"));
    form.time("heure", staff.t.say("style-time-wrong"));
    if form.has("refus", "oui") {
        // As a service would refuse what was sent to it.
        let refusal = Failure::field("title", "is taken");
        form.refused(
            refusal.into(),
            staff.t.texts(),
            &[("title", "nom", "style-name-taken")],
        )?;
    }
    if form.faulty() {
        return Form::again(&page(&console, staff.t, form));
    }
    let notice = staff.t.with("style-saved", "name", name);
    Ok(staff.done("/style", notice))
}

async fn ask(staff: Staff) -> Result<Html<String>, Error> {
    let form = staff.form();
    super::show(&Confirm { form, t: staff.t })
}

async fn upload(staff: Staff, Uploaded { form, file }: Uploaded) -> Result<Response, Error> {
    let notice = match file {
        Some(file) => staff
            .t
            .with("style-file-read", "name", file.name)
            .and("n", file.content.len())
            .to_string(),
        None => staff
            .t
            .with("style-file-missing", "n", form.faults().len())
            .to_string(),
    };
    Ok(staff.done("/style", notice))
}

/// Tells each new minute.
async fn stream(State(console): State<Console>, _staff: Staff) -> Response {
    let clock = console.0.clock.clone();
    let minute = move || std::future::ready(Ok((clock.now().timestamp().as_second() / 60).to_string()));
    live::revisions(&console, "minute", std::time::Duration::from_secs(1), minute)
}

/// The part of the page that the stream renews.
async fn hour(State(console): State<Console>, staff: Staff) -> Result<Response, Error> {
    let form = staff.form();
    let page = page(&console, staff.t, form);
    Ok(Html(page.as_hour().render()?).into_response())
}

fn page(console: &Console, t: View, form: Form) -> Page {
    let mut wrong = Form::new(form.operation)
        .fill("faux-nom", "")
        .fill("faux-nombre", "999");
    wrong.blame("faux-nom", t.say("style-name-missing"));
    wrong.blame("faux-nombre", t.say("style-number-wrong"));
    let now = console.0.clock.now().timestamp();
    let local = now.to_zoned(console.0.zone.clone());
    Page {
        formats: vec![
            t.day(local.date()),
            t.clock(local.time()),
            t.cell(local.time()),
            t.minutes(90),
            t.number(1_234),
            t.percent(2, 3),
            t.money(123_450),
            t.ordinal(2),
            t.list(&["Lina", "Ada", "Noé"]),
        ],
        states: [
            registration_state(RegistrationState::Registered),
            reminder_state(ReminderState::Planned),
            reminder_state(ReminderState::Sent),
            reminder_state(ReminderState::Queued),
            reminder_state(ReminderState::Failed),
        ],
        revision: t.moment(now, &console.0.zone),
        t,
        form,
        wrong,
    }
}
