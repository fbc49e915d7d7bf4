//! What people do to reminders by hand.

use jiff::Timestamp;
use platform::db::Error;
use platform::{Moment, Tx};
use uuid::Uuid;

use super::reminders::live;
use crate::domain::Reminder;

/// Something done by hand, as it is listed.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table, described there")]
pub struct ActRow {
    pub id: Uuid,
    pub reminder_id: Uuid,
    pub act: String,
    pub actor: String,
    pub at: Moment,
    pub other_id: Option<Uuid>,
}

/// Notes an act.
pub async fn record_act(tx: &mut Tx, act: &ActRow) -> Result<(), Error> {
    tx.query("INSERT INTO acts (id, reminder_id, act, actor, at, other_id) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(act.id)
        .bind(act.reminder_id)
        .bind(act.act.as_str())
        .bind(act.actor.as_str())
        .bind(act.at)
        .bind(act.other_id)
        .execute()
        .await?;
    Ok(())
}

/// Notes on a reminder that takes the place of a held one who had held that, and when.
pub async fn carry_hold(tx: &mut Tx, id: Uuid, reminder: Uuid, from: Uuid) -> Result<(), Error> {
    tx.query(
        "INSERT INTO acts (id, reminder_id, act, actor, at, other_id)
         SELECT $1, $2, act, actor, at, reminder_id FROM acts WHERE reminder_id = $3 AND act = 'hold'
         ORDER BY id DESC LIMIT 1",
    )
    .bind(id)
    .bind(reminder)
    .bind(from)
    .execute()
    .await?;
    Ok(())
}

/// What was done to a reminder, oldest first.
pub async fn acts_of(tx: &mut Tx, reminder: Uuid) -> Result<Vec<ActRow>, Error> {
    tx.query("SELECT id, reminder_id, act, actor, at, other_id FROM acts WHERE reminder_id = $1 ORDER BY id")
        .bind(reminder)
        .fetch_all()
        .await
}

/// Holds a reminder, out of a delivery that has not passed the point of no return if need be; whether it still could be.
pub async fn hold(tx: &mut Tx, id: Uuid, now: Moment) -> Result<bool, Error> {
    let rows = tx
        .query(concat!(
            "UPDATE reminders SET state = 'planned', delivery_id = NULL, held_at = $2 WHERE id = $1 AND ",
            live!()
        ))
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends a hold, due at an instant; whether there was one.
pub async fn resume(tx: &mut Tx, id: Uuid, due: Timestamp) -> Result<bool, Error> {
    let rows = tx
        .query(
            "UPDATE reminders SET held_at = NULL, due_at = $2
             WHERE id = $1 AND state = 'planned' AND held_at IS NOT NULL",
        )
        .bind(id)
        .bind(Moment::from(due))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Makes a reminder due at an instant, by itself and held no longer; whether it still could be.
pub async fn make_due(tx: &mut Tx, id: Uuid, due: Timestamp, any_hour: bool) -> Result<bool, Error> {
    let rows = tx
        .query(concat!(
            "UPDATE reminders SET state = 'planned', delivery_id = NULL, held_at = NULL, due_at = $2, any_hour = $3,
                 digest = FALSE
             WHERE id = $1 AND ",
            live!()
        ))
        .bind(id)
        .bind(Moment::from(due))
        .bind(any_hour)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Adds a reminder that repeats another, of the same milestone; `cause` is the trace of who asked.
pub async fn insert_resend(
    tx: &mut Tx,
    resend: &Reminder,
    of: Uuid,
    cause: &str,
    now: Moment,
) -> Result<(), Error> {
    tx.query(
        "INSERT INTO reminders (id, policy, subject, kind, generation, occurrence, recipient, route, role, template,
             occasion, state, reason, intended_at, due_at, useful_until, digest, released, uncertain, told_before, channel,
             grouping, organisation_id, created_at, resend_of, traceparent)
         SELECT $1, policy, subject, kind, generation, $2, recipient, route, role, template, occasion, 'planned', '', $3,
             $4, useful_until, FALSE, FALSE, FALSE, told_before, '', grouping, organisation_id, $5, id, $7
         FROM reminders WHERE id = $6",
    )
    .bind(resend.id)
    .bind(resend.identity.occurrence.as_str())
    .bind(Moment::from(resend.intended))
    .bind(Moment::from(resend.due))
    .bind(now)
    .bind(of)
    .bind(cause)
    .execute()
    .await?;
    Ok(())
}

/// Whether a held reminder is no longer useful.
pub async fn is_held_too_long(tx: &mut Tx, now: Moment) -> Result<bool, Error> {
    let found: Option<(Uuid,)> = tx
        .query(
            "SELECT id FROM reminders WHERE state = 'planned' AND held_at IS NOT NULL AND useful_until <= $1 LIMIT 1",
        )
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// Held reminders that nobody would want any more end.
pub async fn end_held(tx: &mut Tx, now: Moment) -> Result<u64, Error> {
    tx.query(
        "UPDATE reminders SET state = 'suppressed', reason = 'held', settled_at = $1
         WHERE state = 'planned' AND held_at IS NOT NULL AND useful_until <= $1",
    )
    .bind(now)
    .execute()
    .await
}
