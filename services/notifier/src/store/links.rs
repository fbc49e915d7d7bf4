use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::hex;
use crate::domain::Link;

/// Keeps links.
pub async fn insert_links(tx: &mut Tx, links: &[Link], now: Moment) -> Result<u64, Error> {
    #[derive(Serialize)]
    struct NewRow<'a> {
        token_hash: String,
        delivery_id: String,
        person_id: String,
        subject: &'a str,
        group_key: &'a str,
        expires_at: String,
    }
    let rows = links.iter().map(|link| NewRow {
        token_hash: hex(&link.token_hash),
        delivery_id: link.delivery_id.to_string(),
        person_id: link.person_id.to_string(),
        subject: &link.subject,
        group_key: &link.group,
        expires_at: link.expires_at.to_string(),
    });
    tx.query(INSERT)
        .bind(Json(rows.collect::<Vec<_>>()))
        .bind(now)
        .execute()
        .await
}

const INSERT: Sql = Sql {
    postgres: "INSERT INTO links (token_hash, delivery_id, person_id, subject, group_key, created_at, expires_at)
               SELECT decode(token_hash, 'hex'), delivery_id, person_id, subject, group_key, $2, expires_at
               FROM jsonb_to_recordset($1) AS r(token_hash TEXT, delivery_id UUID, person_id UUID, subject TEXT,
                   group_key TEXT, expires_at TIMESTAMPTZ)",
    sqlite: "INSERT INTO links (token_hash, delivery_id, person_id, subject, group_key, created_at, expires_at)
             SELECT unhex(value->>'token_hash'), unhex(replace(value->>'delivery_id', '-', '')),
                 unhex(replace(value->>'person_id', '-', '')), value->>'subject', value->>'group_key', $2,
                 value->>'expires_at'
             FROM jsonb_each($1)",
};

/// The link of a token's digest, if it still stands.
pub async fn find_link(tx: &mut Tx, token_hash: &[u8], now: Moment) -> Result<Option<Link>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        token_hash: Vec<u8>,
        delivery_id: Uuid,
        person_id: Uuid,
        subject: String,
        group_key: String,
        expires_at: Moment,
    }
    let row: Option<Row> = tx
        .query(
            "SELECT token_hash, delivery_id, person_id, subject, group_key, expires_at FROM links
             WHERE token_hash = $1 AND expires_at > $2",
        )
        .bind(token_hash)
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(row.map(|row| Link {
        token_hash: row.token_hash,
        delivery_id: row.delivery_id,
        person_id: row.person_id,
        subject: row.subject,
        group: row.group_key,
        expires_at: row.expires_at,
    }))
}

/// Removes the links to a person's page.
pub async fn forget_links(tx: &mut Tx, person: Uuid) -> Result<u64, Error> {
    tx.query("DELETE FROM links WHERE person_id = $1")
        .bind(person)
        .execute()
        .await
}

/// Removes links that open nothing any more.
pub async fn remove_expired_links(tx: &mut Tx, now: Moment) -> Result<u64, Error> {
    tx.query("DELETE FROM links WHERE expires_at <= $1")
        .bind(now)
        .execute()
        .await
}
