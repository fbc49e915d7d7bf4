use jiff::civil::DateTime;
use platform::auth::{Actor, ORGANISERS, READERS};
use platform::idempotency;
use platform::{Tx, trace};
use uuid::Uuid;

use super::Context;
use crate::by_hand::{Act, Refusal, check_live, check_resend, due_after_hold, due_now, resend_occurrence};
use crate::domain::{Milestone, Recorded, Reminder};
use crate::error::Error;
use crate::store::{self, ActRow, Row};

/// A request that is done once, however often it comes.
#[derive(Clone, Copy, Debug)]
pub struct Keyed {
    /// Chosen by the caller.
    pub id: Uuid,
    /// Of the whole request.
    pub fingerprint: [u8; 32],
}

/// A reminder, what it is about as it stands now, and what was done to it by hand.
#[derive(Clone, Debug)]
pub struct Detail {
    /// As it is listed.
    pub row: Row,
    /// None when it was never recorded, which the ledger does not do.
    pub milestone: Option<Milestone>,
    /// Wall clock that the person had been told, for a notice of change.
    pub previous_starts: Option<DateTime>,
    /// Oldest first.
    pub acts: Vec<ActRow>,
}

/// One reminder, for those who may see its organisation.
pub async fn reminder(context: &Context, actor: &Actor, id: Uuid) -> Result<Detail, Error> {
    actor.require(READERS)?;
    detail(&mut context.db.read().await?, actor, id).await
}

/// Does an act, in one transaction with who and when. The reply is the reminder, for a resend the new one.
pub async fn act(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    id: Uuid,
    act: Act,
) -> Result<Detail, Error> {
    actor.require(ORGANISERS)?;
    let mut tx = context.db.begin().await?;
    if let Some(reply) = idempotency::recall(&mut tx, request.id, &request.fingerprint).await?? {
        let touched = touched(&reply).ok_or(Error::Unknown)?;
        return detail(&mut tx, actor, touched).await;
    }
    let found = readable(&mut tx, actor, id).await?;
    // Only what is read under the lock counts: a move, a release and another act wait.
    store::lock_subject(&mut tx, &found.subject).await?;
    let reminder = store::find_reminder(&mut tx, id).await?.ok_or(Error::Unknown)?;
    let recorded = store::find(&mut tx, &reminder.identity.subject, &reminder.identity.kind).await?;
    let touched = apply(context, &mut tx, &reminder, recorded.as_ref(), act).await?;
    let now = context.clock.now();
    let row = ActRow {
        id: context.ids.id(),
        reminder_id: id,
        act: act.as_str().to_owned(),
        actor: actor.subject.clone(),
        at: now,
        other_id: (touched != id).then_some(touched),
    };
    store::record_act(&mut tx, &row).await?;
    let reply = touched.to_string();
    idempotency::remember(&mut tx, &context.clock, request.id, &request.fingerprint, &reply).await?;
    let detail = detail(&mut tx, actor, touched).await?;
    tx.commit().await?;
    context.wake.notify_one();
    Ok(detail)
}

/// Ends held reminders that nobody would want any more. How many.
pub async fn end_held(context: &Context) -> Result<u64, Error> {
    let now = context.clock.now();
    // A look first, so that an idle scheduler takes no write lock every second.
    if !store::is_held_too_long(&mut context.db.read().await?, now).await? {
        return Ok(0);
    }
    let mut tx = context.db.begin().await?;
    let ended = store::end_held(&mut tx, now).await?;
    tx.commit().await?;
    Ok(ended)
}

async fn apply(
    context: &Context,
    tx: &mut Tx,
    reminder: &Reminder,
    recorded: Option<&Recorded>,
    act: Act,
) -> Result<Uuid, Error> {
    let now = context.clock.now();
    let due = |any_hour| {
        due_now(
            &context.policies,
            &context.calendar,
            reminder,
            recorded,
            any_hour,
            now.timestamp(),
        )
    };
    // The claim does not wait for the subject's lock: the statement itself has the last word.
    let done = match act {
        Act::Hold => {
            check_live(reminder)?;
            if now.timestamp() >= reminder.useful_until {
                return Err(Refusal::TooLate.into());
            }
            store::hold(tx, reminder.id, now).await?
        }
        Act::Resume => {
            if !reminder.by_hand.held {
                return Err(Refusal::NotHeld.into());
            }
            let due = due_after_hold(
                &context.policies,
                &context.calendar,
                reminder,
                recorded,
                now.timestamp(),
            );
            store::resume(tx, reminder.id, due).await?
        }
        Act::SendNow { any_hour } => {
            check_live(reminder)?;
            store::make_due(tx, reminder.id, due(any_hour)?, any_hour).await?
        }
        Act::Resend => {
            check_resend(reminder)?;
            let due = due(false)?;
            let existing = store::of_subject(tx, &reminder.identity.subject).await?;
            let mut resend = reminder.clone();
            resend.id = context.ids.id();
            resend.identity.occurrence = resend_occurrence(reminder, &existing);
            (resend.intended, resend.due) = (due, due);
            store::insert_resend(tx, &resend, reminder.id, &trace::current(), now).await?;
            return Ok(resend.id);
        }
    };
    if done {
        Ok(reminder.id)
    } else {
        Err(Refusal::HandedOver.into())
    }
}

/// The reminder that the same request touched before.
fn touched(reply: &[u8]) -> Option<Uuid> {
    let id = <String as prost::Message>::decode(reply).ok()?;
    id.parse().ok()
}

/// Unknown, or another organisation's: the answer is the same.
async fn readable(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Row, Error> {
    let row = store::find_row(tx, id).await?.ok_or(Error::Unknown)?;
    actor
        .may_access(row.organisation_id)
        .map_err(|_| Error::Unknown)?;
    Ok(row)
}

async fn detail(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Detail, Error> {
    let row = readable(tx, actor, id).await?;
    let recorded = store::find(tx, &row.subject, &row.kind).await?;
    let reminder = store::find_reminder(tx, id).await?.ok_or(Error::Unknown)?;
    let told = reminder.told_before.and_then(|told| told.times);
    Ok(Detail {
        acts: store::acts_of(tx, id).await?,
        milestone: recorded.map(|recorded| recorded.milestone),
        previous_starts: told.map(|times| times.starts),
        row,
    })
}
