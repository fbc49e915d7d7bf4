//! Another password, by its owner.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Response},
};
use contracts::directory::v1::ChangePasswordRequest;

use super::{super::show, chosen};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    staff::Staff,
    view::View,
};

#[derive(Template)]
#[template(path = "account/password.html")]
struct Page {
    t: View,
    form: Form,
}

pub(super) async fn ask(staff: Staff) -> Result<Html<String>, Error> {
    let form = staff.form();
    show(&Page { form, t: staff.t })
}

pub(super) async fn change(
    State(console): State<Console>,
    staff: Staff,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let t = &staff.t;
    let old = form.value("ancien").to_owned();
    if old.is_empty() {
        form.blame("ancien", t.say("account-old-missing"));
    }
    let new = chosen(&mut form, t.texts());
    if !form.faulty() {
        let request = ChangePasswordRequest {
            old,
            new,
            session_id: staff.session_id.clone(),
        };
        match staff.clients.accounts().change_password(request).await {
            Ok(_) => {
                console.0.sessions.forget();
                return Ok(staff.done("/mon-compte", t.say("account-password-changed")));
            }
            Err(status) => form.refused(
                status,
                t.texts(),
                &[
                    ("old", "ancien", "account-old-wrong"),
                    ("new", super::PASSWORD_FIELD, "account-password-wrong"),
                    ("TOO_MANY_TRIES", "", "account-too-many-tries"),
                ],
            )?,
        }
    }
    Form::again(&Page { form, t: staff.t })
}
