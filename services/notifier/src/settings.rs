pub(crate) mod gateways;

use std::path::PathBuf;

use platform::config::Secret;
use serde::{Deserialize, Serialize};

use crate::{content::Organiser, error::StartError};
pub use gateways::{BrevoSettings, CallbackSettings, KannelSettings, OvhSettings};

/// What an installation sets: who writes, how people call, and through what.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the pages are for those who get a link: `https://rdv.example.fr`. A short name keeps SMS to one segment.
    pub public_url: String,
    /// From whom mails come.
    pub sender: Sender,
    /// Whom people know and call.
    pub organiser: OrganiserSettings,
    /// A mail server; without one, mails go to the local mailbox.
    pub smtp: Option<SmtpSettings>,
    /// SMS, and their gateways.
    pub sms: SmsSettings,
    /// Signs mails.
    pub dkim: Option<DkimSettings>,
    /// Days after the end of what it is about that a link stays open.
    pub link_days: i64,
}

/// The From of mails.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sender {
    /// Display name.
    pub name: String,
    /// Mail address; its domain is also that of Message-IDs.
    pub address: String,
}

/// Who organises, as messages name them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrganiserSettings {
    /// Signs messages.
    pub name: String,
    /// As people dial it; empty when there is none.
    pub phone: String,
}

/// SMS: from whom, and what they cost.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmsSettings {
    /// At most 11 letters and digits, not a generic word.
    pub sender: String,
    /// What a segment costs, "0.045", so that people see it before they send; empty when it is not known.
    pub price_per_segment: String,
    /// ISO 4217.
    pub currency: String,
    /// Segments that may go out in a day (UTC), over all processes; 0 for no limit.
    pub daily_segments: i64,
    /// The gateways in order of preference, "kannel,ovh"; empty for all that are set, in the order of this file.
    pub gateways: String,
    /// Where gateways tell later what became of a message; without it nothing is ever "delivered".
    pub callback: Option<CallbackSettings>,
    /// A Kannel-compatible gateway; without any gateway SMS go to the local mailbox.
    pub kannel: Option<KannelSettings>,
    /// OVHcloud over HTTP: slow, but it can be asked what it took.
    pub ovh: Option<OvhSettings>,
    /// Brevo.
    pub brevo: Option<BrevoSettings>,
}

/// A mail server.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmtpSettings {
    /// Name or address.
    pub host: String,
    /// 587 with STARTTLS, 465 with TLS from the start, 25 without.
    pub port: u16,
    /// Encryption.
    pub tls: Tls,
    /// PEM file of a certificate authority of one's own.
    pub ca_file: Option<PathBuf>,
    /// Account; empty for none.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// Connections at once.
    pub connections: usize,
    /// Name given in EHLO; the machine's when empty.
    pub hello: String,
    /// Where mails go that cannot be delivered (MAIL FROM, the Return-Path), of the sender's domain; the sender's address
    /// when empty.
    pub bounces: String,
    /// Part of the address at which the mail server hands in what came back. At least 20 letters and digits; without it
    /// nothing is taken.
    pub reports_secret: Secret,
    /// A file that holds it instead.
    pub reports_secret_file: Option<PathBuf>,
}

/// Encryption of a connection to a mail server.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Plain text: only for a server on the same machine.
    None,
    /// Plain text first, then required encryption.
    Starttls,
    /// Encrypted from the first byte.
    Implicit,
}

/// A DKIM key.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DkimSettings {
    /// The signing domain.
    pub domain: String,
    /// The selector in DNS.
    pub selector: String,
    /// RSA key in PEM, or an Ed25519 seed in base64.
    pub key_file: PathBuf,
    /// "rsa" or "ed25519".
    pub algorithm: DkimAlgorithm,
}

/// Kinds of DKIM keys.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DkimAlgorithm {
    /// 1.6 ms of CPU a mail.
    Rsa,
    /// Far less, but not every receiver knows it.
    Ed25519,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            sender: Sender::default(),
            organiser: OrganiserSettings {
                name: "L’équipe des rencontres".to_owned(),
                phone: String::new(),
            },
            smtp: None,
            sms: SmsSettings::default(),
            dkim: None,
            link_days: 30,
        }
    }
}

impl Default for Sender {
    fn default() -> Self {
        Self {
            name: "Jalon".to_owned(),
            address: "jalon@localhost.localdomain".to_owned(),
        }
    }
}

impl Default for SmsSettings {
    fn default() -> Self {
        Self {
            sender: "Jalon".to_owned(),
            price_per_segment: String::new(),
            currency: "EUR".to_owned(),
            daily_segments: 0,
            gateways: String::new(),
            callback: None,
            kannel: None,
            ovh: None,
            brevo: None,
        }
    }
}

impl Default for SmtpSettings {
    fn default() -> Self {
        Self {
            host: "localhost".to_owned(),
            port: 587,
            tls: Tls::Starttls,
            ca_file: None,
            user: String::new(),
            password: Secret::default(),
            connections: 4,
            hello: String::new(),
            bounces: String::new(),
            reports_secret: Secret::default(),
            reports_secret_file: None,
        }
    }
}

