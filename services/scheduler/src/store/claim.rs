//! The claim: from what is due to what is on its way.

use platform::db::{Error, Sql};
use platform::{Moment, Tx};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::reminders::route;
use crate::domain::{Delivery, Due};

#[derive(sqlx::FromRow)]
struct DueRow {
    id: Uuid,
    policy: String,
    subject: String,
    recipient: Uuid,
    route: String,
    template: String,
    grouping: String,
    intended_at: Moment,
    due_at: Moment,
    useful_until: Moment,
    digest: bool,
    traceparent: String,
}

/// Reminders whose time has come, locked until the end of the transaction; those that another replica holds are
/// passed over. Singles in order of time, items of digests with those of their person and policy together.
pub async fn due(tx: &mut Tx, digest: bool, now: Moment, limit: i64) -> Result<Vec<Due>, Error> {
    const SINGLES: Sql = Sql {
        postgres: "SELECT id, policy, subject, recipient, route, template, grouping, intended_at, due_at, useful_until, digest,
                traceparent
            FROM reminders WHERE state = 'planned' AND held_at IS NULL AND due_at <= $1 AND NOT digest
            ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED",
        sqlite: "SELECT id, policy, subject, recipient, route, template, grouping, intended_at, due_at, useful_until, digest,
                traceparent
            FROM reminders WHERE state = 'planned' AND held_at IS NULL AND due_at <= $1 AND NOT digest ORDER BY due_at, id LIMIT $2",
    };
    const DIGESTS: Sql = Sql {
        postgres: "SELECT id, policy, subject, recipient, route, template, grouping, intended_at, due_at, useful_until, digest,
                traceparent
            FROM reminders WHERE state = 'planned' AND held_at IS NULL AND due_at <= $1 AND digest
            ORDER BY recipient, policy, due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED",
        sqlite: "SELECT id, policy, subject, recipient, route, template, grouping, intended_at, due_at, useful_until, digest,
                traceparent
            FROM reminders WHERE state = 'planned' AND held_at IS NULL AND due_at <= $1 AND digest
            ORDER BY recipient, policy, due_at, id LIMIT $2",
    };
    let rows: Vec<DueRow> = tx
        .query(if digest { DIGESTS } else { SINGLES })
        .bind(now)
        .bind(limit)
        .fetch_all()
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Due {
                reminder: row.id,
                policy: row.policy,
                subject: row.subject,
                recipient: row.recipient,
                route: route(&row.route)?,
                template: row.template,
                group: row.grouping,
                intended: row.intended_at.timestamp(),
                due: row.due_at.timestamp(),
                useful_until: row.useful_until.timestamp(),
                digest: row.digest,
                traceparent: row.traceparent,
            })
        })
        .collect()
}

/// When the next reminder is due; none when nothing waits.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Moment>, Error> {
    // SQLite would else walk the whole ledger from its beginning.
    const NEXT: Sql = Sql {
        postgres: "SELECT due_at FROM reminders WHERE state = 'planned' AND held_at IS NULL ORDER BY due_at, id LIMIT 1",
        sqlite: "SELECT due_at FROM reminders INDEXED BY reminders_due WHERE state = 'planned' AND held_at IS NULL ORDER BY due_at, id LIMIT 1",
    };
    let next: Option<(Moment,)> = tx.query(NEXT).fetch_optional().await?;
    Ok(next.map(|(next,)| next))
}

/// How many reminders are due, and since when the oldest is.
pub async fn count_due(tx: &mut Tx, now: Moment) -> Result<(i64, Option<Moment>), Error> {
    const COUNT: Sql = Sql {
        postgres: "SELECT COUNT(*), MIN(due_at) FROM reminders
            WHERE state = 'planned' AND held_at IS NULL AND due_at <= $1",
        sqlite: "SELECT COUNT(*), MIN(due_at) FROM reminders INDEXED BY reminders_due
            WHERE state = 'planned' AND held_at IS NULL AND due_at <= $1",
    };
    tx.query(COUNT).bind(now).fetch_one().await
}

/// Whether a single reminder, or an item of a digest, is due.
pub async fn is_due(tx: &mut Tx, digest: bool, now: Moment) -> Result<bool, Error> {
    let due: Option<(Moment,)> = tx
        .query(
            "SELECT due_at FROM reminders WHERE state = 'planned' AND held_at IS NULL AND due_at <= $1 AND digest = $2
             ORDER BY due_at, id LIMIT 1",
        )
        .bind(now)
        .bind(digest)
        .fetch_optional()
        .await?;
    Ok(due.is_some())
}

#[derive(Serialize)]
struct Carried {
    reminder: Uuid,
    delivery: Uuid,
}

/// Hands reminders to the deliveries that carry them.
pub async fn queue(tx: &mut Tx, deliveries: &[Delivery]) -> Result<u64, Error> {
    const QUEUE: Sql = Sql {
        postgres: "UPDATE reminders SET state = 'queued', released = FALSE, delivery_id = t.delivery
            FROM jsonb_to_recordset($1) AS t(reminder UUID, delivery UUID)
            WHERE reminders.id = t.reminder AND reminders.state = 'planned' AND reminders.held_at IS NULL",
        sqlite: "UPDATE reminders SET state = 'queued', released = FALSE, delivery_id = t.delivery
            FROM (SELECT unhex(replace(value ->> 'reminder', '-', '')) AS reminder,
                         unhex(replace(value ->> 'delivery', '-', '')) AS delivery FROM jsonb_each($1)) AS t
            WHERE reminders.id = t.reminder AND reminders.state = 'planned' AND reminders.held_at IS NULL",
    };
    let carried: Vec<Carried> = deliveries
        .iter()
        .flat_map(|delivery| {
            delivery.reminders.iter().map(|reminder| Carried {
                reminder: *reminder,
                delivery: delivery.id,
            })
        })
        .collect();
    tx.query(QUEUE).bind(Json(carried)).execute().await
}
