//! What is kept of what happened to accounts.

use platform::{Moment, auth::Role};
use uuid::Uuid;

/// Something that happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Happening {
    /// The first administrator was made.
    SetUp,
    /// Somebody signed in.
    SignedIn,
    /// A try with a wrong address or password, or on a disabled account.
    SignInRefused,
    /// Somebody signed out.
    SignedOut,
    /// A session was ended, by its owner or an administrator.
    SessionsEnded,
    /// By its owner, with the old one.
    PasswordChanged,
    /// A link was asked for.
    ResetRequested,
    /// A link was handed over by the command line.
    ResetLinkMade,
    /// Through a link.
    PasswordReset,
    /// An account was made, or its link sent again.
    Invited,
    /// The first password was set.
    InvitationAccepted,
    /// By an administrator.
    RoleChanged,
    /// By an administrator.
    ScopeChanged,
    /// By an administrator.
    Disabled,
    /// By an administrator.
    Enabled,
    /// The person behind it was forgotten.
    Erased,
}

impl Happening {
    /// As it is stored and told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SetUp => "SET_UP",
            Self::SignedIn => "SIGNED_IN",
            Self::SignInRefused => "SIGN_IN_REFUSED",
            Self::SignedOut => "SIGNED_OUT",
            Self::SessionsEnded => "SESSIONS_ENDED",
            Self::PasswordChanged => "PASSWORD_CHANGED",
            Self::ResetRequested => "RESET_REQUESTED",
            Self::ResetLinkMade => "RESET_LINK_MADE",
            Self::PasswordReset => "PASSWORD_RESET",
            Self::Invited => "INVITED",
            Self::InvitationAccepted => "INVITATION_ACCEPTED",
            Self::RoleChanged => "ROLE_CHANGED",
            Self::ScopeChanged => "SCOPE_CHANGED",
            Self::Disabled => "DISABLED",
            Self::Enabled => "ENABLED",
            Self::Erased => "ERASED",
        }
    }
}

/// One line of the record.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub struct Entry {
    /// In the order of time.
    pub id: Uuid,
    /// When.
    pub at: Moment,
    /// A [`Happening`].
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// Whom it concerns, if an account.
    pub account: Option<Uuid>,
    /// For a person; no address, no secret.
    pub detail: String,
}

/// How a role is stored, and named in the record.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::Coordinator => "coordinator",
        Role::Referent => "referent",
        Role::Facilitator => "facilitator",
        Role::Partner => "partner",
        Role::Auditor => "auditor",
        Role::Service => "service",
    }
}
