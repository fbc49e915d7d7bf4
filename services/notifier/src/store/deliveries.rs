use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::{Channel, Delivery, OnUnknown};

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: Uuid,
    person_id: Uuid,
    policy: String,
    template: String,
    route: String,
    useful_until: Moment,
    on_unknown: String,
    due_at: Moment,
    group_key: String,
    subject: String,
    attempts: i64,
    setbacks: i64,
    refused: String,
    uncertain: bool,
    traceparent: String,
}

impl From<Row> for Delivery {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            policy: row.policy,
            template: row.template,
            route: Channel::list(&row.route),
            useful_until: row.useful_until,
            on_unknown: OnUnknown::of(&row.on_unknown),
            due_at: row.due_at,
            group: row.group_key,
            subject: row.subject,
            attempts: row.attempts,
            setbacks: row.setbacks,
            refused: Channel::list(&row.refused),
            uncertain: row.uncertain,
            traceparent: row.traceparent,
        }
    }
}

pub(super) fn names(channels: &[Channel]) -> String {
    channels
        .iter()
        .map(|channel| channel.name())
        .collect::<Vec<_>>()
        .join(",")
}

#[derive(Serialize)]
struct NewRow<'a> {
    id: String,
    person_id: String,
    policy: &'a str,
    template: &'a str,
    route: String,
    useful_until: String,
    on_unknown: &'static str,
    due_at: String,
    group_key: &'a str,
    subject: &'a str,
    traceparent: &'a str,
}

/// Takes deliveries in; those that are known stay as they are.
pub async fn insert_deliveries(tx: &mut Tx, deliveries: &[Delivery], now: Moment) -> Result<u64, Error> {
    let rows = deliveries.iter().map(|delivery| NewRow {
        id: delivery.id.to_string(),
        person_id: delivery.person_id.to_string(),
        policy: &delivery.policy,
        template: &delivery.template,
        route: names(&delivery.route),
        useful_until: delivery.useful_until.to_string(),
        on_unknown: delivery.on_unknown.name(),
        due_at: delivery.due_at.to_string(),
        group_key: &delivery.group,
        subject: &delivery.subject,
        traceparent: &delivery.traceparent,
    });
    tx.query(INSERT)
        .bind(Json(rows.collect::<Vec<_>>()))
        .bind(now)
        .execute()
        .await
}

const INSERT: Sql = Sql {
    postgres: "INSERT INTO deliveries (id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key,
                   subject, state, next_at, attempts, setbacks, refused, uncertain, reason, channel, received_at,
                   traceparent)
               SELECT id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                   'waiting', due_at, 0, 0, '', FALSE, '', '', $2, traceparent
               FROM jsonb_to_recordset($1) AS r(id UUID, person_id UUID, policy TEXT, template TEXT, route TEXT,
                   useful_until TIMESTAMPTZ, on_unknown TEXT, due_at TIMESTAMPTZ, group_key TEXT, subject TEXT, traceparent TEXT)
               ON CONFLICT (id) DO NOTHING",
    sqlite: "INSERT INTO deliveries (id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key,
                 subject, state, next_at, attempts, setbacks, refused, uncertain, reason, channel, received_at,
                   traceparent)
             SELECT unhex(replace(value->>'id', '-', '')), unhex(replace(value->>'person_id', '-', '')),
                 value->>'policy', value->>'template', value->>'route', value->>'useful_until', value->>'on_unknown',
                 value->>'due_at', value->>'group_key', value->>'subject',
                 'waiting', value->>'due_at', 0, 0, '', 0, '', '', $2, value->>'traceparent'
             FROM jsonb_each($1) WHERE TRUE
             ON CONFLICT (id) DO NOTHING",
};

/// When there is something to do again: the next delivery, or the end of a lease.
pub async fn next_wake(tx: &mut Tx) -> Result<Option<Moment>, Error> {
    let (next, lease): (Option<Moment>, Option<Moment>) = tx
        .query(
            "SELECT (SELECT MIN(next_at) FROM deliveries WHERE state = 'waiting'),
                    (SELECT MIN(lease_until) FROM deliveries WHERE state = 'working')",
        )
        .fetch_one()
        .await?;
    Ok(next.into_iter().chain(lease).min())
}

/// A delivery with its state and reason.
pub async fn find_delivery(tx: &mut Tx, id: Uuid) -> Result<Option<(Uuid, String, String, String)>, Error> {
    tx.query("SELECT person_id, state, COALESCE(outcome, ''), reason FROM deliveries WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await
}

/// What there is to do.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Not settled, their time has come.
    pub ready: i64,
    /// For a later instant.
    pub waiting: i64,
    /// Rendered messages.
    pub messages: i64,
    /// Attempts that ended as unknown.
    pub unknown: i64,
}

/// Counts for pages and metrics.
pub async fn counts(tx: &mut Tx, now: Moment) -> Result<Counts, Error> {
    let (ready, waiting, messages, unknown): (i64, i64, i64, i64) = tx
        .query(
            "SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'waiting' AND next_at <= $1)
                        + (SELECT COUNT(*) FROM deliveries WHERE state = 'working'),
                    (SELECT COUNT(*) FROM deliveries WHERE state = 'waiting' AND next_at > $1),
                    (SELECT COUNT(*) FROM messages),
                    (SELECT COUNT(*) FROM attempts WHERE state = 'unknown')",
        )
        .bind(now)
        .fetch_one()
        .await?;
    Ok(Counts {
        ready,
        waiting,
        messages,
        unknown,
    })
}
