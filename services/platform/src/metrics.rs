//! What the platform counts for every service that stands on it. Families of the process; the label `service` tells them
//! apart. Fixed-point gauges are asked of the database at most every few seconds, however many scrape.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry,
};

use crate::db::Error as DbError;

/// Of calls, statements and events: from a local one to one that is about to be given up.
const SECONDS: [f64; 9] = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 30.0, 60.0];

/// So long after a write that found no room, the disk counts as full. Whatever waits tries at least every few seconds.
const FULL: Duration = Duration::from_secs(15);

/// Of all services of a process.
#[derive(Clone, Debug)]
pub(crate) struct Families {
    dead_letters: IntGaugeVec,
    pending: IntGaugeVec,
    oldest: GaugeVec,
    published: IntCounterVec,
    publish: HistogramVec,
    consumed: IntCounterVec,
    processing: HistogramVec,
    in_flight: IntGaugeVec,
    redelivered: IntCounterVec,
    copies: IntCounterVec,
    connections: IntGaugeVec,
    connections_most: IntGaugeVec,
    acquire: HistogramVec,
    db_errors: IntCounterVec,
}

/// Of one service.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    pub(crate) dead_letters: IntGauge,
    /// Events in the outbox.
    pub(crate) pending: IntGauge,
    /// Age of the oldest of them.
    pub(crate) oldest: Gauge,
    /// A batch handed to the bus, its confirmations included.
    pub(crate) publish: Histogram,
    /// A batch applied.
    pub(crate) processing: Histogram,
    /// Events taken and not yet applied.
    pub(crate) in_flight: IntGauge,
    /// What the broker delivered again.
    pub(crate) redelivered: IntCounter,
    /// Copies that the inbox knew.
    pub(crate) copies: IntCounter,
    /// When a write last found no room.
    full_at: Arc<Mutex<Option<Instant>>>,
    service: &'static str,
    published: IntCounterVec,
    consumed: IntCounterVec,
    connections: IntGaugeVec,
    connections_most: IntGaugeVec,
    acquire: HistogramVec,
    db_errors: IntCounterVec,
}

