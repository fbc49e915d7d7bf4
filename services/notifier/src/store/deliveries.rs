use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::{Channel, Delivery, OnUnknown, Settlement};

#[derive(sqlx::FromRow)]
struct Row {
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
        }
    }
}

fn names(channels: &[Channel]) -> String {
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
    });
    tx.query(INSERT)
        .bind(Json(rows.collect::<Vec<_>>()))
        .bind(now)
        .execute()
        .await
}

const INSERT: Sql = Sql {
    postgres: "INSERT INTO deliveries (id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key,
                   subject, state, next_at, attempts, setbacks, refused, uncertain, reason, channel, received_at)
               SELECT id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                   'waiting', due_at, 0, 0, '', FALSE, '', '', $2
               FROM jsonb_to_recordset($1) AS r(id UUID, person_id UUID, policy TEXT, template TEXT, route TEXT,
                   useful_until TIMESTAMPTZ, on_unknown TEXT, due_at TIMESTAMPTZ, group_key TEXT, subject TEXT)
               ON CONFLICT (id) DO NOTHING",
    sqlite: "INSERT INTO deliveries (id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key,
                 subject, state, next_at, attempts, setbacks, refused, uncertain, reason, channel, received_at)
             SELECT unhex(replace(value->>'id', '-', '')), unhex(replace(value->>'person_id', '-', '')),
                 value->>'policy', value->>'template', value->>'route', value->>'useful_until', value->>'on_unknown',
                 value->>'due_at', value->>'group_key', value->>'subject',
                 'waiting', value->>'due_at', 0, 0, '', 0, '', '', $2
             FROM json_each($1) WHERE TRUE
             ON CONFLICT (id) DO NOTHING",
};

/// Takes up to `limit` deliveries whose time has come, under a lease.
pub async fn claim(
    tx: &mut Tx,
    owner: Uuid,
    until: Moment,
    now: Moment,
    limit: i64,
) -> Result<Vec<Delivery>, Error> {
    let rows: Vec<Row> = tx
        .query(CLAIM)
        .bind(owner)
        .bind(until)
        .bind(now)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Delivery::from).collect())
}

const CLAIM: Sql = Sql {
    postgres: "UPDATE deliveries SET state = 'working', lease_owner = $1, lease_until = $2
               WHERE id IN (SELECT id FROM deliveries WHERE state = 'waiting' AND next_at <= $3
                            ORDER BY next_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
               RETURNING id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                   attempts, setbacks, refused, uncertain",
    sqlite: "UPDATE deliveries SET state = 'working', lease_owner = $1, lease_until = $2
             WHERE id IN (SELECT id FROM deliveries WHERE state = 'waiting' AND next_at <= $3
                          ORDER BY next_at, id LIMIT $4)
             RETURNING id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                 attempts, setbacks, refused, uncertain",
};

/// Takes over up to `limit` deliveries whose lease ran out: their owner died or lost the database.
pub async fn take_lapsed(
    tx: &mut Tx,
    owner: Uuid,
    until: Moment,
    now: Moment,
    limit: i64,
) -> Result<Vec<Delivery>, Error> {
    let rows: Vec<Row> = tx
        .query(TAKE_LAPSED)
        .bind(owner)
        .bind(until)
        .bind(now)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Delivery::from).collect())
}

const TAKE_LAPSED: Sql = Sql {
    postgres: "UPDATE deliveries SET lease_owner = $1, lease_until = $2
               WHERE id IN (SELECT id FROM deliveries WHERE state = 'working' AND lease_until <= $3
                            ORDER BY lease_until, id LIMIT $4 FOR UPDATE SKIP LOCKED)
               RETURNING id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                   attempts, setbacks, refused, uncertain",
    sqlite: "UPDATE deliveries SET lease_owner = $1, lease_until = $2
             WHERE id IN (SELECT id FROM deliveries WHERE state = 'working' AND lease_until <= $3
                          ORDER BY lease_until, id LIMIT $4)
             RETURNING id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                 attempts, setbacks, refused, uncertain",
};

/// Keeps a lease; how many deliveries are still held.
pub async fn renew(tx: &mut Tx, owner: Uuid, until: Moment) -> Result<u64, Error> {
    tx.query("UPDATE deliveries SET lease_until = $2 WHERE state = 'working' AND lease_owner = $1")
        .bind(owner)
        .bind(until)
        .execute()
        .await
}

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

/// Marks the intents of these deliveries (id, number) that `owner` still holds; which they are. One that was settled
/// meanwhile (an erasure) or taken over is not among them.
pub async fn record_intents(tx: &mut Tx, owner: Uuid, intents: &[(Uuid, i64)]) -> Result<Vec<Uuid>, Error> {
    #[derive(Serialize)]
    struct Intent {
        id: String,
        number: i64,
    }
    let rows = intents.iter().map(|(id, number)| Intent {
        id: id.to_string(),
        number: *number,
    });
    let held: Vec<(Uuid,)> = tx
        .query(INTEND)
        .bind(Json(rows.collect::<Vec<_>>()))
        .bind(owner)
        .fetch_all()
        .await?;
    Ok(held.into_iter().map(|(id,)| id).collect())
}

const INTEND: Sql = Sql {
    postgres: "UPDATE deliveries SET attempts = r.number, setbacks = 0
               FROM jsonb_to_recordset($1) AS r(id UUID, number BIGINT)
               WHERE deliveries.id = r.id AND state = 'working' AND lease_owner = $2
               RETURNING deliveries.id",
    sqlite: "UPDATE deliveries SET attempts = r.number, setbacks = 0
             FROM (SELECT unhex(replace(value->>'id', '-', '')) AS id, value->>'number' AS number
                   FROM json_each($1)) AS r
             WHERE deliveries.id = r.id AND state = 'working' AND lease_owner = $2
             RETURNING deliveries.id",
};

