//! Messages that a person may do without, and the address in a mail that stops them.

use platform::Moment;
use uuid::Uuid;

/// The address of one-click unsubscription in one mail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unsubscribe {
    /// As it stands in the mail.
    pub address: String,
    /// Digest of its token.
    pub token_hash: Vec<u8>,
    /// Whose messages it stops.
    pub person_id: Uuid,
    /// The language of the mail.
    pub language: String,
    /// After this it leads nowhere.
    pub expires_at: Moment,
}
