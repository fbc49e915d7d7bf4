//! What providers say later of messages.

use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use uuid::Uuid;

use crate::domain::Channel;

/// The message of a reference, as a receipt finds it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Told {
    /// Of which delivery.
    pub delivery_id: Uuid,
    /// Whose.
    pub person_id: Uuid,
    /// Where it went; empty once forgotten.
    pub recipient: String,
    /// As it stands.
    pub state: String,
    /// The code of the last receipt.
    pub receipt: String,
    /// Of the last receipt.
    pub receipt_at: Option<Moment>,
    /// When it was written, a moment before the provider had it.
    pub created_at: Moment,
}

/// Takes the message that a provider was given under a reference, and keeps others from changing it meanwhile.
pub async fn lock_by_reference(
    tx: &mut Tx,
    channel: Channel,
    reference: &str,
    provider: &str,
) -> Result<Option<Told>, Error> {
    // An attempt through another provider may have followed; a receipt of the first still tells of the message.
    tx.query(BY_REFERENCE)
        .bind(reference)
        .bind(provider)
        .bind(channel.name())
        .fetch_optional()
        .await
}

const BY_REFERENCE: Sql = Sql {
    postgres: "SELECT delivery_id, person_id, recipient, state, receipt, receipt_at, created_at FROM messages
               WHERE reference = $1 AND channel = $3 AND EXISTS (SELECT 1 FROM attempts
                   WHERE attempts.delivery_id = messages.delivery_id AND attempts.reference = $1
                     AND attempts.provider = $2)
               FOR UPDATE",
    sqlite: "SELECT delivery_id, person_id, recipient, state, receipt, receipt_at, created_at FROM messages
             WHERE reference = $1 AND channel = $3 AND EXISTS (SELECT 1 FROM attempts
                 WHERE attempts.delivery_id = messages.delivery_id AND attempts.reference = $1
                   AND attempts.provider = $2)",
};

/// Records what a receipt said.
pub async fn set_receipt(
    tx: &mut Tx,
    channel: Channel,
    delivery: Uuid,
    state: &str,
    code: &str,
    at: Moment,
) -> Result<u64, Error> {
    tx.query(
        "UPDATE messages SET state = $2, receipt = $3, receipt_at = $4 WHERE delivery_id = $1 AND channel = $5",
    )
    .bind(delivery)
    .bind(state)
    .bind(code)
    .bind(at)
    .bind(channel.name())
    .execute()
    .await
}

/// Attempts whose end was unknown have arrived at the provider after all; how many.
pub async fn resolve_unknown(
    tx: &mut Tx,
    channel: Channel,
    delivery: Uuid,
    provider: &str,
    now: Moment,
) -> Result<u64, Error> {
    tx.query(
        "UPDATE attempts SET state = 'accepted', detail = 'the provider said so later', ended_at = $3
         WHERE delivery_id = $1 AND provider = $2 AND channel = $4 AND state = 'unknown'",
    )
    .bind(delivery)
    .bind(provider)
    .bind(now)
    .bind(channel.name())
    .execute()
    .await
}

/// Settles as sent what waits only because nobody knew: unless a further attempt is at a provider now. Its attempts,
/// and whether another of them is still unknown.
pub async fn settle_sent(
    tx: &mut Tx,
    channel: Channel,
    delivery: Uuid,
    now: Moment,
) -> Result<Option<(i64, bool)>, Error> {
    tx.query(
        "UPDATE deliveries SET state = 'settled', lease_owner = NULL, lease_until = NULL, outcome = 'sent', reason = '',
             channel = $3, settled_at = $2,
             uncertain = EXISTS (SELECT 1 FROM attempts WHERE attempts.delivery_id = deliveries.id
                                 AND attempts.state = 'unknown')
         WHERE id = $1 AND state <> 'settled'
           AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.delivery_id = deliveries.id AND attempts.state = 'intent')
         RETURNING attempts, uncertain",
    )
    .bind(delivery)
    .bind(now)
    .bind(channel.name())
    .fetch_optional()
    .await
}

/// Of these references, those of which a provider has told something: it took them.
pub async fn told(tx: &mut Tx, references: Vec<String>) -> Result<Vec<String>, Error> {
    let rows: Vec<(String,)> = tx
        .query(TOLD)
        .bind(sqlx::types::Json(references))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(reference,)| reference).collect())
}

const TOLD: Sql = Sql {
    postgres: "SELECT reference FROM messages
               WHERE receipt_at IS NOT NULL AND state <> 'unknown'
                 AND reference IN (SELECT value FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "SELECT reference FROM messages
             WHERE receipt_at IS NOT NULL AND state <> 'unknown'
               AND reference IN (SELECT value FROM jsonb_each($1))",
};

/// Our reference of a delivery's mail, and where it went; none while there is no such mail.
pub async fn mail_of(tx: &mut Tx, delivery: Uuid) -> Result<Option<(String, String)>, Error> {
    tx.query("SELECT reference, recipient FROM messages WHERE delivery_id = $1 AND channel = 'mail'")
        .bind(delivery)
        .fetch_optional()
        .await
}

/// Who was written to last at a number.
pub async fn last_recipient(tx: &mut Tx, number: &str) -> Result<Option<Uuid>, Error> {
    let row: Option<(Uuid,)> = tx
        .query(
            "SELECT person_id FROM messages WHERE channel = 'sms' AND recipient = $1
             ORDER BY created_at DESC, id DESC LIMIT 1",
        )
        .bind(number)
        .fetch_optional()
        .await?;
    Ok(row.map(|(person,)| person))
}

/// Keeps under which id a provider will speak of an attempt (delivery, number).
pub async fn keep_id(
    tx: &mut Tx,
    provider: &str,
    id: &str,
    of: (Uuid, i64),
    now: Moment,
) -> Result<u64, Error> {
    tx.query(
        "INSERT INTO provider_ids (provider, id, reference, created_at)
         SELECT provider, $2, reference, $5 FROM attempts
         WHERE provider = $1 AND delivery_id = $3 AND number = $4
         ON CONFLICT (provider, id) DO NOTHING",
    )
    .bind(provider)
    .bind(id)
    .bind(of.0)
    .bind(of.1)
    .bind(now)
    .execute()
    .await
}

/// Our reference of what a provider names by an id of its own.
pub async fn reference_of(tx: &mut Tx, provider: &str, id: &str) -> Result<Option<String>, Error> {
    let row: Option<(String,)> = tx
        .query("SELECT reference FROM provider_ids WHERE provider = $1 AND id = $2")
        .bind(provider)
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(row.map(|(reference,)| reference))
}

/// No receipt comes after a month.
const ID_DAYS: i64 = 31;

/// Forgets ids of which nobody speaks any more.
pub async fn remove_old_ids(tx: &mut Tx, now: Moment) -> Result<u64, Error> {
    tx.query("DELETE FROM provider_ids WHERE created_at < $1")
        .bind(now.minus(jiff::SignedDuration::from_hours(24 * ID_DAYS)))
        .execute()
        .await
}
