//! A Kannel-compatible gateway: `sendsms` by POST, the account in headers, so that no log of addresses has it.

mod receipt;

use std::sync::Arc;

use futures::stream::BoxStream;
use platform::config::Secret;
use reqwest::{
    Client,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use url::Url;

use super::{
    super::{Answered, Begun, Prepared, turns::Turns},
    GROUP, common,
    http::{self, Heard},
    refuses_us, unreadable,
};
use crate::{
    callbacks::Callback,
    domain::Answer,
    error::StartError,
    settings::{KannelSettings, Settings, gateways::secret},
    sms::{self, Encoding},
};
pub(crate) use receipt::read;

/// Its name in lists, metrics and addresses.
pub(crate) const NAME: &str = "kannel";

/// Delivered, undeliverable, taken by the network, refused by it.
const RECEIPTS_WANTED: &str = "27";

/// A Kannel-compatible gateway. A clone shares its rate.
#[derive(Clone)]
pub struct Kannel(Arc<Inner>);

struct Inner {
    client: Client,
    url: Url,
    user: HeaderValue,
    password: HeaderValue,
    sender: HeaderValue,
    smsc: Option<HeaderValue>,
    callback: Option<Callback>,
    turns: Turns,
}

impl Kannel {
    /// Reads the secrets; connects when there is something to send.
    pub(crate) fn new(
        settings: &Settings,
        kannel: &KannelSettings,
        callback: Option<Callback>,
    ) -> Result<Self, StartError> {
        let unusable = |setting, reason: &str| StartError::Setting {
            setting,
            reason: reason.to_owned(),
        };
        let url = Url::parse(&kannel.url).ok().filter(Url::has_host);
        let url =
            url.ok_or_else(|| unusable("sms.kannel.url", "must be http://host:port/cgi-bin/sendsms"))?;
        if kannel.user.is_empty() {
            return Err(unusable(
                "sms.kannel.user",
                "must name a sendsms-user of the gateway",
            ));
        }
        let password = secret(
            "sms.kannel.password",
            &kannel.password,
            kannel.password_file.as_ref(),
        )?;
        let header = |setting, text: &str| {
            HeaderValue::from_str(text)
                .map_err(|_| unusable(setting, "has a character that no header may have"))
        };
        Ok(Self(Arc::new(Inner {
            client: http::client("sms.kannel.ca_file", kannel.ca_file.as_deref())?,
            url,
            user: header("sms.kannel.user", &kannel.user)?,
            password: concealed(header("sms.kannel.password", reveal(&password))?),
            sender: header("sms.sender", &settings.sms.sender)?,
            smsc: (!kannel.smsc.is_empty())
                .then(|| header("sms.kannel.smsc", &kannel.smsc))
                .transpose()?,
            callback,
            turns: Turns::new(kannel.connections, kannel.per_second),
        })))
    }

    /// Whether a receipt may settle later what nobody knows.
    pub(crate) fn tells_later(&self) -> bool {
        self.0.callback.is_some()
    }

    pub(crate) fn submit<'a>(&'a self, prepared: Vec<Prepared>, begun: &'a Begun) -> BoxStream<'a, Answered> {
        self.0.turns.each(prepared, begun, GROUP, move |one| {
            Box::pin(async move {
                let answer = self.send(&one).await;
                (one, answer)
            })
        })
    }

    async fn send(&self, prepared: &Prepared) -> Answer {
        let message = &prepared.message;
        let Some(headers) = self.headers(&message.recipient, &message.body, &message.reference) else {
            return Answer::RefusedPermanent {
                detail: "the number is no telephone number".to_owned(),
                address: true,
            };
        };
        let request = self.0.client.post(self.0.url.clone()).headers(headers);
        classify(&http::ask(request.body(message.body.clone())).await)
    }

    fn headers(&self, to: &str, text: &str, reference: &str) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        let mut add =
            |name: &'static str, value: HeaderValue| headers.insert(HeaderName::from_static(name), value);
        add("x-kannel-username", self.0.user.clone());
        add("x-kannel-password", self.0.password.clone());
        add("x-kannel-from", self.0.sender.clone());
        add("x-kannel-to", HeaderValue::from_str(to).ok()?);
        // What the text was counted as is what it is sent as.
        let coding = match sms::compose(text, true).encoding {
            Encoding::Gsm7 => "0",
            Encoding::Ucs2 => "2",
        };
        add("x-kannel-coding", HeaderValue::from_static(coding));
        if let Some(smsc) = &self.0.smsc {
            add("x-kannel-smsc", smsc.clone());
        }
        if let Some(callback) = &self.0.callback {
            // Kannel puts values in the place of %d and the like when it calls.
            let address = callback.receipts(NAME, reference);
            let address = HeaderValue::from_str(&format!("{address}?kind=%d&answer=%A&at=%T")).ok()?;
            add("x-kannel-dlr-url", concealed(address));
            add("x-kannel-dlr-mask", HeaderValue::from_static(RECEIPTS_WANTED));
        }
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=UTF-8"),
        );
        Some(headers)
    }
}

