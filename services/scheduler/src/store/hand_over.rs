//! What becomes of reminders that are on their way.

use jiff::Timestamp;
use platform::db::{Error, Sql};
use platform::{Moment, Tx};
use uuid::Uuid;

use super::ids;
use crate::domain::{Reason, Settlement};

/// `Release` let these go: from here they count as told until they are settled otherwise.
pub async fn let_go(tx: &mut Tx, reminders: &[Uuid]) -> Result<(), Error> {
    const LET_GO: Sql = Sql {
        postgres: "UPDATE reminders SET released = TRUE WHERE state = 'queued'
            AND id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))",
        sqlite: "UPDATE reminders SET released = TRUE WHERE state = 'queued'
            AND id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
    };
    if !reminders.is_empty() {
        tx.query(LET_GO).bind(ids(reminders)).execute().await?;
    }
    Ok(())
}

/// Reminders that `Release` ends, also when an earlier attempt of them was let go.
pub async fn refuse(tx: &mut Tx, reminder: Uuid, reason: Reason, now: Moment) -> Result<(), Error> {
    tx.query(
        "UPDATE reminders SET state = 'suppressed', reason = $2, settled_at = $3 WHERE id = $1 AND state = 'queued'",
    )
    .bind(reminder)
    .bind(reason.as_str())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The window opens later: a delivery's reminders are due then.
pub async fn defer(tx: &mut Tx, delivery: Uuid, until: Timestamp) -> Result<(), Error> {
    tx.query("UPDATE reminders SET due_at = $2 WHERE delivery_id = $1 AND state = 'queued'")
        .bind(delivery)
        .bind(Moment::from(until))
        .execute()
        .await?;
    Ok(())
}

/// A delivery is settled, and with it the reminders that it still carries. Those that were let go once and held
/// back at a later attempt may have been told all the same, when an attempt ended without anybody knowing.
pub async fn settle(tx: &mut Tx, settlement: &Settlement) -> Result<u64, Error> {
    if settlement.uncertain {
        tx.query("UPDATE reminders SET uncertain = TRUE WHERE delivery_id = $1 AND state = 'suppressed' AND released")
            .bind(settlement.delivery)
            .execute()
            .await?;
    }
    tx.query(
        "UPDATE reminders SET state = $2, reason = $3, channel = $4, settled_at = $5, uncertain = $6
         WHERE delivery_id = $1 AND state = 'queued'",
    )
    .bind(settlement.delivery)
    .bind(settlement.outcome)
    .bind(settlement.reason.as_str())
    .bind(settlement.channel.as_str())
    .bind(Moment::from(settlement.at))
    .bind(settlement.uncertain)
    .execute()
    .await
}
