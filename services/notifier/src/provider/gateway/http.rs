//! Requests to gateways, and how far they came.

use std::{path::Path, time::Duration};

use jiff::SignedDuration;
use reqwest::{Client, RequestBuilder, Response, redirect};

use super::super::tls;
use crate::error::StartError;

/// A connection, encryption included, may take so long.
const CONNECT: Duration = Duration::from_secs(10);

/// An answer may take so long. Whoever waits longer holds up the others; a receipt may still come.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers are a few hundred bytes; of more than this only the beginning is read.
const LONGEST: usize = 64 * 1024;

/// How far a request came.
#[derive(Debug)]
pub(super) enum Heard {
    /// Nothing of it can have arrived.
    NotSent(&'static str),
    /// It may have arrived, and nothing more is known.
    Cut(&'static str),
    /// A whole answer.
    Answer {
        status: u16,
        body: String,
        /// How long to leave the gateway alone, if it says so.
        pause: Option<SignedDuration>,
    },
}

/// A client of one gateway.
pub(super) fn client(setting: &'static str, authority: Option<&Path>) -> Result<Client, StartError> {
    Client::builder()
        .tls_backend_preconfigured(tls::client(setting, authority)?)
        .http1_only()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        // A connection that was kept may be closed by the gateway while we write: nobody would know whether it was read.
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT)
        .timeout(PATIENCE)
        .build()
        .map_err(|error| StartError::Setting {
            setting,
            reason: error.to_string(),
        })
}

/// Sends a request once, and says what is known of it.
pub(super) async fn ask(request: RequestBuilder) -> Heard {
    match request.send().await {
        Ok(response) => answer(response).await,
        Err(error) if error.is_connect() || error.is_builder() => {
            Heard::NotSent("the gateway cannot be reached")
        }
        Err(error) if error.is_timeout() => Heard::Cut("no answer in time"),
        Err(_) => Heard::Cut("the line was cut before the answer"),
    }
}

async fn answer(mut response: Response) -> Heard {
    let status = response.status().as_u16();
    let pause = ["retry-after", "x-sib-ratelimit-reset"]
        .iter()
        .filter_map(|name| response.headers().get(*name)?.to_str().ok()?.parse::<u32>().ok())
        .map(|seconds| SignedDuration::from_secs(i64::from(seconds.min(3_600))))
        .max();
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() < LONGEST => bytes.extend_from_slice(&chunk),
            Ok(_) => break,
            Err(_) => return Heard::Cut("the line was cut within the answer"),
        }
    }
    Heard::Answer {
        status,
        body: String::from_utf8_lossy(&bytes).into_owned(),
        pause,
    }
}
