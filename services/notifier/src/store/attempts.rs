use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::ids;
use crate::domain::{Attempt, Channel};

#[derive(sqlx::FromRow)]
struct Row {
    delivery_id: Uuid,
    number: i64,
    channel: String,
    provider: String,
    reference: String,
    state: String,
    detail: String,
    started_at: Moment,
}

impl From<Row> for Attempt {
    fn from(row: Row) -> Self {
        Self {
            delivery_id: row.delivery_id,
            number: row.number,
            channel: Channel::of(&row.channel).unwrap_or(Channel::Mail),
            provider: row.provider,
            reference: row.reference,
            state: row.state,
            detail: row.detail,
            started_at: row.started_at,
        }
    }
}

/// Records intents.
pub async fn insert_attempts(tx: &mut Tx, attempts: &[Attempt]) -> Result<u64, Error> {
    #[derive(Serialize)]
    struct NewRow<'a> {
        delivery_id: String,
        number: i64,
        channel: &'static str,
        provider: &'a str,
        reference: &'a str,
        started_at: String,
    }
    let rows = attempts.iter().map(|attempt| NewRow {
        delivery_id: attempt.delivery_id.to_string(),
        number: attempt.number,
        channel: attempt.channel.name(),
        provider: &attempt.provider,
        reference: &attempt.reference,
        started_at: attempt.started_at.to_string(),
    });
    tx.query(INSERT)
        .bind(Json(rows.collect::<Vec<_>>()))
        .execute()
        .await
}

const INSERT: Sql = Sql {
    postgres:
        "INSERT INTO attempts (delivery_id, number, channel, provider, reference, state, detail, started_at)
               SELECT delivery_id, number, channel, provider, reference, 'intent', '', started_at
               FROM jsonb_to_recordset($1) AS r(delivery_id UUID, number BIGINT, channel TEXT, provider TEXT,
                   reference TEXT, started_at TIMESTAMPTZ)",
    sqlite:
        "INSERT INTO attempts (delivery_id, number, channel, provider, reference, state, detail, started_at)
             SELECT unhex(replace(value->>'delivery_id', '-', '')), value->>'number', value->>'channel',
                 value->>'provider', value->>'reference', 'intent', '', value->>'started_at'
             FROM jsonb_each($1)",
};

/// Records how attempts (delivery, number, state, detail) ended. A late answer to one that was given up as unknown is
/// still the truth; any other end stays.
pub async fn finish_attempts(
    tx: &mut Tx,
    ends: &[(Uuid, i64, &str, &str)],
    now: Moment,
) -> Result<u64, Error> {
    #[derive(Serialize)]
    struct End<'a> {
        delivery_id: String,
        number: i64,
        state: &'a str,
        detail: &'a str,
    }
    let rows = ends.iter().map(|(delivery_id, number, state, detail)| End {
        delivery_id: delivery_id.to_string(),
        number: *number,
        state,
        detail,
    });
    tx.query(FINISH)
        .bind(Json(rows.collect::<Vec<_>>()))
        .bind(now)
        .execute()
        .await
}

const FINISH: Sql = Sql {
    postgres: "UPDATE attempts SET state = r.state, detail = r.detail, ended_at = $2
               FROM jsonb_to_recordset($1) AS r(delivery_id UUID, number BIGINT, state TEXT, detail TEXT)
               WHERE attempts.delivery_id = r.delivery_id AND attempts.number = r.number
                 AND attempts.state IN ('intent', 'unknown')",
    sqlite: "UPDATE attempts SET state = r.state, detail = r.detail, ended_at = $2
             FROM (SELECT unhex(replace(value->>'delivery_id', '-', '')) AS delivery_id, value->>'number' AS number,
                          value->>'state' AS state, value->>'detail' AS detail
                   FROM jsonb_each($1)) AS r
             WHERE attempts.delivery_id = r.delivery_id AND attempts.number = r.number
               AND attempts.state IN ('intent', 'unknown')",
};

/// Intents of these deliveries whose end is not recorded.
pub async fn open_attempts(
    tx: &mut Tx,
    deliveries: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Attempt>, Error> {
    let rows: Vec<Row> = tx.query(OPEN).bind(ids(deliveries)).fetch_all().await?;
    Ok(rows.into_iter().map(Attempt::from).collect())
}

const OPEN: Sql = Sql {
    postgres:
        "SELECT delivery_id, number, channel, provider, reference, state, detail, started_at FROM attempts
               WHERE state = 'intent' AND delivery_id IN
                   (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite:
        "SELECT delivery_id, number, channel, provider, reference, state, detail, started_at FROM attempts
             WHERE state = 'intent' AND delivery_id IN
                 (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))",
};

/// Earlier attempts of these deliveries, each delivery's in order.
pub async fn tried(tx: &mut Tx, deliveries: impl IntoIterator<Item = Uuid>) -> Result<Vec<Attempt>, Error> {
    let rows: Vec<Row> = tx.query(TRIED).bind(ids(deliveries)).fetch_all().await?;
    Ok(rows.into_iter().map(Attempt::from).collect())
}

const TRIED: Sql = Sql {
    postgres:
        "SELECT delivery_id, number, channel, provider, reference, state, detail, started_at FROM attempts
               WHERE delivery_id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))
               ORDER BY delivery_id, number",
    sqlite:
        "SELECT delivery_id, number, channel, provider, reference, state, detail, started_at FROM attempts
             WHERE delivery_id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))
             ORDER BY delivery_id, number",
};

/// All attempts of a delivery, in order.
pub async fn attempts_of(tx: &mut Tx, delivery: Uuid) -> Result<Vec<Attempt>, Error> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT delivery_id, number, channel, provider, reference, state, detail, started_at FROM attempts
             WHERE delivery_id = $1 ORDER BY number",
        )
        .bind(delivery)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Attempt::from).collect())
}
