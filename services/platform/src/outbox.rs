//! Events leave in the transaction that makes them: a table beside the service's own, emptied by a relay.

use std::time::Duration;

use jiff::SignedDuration;
use prost::Message;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Clock, Ids, Moment,
    bus::{Bus, Envelope},
    db::{Db, Error, Sql, Tx},
    lifecycle::Tasks,
};

/// How many events the relay takes at once.
const BATCH: i64 = 200;

/// The relay looks at least so often, whatever it is told.
const LOOK: Duration = Duration::from_secs(1);

/// After a failed publication the relay waits so long.
const PAUSE: SignedDuration = SignedDuration::from_millis(500);

/// An event about to be written.
pub type Event = Envelope;

impl Event {
    /// A new event. The routing key is `<service>.<noun>.<verb>.v1`.
    pub fn new(ids: &Ids, clock: &Clock, routing_key: impl Into<String>, message: &impl Message) -> Self {
        Self {
            id: ids.id(),
            routing_key: routing_key.into(),
            body: message.encode_to_vec(),
            occurred_at: clock.now(),
        }
    }
}

/// Writes one event.
pub async fn push(tx: &mut Tx, event: &Event) -> Result<(), Error> {
    tx.query("INSERT INTO outbox (id, routing_key, body, occurred_at) VALUES ($1, $2, $3, $4)")
        .bind(event.id)
        .bind(event.routing_key.as_str())
        .bind(event.body.as_slice())
        .bind(event.occurred_at)
        .execute()
        .await?;
    tx.fills_outbox();
    Ok(())
}

/// Writes many events, in their order, in few statements: a publication has thousands.
pub async fn push_all(tx: &mut Tx, events: &[Event]) -> Result<(), Error> {
    for chunk in events.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|event| {
                serde_json::json!({
                    "id": event.id.simple().to_string(),
                    "key": event.routing_key,
                    "body": hex(&event.body),
                    "at": event.occurred_at.to_string(),
                })
            })
            .collect();
        tx.query(PUSH).bind(Json(rows)).execute().await?;
        tx.fills_outbox();
    }
    Ok(())
}

/// Events in one statement.
const CHUNK: usize = 200;

/// Bytes travel in JSON as hexadecimal, which both databases read.
const PUSH: Sql = Sql {
    postgres: "INSERT INTO outbox (id, routing_key, body, occurred_at)
               SELECT CAST(value ->> 'id' AS UUID), value ->> 'key', decode(value ->> 'body', 'hex'),
                      CAST(value ->> 'at' AS TIMESTAMPTZ)
               FROM jsonb_array_elements($1) WITH ORDINALITY AS t(value, place) ORDER BY place",
    sqlite: "INSERT INTO outbox (id, routing_key, body, occurred_at)
             SELECT unhex(value ->> 'id'), value ->> 'key', unhex(value ->> 'body'), value ->> 'at'
             FROM json_each($1) ORDER BY key",
};

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
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
pub(crate) async fn relay(db: Db, bus: Bus, clock: Clock, tasks: Tasks) {
    let filled = db.outbox_filled();
    let stopping = tasks.stopping();
    while !stopping.is_cancelled() {
        // Registered before the look, so that a commit in between is not missed.
        let notified = filled.notified();
        let relayed = tokio::select! {
            // The bus may be closed, or a broker slow: a stop does not wait for either.
            () = stopping.cancelled() => return,
            relayed = relay_batch(&db, &bus) => relayed,
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
async fn relay_batch(db: &Db, bus: &Bus) -> Result<bool, Error> {
    let rows: Vec<Row> = db
        .read()
        .await?
        .query("SELECT id, routing_key, body, occurred_at FROM outbox ORDER BY position LIMIT $1")
        .bind(BATCH)
        .fetch_all()
        .await?;
    if rows.is_empty() {
        return Ok(false);
    }
    let events: Vec<Envelope> = rows.into_iter().map(Row::envelope).collect();
    let published = bus.publish(&events).await?;
    if published.is_empty() {
        return Ok(true);
    }
    let ids = Json(published.iter().map(Uuid::to_string).collect::<Vec<_>>());
    let mut tx = db.begin().await?;
    tx.query(REMOVE).bind(&ids).execute().await?;
    tx.commit().await?;
    Ok(true)
}

/// SQLite keeps ids as blobs: the text of the list is turned into one.
const REMOVE: Sql = Sql {
    postgres: "DELETE FROM outbox WHERE id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "DELETE FROM outbox WHERE id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: Uuid,
    routing_key: String,
    body: Vec<u8>,
    occurred_at: Moment,
}

impl Row {
    pub(crate) fn envelope(self) -> Envelope {
        Envelope {
            id: self.id,
            routing_key: self.routing_key,
            body: self.body,
            occurred_at: self.occurred_at,
        }
    }
}
