//! The one-time address.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use http::{
    HeaderMap, HeaderValue,
    header::{REFRESH, SET_COOKIE},
};

use crate::{Console, cookies, entry, error::Error, pages, sessions};

#[derive(Template)]
#[template(path = "entry.html")]
struct Entered;

/// Lets the browser in, once for each address. The page goes on by itself, so that the address with
/// its token is left at once.
pub(super) async fn enter(
    State(console): State<Console>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !console.0.doors.enter(&token) {
        return if sessions::identify(&console, &headers).await?.is_some() {
            Ok(Redirect::to("/").into_response())
        } else {
            Err(Error::NotSignedIn)
        };
    }
    let secret = console.0.ids.token();
    console.0.doors.admit(&secret);
    let cookie = cookies::set(&console, &headers, entry::COOKIE, &secret, None).ok_or(Error::Internal)?;
    let headers = AppendHeaders([
        (SET_COOKIE, cookie),
        (REFRESH, HeaderValue::from_static("0; url=/")),
    ]);
    tracing::info!("a browser came in by a one-time address");
    Ok((headers, pages::show(&Entered)?).into_response())
}
