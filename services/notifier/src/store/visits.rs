use platform::{Moment, Tx, db::Error};
use uuid::Uuid;

use crate::domain::Link;

/// Begins a visit behind a link; those that are over go.
pub async fn insert_visit(
    tx: &mut Tx,
    visit_hash: &[u8],
    link_hash: &[u8],
    now: Moment,
    until: Moment,
) -> Result<(), Error> {
    tx.query("DELETE FROM visits WHERE expires_at <= $1")
        .bind(now)
        .execute()
        .await?;
    tx.query("INSERT INTO visits (visit_hash, link_hash, expires_at) VALUES ($1, $2, $3)")
        .bind(visit_hash)
        .bind(link_hash)
        .bind(until)
        .execute()
        .await?;
    Ok(())
}

/// The link of a visit, and the visit's end, if both stand and belong together.
pub async fn find_visit(
    tx: &mut Tx,
    visit_hash: &[u8],
    link_hash: &[u8],
    now: Moment,
) -> Result<Option<(Link, Moment)>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        token_hash: Vec<u8>,
        delivery_id: Uuid,
        person_id: Uuid,
        subject: String,
        group_key: String,
        expires_at: Moment,
        visit_until: Moment,
    }
    let row: Option<Row> = tx
        .query(
            "SELECT links.token_hash, links.delivery_id, links.person_id, links.subject, links.group_key,
                 links.expires_at, visits.expires_at AS visit_until
             FROM visits JOIN links ON links.token_hash = visits.link_hash
             WHERE visits.visit_hash = $1 AND visits.link_hash = $2 AND visits.expires_at > $3
               AND links.expires_at > $3",
        )
        .bind(visit_hash)
        .bind(link_hash)
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(row.map(|row| {
        let link = Link {
            token_hash: row.token_hash,
            delivery_id: row.delivery_id,
            person_id: row.person_id,
            subject: row.subject,
            group: row.group_key,
            expires_at: row.expires_at,
        };
        (link, row.visit_until)
    }))
}

/// Ends a visit.
pub async fn end_visit(tx: &mut Tx, visit_hash: &[u8], link_hash: &[u8]) -> Result<u64, Error> {
    tx.query("DELETE FROM visits WHERE visit_hash = $1 AND link_hash = $2")
        .bind(visit_hash)
        .bind(link_hash)
        .execute()
        .await
}