impl Families {
    /// Makes and registers them.
    pub(crate) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let gauge = |name, help, labels: &[&str]| -> Result<IntGaugeVec, prometheus::Error> {
            let made = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(made.clone())).map(|()| made)
        };
        let counter = |name, help, labels: &[&str]| -> Result<IntCounterVec, prometheus::Error> {
            let made = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(made.clone())).map(|()| made)
        };
        let histogram = |name, help, labels: &[&str]| -> Result<HistogramVec, prometheus::Error> {
            let options = HistogramOpts::new(name, help).buckets(SECONDS.to_vec());
            let made = HistogramVec::new(options, labels)?;
            registry.register(Box::new(made.clone())).map(|()| made)
        };
        let oldest = GaugeVec::new(
            Opts::new(
                "jalon_outbox_oldest_age_seconds",
                "Age of the oldest event that waits for the bus; 0 when none waits",
            ),
            &["service"],
        )?;
        registry.register(Box::new(oldest.clone()))?;
        Ok(Self {
            dead_letters: gauge(
                "jalon_dead_letters",
                "Events that a service could not apply and that wait for a person",
                &["service"],
            )?,
            pending: gauge(
                "jalon_outbox_pending",
                "Events that wait for the bus",
                &["service"],
            )?,
            oldest,
            published: counter(
                "jalon_outbox_published_total",
                "Events handed to the bus: sent, unroutable, or failed and tried again",
                &["service", "result"],
            )?,
            publish: histogram(
                "jalon_outbox_publish_seconds",
                "A batch of events handed to the bus, its confirmations included",
                &["service"],
            )?,
            consumed: counter(
                "jalon_consumer_messages_total",
                "Events of the inbox: applied, retried later, or dead",
                &["service", "result"],
            )?,
            processing: histogram(
                "jalon_consumer_processing_seconds",
                "A batch of events applied, with its commit",
                &["service"],
            )?,
            in_flight: gauge(
                "jalon_consumer_in_flight",
                "Events that are being applied",
                &["service"],
            )?,
            redelivered: counter(
                "jalon_consumer_redeliveries_total",
                "Messages that the broker delivered once more",
                &["service"],
            )?,
            copies: counter(
                "jalon_consumer_duplicates_total",
                "Copies of events that were known and did nothing",
                &["service"],
            )?,
            connections: gauge(
                "jalon_db_connections",
                "Connections to the database, idle or used",
                &["service", "state"],
            )?,
            connections_most: gauge(
                "jalon_db_connections_max",
                "As many connections to the database there may be",
                &["service"],
            )?,
            acquire: histogram(
                "jalon_db_acquire_seconds",
                "From the wish for a transaction to its begin",
                &["service"],
            )?,
            db_errors: counter(
                "jalon_db_errors_total",
                "Statements and transactions that failed, by what failed",
                &["service", "class"],
            )?,
        })
    }

    /// Those of a service.
    pub(crate) fn of(&self, service: &'static str) -> Metrics {
        let of = [service];
        // What has not happened yet is shown as 0: an alert on an increase needs a beginning.
        for result in ["sent", "unroutable", "failed"] {
            self.published.with_label_values(&[service, result]);
        }
        for result in ["applied", "retried", "dead"] {
            self.consumed.with_label_values(&[service, result]);
        }
        self.acquire.with_label_values(&of);
        for class in DbError::CLASSES {
            self.db_errors.with_label_values(&[service, class]);
        }
        Metrics {
            dead_letters: self.dead_letters.with_label_values(&of),
            pending: self.pending.with_label_values(&of),
            oldest: self.oldest.with_label_values(&of),
            publish: self.publish.with_label_values(&of),
            processing: self.processing.with_label_values(&of),
            in_flight: self.in_flight.with_label_values(&of),
            redelivered: self.redelivered.with_label_values(&of),
            copies: self.copies.with_label_values(&of),
            full_at: Arc::default(),
            service,
            published: self.published.clone(),
            consumed: self.consumed.clone(),
            connections: self.connections.clone(),
            connections_most: self.connections_most.clone(),
            acquire: self.acquire.clone(),
            db_errors: self.db_errors.clone(),
        }
    }
}

impl Metrics {
    /// Events by what the bus made of them.
    pub(crate) fn published(&self, result: &str, events: usize) {
        self.published
            .with_label_values(&[self.service, result])
            .inc_by(u64::try_from(events).unwrap_or_default());
    }

    /// Events by what the consumer made of them.
    pub(crate) fn consumed(&self, result: &str, events: usize) {
        self.consumed
            .with_label_values(&[self.service, result])
            .inc_by(u64::try_from(events).unwrap_or_default());
    }

    pub(crate) fn acquired(&self, after: Duration) {
        self.acquire
            .with_label_values(&[self.service])
            .observe(after.as_secs_f64());
    }

    pub(crate) fn db_failed(&self, class: &str) {
        self.db_errors.with_label_values(&[self.service, class]).inc();
    }

    /// A write found no room. Said once each time that it runs out: everything tries again, and fails again.
    pub(crate) fn disk_is_full(&self) {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.is_none_or(|at| at.elapsed() > FULL) {
            tracing::error!(
                service = self.service,
                "the disk of the database is full: what is to be written waits, and goes on by itself once there is room"
            );
        }
        *full_at = Some(Instant::now());
    }

    /// Whether writes have found no room of late.
    pub(crate) fn is_disk_full(&self) -> bool {
        let full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        full_at.is_some_and(|at| at.elapsed() <= FULL)
    }

    pub(crate) fn connections(&self, idle: usize, all: u32, most: u32) {
        let idle = i64::try_from(idle).unwrap_or_default();
        let of = |state| self.connections.with_label_values(&[self.service, state]);
        of("idle").set(idle);
        of("used").set((i64::from(all) - idle).max(0));
        self.connections_most
            .with_label_values(&[self.service])
            .set(i64::from(most));
    }
}
