//! What a client may be told of a failure, and the one table from it to gRPC.

use std::collections::{BTreeMap, HashMap};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, LocalizedMessage, StatusExt as _};

use crate::Said;

/// The domain named in `ErrorInfo`.
const DOMAIN: &str = "jalon";
/// The language of `LocalizedMessage`: messages themselves are French where people read them.
const ENGLISH: &str = "en";

/// A failure as a client sees it: its text says what to do and holds no internals and no personal data.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Which sort of failure.
    pub kind: Kind,
    /// `ErrorInfo.reason`: an upper-case constant that programs may test.
    pub reason: &'static str,
    /// For a person.
    pub message: String,
    /// The same in English, when a page may show it.
    pub english: String,
    /// `ErrorInfo.metadata`: what a program needs to go on, such as the value that stands now. No personal data.
    pub metadata: BTreeMap<&'static str, String>,
}

/// Few kinds, each with its gRPC status.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The request itself is wrong, whatever the state; names the fields.
    Invalid(Vec<Violation>),
    /// No such thing, or not for this actor.
    NotFound,
    /// Somebody was first: a stale version, or it exists already. Read again.
    Conflict,
    /// Not in this state.
    Precondition,
    /// Signed in, but not allowed.
    Denied,
    /// Not signed in.
    Unauthenticated,
    /// A peer or the database is away: try again.
    Unavailable,
    /// Too many, too large, too often.
    Exhausted,
    /// Our fault; the log has the cause.
    Internal,
}

/// One field that is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// Path within the request: `people[3].mail`.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The same in English, when a page may show it.
    pub english: String,
}

impl Violation {
    /// A field and what is wrong with it.
    pub fn new(field: impl Into<String>, message: impl Into<Said>) -> Self {
        let Said { french, english } = message.into();
        Self {
            field: field.into(),
            message: french,
            english,
        }
    }
}

impl Failure {
    /// A failure of `kind`.
    pub fn new(kind: Kind, reason: &'static str, message: impl Into<Said>) -> Self {
        let Said { french, english } = message.into();
        Self {
            kind,
            reason,
            message: french,
            english,
            metadata: BTreeMap::new(),
        }
    }

    /// The same, with something that a program needs to go on.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.metadata.insert(key, value.into());
        self
    }

    /// Fields that are wrong.
    pub fn invalid(violations: Vec<Violation>) -> Self {
        let message = match violations.as_slice() {
            [one] => format!("{}: {}", one.field, one.message),
            many => format!("{} fields are wrong, see the details", many.len()),
        };
        Self::new(Kind::Invalid(violations), "INVALID_FIELDS", message)
    }

    /// One field that is wrong.
    pub fn field(field: impl Into<String>, message: impl Into<Said>) -> Self {
        Self::invalid(vec![Violation::new(field, message)])
    }

    /// Logs the cause here, at the boundary, and gives the client nothing of it.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = cause, "a request failed for a reason of ours");
        Self::new(
            Kind::Internal,
            "INTERNAL",
            "internal error; the log has the cause",
        )
    }

    /// What the database's failure is for a client.
    pub fn database(cause: &crate::db::Error) -> Self {
        if cause.is_transient() {
            tracing::warn!(error = %cause, "the database is away or busy");
            Self::new(
                Kind::Unavailable,
                "DATABASE_AWAY",
                "the database is away; try again in a moment",
            )
        } else if cause.is_full() {
            // The service says so once, however many ask.
            Self::new(
                Kind::Unavailable,
                "DISK_FULL",
                "the disk of the database is full; try again once there is room",
            )
        } else {
            Self::internal(cause)
        }
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        let mut details = ErrorDetails::new();
        let metadata = failure.metadata.into_iter();
        let metadata: HashMap<String, String> =
            metadata.map(|(key, value)| (key.to_owned(), value)).collect();
        details.set_error_info(failure.reason, DOMAIN, metadata);
        if !failure.english.is_empty() {
            details.set_localized_message(ENGLISH, failure.english);
        }
        let code = match failure.kind {
            Kind::Invalid(violations) => {
                let violations: Vec<_> = violations.into_iter().map(FieldViolation::from).collect();
                details.set_bad_request(violations);
                Code::InvalidArgument
            }
            Kind::NotFound => Code::NotFound,
            Kind::Conflict => Code::Aborted,
            Kind::Precondition => Code::FailedPrecondition,
            Kind::Denied => Code::PermissionDenied,
            Kind::Unauthenticated => Code::Unauthenticated,
            Kind::Unavailable => Code::Unavailable,
            Kind::Exhausted => Code::ResourceExhausted,
            Kind::Internal => Code::Internal,
        };
        Self::with_error_details(code, failure.message, details)
    }
}

/// The field violations that a status carries, for clients that print them.
pub fn violations(status: &Status) -> Vec<Violation> {
    let Some(details) = status.get_details_bad_request() else {
        return Vec::new();
    };
    details
        .field_violations
        .into_iter()
        .map(|violation| {
            let english = violation.localized_message.map(|said| said.message);
            Violation::new(
                violation.field,
                (violation.description, english.unwrap_or_default()),
            )
        })
        .collect()
}

/// What a status says to a person, in both languages where there are two.
pub fn said(status: &Status) -> Said {
    let english = status
        .get_details_localized_message()
        .filter(|said| said.locale == ENGLISH);
    Said::new(
        status.message(),
        english.map(|said| said.message).unwrap_or_default(),
    )
}

impl From<Violation> for FieldViolation {
    fn from(violation: Violation) -> Self {
        let english = Some(violation.english).filter(|english| !english.is_empty());
        Self {
            localized_message: english.map(|english| LocalizedMessage::new(ENGLISH, english)),
            ..Self::new(violation.field, violation.message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_field_reaches_the_client_with_its_path() {
        let status = Status::from(Failure::field("people[3].mail", "is not an address"));
        assert_eq!(status.code(), Code::InvalidArgument);
        let violations = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!(violations[0].field, "people[3].mail");
        assert_eq!(status.get_details_error_info().unwrap().reason, "INVALID_FIELDS");
    }

    #[test]
    fn a_message_and_a_violation_reach_the_client_in_both_languages() {
        let violation = Violation::new("rang", ("n'est pas un nombre", "is no number"));
        let kind = Kind::Invalid(vec![violation.clone()]);
        let status = Status::from(Failure::new(
            kind,
            "FAULTY_ROWS",
            ("un champ est faux", "a field is wrong"),
        ));
        assert_eq!(said(&status), ("un champ est faux", "a field is wrong").into());
        assert_eq!(violations(&status), [violation]);
        let french = Status::from(Failure::new(Kind::NotFound, "NOT_FOUND", "introuvable"));
        assert_eq!(said(&french), "introuvable".into());
    }

    #[test]
    fn an_internal_cause_is_not_shown() {
        let status = Status::from(Failure::internal(&std::io::Error::other("secret path")));
        assert!(!status.message().contains("secret"));
    }
}
