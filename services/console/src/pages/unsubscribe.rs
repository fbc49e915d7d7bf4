//! One-click unsubscription (RFC 8058) from messages that are not strictly necessary. GET shows a page, POST acts: mail
//! programs post `List-Unsubscribe=One-Click` without any cookie, people press a button. Nothing more is needed than the
//! token, and nothing personal is shown for it.

use askama::Template;
use axum::{
    Router,
    extract::State,
    middleware::map_response,
    response::{IntoResponse as _, Response},
    routing::get,
};
use contracts::notifier::v1::{GetSubscriptionRequest, SetSubscriptionRequest};
use http::HeaderMap;
use tonic::Code;

use super::{At, link};
use crate::{
    Console, cookies,
    error::Error,
    forms::Form,
    texts::Language,
    view::{self, View},
};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/d/{token}", get(show).post(act))
        .method_not_allowed_fallback(super::forms_only)
        .layer(map_response(link::quiet))
}

#[derive(Template)]
#[template(path = "link/unsubscribe.html")]
struct Page<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    token: &'a str,
    stopped: bool,
    /// Just now.
    done: bool,
}

async fn show(
    State(console): State<Console>,
    t: View,
    headers: HeaderMap,
    At(token): At<String>,
) -> Response {
    page(&console, t, &headers, &token, false).await
}

/// Stops them; `reprendre` in the form lets them come again.
async fn act(
    State(console): State<Console>,
    t: View,
    headers: HeaderMap,
    At(token): At<String>,
    body: String,
) -> Response {
    let values = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let again = Form::posted(console.0.ids.id(), values).has("reprendre", "oui");
    if !link::plausible(&token) {
        return link::gone(&console, t);
    }
    let request = SetSubscriptionRequest {
        token: token.clone(),
        person_id: String::new(),
        stopped: !again,
    };
    match console.0.service.links().set_subscription(request).await {
        Ok(_) => page(&console, t, &headers, &token, true).await,
        Err(status) if status.code() == Code::NotFound => link::gone(&console, t),
        Err(status) => Error::from(status).outside(),
    }
}

async fn page(console: &Console, mut t: View, headers: &HeaderMap, token: &str, done: bool) -> Response {
    if !link::plausible(token) {
        return link::gone(console, t);
    }
    let request = GetSubscriptionRequest {
        token: token.to_owned(),
        person_id: String::new(),
    };
    let found = match console.0.service.links().get_subscription(request).await {
        Ok(found) => found.into_inner(),
        Err(status) if status.code() == Code::NotFound => return link::gone(console, t),
        Err(status) => return Error::from(status).outside(),
    };
    let chosen = cookies::get(headers, view::LANGUAGE).and_then(Language::of);
    t.speak(view::language(
        headers,
        chosen.or_else(|| Language::of(&found.language)),
    ));
    let settings = &console.0.settings;
    match super::show(&Page {
        t,
        organisation: &settings.organisation,
        telephone: &settings.telephone,
        token,
        stopped: found.stopped,
        done,
    }) {
        Ok(page) => page.into_response(),
        Err(error) => error.outside(),
    }
}
