use std::collections::BTreeMap;

use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use sqlx::types::Json;
use uuid::Uuid;

use super::hex;
use crate::domain::{COMPLAINT, Channel, STOP, address_hash};

/// Remembers that an address is not written to any more, and that it concerns this person. The first reason stays, unless its
/// owner asks for it now: what a provider said may pass, and lifting that must not lift what a person wants.
pub async fn suppress(
    tx: &mut Tx,
    channel: Channel,
    address: &str,
    person: Uuid,
    reason: &str,
    now: Moment,
) -> Result<(), Error> {
    let hash = address_hash(channel, address);
    tx.query(
        "INSERT INTO suppressions (channel, address_hash, person_id, reason, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (channel, address_hash) DO UPDATE SET person_id = excluded.person_id, reason = excluded.reason,
             created_at = excluded.created_at
         WHERE excluded.reason IN ($6, $7) AND suppressions.reason NOT IN ($6, $7)",
    )
    .bind(channel.name())
    .bind(hash.as_slice())
    .bind(person)
    .bind(reason)
    .bind(now)
    .bind(STOP)
    .bind(COMPLAINT)
    .execute()
    .await?;
    tx.query(
        "INSERT INTO suppression_people (channel, address_hash, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(channel.name())
    .bind(hash.as_slice())
    .bind(person)
    .execute()
    .await?;
    Ok(())
}

/// The digests among these that are suppressed, each with its reason; the channel is part of the digest.
pub async fn suppressed(tx: &mut Tx, hashes: &[Vec<u8>]) -> Result<BTreeMap<Vec<u8>, String>, Error> {
    let list: Vec<String> = hashes.iter().map(|hash| hex(hash)).collect();
    let rows: Vec<(Vec<u8>, String)> = tx.query(SUPPRESSED).bind(Json(list)).fetch_all().await?;
    Ok(rows.into_iter().collect())
}

const SUPPRESSED: Sql = Sql {
    postgres: "SELECT address_hash, reason FROM suppressions
               WHERE address_hash IN (SELECT decode(value, 'hex') FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "SELECT address_hash, reason FROM suppressions
             WHERE address_hash IN (SELECT unhex(value) FROM jsonb_each($1))",
};

/// Forgets that refused addresses were a person's. What somebody asked for (STOP, a complaint) stays as a digest that is
/// nobody's, since another may read the same telephone or mailbox; what a provider said, only while another is known there.
pub async fn forget_suppressions(tx: &mut Tx, person: Uuid) -> Result<(), Error> {
    tx.query("DELETE FROM lifted_suppressions WHERE person_id = $1")
        .bind(person)
        .execute()
        .await?;
    // A process of the version before notes a person in suppressions alone.
    tx.query(
        "DELETE FROM suppressions
         WHERE reason NOT IN ($2, $3) AND (person_id IS NULL OR person_id = $1)
           AND (person_id = $1 OR (channel, address_hash) IN
               (SELECT channel, address_hash FROM suppression_people WHERE person_id = $1))
           AND NOT EXISTS (SELECT 1 FROM suppression_people AS other WHERE other.channel = suppressions.channel
               AND other.address_hash = suppressions.address_hash AND other.person_id <> $1)",
    )
    .bind(person)
    .bind(STOP)
    .bind(COMPLAINT)
    .execute()
    .await?;
    tx.query("UPDATE suppressions SET person_id = NULL WHERE person_id = $1")
        .bind(person)
        .execute()
        .await?;
    tx.query("DELETE FROM suppression_people WHERE person_id = $1")
        .bind(person)
        .execute()
        .await?;
    Ok(())
}
