//! Logs: one event a line, a message that reads alone, fields for the rest, never personal data.

use std::io::IsTerminal as _;

use serde::{Deserialize, Serialize};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// How logs are written.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Text for people, JSON for collectors.
    pub format: Format,
    /// Levels by target: "info", "info,notifier=debug".
    pub filter: String,
}

/// Of a log line.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For people.
    Text,
    /// For collectors.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: Format::Text,
            filter: "info,sqlx=warn,hyper=warn,h2=warn,tower=warn".to_owned(),
        }
    }
}

/// The filter cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("log.filter: {0}")]
pub struct FilterError(String);

/// Writes logs to standard error from now on; a second call changes nothing.
pub fn start(settings: &Settings) -> Result<(), FilterError> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(|error| FilterError(error.to_string()))?;
    let registry = tracing_subscriber::registry().with(filter);
    let started = match settings.format {
        Format::Text => registry
            .with(
                fmt::layer()
                    .with_ansi(std::io::stderr().is_terminal())
                    .with_writer(std::io::stderr),
            )
            .try_init(),
        Format::Json => registry
            .with(fmt::layer().json().with_writer(std::io::stderr))
            .try_init(),
    };
    if started.is_err() {
        tracing::debug!("logs were started before");
    }
    Ok(())
}
