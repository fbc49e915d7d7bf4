//! Builds the services of a process and gives each its clients: local when the peer is here, remote otherwise.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, Result, bail};
use platform::{
    Clock, Ground, Ids, Platform,
    auth::{Actor, SigningKey},
    bus::Bus,
    folder::DataFolder,
    grpc::{self, Transport},
    http::Peers,
};
use rand::RngCore as _;
use tokio::net::TcpListener;
use tonic::service::Routes;

use crate::{
    apart,
    client::Clients,
    config::Config,
    policies,
    running::{Running, keep_shift, reachable, read_shift},
};

/// Every service, each after those that it calls.
pub const SERVICES: [&str; 5] = ["directory", "scheduler", "speeddating", "notifier", "console"];

/// Whom a service calls.
fn calls(service: &str) -> &'static [&'static str] {
    match service {
        "speeddating" => &["directory"],
        "notifier" => &["directory", "scheduler"],
        "console" => &["directory", "speeddating", "scheduler", "notifier"],
        _ => &[],
    }
}

/// Those with a database: they consume events, and may have dead letters.
pub const EVENT_SERVICES: [&str; 4] = ["directory", "scheduler", "speeddating", "notifier"];

/// The services of this process, built and not yet serving.
pub struct Suite {
    pub ground: Ground,
    pub platforms: Vec<Platform>,
    console: Option<console::Console>,
    // What SMS gateways call; empty without a notifier.
    callbacks: axum::Router,
    config: Config,
    // Bound before anything is built: links in messages need the port.
    listeners: Option<Listeners>,
    // What an actor of this process speaks through, by service: as over the network, operations included.
    local: BTreeMap<&'static str, Routes>,
    // The same for those outside: all services, the operations of all once.
    served: Routes,
    folder: DataFolder,
}

struct Listeners {
    grpc: TcpListener,
    web: TcpListener,
    // None: beside the pages.
    operations: Option<TcpListener>,
}

impl Suite {
    /// Builds `names` (all when empty) on the data folder of the configuration, in that folder's time.
    pub async fn build(config: Config, names: &[String]) -> Result<Self> {
        let clock = Clock::shifted(read_shift(&config.data)?);
        let bus = apart::bus(&config)?;
        Self::build_with(config, names, clock, bus).await
    }

    /// As [`Suite::build`], with a clock and a bus of the caller's: tests hand in time that stands and a bus that misbehaves.
    pub async fn build_with(mut config: Config, names: &[String], clock: Clock, bus: Bus) -> Result<Self> {
        let wanted = wanted(names)?;
        // The folder first: who starts it twice should hear that, and not that a port is taken.
        let folder = DataFolder::open(&config.data)?;
        let grpc = bind("grpc.listen", &config.grpc.listen).await?;
        let web = bind("web.listen", &config.web.listen).await?;
        let operations = match config.operations.listen.as_str() {
            "" => None,
            address => Some(bind("operations.listen", address).await?),
        };
        if config.notifier.public_url == notifier::Settings::default().public_url {
            config.notifier.public_url = format!("http://{}", reachable(web.local_addr()?));
        }
        let key = SigningKey::open(&config.key_file(), random_seed)?;
        let ids = Ids::system(clock.clone());
        let ground = Ground::new(clock, ids, bus, config.target()?, key)?;
        let mut suite = Self {
            ground,
            platforms: Vec::new(),
            console: None,
            callbacks: axum::Router::new(),
            config,
            listeners: Some(Listeners {
                grpc,
                web,
                operations,
            }),
            local: BTreeMap::new(),
            served: Routes::default(),
            folder,
        };
        for name in wanted {
            // Boxed: the settings of all services would make every future that starts a suite a large one.
            Box::pin(suite.add(name))
                .await
                .with_context(|| format!("the service {name} cannot start"))?;
        }
        Ok(suite)
    }

