//! OVHcloud's HTTP API: every request is signed, answers name the receivers that they refuse, and a tag finds a message.

mod receipt;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use futures::stream::BoxStream;
use platform::{Clock, config::Secret};
use reqwest::{Client, Method, RequestBuilder};
use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};
use url::Url;

use super::{
    super::{Answered, Begun, Prepared, turns::Turns},
    GROUP, common,
    http::{self, Heard},
    refuses_us, unreadable,
};
use crate::{
    domain::Answer,
    error::{Error, StartError},
    settings::{OvhSettings, Settings, gateways::secret},
    sms::{self, Encoding},
};
pub(crate) use receipt::read;

/// Its name in lists, metrics and addresses.
pub(crate) const NAME: &str = "ovh";

/// The network gives up after so many minutes.
const VALID_MINUTES: u32 = 720;

/// Not asked yet how far OVHcloud's clock is from ours.
const UNASKED: i64 = i64::MIN;

/// OVHcloud. A clone shares its rate.
#[derive(Clone)]
pub struct Ovh(Arc<Inner>);

struct Inner {
    client: Client,
    clock: Clock,
    /// Ends without a slash.
    base: String,
    service: String,
    application: String,
    secret: Secret,
    consumer: Secret,
    sender: String,
    /// Seconds that OVHcloud's clock is ahead of ours.
    ahead: AtomicI64,
    turns: Turns,
}

/// What is posted; the fields in the order of the published example.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Job<'a> {
    charset: &'static str,
    coding: &'static str,
    message: &'a str,
    // Else eleven characters of every text are a STOP clause, which only advertisements need.
    no_stop_clause: bool,
    priority: &'static str,
    receivers: [&'a str; 1],
    sender: &'a str,
    // Else a number of theirs takes the place of the sender.
    sender_for_response: bool,
    tag: &'a str,
    validity_period: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    #[serde(default)]
    ids: Vec<i64>,
    #[serde(default)]
    valid_receivers: Vec<String>,
    #[serde(default)]
    invalid_receivers: Vec<String>,
}

