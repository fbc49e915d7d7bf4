//! Whoever is signed in, for the handlers of staff pages.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, response::Response};
use http::{HeaderMap, request::Parts};
use platform::auth::{ORGANISERS, Role};

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
    /// Also the id of the person; empty where there are no accounts.
    pub(crate) account_id: String,
    /// This browser's session.
    pub(crate) session_id: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    /// Whether the whole installation is theirs to see.
    pub(crate) everything: bool,
    pub(crate) language: Option<Language>,
    pub(crate) clients: Clients,
}

/// Somebody of staff who asks for a page. Its clients carry that person's own short-lived token, so that services decide
/// what they may see.
pub(crate) struct Staff {
    /// Also the id of the person in the directory; empty where there are no accounts (the demo).
    pub(crate) account_id: String,
    /// This browser's session; empty as well.
    pub(crate) session_id: String,
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
        flash::leave(&self.console, &self.headers, &self.secret, to, &notice.into())
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
        Ok(Self {
            t: view(parts, console),
            account_id: signed.account_id,
            session_id: signed.session_id,
            role: signed.role,
            clients: signed.clients,
            secret: signed.secret,
            headers: parts.headers.clone(),
            console: console.clone(),
        })
    }
}

/// Anybody who asks for a page, signed in or not.
impl FromRequestParts<Console> for View {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Infallible> {
        Ok(view(parts, console))
    }
}

/// Somebody outside who posts: forms are bound to their visit.
#[derive(Clone)]
pub(crate) struct Visit(pub(crate) String);

impl FromRequestParts<Console> for Visit {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _console: &Console) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or(Error::Internal)
    }
}

fn view(parts: &Parts, console: &Console) -> View {
    let here = parts
        .uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let mut t = View::outside(&parts.headers, here);
    let signed = parts.extensions.get::<Signed>();
    if let Some(signed) = signed {
        t.speak(view::language(&parts.headers, signed.language));
        t.name.clone_from(&signed.name);
        t.account = !signed.account_id.is_empty();
        t.administrator = signed.role == Role::Administrator;
        t.organiser = ORGANISERS.contains(&signed.role);
        t.auditor = t.administrator || (signed.role == Role::Auditor && signed.everything);
    }
    let visit = parts.extensions.get::<Visit>();
    let secret = signed
        .map(|signed| &signed.secret)
        .or_else(|| visit.map(|visit| &visit.0));
    if let Some(secret) = secret {
        t.csrf = csrf::mint(secret, &console.0.ids);
        t.notice = cookies::get(&parts.headers, flash::COOKIE)
            .and_then(|sealed| flash::open(secret, sealed))
            .unwrap_or_default();
    }
    t
}
