use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use uuid::Uuid;

use super::{deliveries::Row, ids};
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
                   attempts, setbacks, refused, uncertain, traceparent",
    sqlite: "UPDATE deliveries SET state = 'working', lease_owner = $1, lease_until = $2
             WHERE id IN (SELECT id FROM deliveries WHERE state = 'waiting' AND next_at <= $3
                          ORDER BY next_at, id LIMIT $4)
             RETURNING id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                 attempts, setbacks, refused, uncertain, traceparent",
};

/// Takes over up to `limit` deliveries whose lease ran out before `now`: their owner died or lost the database. What
/// `living` owners hold is left to them.
pub async fn take_lapsed(
    tx: &mut Tx,
    owner: Uuid,
    until: Moment,
    (now, living): (Moment, impl IntoIterator<Item = Uuid>),
    limit: i64,
) -> Result<Vec<Delivery>, Error> {
    let rows: Vec<Row> = tx
        .query(TAKE_LAPSED)
        .bind(owner)
        .bind(until)
        .bind(now)
        .bind(limit)
        .bind(ids(living))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Delivery::from).collect())
}

const TAKE_LAPSED: Sql = Sql {
    postgres: "UPDATE deliveries SET lease_owner = $1, lease_until = $2
               WHERE id IN (SELECT id FROM deliveries WHERE state = 'working' AND lease_until <= $3
                                AND lease_owner NOT IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($5) AS t(value))
                            ORDER BY lease_until, id LIMIT $4 FOR UPDATE SKIP LOCKED)
               RETURNING id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                   attempts, setbacks, refused, uncertain, traceparent",
    sqlite: "UPDATE deliveries SET lease_owner = $1, lease_until = $2
             WHERE id IN (SELECT id FROM deliveries WHERE state = 'working' AND lease_until <= $3
                              AND lease_owner NOT IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($5))
                          ORDER BY lease_until, id LIMIT $4)
             RETURNING id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                 attempts, setbacks, refused, uncertain, traceparent",
};

/// Keeps a lease; how many deliveries are still held.
pub async fn renew(tx: &mut Tx, owner: Uuid, until: Moment) -> Result<u64, Error> {
    tx.query("UPDATE deliveries SET lease_until = $2 WHERE state = 'working' AND lease_owner = $1")
        .bind(owner)
        .bind(until)
        .execute()
        .await
}
