//! Imports whose people may have reached the directory: what was decided before, until they are written here.

use platform::{Moment, Tx, db};
use sqlx::types::Json;
use uuid::Uuid;

use crate::import::Decision;

/// What was decided under this id, with the fingerprint of the request.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<(Vec<u8>, Decision)>, db::Error> {
    let row: Option<(Vec<u8>, Json<Decision>)> = tx
        .query("SELECT fingerprint, decision FROM imports WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(row.map(|(fingerprint, decision)| (fingerprint, decision.0)))
}

/// Keeps a decision; one that stands already is kept instead.
pub async fn insert(
    tx: &mut Tx,
    id: Uuid,
    fingerprint: &[u8],
    decision: &Decision,
    now: Moment,
) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO imports (id, fingerprint, decision, decided_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(fingerprint)
    .bind(Json(decision))
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Leaves more rows aside.
pub async fn change(tx: &mut Tx, id: Uuid, decision: &Decision) -> Result<(), db::Error> {
    tx.query("UPDATE imports SET decision = $2 WHERE id = $1")
        .bind(id)
        .bind(Json(decision))
        .execute()
        .await?;
    Ok(())
}

/// Forgets one that is written, or is to be decided anew.
pub async fn forget(tx: &mut Tx, id: Uuid) -> Result<(), db::Error> {
    tx.query("DELETE FROM imports WHERE id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Forgets those that nobody took up again.
pub async fn purge(tx: &mut Tx, before: Moment) -> Result<(), db::Error> {
    tx.query("DELETE FROM imports WHERE decided_at < $1")
        .bind(before)
        .execute()
        .await?;
    Ok(())
}
