use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::SignedDuration;
use prometheus::{IntGauge, IntGaugeVec, Opts, Registry};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    Clock, Db, Ids, Moment,
    auth::{Actor, SigningKey, TokenSource, Verifier},
    bus::{Bus, Handler, Subscription},
    db::{self, Migrations, Target},
    dead_letters,
    grpc::GuardLayer,
    http::Refresh,
    inbox,
    lifecycle::Tasks,
    outbox,
};

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
    dead_letters: IntGaugeVec,
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
    dead_letters: IntGauge,
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
        let dead_letters = IntGaugeVec::new(
            Opts::new(
                "jalon_dead_letters",
                "Events that a service could not apply and that wait for a person",
            ),
            &["service"],
        )?;
        metrics.register(Box::new(dead_letters.clone()))?;
        Ok(Self {
            clock,
            ids,
            bus,
            tasks: Tasks::default(),
            target,
            key,
            guard,
            metrics,
            dead_letters,
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
        Platform {
            service,
            db,
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            tasks: self.tasks.clone(),
            // A fixed prefix-free registry with one constant label cannot be refused.
            metrics: Registry::new_custom(None, Some(labels)).unwrap_or_default(),
            tokens: self.tokens(Actor::service(service)),
            bus: self.bus.clone(),
            refresh: Arc::default(),
            dead_letters: self.dead_letters.with_label_values(&[service]),
            filled: Arc::default(),
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
        if let Some(handler) = handler {
            let filled = Arc::clone(&self.filled);
            self.bus.subscribe(Subscription {
                db: db.clone(),
                clock: clock.clone(),
                patterns: handler.patterns(),
                filled: Arc::clone(&filled),
            });
            self.tasks.spawn(
                "inbox",
                inbox::consume(db.clone(), clock.clone(), handler, filled, tasks.clone()),
            );
        }
        self.tasks.spawn(
            "outbox",
            outbox::relay(db.clone(), self.bus.clone(), clock.clone(), tasks.clone()),
        );
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

    pub(crate) async fn refresh(&self) {
        match dead_letters::count(&self.db).await {
            Ok(count) => self.dead_letters.set(count),
            Err(error) => {
                tracing::warn!(service = self.service, %error, "dead letters could not be counted for the metrics");
            }
        }
        let all = self
            .refresh
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for refresh in all {
            refresh().await;
        }
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
