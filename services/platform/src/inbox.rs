//! Events arrive in a table and are applied once: the transaction that applies an event also marks it handled.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::SignedDuration;
use sqlx::types::Json;
use tokio::sync::Notify;
use tracing::Instrument as _;

use crate::{
    Clock, Moment,
    bus::{Envelope, HandleError, Handler},
    db::{Db, Error, Sql, Tx},
    lifecycle::Tasks,
    metrics::Metrics,
    outbox::{self, Row, Station},
    trace::{self, Causes},
};

/// How many events are applied in one transaction.
const BATCH: i64 = 100;

/// The consumer looks at least so often.
const LOOK: Duration = Duration::from_secs(1);

/// So many failures, about a day of them, and the event goes to the dead letters.
const MAX_ATTEMPTS: i64 = 1_440;

/// Handled events are kept so long, so that a late copy is known.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Stores received events; copies of known ones are dropped. How many were copies.
pub(crate) async fn receive(db: &Db, clock: &Clock, events: &[&Envelope]) -> Result<u64, Error> {
    let now = clock.now();
    let mut tx = db.begin().await?;
    let mut copies = 0;
    for chunk in events.chunks(outbox::CHUNK) {
        let rows = outbox::rows(chunk.iter().copied());
        let stored = tx.query(STORE).bind(rows).bind(now).execute().await?;
        copies += u64::try_from(chunk.len())
            .unwrap_or_default()
            .saturating_sub(stored);
    }
    tx.commit().await?;
    Ok(copies)
}

const STORE: Sql = Sql {
    postgres: "INSERT INTO inbox (id, routing_key, body, occurred_at, received_at, next_at, traceparent)
               SELECT CAST(value ->> 'id' AS UUID), value ->> 'key', decode(value ->> 'body', 'hex'),
                      CAST(value ->> 'at' AS TIMESTAMPTZ), $2, $2, value ->> 'cause'
               FROM jsonb_array_elements($1) AS t(value) ON CONFLICT (id) DO NOTHING",
    sqlite: "INSERT INTO inbox (id, routing_key, body, occurred_at, received_at, next_at, traceparent)
             SELECT unhex(value ->> 'id'), value ->> 'key', unhex(value ->> 'body'), value ->> 'at', $2, $2,
                    value ->> 'cause'
             FROM jsonb_each($1) WHERE TRUE ON CONFLICT (id) DO NOTHING",
};

/// How many events wait to be applied, those that wait for another try included.
pub async fn waiting(db: &Db) -> Result<i64, Error> {
    let (count,): (i64,) = db
        .read()
        .await?
        .query("SELECT COUNT(*) FROM inbox WHERE handled_at IS NULL")
        .fetch_one()
        .await?;
    Ok(count)
}

/// How many events are to be applied now, and when the next of those that failed is tried again.
pub(crate) async fn due(db: &Db, clock: &Clock) -> Result<(i64, Option<Moment>), Error> {
    let (due, next): (i64, Option<Moment>) = db
        .read()
        .await?
        .query(
            "SELECT COUNT(*) FILTER (WHERE next_at <= $1), MIN(next_at) FILTER (WHERE next_at > $1)
             FROM inbox WHERE handled_at IS NULL",
        )
        .bind(clock.now())
        .fetch_one()
        .await?;
    Ok((due, next))
}

/// Applies events until the stop.
pub(crate) async fn consume(station: Station, handler: Arc<dyn Handler>, filled: Arc<Notify>, tasks: Tasks) {
    let stopping = tasks.stopping();
    while !stopping.is_cancelled() {
        let notified = filled.notified();
        match consume_batch(&station, handler.as_ref()).await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! {
                    () = stopping.cancelled() => {}
                    _ = tokio::time::timeout(LOOK, notified) => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "events wait to be applied: the database is away");
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        }
    }
}