/// A delivery that is given back.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Which.
    pub id: Uuid,
    /// Not before.
    pub at: Moment,
    /// Times in a row that a peer was away.
    pub setbacks: i64,
    /// Channels that are out.
    pub refused: Vec<Channel>,
    /// Whether an attempt ended as unknown.
    pub uncertain: bool,
}

impl Waiting {
    /// As it is, at another instant.
    pub fn of(delivery: &Delivery, at: Moment) -> Self {
        Self {
            id: delivery.id,
            at,
            setbacks: delivery.setbacks,
            refused: delivery.refused.clone(),
            uncertain: delivery.uncertain,
        }
    }
}

/// Gives deliveries that `owner` holds back, each to wait for its instant.
pub async fn wait(tx: &mut Tx, owner: Uuid, waiting: &[Waiting]) -> Result<u64, Error> {
    #[derive(Serialize)]
    struct Row {
        id: String,
        at: String,
        setbacks: i64,
        refused: String,
        uncertain: bool,
    }
    let rows = waiting.iter().map(|one| Row {
        id: one.id.to_string(),
        at: one.at.to_string(),
        setbacks: one.setbacks,
        refused: names(&one.refused),
        uncertain: one.uncertain,
    });
    tx.query(WAIT)
        .bind(Json(rows.collect::<Vec<_>>()))
        .bind(owner)
        .execute()
        .await
}

const WAIT: Sql = Sql {
    postgres: "UPDATE deliveries SET state = 'waiting', lease_owner = NULL, lease_until = NULL, next_at = r.at,
                   setbacks = r.setbacks, refused = r.refused, uncertain = r.uncertain
               FROM jsonb_to_recordset($1) AS r(id UUID, at TIMESTAMPTZ, setbacks BIGINT, refused TEXT, uncertain BOOLEAN)
               WHERE deliveries.id = r.id AND state = 'working' AND lease_owner = $2",
    sqlite: "UPDATE deliveries SET state = 'waiting', lease_owner = NULL, lease_until = NULL, next_at = r.at,
                 setbacks = r.setbacks, refused = r.refused, uncertain = r.uncertain
             FROM (SELECT unhex(replace(value->>'id', '-', '')) AS id, value->>'at' AS at,
                          value->>'setbacks' AS setbacks, value->>'refused' AS refused, value->>'uncertain' AS uncertain
                   FROM json_each($1)) AS r
             WHERE deliveries.id = r.id AND state = 'working' AND lease_owner = $2",
};

/// Settles deliveries that `owner` holds; which they are. Another's or a settled one is left alone.
pub async fn settle(
    tx: &mut Tx,
    owner: Uuid,
    settlements: &[Settlement],
    now: Moment,
) -> Result<Vec<Uuid>, Error> {
    #[derive(Serialize)]
    struct Row<'a> {
        id: String,
        outcome: &'static str,
        reason: &'a str,
        channel: &'static str,
        uncertain: bool,
    }
    let rows = settlements.iter().map(|settlement| Row {
        id: settlement.delivery_id.to_string(),
        outcome: settlement.outcome.name(),
        reason: settlement.outcome.reason(),
        channel: settlement.outcome.channel(),
        uncertain: settlement.uncertain,
    });
    let settled: Vec<(Uuid,)> = tx
        .query(SETTLE)
        .bind(Json(rows.collect::<Vec<_>>()))
        .bind(owner)
        .bind(now)
        .fetch_all()
        .await?;
    Ok(settled.into_iter().map(|(id,)| id).collect())
}

const SETTLE: Sql = Sql {
    postgres: "UPDATE deliveries SET state = 'settled', lease_owner = NULL, lease_until = NULL, outcome = r.outcome,
                   reason = r.reason, channel = r.channel, uncertain = r.uncertain, settled_at = $3
               FROM jsonb_to_recordset($1) AS r(id UUID, outcome TEXT, reason TEXT, channel TEXT, uncertain BOOLEAN)
               WHERE deliveries.id = r.id AND state = 'working' AND lease_owner = $2
               RETURNING deliveries.id",
    sqlite: "UPDATE deliveries SET state = 'settled', lease_owner = NULL, lease_until = NULL, outcome = r.outcome,
                 reason = r.reason, channel = r.channel, uncertain = r.uncertain, settled_at = $3
             FROM (SELECT unhex(replace(value->>'id', '-', '')) AS id, value->>'outcome' AS outcome,
                          value->>'reason' AS reason, value->>'channel' AS channel, value->>'uncertain' AS uncertain
                   FROM json_each($1)) AS r
             WHERE deliveries.id = r.id AND state = 'working' AND lease_owner = $2
             RETURNING deliveries.id",
};

/// Settles what a person was still to be sent, except what is at a provider now; each with its attempts and whether
/// one of them is uncertain.
pub async fn settle_person(
    tx: &mut Tx,
    person: Uuid,
    reason: &str,
    now: Moment,
) -> Result<Vec<(Uuid, i64, bool)>, Error> {
    tx.query(
        "UPDATE deliveries SET state = 'settled', lease_owner = NULL, lease_until = NULL, outcome = 'suppressed',
             reason = $2, settled_at = $3
         WHERE person_id = $1 AND state <> 'settled'
           AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.delivery_id = deliveries.id AND attempts.state = 'intent')
         RETURNING id, attempts, uncertain",
    )
    .bind(person)
    .bind(reason)
    .bind(now)
    .fetch_all()
    .await
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