    async fn add(&mut self, name: &'static str) -> Result<()> {
        match name {
            "directory" => {
                let platform = self.platform(name, &directory::MIGRATIONS).await?;
                let settings = &self.config.directory;
                let service = directory::Service::new(platform, settings, directory::Clients::default())?;
                service.run();
                self.serve(name, service.routes());
            }
            "scheduler" => {
                let platform = self.platform(name, &scheduler::MIGRATIONS).await?;
                let service =
                    scheduler::Service::new(platform, &self.config.scheduler, scheduler::Clients {})?;
                policies::all_have_texts(service.policies())?;
                service.run();
                self.serve(name, service.routes());
            }
            "speeddating" => {
                let platform = self.platform(name, &speeddating::MIGRATIONS).await?;
                let clients = self.clients(Actor::service(name))?;
                let clients = speeddating::Clients {
                    directory: clients.directory,
                };
                let service = speeddating::Service::new(platform, &self.config.speeddating, clients)?;
                service.run();
                self.serve(name, service.routes());
            }
            "notifier" => {
                let platform = self.platform(name, &notifier::MIGRATIONS).await?;
                let clients = self.clients(Actor::service(name))?;
                let peers = notifier::Clients {
                    directory: clients.directory,
                    scheduler: clients.scheduler,
                };
                let service = notifier::Service::new(platform, self.config.notifier.clone(), peers)?;
                service.run();
                self.callbacks = service.callbacks();
                self.serve(name, service.routes());
            }
            _ => {
                // In a demo there are no accounts: whoever has the one-time address is the administrator.
                let staff = self.console_clients(&Actor::administrator())?;
                let service = self.console_clients(&Actor::service(name))?;
                self.console = Some(console::Console::new(
                    self.console_settings(),
                    staff,
                    service,
                    &self.ground,
                )?);
            }
        }
        Ok(())
    }

    /// People meet the same names on pages and in messages.
    fn console_settings(&self) -> console::Settings {
        let notifier = &self.config.notifier;
        console::Settings {
            public_url: notifier.public_url.clone(),
            organisation: notifier.organiser.name.clone(),
            telephone: notifier.organiser.phone.clone(),
            proxies: self.config.web.proxies,
            ..console::Settings::default()
        }
    }

    fn console_clients(&self, actor: &Actor) -> Result<console::Clients> {
        Ok(console::Clients {
            directory: self.transport("directory", actor.clone())?,
            speeddating: self.transport("speeddating", actor.clone())?,
            scheduler: self.transport("scheduler", actor.clone())?,
            notifier: self.transport("notifier", actor.clone())?,
        })
    }

    async fn platform(
        &mut self,
        name: &'static str,
        migrations: &platform::db::Migrations,
    ) -> Result<Platform> {
        let patience = Duration::from_secs(self.config.database.patience_seconds);
        let platform = apart::platform(&self.ground, name, migrations, patience).await?;
        self.platforms.push(platform.clone());
        Ok(platform)
    }

    fn serve(&mut self, name: &'static str, routes: Routes) {
        let platform = self.platforms.iter().filter(|platform| platform.service == name);
        let operations = platform::operations::routes(platform.cloned().collect());
        self.served = join(std::mem::take(&mut self.served), routes.clone());
        self.local.insert(name, join(routes, operations));
    }

    /// Clients that speak as `actor`.
    pub fn clients(&self, actor: Actor) -> Result<Clients> {
        let mut transports = BTreeMap::new();
        for name in SERVICES {
            if let Ok(transport) = self.transport(name, actor.clone()) {
                transports.insert(name, transport);
            }
        }
        // A peer that is neither here nor configured answers "away": the caller waits for it, as for one that is down.
        let away = apart::nowhere(self.ground.tokens(actor), self.ground.patience());
        Ok(Clients::over(|name| {
            transports.get(name).cloned().unwrap_or_else(|| away.clone())
        }))
    }

