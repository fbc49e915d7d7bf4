//! What gateways and mail servers call: HTTP in, receipts out to the actions. An address holds a secret and our reference,
//! because gateways sign nothing.

mod mail;

use std::path::PathBuf;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::StatusCode,
    routing::{get, post},
};
use platform::config::Secret;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::{
    actions,
    context::Context,
    domain::{Channel, Receipt, STOP},
    error::StartError,
    provider::gateway::{brevo, kannel, ovh},
    settings::{CallbackSettings, gateways::secret},
};
pub(crate) use mail::reports_secret;

/// Where they call. A reference has 20 characters; what is longer is none of ours.
const LONGEST_REFERENCE: usize = 40;

/// A receipt is a few hundred bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// The shortest secret: 20 letters and digits cannot be guessed over a network.
const SHORTEST_SECRET: usize = 20;

/// Addresses for gateways.
#[derive(Clone)]
pub(crate) struct Callback {
    base: Url,
    secret: String,
}

impl Callback {
    pub(crate) fn new(settings: &CallbackSettings) -> Result<Self, StartError> {
        let unusable = |setting, reason: &str| StartError::Setting {
            setting,
            reason: reason.to_owned(),
        };
        let base = Url::parse(&settings.url).ok().filter(Url::has_host);
        let base =
            base.ok_or_else(|| unusable("sms.callback.url", "must be http://host:port of this process"))?;
        let file = settings.secret_file.as_ref();
        let secret = checked_secret("sms.callback.secret", &settings.secret, file)?;
        Ok(Self { base, secret })
    }

    /// Where a gateway tells what became of the message of a reference.
    pub(crate) fn receipts(&self, gateway: &str, reference: &str) -> String {
        let base = self.base.as_str().trim_end_matches('/');
        format!("{base}/sms/{gateway}/{}/receipts/{reference}", self.secret)
    }

    fn is(&self, secret: &str) -> bool {
        is_same(secret, &self.secret)
    }
}

/// A secret that can stand in an address and cannot be guessed.
fn checked_secret(
    setting: &'static str,
    value: &Secret,
    file: Option<&PathBuf>,
) -> Result<String, StartError> {
    let secret = secret(setting, value, file)?.reveal().to_owned();
    if secret.len() < SHORTEST_SECRET || !secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(StartError::Setting {
            setting,
            reason: "must have at least 20 letters and digits, and nothing else".to_owned(),
        });
    }
    Ok(secret)
}

/// Compared by digest: how long it takes tells nothing of the secret.
fn is_same(given: &str, secret: &str) -> bool {
    Sha256::digest(given.as_bytes()) == Sha256::digest(secret.as_bytes())
}

#[derive(Clone)]
struct Callbacks {
    context: Context,
    callback: Callback,
}

/// The addresses of those who are told of them.
pub(crate) fn router(context: Context, callback: Option<Callback>, reports: Option<String>) -> Router {
    let mail = mail::router(context.clone(), reports);
    match callback {
        Some(callback) => mail.merge(gateways(context, callback)),
        None => mail,
    }
}

fn gateways(context: Context, callback: Callback) -> Router {
    Router::new()
        .route("/sms/kannel/{secret}/receipts/{reference}", get(of_kannel))
        .route("/sms/kannel/{secret}/incoming", get(kannel_heard))
        .route("/sms/ovh/{secret}/receipts", get(of_ovh))
        .route("/sms/brevo/{secret}/receipts/{reference}", post(of_brevo))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(Callbacks { context, callback })
}

/// What Kannel puts into its address.
#[derive(Deserialize)]
struct KannelReport {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    at: String,
}

async fn of_kannel(
    State(callbacks): State<Callbacks>,
    Path((secret, reference)): Path<(String, String)>,
    Query(report): Query<KannelReport>,
) -> StatusCode {
    let receipt = kannel::read(&reference, &report.kind, &report.answer, &report.at);
    callbacks.note(&secret, kannel::NAME, &receipt).await
}

/// A text that a telephone wrote, as the `get-url` of a `sms-service` tells it.
#[derive(Deserialize)]
struct KannelText {
    #[serde(default)]
    from: String,
    #[serde(default)]
    text: String,
}

