//! Logs: one event a line, a message that reads alone, fields for the rest, never personal data.

use std::io::IsTerminal as _;

use serde::{Deserialize, Serialize};
use tracing_subscriber::{EnvFilter, Registry, fmt, layer::Layer, prelude::*};

use crate::trace::{self, Exporter, TraceError};

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

/// What keeps a process from being observed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Of logs.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Of traces.
    #[error(transparent)]
    Traces(#[from] TraceError),
}

/// Writes logs to standard error from now on; a second call changes nothing.
pub fn start(settings: &Settings) -> Result<(), FilterError> {
    begin(vec![lines(settings)?]);
    Ok(())
}

/// The same, and sends traces when a collector is set; `name` is the process's own among others.
pub fn start_with(
    settings: &Settings,
    traces: &trace::Settings,
    name: &str,
    version: &str,
) -> Result<Option<Exporter>, Error> {
    let mut layers = vec![lines(settings)?];
    let exporter = Exporter::new(traces, name, version)?;
    if let Some(exporter) = &exporter {
        layers.push(trace::spans(exporter.tracer()).boxed());
    }
    begin(layers);
    Ok(exporter)
}

type Layers = Vec<Box<dyn Layer<Registry> + Send + Sync>>;

/// Each layer has a filter of its own: spans for a collector are not written as lines, and the other way round.
fn lines(settings: &Settings) -> Result<Box<dyn Layer<Registry> + Send + Sync>, FilterError> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(|error| FilterError(error.to_string()))?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    Ok(match settings.format {
        Format::Text => lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_filter(filter)
            .boxed(),
        Format::Json => lines.json().with_filter(filter).boxed(),
    })
}

fn begin(layers: Layers) {
    if tracing_subscriber::registry().with(layers).try_init().is_err() {
        tracing::debug!("logs were started before");
    }
}
