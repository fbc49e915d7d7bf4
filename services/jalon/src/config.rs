//! The configuration of a process: one section per concern.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use platform::{config, db::Target, telemetry};
use serde::{Deserialize, Serialize};

/// All there is to set; every key has a default.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Databases, keys and the clock of one machine.
    pub data: PathBuf,
    pub database: Database,
    pub grpc: Grpc,
    pub web: Web,
    pub log: telemetry::Settings,
    /// Where services are that do not run in this process.
    pub peers: Peers,
    pub scheduler: scheduler::Settings,
    pub notifier: notifier::Settings,
    pub directory: directory::Settings,
    pub speeddating: speeddating::Settings,
}

/// Where the databases are.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://…`, one schema per service; empty: SQLite files in the data folder.
    pub url: config::Secret,
}

/// Where gRPC is served.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grpc {
    /// Address and port; port 0 takes a free one.
    pub listen: String,
}

/// Where pages and operational endpoints are served.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    /// Address and port; port 0 takes a free one.
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
            grpc: Grpc::default(),
            web: Web::default(),
            log: telemetry::Settings::default(),
            peers: Peers::default(),
            scheduler: scheduler::Settings::default(),
            notifier: notifier::Settings::default(),
            directory: directory::Settings::default(),
            speeddating: speeddating::Settings::default(),
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

    pub fn target(&self) -> Result<Target> {
        if self.database.url.is_empty() {
            Ok(Target::Folder(self.data.clone()))
        } else {
            Ok(Target::parse(self.database.url.reveal())?)
        }
    }
}
