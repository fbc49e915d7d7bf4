//! Events leave in the transaction that makes them: a table beside the service's own, emptied by a relay.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use prost::Message;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Clock, Ids, Moment,
    bus::{self, Bus, Envelope, Published},
    db::{Db, Error, Sql, Tx},
    lifecycle::Tasks,
    metrics::Metrics,
    trace::{self, Causes},
};

/// How many events the relay takes at once.
const BATCH: i64 = 200;

/// The relay looks at least so often, whatever it is told.
const LOOK: Duration = Duration::from_secs(1);

/// After a failed publication the relay waits so long.
const PAUSE: SignedDuration = SignedDuration::from_millis(500);

/// What a replica publishes is its own for so long; killed, it leaves the events to another one after that.
const LEASE: SignedDuration = SignedDuration::from_secs(10);

/// What no queue wanted is tried again after so long.
const UNROUTABLE: SignedDuration = SignedDuration::from_secs(5);

/// An event about to be written.
pub type Event = Envelope;

impl Event {
    /// A new event, caused by what runs now. The routing key is `<service>.<noun>.<verb>.v1`.
    pub fn new(ids: &Ids, clock: &Clock, routing_key: impl Into<String>, message: &impl Message) -> Self {
        Self {
            id: ids.id(),
            routing_key: routing_key.into(),
            body: message.encode_to_vec(),
            occurred_at: clock.now(),
            traceparent: trace::current(),
        }
    }
}

/// Writes one event.
pub async fn push(tx: &mut Tx, event: &Event) -> Result<(), Error> {
    tx.query(
        "INSERT INTO outbox (id, routing_key, body, occurred_at, traceparent) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(event.id)
    .bind(event.routing_key.as_str())
    .bind(event.body.as_slice())
    .bind(event.occurred_at)
    .bind(event.traceparent.as_str())
    .execute()
    .await?;
    tx.fills_outbox();
    Ok(())
}

/// Writes many events, in their order, in few statements: a publication has thousands.
pub async fn push_all(tx: &mut Tx, events: &[Event]) -> Result<(), Error> {
    for chunk in events.chunks(CHUNK) {
        tx.query(PUSH).bind(rows(chunk)).execute().await?;
        tx.fills_outbox();
    }
    Ok(())
}

/// Events in one statement.
pub(crate) const CHUNK: usize = 200;

/// Events as one JSON parameter. Bytes travel as hexadecimal, which both databases read.
pub(crate) fn rows<'e>(events: impl IntoIterator<Item = &'e Event>) -> Json<Vec<serde_json::Value>> {
    let row = |event: &Event| {
        serde_json::json!({
            "id": event.id.simple().to_string(),
            "key": event.routing_key,
            "body": hex(&event.body),
            "at": event.occurred_at.to_string(),
            "cause": event.traceparent,
        })
    };
    Json(events.into_iter().map(row).collect())
}

const PUSH: Sql = Sql {
    postgres: "INSERT INTO outbox (id, routing_key, body, occurred_at, traceparent)
               SELECT CAST(value ->> 'id' AS UUID), value ->> 'key', decode(value ->> 'body', 'hex'),
                      CAST(value ->> 'at' AS TIMESTAMPTZ), value ->> 'cause'
               FROM jsonb_array_elements($1) WITH ORDINALITY AS t(value, place) ORDER BY place",
    sqlite: "INSERT INTO outbox (id, routing_key, body, occurred_at, traceparent)
             SELECT unhex(value ->> 'id'), value ->> 'key', unhex(value ->> 'body'), value ->> 'at', value ->> 'cause'
             FROM jsonb_each($1) ORDER BY key",
};

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

/// What relay and consumer of one service work with.
#[derive(Clone)]
pub(crate) struct Station {
    pub(crate) service: &'static str,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
}

/// How many events wait for the relay, and since when the oldest does.
pub(crate) async fn oldest(db: &Db) -> Result<(i64, Option<Moment>), Error> {
    db.read()
        .await?
        .query("SELECT COUNT(*), MIN(occurred_at) FROM outbox")
        .fetch_one()
        .await
}

/// How many events wait for the relay.
pub async fn waiting(db: &Db) -> Result<i64, Error> {
    let (count,): (i64,) = db
        .read()
        .await?
        .query("SELECT COUNT(*) FROM outbox")
        .fetch_one()
        .await?;
    Ok(count)
}

/// Hands events to the bus until the stop.
pub(crate) async fn relay(station: Station, bus: Bus, tasks: Tasks) {
    let (filled, clock) = (station.db.outbox_filled(), station.clock.clone());
    let stopping = tasks.stopping();
    while !stopping.is_cancelled() {
        // Registered before the look, so that a commit in between is not missed.
        let notified = filled.notified();
        let relayed = tokio::select! {
            // The bus may be closed, or a broker slow: a stop does not wait for either.
            () = stopping.cancelled() => return,
            relayed = relay_batch(&station, &bus) => relayed,
        };
        match relayed {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! {
                    () = stopping.cancelled() => {}
                    _ = tokio::time::timeout(LOOK, notified) => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "events wait: the bus or the database is away");
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = clock.sleep(PAUSE) => {}
                    () = tokio::time::sleep(PAUSE.unsigned_abs()) => {}
                }
            }
        }
    }
}

