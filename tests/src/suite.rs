//! All services on a folder of their own: as one in this process, or (`JALON_TEST_WAY=apart`) each in a process of its own.

use std::{env, net::SocketAddr, path::Path, process::Command, time::Duration};

use anyhow::{Context as _, Result};
use jalon::{client::Clients, compose::Suite, config::Config, play, running::Running as Address};
use jiff::SignedDuration;
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

use crate::{pieces::Pieces, process::binary};

/// Weeks of reminders take seconds; a slow machine may need longer.
const PATIENCE: Duration = Duration::from_mins(3);

/// The suite under test.
pub struct Running {
    /// As `jalon serve` builds it; apart: that of the console, to which the databases of all others are added.
    pub suite: Suite,
    /// Clients of an administrator.
    pub clients: Clients,
    /// The data folder, removed at the end.
    pub folder: TempDir,
    // What it was started with.
    config: Config,
    // The others, when each service runs by itself.
    pieces: Option<Pieces>,
}

impl Running {
    /// Starts at an RFC 3339 instant, on a bus that delivers twice, late and out of order.
    pub async fn start(instant: &str) -> Result<Self> {
        Box::pin(Self::start_with(instant, |_| {})).await
    }

    /// As [`Running::start`], with other settings.
    pub async fn start_with(instant: &str, change: impl FnOnce(&mut Config)) -> Result<Self> {
        Box::pin(Self::start_at(clock_at(instant), change)).await
    }

    /// As [`Running::start_with`], by a clock that may go.
    pub async fn start_at(clock: Clock, change: impl FnOnce(&mut Config)) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        if !is_apart() {
            return Self::on_bus(folder, clock, Bus::unruly(1), change).await;
        }
        let mut config = config(folder.path());
        change(&mut config);
        // Boxed: it holds the settings of all services.
        let (suite, pieces) = Box::pin(Pieces::start(config.clone(), &clock)).await?;
        Self::of(suite, folder, config, Some(pieces))
    }

    /// As one on a folder that may have been used, on a bus of the test's choice.
    pub async fn on_bus(
        folder: TempDir,
        clock: Clock,
        bus: Bus,
        change: impl FnOnce(&mut Config),
    ) -> Result<Self> {
        let mut config = config(folder.path());
        change(&mut config);
        let suite = as_one(config.clone(), clock, bus).await?;
        Self::of(suite, folder, config, None)
    }

    fn of(suite: Suite, folder: TempDir, config: Config, pieces: Option<Pieces>) -> Result<Self> {
        let clients = suite.clients(Actor::administrator())?;
        Ok(Self {
            suite,
            clients,
            folder,
            config,
            pieces,
        })
    }

    /// Stops, and starts again on what was kept.
    pub async fn again(self) -> Result<Self> {
        let Self {
            suite,
            folder,
            config,
            mut pieces,
            ..
        } = self;
        let clock = suite.ground.clock.clone();
        let suite = if let Some(pieces) = &mut pieces {
            Box::pin(pieces.again(suite, &clock)).await?
        } else {
            suite.stop().await;
            as_one(config.clone(), clock, Bus::unruly(1)).await?
        };
        Self::of(suite, folder, config, pieces)
    }

    /// Waits until everything that is due was done.
    pub async fn quiet(&self) -> Result<()> {
        let quiet = async {
            match &self.pieces {
                Some(pieces) => pieces.quiet(&self.clients, self.now()).await.map(drop),
                None => play::quiet(&self.suite, &self.clients).await.map(drop),
            }
        };
        in_time(Box::pin(quiet)).await
    }

    /// Plays the calendar up to an RFC 3339 instant, from one due instant to the next.
    pub async fn play_until(&self, instant: &str) -> Result<()> {
        let end = moment(instant);
        let played = async {
            let Some(pieces) = &self.pieces else {
                return play::forward(&self.suite, &self.clients, end, |_| {}).await;
            };
            while let Some(next) = pieces.quiet(&self.clients, self.now()).await?
                && next <= end
            {
                self.advance_to(next).await?;
            }
            self.advance_to(end).await?;
            pieces.quiet(&self.clients, end).await.map(drop)
        };
        in_time(Box::pin(played)).await
    }

    /// Moves the time of all services forward by `by`.
    pub async fn advance(&self, by: SignedDuration) -> Result<()> {
        self.advance_to(self.now().plus(by)).await
    }

    /// Moves the time of all services forward.
    pub async fn advance_to(&self, at: Moment) -> Result<()> {
        self.suite.advance_to(at)?;
        match &self.pieces {
            Some(pieces) => pieces.advance_to(at).await,
            None => Ok(()),
        }
    }

    /// What those services wrote into their logs that run in processes of their own; who runs here logs here.
    pub async fn logs(&self) -> String {
        match &self.pieces {
            Some(pieces) => pieces.logs().await,
            None => String::new(),
        }
    }

    /// What a scrape of the process gives; apart: of all of them, one after the other.
    pub async fn metrics(&self) -> Result<String> {
        let mut all = self.ask("/metrics", "").await?;
        for web in self.pieces.iter().flat_map(Pieces::webs) {
            all.push_str(&get(web, "/metrics", "").await?);
        }
        Ok(all)
    }

    /// The whole answer of the pages to a GET, as it comes over the wire; `headers` are lines with their ends.
    pub async fn ask(&self, path: &str, headers: &str) -> Result<String> {
        get(Address::read(self.folder.path())?.web, path, headers).await
    }

    /// Where a service is called.
    pub fn address(&self, service: &str) -> Result<String> {
        match &self.pieces {
            Some(pieces) => Ok(pieces.address(service).to_owned()),
            None => Ok(format!("http://{}", Address::read(self.folder.path())?.grpc)),
        }
    }

    /// `jalon` in another terminal, about to be run on this folder.
    pub fn jalon(&self) -> Result<Command> {
        let mut command = Command::new(binary()?);
        command.arg("--data").arg(self.folder.path());
        for setting in self.pieces.iter().flat_map(Pieces::settings) {
            command.args(["--set", &setting]);
        }
        Ok(command)
    }

    /// The suite's time.
    pub fn now(&self) -> Moment {
        self.suite.ground.clock.now()
    }
}

/// Whether each service runs by itself.
pub fn is_apart() -> bool {
    env::var("JALON_TEST_WAY").is_ok_and(|way| way == "apart")
}

/// Only those who organise, without the scheduler and the notifier: all that they publish stays in their outboxes.
pub async fn organisers(folder: &Path, clock: Clock) -> Result<(Suite, Clients)> {
    let names = ["directory".to_owned(), "speeddating".to_owned()];
    let mut suite = Suite::build_with(config(folder), &names, clock, Bus::memory()).await?;
    suite.start().await?;
    let clients = suite.clients(Actor::administrator())?;
    Ok((suite, clients))
}

async fn as_one(config: Config, clock: Clock, bus: Bus) -> Result<Suite> {
    let mut suite = Suite::build_with(config, &[], clock, bus).await?;
    suite.start().await?;
    Ok(suite)
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

async fn get(web: SocketAddr, path: &str, headers: &str) -> Result<String> {
    let mut stream = TcpStream::connect(web).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {web}\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// A suite that never comes to rest fails the test, rather than holding up all others.
async fn in_time(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::time::timeout(PATIENCE, work)
        .await
        .context("the suite did not come to rest: something is tried again and again")?
}
