//! Signing in and out.

use askama::Template;
use axum::{
    Extension,
    extract::{ConnectInfo, State},
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use contracts::directory::v1::{SignInRequest, SignOutRequest};
use http::{
    HeaderMap,
    header::{SET_COOKIE, USER_AGENT},
};
use serde::Deserialize;
use std::net::SocketAddr;

use super::super::{Asked, settings::local, show};
use crate::{
    Console, cookies, entry,
    error::Error,
    forms::{Form, Posted},
    staff::Signed,
    view::View,
};

/// How long a browser keeps the cookie; the directory ends a session that is not used before.
const TWO_WEEKS: u32 = 14 * 86_400;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    retour: String,
}

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct Page {
    t: View,
    form: Form,
}

pub(super) async fn ask(
    State(console): State<Console>,
    signed: Option<Extension<Signed>>,
    t: View,
    Asked(question): Asked<Question>,
) -> Result<Response, Error> {
    if signed.is_some() {
        return Ok(Redirect::to(local(&question.retour)).into_response());
    }
    let form = Form::new(console.0.ids.id()).fill("retour", local(&question.retour));
    Ok(show(&Page { t, form })?.into_response())
}

pub(super) async fn enter(
    State(console): State<Console>,
    headers: HeaderMap,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    t: View,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let mail = form.required("adresse", t.say("account-mail-missing"));
    let password = form.value(super::PASSWORD_FIELD).to_owned();
    if password.is_empty() {
        form.blame(super::PASSWORD_FIELD, t.say("account-password-missing"));
    }
    if !form.faulty() {
        match sign_in(&console, &headers, peer.as_deref(), mail, password).await {
            Ok(cookie) => {
                let to = Redirect::to(local(form.value("retour")));
                return Ok((AppendHeaders([(SET_COOKIE, cookie)]), to).into_response());
            }
            Err(status) => form.refused(
                status,
                t.texts(),
                &[
                    ("SIGN_IN_REFUSED", "", "account-sign-in-refused"),
                    ("TOO_MANY_TRIES", "", "account-too-many-tries"),
                    ("mail", "", "account-sign-in-refused"),
                    ("password", "", "account-sign-in-refused"),
                ],
            )?,
        }
    }
    Form::again(&Page { t, form })
}

/// Opens a session with a secret of its own, whatever cookie the browser had before: nobody can hand one out beforehand.
pub(super) async fn sign_in(
    console: &Console,
    headers: &HeaderMap,
    peer: Option<&ConnectInfo<SocketAddr>>,
    mail: String,
    password: String,
) -> Result<http::HeaderValue, tonic::Status> {
    let request = SignInRequest {
        mail,
        password,
        device: device(headers),
        source: source(headers, peer),
    };
    let opened = console.0.service.accounts().sign_in(request).await?.into_inner();
    if let Some(before) = cookies::get(headers, entry::COOKIE) {
        end(console, before).await?;
    }
    cookies::set(console, headers, entry::COOKIE, &opened.secret, Some(TWO_WEEKS))
        .ok_or_else(|| tonic::Status::internal("the secret is no cookie"))
}

pub(super) async fn leave(
    State(console): State<Console>,
    headers: HeaderMap,
    Posted(_form): Posted,
) -> Result<Response, Error> {
    if let Some(secret) = cookies::get(&headers, entry::COOKIE) {
        console.0.doors.dismiss(secret);
        end(&console, secret).await?;
    }
    let cookie = cookies::set(&console, &headers, entry::COOKIE, "", Some(0));
    let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
    Ok((AppendHeaders(cookie), Redirect::to("/connexion")).into_response())
}

async fn end(console: &Console, secret: &str) -> Result<(), tonic::Status> {
    let request = SignOutRequest {
        secret: secret.to_owned(),
    };
    console.0.service.accounts().sign_out(request).await?;
    console.0.sessions.forget();
    Ok(())
}

/// Where a try comes from, for the directory's throttle. Behind a proxy of this machine: what the proxy says, which is the
/// last entry; the others are whatever the caller wrote.
pub(super) fn source(headers: &HeaderMap, peer: Option<&ConnectInfo<SocketAddr>>) -> String {
    let Some(ConnectInfo(peer)) = peer else {
        return String::new();
    };
    let forwarded = headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|value| value.rsplit(',').next()?.trim().parse().ok());
    match last {
        Some(address) if peer.ip().is_loopback() => std::net::IpAddr::to_string(&address),
        _ => peer.ip().to_string(),
    }
}

/// "Firefox, Linux": enough to tell one's own browsers apart.
fn device(headers: &HeaderMap) -> String {
    let agent = headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let first = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(mark, _)| agent.contains(mark));
        found.map_or("", |(_, name)| *name)
    };
    // Each calls itself by the names of those before it as well.
    let browser = first(&[
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        ("", "") => "–".to_owned(),
        ("", one) | (one, "") => one.to_owned(),
        (browser, system) => format!("{browser}, {system}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_so_that_its_owner_knows_it() {
        let of = |agent: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, http::HeaderValue::from_static(agent));
            device(&headers)
        };
        assert_eq!(
            of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox, Linux"
        );
        assert_eq!(
            of(
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"
            ),
            "Edge, Windows"
        );
        assert_eq!(of("<script>"), "–");
    }

    #[test]
    fn only_a_proxy_of_this_machine_is_believed_and_only_its_own_word() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            http::HeaderValue::from_static("198.51.100.1, 203.0.113.7"),
        );
        let from = |peer: &str| source(&headers, Some(&ConnectInfo(peer.parse().unwrap())));
        assert_eq!(from("127.0.0.1:9"), "203.0.113.7");
        assert_eq!(from("192.0.2.4:9"), "192.0.2.4");
    }
}
