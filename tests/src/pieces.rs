//! Each service in a process of its own, two of the scheduler and of the notifier, on the test's PostgreSQL and RabbitMQ;
//! calls go over the network. The console is the process of the test, which moves the time of all of them.

mod piece;
mod watch;

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result};
use jalon::{
    apart::{self, bus},
    client::Clients,
    compose::{EVENT_SERVICES, Suite},
    config::{Config, Peers},
};
use platform::{
    Clock, Moment, Platform,
    config::Secret,
    testing::{broker_address, postgres_database},
};
use tokio::sync::Mutex;

pub use piece::{Start, lines};

use self::piece::Piece;
use crate::machine::free_port;

/// Who is started, in this order: whoever is called stands before its callers.
const PIECES: [(&str, usize); 6] = [
    ("directory", 1),
    ("scheduler", 1),
    ("scheduler", 2),
    ("speeddating", 1),
    ("notifier", 1),
    ("notifier", 2),
];

/// All but the console, at work.
pub struct Pieces {
    others: Mutex<Vec<Piece>>,
    webs: Vec<SocketAddr>,
    peers: Peers,
    // Their databases, for who looks into them: one of each service.
    platforms: Vec<Platform>,
    // What all of them are started with.
    config: Config,
    // Where the first notifier is called by gateways, and where the console is.
    callbacks: String,
    console: String,
}

impl Pieces {
    /// Starts all of them on folders within that of `config`, and the console, which is returned beside them.
    pub async fn start(mut config: Config, clock: &Clock) -> Result<(Suite, Self)> {
        let database = postgres_database().await.context("set TEST_POSTGRES_URL")?;
        let (broker, prefix) = broker_address().context("set TEST_RABBITMQ_URL")?;
        config.database.url = Secret::new(database);
        config.bus.url = Secret::new(broker);
        config.bus.prefix = prefix;
        config.tokens.key_file = Some(config.data.join("keys").join("jalon.key"));
        // A test that asked for an address means that of the call-backs, which notifiers serve.
        let callbacks = std::mem::replace(&mut config.web.listen, "127.0.0.1:0".to_owned());
        // Links lead to the console, which is the last to be started.
        let console = format!("127.0.0.1:{}", free_port()?);
        if config.notifier.public_url == Config::default().notifier.public_url {
            config.notifier.public_url = format!("http://{console}");
        }
        let mut pieces = Self {
            others: Mutex::default(),
            webs: Vec::new(),
            peers: Peers::default(),
            platforms: Vec::new(),
            config,
            callbacks,
            console,
        };
        pieces.start_all(clock).await?;
        let front = pieces.front(clock).await?;
        watch::watch(&pieces.platforms).await?;
        Ok((front, pieces))
    }

    /// Stops all of them and the console, and starts them again on what they kept; the new console.
    pub async fn again(&mut self, front: Suite, clock: &Clock) -> Result<Suite> {
        front.stop().await;
        for piece in self.others.get_mut().drain(..).rev() {
            piece.stop().await?;
        }
        self.webs.clear();
        self.platforms.clear();
        self.peers = Peers::default();
        self.start_all(clock).await?;
        self.front(clock).await
    }

    async fn start_all(&mut self, clock: &Clock) -> Result<()> {
        for (service, replica) in PIECES {
            let mut own = self.config.clone();
            own.data = self.config.data.join(format!("{service}-{replica}"));
            if (service, replica) == ("notifier", 1) {
                own.web.listen.clone_from(&self.callbacks);
            }
            self.add(service, own, clock).await?;
        }
        Ok(())
    }

    /// The console, with the databases of all others.
    async fn front(&mut self, clock: &Clock) -> Result<Suite> {
        let mut config = self.config.clone();
        config.web.listen.clone_from(&self.console);
        config.peers = self.peers.clone();
        let bus = bus(&config)?;
        let names = ["console".to_owned()];
        let mut front = Suite::build_with(config, &names, clock.clone(), bus).await?;
        front.start().await?;
        for service in EVENT_SERVICES {
            let migrations = apart::migrations(service);
            let platform = apart::platform(&front.ground, service, migrations, Duration::ZERO).await?;
            self.platforms.push(platform);
        }
        front.platforms.extend(self.platforms.iter().cloned());
        Ok(front)
    }

    /// Starts one. Those that come later call the newest replica of each service.
    async fn add(&mut self, service: &'static str, mut config: Config, clock: &Clock) -> Result<()> {
        config.peers = self.peers.clone();
        let piece = Piece::start(service, &config, clock).await?;
        let known = match service {
            "directory" => &mut self.peers.directory,
            "scheduler" => &mut self.peers.scheduler,
            "speeddating" => &mut self.peers.speeddating,
            _ => &mut self.peers.notifier,
        };
        *known = format!("http://{}", piece.grpc);
        self.webs.push(piece.web);
        self.others.get_mut().push(piece);
        Ok(())
    }

    /// Moves the time of all of them. Callers first: a token that is a moment ahead of whom it is shown to is good, one
    /// that was signed weeks ago is not.
    pub async fn advance_to(&self, at: Moment) -> Result<()> {
        for piece in self.others.lock().await.iter_mut().rev() {
            piece.advance_to(at).await?;
        }
        Ok(())
    }

    /// Where a service is called.
    pub fn address(&self, service: &str) -> &str {
        self.peers.address(service)
    }

    /// Where each of them answers scrapes.
    pub fn webs(&self) -> impl Iterator<Item = SocketAddr> {
        self.webs.iter().copied()
    }

    /// What all of them wrote into their logs.
    pub async fn logs(&self) -> String {
        self.others.lock().await.iter().map(Piece::log).collect()
    }

    /// What a command is told, so that it finds them.
    pub fn settings(&self) -> impl Iterator<Item = String> {
        EVENT_SERVICES
            .into_iter()
            .map(|service| format!("peers.{service}={}", self.peers.address(service)))
    }

    /// Waits until everything that is due was done; when the next thing falls due.
    pub async fn quiet(&self, clients: &Clients, now: Moment) -> Result<Option<Moment>> {
        let mut calm = 0;
        loop {
            let (busy, next) = self.look(clients, now).await?;
            calm = if busy { 0 } else { calm + 1 };
            // Twice: what is on its way from one place to another may have passed behind the first look.
            if calm == 2 {
                return Ok(next);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn look(&self, clients: &Clients, now: Moment) -> Result<(bool, Option<Moment>)> {
        if watch::on_the_way(&self.platforms).await? > 0 {
            return Ok((true, None));
        }
        let mut next = Vec::new();
        for platform in &self.platforms {
            let (due, later) = platform.due().await?;
            if due > 0 {
                return Ok((true, None));
            }
            next.extend(later);
        }
        let (scheduler, notifier) = clients.statuses().await?;
        let due = scheduler
            .next_due
            .and_then(|at| Moment::from_parts(at.seconds, at.nanos));
        let waits = notifier
            .next_at
            .and_then(|at| Moment::from_parts(at.seconds, at.nanos));
        let late = due.is_some_and(|due| due <= now) || notifier.ready > 0;
        let busy = late || watch::on_the_way(&self.platforms).await? > 0;
        next.extend(due.into_iter().chain(waits));
        Ok((busy, next.into_iter().filter(|at| *at > now).min()))
    }
}
