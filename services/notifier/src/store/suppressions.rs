use std::collections::BTreeMap;

use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use sqlx::types::Json;
use uuid::Uuid;

use super::hex;
use crate::domain::{COMPLAINT, Channel, STOP, address_hash};

/// Remembers that an address is not written to any more. The first reason stays, unless its owner asks for it now: what a
/// provider said may pass, and lifting that must not lift what a person wants.
pub async fn suppress(
    tx: &mut Tx,
    channel: Channel,
    address: &str,
    person: Uuid,
    reason: &str,
    now: Moment,
) -> Result<(), Error> {
    tx.query(
        "INSERT INTO suppressions (channel, address_hash, person_id, reason, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (channel, address_hash) DO UPDATE SET person_id = excluded.person_id, reason = excluded.reason,
             created_at = excluded.created_at
         WHERE excluded.reason IN ($6, $7) AND suppressions.reason NOT IN ($6, $7)",
    )
    .bind(channel.name())
    .bind(address_hash(channel, address))
    .bind(person)
    .bind(reason)
    .bind(now)
    .bind(STOP)
    .bind(COMPLAINT)
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

/// Forgets a person's addresses.
pub async fn forget_suppressions(tx: &mut Tx, person: Uuid) -> Result<u64, Error> {
    tx.query("DELETE FROM lifted_suppressions WHERE person_id = $1")
        .bind(person)
        .execute()
        .await?;
    tx.query("DELETE FROM suppressions WHERE person_id = $1")
        .bind(person)
        .execute()
        .await
}

/// A refused address, as staff see it: whose, not which.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Suppression {
    /// mail or sms.
    pub channel: String,
    /// Whose address it was.
    pub person_id: Uuid,
    /// What the provider said.
    pub reason: String,
    /// Since when.
    pub created_at: Moment,
}

/// Refused addresses, the latest first, after the one of this key.
pub async fn list_suppressions(
    tx: &mut Tx,
    person: Option<Uuid>,
    after: Option<&(Moment, Uuid, String)>,
    limit: i64,
) -> Result<Vec<Suppression>, Error> {
    tx.query(
        "SELECT channel, person_id, reason, created_at FROM suppressions
         WHERE ($1 IS NULL OR person_id = $1) AND ($2 IS NULL OR (created_at, person_id, channel) < ($2, $3, $4))
         ORDER BY created_at DESC, person_id DESC, channel DESC LIMIT $5",
    )
    .bind(person)
    .bind(after.map(|after| after.0))
    .bind(after.map(|after| after.1))
    .bind(after.map(|after| after.2.as_str()))
    .bind(limit)
    .fetch_all()
    .await
}

/// Ends the refusals of a person's addresses on a channel; what they were.
pub async fn lift(tx: &mut Tx, person: Uuid, channel: Channel) -> Result<Vec<Suppression>, Error> {
    tx.query(
        "DELETE FROM suppressions WHERE person_id = $1 AND channel = $2
         RETURNING channel, person_id, reason, created_at",
    )
    .bind(person)
    .bind(channel.name())
    .fetch_all()
    .await
}

/// Notes who lifted a refusal.
pub async fn record_lift(
    tx: &mut Tx,
    id: Uuid,
    suppression: &Suppression,
    by: &str,
    now: Moment,
) -> Result<(), Error> {
    tx.query(
        "INSERT INTO lifted_suppressions (id, channel, person_id, reason, created_at, lifted_at, lifted_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(suppression.channel.as_str())
    .bind(suppression.person_id)
    .bind(suppression.reason.as_str())
    .bind(suppression.created_at)
    .bind(now)
    .bind(by)
    .execute()
    .await?;
    Ok(())
}
