//! What could not be applied: listed, shown, and put back or given up by a person.

use uuid::Uuid;

use crate::{
    Clock, Moment,
    db::{Db, Error},
    page::Page,
};

/// An event that its consumer could not apply.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeadLetter {
    /// The message id.
    pub id: Uuid,
    /// `<service>.<noun>.<verb>.v1`
    pub routing_key: String,
    /// The protobuf message; empty in lists.
    pub body: Vec<u8>,
    /// When it was made.
    pub occurred_at: Moment,
    /// Why it was not applied; no personal data.
    pub reason: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was given up.
    pub died_at: Moment,
}

/// The sort key of lists.
pub type Key = (Moment, Uuid);

/// A page, the latest first, without bodies; one row more than shown when there is a next page.
pub async fn list(db: &Db, page: &Page<Key>) -> Result<Vec<DeadLetter>, Error> {
    let after = page.after.as_ref();
    db.read()
        .await?
        .query(
            "SELECT id, routing_key, SUBSTR(body, 1, 0) AS body, occurred_at, reason, attempts, died_at
             FROM dead_letters WHERE ($1 IS NULL OR (died_at, id) < ($1, $2))
             ORDER BY died_at DESC, id DESC LIMIT $3",
        )
        .bind(after.map(|key| key.0))
        .bind(after.map(|key| key.1))
        .bind(page.limit())
        .fetch_all()
        .await
}

/// How many there are.
pub async fn count(db: &Db) -> Result<i64, Error> {
    let (count,): (i64,) = db
        .read()
        .await?
        .query("SELECT COUNT(*) FROM dead_letters")
        .fetch_one()
        .await?;
    Ok(count)
}

/// One of them, whole.
pub async fn show(db: &Db, id: Uuid) -> Result<Option<DeadLetter>, Error> {
    db.read()
        .await?
        .query(
            "SELECT id, routing_key, body, occurred_at, reason, attempts, died_at FROM dead_letters WHERE id = $1",
        )
        .bind(id)
        .fetch_optional()
        .await
}

/// Puts an event back into the inbox, to be applied again as if it had just come; in one transaction, so that of two
/// who replay it one does. Whether there was such a dead letter.
pub async fn replay(db: &Db, clock: &Clock, id: Uuid) -> Result<bool, Error> {
    let now = clock.now();
    let mut tx = db.begin().await?;
    let Some(letter) = take(&mut tx, id).await? else {
        return Ok(false);
    };
    // The inbox may have forgotten it: handled events are kept for a week, dead letters until somebody decides.
    tx.query(
        "INSERT INTO inbox (id, routing_key, body, occurred_at, received_at, next_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET handled_at = NULL, attempts = 0, next_at = excluded.next_at",
    )
    .bind(letter.id)
    .bind(letter.routing_key)
    .bind(letter.body)
    .bind(letter.occurred_at)
    .bind(now)
    .bind(now)
    .execute()
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// Gives an event up for good: what it was, without its body. The inbox goes on knowing it, so that a copy does nothing.
pub async fn discard(db: &Db, id: Uuid) -> Result<Option<DeadLetter>, Error> {
    let mut tx = db.begin().await?;
    let letter = take(&mut tx, id).await?;
    tx.commit().await?;
    Ok(letter.map(|letter| DeadLetter {
        body: Vec::new(),
        ..letter
    }))
}

async fn take(tx: &mut crate::Tx, id: Uuid) -> Result<Option<DeadLetter>, Error> {
    tx.query(
        "DELETE FROM dead_letters WHERE id = $1
         RETURNING id, routing_key, body, occurred_at, reason, attempts, died_at",
    )
    .bind(id)
    .fetch_optional()
    .await
}
