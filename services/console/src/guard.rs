//! Before every page: is it asked for under our name, is the browser in, and what may the page do.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY, SET_COOKIE,
        X_CONTENT_TYPE_OPTIONS,
    },
};

use crate::{Console, cookies, error::Error, forms::flash, pages, sessions, staff::Visit, view};

/// Nothing from elsewhere, no script or style within a page; frames for the preview of mails only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// The cookie that the forms of somebody outside are bound to.
const VISIT: &str = "jalon_visite";

/// Headers that every response carries; a page that sets one itself keeps its own.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let own = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        // Not "no-referrer": then browsers would hide where our own forms come from.
        (REFERRER_POLICY, "same-origin"),
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

/// Refuses forms that another site sends. Browsers say where a form came from: `Sec-Fetch-Site` where they know it, and
/// `Origin`, which is "null" for pages that tell nobody their address.
pub(crate) async fn same_origin(request: Request, next: Next) -> Result<Response, Error> {
    if request.method().is_safe() || ours(&request) {
        Ok(next.run(request).await)
    } else {
        Err(Error::Forged)
    }
}

fn ours(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).map(HeaderValue::as_bytes);
    let site = header("sec-fetch-site");
    if site.is_some_and(|site| site != b"same-origin") {
        return false;
    }
    let Some(origin) = request.headers().get(ORIGIN) else {
        // Programs that are no browser send neither; they carry no cookie of somebody else either.
        return true;
    };
    if origin == "null" {
        return site.is_some();
    }
    let named = request.uri().authority().map(http::uri::Authority::as_str);
    let host = named.or_else(|| request.headers().get(HOST)?.to_str().ok());
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    matches!((authority, host), (Some((_, authority)), Some(host)) if authority.eq_ignore_ascii_case(host))
}

/// Lets browsers that are signed in pass, with who they are; takes others to the sign-in, and back afterwards.
pub(crate) async fn signed_in(
    State(console): State<Console>,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    let Some(signed) = sessions::identify(&console, request.headers()).await? else {
        return sign_in(&request);
    };
    let texts = view::language(request.headers(), signed.language);
    let headers = request.headers().clone();
    request.extensions_mut().insert(signed);
    let mut response = next.run(request).await;
    response.extensions_mut().insert(texts);
    told(&console, &headers, &mut response);
    Ok(response)
}

/// Pages for anybody: with who they are when they are signed in, else with a visit that their forms are bound to.
pub(crate) async fn anybody(
    State(console): State<Console>,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    let headers = request.headers().clone();
    let mut begun = None;
    if let Some(signed) = sessions::identify(&console, &headers).await? {
        request.extensions_mut().insert(signed);
    } else {
        let known = cookies::get(&headers, VISIT).filter(|visit| (16..=64).contains(&visit.len()));
        let visit = known.map_or_else(|| console.0.ids.token(), str::to_owned);
        if known.is_none() {
            begun = cookies::set(&console, &headers, VISIT, &visit, None);
        }
        request.extensions_mut().insert(Visit(visit));
    }
    let mut response = next.run(request).await;
    if let Some(cookie) = begun {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    told(&console, &headers, &mut response);
    Ok(response)
}

fn sign_in(request: &Request) -> Result<Response, Error> {
    if request.headers().contains_key("hx-request") {
        // A part of a page cannot sign in: the page is loaded again, and leads there.
        let reload = (
            HeaderName::from_static("hx-refresh"),
            HeaderValue::from_static("true"),
        );
        return Ok((StatusCode::UNAUTHORIZED, [reload]).into_response());
    }
    if request.method() != Method::GET {
        return Err(Error::NotSignedIn);
    }
    let here = request
        .uri()
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let back = if here == "/" { "" } else { here };
    Ok(Redirect::to(&pages::address("/connexion", &[("retour", back)])).into_response())
}

/// A notice is shown once: the first whole page drops it.
fn told(console: &Console, headers: &HeaderMap, response: &mut Response) {
    let page = response.headers().get(CONTENT_TYPE);
    let page = page.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if page
        && cookies::get(headers, flash::COOKIE).is_some_and(|notice| !notice.is_empty())
        && !headers.contains_key("hx-request")
        && let Some(cookie) = cookies::set(console, headers, flash::COOKIE, "", Some(0))
    {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}
