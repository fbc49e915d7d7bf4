//! What can go wrong, and what a client is told of it.

use platform::{
    auth::Denied,
    db,
    error::{Failure, Kind},
    idempotency::Reused,
};

pub use platform::error::Violation;

/// Why an action was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request itself is wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<Violation>),
    /// No such person or organisation, or not for this actor: the answer is the same.
    #[error("no such person or organisation; look it up in the list")]
    Unknown,
    /// Somebody changed it meanwhile.
    #[error("it was changed meanwhile: read it again, then repeat your change")]
    Stale,
    /// The person's identity was forgotten.
    #[error("this person was erased: nothing can be changed any more")]
    Erased,
    /// A unique index of people: mail and name.
    #[error("another person of the same name has this mail address: open that file instead")]
    Taken,
    /// Too many wrong letters.
    #[error("too many wrong answers for this person: try again in {minutes} minutes")]
    Throttled {
        /// How long to wait.
        minutes: i64,
    },
    /// Not this role, or not this organisation.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The import's id was used for other content.
    #[error(transparent)]
    Reused(#[from] Reused),
    /// The database.
    #[error(transparent)]
    Database(db::Error),
    /// A reply that was kept cannot be read back.
    #[error("a reply that was kept cannot be read: {0}")]
    Reply(#[from] prost::DecodeError),
}

impl Error {
    /// One field that is wrong.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(field, message)])
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        // PostgreSQL names the index, SQLite its columns.
        match error.constraint() {
            Some("people_mail" | "people.owner, people.mail, people.name_key") => Self::Taken,
            _ => Self::Database(error),
        }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let (kind, reason) = match error {
            Error::Invalid(violations) => return Self::invalid(violations.clone()),
            Error::Denied(denied) => return (*denied).into(),
            Error::Reused(reused) => return (*reused).into(),
            Error::Database(cause) => return Self::database(cause),
            Error::Reply(_) => return Self::internal(error),
            Error::Unknown => (Kind::NotFound, "UNKNOWN_PARTY"),
            Error::Stale => (Kind::Conflict, "STALE_VERSION"),
            Error::Taken => (Kind::Conflict, "MAIL_AND_NAME_TAKEN"),
            Error::Erased => (Kind::Precondition, "PERSON_ERASED"),
            Error::Throttled { .. } => (Kind::Exhausted, "TOO_MANY_TRIES"),
        };
        Self::new(kind, reason, error.to_string())
    }
}
