//! The pages: each reads what it needs from the services, puts it into words, and writes a template.

mod account;
mod audit;
mod day;
mod entry;
mod erase;
mod head;
mod imports;
mod link;
mod mail;
mod message;
mod messages;
mod organise;
mod outcomes;
mod overview;
mod partner;
mod partners;
mod people;
mod person;
mod plan;
mod planning;
mod quality;
mod roster;
mod sessions;
mod settings;
mod style;
mod team;
mod telling;
mod unsubscribe;
mod wishes;

use askama::Template;
use axum::{
    Router,
    extract::{FromRequestParts, Path, Query},
    response::Html,
    routing::get,
};
use http::request::Parts;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::{Console, assets, error::Error};

/// Pages that need no session.
pub(crate) fn open() -> Router<Console> {
    Router::new()
        .route("/assets/{name}", get(assets::file))
        .route("/entree/{token}", get(entry::enter))
        .merge(link::routes())
        .merge(partner::routes())
        .merge(unsubscribe::routes())
}

/// Pages with forms for whoever is not, or not yet, signed in.
pub(crate) fn anybody() -> Router<Console> {
    account::outside().merge(settings::routes())
}

/// Pages of staff.
pub(crate) fn staff() -> Router<Console> {
    Router::new()
        .route("/", get(sessions::list))
        .route("/seances/{session}", get(overview::show))
        .route("/seances/{session}/planning/{registration}", get(plan::show))
        .route("/seances/{session}/personnes", get(people::list))
        .route("/personnes/{person}", get(person::show))
        .route("/messages", get(messages::list))
        .route("/messages/{message}", get(message::show))
        .route("/messages/{message}/corps", get(mail::body))
        .route("/messages/{message}/calendrier.ics", get(mail::calendar))
        .merge(day::routes())
        .merge(erase::routes())
        .merge(organise::routes())
        .merge(outcomes::routes())
        .merge(partners::routes())
        .merge(account::own())
        .merge(team::routes())
        .merge(audit::routes())
        .merge(planning::routes())
        .merge(style::routes())
        .merge(telling::routes())
        .merge(imports::routes())
        .merge(roster::routes())
        .merge(wishes::routes())
}

/// Every other address.
pub(crate) async fn nowhere() -> Error {
    Error::NotFound
}

/// An address that is asked for in a way that it does not take: a form's, looked at.
pub(crate) async fn forms_only() -> Error {
    Error::FormsOnly
}

/// A page as HTML.
fn show(page: &impl Template) -> Result<Html<String>, Error> {
    Ok(Html(page.render()?))
}

/// Whether htmx asks for a part of the page that is there already. Answer with the page's block then, and with the whole
/// page otherwise; `vary` tells caches.
struct Fragment(bool);

impl<S: Send + Sync> FromRequestParts<S> for Fragment {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.headers.contains_key("hx-request")))
    }
}

/// Parts of the address. One that cannot be read leads nowhere.
struct At<T>(T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let found = Path::from_request_parts(parts, state).await;
        found.map(|Path(found)| Self(found)).map_err(|_| Error::NotFound)
    }
}

/// What stands after the question mark.
struct Asked<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let found = Query::try_from_uri(&parts.uri);
        found
            .map(|Query(found)| Self(found))
            .map_err(|_| Error::Unreadable)
    }
}

/// An instant of a message.
fn instant(at: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    at.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
}

/// A value within an address, so that no sign in it is read as a part of the address.
fn quoted(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                out.push(char::from(b"0123456789ABCDEF"[usize::from(half)]));
            }
        }
    }
    out
}

/// An address with those questions that have an answer.
pub(crate) fn address(path: &str, questions: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let mut sign = '?';
    for (name, value) in questions.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(sign);
        out.push_str(name);
        out.push('=');
        out.push_str(&quoted(value));
        sign = '&';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_cannot_break_out_of_an_address() {
        assert_eq!(
            address("/rappels", &[("etat", ""), ("nom", "a&b=c é"), ("page", "x_-1")]),
            "/rappels?nom=a%26b%3Dc%20%C3%A9&page=x_-1"
        );
    }
}