/// Publishes what waits, then removes it; whether there was anything. Killed in between, it publishes again, and the
/// inbox of each consumer drops the copies.
async fn relay_batch(station: &Station, bus: &Bus) -> Result<bool, bus::Error> {
    let Station {
        db, clock, metrics, ..
    } = station;
    let mut events = if bus.is_shared() {
        claim(db, clock).await?
    } else {
        look(db).await?
    };
    if events.is_empty() {
        return Ok(false);
    }
    let causes = on_their_way(station.service, &mut events);
    let started = Instant::now();
    let published = bus.publish(&events).await;
    metrics.publish.observe(started.elapsed().as_secs_f64());
    match published {
        Ok(published) => {
            metrics.published("sent", published.sent.len());
            metrics.published("unroutable", published.unroutable.len());
            settle(db, bus, clock, &events, published).await?;
            Ok(true)
        }
        Err(error) => {
            causes.failed();
            metrics.published("failed", events.len());
            settle(db, bus, clock, &events, Published::default()).await?;
            Err(error)
        }
    }
}

/// One span for each cause and kind of event in a batch; whoever takes the events goes on from there.
fn on_their_way(service: &'static str, events: &mut [Envelope]) -> Causes {
    let mut causes = Causes::default();
    if trace::is_on() {
        for event in events {
            let span = causes.span(&event.traceparent, &event.routing_key, || {
                tracing::trace_span!(
                    target: trace::TARGET,
                    parent: None,
                    "publish",
                    otel.name = format!("publish {}", event.routing_key),
                    otel.kind = "producer",
                    otel.status_code = tracing::field::Empty,
                    messaging.destination.name = event.routing_key,
                    jalon.service = service,
                )
            });
            event.traceparent = trace::of(&span);
        }
    }
    causes
}

/// The oldest events: the process has the database for itself.
async fn look(db: &Db) -> Result<Vec<Envelope>, Error> {
    let rows: Vec<Row> = db
        .read()
        .await?
        .query(
            "SELECT id, routing_key, body, occurred_at, traceparent FROM outbox ORDER BY position LIMIT $1",
        )
        .bind(BATCH)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Row::envelope).collect())
}

/// The oldest events that no other replica publishes, for this one.
async fn claim(db: &Db, clock: &Clock) -> Result<Vec<Envelope>, Error> {
    let now = clock.now();
    let mut tx = db.begin().await?;
    let mut rows: Vec<Row> = tx
        .query(CLAIM)
        .bind(now)
        .bind(now.plus(LEASE))
        .bind(BATCH)
        .fetch_all()
        .await?;
    tx.commit().await?;
    // An UPDATE returns rows in no order; ids rise with time.
    rows.sort_by_key(|row| row.id);
    Ok(rows.into_iter().map(Row::envelope).collect())
}

/// Removes what was sent, and gives back the rest.
async fn settle(
    db: &Db,
    bus: &Bus,
    clock: &Clock,
    events: &[Envelope],
    published: Published,
) -> Result<(), Error> {
    let Published { sent, unroutable } = published;
    let left: Vec<Uuid> = events
        .iter()
        .map(|event| event.id)
        .filter(|id| bus.is_shared() && !sent.contains(id) && !unroutable.contains(id))
        .collect();
    if sent.is_empty() && unroutable.is_empty() && left.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    if !sent.is_empty() {
        tx.query(REMOVE).bind(list(&sent)).execute().await?;
    }
    for (ids, next) in [(unroutable, Some(clock.now().plus(UNROUTABLE))), (left, None)] {
        if !ids.is_empty() {
            tx.query(GIVE_BACK).bind(list(&ids)).bind(next).execute().await?;
        }
    }
    tx.commit().await
}

fn list(ids: &[Uuid]) -> Json<Vec<String>> {
    Json(ids.iter().map(Uuid::to_string).collect())
}

/// Replicas take different rows.
const CLAIM: Sql = Sql {
    postgres: "UPDATE outbox SET next_at = $2 WHERE position IN (
                   SELECT position FROM outbox WHERE next_at IS NULL OR next_at <= $1
                   ORDER BY position LIMIT $3 FOR UPDATE SKIP LOCKED)
               RETURNING id, routing_key, body, occurred_at, traceparent",
    sqlite: "UPDATE outbox SET next_at = $2 WHERE position IN (
                 SELECT position FROM outbox WHERE next_at IS NULL OR next_at <= $1
                 ORDER BY position LIMIT $3)
             RETURNING id, routing_key, body, occurred_at, traceparent",
};

const GIVE_BACK: Sql = Sql {
    postgres: "UPDATE outbox SET next_at = $2
               WHERE id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "UPDATE outbox SET next_at = $2
             WHERE id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))",
};

/// SQLite keeps ids as blobs: the text of the list is turned into one.
const REMOVE: Sql = Sql {
    postgres: "DELETE FROM outbox WHERE id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "DELETE FROM outbox WHERE id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))",
};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: Uuid,
    routing_key: String,
    body: Vec<u8>,
    occurred_at: Moment,
    traceparent: String,
}

impl Row {
    pub(crate) fn envelope(self) -> Envelope {
        Envelope {
            id: self.id,
            routing_key: self.routing_key,
            body: self.body,
            occurred_at: self.occurred_at,
            traceparent: self.traceparent,
        }
    }
}
