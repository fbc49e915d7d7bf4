//! Whom refused addresses concern: who is shown them, and for whom they are lifted.

use platform::{Moment, Tx, db::Error};
use uuid::Uuid;

use crate::domain::Channel;

/// A refused address, as staff see it: whose, not which.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Suppression {
    /// mail or sms.
    pub channel: String,
    /// To tell whether it is the address that the person has now.
    pub address_hash: Vec<u8>,
    /// Whose address it was; others may share it.
    pub person_id: Uuid,
    /// What the provider said.
    pub reason: String,
    /// Since when.
    pub created_at: Moment,
}

/// Channel, digest, reason, since when.
type Row = (String, Vec<u8>, String, Moment);

fn of(person: Uuid, rows: Vec<Row>) -> Vec<Suppression> {
    let suppression = |(channel, address_hash, reason, created_at): Row| Suppression {
        channel,
        address_hash,
        person_id: person,
        reason,
        created_at,
    };
    rows.into_iter().map(suppression).collect()
}

/// Refused addresses, once for each whom they concern, the latest first, after the one of this key.
pub async fn list_suppressions(
    tx: &mut Tx,
    after: Option<&(Moment, Uuid, String)>,
    limit: i64,
) -> Result<Vec<Suppression>, Error> {
    tx.query(
        "SELECT s.channel AS channel, s.address_hash AS address_hash, p.person_id AS person_id, s.reason AS reason,
             s.created_at AS created_at
         FROM suppressions AS s
         JOIN suppression_people AS p ON p.channel = s.channel AND p.address_hash = s.address_hash
         WHERE $1 IS NULL OR (s.created_at, p.person_id, s.channel) < ($1, $2, $3)
         ORDER BY s.created_at DESC, p.person_id DESC, s.channel DESC LIMIT $4",
    )
    .bind(after.map(|after| after.0))
    .bind(after.map(|after| after.1))
    .bind(after.map(|after| after.2.as_str()))
    .bind(limit)
    .fetch_all()
    .await
}

/// The same of one person: what they are known to concern, and whatever was refused at these digests of their present
/// addresses, by whom ever it became known.
pub async fn suppressions_of(
    tx: &mut Tx,
    person: Uuid,
    present: [Option<Vec<u8>>; 2],
    after: Option<&(Moment, Uuid, String)>,
    limit: i64,
) -> Result<Vec<Suppression>, Error> {
    let [one, other] = present;
    let rows = tx
        .query(
            "SELECT channel, address_hash, reason, created_at FROM suppressions
             WHERE (address_hash IN ($2, $3) OR (channel, address_hash) IN
                 (SELECT channel, address_hash FROM suppression_people WHERE person_id = $1))
               AND ($4 IS NULL OR (created_at, channel) < ($4, $5))
             ORDER BY created_at DESC, channel DESC LIMIT $6",
        )
        .bind(person)
        .bind(one)
        .bind(other)
        .bind(after.map(|after| after.0))
        .bind(after.map(|after| after.2.as_str()))
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(of(person, rows))
}

/// Ends the refusal of a person's present address, for whomever shares it, and of earlier ones that nobody else is known to
/// have; what they were.
pub async fn lift(
    tx: &mut Tx,
    person: Uuid,
    channel: Channel,
    present: Option<Vec<u8>>,
) -> Result<Vec<Suppression>, Error> {
    let rows = tx
        .query(
            "DELETE FROM suppressions
             WHERE channel = $2 AND (address_hash = $3 OR (channel, address_hash) IN
                 (SELECT channel, address_hash FROM suppression_people WHERE person_id = $1)
                 AND NOT EXISTS (SELECT 1 FROM suppression_people AS other WHERE other.channel = suppressions.channel
                     AND other.address_hash = suppressions.address_hash AND other.person_id <> $1))
             RETURNING channel, address_hash, reason, created_at",
        )
        .bind(person)
        .bind(channel.name())
        .bind(present)
        .fetch_all()
        .await?;
    Ok(of(person, rows))
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
