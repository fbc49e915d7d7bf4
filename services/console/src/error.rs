//! What goes wrong, each as a page that says what to do.

use std::any::Any;

use askama::Template;
use axum::{
    extract::Request,
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use http::{
    HeaderValue, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
};
use tonic::{Code, Status};

use crate::{texts::Texts, view::View};

/// Why a page cannot be shown.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No such thing, or not for this person: the same words.
    #[error("no such page")]
    NotFound,
    /// The address takes forms only: nobody looks at it.
    #[error("no such page to look at")]
    FormsOnly,
    /// Something in the address cannot be read.
    #[error("the address cannot be read")]
    Unreadable,
    /// Not in by a one-time address.
    #[error("not signed in")]
    NotSignedIn,
    /// Asked for under a name that is not ours.
    #[error("asked for under an unknown name")]
    UnknownHost,
    /// The role or the organisation does not allow it.
    #[error("not allowed")]
    Denied,
    /// A form that came from elsewhere, or from a session that is over.
    #[error("the form did not come from this session")]
    Forged,
    /// Somebody else changed it meanwhile.
    #[error("changed by somebody else meanwhile")]
    Stale,
    /// A form or a file that is larger than we take.
    #[error("too large")]
    TooLarge,
    /// Too often.
    #[error("asked too often")]
    TooOften,
    /// A service is away.
    #[error("a service is away")]
    Away,
    /// Our fault; the log has the cause.
    #[error("internal error")]
    Internal,
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        let error = match status.code() {
            Code::NotFound => return Self::NotFound,
            Code::InvalidArgument => return Self::Unreadable,
            Code::Aborted => return Self::Stale,
            Code::PermissionDenied => Self::Denied,
            Code::Unauthenticated => Self::NotSignedIn,
            Code::ResourceExhausted => Self::TooOften,
            // A call that found nobody comes back as unknown: its cause lies in the transport.
            Code::Unavailable | Code::DeadlineExceeded | Code::Unknown | Code::Cancelled => Self::Away,
            _ => Self::Internal,
        };
        tracing::warn!(code = ?status.code(), message = status.message(), "a page could not be shown: a service refused");
        error
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be written");
        Self::Internal
    }
}

impl Error {
    /// For people without an account: no way to the pages of staff.
    pub(crate) fn outside(self) -> Response {
        Failed {
            error: self,
            outside: true,
        }
        .into_response()
    }

    /// For a part of a page: what went wrong and what to do, in a line.
    pub(crate) fn said(&self, t: Texts) -> String {
        let key = self.words().1;
        let named = t.with("error-in-a-line", "what", t.say(key));
        named.and("advice", t.say(&format!("{key}-advice"))).into()
    }

    /// What it is answered with.
    pub(crate) fn status(&self) -> StatusCode {
        self.words().0
    }

    /// Status, and the key of the words: `error-KEY` is the title, `error-KEY-advice` what to do.
    fn words(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "error-not-found"),
            Self::FormsOnly => (StatusCode::METHOD_NOT_ALLOWED, "error-not-found"),
            Self::Unreadable => (StatusCode::BAD_REQUEST, "error-unreadable"),
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, "error-not-signed-in"),
            Self::UnknownHost => (StatusCode::MISDIRECTED_REQUEST, "error-unknown-host"),
            Self::Denied => (StatusCode::FORBIDDEN, "error-denied"),
            Self::Forged => (StatusCode::FORBIDDEN, "error-forged"),
            Self::Stale => (StatusCode::CONFLICT, "error-stale"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "error-too-large"),
            Self::TooOften => (StatusCode::TOO_MANY_REQUESTS, "error-too-often"),
            Self::Away => (StatusCode::SERVICE_UNAVAILABLE, "error-away"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "error-internal"),
        }
    }
}

/// An error on its way out: [`dressed`] makes the page, since only it knows the language.
#[derive(Clone, Debug)]
struct Failed {
    error: Error,
    outside: bool,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let outside = matches!(self, Self::NotSignedIn | Self::UnknownHost);
        Failed { error: self, outside }.into_response()
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut response = self.error.words().0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice {
    t: View,
    title: String,
    advice: String,
    sign_in: bool,
    way_back: bool,
}

/// Turns errors into pages in the language of whoever asks.
pub(crate) async fn dressed(request: Request, next: Next) -> Response {
    let t = View::outside(request.headers(), request.uri().path());
    let mut response = next.run(request).await;
    let Some(failed) = response.extensions_mut().remove::<Failed>() else {
        return response;
    };
    let mut t = t;
    if let Some(texts) = response.extensions().get::<Texts>() {
        t.speak(*texts);
    }
    let (status, key) = failed.error.words();
    let page = Notice {
        title: t.say(key),
        advice: t.say(&format!("{key}-advice")),
        sign_in: matches!(failed.error, Error::NotSignedIn),
        way_back: !failed.outside,
        t,
    };
    let mut dressed = match page.render() {
        Ok(page) => (status, Html(page)).into_response(),
        Err(_) => (status, page.advice).into_response(),
    };
    // What the handler or a layer within said stays: a cookie dropped, a header set.
    for (name, value) in response.headers() {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            dressed.headers_mut().append(name, value.clone());
        }
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let headers = dressed.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    dressed
}

/// What a handler that panicked leaves for the browser. The panic itself is in the log.
pub(crate) fn panicked(_cause: Box<dyn Any + Send>) -> Response {
    tracing::error!("a page could not be shown: its handler panicked");
    Error::Internal.into_response()
}
