//! Deliveries and what becomes of them: pure decisions.

mod incoming;
mod receipt;
mod record;
mod refusal;
mod report;
mod route;
mod settle;
mod subscription;
mod turn;

use platform::Moment;
use uuid::Uuid;

pub use incoming::{STOP, says_stop, spellings};
pub use receipt::{Fate, Receipt, Standing, UNCONFIRMED, applies, instead};
pub use record::{Attempt, Link, Message};
pub use refusal::{blames_address, enhanced_code};
pub use report::{Action, BOUNCED, COMPLAINT, Recipient, Report, Says};
pub use route::{Choice, Reachable, choose};
pub use settle::{Answer, Next, Ways, after, peer_pause};
pub use subscription::Unsubscribe;
pub use turn::{Tried, turn};

/// How a message reaches a person.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Channel {
    /// E-mail.
    Mail,
    /// Text message.
    Sms,
}

impl Channel {
    /// All that there are.
    pub const ALL: [Self; 2] = [Self::Mail, Self::Sms];

    /// "mail" or "sms".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Sms => "sms",
        }
    }

    /// The channel of a name.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "mail" => Some(Self::Mail),
            "sms" => Some(Self::Sms),
            _ => None,
        }
    }

    /// Channels of a comma separated list; unknown names are left out.
    pub fn list(names: &str) -> Vec<Self> {
        names.split(',').filter_map(Self::of).collect()
    }
}

/// One message to one person, not yet settled.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Delivery {
    /// Given by the scheduler.
    pub id: Uuid,
    /// Whom it is for.
    pub person_id: Uuid,
    /// The policy that made it.
    pub policy: String,
    /// The template that tells it.
    pub template: String,
    /// Channels in order of preference.
    pub route: Vec<Channel>,
    /// After this nobody wants it.
    pub useful_until: Moment,
    /// What to do when nobody knows whether the provider took it.
    pub on_unknown: OnUnknown,
    /// When it became due.
    pub due_at: Moment,
    /// For lists.
    pub group: String,
    /// "speeddating.participation/…".
    pub subject: String,
    /// Intents committed so far.
    pub attempts: i64,
    /// Times in a row that a peer was away.
    pub setbacks: i64,
    /// Channels that a provider refused for good.
    pub refused: Vec<Channel>,
    /// Whether an attempt ended as unknown.
    pub uncertain: bool,
    /// The trace that it belongs to; empty when nobody traces.
    pub traceparent: String,
}

/// What to do after an attempt of which nobody knows the end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OnUnknown {
    /// Once more, with the same reference: the person may be told twice.
    AtLeastOnce,
    /// Leave it: the person may not be told.
    AtMostOnce,
}

impl OnUnknown {
    /// Its name in policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtLeastOnce => "at_least_once",
            Self::AtMostOnce => "at_most_once",
        }
    }

    /// Of a policy's word; at least once when it says nothing.
    pub fn of(name: &str) -> Self {
        if name == "at_most_once" {
            Self::AtMostOnce
        } else {
            Self::AtLeastOnce
        }
    }
}

/// How a delivery ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// A provider accepted it.
    Sent(Channel),
    /// It was not to be sent, and why.
    Suppressed(String),
    /// It could not be sent, and why.
    Failed(String),
}

impl Outcome {
    /// sent, suppressed or failed.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sent(_) => "sent",
            Self::Suppressed(_) => "suppressed",
            Self::Failed(_) => "failed",
        }
    }

    /// Why, for the two that have a reason.
    pub fn reason(&self) -> &str {
        match self {
            Self::Sent(_) => "",
            Self::Suppressed(reason) | Self::Failed(reason) => reason,
        }
    }

    /// How, for the one that has a channel.
    pub const fn channel(&self) -> &'static str {
        match self {
            Self::Sent(channel) => channel.name(),
            Self::Suppressed(_) | Self::Failed(_) => "",
        }
    }
}

/// The end of a delivery, as the scheduler hears it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settlement {
    /// Which.
    pub delivery_id: Uuid,
    /// How.
    pub outcome: Outcome,
    /// Intents it took.
    pub attempts: i64,
    /// Whether one of them ended as unknown.
    pub uncertain: bool,
}

/// The digest by which an address is known without being kept.
pub fn address_hash(channel: Channel, address: &str) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(format!("{}:{}", channel.name(), address.trim().to_lowercase())).to_vec()
}

/// The digest by which a link's token is known without being kept.
pub fn token_hash(token: &str) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(token.as_bytes()).to_vec()
}

/// By mail, without anything particular.
#[cfg(test)]
fn a_delivery(useful_until: &str) -> Delivery {
    use platform::testing::moment;
    Delivery {
        id: Uuid::nil(),
        person_id: Uuid::nil(),
        policy: String::new(),
        template: String::new(),
        route: vec![Channel::Mail],
        useful_until: moment(useful_until),
        on_unknown: OnUnknown::AtLeastOnce,
        due_at: moment("2026-11-24T09:00:00Z"),
        group: String::new(),
        subject: String::new(),
        attempts: 0,
        setbacks: 0,
        refused: Vec::new(),
        uncertain: false,
        traceparent: String::new(),
    }
}
