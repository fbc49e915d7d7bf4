//! What can go wrong, and what a client is told of it.

use platform::Said;
use platform::auth::Denied;
use platform::db;
use platform::error::{Failure, Kind};
use platform::idempotency::Reused;

pub use platform::error::Violation;

use crate::by_hand;
use crate::domain::Refusal;

/// Why an action was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request itself is wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<Violation>),
    /// A milestone that no kind declares.
    #[error(transparent)]
    Milestone(#[from] Refusal),
    /// Not this role, or not this organisation.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such reminder, or not for this actor: the answer is the same.
    #[error("no such reminder; look it up in the list")]
    Unknown,
    /// Not in this state.
    #[error(transparent)]
    ByHand(#[from] by_hand::Refusal),
    /// The same request id came with another request.
    #[error(transparent)]
    Reused(#[from] Reused),
    /// The database.
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl Error {
    /// One field that is wrong.
    pub fn field(field: impl Into<String>, message: impl Into<Said>) -> Self {
        Self::Invalid(vec![Violation::new(field, message)])
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        match error {
            Error::Invalid(violations) => Failure::invalid(violations.clone()),
            Error::Milestone(refusal) => Failure::field("milestones", refusal.to_string()),
            Error::Denied(denied) => (*denied).into(),
            Error::Unknown => Failure::new(Kind::NotFound, "UNKNOWN_REMINDER", error.to_string()),
            Error::ByHand(refusal) => Failure::new(Kind::Precondition, refusal.reason(), refusal.to_string()),
            Error::Reused(reused) => (*reused).into(),
            Error::Database(error) => Failure::database(error),
        }
    }
}
