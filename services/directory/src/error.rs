//! What can go wrong, and what a client is told of it.

use platform::{
    Said,
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
    /// A wrong address, a wrong password, a disabled account: one answer.
    #[error("this address and this password do not go together; try again, or ask for another password")]
    SignInRefused,
    /// Too many tries to sign in, or to get a link.
    #[error("too many tries: wait {minutes} minutes, then try again")]
    TooManyTries {
        /// How long to wait.
        minutes: i64,
    },
    /// A secret of no session, or of one that is over.
    #[error("this session is over: sign in again")]
    SessionEnded,
    /// There is a first administrator.
    #[error("this installation has its administrator: sign in, or ask them for an invitation")]
    AlreadySetUp,
    /// The caller's token is no account's.
    #[error("this is for somebody with an account: sign in first")]
    NoAccount,
    /// No such account.
    #[error("no such account; look it up in the list")]
    UnknownAccount,
    /// No such session, or somebody else's: the answer is the same.
    #[error("no such session; it may be over already")]
    UnknownSession,
    /// One account for each address.
    #[error("an account with this address exists already: change that one, or invite it again")]
    AccountExists,
    /// Nobody would be left to administer.
    #[error("this is the last administrator who can sign in: make another one first")]
    LastAdministrator,
    /// Used, replaced, withdrawn or too late.
    #[error("this link was used already or is too old: ask for another one")]
    LinkSpent,
    /// An account that has a password needs no invitation.
    #[error("this account is active or disabled: it cannot be invited again")]
    NotInvited,
    /// The file of a colleague.
    #[error("this person has an account: change it there")]
    Staff,
    /// A password could not be hashed, or a stored hash not be read.
    #[error("a password could not be hashed: {0}")]
    Hash(String),
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
    pub fn field(field: impl Into<String>, message: impl Into<Said>) -> Self {
        Self::Invalid(vec![Violation::new(field, message)])
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        // PostgreSQL names the index, SQLite its columns.
        match error.constraint() {
            Some("accounts_mail" | "accounts.mail") => Self::AccountExists,
            Some("setup_pkey" | "setup.single") => Self::AlreadySetUp,
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
            Error::Reply(_) | Error::Hash(_) => return Self::internal(error),
            Error::Unknown => (Kind::NotFound, "UNKNOWN_PARTY"),
            Error::Stale => (Kind::Conflict, "STALE_VERSION"),
            Error::Taken => (Kind::Conflict, "MAIL_AND_NAME_TAKEN"),
            Error::Erased => (Kind::Precondition, "PERSON_ERASED"),
            Error::Throttled { .. } | Error::TooManyTries { .. } => (Kind::Exhausted, "TOO_MANY_TRIES"),
            Error::SignInRefused => (Kind::Unauthenticated, "SIGN_IN_REFUSED"),
            Error::SessionEnded => (Kind::Unauthenticated, "SESSION_ENDED"),
            Error::AlreadySetUp => (Kind::Precondition, "ALREADY_SET_UP"),
            Error::NoAccount => (Kind::Precondition, "NO_ACCOUNT"),
            Error::UnknownAccount => (Kind::NotFound, "UNKNOWN_ACCOUNT"),
            Error::UnknownSession => (Kind::NotFound, "UNKNOWN_SESSION"),
            Error::AccountExists => (Kind::Conflict, "ACCOUNT_EXISTS"),
            Error::LastAdministrator => (Kind::Precondition, "LAST_ADMINISTRATOR"),
            Error::LinkSpent => (Kind::Precondition, "LINK_SPENT"),
            Error::NotInvited => (Kind::Precondition, "NOT_INVITED"),
            Error::Staff => (Kind::Precondition, "HAS_ACCOUNT"),
        };
        Self::new(kind, reason, error.to_string())
    }
}
