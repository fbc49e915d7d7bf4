//! How somebody can be reached, and how they may be.

use super::{Error, Language, Mail, Phone};

/// A way to reach somebody.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Channel {
    /// E-mail.
    Mail,
    /// SMS.
    Sms,
}

/// What a person said about how to reach them. An import never changes it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Preference {
    /// Not by mail.
    pub mail_refused: bool,
    /// Not by SMS.
    pub sms_refused: bool,
    /// This one first.
    pub preferred: Option<Channel>,
}

/// How a person can be reached.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Contact {
    /// The address, if known.
    pub mail: Option<Mail>,
    /// The number, if known; perhaps a landline.
    pub phone: Option<Phone>,
    /// The language to write in.
    pub language: Language,
}

impl Preference {
    /// Refuses a preference for a channel that is refused in the same breath.
    pub fn check(self) -> Result<Self, Error> {
        match self.preferred {
            Some(channel) if self.refuses(channel) => Err(Error::field(
                "preferred",
                "is also refused: choose another channel, or none",
            )),
            _ => Ok(self),
        }
    }

    /// Whether the channel is refused.
    pub fn refuses(self, channel: Channel) -> bool {
        match channel {
            Channel::Mail => self.mail_refused,
            Channel::Sms => self.sms_refused,
        }
    }
}

impl Contact {
    /// Neither mail nor telephone.
    pub fn is_bare(&self) -> bool {
        self.mail.is_none() && self.phone.is_none()
    }
}
