//! Whoever is signed in, for the handlers of staff pages.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use http::{HeaderMap, header::SET_COOKIE, request::Parts};
use platform::auth::Role;

use crate::{
    Clients, Console, cookies,
    error::Error,
    forms::{Form, csrf, flash},
    texts::Language,
    view::{self, View},
};

/// What the guard found out about the browser. It lies in the request.
#[derive(Clone)]
pub(crate) struct Signed {
    /// The browser session's secret: forms are bound to it.
    pub(crate) secret: String,
    /// Empty before there are accounts.
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) language: Option<Language>,
    pub(crate) clients: Clients,
}

/// Somebody of staff who asks for a page. Its clients carry that person's own short-lived token, so that services decide
/// what they may see.
pub(crate) struct Staff {
    pub(crate) role: Role,
    pub(crate) clients: Clients,
    /// For the template.
    pub(crate) t: View,
    secret: String,
    headers: HeaderMap,
    console: Console,
}

impl Staff {
    /// A form of this page, with an operation of its own.
    pub(crate) fn form(&self) -> Form {
        Form::new(self.console.0.ids.id())
    }

    /// What was posted was done: to the next page (303), which says so once.
    pub(crate) fn done(&self, to: &str, notice: impl Into<String>) -> Response {
        let text = flash::seal(&self.secret, &notice.into());
        let cookie = cookies::set(&self.console, &self.headers, flash::COOKIE, &text, Some(300));
        let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
        (AppendHeaders(cookie), Redirect::to(to)).into_response()
    }

    /// Only these roles come further; others get a page that says so.
    pub(crate) fn require(&self, roles: &[Role]) -> Result<(), Error> {
        if roles.contains(&self.role) {
            Ok(())
        } else {
            Err(Error::Denied)
        }
    }
}

impl FromRequestParts<Console> for Staff {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Error> {
        let signed = parts
            .extensions
            .get::<Signed>()
            .cloned()
            .ok_or(Error::NotSignedIn)?;
        let mut t = View::outside(&parts.headers, here(parts));
        t.speak(view::language(&parts.headers, signed.language));
        t.csrf = csrf::mint(&signed.secret, &console.0.ids);
        t.notice = cookies::get(&parts.headers, flash::COOKIE)
            .and_then(|sealed| flash::open(&signed.secret, sealed))
            .unwrap_or_default();
        t.name.clone_from(&signed.name);
        t.account = !signed.account_id.is_empty();
        t.administrator = signed.role == Role::Administrator;
        t.auditor = matches!(signed.role, Role::Administrator | Role::Auditor);
        Ok(Self {
            role: signed.role,
            clients: signed.clients,
            t,
            secret: signed.secret,
            headers: parts.headers.clone(),
            console: console.clone(),
        })
    }
}

/// Somebody outside who asks for a page.
impl FromRequestParts<Console> for View {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _console: &Console) -> Result<Self, Infallible> {
        Ok(Self::outside(&parts.headers, here(parts)))
    }
}

fn here(parts: &Parts) -> &str {
    parts
        .uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str)
}
