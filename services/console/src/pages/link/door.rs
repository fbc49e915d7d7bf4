//! The question before anything personal.

use askama::Template;
use axum::{
    extract::State,
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use contracts::notifier::v1::{EndVisitRequest, OpenLinkRequest, StartVisitRequest};
use http::{HeaderMap, StatusCode, header::SET_COOKIE, request::Parts};
use tonic::{Code, Status};

use super::{
    gone, lost, sent_in_vain,
    visit::{COOKIE, Sent, cookie},
};
use crate::{
    Console,
    error::Error,
    forms::Form,
    pages::{self, At},
    view::View,
};

/// Tokens are 22 characters; none of another length is worth a call.
const TOKEN: std::ops::RangeInclusive<usize> = 16..=64;
/// Characters of an answer that are looked at.
const LETTERS: usize = 40;
/// As long as a visit.
const VISIT: u32 = 1_800;

#[derive(Template)]
#[template(path = "link/ask.html")]
struct Ask<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    token: &'a str,
    problem: String,
    /// Whether the answer was wrong; any other problem is not the field's.
    blamed: bool,
}

/// Checks the letters, and opens the page when they are right.
pub(super) async fn enter(
    State(console): State<Console>,
    t: View,
    At(token): At<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    if !plausible(&token) {
        return gone(&console, t);
    }
    let values = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let form = Form::posted(console.0.ids.id(), values);
    let letters: String = form.text("lettres").chars().take(LETTERS).collect();
    if letters.is_empty() {
        return wrong(&console, t, &token).await;
    }
    if !console.0.throttle.allows(&token, console.0.clock.now()) {
        return too_often(&console, t, &token);
    }
    let request = StartVisitRequest {
        token: token.clone(),
        surname_letters: letters,
    };
    match console.0.service.links().start_visit(request).await {
        Ok(reply) => {
            let begun = reply.into_inner();
            if !begun.verified {
                return wrong(&console, t, &token).await;
            }
            let path = format!("/r/{token}");
            let cookie = cookie(&console, &headers, COOKIE, &path, &begun.visit, VISIT);
            let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
            (AppendHeaders(cookie), Redirect::to(&path)).into_response()
        }
        Err(status) => refused(&console, t, &token, status),
    }
}

/// Ends the visit on this device.
pub(super) async fn leave(State(console): State<Console>, headers: HeaderMap, sent: Sent) -> Response {
    let visitor = sent.visitor;
    let request = EndVisitRequest {
        token: visitor.token.clone(),
        visit: visitor.visit.clone(),
    };
    if let Err(status) = console.0.service.links().end_visit(request).await {
        return Error::from(status).outside();
    }
    let cookie = cookie(&console, &headers, COOKIE, &visitor.home(), "", 0);
    let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
    (AppendHeaders(cookie), Redirect::to(&visitor.home())).into_response()
}

/// No visit, or it is over: the question for who looks; who sent something is led to it, and told that it is lost.
pub(super) async fn again(console: &Console, t: View, token: &str, parts: &Parts) -> Response {
    if let Some(led) = sent_in_vain(parts, &format!("/r/{token}")) {
        return led;
    }
    let request = OpenLinkRequest {
        token: token.to_owned(),
        surname_letters: String::new(),
    };
    match console.0.service.notifier().open_link(request).await {
        Ok(_) => {
            let lost = lost(&t, parts);
            question(console, t, token, StatusCode::OK, lost)
        }
        Err(status) => refused(console, t, token, status),
    }
}

/// Whether a text can be a token at all.
pub(crate) fn plausible(token: &str) -> bool {
    let sign = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
    TOKEN.contains(&token.len()) && token.chars().all(sign)
}

/// Wrong letters: a link that stands asks again, another one leads nowhere.
async fn wrong(console: &Console, t: View, token: &str) -> Response {
    let request = OpenLinkRequest {
        token: token.to_owned(),
        surname_letters: String::new(),
    };
    match console.0.service.notifier().open_link(request).await {
        Ok(_) => {
            let problem = t.say("link-wrong-letters");
            question(console, t, token, StatusCode::UNPROCESSABLE_ENTITY, problem)
        }
        Err(status) => refused(console, t, token, status),
    }
}

fn refused(console: &Console, t: View, token: &str, status: Status) -> Response {
    match status.code() {
        Code::NotFound | Code::FailedPrecondition => gone(console, t),
        Code::ResourceExhausted => too_often(console, t, token),
        _ => Error::from(status).outside(),
    }
}

fn too_often(console: &Console, t: View, token: &str) -> Response {
    let problem = t.say("link-too-often");
    question(console, t, token, StatusCode::TOO_MANY_REQUESTS, problem)
}

fn question(console: &Console, mut t: View, token: &str, status: StatusCode, problem: String) -> Response {
    let settings = &console.0.settings;
    // The switch of language leads back to the question, not to an address that takes only forms.
    t.here = format!("/r/{token}");
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
