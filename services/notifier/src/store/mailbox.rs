use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::Channel;

/// Takes messages (reference, delivery, channel) in; a known reference is the same message, and is not kept twice.
pub async fn keep(tx: &mut Tx, messages: &[(&str, Uuid, Channel)], now: Moment) -> Result<u64, Error> {
    #[derive(Serialize)]
    struct NewRow<'a> {
        reference: &'a str,
        delivery_id: String,
        channel: &'static str,
    }
    let rows = messages.iter().map(|(reference, delivery, channel)| NewRow {
        reference,
        delivery_id: delivery.to_string(),
        channel: channel.name(),
    });
    tx.query(KEEP)
        .bind(Json(rows.collect::<Vec<_>>()))
        .bind(now)
        .execute()
        .await
}

const KEEP: Sql = Sql {
    postgres: "INSERT INTO mailbox (reference, delivery_id, channel, received_at)
               SELECT reference, delivery_id, channel, $2
               FROM jsonb_to_recordset($1) AS r(reference TEXT, delivery_id UUID, channel TEXT)
               ON CONFLICT (reference) DO NOTHING",
    sqlite: "INSERT INTO mailbox (reference, delivery_id, channel, received_at)
             SELECT value->>'reference', unhex(replace(value->>'delivery_id', '-', '')), value->>'channel', $2
             FROM jsonb_each($1) WHERE TRUE
             ON CONFLICT (reference) DO NOTHING",
};

/// Which of these references were taken in.
pub async fn present(tx: &mut Tx, references: Vec<String>) -> Result<Vec<String>, Error> {
    let rows: Vec<(String,)> = tx.query(PRESENT).bind(Json(references)).fetch_all().await?;
    Ok(rows.into_iter().map(|(reference,)| reference).collect())
}

const PRESENT: Sql = Sql {
    postgres: "SELECT reference FROM mailbox WHERE reference IN (SELECT value FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "SELECT reference FROM mailbox WHERE reference IN (SELECT value FROM jsonb_each($1))",
};
