//! The first administrator, made once through the address that the process printed.

use std::net::SocketAddr;

use askama::Template;
use axum::{
    Extension,
    extract::{ConnectInfo, State},
    response::{AppendHeaders, Html, IntoResponse as _, Redirect, Response},
};
use contracts::directory::v1::CreateFirstAdministratorRequest;
use http::{HeaderMap, header::SET_COOKIE};

use super::{
    super::{At, show},
    chosen, sign_in,
};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    view::View,
};

#[derive(Template)]
#[template(path = "account/setup.html")]
struct Page {
    t: View,
    form: Form,
}

pub(super) async fn ask(
    State(console): State<Console>,
    At(token): At<String>,
    t: View,
) -> Result<Html<String>, Error> {
    known(&console, &token)?;
    let organisation = &console.0.settings.organisation;
    let form = Form::new(console.0.ids.id()).fill("organisation", organisation);
    show(&Page { t, form })
}

pub(super) async fn make(
    State(console): State<Console>,
    At(token): At<String>,
    headers: HeaderMap,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    t: View,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    known(&console, &token)?;
    let given_name = form.required("prenom", t.say("account-given-name-missing"));
    let family_name = form.required("nom", t.say("account-family-name-missing"));
    let mail = form.required("adresse", t.say("account-mail-missing"));
    let password = chosen(&mut form, t.texts());
    let organisation_name = form.required("organisation", t.say("account-organisation-missing"));
    if !form.faulty() {
        let request = CreateFirstAdministratorRequest {
            given_name,
            family_name,
            mail: mail.clone(),
            password: password.clone(),
            language: t.code().to_owned(),
            organisation_name,
        };
        let made = console
            .0
            .service
            .accounts()
            .create_first_administrator(request)
            .await;
        match made {
            Ok(_) => {
                console.0.setup.enter(&token);
                let cookie = sign_in::sign_in(&console, &headers, peer.as_deref(), mail, password).await?;
                return Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to("/")).into_response());
            }
            Err(status) => form.refused(
                status,
                t.texts(),
                &[
                    ("ALREADY_SET_UP", "", "account-already-set-up"),
                    ("given_name", "prenom", "account-given-name-missing"),
                    ("family_name", "nom", "account-family-name-wrong"),
                    ("mail", "adresse", "account-mail-wrong"),
                    ("password", super::PASSWORD_FIELD, "account-password-wrong"),
                    (
                        "organisation_name",
                        "organisation",
                        "account-organisation-missing",
                    ),
                ],
            )?,
        }
    }
    Form::again(&Page { t, form })
}

fn known(console: &Console, token: &str) -> Result<(), Error> {
    if console.0.setup.knows(token) {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
