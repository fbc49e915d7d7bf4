//! What goes wrong, each as a page that says what to do.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use tonic::{Code, Status};

use crate::pages::{self, Notice};

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No such thing, or not for this person: the same words.
    #[error("no such page")]
    NotFound,
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
            Code::PermissionDenied => Self::Denied,
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
    pub(crate) fn outside(&self) -> Response {
        let (status, mut notice) = words(self);
        notice.way_back = false;
        page(status, &notice)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, notice) = words(&self);
        page(status, &notice)
    }
}

fn page(status: StatusCode, notice: &Notice<'_>) -> Response {
    let mut response = (status, pages::notice(notice)).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// What a handler that panicked leaves for the browser. The panic itself is in the log.
pub(crate) fn panicked(_cause: Box<dyn Any + Send>) -> Response {
    tracing::error!("a page could not be shown: its handler panicked");
    Error::Internal.into_response()
}

fn words(error: &Error) -> (StatusCode, Notice<'static>) {
    let notice = |title, advice| Notice {
        title,
        advice,
        command: "",
        way_back: true,
    };
    match error {
        Error::NotFound => (
            StatusCode::NOT_FOUND,
            notice(
                "Page introuvable",
                "Cette adresse ne mène à rien, ou à quelque chose que vous ne pouvez pas voir. Repartez de la liste des séances.",
            ),
        ),
        Error::Unreadable => (
            StatusCode::BAD_REQUEST,
            notice(
                "Adresse illisible",
                "Un élément de l’adresse n’a pas la forme attendue. Repartez de la liste des séances.",
            ),
        ),
        Error::NotSignedIn => (
            StatusCode::UNAUTHORIZED,
            Notice {
                title: "Entrer dans Jalon",
                advice: "Ces pages s’ouvrent par une adresse à usage unique. La commande ci-dessous l’affiche à son \
                         démarrage\u{a0}: ouvrez-la dans ce navigateur. Adresse perdue ou déjà utilisée\u{202f}? \
                         Relancez la commande, elle en affiche une autre.",
                command: "jalon serve",
                way_back: false,
            },
        ),
        Error::UnknownHost => (
            StatusCode::MISDIRECTED_REQUEST,
            Notice {
                title: "Adresse refusée",
                advice: "Ces pages ne répondent que sous l’adresse publique configurée, ou depuis cette machine par \
                         127.0.0.1 ou localhost.",
                command: "",
                way_back: false,
            },
        ),
        Error::Denied => (
            StatusCode::FORBIDDEN,
            notice(
                "Accès non autorisé",
                "Votre rôle ou votre organisation ne permet pas de voir cette page. Demandez à une personne qui administre Jalon.",
            ),
        ),
        Error::TooOften => (
            StatusCode::TOO_MANY_REQUESTS,
            notice("Trop de demandes", "Attendez une minute, puis rechargez la page."),
        ),
        Error::Away => (
            StatusCode::SERVICE_UNAVAILABLE,
            notice(
                "Service momentanément indisponible",
                "Une partie de Jalon ne répond pas. Rien n’est perdu\u{a0}: rechargez la page dans quelques secondes.",
            ),
        ),
        Error::Internal => (
            StatusCode::INTERNAL_SERVER_ERROR,
            notice(
                "Erreur interne",
                "La page n’a pas pu être préparée. La cause est dans le journal du serveur.",
            ),
        ),
    }
}
