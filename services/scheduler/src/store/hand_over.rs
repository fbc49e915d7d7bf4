//! What becomes of reminders that are on their way.

use std::collections::BTreeMap;

use jiff::Timestamp;
use platform::db::{Error, Sql};
use platform::{Moment, Tx};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::deliveries::End;
use super::{At, ids};
use crate::domain::{Reason, ReminderState, Settlement, Snapshot};

/// `Release` let these go: from here they count as told until they are settled otherwise.
pub async fn let_go(tx: &mut Tx, reminders: &[Uuid]) -> Result<(), Error> {
    const LET_GO: Sql = Sql {
        postgres: "UPDATE reminders SET released = TRUE WHERE state = 'queued'
            AND id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))",
        sqlite: "UPDATE reminders SET released = TRUE WHERE state = 'queued'
            AND id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))",
    };
    if !reminders.is_empty() {
        tx.query(LET_GO).bind(ids(reminders)).execute().await?;
    }
    Ok(())
}

/// Reminders that `Release` ends, also when an earlier attempt of them was let go; each with its reason.
pub async fn refuse(tx: &mut Tx, reminders: &[(Uuid, Reason)], now: Moment) -> Result<(), Error> {
    const REFUSE: Sql = Sql {
        postgres: "UPDATE reminders SET state = 'suppressed', reason = r.reason, settled_at = $2
            FROM jsonb_to_recordset($1) AS r(id UUID, reason TEXT)
            WHERE reminders.id = r.id AND state IN ('planned', 'queued')",
        sqlite: "UPDATE reminders SET state = 'suppressed', reason = r.reason, settled_at = $2
            FROM (SELECT unhex(replace(value ->> 'id', '-', '')) AS id, value ->> 'reason' AS reason
                  FROM jsonb_each($1)) AS r
            WHERE reminders.id = r.id AND state IN ('planned', 'queued')",
    };
    #[derive(Serialize)]
    struct Refused {
        id: Uuid,
        reason: &'static str,
    }
    if reminders.is_empty() {
        return Ok(());
    }
    let rows = reminders.iter().map(|(id, reason)| Refused {
        id: *id,
        reason: reason.as_str(),
    });
    let rows: Vec<Refused> = rows.collect();
    tx.query(REFUSE).bind(Json(rows)).bind(now).execute().await?;
    Ok(())
}

/// Notices of change take over the base lines of others that are not told any more.
pub async fn hand_down(tx: &mut Tx, base_lines: &BTreeMap<Uuid, Snapshot>) -> Result<(), Error> {
    const HAND_DOWN: Sql = Sql {
        postgres: "UPDATE reminders SET told_before = r.told_before
            FROM jsonb_to_recordset($1) AS r(id UUID, told_before JSONB)
            WHERE reminders.id = r.id AND state IN ('planned', 'queued')",
        sqlite: "UPDATE reminders SET told_before = r.told_before
            FROM (SELECT unhex(replace(value ->> 'id', '-', '')) AS id, value ->> 'told_before' AS told_before
                  FROM jsonb_each($1)) AS r
            WHERE reminders.id = r.id AND state IN ('planned', 'queued')",
    };
    #[derive(Serialize)]
    struct Known<'a> {
        id: Uuid,
        told_before: &'a Snapshot,
    }
    if base_lines.is_empty() {
        return Ok(());
    }
    let rows = base_lines
        .iter()
        .map(|(id, told_before)| Known { id: *id, told_before });
    let rows: Vec<Known<'_>> = rows.collect();
    tx.query(HAND_DOWN).bind(Json(rows)).execute().await?;
    Ok(())
}