/// Applies what waits, all in one transaction; if one fails, one by one. Whether there was anything.
async fn consume_batch(station: &Station, handler: &dyn Handler) -> Result<bool, Error> {
    let mut tx = station.db.begin().await?;
    let events = take(&mut tx, &station.clock, BATCH).await?;
    if events.is_empty() {
        return Ok(false);
    }
    let metrics = &station.metrics;
    let started = Instant::now();
    let _in_flight = InFlight::of(metrics, events.len());
    if apply(&mut tx, station, handler, &events).await.is_ok() {
        tx.commit().await?;
        metrics.consumed("applied", events.len());
    } else {
        // Else the events would still be locked, by us, when they are taken one by one.
        tx.roll_back().await?;
        for event in events {
            consume_one(station, handler, &event).await?;
        }
    }
    metrics.processing.observe(started.elapsed().as_secs_f64());
    handler.committed();
    Ok(true)
}

async fn consume_one(station: &Station, handler: &dyn Handler, event: &Envelope) -> Result<(), Error> {
    let Station { db, metrics, .. } = station;
    let mut tx = db.begin().await?;
    // The lock of the batch is gone: another replica may have taken the event meanwhile.
    if tx
        .query(STILL_WAITS)
        .bind(event.id)
        .fetch_optional::<(i64,)>()
        .await?
        .is_none()
    {
        return Ok(());
    }
    match apply(&mut tx, station, handler, std::slice::from_ref(event)).await {
        Ok(()) => {
            tx.commit().await?;
            metrics.consumed("applied", 1);
            Ok(())
        }
        Err(HandleError::Poison(reason)) => {
            tx.roll_back().await?;
            tracing::error!(event.id = %event.id, event.routing_key, reason, "an event cannot be applied: dead letter");
            bury(station, event, &reason).await
        }
        Err(HandleError::Retry(error)) => {
            tx.roll_back().await?;
            tracing::warn!(event.id = %event.id, event.routing_key, %error, "an event is tried again later");
            postpone(station, event, &error.to_string()).await
        }
    }
}

/// Counts events while they are being applied, however that ends.
struct InFlight<'m>(&'m Metrics, i64);

impl<'m> InFlight<'m> {
    fn of(metrics: &'m Metrics, events: usize) -> Self {
        let events = i64::try_from(events).unwrap_or_default();
        metrics.in_flight.add(events);
        Self(metrics, events)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.sub(self.1);
    }
}

/// Each event within the span of its cause: what the handler makes of it goes on from there.
async fn apply(
    tx: &mut Tx,
    station: &Station,
    handler: &dyn Handler,
    events: &[Envelope],
) -> Result<(), HandleError> {
    let mut causes = Causes::default();
    for event in events {
        let span = causes.span(&event.traceparent, &event.routing_key, || {
            tracing::trace_span!(
                target: trace::TARGET,
                parent: None,
                "process",
                otel.name = format!("process {}", event.routing_key),
                otel.kind = "consumer",
                otel.status_code = tracing::field::Empty,
                messaging.destination.name = event.routing_key,
                jalon.service = station.service,
            )
        });
        if let Err(error) = handler.handle(tx, event).instrument(span).await {
            causes.failed();
            return Err(error);
        }
    }
    let ids = Json(
        events
            .iter()
            .map(|event| event.id.to_string())
            .collect::<Vec<_>>(),
    );
    let now = station.clock.now();
    tx.query(MARK).bind(&ids).bind(now).execute().await?;
    Ok(())
}

async fn take(tx: &mut Tx, clock: &Clock, limit: i64) -> Result<Vec<Envelope>, Error> {
    let rows: Vec<Row> = tx.query(TAKE).bind(clock.now()).bind(limit).fetch_all().await?;
    Ok(rows.into_iter().map(Row::envelope).collect())
}

async fn postpone(station: &Station, event: &Envelope, reason: &str) -> Result<(), Error> {
    let Station {
        db, clock, metrics, ..
    } = station;
    let mut tx = db.begin().await?;
    let (attempts,): (i64,) = tx
        .query("UPDATE inbox SET attempts = attempts + 1 WHERE id = $1 RETURNING attempts")
        .bind(event.id)
        .fetch_one()
        .await?;
    if attempts >= MAX_ATTEMPTS {
        tx.roll_back().await?;
        return bury(station, event, reason).await;
    }
    // 0.2 s, 0.4 s … one minute.
    let pause = SignedDuration::from_millis((100_i64 << attempts.min(10)).min(60_000));
    tx.query("UPDATE inbox SET next_at = $2 WHERE id = $1")
        .bind(event.id)
        .bind(clock.now().plus(pause))
        .execute()
        .await?;
    tx.commit().await?;
    metrics.consumed("retried", 1);
    Ok(())
}

