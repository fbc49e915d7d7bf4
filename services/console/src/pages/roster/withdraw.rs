//! Somebody taken out of a session: their meetings are cancelled, and those whom it concerns are told.

use askama::Template;
use axum::response::{Html, Response};
use contracts::speeddating::v1::WithdrawRegistrationRequest;
use platform::auth::ORGANISERS;
use tonic::Code;
use uuid::Uuid;

use crate::{
    error::Error,
    forms::{Form, Posted},
    pages::{At, head::Head, show as page},
    staff::Staff,
    view::View,
};

#[derive(Template)]
#[template(path = "roster/withdraw.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    code: String,
    id: String,
}

pub(super) async fn ask(
    staff: Staff,
    At((session, registration)): At<(Uuid, Uuid)>,
) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let registration = staff.clients.registration(session, registration).await?;
    let head = Head::new(
        staff.t.texts(),
        &staff.clients.session(session).await?,
        "personnes",
    );
    let form = staff
        .form()
        .fill("version", registration.version)
        .fill("par", "PARTICIPANT");
    page(&Page {
        head,
        form,
        code: registration.code,
        id: registration.registration_id,
        t: staff.t,
    })
}

pub(super) async fn withdraw(
    staff: Staff,
    At((session, registration)): At<(Uuid, Uuid)>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let registration = staff.clients.registration(session, registration).await?;
    let request = WithdrawRegistrationRequest {
        registration_id: registration.registration_id.clone(),
        version: form.value("version").parse().unwrap_or_default(),
        by: form.value("par").to_owned(),
    };
    match staff.clients.speeddating().withdraw_registration(request).await {
        Ok(reply) => {
            let notice = staff
                .t
                .with("roster-withdrawn", "code", &registration.code)
                .and("n", reply.into_inner().meetings_cancelled)
                .to_string();
            Ok(staff.done(&format!("/seances/{session}/personnes"), notice))
        }
        Err(status) if status.code() == Code::FailedPrecondition => {
            form.blame("", staff.t.texts().refusal(&status));
            let head = Head::new(
                staff.t.texts(),
                &staff.clients.session(session).await?,
                "personnes",
            );
            Form::again(&Page {
                head,
                form,
                code: registration.code,
                id: registration.registration_id,
                t: staff.t,
            })
        }
        Err(status) => Err(status.into()),
    }
}
