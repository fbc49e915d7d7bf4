use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::SignedDuration;
use prometheus::{IntCounterVec, Opts, Registry};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    Clock, Db, Ids, Moment,
    auth::{Actor, SigningKey, TokenSource, Verifier},
    bus::{Bus, Handler, Subscription},
    db::{self, Migrations, Target},
    dead_letters,
    grpc::{GuardLayer, Patience},
    http::Refresh,
    inbox,
    lifecycle::Tasks,
    metrics::{Families, Metrics},
    outbox::{self, Station},
    process,
};

/// Gauges that are asked of the database are good for so long.
const FRESH: Duration = Duration::from_secs(1);

/// What the services of one process share.
#[derive(Clone)]
pub struct Ground {
    /// The source of time.
    pub clock: Clock,
    /// The source of ids and chance.
    pub ids: Ids,
    /// Carries events.
    pub bus: Bus,
    /// Background tasks and their stop.
    pub tasks: Tasks,
    /// Where the databases are.
    pub target: Target,
    /// Signs the tokens of this process.
    pub key: Arc<SigningKey>,
    /// Before every gRPC service.
    pub guard: GuardLayer,
    /// Metrics of the process as a whole.
    pub metrics: Registry,
    families: Families,
    retries: IntCounterVec,
}

/// What one service is given.
#[derive(Clone)]
pub struct Platform {
    /// The service's name: of its database, its metrics and its tokens.
    pub service: &'static str,
    /// Its own database, schema up to date.
    pub db: Db,
    /// The source of time.
    pub clock: Clock,
    /// The source of ids and chance.
    pub ids: Ids,
    /// Background tasks and their stop.
    pub tasks: Tasks,
    /// Its metrics; all carry the label `service`.
    pub metrics: Registry,
    /// Its tokens.
    pub tokens: TokenSource,
    bus: Bus,
    refresh: Arc<Mutex<Vec<Refresh>>>,
    counted: Metrics,
    // When the gauges were last asked for.
    refreshed: Arc<tokio::sync::Mutex<Option<Instant>>>,
    // Told when there is something in the inbox.
    filled: Arc<Notify>,
}

impl Ground {
    /// The ground of a process.
    pub fn new(
        clock: Clock,
        ids: Ids,
        bus: Bus,
        target: Target,
        key: SigningKey,
    ) -> Result<Self, prometheus::Error> {
        let key = Arc::new(key);
        let metrics = Registry::new();
        let verifier = Verifier::new(vec![Arc::clone(&key)], clock.clone());
        let guard = GuardLayer::new(verifier, &metrics)?;
        process::register(&metrics)?;
        let families = Families::new(&metrics)?;
        let retries = IntCounterVec::new(
            Opts::new(
                "jalon_grpc_client_retries_total",
                "Reads that were asked again because their peer was away",
            ),
            &["peer"],
        )?;
        metrics.register(Box::new(retries.clone()))?;
        bus.register(&metrics)?;
        Ok(Self {
            clock,
            ids,
            bus,
            tasks: Tasks::default(),
            target,
            key,
            guard,
            metrics,
            families,
            retries,
        })
    }

    /// Opens the database of `service` and gives it what it needs.
    pub async fn platform(
        &self,
        service: &'static str,
        migrations: &Migrations,
    ) -> Result<Platform, db::Error> {
        let db = self.target.open(service, migrations).await?;
        Ok(self.platform_on(service, db))
    }

    pub(crate) fn platform_on(&self, service: &'static str, db: Db) -> Platform {
        let labels = HashMap::from([("service".to_owned(), service.to_owned())]);
        let counted = self.families.of(service);
        Platform {
            service,
            db: db.observed(counted.clone()),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            tasks: self.tasks.clone(),
            // A fixed prefix-free registry with one constant label cannot be refused.
            metrics: Registry::new_custom(None, Some(labels)).unwrap_or_default(),
            tokens: self.tokens(Actor::service(service)),
            bus: self.bus.clone(),
            refresh: Arc::default(),
            counted,
            refreshed: Arc::default(),
            filled: Arc::default(),
        }
    }

    /// How this process bears with peers that are away.
    pub fn patience(&self) -> Patience {
        Patience {
            ids: self.ids.clone(),
            retries: Some(self.retries.clone()),
        }
    }

    /// Tokens of `actor`, signed by this process.
    pub fn tokens(&self, actor: Actor) -> TokenSource {
        TokenSource::new(Arc::clone(&self.key), self.clock.clone(), actor)
    }
}