async fn bury(station: &Station, event: &Envelope, reason: &str) -> Result<(), Error> {
    let Station {
        db, clock, metrics, ..
    } = station;
    let now = clock.now();
    let mut tx = db.begin().await?;
    tx.query(
        "INSERT INTO dead_letters (id, routing_key, body, occurred_at, reason, attempts, died_at)
         SELECT id, routing_key, body, occurred_at, $2, attempts + 1, $3 FROM inbox WHERE id = $1
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(event.id)
    .bind(reason)
    .bind(now)
    .execute()
    .await?;
    tx.query("UPDATE inbox SET handled_at = $2 WHERE id = $1")
        .bind(event.id)
        .bind(now)
        .execute()
        .await?;
    tx.commit().await?;
    metrics.consumed("dead", 1);
    Ok(())
}

/// What never came to the inbox: the broker gave it up. One that did come is looked after already.
pub(crate) async fn bury_unseen(db: &Db, clock: &Clock, event: &Envelope, reason: &str) -> Result<(), Error> {
    let now = clock.now();
    let mut tx = db.begin().await?;
    let stored = tx
        .query(
            "INSERT INTO inbox (id, routing_key, body, occurred_at, received_at, handled_at, next_at, traceparent)
             VALUES ($1, $2, $3, $4, $5, $5, $5, $6) ON CONFLICT (id) DO NOTHING",
        )
        .bind(event.id)
        .bind(event.routing_key.as_str())
        .bind(event.body.as_slice())
        .bind(event.occurred_at)
        .bind(now)
        .bind(event.traceparent.as_str())
        .execute()
        .await?;
    if stored > 0 {
        tx.query(
            "INSERT INTO dead_letters (id, routing_key, body, occurred_at, reason, attempts, died_at)
             VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (id) DO NOTHING",
        )
        .bind(event.id)
        .bind(event.routing_key.as_str())
        .bind(event.body.as_slice())
        .bind(event.occurred_at)
        .bind(reason)
        .bind(now)
        .execute()
        .await?;
    }
    tx.commit().await
}

/// Forgets handled events after a week and replies after a day.
pub(crate) async fn tidy(db: &Db, clock: &Clock) -> Result<(), Error> {
    let now = clock.now();
    let mut tx = db.begin().await?;
    tx.query("DELETE FROM inbox WHERE handled_at < $1")
        .bind(now.minus(KEPT))
        .execute()
        .await?;
    tx.query("DELETE FROM requests WHERE replied_at < $1")
        .bind(now.minus(SignedDuration::from_hours(24)))
        .execute()
        .await?;
    tx.commit().await
}

/// Replicas of one service take different rows.
const TAKE: Sql = Sql {
    postgres: "SELECT id, routing_key, body, occurred_at, traceparent FROM inbox
               WHERE handled_at IS NULL AND next_at <= $1 ORDER BY next_at, id LIMIT $2 FOR UPDATE SKIP LOCKED",
    sqlite: "SELECT id, routing_key, body, occurred_at, traceparent FROM inbox
             WHERE handled_at IS NULL AND next_at <= $1 ORDER BY next_at, id LIMIT $2",
};

const STILL_WAITS: Sql = Sql {
    postgres: "SELECT attempts FROM inbox WHERE id = $1 AND handled_at IS NULL FOR UPDATE SKIP LOCKED",
    sqlite: "SELECT attempts FROM inbox WHERE id = $1 AND handled_at IS NULL",
};

const MARK: Sql = Sql {
    postgres: "UPDATE inbox SET handled_at = $2
               WHERE id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "UPDATE inbox SET handled_at = $2 WHERE id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))",
};
