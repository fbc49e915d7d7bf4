//! The pages behind the link in a message: one's own part in a session. The first letters of the surname open a visit of
//! half an hour; a cookie that the browser sends to this link only carries it. GET shows, POST acts: mail programs open
//! links before people do.

mod agenda;
mod decline;
mod door;
mod feed;
mod meeting;
mod part;
mod reach;
mod visit;

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    middleware::map_response,
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{REFERRER_POLICY, SET_COOKIE},
    request::Parts,
};

use crate::{Console, cookies, error::Error, forms::Form, texts::Language, view};

pub(super) use door::plausible;
pub(super) use visit::cookie;

/// Stands behind the address of the question when it follows something that was sent in vain.
const IN_VAIN: &str = "fait=visite-terminee";

/// No form here is longer, in bytes: a note of 500 characters, each written as nine.
const FORM_MOST: usize = 8_192;

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/r/{token}", get(part::show).post(door::enter))
        .route("/r/{token}/sortir", post(door::leave))
        .route("/r/{token}/venir", post(part::confirm))
        .route("/r/{token}/decliner", get(decline::ask).post(decline::decline))
        .route("/r/{token}/reprendre", post(decline::take_back))
        .route("/r/{token}/joindre", get(reach::show).post(reach::contact))
        .route("/r/{token}/messages", post(reach::messages))
        .route("/r/{token}/agenda", get(agenda::show).post(agenda::change))
        .route("/r/{token}/rencontres.ics", get(agenda::file))
        .route(
            "/r/{token}/rencontre/{meeting}",
            get(meeting::show).post(meeting::tell),
        )
        .route("/r/{token}/rencontre/{meeting}/note", post(meeting::note))
        .route("/agenda/{token}", get(feed::feed))
        .route("/langue", post(language))
        .method_not_allowed_fallback(super::forms_only)
        .layer(DefaultBodyLimit::max(FORM_MOST))
        .layer(map_response(quiet))
}

/// Pages behind a secret address tell nobody where they are.
pub(super) async fn quiet(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// The one page for links that lead nowhere: unknown, expired, revoked, forgotten.
#[derive(Template)]
#[template(path = "link/gone.html")]
struct Gone<'a> {
    t: view::View,
    organisation: &'a str,
    telephone: &'a str,
}

/// Says that a link leads nowhere. The same words whatever the reason.
pub(super) fn gone(console: &Console, mut t: view::View) -> Response {
    let settings = &console.0.settings;
    // Nothing of the address: the page is the same for all.
    t.here = String::new();
    match super::show(&Gone {
        t,
        organisation: &settings.organisation,
        telephone: &settings.telephone,
    }) {
        Ok(page) => (StatusCode::NOT_FOUND, page).into_response(),
        Err(error) => error.outside(),
    }
}

/// Whoever sends something without a visit is led to the question at `home`, which says that nothing was recorded: what
/// was typed is gone, and nobody must think that it arrived. Who only wants to leave has lost nothing.
pub(super) fn sent_in_vain(parts: &Parts, home: &str) -> Option<Response> {
    if parts.method != Method::POST {
        return None;
    }
    let leaves = parts.uri.path() == format!("{home}/sortir");
    let to = if leaves {
        home.to_owned()
    } else {
        format!("{home}?{IN_VAIN}")
    };
    Some(Redirect::to(&to).into_response())
}

/// What the question says first: that nothing was recorded, to whoever was led here by [`sent_in_vain`]; else nothing.
pub(super) fn lost(t: &view::View, parts: &Parts) -> String {
    if parts.uri.query() == Some(IN_VAIN) {
        t.say("link-visit-over")
    } else {
        String::new()
    }
}

/// Another language, for people who have no account: kept in this browser.
async fn language(State(console): State<Console>, headers: HeaderMap, body: String) -> Response {
    let values = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let form = Form::posted(console.0.ids.id(), values);
    let Some(language) = Language::of(form.value("langue")) else {
        return Error::Unreadable.outside();
    };
    let cookie = cookies::set(
        &console,
        &headers,
        view::LANGUAGE,
        language.code(),
        Some(cookies::YEAR),
    );
    let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
    let back = super::settings::local(form.value("retour"));
    (AppendHeaders(cookie), Redirect::to(back)).into_response()
}
