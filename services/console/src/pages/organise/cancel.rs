//! A session cancelled: it says first how many people hear of it.

use askama::Template;
use axum::response::{Html, Response};
use contracts::speeddating::v1::{CancelSessionRequest, Session, SessionState};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use crate::{
    error::Error,
    forms::{Form, Posted, stale},
    pages::{At, head::Head},
    staff::Staff,
    view::View,
};

#[derive(Template)]
#[template(path = "organise/cancel.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    /// People with a meeting in the published timetable.
    told: usize,
}

pub(super) async fn ask(staff: Staff, At(id): At<Uuid>) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let session = staff.clients.session(id).await?;
    let form = staff.form().fill("version", session.version);
    crate::pages::show(&page(staff, form, &session).await?)
}

pub(super) async fn act(staff: Staff, At(id): At<Uuid>, Posted(mut form): Posted) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let session = staff.clients.session(id).await?;
    let reason = form.required("raison", staff.t.say("organise-cancel-reason-missing"));
    if form.faulty() {
        return Form::again(&page(staff, form, &session).await?);
    }
    let request = CancelSessionRequest {
        session_id: id.to_string(),
        version: form.text("version").parse().map_err(|_| Error::Unreadable)?,
        reason,
    };
    match staff.clients.speeddating().cancel_session(request).await {
        Ok(_) => Ok(staff.done(&format!("/seances/{id}"), staff.t.say("organise-cancelled"))),
        Err(status) if stale(&status) => {
            let session = staff.clients.session(id).await?;
            let now = staff.form().fill("version", session.version);
            form.overtaken(staff.t.texts(), &now, [], |_, value| value.to_owned());
            Form::decide(&page(staff, form, &session).await?)
        }
        Err(status) => {
            let cures = &[("reason", "raison", "organise-cancel-reason-long")];
            form.refused(status, staff.t.texts(), cures)?;
            Form::again(&page(staff, form, &session).await?)
        }
    }
}

async fn page(staff: Staff, form: Form, session: &Session) -> Result<Page, Error> {
    let mut told = 0;
    if matches!(
        session.state(),
        SessionState::SchedulePublished | SessionState::Running
    ) {
        let id = session.session_id.parse().map_err(|_| Error::Internal)?;
        if let Some(timetable) = staff.clients.timetable(id, 0).await? {
            let people: std::collections::BTreeSet<&String> = timetable
                .meetings
                .iter()
                .flat_map(|meeting| [&meeting.candidate_id, &meeting.employer_id])
                .collect();
            told = people.len();
        }
    }
    Ok(Page {
        head: Head::new(staff.t.texts(), session, "apercu"),
        form,
        told,
        t: staff.t,
    })
}
