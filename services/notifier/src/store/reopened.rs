//! Deliveries that were settled as sent, and whose message came back.

use platform::{
    Moment, Tx,
    db::{Error, Sql},
};
use uuid::Uuid;

use super::{
    deliveries::{Row, names},
    ids,
};
use crate::domain::{Channel, Delivery};

/// A delivery that was settled as sent by a channel, kept from others; none when it stands otherwise.
pub async fn lock_sent(tx: &mut Tx, delivery: Uuid, channel: Channel) -> Result<Option<Delivery>, Error> {
    let row: Option<Row> = tx
        .query(LOCK_SENT)
        .bind(delivery)
        .bind(channel.name())
        .fetch_optional()
        .await?;
    Ok(row.map(Delivery::from))
}

const LOCK_SENT: Sql = Sql {
    postgres: "SELECT id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                   attempts, setbacks, refused, uncertain, traceparent
               FROM deliveries WHERE id = $1 AND state = 'settled' AND outcome = 'sent' AND channel = $2 FOR UPDATE",
    sqlite: "SELECT id, person_id, policy, template, route, useful_until, on_unknown, due_at, group_key, subject,
                 attempts, setbacks, refused, uncertain, traceparent
             FROM deliveries WHERE id = $1 AND state = 'settled' AND outcome = 'sent' AND channel = $2",
};

/// Hands it over once more, now, without these channels.
pub async fn reopen(tx: &mut Tx, delivery: Uuid, out: &[Channel], now: Moment) -> Result<u64, Error> {
    tx.query(
        "UPDATE deliveries SET state = 'waiting', outcome = NULL, settled_at = NULL, reason = '', channel = '',
             next_at = $2, setbacks = 0, refused = $3
         WHERE id = $1 AND state = 'settled'",
    )
    .bind(delivery)
    .bind(now)
    .bind(names(out))
    .execute()
    .await
}

/// Of these deliveries, the messages of which a receipt says that they do not arrive: delivery and channel.
pub async fn undelivered(
    tx: &mut Tx,
    deliveries: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<(Uuid, Channel)>, Error> {
    let rows: Vec<(Uuid, String)> = tx.query(UNDELIVERED).bind(ids(deliveries)).fetch_all().await?;
    Ok(rows
        .into_iter()
        .filter_map(|(delivery, channel)| Some((delivery, Channel::of(&channel)?)))
        .collect())
}

const UNDELIVERED: Sql = Sql {
    postgres: "SELECT delivery_id, channel FROM messages
               WHERE state = 'failed_permanent' AND delivery_id IN
                   (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "SELECT delivery_id, channel FROM messages
             WHERE state = 'failed_permanent' AND delivery_id IN
                 (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))",
};
