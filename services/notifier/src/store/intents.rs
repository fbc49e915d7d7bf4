use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

/// Marks the intents of these deliveries (id, number) that `owner` still holds; which they are. One that was settled
/// meanwhile (an erasure) or taken over is not among them.
pub async fn record_intents(tx: &mut Tx, owner: Uuid, intents: &[(Uuid, i64)]) -> Result<Vec<Uuid>, Error> {
    let held: Vec<(Uuid,)> = tx
        .query(INTEND)
        .bind(rows(intents))
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
                   FROM jsonb_each($1)) AS r
             WHERE deliveries.id = r.id AND state = 'working' AND lease_owner = $2
             RETURNING deliveries.id",
};

/// Takes intents of `owner` back and gives their deliveries to whoever comes first; which they are. The attempts and
/// messages are left to [`remove_attempts`] and [`put_back_messages`].
pub async fn withdraw_intents(
    tx: &mut Tx,
    owner: Uuid,
    intents: &[(Uuid, i64)],
    now: Moment,
) -> Result<Vec<Uuid>, Error> {
    let held: Vec<(Uuid,)> = tx
        .query(WITHDRAW)
        .bind(rows(intents))
        .bind(owner)
        .bind(now)
        .fetch_all()
        .await?;
    Ok(held.into_iter().map(|(id,)| id).collect())
}

const WITHDRAW: Sql = Sql {
    postgres: "UPDATE deliveries SET attempts = r.number - 1, state = 'waiting', lease_owner = NULL,
                   lease_until = NULL, next_at = $3
               FROM jsonb_to_recordset($1) AS r(id UUID, number BIGINT)
               WHERE deliveries.id = r.id AND state = 'working' AND lease_owner = $2 AND attempts = r.number
               RETURNING deliveries.id",
    sqlite: "UPDATE deliveries SET attempts = r.number - 1, state = 'waiting', lease_owner = NULL,
                 lease_until = NULL, next_at = $3
             FROM (SELECT unhex(replace(value->>'id', '-', '')) AS id, value->>'number' AS number
                   FROM jsonb_each($1)) AS r
             WHERE deliveries.id = r.id AND state = 'working' AND lease_owner = $2 AND attempts = r.number
             RETURNING deliveries.id",
};

/// Removes attempts of which nothing but the intent is recorded.
pub async fn remove_attempts(tx: &mut Tx, intents: &[(Uuid, i64)]) -> Result<u64, Error> {
    tx.query(REMOVE).bind(rows(intents)).execute().await
}

const REMOVE: Sql = Sql {
    postgres:
        "DELETE FROM attempts USING jsonb_to_recordset($1) AS r(id UUID, number BIGINT)
               WHERE attempts.delivery_id = r.id AND attempts.number = r.number AND attempts.state = 'intent'",
    sqlite: "DELETE FROM attempts WHERE state = 'intent' AND (delivery_id, number) IN
                 (SELECT unhex(replace(value->>'id', '-', '')), value->>'number' FROM jsonb_each($1))",
};

/// After [`remove_attempts`]: a message that was written for a removed attempt is that of the attempt before it on the channel
/// again, or none. What a receipt said meanwhile of that one stays.
pub async fn put_back_messages(tx: &mut Tx, intents: &[(Uuid, i64)]) -> Result<(), Error> {
    tx.query(PUT_BACK).bind(rows(intents)).execute().await?;
    tx.query(DROP).bind(rows(intents)).execute().await?;
    Ok(())
}

const PUT_BACK: Sql = Sql {
    postgres: "UPDATE messages SET attempt = earlier.number, provider = earlier.provider,
                   state = CASE WHEN messages.receipt_at IS NOT NULL THEN messages.state
                       WHEN earlier.state IN ('accepted', 'unknown') THEN earlier.state ELSE 'refused' END
               FROM jsonb_to_recordset($1) AS r(id UUID, number BIGINT), attempts AS earlier
               WHERE messages.delivery_id = r.id AND messages.attempt = r.number
                 AND earlier.delivery_id = messages.delivery_id AND earlier.number =
                     (SELECT MAX(number) FROM attempts
                      WHERE attempts.delivery_id = messages.delivery_id AND attempts.channel = messages.channel)",
    sqlite: "UPDATE messages SET attempt = earlier.number, provider = earlier.provider,
                 state = CASE WHEN messages.receipt_at IS NOT NULL THEN messages.state
                       WHEN earlier.state IN ('accepted', 'unknown') THEN earlier.state ELSE 'refused' END
             FROM (SELECT unhex(replace(value->>'id', '-', '')) AS id, value->>'number' AS number
                   FROM jsonb_each($1)) AS r, attempts AS earlier
             WHERE messages.delivery_id = r.id AND messages.attempt = r.number
               AND earlier.delivery_id = messages.delivery_id AND earlier.number =
                   (SELECT MAX(number) FROM attempts
                    WHERE attempts.delivery_id = messages.delivery_id AND attempts.channel = messages.channel)",
};

const DROP: Sql = Sql {
    postgres: "DELETE FROM messages USING jsonb_to_recordset($1) AS r(id UUID, number BIGINT)
               WHERE messages.delivery_id = r.id AND messages.attempt = r.number",
    sqlite: "DELETE FROM messages WHERE (delivery_id, attempt) IN
                 (SELECT unhex(replace(value->>'id', '-', '')), value->>'number' FROM jsonb_each($1))",
};

#[derive(Serialize)]
struct Intent {
    id: String,
    number: i64,
}

fn rows(intents: &[(Uuid, i64)]) -> Json<Vec<Intent>> {
    let row = |(id, number): &(Uuid, i64)| Intent {
        id: id.to_string(),
        number: *number,
    };
    Json(intents.iter().map(row).collect())
}