async fn kannel_heard(
    State(callbacks): State<Callbacks>,
    Path(secret): Path<String>,
    Query(text): Query<KannelText>,
) -> StatusCode {
    callbacks
        .heed(&secret, kannel::NAME, &text.from, &text.text)
        .await
}

/// What OVHcloud appends to the address of its account.
#[derive(Deserialize)]
struct OvhReport {
    #[serde(default)]
    id: String,
    #[serde(default)]
    ptt: String,
    #[serde(default)]
    description: String,
}

async fn of_ovh(
    State(callbacks): State<Callbacks>,
    Path(secret): Path<String>,
    Query(report): Query<OvhReport>,
) -> StatusCode {
    // Before anything is looked up for a stranger.
    if !callbacks.callback.is(&secret) || report.id.len() > LONGEST_REFERENCE {
        callbacks.context.metrics.receipt(ovh::NAME, "refused");
        return StatusCode::NOT_FOUND;
    }
    match actions::find_reference(&callbacks.context, ovh::NAME, &report.id).await {
        Ok(Some(reference)) => {
            let (fate, code) = ovh::read(&report.ptt, &report.description);
            let receipt = Receipt {
                channel: Channel::Sms,
                provider: ovh::NAME,
                reference,
                fate,
                code,
                at: None,
            };
            callbacks.note(&secret, ovh::NAME, &receipt).await
        }
        Ok(None) => StatusCode::NOT_FOUND,
        Err(error) => {
            tracing::warn!(%error, "a receipt was not kept: the gateway is asked to send it again");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// What Brevo posts. Its times are those of Paris without saying so: receipts are told apart by what they say.
#[derive(Deserialize)]
struct BrevoReport {
    #[serde(default)]
    msg_status: String,
    #[serde(default)]
    to: serde_json::Value,
    #[serde(default)]
    reply: String,
}

async fn of_brevo(
    State(callbacks): State<Callbacks>,
    Path((secret, reference)): Path<(String, String)>,
    Json(report): Json<BrevoReport>,
) -> StatusCode {
    let number = report
        .to
        .as_str()
        .map_or_else(|| report.to.to_string(), str::to_owned);
    let status = match report.msg_status.as_str() {
        "unsubscribe" => callbacks.heed(&secret, brevo::NAME, &number, STOP).await,
        "replied" => callbacks.heed(&secret, brevo::NAME, &number, &report.reply).await,
        status => {
            let (fate, code) = brevo::read(status);
            let receipt = Receipt {
                channel: Channel::Sms,
                provider: brevo::NAME,
                reference,
                fate,
                code,
                at: None,
            };
            callbacks.note(&secret, brevo::NAME, &receipt).await
        }
    };
    // Brevo throws away what is answered with 5xx; with 429 it comes again, in ten minutes and for hours.
    if status.is_server_error() {
        StatusCode::TOO_MANY_REQUESTS
    } else {
        status
    }
}

impl Callbacks {
    async fn heed(&self, secret: &str, gateway: &'static str, from: &str, text: &str) -> StatusCode {
        if !self.callback.is(secret) {
            self.context.metrics.incoming(gateway, "refused");
            return StatusCode::NOT_FOUND;
        }
        match actions::heed(&self.context, gateway, from, text).await {
            Ok(_) => StatusCode::OK,
            Err(error) => {
                tracing::warn!(gateway, %error, "an incoming SMS was not heeded: the gateway is asked to send it again");
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// Answers only when the receipt is kept: until then it is the gateway's.
    async fn note(&self, secret: &str, gateway: &'static str, receipt: &Receipt) -> StatusCode {
        if !self.callback.is(secret) || receipt.reference.len() > LONGEST_REFERENCE {
            self.context.metrics.receipt(gateway, "refused");
            return StatusCode::NOT_FOUND;
        }
        match actions::note_receipt(&self.context, receipt).await {
            Ok(actions::Noted::Unknown) => StatusCode::NOT_FOUND,
            // Kannel takes 200 alone for a success.
            Ok(_) => StatusCode::OK,
            Err(error) => {
                tracing::warn!(gateway, %error, "a receipt was not kept: the gateway is asked to send it again");
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}
