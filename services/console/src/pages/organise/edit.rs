//! The plan of a session changed. After publication it says first who hears of it.

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};
use contracts::speeddating::v1::{ReplacePlanRequest, Session, SessionState};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use super::{
    drawing::{Drawing, draw},
    plan::{self, Row},
};
use crate::{
    error::Error,
    forms::{Form, Posted, stale},
    pages::{At, head::Head},
    staff::Staff,
    view::View,
};

/// The hidden field of a form that shows what somebody else changed.
const UNDECIDED: &str = "depasse";

#[derive(Template)]
#[template(path = "organise/edit.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    pauses: Vec<Row>,
    rooms: Vec<Row>,
    drawing: Drawing,
    /// People who have a plan in their hands: whoever finds another hour or place in it is told.
    published: bool,
}

pub(super) async fn ask(staff: Staff, At(id): At<Uuid>) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let session = staff.clients.session(id).await?;
    let form = known(&staff, &session);
    crate::pages::show(&page(staff, form, &session).await?)
}

pub(super) async fn save(
    staff: Staff,
    At(id): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let session = staff.clients.session(id).await?;
    if !form.value("ajouter").is_empty() || form.has("dessiner", "oui") {
        // One more row hides from nobody what is to be decided.
        if form.has(UNDECIDED, "oui") || form.text("version") != session.version.to_string() {
            overtake(&staff, &mut form, &session);
        }
        return Ok(crate::pages::show(&page(staff, form, &session).await?)?.into_response());
    }
    let mut typed = plan::typed(&form);
    typed.time_zone.clone_from(&session.time_zone);
    typed
        .coordinator_person_id
        .clone_from(&session.coordinator_person_id);
    let checked = plan::check(&staff.clients, typed.clone()).await?;
    plan::blame(&mut form, staff.t.texts(), &checked);
    if form.faulty() {
        return Form::again(&page(staff, form, &session).await?);
    }
    let request = ReplacePlanRequest {
        session_id: id.to_string(),
        version: form.text("version").parse().map_err(|_| Error::Unreadable)?,
        plan: Some(typed),
    };
    match staff.clients.plans().replace_plan(request).await {
        Ok(_) => {
            let notice = staff.t.say(if published(&session) {
                "organise-saved-told"
            } else {
                "organise-saved"
            });
            Ok(staff.done(&format!("/seances/{id}"), notice))
        }
        Err(status) if stale(&status) => {
            let session = staff.clients.session(id).await?;
            overtake(&staff, &mut form, &session);
            Form::decide(&page(staff, form, &session).await?)
        }
        Err(status) => {
            form.refused(status, staff.t.texts(), plan::CURES)?;
            Form::again(&page(staff, form, &session).await?)
        }
    }
}

/// Somebody else changed the session since the form was filled: shows what stands now.
fn overtake(staff: &Staff, form: &mut Form, session: &Session) {
    let (now, t) = (known(staff, session), staff.t.texts());
    let fields = plan::shown(t, [form, &now]);
    form.overtaken(t, &now, fields, |field, value| plan::said(t, field, value));
}

/// The form as it is filled before anybody types.
fn known(staff: &Staff, session: &Session) -> Form {
    plan::filled(staff.form(), session).fill("version", session.version)
}

async fn page(staff: Staff, form: Form, session: &Session) -> Result<Page, Error> {
    let typed = plan::typed(&form);
    let checked = plan::check(&staff.clients, typed.clone()).await?;
    Ok(Page {
        head: Head::new(staff.t.texts(), session, "apercu"),
        pauses: plan::pauses(&form),
        rooms: plan::rooms(&form),
        drawing: draw(&staff.t, &typed, &checked),
        published: published(session),
        form,
        t: staff.t,
    })
}

fn published(session: &Session) -> bool {
    matches!(
        session.state(),
        SessionState::SchedulePublished | SessionState::Running
    )
}
