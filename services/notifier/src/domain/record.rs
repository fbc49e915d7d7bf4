use platform::Moment;
use uuid::Uuid;

use super::Channel;

/// One call of a provider, recorded before it is made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// Of which delivery.
    pub delivery_id: Uuid,
    /// From 1.
    pub number: i64,
    /// How.
    pub channel: Channel,
    /// "mailbox", "smtp" …
    pub provider: String,
    /// Ours, 20 characters; the same for every attempt of the delivery on the channel.
    pub reference: String,
    /// intent, accepted, refused_temporary, refused_permanent or unknown.
    pub state: String,
    /// For people who look into it; no personal data.
    pub detail: String,
    /// When the intent was recorded.
    pub started_at: Moment,
}

/// What was rendered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Its own id; ids rise with time, lists go by it.
    pub id: Uuid,
    /// Of which delivery.
    pub delivery_id: Uuid,
    /// How it goes out.
    pub channel: Channel,
    /// The attempt that it was rendered for.
    pub attempt: i64,
    /// Whom it is for.
    pub person_id: Uuid,
    /// Who owns what it is about.
    pub organisation_id: Option<Uuid>,
    /// The address; empty once forgotten.
    pub recipient: String,
    /// Of a mail.
    pub subject: String,
    /// The text of a mail, or the SMS.
    pub body: String,
    /// Of a mail.
    pub html: String,
    /// text/calendar, or empty.
    pub calendar: String,
    /// The template's name.
    pub template: String,
    /// The policy's name.
    pub policy: String,
    /// ISO 639-1.
    pub language: String,
    /// "mailbox", "smtp" …
    pub provider: String,
    /// Ours, for the provider.
    pub reference: String,
    /// Parts of an SMS; 0 for a mail.
    pub segments: i64,
    /// "speeddating.session/…".
    pub group: String,
    /// intent, accepted, refused, unknown; delivered, failed_temporary or failed_permanent by a receipt.
    pub state: String,
    /// When it was rendered.
    pub created_at: Moment,
    /// The provider's code behind the last receipt; empty when there was none.
    pub receipt: String,
    /// When that was, by the provider's clock.
    pub receipt_at: Option<Moment>,
}

/// A link in a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Link {
    /// The digest of its token.
    pub token_hash: Vec<u8>,
    /// The delivery that carried it.
    pub delivery_id: Uuid,
    /// Whose page it opens.
    pub person_id: Uuid,
    /// What it is about.
    pub subject: String,
    /// "speeddating.session/…".
    pub group: String,
    /// After this it opens nothing.
    pub expires_at: Moment,
}
