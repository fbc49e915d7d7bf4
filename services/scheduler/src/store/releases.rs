use platform::db::{Error, Sql};
use platform::{Moment, Tx};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{At, ids};
use crate::domain::{Item, Verdict};

/// The verdict of an attempt.
#[derive(Clone, Debug)]
pub struct Released {
    /// The delivery.
    pub delivery: Uuid,
    /// From 1.
    pub attempt: i64,
    /// What was said.
    pub verdict: Verdict,
}

#[derive(sqlx::FromRow)]
struct Row {
    delivery_id: Uuid,
    attempt: i64,
    verdict: String,
    reason: String,
    until_at: Option<Moment>,
    items: Option<Json<Vec<Item>>>,
}

/// All verdicts given to these deliveries.
pub async fn released(tx: &mut Tx, deliveries: &[Uuid]) -> Result<Vec<Released>, Error> {
    const OF: Sql = Sql {
        postgres: "SELECT delivery_id, attempt, verdict, reason, until_at, items FROM releases
            WHERE delivery_id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))",
        sqlite: "SELECT delivery_id, attempt, verdict, reason, until_at, items FROM releases
            WHERE delivery_id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
    };
    let rows: Vec<Row> = tx.query(OF).bind(ids(deliveries)).fetch_all().await?;
    Ok(rows
        .into_iter()
        .map(|row| Released {
            delivery: row.delivery_id,
            attempt: row.attempt,
            verdict: match (row.verdict.as_str(), row.items, row.until_at) {
                ("granted", Some(items), _) => Verdict::Granted(items.0),
                // What was to be told is forgotten once it is settled.
                ("granted", None, _) => Verdict::Refused("settled".to_owned()),
                ("deferred", _, Some(until)) => Verdict::Deferred(until.timestamp()),
                _ => Verdict::Refused(row.reason),
            },
        })
        .collect())
}

#[derive(Serialize)]
struct Insert<'a> {
    delivery_id: Uuid,
    attempt: i64,
    verdict: &'a str,
    reason: &'a str,
    until_at: Option<At>,
    items: Option<&'a [Item]>,
}

/// Keeps verdicts, in place of a deferral of the same attempt.
pub async fn save_releases(tx: &mut Tx, releases: &[Released], now: Moment) -> Result<(), Error> {
    const SAVE: Sql = Sql {
        postgres: "INSERT INTO releases (delivery_id, attempt, verdict, reason, until_at, items, asked_at)
            SELECT t.delivery_id, t.attempt, t.verdict, t.reason, t.until_at, t.items, $2
            FROM jsonb_to_recordset($1) AS t(delivery_id UUID, attempt BIGINT, verdict TEXT, reason TEXT,
                until_at TIMESTAMPTZ, items JSONB)
            ON CONFLICT (delivery_id, attempt) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason,
                until_at = excluded.until_at, items = excluded.items, asked_at = excluded.asked_at",
        sqlite: "INSERT INTO releases (delivery_id, attempt, verdict, reason, until_at, items, asked_at)
            SELECT unhex(replace(value ->> 'delivery_id', '-', '')), value ->> 'attempt', value ->> 'verdict',
                value ->> 'reason', value ->> 'until_at', value ->> 'items', $2
            FROM json_each($1) WHERE TRUE
            ON CONFLICT (delivery_id, attempt) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason,
                until_at = excluded.until_at, items = excluded.items, asked_at = excluded.asked_at",
    };
    let rows: Vec<Insert<'_>> = releases
        .iter()
        .map(|released| {
            let (verdict, reason, until, items) = match &released.verdict {
                Verdict::Granted(items) => ("granted", "", None, Some(items.as_slice())),
                Verdict::Refused(reason) => ("refused", reason.as_str(), None, None),
                Verdict::Deferred(until) => ("deferred", "", Some(At::from(*until)), None),
            };
            Insert {
                delivery_id: released.delivery,
                attempt: released.attempt,
                verdict,
                reason,
                until_at: until,
                items,
            }
        })
        .collect();
    tx.query(SAVE).bind(Json(rows)).bind(now).execute().await?;
    Ok(())
}

/// Forgets what settled deliveries were to tell.
pub async fn forget_items(tx: &mut Tx, deliveries: &[Uuid]) -> Result<(), Error> {
    const FORGET: Sql = Sql {
        postgres: "UPDATE releases SET items = NULL WHERE items IS NOT NULL AND delivery_id IN
                (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))",
        sqlite: "UPDATE releases SET items = NULL WHERE items IS NOT NULL AND delivery_id IN
                (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
    };
    tx.query(FORGET).bind(ids(deliveries)).execute().await?;
    Ok(())
}