fn reveal(secret: &Secret) -> &str {
    secret.reveal()
}

/// Not shown when headers are printed for a debugger.
fn concealed(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

/// SMS.md 1. Its answers are texts of one line, whatever their type says.
fn classify(heard: &Heard) -> Answer {
    let Heard::Answer { status, body, .. } = heard else {
        return common(heard).unwrap_or_else(unreadable);
    };
    let body = body.trim();
    match status {
        202 if body.starts_with("0:") || body.starts_with("3:") || body.starts_with("Sent.") => {
            Answer::Accepted
        }
        200..300 => unreadable(),
        403 if body.starts_with("Not routable") => {
            tracing::error!("the SMS gateway has no route for a number: check its routes");
            Answer::RefusedPermanent {
                detail: "403 not routable".to_owned(),
                address: false,
            }
        }
        400 => Answer::RefusedPermanent {
            detail: "400 rejected".to_owned(),
            address: false,
        },
        300..500 if *status != 429 => refuses_us(NAME, format!("{status} from the gateway")),
        _ => common(heard).unwrap_or_else(unreadable),
    }
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
    fn answers_are_read_as_the_gateway_means_them() {
        for taken in [
            "0: Accepted for delivery",
            "3: Queued for later delivery",
            "Sent.",
        ] {
            assert_eq!(answer(202, taken), Answer::Accepted);
        }
        for refused in [
            "Message rejected",
            "Number(s) has/have been denied by white- and/or black-lists.",
        ] {
            assert!(matches!(
                answer(400, refused),
                Answer::RefusedPermanent { address: false, .. }
            ));
        }
        assert!(matches!(
            answer(403, "Not routable. Do not try again."),
            Answer::RefusedPermanent { .. }
        ));
        let pause = |status, body| match answer(status, body) {
            Answer::Unavailable { pause, .. } => Some(pause.as_secs()),
            _ => None,
        };
        assert_eq!(pause(403, "Authorization failed for sendsms"), Some(300));
        assert_eq!(pause(404, "Not found"), Some(300));
        assert_eq!(pause(503, "Temporal failure, try again later."), Some(0));
        assert_eq!(pause(500, "Sending failed."), Some(0));
        assert_eq!(pause(429, ""), Some(1));
        for lost in [
            answer(202, ""),
            answer(200, "hello"),
            answer(502, ""),
            answer(504, ""),
        ] {
            assert!(matches!(lost, Answer::Unknown { .. }), "{lost:?}");
        }
        assert!(matches!(classify(&Heard::Cut("x")), Answer::Unknown { .. }));
        assert!(matches!(
            classify(&Heard::NotSent("x")),
            Answer::Unavailable { .. }
        ));
    }
}
