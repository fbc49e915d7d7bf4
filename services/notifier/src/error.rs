//! What can go wrong, and what a client is told of it.

use platform::{
    auth::Denied,
    db,
    error::{Failure, Kind},
};

/// Why an action was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// One field of a request is wrong.
    #[error("{field}: {message}")]
    Field {
        /// Its path.
        field: &'static str,
        /// What is wrong and what to do.
        message: &'static str,
    },
    /// No such message or delivery, or not for this actor: the answer is the same.
    #[error("no such message or delivery; look it up in the list")]
    Unknown,
    /// None of the person's addresses on that channel is refused: what was asked for would change nothing.
    #[error(
        "none of this person's addresses on that channel is refused; look at the list of refused addresses"
    )]
    NothingToLift,
    /// The link was never given, is over, or its person was erased.
    #[error("this link is not valid any more; ask the organiser for a new one")]
    DeadLink,
    /// Too many wrong letters, says the directory.
    #[error("too many wrong answers: try again later")]
    Throttled,
    /// Not this role, or not this organisation.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A peer does not answer.
    #[error("the {0} does not answer; try again in a moment")]
    Away(&'static str),
    /// The database.
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let (kind, reason) = match error {
            Error::Field { field, message } => return Self::field(*field, *message),
            Error::Denied(denied) => return (*denied).into(),
            Error::Database(cause) => return Self::database(cause),
            Error::Unknown => (Kind::NotFound, "UNKNOWN_MESSAGE"),
            Error::NothingToLift => (Kind::Precondition, "NOTHING_TO_LIFT"),
            Error::DeadLink => (Kind::NotFound, "DEAD_LINK"),
            Error::Throttled => (Kind::Exhausted, "TOO_MANY_TRIES"),
            Error::Away(_) => (Kind::Unavailable, "PEER_AWAY"),
        };
        Self::new(kind, reason, error.to_string())
    }
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A milestone kind cannot be read.
    #[error(transparent)]
    Kinds(#[from] contracts::kinds::KindError),
    /// A template is faulty.
    #[error(transparent)]
    Templates(#[from] crate::templates::Faulty),
    /// A setting cannot be used.
    #[error("the setting notifier.{setting} cannot be used: {reason}")]
    Setting {
        /// Its path.
        setting: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A metric is registered twice.
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
}
