//! All services in this process, on a folder of their own.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use jalon::{
    client::Clients,
    compose::{Running as Address, Suite},
    config::Config,
    play,
};
use platform::{
    Clock, Moment,
    auth::Actor,
    bus::Bus,
    testing::{clock_at, moment},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Weeks of reminders take seconds; a slow machine may need longer.
const PATIENCE: Duration = Duration::from_mins(3);

/// The suite under test.
pub struct Running {
    /// As `jalon serve` builds it.
    pub suite: Suite,
    /// Clients of an administrator.
    pub clients: Clients,
    /// The data folder, removed at the end.
    pub folder: TempDir,
}

impl Running {
    /// Starts at an RFC 3339 instant, on a bus that delivers twice, late and out of order.
    pub async fn start(instant: &str) -> Result<Self> {
        Self::start_with(instant, |_| {}).await
    }

    /// As [`Running::start`], with other settings.
    pub async fn start_with(instant: &str, change: impl FnOnce(&mut Config)) -> Result<Self> {
        Self::on(tempfile::tempdir()?, clock_at(instant), change).await
    }

    /// On a folder that has been used.
    pub async fn on(folder: TempDir, clock: Clock, change: impl FnOnce(&mut Config)) -> Result<Self> {
        Self::on_bus(folder, clock, Bus::unruly(1), change).await
    }

    /// As [`Running::on`], on a bus of the test's choice.
    pub async fn on_bus(
        folder: TempDir,
        clock: Clock,
        bus: Bus,
        change: impl FnOnce(&mut Config),
    ) -> Result<Self> {
        let mut config = config(folder.path());
        change(&mut config);
        let mut suite = Suite::build_with(config, &[], clock, bus).await?;
        suite.start().await?;
        let clients = suite.clients(Actor::administrator())?;
        Ok(Self {
            suite,
            clients,
            folder,
        })
    }

    /// Waits until everything that is due was done.
    pub async fn quiet(&self) -> Result<()> {
        let quiet = async { play::quiet(&self.suite, &self.clients).await.map(drop) };
        in_time(quiet).await
    }

    /// Plays the calendar up to an RFC 3339 instant, from one due instant to the next.
    pub async fn play_until(&self, instant: &str) -> Result<()> {
        in_time(play::forward(&self.suite, &self.clients, moment(instant), |_| {})).await
    }

    /// What a scrape of the process gives.
    pub async fn metrics(&self) -> Result<String> {
        self.ask("/metrics", "").await
    }

    /// The whole answer to a GET, as it comes over the wire; `headers` are lines with their ends.
    pub async fn ask(&self, path: &str, headers: &str) -> Result<String> {
        let web = Address::read(self.folder.path())?.web;
        let mut stream = TcpStream::connect(web).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {web}\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    /// The suite's time.
    pub fn now(&self) -> Moment {
        self.suite.ground.clock.now()
    }
}

/// Only those who organise, without the scheduler and the notifier: all that they publish stays in their outboxes.
pub async fn organisers(folder: &Path, clock: Clock) -> Result<(Suite, Clients)> {
    let names = ["directory".to_owned(), "speeddating".to_owned()];
    let mut suite = Suite::build_with(config(folder), &names, clock, Bus::memory()).await?;
    suite.start().await?;
    let clients = suite.clients(Actor::administrator())?;
    Ok((suite, clients))
}

fn config(folder: &Path) -> Config {
    let mut config = Config {
        data: folder.to_owned(),
        ..Config::default()
    };
    "127.0.0.1:0".clone_into(&mut config.grpc.listen);
    "127.0.0.1:0".clone_into(&mut config.web.listen);
    config
}

/// A suite that never comes to rest fails the test, rather than holding up all others.
async fn in_time(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::time::timeout(PATIENCE, work)
        .await
        .context("the suite did not come to rest: something is tried again and again")?
}
