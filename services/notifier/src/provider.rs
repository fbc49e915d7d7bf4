//! Those who carry messages. An SMS gateway fits in as one more arm: it submits, and says what it knows.

mod mailbox;
mod smtp;

use std::collections::BTreeSet;

use futures::stream::{self, BoxStream, StreamExt as _};

pub use mailbox::Mailbox;
pub use smtp::Smtp;

use crate::{
    domain::{Answer, Channel, Message, Unsubscribe},
    error::Error,
};

/// A message about to be submitted.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// As it was recorded.
    pub message: Message,
    /// The recipient's name, for the envelope of a mail.
    pub display_name: String,
    /// Where the recipient stops such messages; none when the message is strictly necessary.
    pub unsubscribe: Option<Unsubscribe>,
}

/// Messages that a provider has answered together.
pub type Answered = Vec<(Prepared, Answer)>;

/// One way out.
#[derive(Clone)]
pub enum Provider {
    /// The local mailbox: takes everything, once per reference.
    Mailbox(Mailbox),
    /// A mail server.
    Smtp(Smtp),
}

impl Provider {
    /// Its name in lists and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Mailbox(_) => "mailbox",
            Self::Smtp(_) => "smtp",
        }
    }

    /// Hands messages over and gives the answers as they come. Called only after the intents were recorded.
    pub fn submit(&self, prepared: Vec<Prepared>) -> BoxStream<'_, Answered> {
        if prepared.is_empty() {
            return stream::empty().boxed();
        }
        match self {
            Self::Mailbox(mailbox) => stream::once(mailbox.submit(prepared)).boxed(),
            Self::Smtp(smtp) => smtp.submit(prepared),
        }
    }

    /// Which of these references it took; none when it cannot be asked.
    pub async fn look_up(&self, references: Vec<String>) -> Result<Option<BTreeSet<String>>, Error> {
        match self {
            Self::Mailbox(mailbox) => mailbox.look_up(references).await.map(Some),
            // A mail server cannot be asked what it took.
            Self::Smtp(_) => Ok(None),
        }
    }
}

/// The provider of each channel.
#[derive(Clone)]
pub struct Providers {
    /// For mails.
    pub mail: Provider,
    /// For SMS.
    pub sms: Provider,
}

impl Providers {
    /// Of a channel.
    pub const fn of(&self, channel: Channel) -> &Provider {
        match channel {
            Channel::Mail => &self.mail,
            Channel::Sms => &self.sms,
        }
    }
}
