//! Before every page: is it asked for under our name, is the browser in, and what may the page do.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
};

use crate::{Console, entry, error::Error};

/// Nothing from elsewhere, no script at all; frames for the preview of mails only.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Headers that every response carries; a page that sets one itself keeps its own.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let own = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ] {
        own.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Refuses names that are not ours.
pub(crate) async fn known_host(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    // HTTP/2 has the name in the address, HTTP/1.1 in a header.
    let named = request.uri().authority().map(http::uri::Authority::as_str);
    let host = named.or_else(|| request.headers().get(HOST)?.to_str().ok());
    if host.is_some_and(|host| console.0.hosts.known(host)) {
        Ok(next.run(request).await)
    } else {
        Err(Error::UnknownHost)
    }
}

/// Lets browsers that came in by a one-time address pass; tells others how to come in.
pub(crate) async fn signed_in(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    if admitted(&console, request.headers()) {
        Ok(next.run(request).await)
    } else {
        Err(Error::NotSignedIn)
    }
}

/// Whether the request carries the cookie of a browser that is in.
pub(crate) fn admitted(console: &Console, headers: &HeaderMap) -> bool {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .any(|(name, value)| name == entry::COOKIE && console.0.doors.admitted(value))
}
