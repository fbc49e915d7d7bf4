use std::collections::BTreeSet;

use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{hex, ids};
use crate::domain::Unsubscribe;

const INSERT: Sql = Sql {
    postgres: "INSERT INTO unsubscribe_links (token_hash, person_id, language, created_at, expires_at)
               SELECT decode(token_hash, 'hex'), person_id, language, $2, expires_at
               FROM jsonb_to_recordset($1) AS r(token_hash TEXT, person_id UUID, language TEXT, expires_at TIMESTAMPTZ)",
    sqlite: "INSERT INTO unsubscribe_links (token_hash, person_id, language, created_at, expires_at)
             SELECT unhex(value->>'token_hash'), unhex(replace(value->>'person_id', '-', '')), value->>'language', $2,
                 value->>'expires_at'
             FROM jsonb_each($1)",
};

/// Keeps the addresses of mails that are about to go out.
pub async fn insert_unsubscribes(tx: &mut Tx, all: &[&Unsubscribe], now: Moment) -> Result<u64, Error> {
    #[derive(Serialize)]
    struct NewRow<'a> {
        token_hash: String,
        person_id: String,
        language: &'a str,
        expires_at: String,
    }
    if all.is_empty() {
        return Ok(0);
    }
    let rows = all.iter().map(|one| NewRow {
        token_hash: hex(&one.token_hash),
        person_id: one.person_id.to_string(),
        language: &one.language,
        expires_at: one.expires_at.to_string(),
    });
    tx.query(INSERT)
        .bind(Json(rows.collect::<Vec<_>>()))
        .bind(now)
        .execute()
        .await
}

/// Whose messages an address stops, and in what language it was written.
pub async fn find_unsubscribe(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Moment,
) -> Result<Option<(Uuid, String)>, Error> {
    tx.query("SELECT person_id, language FROM unsubscribe_links WHERE token_hash = $1 AND expires_at > $2")
        .bind(token_hash)
        .bind(now)
        .fetch_optional()
        .await
}

const UNSUBSCRIBED: Sql = Sql {
    postgres:
        "SELECT person_id FROM unsubscriptions
               WHERE person_id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "SELECT person_id FROM unsubscriptions
             WHERE person_id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))",
};

/// Those of these people who stopped what is not strictly necessary.
pub async fn unsubscribed(tx: &mut Tx, people: &[Uuid]) -> Result<BTreeSet<Uuid>, Error> {
    let rows: Vec<(Uuid,)> = tx
        .query(UNSUBSCRIBED)
        .bind(ids(people.iter().copied()))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

/// Stops it for a person, or lets it come again. Twice changes nothing.
pub async fn set_unsubscribed(tx: &mut Tx, person: Uuid, stopped: bool, now: Moment) -> Result<(), Error> {
    if stopped {
        tx.query(
            "INSERT INTO unsubscriptions (person_id, created_at) VALUES ($1, $2)
             ON CONFLICT (person_id) DO NOTHING",
        )
        .bind(person)
        .bind(now)
        .execute()
        .await?;
    } else {
        tx.query("DELETE FROM unsubscriptions WHERE person_id = $1")
            .bind(person)
            .execute()
            .await?;
    }
    Ok(())
}

/// Forgets a person who was erased.
pub async fn forget_subscriptions(tx: &mut Tx, person: Uuid) -> Result<(), Error> {
    for table in [
        "DELETE FROM unsubscribe_links WHERE person_id = $1",
        "DELETE FROM unsubscriptions WHERE person_id = $1",
    ] {
        tx.query(table).bind(person).execute().await?;
    }
    Ok(())
}

/// Removes addresses that lead nowhere any more.
pub async fn remove_expired_unsubscribes(tx: &mut Tx, now: Moment) -> Result<u64, Error> {
    tx.query("DELETE FROM unsubscribe_links WHERE expires_at <= $1")
        .bind(now)
        .execute()
        .await
}
