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
use std::net::{IpAddr, SocketAddr};

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
        source: source(console.0.settings.proxies, headers, peer),
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

/// Where a try comes from, for the directory's throttle. Behind so many proxies: what the first of them says, which is the
/// entry that many from the end; those before it are whatever the caller wrote. A single proxy, on this machine, needs no setting.
pub(super) fn source(proxies: usize, headers: &HeaderMap, peer: Option<&ConnectInfo<SocketAddr>>) -> String {
    let Some(ConnectInfo(peer)) = peer else {
        return String::new();
    };
    let trusted = proxies.max(usize::from(peer.ip().is_loopback()));
    // A header may come in several lines: they are one list.
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let said = trusted
        .checked_sub(1)
        .and_then(|others| forwarded.iter().rev().nth(others));
    let said: Option<IpAddr> = said.and_then(|address| address.trim().parse().ok());
    said.unwrap_or(peer.ip()).to_string()
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
    fn proxies_are_believed_as_far_as_they_are_known_and_each_only_in_its_own_word() {
        let mut headers = HeaderMap::new();
        let forwarded = |text| http::HeaderValue::from_static(text);
        headers.append("x-forwarded-for", forwarded("198.51.100.1, 203.0.113.7"));
        let from = |proxies, peer: &str, headers: &HeaderMap| {
            source(proxies, headers, Some(&ConnectInfo(peer.parse().unwrap())))
        };
        assert_eq!(from(0, "127.0.0.1:9", &headers), "203.0.113.7", "of this machine");
        assert_eq!(from(0, "192.0.2.4:9", &headers), "192.0.2.4", "a stranger's word");
        assert_eq!(from(1, "192.0.2.4:9", &headers), "203.0.113.7", "an Ingress");
        headers.append("x-forwarded-for", forwarded("192.0.2.9"));
        assert_eq!(from(2, "192.0.2.4:9", &headers), "203.0.113.7", "one before it");
        assert_eq!(
            from(9, "192.0.2.4:9", &headers),
            "192.0.2.4",
            "fewer than were set"
        );
    }
}
