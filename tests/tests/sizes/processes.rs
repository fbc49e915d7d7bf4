//! What runs: one process, or each service by itself.

use anyhow::{Context as _, Result};
use jalon::client::Clients;
use tempfile::TempDir;
use tests::{
    apart::Apart,
    machine::Machine,
    process::{Process, connect, shift_to},
    suite::is_apart,
};

use crate::NOW;

/// The suite as it is started: one process, or (`JALON_TEST_WAY=apart`) each service by itself.
pub(crate) enum Processes {
    One(TempDir, Process),
    Apart(Box<Apart>),
}

impl Processes {
    /// None without what the second way needs, which is said.
    pub(crate) async fn start() -> Result<Option<Self>> {
        if is_apart() {
            let Some(machine) = Machine::shared().await else {
                return Ok(None);
            };
            return Ok(Some(Self::Apart(Box::new(Apart::start(machine, NOW, &[])?))));
        }
        let folder = tempfile::tempdir()?;
        shift_to(folder.path(), NOW)?;
        let process = Process::start(folder.path(), &["serve"])?;
        Ok(Some(Self::One(folder, process)))
    }

    pub(crate) async fn clients(&self) -> Result<Clients> {
        match self {
            Self::One(folder, _process) => connect(folder.path()).await,
            Self::Apart(suite) => suite.clients().await,
        }
    }

    /// What whoever serves the pages has said.
    pub(crate) fn log(&self) -> Result<String> {
        Ok(match self {
            Self::One(folder, _process) => std::fs::read_to_string(folder.path().join("log"))?,
            Self::Apart(suite) => {
                let console = (0..suite.size()).find(|part| suite.service(*part) == "console");
                suite.log(console.context("a console")?)
            }
        })
    }
}