/// The window opens later: the reminders of these deliveries are due then.
pub async fn defer(tx: &mut Tx, deliveries: &[(Uuid, Timestamp)]) -> Result<(), Error> {
    const DEFER: Sql = Sql {
        postgres: "UPDATE reminders SET due_at = r.until FROM jsonb_to_recordset($1) AS r(id UUID, until TIMESTAMPTZ)
            WHERE delivery_id = r.id AND state = 'queued'",
        sqlite: "UPDATE reminders SET due_at = r.until
            FROM (SELECT unhex(replace(value ->> 'id', '-', '')) AS id, value ->> 'until' AS until
                  FROM jsonb_each($1)) AS r
            WHERE delivery_id = r.id AND state = 'queued'",
    };
    #[derive(Serialize)]
    struct Deferred {
        id: Uuid,
        until: At,
    }
    if deliveries.is_empty() {
        return Ok(());
    }
    let rows = deliveries.iter().map(|(id, until)| Deferred {
        id: *id,
        until: (*until).into(),
    });
    let rows: Vec<Deferred> = rows.collect();
    tx.query(DEFER).bind(Json(rows)).execute().await?;
    Ok(())
}

/// A reminder that was settled.
#[derive(Clone, Copy, Debug)]
pub struct Settled {
    /// The delivery that carried it.
    pub delivery: Uuid,
    /// When it was due.
    pub due: Moment,
    /// Whether it had been told before, until its message came back.
    pub again: bool,
}

/// Deliveries are settled, and with each the reminders that it still carries, or that it had told until its message came
/// back.
/// Reminders that were let go once and held back at a later attempt may have been told all the same, when an attempt
/// ended without anybody knowing.
pub async fn settle(tx: &mut Tx, settlements: &[&Settlement]) -> Result<Vec<Settled>, Error> {
    const SETTLE: Sql = Sql {
        postgres: "UPDATE reminders SET state = r.outcome, reason = r.reason, channel = r.channel, settled_at = r.at,
                uncertain = r.uncertain
            FROM jsonb_to_recordset($1) AS r(id UUID, at TIMESTAMPTZ, outcome TEXT, reason TEXT, channel TEXT,
                uncertain BOOLEAN)
            WHERE delivery_id = r.id AND state = $2 RETURNING delivery_id, due_at",
        sqlite: "UPDATE reminders SET state = r.outcome, reason = r.reason, channel = r.channel, settled_at = r.at,
                uncertain = r.uncertain
            FROM (SELECT unhex(replace(value ->> 'id', '-', '')) AS id, value ->> 'at' AS at,
                         value ->> 'outcome' AS outcome, value ->> 'reason' AS reason, value ->> 'channel' AS channel,
                         value ->> 'uncertain' AS uncertain
                  FROM jsonb_each($1)) AS r
            WHERE delivery_id = r.id AND state = $2 RETURNING delivery_id, due_at",
    };
    doubt(tx, settlements).await?;
    let rows: Vec<End<'_>> = settlements.iter().copied().map(End::of).collect();
    let mut all: Vec<Settled> = Vec::new();
    // Neither database says what a row was before it was written; those that were told come first, or they would be found
    // among those that are told now.
    for state in [ReminderState::Sent, ReminderState::Queued] {
        let ended: Vec<(Uuid, Moment)> = tx
            .query(SETTLE)
            .bind(Json(rows.as_slice()))
            .bind(state)
            .fetch_all()
            .await?;
        all.extend(ended.into_iter().map(|(delivery, due)| Settled {
            delivery,
            due,
            again: state == ReminderState::Sent,
        }));
    }
    Ok(all)
}

async fn doubt(tx: &mut Tx, settlements: &[&Settlement]) -> Result<(), Error> {
    const DOUBT: Sql = Sql {
        postgres: "UPDATE reminders SET uncertain = TRUE WHERE state = 'suppressed' AND released
            AND delivery_id IN (SELECT CAST(v AS UUID) FROM jsonb_array_elements_text($1) AS t(v))",
        sqlite: "UPDATE reminders SET uncertain = TRUE WHERE state = 'suppressed' AND released
            AND delivery_id IN (SELECT unhex(replace(value, '-', '')) FROM jsonb_each($1))",
    };
    let uncertain = settlements.iter().filter(|one| one.uncertain);
    let uncertain: Vec<Uuid> = uncertain.map(|one| one.delivery).collect();
    if !uncertain.is_empty() {
        tx.query(DOUBT).bind(ids(&uncertain)).execute().await?;
    }
    Ok(())
}
