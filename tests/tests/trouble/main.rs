//! Trouble of every other sort than death (`apart.rs` and `killed.rs` kill): a mail server in a bad mood, a network that is
//! cut, a disk that is full, processes that are replaced under load. Nothing is lost, and what may be twice is known.

mod disk;
mod network;
mod provider;
mod rest;
mod rolling;

use std::time::{Duration, Instant};

use anyhow::Result;
use contracts::scheduler::v1::GetStatusRequest;
use jalon::client::Clients;
use tests::{
    apart::{Apart, smtp},
    coordinator::Coordinator,
    machine::Machine,
    moody::MoodyServer,
    reckoning::{Reckoning, concerned, publish_to, reckon, settle},
};

/// Tuesday, 10:00 in Paris.
const NOW: &str = "2026-12-01T09:00:00Z";

/// Nobody's address.
const NOBODY: &str = "nobody@";

/// Seven processes and a mail server.
struct World {
    server: MoodyServer,
    suite: Apart,
    clients: Clients,
}

impl World {
    /// On the servers of the run. None without them.
    async fn start(server: MoodyServer, more: &[String]) -> Result<Option<Self>> {
        let Some(machine) = Machine::shared().await else {
            return Ok(None);
        };
        let mut settings = smtp(server.port);
        settings.extend_from_slice(more);
        let suite = Apart::start(machine, NOW, &settings)?;
        Self::around(server, suite).await.map(Some)
    }

    /// Around processes that were started otherwise.
    async fn around(server: MoodyServer, suite: Apart) -> Result<Self> {
        let clients = suite.clients().await?;
        Ok(Self {
            server,
            suite,
            clients,
        })
    }

    /// Waits until the mail server has taken so many.
    async fn taken(&self, count: usize) -> Result<()> {
        if let Err(error) = until("mails go out", async || self.server.taken().len() >= count).await {
            anyhow::bail!(
                "{error}: {} of {count}\n{}",
                self.server.taken().len(),
                self.suite.logs()
            );
        }
        Ok(())
    }

    /// How many reminders were told.
    async fn sent(&self) -> Result<i64> {
        let request = GetStatusRequest::default();
        let status = self.clients.scheduler.clone().get_status(request).await?;
        Ok(status.into_inner().sent)
    }

    /// Publishes to so many candidates.
    async fn publish(&self, count: usize) -> Result<Coordinator> {
        publish_to(&self.clients, count).await
    }

    /// Waits until so many reminders have ended, and counts them all.
    #[expect(clippy::print_stdout, reason = "the figures of a run")]
    async fn reckon(&self, coordinator: &Coordinator, count: usize, reasons: &[&str]) -> Result<Reckoning> {
        if let Err(error) = settle(&self.clients, count).await {
            anyhow::bail!("{error}\n{}", self.suite.logs());
        }
        let reckoning = reckon(coordinator, self.server.arrived(), reasons).await?;
        println!("{reckoning:?}");
        Ok(reckoning)
    }
}

/// Every reminder was told, and nobody twice.
fn assert_all_told_once(reckoning: &Reckoning, count: usize) {
    assert_eq!(reckoning.told, concerned(count), "{reckoning:?}");
    assert_eq!((reckoning.copies, reckoning.unknown), (0, 0), "{reckoning:?}");
}

/// Looks again until it is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) -> Result<()> {
    let started = Instant::now();
    while !is_so().await {
        anyhow::ensure!(
            started.elapsed() < Duration::from_mins(2),
            "{what}: not within two minutes"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
