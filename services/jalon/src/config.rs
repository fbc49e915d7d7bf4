//! The configuration of a process: one section per concern.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use platform::{config, db::Target, telemetry, trace};
use serde::{Deserialize, Serialize};

/// All there is to set; every key has a default.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Databases, keys and the clock of one machine.
    pub data: PathBuf,
    pub database: Database,
    pub bus: Bus,
    pub tokens: Tokens,
    pub grpc: Grpc,
    pub web: Web,
    pub operations: Operations,
    pub log: telemetry::Settings,
    pub telemetry: trace::Settings,
    /// Where services are that do not run in this process.
    pub peers: Peers,
    pub scheduler: scheduler::Settings,
    pub notifier: notifier::Settings,
    pub directory: directory::Settings,
    pub speeddating: speeddating::Settings,
}

/// Where the databases are.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://…`, one schema per service; empty: SQLite files in the data folder.
    pub url: config::Secret,
    /// Seconds that a start waits for a database that does not answer; then it gives up, and says what it missed.
    pub patience_seconds: u64,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: config::Secret::default(),
            patience_seconds: 300,
        }
    }
}

/// What carries events between the services.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bus {
    /// `amqp://…` or `amqps://…`, a RabbitMQ; empty: within this process.
    pub url: config::Secret,
    /// Before the names of its exchanges and queues: installations that share a RabbitMQ have one each.
    pub prefix: String,
}

/// How services and staff prove who they are.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tokens {
    /// The installation's key, the same for all its processes; empty: a file in the data folder, made at the first start.
    pub key_file: Option<PathBuf>,
}

/// Where gRPC is served.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grpc {
    /// Address and port; port 0 takes a free one.
    pub listen: String,
}

/// Where pages are served, and what gateways call.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    /// Address and port; port 0 takes a free one.
    pub listen: String,
    /// Proxies before the pages (an Ingress, a load balancer that speaks HTTP), each of which adds whom it speaks for to
    /// `X-Forwarded-For`: too few, and all who come through one are throttled as one; too many, and callers may write what
    /// they like. A single one, on this machine, needs no setting;
    /// beside others it counts too.
    pub proxies: usize,
}

/// Where `/livez`, `/readyz` and `/metrics` are served.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Operations {
    /// Address and port, for where the pages are open to everybody; port 0 takes a free one; empty: beside the pages.
    pub listen: String,
}

/// gRPC addresses of services elsewhere, `http://host:port`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Peers {
    pub directory: String,
    pub speeddating: String,
    pub scheduler: String,
    pub notifier: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("jalon-data"),
            database: Database::default(),
            bus: Bus::default(),
            tokens: Tokens::default(),
            grpc: Grpc::default(),
            web: Web::default(),
            operations: Operations::default(),
            log: telemetry::Settings::default(),
            telemetry: trace::Settings::default(),
            peers: Peers::default(),
            scheduler: scheduler::Settings::default(),
            notifier: notifier::Settings::default(),
            directory: directory::Settings::default(),
            speeddating: speeddating::Settings::default(),
        }
    }
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            url: config::Secret::default(),
            prefix: "jalon".to_owned(),
        }
    }
}

impl Default for Grpc {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:7700".to_owned(),
        }
    }
}

impl Default for Web {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:7780".to_owned(),
            proxies: 0,
        }
    }
}

impl Peers {
    /// The address of one of them; empty when none is set.
    pub fn address(&self, service: &str) -> &str {
        match service {
            "directory" => &self.directory,
            "speeddating" => &self.speeddating,
            "scheduler" => &self.scheduler,
            "notifier" => &self.notifier,
            _ => "",
        }
    }
}

impl Config {
    /// File, environment, flags.
    pub fn load(file: Option<&Path>, overrides: &[(String, String)]) -> Result<Self> {
        Ok(config::load(file, overrides)?)
    }

    /// As TOML, secrets masked.
    pub fn print(&self) -> Result<String> {
        toml::to_string(self).context("the configuration cannot be printed")
    }

    /// The file with the key that signs the tokens.
    pub fn key_file(&self) -> PathBuf {
        match &self.tokens.key_file {
            Some(file) => file.clone(),
            None => self.data.join("keys").join("jalon.key"),
        }
    }

    pub fn target(&self) -> Result<Target> {
        if self.database.url.is_empty() {
            Ok(Target::Folder(self.data.clone()))
        } else {
            Ok(Target::parse(self.database.url.reveal())?)
        }
    }
}
