//! Links to accounts, sent by mail: they open once, for a while.

use jiff::SignedDuration;
use platform::Moment;
use uuid::Uuid;

/// What a mailed link does for an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// Sets the first password.
    Invitation,
    /// Sets another password.
    Reset,
}

/// A link to an account. Its secret is the notifier's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountLink {
    /// Part of its milestone's subject.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// What it does.
    pub purpose: Purpose,
    /// When it was made.
    pub created_at: Moment,
    /// Until when it opens.
    pub expires_at: Moment,
}

/// Why a link opens nothing any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Spent {
    /// A password was set.
    Used,
    /// Another link took its place, or the account was disabled.
    Withdrawn,
    /// Nobody used it in time.
    Expired,
}

/// For how long the link of an invitation and of a reset open.
#[derive(Clone, Copy, Debug)]
pub struct LinkLives {
    /// Of an invitation.
    pub invitation: SignedDuration,
    /// Of a reset.
    pub reset: SignedDuration,
}

impl AccountLink {
    /// A new one.
    pub fn new(id: Uuid, account: Uuid, purpose: Purpose, lives: LinkLives, now: Moment) -> Self {
        let life = match purpose {
            Purpose::Invitation => lives.invitation,
            Purpose::Reset => lives.reset,
        };
        Self {
            id,
            account,
            purpose,
            created_at: now,
            expires_at: now.plus(life),
        }
    }
}
