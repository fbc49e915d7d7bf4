use jiff::SignedDuration;
use platform::auth::{Actor, READERS};

use super::{Context, settle};
use crate::error::Error;
use crate::policy::{Checked, Policy, check};
use crate::store;

/// Milestones planned anew in one transaction.
const BATCH: i64 = 50;

/// Milestones looked at in one read.
const LOOKED_AT: i64 = 500;

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

/// Plans everything anew when the policies, or the days that the installation closes, are others than those
/// under which the ledger was planned. Repeating it, or doing it in two replicas at once, changes nothing more. How many
/// milestones.
pub async fn replan_for_policies(context: &Context) -> Result<usize, Error> {
    let fingerprint = context.policies.fingerprint(&context.calendar);
    if store::mark(&mut context.db.read().await?, "policies").await? == fingerprint {
        return Ok(0);
    }
    let since = context.clock.now().minus(MEMORY);
    let (mut subject, mut kind, mut count) = (String::new(), String::new(), 0);
    loop {
        let mut tx = context.db.begin().await?;
        let page = store::live_page(&mut tx, since, (&subject, &kind), BATCH).await?;
        let Some(last) = page.last() else {
            store::set_mark(&mut tx, "policies", &fingerprint).await?;
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
