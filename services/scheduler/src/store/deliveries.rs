use platform::db::{Error, Sql};
use platform::{Moment, Tx};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{At, ids};
use crate::domain::{Delivery, NoRoute, ReminderState, Settlement};

#[derive(Serialize)]
struct Insert<'a> {
    id: Uuid,
    recipient: Uuid,
    policy: &'a str,
    subject: &'a str,
    grouping: &'a str,
    template: &'a str,
    route: String,
    on_unknown: &'a str,
    due_at: At,
    useful_until: At,
}

/// Adds deliveries.
pub async fn insert_deliveries(tx: &mut Tx, deliveries: &[Delivery], now: Moment) -> Result<(), Error> {
    const INSERT: Sql = Sql {
        postgres: "INSERT INTO deliveries (id, recipient, policy, subject, grouping, template, route, on_unknown, due_at,
                useful_until, created_at, reason, attempts)
            SELECT t.id, t.recipient, t.policy, t.subject, t.grouping, t.template, t.route, t.on_unknown, t.due_at,
                t.useful_until, $2, '', 0
            FROM jsonb_to_recordset($1) AS t(id UUID, recipient UUID, policy TEXT, subject TEXT, grouping TEXT,
                template TEXT, route TEXT, on_unknown TEXT, due_at TIMESTAMPTZ, useful_until TIMESTAMPTZ)",
        sqlite: "INSERT INTO deliveries (id, recipient, policy, subject, grouping, template, route, on_unknown, due_at,
                useful_until, created_at, reason, attempts)
            SELECT unhex(replace(value ->> 'id', '-', '')), unhex(replace(value ->> 'recipient', '-', '')),
                value ->> 'policy', value ->> 'subject', value ->> 'grouping', value ->> 'template', value ->> 'route',
                value ->> 'on_unknown', value ->> 'due_at', value ->> 'useful_until', $2, '', 0
            FROM jsonb_each($1)",
    };
    let rows: Vec<Insert<'_>> = deliveries
        .iter()
        .map(|delivery| Insert {
            id: delivery.id,
            recipient: delivery.recipient,
            policy: &delivery.policy,
            subject: &delivery.subject,
            grouping: &delivery.group,
            template: &delivery.template,
            route: delivery.route.to_string(),
            on_unknown: &delivery.on_unknown,
            due_at: delivery.due.into(),
            useful_until: delivery.useful_until.into(),
        })
        .collect();
    tx.query(INSERT).bind(Json(rows)).bind(now).execute().await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    recipient: Uuid,
    policy: String,
    subject: String,
    grouping: String,
    template: String,
    route: String,
    on_unknown: String,
    due_at: Moment,
    useful_until: Moment,
}

/// Deliveries by their ids, in no order; their reminders and traces are not read.
pub async fn by_ids(tx: &mut Tx, deliveries: &[Uuid]) -> Result<Vec<Delivery>, Error> {
    const BY_IDS: Sql = Sql {
        postgres: "SELECT id, recipient, policy, subject, grouping, template, route, on_unknown, due_at, useful_until
            FROM deliveries WHERE id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))",
        sqlite: "SELECT id, recipient, policy, subject, grouping, template, route, on_unknown, due_at, useful_until
            FROM deliveries WHERE id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))",
    };
    let rows: Vec<Row> = tx.query(BY_IDS).bind(ids(deliveries)).fetch_all().await?;
    let wrong = |error: NoRoute| Error::Sql(sqlx::Error::Decode(Box::new(error)));
    rows.into_iter()
        .map(|row| {
            Ok(Delivery {
                id: row.id,
                recipient: row.recipient,
                policy: row.policy,
                subject: row.subject,
                group: row.grouping,
                template: row.template,
                route: row.route.parse().map_err(wrong)?,
                on_unknown: row.on_unknown,
                due: row.due_at.timestamp(),
                useful_until: row.useful_until.timestamp(),
                reminders: Vec::new(),
                traceparent: String::new(),
            })
        })
        .collect()
}

/// Notes how deliveries ended; which of them were open, or were settled as sent and took a further attempt since, by another
/// channel.
pub async fn settle_deliveries(tx: &mut Tx, settlements: &[Settlement]) -> Result<Vec<Uuid>, Error> {
    const SETTLE: Sql = Sql {
        postgres: "UPDATE deliveries SET settled_at = r.at, outcome = r.outcome, reason = r.reason, attempts = r.attempts
            FROM jsonb_to_recordset($1) AS r(id UUID, at TIMESTAMPTZ, outcome TEXT, reason TEXT, attempts BIGINT)
            WHERE deliveries.id = r.id
                AND (settled_at IS NULL OR (deliveries.outcome = 'sent' AND r.attempts > deliveries.attempts))
            RETURNING deliveries.id",
        sqlite: "UPDATE deliveries SET settled_at = r.at, outcome = r.outcome, reason = r.reason, attempts = r.attempts
            FROM (SELECT unhex(replace(value ->> 'id', '-', '')) AS id, value ->> 'at' AS at,
                         value ->> 'outcome' AS outcome, value ->> 'reason' AS reason, value ->> 'attempts' AS attempts
                  FROM jsonb_each($1)) AS r
            WHERE deliveries.id = r.id
                AND (settled_at IS NULL OR (deliveries.outcome = 'sent' AND r.attempts > deliveries.attempts))
            RETURNING deliveries.id",
    };
    let rows: Vec<End<'_>> = settlements.iter().map(End::of).collect();
    let open: Vec<(Uuid,)> = tx.query(SETTLE).bind(Json(rows)).fetch_all().await?;
    Ok(open.into_iter().map(|(id,)| id).collect())
}

/// A settlement as a row of a JSON parameter.
#[derive(Serialize)]
pub(super) struct End<'a> {
    id: Uuid,
    at: At,
    outcome: ReminderState,
    reason: &'a str,
    channel: &'a str,
    attempts: i64,
    uncertain: bool,
}

impl<'a> End<'a> {
    pub(super) fn of(settlement: &'a Settlement) -> Self {
        Self {
            id: settlement.delivery,
            at: settlement.at.into(),
            outcome: settlement.outcome,
            reason: &settlement.reason,
            channel: &settlement.channel,
            attempts: settlement.attempts,
            uncertain: settlement.uncertain,
        }
    }
}
