//! What SMS may cost in a day (UTC), counted in segments where they are intended.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use platform::{Moment, Tx};

use crate::{context::Context, error::Error, store};

/// An alarm is given from this share on, in hundredths.
const ALARM: i64 = 80;

/// What this process knows of the day's budget, so that alarms are given once a day.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    full: Mutex<String>,
    alarmed: Mutex<String>,
    today: AtomicI64,
}

impl Budget {
    /// Segments of the day, as last seen.
    pub(crate) fn today(&self) -> i64 {
        self.today.load(Ordering::Relaxed)
    }
}

/// Until when no SMS may go out; none while the budget lasts.
pub(super) async fn spent_until(context: &Context) -> Result<Option<Moment>, Error> {
    let limit = context.settings.sms.daily_segments;
    if limit == 0 {
        return Ok(None);
    }
    let now = context.clock.now();
    let (day, tomorrow) = day(now);
    let spent = store::segments_of(&mut context.db.read().await?, &day).await?;
    context.budget.today.store(spent, Ordering::Relaxed);
    let full = *lock(&context.budget.full) == day;
    Ok((full || spent >= limit).then_some(tomorrow))
}

/// Takes what messages of these segments cost from the day's budget, in order; how many of them it was enough for. The
/// day's row is held until the end of the transaction.
pub(super) async fn spend(context: &Context, tx: &mut Tx, segments: &[i64]) -> Result<usize, Error> {
    let limit = context.settings.sms.daily_segments;
    if segments.is_empty() {
        return Ok(0);
    }
    let (day, _) = day(context.clock.now());
    let before = store::add_segments(tx, &day, 0).await?;
    let mut total = before;
    let mut enough = 0;
    for segments in segments {
        if limit > 0 && total + segments > limit {
            break;
        }
        total += segments;
        enough += 1;
    }
    store::add_segments(tx, &day, total - before).await?;
    context.budget.today.store(total, Ordering::Relaxed);
    if enough < segments.len() && std::mem::replace(&mut *lock(&context.budget.full), day.clone()) != day {
        tracing::error!(
            segments = total,
            limit,
            "the day's budget of SMS is spent: messages take another channel, or wait for tomorrow"
        );
    } else if limit > 0
        && total * 100 >= limit * ALARM
        && std::mem::replace(&mut *lock(&context.budget.alarmed), day.clone()) != day
    {
        tracing::warn!(segments = total, limit, "the day's budget of SMS is nearly spent");
    }
    Ok(enough)
}

/// What messages that were counted then would have cost, and did not: no provider was given them.
pub(super) async fn give_back(
    context: &Context,
    tx: &mut Tx,
    spent: impl Iterator<Item = (Moment, i64)>,
) -> Result<(), Error> {
    let mut by_day = BTreeMap::<String, i64>::new();
    for (at, segments) in spent.filter(|(_, segments)| *segments > 0) {
        *by_day.entry(day(at).0).or_default() += segments;
    }
    for (day, segments) in by_day {
        let left = store::add_segments(tx, &day, -segments).await?;
        context.budget.today.store(left, Ordering::Relaxed);
    }
    Ok(())
}

/// The day of an instant, and the beginning of the next.
fn day(now: Moment) -> (String, Moment) {
    let (seconds, _) = now.parts();
    let next = (seconds.div_euclid(86_400) + 1) * 86_400;
    let text = now.to_string();
    let day = text.get(..10).unwrap_or_default().to_owned();
    (day, Moment::from_parts(next, 0).unwrap_or(now))
}

fn lock(text: &Mutex<String>) -> std::sync::MutexGuard<'_, String> {
    text.lock().unwrap_or_else(PoisonError::into_inner)
}
