//! Choices of whoever looks: the language of the pages, and light or dark.

use axum::{
    Extension, Router,
    extract::State,
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
    routing::post,
};
use contracts::directory::v1::SetLanguageRequest;
use http::{HeaderMap, header::SET_COOKIE};

use crate::{
    Console, cookies,
    error::Error,
    forms::{Form, Posted},
    staff::Signed,
    texts::Language,
    view,
};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/reglages/langue", post(language))
        .route("/reglages/aspect", post(scheme))
}

async fn language(
    State(console): State<Console>,
    signed: Option<Extension<Signed>>,
    headers: HeaderMap,
    Posted(form): Posted,
) -> Result<Response, Error> {
    let language = Language::of(form.value("langue")).ok_or(Error::Unreadable)?;
    if let Some(Extension(signed)) = signed.filter(|signed| !signed.account_id.is_empty()) {
        let request = SetLanguageRequest {
            language: language.code().to_owned(),
        };
        signed.clients.accounts().set_language(request).await?;
        console.0.sessions.forget();
    }
    Ok(kept(&console, &headers, view::LANGUAGE, language.code(), &form))
}

async fn scheme(
    State(console): State<Console>,
    headers: HeaderMap,
    Posted(form): Posted,
) -> Result<Response, Error> {
    let scheme = form.value("aspect");
    if !["", "clair", "sombre"].contains(&scheme) {
        return Err(Error::Unreadable);
    }
    Ok(kept(&console, &headers, view::SCHEME, scheme, &form))
}

/// Keeps a choice in this browser and goes back to where it was made.
fn kept(console: &Console, headers: &HeaderMap, name: &str, value: &str, form: &Form) -> Response {
    let cookie = cookies::set(console, headers, name, value, Some(cookies::YEAR));
    let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
    (AppendHeaders(cookie), Redirect::to(local(form.value("retour")))).into_response()
}

/// An address of ours; anything else leads to the start, since a form must not send people elsewhere.
pub(super) fn local(address: &str) -> &str {
    let plain =
        address.starts_with('/') && !address.starts_with("//") && !address.contains(['\\', '\r', '\n', '\t']);
    if plain { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_ours_are_gone_back_to() {
        assert_eq!(local("/messages?canal=sms"), "/messages?canal=sms");
        for foreign in [
            "//mechant.example",
            "https://mechant.example",
            "/\\mechant.example",
            "",
            "javascript:x",
            "/\t/x",
        ] {
            assert_eq!(local(foreign), "/", "{foreign}");
        }
    }
}
