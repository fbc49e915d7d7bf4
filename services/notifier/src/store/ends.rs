use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::deliveries::names;
use crate::domain::{Channel, Delivery, Settlement};

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
                   FROM jsonb_each($1)) AS r
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
                   FROM jsonb_each($1)) AS r
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
