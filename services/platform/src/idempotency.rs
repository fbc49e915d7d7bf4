//! A repeated creating request has the reply of the first one.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    Clock,
    db::{Error, Tx},
    error::{Failure, Kind},
};

/// The same key came with another request.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("this request_id was used for another request; use a new one")]
pub struct Reused;

impl From<Reused> for Failure {
    fn from(reused: Reused) -> Self {
        Self::new(Kind::Conflict, "REQUEST_ID_REUSED", reused.to_string())
    }
}

/// A digest of the request, key included.
pub fn fingerprint(request: &impl prost::Message) -> [u8; 32] {
    Sha256::digest(request.encode_to_vec()).into()
}

/// The reply given before for `key`, or none; [`Reused`] when it was for another request.
pub async fn recall(
    tx: &mut Tx,
    key: Uuid,
    fingerprint: &[u8],
) -> Result<Result<Option<Vec<u8>>, Reused>, Error> {
    let row: Option<(Vec<u8>, Vec<u8>)> = tx
        .query("SELECT fingerprint, reply FROM requests WHERE key = $1")
        .bind(key)
        .fetch_optional()
        .await?;
    Ok(match row {
        None => Ok(None),
        Some((known, reply)) if known == fingerprint => Ok(Some(reply)),
        Some(_) => Err(Reused),
    })
}

/// Keeps the reply in the transaction that does the work.
pub async fn remember(
    tx: &mut Tx,
    clock: &Clock,
    key: Uuid,
    fingerprint: &[u8],
    reply: &impl prost::Message,
) -> Result<(), Error> {
    tx.query("INSERT INTO requests (key, fingerprint, reply, replied_at) VALUES ($1, $2, $3, $4)")
        .bind(key)
        .bind(fingerprint)
        .bind(reply.encode_to_vec())
        .bind(clock.now())
        .execute()
        .await?;
    Ok(())
}
