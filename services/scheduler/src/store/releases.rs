use platform::db::{Error, Sql};
use platform::{Moment, Tx};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{At, ids};
use crate::domain::Verdict;

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
    reason: String,
    until_at: Option<Moment>,
}

/// The refusals and deferrals given to these deliveries. What was granted is decided anew when it is asked again.
pub async fn held_back(tx: &mut Tx, deliveries: &[Uuid]) -> Result<Vec<Released>, Error> {
    const OF: Sql = Sql {
        postgres: "SELECT delivery_id, attempt, reason, until_at FROM releases WHERE verdict <> 'granted'
            AND delivery_id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))",
        sqlite: "SELECT delivery_id, attempt, reason, until_at FROM releases WHERE verdict <> 'granted'
            AND delivery_id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))",
    };
    let rows: Vec<Row> = tx.query(OF).bind(ids(deliveries)).fetch_all().await?;
    Ok(rows
        .into_iter()
        .map(|row| Released {
            delivery: row.delivery_id,
            attempt: row.attempt,
            verdict: match row.until_at {
                Some(until) => Verdict::Deferred(until.timestamp()),
                None => Verdict::Refused(row.reason),
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
}

/// Keeps verdicts, in place of a deferral of the same attempt.
pub async fn save_releases(tx: &mut Tx, releases: &[Released], now: Moment) -> Result<(), Error> {
    const SAVE: Sql = Sql {
        postgres: "INSERT INTO releases (delivery_id, attempt, verdict, reason, until_at, asked_at)
            SELECT t.delivery_id, t.attempt, t.verdict, t.reason, t.until_at, $2
            FROM jsonb_to_recordset($1) AS t(delivery_id UUID, attempt BIGINT, verdict TEXT, reason TEXT,
                until_at TIMESTAMPTZ)
            ON CONFLICT (delivery_id, attempt) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason,
                until_at = excluded.until_at, asked_at = excluded.asked_at",
        sqlite: "INSERT INTO releases (delivery_id, attempt, verdict, reason, until_at, asked_at)
            SELECT unhex(replace(value ->> 'delivery_id', '-', '')), value ->> 'attempt', value ->> 'verdict',
                value ->> 'reason', value ->> 'until_at', $2
            FROM jsonb_each($1) WHERE TRUE
            ON CONFLICT (delivery_id, attempt) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason,
                until_at = excluded.until_at, asked_at = excluded.asked_at",
    };
    let rows: Vec<Insert<'_>> = releases
        .iter()
        .map(|released| {
            let (verdict, reason, until_at) = match &released.verdict {
                Verdict::Granted(_) => ("granted", "", None),
                Verdict::Refused(reason) => ("refused", reason.as_str(), None),
                Verdict::Deferred(until) => ("deferred", "", Some(At::from(*until))),
            };
            Insert {
                delivery_id: released.delivery,
                attempt: released.attempt,
                verdict,
                reason,
                until_at,
            }
        })
        .collect();
    tx.query(SAVE).bind(Json(rows)).bind(now).execute().await?;
    Ok(())
}