impl Platform {
    /// Starts the relay of the outbox, the consumer of the inbox when there is a handler, and the housekeeping.
    pub fn run(&self, handler: Option<Arc<dyn Handler>>) {
        let (db, clock, tasks) = (self.db.clone(), self.clock.clone(), self.tasks.clone());
        let station = Station {
            service: self.service,
            db: db.clone(),
            clock: clock.clone(),
            metrics: self.counted.clone(),
        };
        if let Some(handler) = handler {
            let filled = Arc::clone(&self.filled);
            let subscription = Subscription {
                service: self.service,
                db: db.clone(),
                clock: clock.clone(),
                patterns: handler.patterns(),
                filled: Arc::clone(&filled),
                metrics: self.counted.clone(),
            };
            self.bus.subscribe(subscription, &self.tasks);
            self.tasks.spawn(
                "inbox",
                inbox::consume(station.clone(), handler, filled, tasks.clone()),
            );
        }
        self.tasks
            .spawn("outbox", outbox::relay(station, self.bus.clone(), tasks.clone()));
        self.tasks.spawn("housekeeping", async move {
            let stopping = tasks.stopping();
            while !stopping.is_cancelled() {
                if let Err(error) = inbox::tidy(&db, &clock).await {
                    tracing::warn!(%error, "old messages were not tidied away; next try in an hour");
                }
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = clock.sleep(SignedDuration::from_hours(1)) => {}
                }
            }
        });
    }

    /// Runs `refresh` before each scrape, for gauges that are counted.
    pub fn refresh_before_scrape(&self, refresh: Refresh) {
        self.refresh
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(refresh);
    }

    /// Puts a dead letter back into the inbox, to be applied again. Whether there was such a one.
    pub async fn replay(&self, dead_letter: Uuid) -> Result<bool, db::Error> {
        let replayed = dead_letters::replay(&self.db, &self.clock, dead_letter).await?;
        self.filled.notify_one();
        Ok(replayed)
    }

    /// Brings the gauges up to date, unless that was done a moment ago: many scrapes cost as much as one.
    pub(crate) async fn refresh(&self) {
        let mut refreshed = self.refreshed.lock().await;
        if refreshed.is_some_and(|at| at.elapsed() < FRESH) {
            return;
        }
        let (idle, all, most) = self.db.connections();
        self.counted.connections(idle, all, most);
        if let Err(error) = self.count().await {
            tracing::warn!(service = self.service, %error, "events could not be counted for the metrics");
        }
        let more = self
            .refresh
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for refresh in more {
            refresh().await;
        }
        *refreshed = Some(Instant::now());
    }

    async fn count(&self) -> Result<(), db::Error> {
        self.counted
            .dead_letters
            .set(dead_letters::count(&self.db).await?);
        let (pending, oldest) = outbox::oldest(&self.db).await?;
        self.counted.pending.set(pending);
        let now = self.clock.now().timestamp();
        let age = oldest.map_or(0.0, |oldest| {
            now.duration_since(oldest.timestamp()).as_secs_f64().max(0.0)
        });
        self.counted.oldest.set(age);
        Ok(())
    }

    /// Whether the events of others reach this process.
    pub fn hears(&self) -> bool {
        self.bus.is_ready()
    }

    /// Whether the database takes writes, as far as those of late tell.
    pub fn has_room(&self) -> bool {
        !self.counted.is_disk_full()
    }

    /// Whether the database answers.
    pub async fn probe(&self) -> Result<(), db::Error> {
        let _row: (i64,) = self
            .db
            .read()
            .await?
            .query("SELECT CAST(1 AS BIGINT)")
            .fetch_one()
            .await?;
        Ok(())
    }

    /// Events on their way now, as `backlog`, but those that wait for another try; and when the first of these is tried.
    pub async fn due(&self) -> Result<(i64, Option<Moment>), db::Error> {
        // In this order: what goes from one to the other meanwhile is counted twice, not overlooked.
        let waiting = outbox::waiting(&self.db).await?;
        let (received, next) = inbox::due(&self.db, &self.clock).await?;
        Ok((waiting + received, next))
    }

    /// Events on their way: not yet at their consumers, or not yet applied here.
    pub async fn backlog(&self) -> Result<i64, db::Error> {
        Ok(outbox::waiting(&self.db).await? + inbox::waiting(&self.db).await?)
    }
}