    /// Services elsewhere that those of this process call.
    fn peers(&self) -> Result<BTreeMap<&'static str, Transport>> {
        let here = self.local.keys().copied();
        let called = here
            .chain(self.console.iter().map(|_| "console"))
            .flat_map(|service| calls(service).iter().copied())
            .filter(|peer| !self.local.contains_key(peer));
        called
            .map(|peer| Ok((peer, self.transport(peer, Actor::service("readiness"))?)))
            .collect()
    }

    fn transport(&self, peer: &'static str, actor: Actor) -> Result<Transport> {
        let tokens = self.ground.tokens(actor);
        if let Some(routes) = self.local.get(peer) {
            return Ok(grpc::local(routes.clone(), &self.ground.guard, tokens));
        }
        let address = self.config.peers.address(peer);
        if address.is_empty() {
            bail!("it calls {peer}, which does not run in this process: name it too, or set peers.{peer}");
        }
        apart::remote(peer, address, tokens, self.ground.patience())
    }

    /// Listens, serves and lets events flow; returns where.
    pub async fn start(&mut self) -> Result<Running> {
        let Listeners {
            grpc: grpc_listener,
            web: web_listener,
            operations: operations_listener,
        } = self.listeners.take().context("the suite was started before")?;
        let running = Running {
            grpc: grpc_listener.local_addr()?,
            web: web_listener.local_addr()?,
            operations: operations_listener
                .as_ref()
                .map(TcpListener::local_addr)
                .transpose()?,
        };
        let names: Vec<&'static str> = self.local.keys().copied().collect();
        let operations = platform::operations::routes(self.platforms.clone());
        let routes = join(std::mem::take(&mut self.served), operations);
        let (routes, _health) = grpc::health(routes, &names).await;
        let peers = Peers::new(self.peers()?, &self.ground.metrics)?;
        let health =
            platform::http::operations_with(self.platforms.clone(), self.ground.metrics.clone(), peers);
        let mut pages = std::mem::take(&mut self.callbacks);
        if let Some(console) = &self.console {
            pages = pages.merge(console.router());
        }
        match operations_listener {
            Some(listener) => self.serve_web("health and metrics", listener, health),
            None => pages = pages.merge(health),
        }
        self.serve_web("pages", web_listener, pages);
        let (tasks, guard) = (self.ground.tasks.clone(), self.ground.guard.clone());
        self.ground.tasks.spawn("grpc server", async move {
            if let Err(error) = grpc::serve(grpc_listener, routes, &names, guard, &tasks).await {
                tracing::error!(%error, "gRPC is no longer served: stopping");
                tasks.stop();
            }
        });
        if self.ground.bus.is_shared() || self.platforms.len() + 1 == SERVICES.len() {
            self.ground.bus.open();
        } else {
            tracing::warn!(
                "not all services run here and bus.url is not set: their events wait until a process runs all of them"
            );
        }
        running.write(self.folder.path())?;
        Ok(running)
    }

    fn serve_web(&self, what: &'static str, listener: TcpListener, router: axum::Router) {
        let tasks = self.ground.tasks.clone();
        self.ground.tasks.spawn(what, async move {
            if let Err(error) = platform::http::serve(listener, router, &tasks).await {
                tracing::error!(%error, what, "no longer served: stopping");
                tasks.stop();
            }
        });
    }

    /// Where staff come in: the sign-in, or the address that makes the first account, once; below the public address,
    /// which is where the pages listen when none is set. It takes as long as the directory takes to say which of the two.
    /// None without a console, and when the process stops before.
    pub async fn way_in(&self) -> Option<String> {
        let console = self.console.as_ref()?;
        console.way_in(&self.config.notifier.public_url).await
    }

    /// Tells it once it is known; whoever asks for that goes on meanwhile.
    pub fn tell_way_in(&self, tell: impl FnOnce(&str) + Send + 'static) {
        let Some(console) = self.console.clone() else {
            return;
        };
        let base = self.config.notifier.public_url.clone();
        self.ground.tasks.spawn("way in", async move {
            if let Some(address) = console.way_in(&base).await {
                tell(&address);
            }
        });
    }

    /// The address that opens the pages without an account, once: for demos and tests.
    pub fn entry(&self, running: &Running) -> Option<String> {
        self.console
            .as_ref()
            .map(|console| console.entry_url(&format!("http://{}", reachable(running.web))))
    }

    /// Moves the time of the folder forward, and keeps it.
    pub fn advance_to(&self, at: platform::Moment) -> Result<()> {
        self.ground.clock.advance_to(at);
        keep_shift(self.folder.path(), self.ground.clock.shift())
    }

    /// Lets everything finish; a second Ctrl-C, or ten seconds, drops what remains.
    pub async fn stop(self) {
        let hurry = async {
            if platform::lifecycle::stop_signal().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        if !self.ground.tasks.drain(hurry).await {
            tracing::warn!(
                "stopped before all had finished; what was under way is taken up at the next start"
            );
        }
        for platform in &self.platforms {
            platform.db.close().await;
        }
        Running::remove(self.folder.path());
    }
}

fn wanted(names: &[String]) -> Result<Vec<&'static str>> {
    if let Some(unknown) = names.iter().find(|name| !SERVICES.contains(&name.as_str())) {
        bail!(
            "there is no service {unknown}; the services are: {}",
            SERVICES.join(", ")
        );
    }
    Ok(SERVICES
        .into_iter()
        .filter(|name| names.is_empty() || names.iter().any(|one| one == name))
        .collect())
}

async fn bind(key: &str, address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{key}: cannot listen on {address}; choose another address or port 0 for a free one")
    })
}

fn join(all: Routes, one: Routes) -> Routes {
    all.into_axum_router()
        .merge(one.into_axum_router().reset_fallback())
        .into()
}

fn random_seed() -> [u8; 32] {
    let mut seed = [0; 32];
    rand::rng().fill_bytes(&mut seed);
    seed
}
