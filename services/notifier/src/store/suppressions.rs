use std::collections::BTreeSet;

use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use sqlx::types::Json;
use uuid::Uuid;

use super::hex;
use crate::domain::{Channel, address_hash};

/// Remembers that a provider refused an address for good.
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
         ON CONFLICT (channel, address_hash) DO NOTHING",
    )
    .bind(channel.name())
    .bind(address_hash(channel, address))
    .bind(person)
    .bind(reason)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The digests among these that are suppressed; the channel is part of the digest.
pub async fn suppressed(tx: &mut Tx, hashes: &[Vec<u8>]) -> Result<BTreeSet<Vec<u8>>, Error> {
    let list: Vec<String> = hashes.iter().map(|hash| hex(hash)).collect();
    let rows: Vec<(Vec<u8>,)> = tx.query(SUPPRESSED).bind(Json(list)).fetch_all().await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}

const SUPPRESSED: Sql = Sql {
    postgres: "SELECT address_hash FROM suppressions
               WHERE address_hash IN (SELECT decode(value, 'hex') FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "SELECT address_hash FROM suppressions WHERE address_hash IN (SELECT unhex(value) FROM json_each($1))",
};

/// Forgets a person's addresses.
pub async fn forget_suppressions(tx: &mut Tx, person: Uuid) -> Result<u64, Error> {
    tx.query("DELETE FROM suppressions WHERE person_id = $1")
        .bind(person)
        .execute()
        .await
}
