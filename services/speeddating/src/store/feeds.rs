//! Private calendar feeds.

use platform::{Moment, Tx, db};
use uuid::Uuid;

/// Makes this the person's feed; one before is gone.
pub async fn replace(tx: &mut Tx, person: Uuid, token_hash: &[u8], at: Moment) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO feeds (person_id, token_hash, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at",
    )
    .bind(person)
    .bind(token_hash)
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

/// Ends the person's feed, if there is one.
pub async fn revoke(tx: &mut Tx, person: Uuid) -> Result<(), db::Error> {
    tx.query("DELETE FROM feeds WHERE person_id = $1")
        .bind(person)
        .execute()
        .await?;
    Ok(())
}

/// Whose feed a token opens.
pub async fn person(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Uuid>, db::Error> {
    let row: Option<(Uuid,)> = tx
        .query("SELECT person_id FROM feeds WHERE token_hash = $1")
        .bind(token_hash)
        .fetch_optional()
        .await?;
    Ok(row.map(|(person,)| person))
}

/// Whether the person has one.
pub async fn stands(tx: &mut Tx, person: Uuid) -> Result<bool, db::Error> {
    let row: Option<(Uuid,)> = tx
        .query("SELECT person_id FROM feeds WHERE person_id = $1")
        .bind(person)
        .fetch_optional()
        .await?;
    Ok(row.is_some())
}
