use jiff::SignedDuration;
use platform::auth::{Actor, READERS};

use super::{Context, settle};
use crate::error::Error;
use crate::policy::{Checked, Policy, check};
use crate::store::{self, Governing};

/// Milestones planned anew in one transaction.
const BATCH: i64 = 50;

/// Milestones looked at in one read.
const LOOKED_AT: i64 = 500;

/// Policies in force that no process was seen with for so long are nobody's any more: of one that started while it was being
/// replaced. Some looks of [`keep_to_policies`] may fail in between.
const LEFT_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// A replica that plans all anew says with every batch that it is there.
const CUT_SHORT_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// Reminders after the end reach no further back than this.
const MEMORY: SignedDuration = SignedDuration::from_hours(400 * 24);

/// All policies, those that are switched off included.
pub fn list_policies<'a>(context: &'a Context, actor: &Actor) -> Result<&'a [Policy], Error> {
    actor.require(READERS)?;
    Ok(context.policies.all())
}

/// Explains every error of a text of policies.
pub fn check_policies(context: &Context, actor: &Actor, text: &str) -> Result<Checked, Error> {
    actor.require(READERS)?;
    Ok(check(text, &context.kinds))
}

/// At a start: puts the policies of this process, and the days that the installation closes, in force, and plans everything
/// anew when the ledger was planned under others. Repeating it, or doing it in two replicas at once, changes nothing more. How many
/// milestones.
pub async fn replan_for_policies(context: &Context) -> Result<usize, Error> {
    let governing = governing(context).await?;
    let own = context.fingerprint();
    if governing.in_force == own && governing.planned == own && is_seen(context).await? {
        return Ok(0);
    }
    plan_all_anew(context).await
}

/// From time to time: plans anew what a process with other policies has planned since, as one does that is being replaced; and
/// takes over from policies that no process has any more. How many milestones or subjects.
pub async fn keep_to_policies(context: &Context) -> Result<usize, Error> {
    let governing = governing(context).await?;
    let (own, now) = (context.fingerprint(), context.clock.now());
    if governing.in_force == own && governing.planned == own {
        return plan_anew_what_others_planned(context).await;
    }
    // Another process is there, or another replica is at it.
    let patience = if governing.in_force == own {
        CUT_SHORT_AFTER
    } else {
        LEFT_AFTER
    };
    if governing.seen.is_some_and(|seen| seen >= now.minus(patience)) {
        return Ok(0);
    }
    plan_all_anew(context).await
}

async fn is_seen(context: &Context) -> Result<bool, Error> {
    let mut tx = context.db.begin().await?;
    let in_force = store::seen(&mut tx, context.fingerprint(), context.clock.now()).await?;
    tx.commit().await?;
    Ok(in_force)
}

async fn governing(context: &Context) -> Result<Governing, Error> {
    Ok(store::governing(&mut context.db.read().await?).await?)
}

async fn plan_all_anew(context: &Context) -> Result<usize, Error> {
    let mut tx = context.db.begin().await?;
    store::put_in_force(&mut tx, context.fingerprint(), context.clock.now()).await?;
    tx.commit().await?;
    let since = context.clock.now().minus(MEMORY);
    let (mut subject, mut kind, mut count) = (String::new(), String::new(), 0);
    loop {
        let mut tx = context.db.begin().await?;
        // Before any subject: two replicas that do this go one after the other. When others were put in force meanwhile, they
        // plan all of it.
        if !store::seen(&mut tx, context.fingerprint(), context.clock.now()).await? {
            return Ok(count);
        }
        let page = store::live_page(&mut tx, since, (&subject, &kind), BATCH).await?;
        let Some(last) = page.last() else {
            store::all_planned(&mut tx, context.fingerprint()).await?;
            tx.commit().await?;
            return Ok(count);
        };
        (subject, kind) = (last.milestone.subject.clone(), last.milestone.kind.clone());
        count += page.len();
        for recorded in &page {
            settle::replan(context, &mut tx, &recorded.milestone.subject).await?;
        }
        tx.commit().await?;
        context.wake.notify_one();
    }
}

async fn plan_anew_what_others_planned(context: &Context) -> Result<usize, Error> {
    let mut count = 0;
    loop {
        let mut tx = context.db.begin().await?;
        if !store::seen(&mut tx, context.fingerprint(), context.clock.now()).await? {
            return Ok(count);
        }
        let subjects = store::planned_otherwise(&mut tx, BATCH).await?;
        for subject in &subjects {
            settle::replan(context, &mut tx, subject).await?;
            store::planned_anew(&mut tx, subject, context.fingerprint()).await?;
        }
        tx.commit().await?;
        if subjects.is_empty() {
            return Ok(count);
        }
        count += subjects.len();
        context.wake.notify_one();
    }
}

/// Computes anew what was computed by other rules of a time zone than those of today: a country has changed its clocks
/// since, and the wall clock of a milestone is another instant now. Repeating it changes nothing more. How many
/// milestones.
pub async fn replan_for_zones(context: &Context) -> Result<usize, Error> {
    let since = context.clock.now().minus(MEMORY);
    let (mut subject, mut kind, mut count) = (String::new(), String::new(), 0);
    loop {
        let page = {
            let mut tx = context.db.read().await?;
            store::reckoned_page(&mut tx, since, (&subject, &kind), LOOKED_AT).await?
        };
        let Some((last, _)) = page.last() else {
            return Ok(count);
        };
        (subject, kind) = (last.milestone.subject.clone(), last.milestone.kind.clone());
        let outdated: Vec<_> = page
            .iter()
            .filter(|(recorded, rules)| {
                let times = recorded.milestone.times.as_ref();
                times.is_some_and(|times| times.zone_rules() != *rules)
            })
            .map(|(recorded, _)| recorded)
            .collect();
        for batch in outdated.chunks(usize::try_from(BATCH).unwrap_or(1)) {
            let mut tx = context.db.begin().await?;
            for recorded in batch {
                let milestone = &recorded.milestone;
                settle::replan(context, &mut tx, &milestone.subject).await?;
                // As it stands under the lock: a newer revision may have come meanwhile.
                if let Some(now) = store::find(&mut tx, &milestone.subject, &milestone.kind).await? {
                    store::reckoned(&mut tx, &now.milestone).await?;
                }
            }
            tx.commit().await?;
            count += batch.len();
            context.wake.notify_one();
        }
    }
}
