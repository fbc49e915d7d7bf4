//! Whose names stand in messages to others, so that erasure finds them.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::Channel;

/// An erasure is remembered so long: no name that the directory gave before it is still about to be written.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// Notes the people that the message of a delivery and channel names.
pub async fn insert_people(tx: &mut Tx, named: &[(Uuid, Channel, Uuid)]) -> Result<(), Error> {
    #[derive(Serialize)]
    struct NewRow {
        delivery_id: String,
        channel: &'static str,
        person_id: String,
    }
    if named.is_empty() {
        return Ok(());
    }
    let rows = named.iter().map(|(delivery, channel, person)| NewRow {
        delivery_id: delivery.to_string(),
        channel: channel.name(),
        person_id: person.to_string(),
    });
    tx.query(INSERT)
        .bind(Json(rows.collect::<Vec<_>>()))
        .execute()
        .await?;
    Ok(())
}

/// A further attempt may name others; that the earlier text named somebody does no harm.
const INSERT: Sql = Sql {
    postgres: "INSERT INTO message_people (delivery_id, channel, person_id)
               SELECT delivery_id, channel, person_id
               FROM jsonb_to_recordset($1) AS r(delivery_id UUID, channel TEXT, person_id UUID)
               ON CONFLICT DO NOTHING",
    sqlite: "INSERT INTO message_people (delivery_id, channel, person_id)
             SELECT unhex(replace(value->>'delivery_id', '-', '')), value->>'channel',
                 unhex(replace(value->>'person_id', '-', ''))
             FROM jsonb_each($1) WHERE TRUE ON CONFLICT DO NOTHING",
};

/// Empties the texts to others that name a person, and forgets who they were. How many texts.
pub async fn forget_people(tx: &mut Tx, person: Uuid) -> Result<u64, Error> {
    let texts = tx
        .query(
            "UPDATE messages SET subject = '', body = '', html = '', calendar = ''
             WHERE (delivery_id, channel) IN
                 (SELECT delivery_id, channel FROM message_people WHERE person_id = $1)",
        )
        .bind(person)
        .execute()
        .await?;
    tx.query("DELETE FROM message_people WHERE person_id = $1")
        .bind(person)
        .execute()
        .await?;
    Ok(texts)
}

/// Remembers that a person was erased, and waits until nobody who has read the erasures before is about to write a
/// text; until the end of this transaction nobody reads them. On SQLite the writing transaction is the lock.
pub async fn keep_erasure(tx: &mut Tx, person: Uuid, now: Moment) -> Result<(), Error> {
    const LOCK: Sql = Sql {
        postgres: "SELECT pg_advisory_xact_lock(hashtextextended('erasures', 0))",
        sqlite: "SELECT 1",
    };
    tx.query(LOCK).execute().await?;
    tx.query("DELETE FROM erasures WHERE erased_at < $1")
        .bind(now.minus(REMEMBERED))
        .execute()
        .await?;
    tx.query(
        "INSERT INTO erasures (person_id, erased_at) VALUES ($1, $2)
         ON CONFLICT (person_id) DO UPDATE SET erased_at = excluded.erased_at",
    )
    .bind(person)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// To be called before `erased_since`: no erasure is recorded until the end of this transaction.
pub async fn read_erasures(tx: &mut Tx) -> Result<(), Error> {
    const LOCK: Sql = Sql {
        postgres: "SELECT pg_advisory_xact_lock_shared(hashtextextended('erasures', 0))",
        sqlite: "SELECT 1",
    };
    tx.query(LOCK).execute().await?;
    Ok(())
}

/// Who was erased at this instant or after it.
pub async fn erased_since(tx: &mut Tx, since: Moment) -> Result<BTreeSet<Uuid>, Error> {
    let rows: Vec<(Uuid,)> = tx
        .query("SELECT person_id FROM erasures WHERE erased_at >= $1")
        .bind(since)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}
