//! The one-time address.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use http::{
    HeaderMap,
    header::{HOST, REFRESH, SET_COOKIE},
};

use crate::{Console, entry, error::Error, guard, pages};

#[derive(Template)]
#[template(path = "entry.html")]
struct Entered;

/// Lets the browser in, once for each address. The page goes on by itself: a redirect would lose the strict cookie
/// when the address was opened from another site, such as a terminal in the browser.
pub(super) async fn enter(
    State(console): State<Console>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !console.0.doors.enter(&token) {
        return if guard::admitted(&console, &headers) {
            Ok(Redirect::to("/").into_response())
        } else {
            Err(Error::NotSignedIn)
        };
    }
    let secret = console.0.ids.token();
    console.0.doors.admit(&secret);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let secure = if host.is_some_and(|host| console.0.hosts.encrypted(host)) {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}",
        entry::COOKIE
    );
    let headers = AppendHeaders([(SET_COOKIE, cookie), (REFRESH, "0; url=/".to_owned())]);
    tracing::info!("a browser came in by a one-time address");
    Ok((headers, pages::show(&Entered)?).into_response())
}
