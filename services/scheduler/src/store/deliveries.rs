use platform::db::{Error, Sql};
use platform::{Moment, Tx};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{At, ids};
use crate::domain::{Delivery, NoRoute, Settlement};

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
            FROM json_each($1)",
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

/// Deliveries by their ids, in no order; their reminders are not read.
pub async fn by_ids(tx: &mut Tx, deliveries: &[Uuid]) -> Result<Vec<Delivery>, Error> {
    const BY_IDS: Sql = Sql {
        postgres: "SELECT id, recipient, policy, subject, grouping, template, route, on_unknown, due_at, useful_until
            FROM deliveries WHERE id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))",
        sqlite: "SELECT id, recipient, policy, subject, grouping, template, route, on_unknown, due_at, useful_until
            FROM deliveries WHERE id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
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
            })
        })
        .collect()
}

/// Notes how a delivery ended; whether it was open.
pub async fn settle_deliveries(tx: &mut Tx, settlement: &Settlement) -> Result<bool, Error> {
    let rows = tx
        .query(
            "UPDATE deliveries SET settled_at = $2, outcome = $3, reason = $4, attempts = $5
             WHERE id = $1 AND settled_at IS NULL",
        )
        .bind(settlement.delivery)
        .bind(Moment::from(settlement.at))
        .bind(settlement.outcome)
        .bind(settlement.reason.as_str())
        .bind(settlement.attempts)
        .execute()
        .await?;
    Ok(rows == 1)
}
