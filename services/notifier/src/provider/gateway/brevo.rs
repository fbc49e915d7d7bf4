//! Brevo's transactional SMS: JSON with a key, receipts to an address that each message brings along.

use std::{collections::BTreeSet, sync::Arc};

use futures::stream::BoxStream;
use platform::config::Secret;
use reqwest::{Client, header::HeaderValue};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    super::{Answered, Begun, Prepared, turns::Turns},
    GROUP, common,
    http::{self, Heard},
    refuses_us, unreadable,
};
use crate::{
    callbacks::Callback,
    domain::{Answer, Fate},
    error::{Error, StartError},
    settings::{BrevoSettings, Settings, gateways::secret},
    sms::{self, Encoding},
};

/// Its name in lists, metrics and addresses.
pub(crate) const NAME: &str = "brevo";

/// Brevo. A clone shares its rate.
#[derive(Clone)]
pub struct Brevo(Arc<Inner>);

struct Inner {
    client: Client,
    /// Ends without a slash.
    base: String,
    key: HeaderValue,
    sender: String,
    callback: Option<Callback>,
    turns: Turns,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Send<'a> {
    sender: &'a str,
    recipient: &'a str,
    content: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    tag: &'a str,
    unicode_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    web_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    // 64 bits: it does not fit a floating point number.
    #[serde(rename = "messageId")]
    _message_id: i64,
}

#[derive(Deserialize)]
struct Refused {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
struct Events {
    #[serde(default)]
    events: Vec<serde_json::Value>,
}

impl Brevo {
    /// Reads the key; connects when there is something to send.
    pub(crate) fn new(
        settings: &Settings,
        brevo: &BrevoSettings,
        callback: Option<Callback>,
    ) -> Result<Self, StartError> {
        let unusable = |setting, reason: &str| StartError::Setting {
            setting,
            reason: reason.to_owned(),
        };
        let base = Url::parse(&brevo.url).ok().filter(Url::has_host);
        let base = base.ok_or_else(|| unusable("sms.brevo.url", "must be https://api.brevo.com"))?;
        let key: Secret = secret("sms.brevo.api_key", &brevo.api_key, brevo.api_key_file.as_ref())?;
        let mut key = HeaderValue::from_str(key.reveal())
            .map_err(|_| unusable("sms.brevo.api_key", "has a character that no header may have"))?;
        key.set_sensitive(true);
        Ok(Self(Arc::new(Inner {
            client: http::client("sms.brevo.ca_file", brevo.ca_file.as_deref())?,
            base: base.as_str().trim_end_matches('/').to_owned(),
            key,
            sender: settings.sms.sender.clone(),
            callback,
            turns: Turns::new(brevo.connections, brevo.per_second),
        })))
    }

    pub(crate) fn submit<'a>(&'a self, prepared: Vec<Prepared>, begun: &'a Begun) -> BoxStream<'a, Answered> {
        self.0.turns.each(prepared, begun, GROUP, move |one| {
            Box::pin(async move {
                let answer = self.send(&one).await;
                (one, answer)
            })
        })
    }

    /// Which references it knows; what it does not find may be too young. It allows a hundred such questions an hour.
    pub(crate) async fn look_up(&self, references: Vec<String>) -> Result<BTreeSet<String>, Error> {
        let mut taken = BTreeSet::new();
        for reference in references {
            let url = format!(
                "{}/v3/transactionalSMS/statistics/events?tags={reference}&limit=1",
                self.0.base
            );
            let request = self.0.client.get(url).header("api-key", self.0.key.clone());
            let Heard::Answer {
                status: 200, body, ..
            } = http::ask(request).await
            else {
                return Err(Error::Away("SMS gateway"));
            };
            let found: Events = serde_json::from_str(&body).map_err(|_| Error::Away("SMS gateway"))?;
            if !found.events.is_empty() {
                taken.insert(reference);
            }
        }
        Ok(taken)
    }

