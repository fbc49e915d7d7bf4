//! The question of a partner's link: its code.

use askama::Template;
use axum::{
    extract::State,
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use contracts::speeddating::v1::OpenPartnerLinkRequest;
use http::{HeaderMap, StatusCode, header::SET_COOKIE, request::Parts};
use tonic::{Code, Status};

use super::visit::{COOKIE, Sent};
use crate::{
    Console,
    error::Error,
    forms::Form,
    pages::{self, At, link},
    view::View,
};

/// As long as a visit.
const VISIT: u32 = 1_800;

#[derive(Template)]
#[template(path = "partner/ask.html")]
struct Ask<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    token: &'a str,
    problem: String,
    /// Whether the answer was wrong; any other problem is not the field's.
    blamed: bool,
}

/// Checks the code, and opens the page when it is right.
pub(super) async fn enter(
    State(console): State<Console>,
    t: View,
    At(token): At<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    if !link::plausible(&token) {
        return link::gone(&console, t);
    }
    let values = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let form = Form::posted(console.0.ids.id(), values);
    if !console.0.throttle.allows(&token, console.0.clock.now()) {
        let problem = t.say("link-too-often");
        return question(&console, t, &token, StatusCode::TOO_MANY_REQUESTS, problem);
    }
    let request = OpenPartnerLinkRequest {
        token: token.clone(),
        code: form.text("code").chars().take(20).collect(),
    };
    match console.0.service.partners().open_partner_link(request).await {
        Ok(reply) => {
            let opened = reply.into_inner();
            if !opened.verified {
                let problem = t.say("partner-wrong-code");
                return question(&console, t, &token, StatusCode::UNPROCESSABLE_ENTITY, problem);
            }
            let path = format!("/p/{token}");
            let cookie = link::cookie(&console, &headers, COOKIE, &path, &opened.visit, VISIT);
            let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
            (AppendHeaders(cookie), Redirect::to(&path)).into_response()
        }
        Err(status) => refused(&console, t, status),
    }
}

/// Forgets the visit on this device.
pub(super) async fn leave(State(console): State<Console>, headers: HeaderMap, sent: Sent) -> Response {
    let home = sent.visitor.home();
    let cookie = link::cookie(&console, &headers, COOKIE, &home, "", 0);
    let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
    (AppendHeaders(cookie), Redirect::to(&home)).into_response()
}

/// No visit, or it is over: the question for who looks; who sent something is led to it, and told that it is lost.
pub(super) async fn again(console: &Console, t: View, token: &str, parts: &Parts) -> Response {
    if let Some(led) = link::sent_in_vain(parts, &format!("/p/{token}")) {
        return led;
    }
    let request = OpenPartnerLinkRequest {
        token: token.to_owned(),
        code: String::new(),
    };
    match console.0.service.partners().open_partner_link(request).await {
        Ok(_) => {
            let lost = link::lost(&t, parts);
            question(console, t, token, StatusCode::OK, lost)
        }
        Err(status) => refused(console, t, status),
    }
}

fn refused(console: &Console, t: View, status: Status) -> Response {
    if status.code() == Code::NotFound {
        link::gone(console, t)
    } else {
        Error::from(status).outside()
    }
}

fn question(console: &Console, mut t: View, token: &str, status: StatusCode, problem: String) -> Response {
    let settings = &console.0.settings;
    t.here = format!("/p/{token}");
    match pages::show(&Ask {
        t,
        organisation: &settings.organisation,
        telephone: &settings.telephone,
        token,
        problem,
        blamed: status == StatusCode::UNPROCESSABLE_ENTITY,
    }) {
        Ok(page) => (status, page).into_response(),
        Err(error) => error.outside(),
    }
}