impl SmsSettings {
    /// The price of a segment in millionths, 0 when it is not known; none when it is no price. Counted in whole numbers,
    /// so that a total is exact.
    pub fn segment_price_micros(&self) -> Option<i64> {
        let text = self.price_per_segment.trim();
        let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() > 6 || decimals.len() > 6 || !digits(whole) || !digits(decimals) {
            return None;
        }
        format!("0{whole}{decimals:0<6}").parse().ok()
    }
}

impl Settings {
    /// What cannot work is said at the start, not at the first message.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        let unusable = |setting, reason: &str| {
            Err(StartError::Setting {
                setting,
                reason: reason.to_owned(),
            })
        };
        if !["http://", "https://"]
            .iter()
            .any(|scheme| self.public_url.starts_with(scheme))
        {
            return unusable("public_url", "must begin with https:// or http://");
        }
        if self.sender.address.parse::<lettre::Address>().is_err() {
            return unusable("sender.address", "must be a mail address");
        }
        if self.return_path().parse::<lettre::Address>().is_err() {
            return unusable(
                "smtp.bounces",
                "must be a mail address, or empty for the sender's",
            );
        }
        let sender = &self.sms.sender;
        let plain = sender.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !(3..=11).contains(&sender.len()) || !plain || sender.bytes().all(|byte| byte.is_ascii_digit()) {
            return unusable(
                "sms.sender",
                "must be 3 to 11 letters and digits, not digits only",
            );
        }
        if self.sms.segment_price_micros().is_none() {
            return unusable(
                "sms.price_per_segment",
                "must be a price such as 0.045, at most six decimals, or empty",
            );
        }
        if self.sms.currency.len() != 3 || !self.sms.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return unusable("sms.currency", "must be three capital letters such as EUR");
        }
        if self.sms.daily_segments < 0 {
            return unusable("sms.daily_segments", "must be 0 for no limit, or more");
        }
        if !(1..=3_660).contains(&self.link_days) {
            return unusable("link_days", "must be from 1 to 3660");
        }
        Ok(())
    }

    /// Where servers return what they cannot deliver.
    pub(crate) fn return_path(&self) -> &str {
        let set = self.smtp.as_ref().map_or("", |smtp| smtp.bounces.as_str());
        if set.is_empty() { &self.sender.address } else { set }
    }

    /// Whom messages name.
    pub(crate) fn organiser(&self) -> Organiser {
        Organiser {
            name: self.organiser.name.clone(),
            phone: self.organiser.phone.clone(),
        }
    }

    /// The page behind a token.
    pub(crate) fn link(&self, token: &str) -> String {
        format!("{}/r/{token}", self.public_url.trim_end_matches('/'))
    }

    /// The page of the account behind a token.
    pub(crate) fn account_link(&self, token: &str) -> String {
        format!("{}/compte/{token}", self.public_url.trim_end_matches('/'))
    }

    /// Where one-click unsubscription of a token leads.
    pub(crate) fn unsubscribe(&self, token: &str) -> String {
        format!("{}/d/{token}", self.public_url.trim_end_matches('/'))
    }

    /// The domain of Message-IDs and calendar UIDs.
    pub(crate) fn domain(&self) -> &str {
        self.sender
            .address
            .rsplit_once('@')
            .map_or("localhost.localdomain", |(_, domain)| domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = Settings::default();
        change(&mut settings);
        settings
            .check()
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn what_cannot_work_is_refused_with_the_name_of_the_setting() {
        assert_eq!(refused(|_| {}), "");
        assert!(
            refused(|settings| settings.public_url = "rdv.exemple.fr".to_owned())
                .contains("notifier.public_url")
        );
        assert!(
            refused(|settings| settings.sender.address = "moi".to_owned())
                .contains("notifier.sender.address")
        );
        for bounces in ["retours", "retours@", "<retours@exemple.fr>"] {
            let smtp = SmtpSettings {
                bounces: bounces.to_owned(),
                ..SmtpSettings::default()
            };
            assert!(
                refused(|settings| settings.smtp = Some(smtp)).contains("notifier.smtp.bounces"),
                "{bounces}"
            );
        }
        for sender in ["Maison de l'emploi", "0123456", "ab", "Été2026"] {
            assert!(
                refused(|settings| settings.sms.sender = sender.to_owned()).contains("notifier.sms.sender")
            );
        }
        assert!(refused(|settings| settings.link_days = 0).contains("notifier.link_days"));
        for price in ["free", "0.0000001", "-1", "1e3", "0.0.1"] {
            assert!(
                refused(|settings| settings.sms.price_per_segment = price.to_owned())
                    .contains("notifier.sms.price_per_segment"),
                "{price}"
            );
        }
        assert!(
            refused(|settings| settings.sms.currency = "euro".to_owned()).contains("notifier.sms.currency")
        );
    }

    #[test]
    fn prices_are_exact_in_millionths() {
        let micros = |price: &str| {
            let sms = SmsSettings {
                price_per_segment: price.to_owned(),
                ..SmsSettings::default()
            };
            sms.segment_price_micros()
        };
        assert_eq!(micros(""), Some(0));
        assert_eq!(micros("0.045"), Some(45_000));
        assert_eq!(micros("0,0451"), Some(45_100));
        assert_eq!(micros("12"), Some(12_000_000));
        assert_eq!(micros(".5"), Some(500_000));
    }
}