    async fn send(&self, prepared: &Prepared) -> Answer {
        let message = &prepared.message;
        let callback = self.0.callback.as_ref();
        let send = Send {
            sender: &self.0.sender,
            recipient: message.recipient.trim_start_matches('+'),
            content: &message.body,
            kind: "transactional",
            tag: &message.reference,
            unicode_enabled: sms::compose(&message.body, true).encoding == Encoding::Ucs2,
            web_url: callback.map(|callback| callback.receipts(NAME, &message.reference)),
        };
        let Ok(body) = serde_json::to_string(&send) else {
            return Answer::RefusedPermanent {
                detail: "the message cannot be written".to_owned(),
                address: false,
            };
        };
        let request = self
            .0
            .client
            .post(format!("{}/v3/transactionalSMS/send", self.0.base))
            .header("api-key", self.0.key.clone())
            .header("Content-Type", "application/json")
            .body(body);
        classify(&http::ask(request).await)
    }
}

/// SMS.md 3.
fn classify(heard: &Heard) -> Answer {
    let Heard::Answer { status, body, .. } = heard else {
        return common(heard).unwrap_or_else(unreadable);
    };
    let code = serde_json::from_str::<Refused>(body).map(|refused| refused.code);
    let code = code.unwrap_or_default();
    match status {
        201 if serde_json::from_str::<Taken>(body).is_ok() => Answer::Accepted,
        200..300 => unreadable(),
        _ if matches!(code.as_str(), "not_enough_credits" | "account_under_validation") => {
            refuses_us(NAME, format!("{status} {code}"))
        }
        400 | 404 | 405 | 406 | 422 => Answer::RefusedPermanent {
            detail: format!("{status} {}", known(&code)),
            address: false,
        },
        300..500 if *status != 429 => refuses_us(NAME, format!("{status} from the gateway")),
        _ => common(heard).unwrap_or_else(unreadable),
    }
}

/// Only words of the documentation are kept.
fn known(code: &str) -> &str {
    const CODES: [&str; 3] = ["invalid_parameter", "missing_parameter", "out_of_range"];
    CODES
        .into_iter()
        .find(|known| *known == code)
        .unwrap_or("refused")
}

/// Reads `msg_status`: the fate, and the code to keep.
pub(crate) fn read(status: &str) -> (Fate, String) {
    let fate = match status {
        "sent" | "accepted" => Fate::Accepted,
        "delivered" => Fate::Delivered,
        "soft_bounce" | "softBounce" => Fate::FailedTemporary,
        "hard_bounce" | "hardBounce" => Fate::FailedPermanent { address: true },
        "rejected" | "blocked" | "skip" => Fate::FailedPermanent { address: false },
        "unsubscribe" | "replied" => Fate::Pending,
        _ => return (Fate::Unrecognised, "other".to_owned()),
    };
    (fate, status.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        classify(&Heard::Answer {
            status,
            body: body.to_owned(),
            pause: None,
        })
    }

    #[test]
    fn answers_are_read_as_documented() {
        assert_eq!(answer(201, r#"{"messageId":1511882900176220}"#), Answer::Accepted);
        for code in ["invalid_parameter", "missing_parameter", "out_of_range"] {
            let body = format!(r#"{{"code":"{code}","message":"+33601020304 is wrong"}}"#);
            let refused = answer(400, &body);
            assert!(matches!(refused, Answer::RefusedPermanent { address: false, .. }));
            assert_eq!(refused.detail(), format!("400 {code}"));
        }
        let pause = |status, body| match answer(status, body) {
            Answer::Unavailable { pause, .. } => Some(pause.as_secs()),
            _ => None,
        };
        for status in [400, 402] {
            assert_eq!(
                pause(status, r#"{"code":"not_enough_credits","message":""}"#),
                Some(300)
            );
        }
        assert_eq!(pause(401, ""), Some(300));
        assert_eq!(pause(429, ""), Some(1));
        for lost in [answer(201, "{}"), answer(200, ""), answer(504, "")] {
            assert!(matches!(lost, Answer::Unknown { .. }), "{lost:?}");
        }
    }

    #[test]
    fn states_of_receipts_are_read_as_documented() {
        assert_eq!(read("delivered").0, Fate::Delivered);
        assert_eq!(read("sent").0, Fate::Accepted);
        assert_eq!(read("soft_bounce").0, Fate::FailedTemporary);
        assert_eq!(read("hard_bounce").0, Fate::FailedPermanent { address: true });
        assert_eq!(read("blocked").0, Fate::FailedPermanent { address: false });
        assert_eq!(read("something"), (Fate::Unrecognised, "other".to_owned()));
    }
}
