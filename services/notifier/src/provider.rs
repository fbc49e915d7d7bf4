//! Those who carry messages: each submits, and says what it knows.

mod begun;
pub(crate) mod gateway;
mod health;
mod mailbox;
pub(crate) mod smtp;
mod tls;
mod turns;

use std::{collections::BTreeSet, sync::Arc};

use futures::stream::{self, BoxStream, StreamExt as _};
use jiff::SignedDuration;

pub use begun::Begun;
pub use gateway::{Brevo, Kannel, Ovh};
pub use health::Health;
pub use mailbox::Mailbox;
pub use smtp::Smtp;

use crate::{
    domain::{Answer, Channel, Message, Unsubscribe},
    error::Error,
};

/// A provider that refuses us (account, key, credit, address) is left alone for so long: somebody has to repair it.
const REFUSES_US: SignedDuration = SignedDuration::from_mins(5);

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
    /// A Kannel-compatible SMS gateway.
    Kannel(Kannel),
    /// OVHcloud's SMS.
    Ovh(Ovh),
    /// Brevo's transactional SMS.
    Brevo(Brevo),
}

impl Provider {
    /// Its name in lists and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Mailbox(_) => "mailbox",
            Self::Smtp(_) => smtp::NAME,
            Self::Kannel(_) => gateway::kannel::NAME,
            Self::Ovh(_) => gateway::ovh::NAME,
            Self::Brevo(_) => gateway::brevo::NAME,
        }
    }

    /// Hands messages over and gives the answers as they come, to each that is begun. Called only after the intents were
    /// recorded.
    pub fn submit<'a>(&'a self, prepared: Vec<Prepared>, begun: &'a Begun) -> BoxStream<'a, Answered> {
        match self {
            Self::Mailbox(mailbox) => stream::once(mailbox.submit(prepared, begun)).boxed(),
            Self::Smtp(smtp) => smtp.submit(prepared, begun),
            Self::Kannel(kannel) => kannel.submit(prepared, begun),
            Self::Ovh(ovh) => ovh.submit(prepared, begun),
            Self::Brevo(brevo) => brevo.submit(prepared, begun),
        }
    }

    /// Which of these references it took; none when it cannot be asked.
    pub async fn look_up(&self, references: Vec<String>) -> Result<Option<BTreeSet<String>>, Error> {
        match self {
            Self::Mailbox(mailbox) => mailbox.look_up(references).await.map(Some),
            // Neither can be asked what it took.
            Self::Smtp(_) | Self::Kannel(_) => Ok(None),
            Self::Ovh(ovh) => ovh.look_up(references).await.map(Some),
            Self::Brevo(brevo) => brevo.look_up(references).await.map(Some),
        }
    }

    /// Whether it never got what it does not find. Others may only be slow to tell.
    pub const fn absence_is_proof(&self) -> bool {
        matches!(self, Self::Mailbox(_))
    }

    /// Whether what is unknown now may be known later, by a receipt or by asking.
    pub fn tells_later(&self) -> bool {
        match self {
            Self::Mailbox(_) | Self::Smtp(_) => false,
            Self::Kannel(kannel) => kannel.tells_later(),
            Self::Ovh(_) | Self::Brevo(_) => true,
        }
    }
}

/// A provider and how it does.
#[derive(Clone)]
pub struct Carrier {
    /// The way out.
    pub provider: Provider,
    /// Shared by all that use it in this process.
    pub health: Arc<Health>,
}

impl Carrier {
    /// In good health, at most so many messages a second; 0 for no limit.
    pub fn new(provider: Provider, per_second: u32) -> Self {
        Self {
            provider,
            health: Arc::new(Health::new(per_second)),
        }
    }

    /// The provider's name.
    pub const fn name(&self) -> &'static str {
        self.provider.name()
    }
}

/// The providers of each channel, in order of preference.
#[derive(Clone)]
pub struct Providers {
    /// For mails.
    pub mail: Arc<[Carrier]>,
    /// For SMS.
    pub sms: Arc<[Carrier]>,
}

impl Providers {
    /// Of a channel.
    pub fn of(&self, channel: Channel) -> &[Carrier] {
        match channel {
            Channel::Mail => &self.mail,
            Channel::Sms => &self.sms,
        }
    }

    /// The one of a name.
    pub fn named(&self, channel: Channel, name: &str) -> Option<&Carrier> {
        self.of(channel).iter().find(|carrier| carrier.name() == name)
    }

    /// All, the local mailbox once for each channel.
    pub fn all(&self) -> impl Iterator<Item = (Channel, &Carrier)> {
        let of = |channel| self.of(channel).iter().map(move |carrier| (channel, carrier));
        of(Channel::Mail).chain(of(Channel::Sms))
    }
}