impl Ovh {
    /// Reads the secrets; connects when there is something to send.
    pub(crate) fn new(settings: &Settings, ovh: &OvhSettings, clock: Clock) -> Result<Self, StartError> {
        let unusable = |setting, reason: &str| StartError::Setting {
            setting,
            reason: reason.to_owned(),
        };
        let base = Url::parse(&ovh.url).ok().filter(Url::has_host);
        let base = base.ok_or_else(|| unusable("sms.ovh.url", "must be https://eu.api.ovh.com/1.0"))?;
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain(&ovh.service) || ovh.service.contains('/') {
            return Err(unusable(
                "sms.ovh.service",
                "must be the name of the SMS account, sms-ab12345-1",
            ));
        }
        if !plain(&ovh.application_key) {
            return Err(unusable(
                "sms.ovh.application_key",
                "must be the key of the application",
            ));
        }
        Ok(Self(Arc::new(Inner {
            client: http::client("sms.ovh.ca_file", ovh.ca_file.as_deref())?,
            clock,
            base: base.as_str().trim_end_matches('/').to_owned(),
            service: ovh.service.clone(),
            application: ovh.application_key.clone(),
            secret: secret(
                "sms.ovh.application_secret",
                &ovh.application_secret,
                ovh.application_secret_file.as_ref(),
            )?,
            consumer: secret(
                "sms.ovh.consumer_key",
                &ovh.consumer_key,
                ovh.consumer_key_file.as_ref(),
            )?,
            sender: settings.sms.sender.clone(),
            ahead: AtomicI64::new(UNASKED),
            turns: Turns::new(ovh.connections, ovh.per_second),
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

    /// Which references it knows; what it does not find may still be on its way through its queue.
    pub(crate) async fn look_up(&self, references: Vec<String>) -> Result<BTreeSet<String>, Error> {
        let mut taken = BTreeSet::new();
        for reference in references {
            let _turn = self.0.turns.take().await;
            let path = format!("/sms/{}/outgoing?tag={reference}", self.0.service);
            match self.ask(Method::GET, &path, String::new()).await {
                Heard::Answer {
                    status: 200, body, ..
                } => {
                    let found: Vec<i64> =
                        serde_json::from_str(&body).map_err(|_| Error::Away("SMS gateway"))?;
                    if !found.is_empty() {
                        taken.insert(reference);
                    }
                }
                _ => return Err(Error::Away("SMS gateway")),
            }
        }
        Ok(taken)
    }

    async fn send(&self, prepared: &Prepared) -> Answer {
        let message = &prepared.message;
        let job = Job {
            charset: "UTF-8",
            coding: match sms::compose(&message.body, true).encoding {
                Encoding::Gsm7 => "7bit",
                Encoding::Ucs2 => "8bit",
            },
            message: &message.body,
            no_stop_clause: true,
            priority: "high",
            receivers: [&message.recipient],
            sender: &self.0.sender,
            sender_for_response: false,
            tag: &message.reference,
            validity_period: VALID_MINUTES,
        };
        let Ok(body) = serde_json::to_string(&job) else {
            return Answer::RefusedPermanent {
                detail: "the message cannot be written".to_owned(),
                address: false,
            };
        };
        let path = format!("/sms/{}/jobs", self.0.service);
        let heard = self.ask(Method::POST, &path, body).await;
        classify(&heard, &message.recipient)
    }

    async fn ask(&self, method: Method, path: &str, body: String) -> Heard {
        let heard = match self.signed(method, path, body).await {
            Ok(request) => http::ask(request).await,
            Err(heard) => heard,
        };
        if matches!(&heard, Heard::Answer { status: 400..404, .. }) {
            // Perhaps it was the clock: it is asked again before the next request.
            self.0.ahead.store(UNASKED, Ordering::Relaxed);
        }
        heard
    }

    /// A request with its signature, over the very bytes that are sent.
    async fn signed(&self, method: Method, path: &str, body: String) -> Result<RequestBuilder, Heard> {
        let timestamp = self.now().await?.to_string();
        let url = format!("{}{path}", self.0.base);
        let signature = sign(
            [self.0.secret.reveal(), self.0.consumer.reveal()],
            method.as_str(),
            &url,
            &body,
            &timestamp,
        );
        let mut request = self
            .0
            .client
            .request(method, url)
            .header("X-Ovh-Application", &self.0.application)
            .header("X-Ovh-Consumer", self.0.consumer.reveal())
            .header("X-Ovh-Timestamp", timestamp)
            .header("X-Ovh-Signature", signature);
        if !body.is_empty() {
            request = request.header("Content-Type", "application/json").body(body);
        }
        Ok(request)
    }

    /// OVHcloud's time: it refuses signatures of another.
    async fn now(&self) -> Result<i64, Heard> {
        let (here, _) = self.0.clock.now().parts();
        let ahead = self.0.ahead.load(Ordering::Relaxed);
        if ahead != UNASKED {
            return Ok(here.saturating_add(ahead));
        }
        let request = self.0.client.get(format!("{}/auth/time", self.0.base));
        let there = match http::ask(request).await {
            Heard::Answer {
                status: 200, body, ..
            } => body.trim().parse::<i64>().ok(),
            _ => None,
        };
        // Whatever went wrong, the message itself was not sent.
        let there = there.ok_or(Heard::NotSent("the gateway does not tell its time"))?;
        self.0.ahead.store(there.saturating_sub(here), Ordering::Relaxed);
        Ok(there)
    }
}

/// `$1$` and the SHA-1 of secret, consumer key, method, address, body and time.
fn sign(keys: [&str; 2], method: &str, url: &str, body: &str, timestamp: &str) -> String {
    let [secret, consumer] = keys;
    let text = [secret, consumer, method, url, body, timestamp].join("+");
    let digest = Sha1::digest(text.as_bytes());
    let hex = digest.iter().fold(String::new(), |mut hex, byte| {
        use std::fmt::Write as _;
        let _infallible = write!(hex, "{byte:02x}");
        hex
    });
    format!("$1${hex}")
}

/// SMS.md 2.
fn classify(heard: &Heard, recipient: &str) -> Answer {
    let Heard::Answer { status, body, .. } = heard else {
        return common(heard).unwrap_or_else(unreadable);
    };
    let refused = |detail: String, address| Answer::RefusedPermanent { detail, address };
    match status {
        200 => match serde_json::from_str::<Report>(body) {
            Ok(report) if report.invalid_receivers.iter().any(|one| one == recipient) => {
                refused("the number is refused".to_owned(), true)
            }
            Ok(report) if report.valid_receivers.iter().any(|one| one == recipient) => {
                match report.ids.first() {
                    Some(id) => Answer::AcceptedAs { id: id.to_string() },
                    None => Answer::Accepted,
                }
            }
            _ => unreadable(),
        },
        201..300 => unreadable(),
        400 | 402 if body.to_lowercase().contains("credit") => {
            refuses_us(NAME, format!("{status} no credit"))
        }
        400 | 404 | 409 => refused(format!("{status} from the gateway"), false),
        300..500 if *status != 429 => refuses_us(NAME, format!("{status} from the gateway")),
        _ => common(heard).unwrap_or_else(unreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"charset":"UTF-8","coding":"7bit","message":"Rappel : rendez-vous mardi 24/11 à 9h30.","noStopClause":true,"priority":"high","receivers":["+33601020304"],"sender":"MLELyon","tag":"r1-g1","validityPeriod":720}"#;

    #[test]
    fn signatures_agree_with_the_published_ones() {
        let fake = ["fake application secret", "fake consumer key"];
        let url = "https://eu.api.ovh.com/1.0/unit/test";
        assert_eq!(
            sign(fake, "METHOD", url, "", "1404395931"),
            "$1$16ae5ba8c63841b1951575be905867991d5f49dc"
        );
        let data = r#"{"some": "random", "data": 42}"#;
        assert_eq!(
            sign(fake, "METHOD", url, data, "1404395931"),
            "$1$9acb1ac0120006d16261a635aed788e83ab172d2"
        );
        let keys = [
            "EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF",
            "MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1",
        ];
        let base = "https://eu.api.ovh.com/1.0/sms/sms-ab12345-1";
        assert_eq!(
            sign(keys, "POST", &format!("{base}/jobs"), BODY, "1795420800"),
            "$1$994f1e6619b780a36a51b46a98a07c8ba0868de4"
        );
        assert_eq!(
            sign(
                keys,
                "GET",
                &format!("{base}/outgoing?tag=r1-g1"),
                "",
                "1795420800"
            ),
            "$1$bb2d1ea864f956b3c620b365273c23fd8b74a962"
        );
    }

    fn answer(status: u16, body: &str) -> Answer {
        let heard = Heard::Answer {
            status,
            body: body.to_owned(),
            pause: None,
        };
        classify(&heard, "+33601020304")
    }

    #[test]
    fn a_refused_receiver_hides_in_a_success() {
        let taken =
            r#"{"ids":[12],"validReceivers":["+33601020304"],"invalidReceivers":[],"totalCreditsRemoved":1}"#;
        assert_eq!(answer(200, taken), Answer::AcceptedAs { id: "12".to_owned() });
        let refused =
            r#"{"ids":[],"validReceivers":[],"invalidReceivers":["+33601020304"],"totalCreditsRemoved":0}"#;
        assert!(matches!(
            answer(200, refused),
            Answer::RefusedPermanent { address: true, .. }
        ));
        for lost in [
            answer(200, "{}"),
            answer(200, "<html>"),
            answer(502, ""),
            answer(204, ""),
        ] {
            assert!(matches!(lost, Answer::Unknown { .. }), "{lost:?}");
        }
    }

    #[test]
    fn errors_tell_whom_they_are_about() {
        for status in [400, 404, 409] {
            assert!(matches!(
                answer(status, "{}"),
                Answer::RefusedPermanent { address: false, .. }
            ));
        }
        let pause = |status, body| match answer(status, body) {
            Answer::Unavailable { pause, .. } => Some(pause.as_secs()),
            _ => None,
        };
        assert_eq!(pause(403, r#"{"errorCode":"NOT_CREDENTIAL"}"#), Some(300));
        assert_eq!(pause(400, r#"{"message":"not enough credits"}"#), Some(300));
        assert_eq!(pause(429, ""), Some(1));
        assert_eq!(pause(500, ""), Some(0));
    }
}
