use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::deliveries::Row;
use crate::domain::Delivery;

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
