//! The pages: each reads what it needs from the services, puts it into words, and writes a template.

mod entry;

use askama::Template;
use axum::{
    Router,
    response::{Html, IntoResponse as _, Response},
    routing::get,
};

use crate::{Console, assets, error::Error};

/// Pages that need no session.
pub(crate) fn open() -> Router<Console> {
    Router::new()
        .route("/style.css", get(assets::style))
        .route("/icon.svg", get(assets::icon))
        .route("/entree/{token}", get(entry::enter))
}

/// Pages of staff.
pub(crate) fn staff() -> Router<Console> {
    Router::new().route("/", get(entry::home))
}

/// Every other address.
pub(crate) async fn nowhere() -> Error {
    Error::NotFound
}

/// A page with a title, an advice and at most one command: errors, and the way in.
#[derive(Template)]
#[template(path = "notice.html")]
pub(crate) struct Notice<'a> {
    pub(crate) title: &'a str,
    pub(crate) advice: &'a str,
    pub(crate) command: &'a str,
    pub(crate) way_back: bool,
}

/// A notice as a page; bare text when even that cannot be written.
pub(crate) fn notice(notice: &Notice<'_>) -> Response {
    match notice.render() {
        Ok(page) => Html(page).into_response(),
        Err(_) => notice.advice.to_owned().into_response(),
    }
}

/// A page as HTML.
fn show(page: &impl Template) -> Result<Html<String>, Error> {
    Ok(Html(page.render()?))
}
