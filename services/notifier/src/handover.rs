//! The hand-over (DESIGN.md 5.1): claim under a lease, ask the directory, ask the scheduler, record the intent, call the
//! provider, record its answer. A retry goes through all of it again; a peer that is away means waiting, not guessing.

mod batch;
mod budget;
mod doubt;
mod lease;
mod met;
mod outage;
mod pace;
mod persist;
mod record;
mod recovery;
mod render;
mod resolve;
mod rounds;
mod spans;
mod submit;
mod way;
mod withdraw;

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use platform::Moment;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::{context::Context, domain::Delivery, error::Error, probe::Stage, store};
pub(crate) use budget::Budget;
use lease::Lease;
pub(crate) use outage::Outage;
use pace::Pace;
use rounds::Rounds;

/// Another takes over when a lease has not been renewed for so long.
const LEASE: SignedDuration = SignedDuration::from_secs(15);

/// Leases are renewed so often while a provider is slow.
const HEARTBEAT: SignedDuration = SignedDuration::from_secs(5);

/// What the directory said is good for so long.
const RESOLVED_FOR: SignedDuration = SignedDuration::from_secs(5);

/// The loop looks at least so often, whatever it is told.
const LOOK: Duration = Duration::from_secs(1);

/// Leases that ran out are looked for so often.
const WATCH: SignedDuration = SignedDuration::from_secs(1);

/// A database that answers later than this was away: heartbeats were late too.
const LATE: Duration = Duration::from_secs(5);

/// Hands over until the stop; what a provider has then is brought to its end, and what none has goes back.
pub(crate) async fn run(context: Context) {
    let stopping = context.tasks.stopping();
    let (mut pace, mut watch, mut rounds) = (Pace::default(), Watch::default(), Rounds::default());
    context.outage.note(context.clock.now());
    while !stopping.is_cancelled() {
        // Registered before the look, so that a commit in between is not missed.
        let notified = context.wake.notified();
        let full = rounds.are_full();
        let mut next = None;
        if !full {
            match begin(&context, &mut watch, pace.size(), &mut rounds).await {
                Ok(true) => continue,
                Ok(false) => next = next_wake(&context).await.unwrap_or_default(),
                Err(error) => {
                    if matches!(error, Error::Database(_)) {
                        context.outage.note(context.clock.now());
                    }
                    rounds::failed(&error);
                }
            }
        }
        tokio::select! {
            () = stopping.cancelled() => {}
            Some(took) = rounds.next() => match took {
                Some(took) => pace.took(took),
                None => tokio::time::sleep(LOOK).await,
            },
            () = notified, if !full => {}
            () = until(&context, next), if !full => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    while rounds.next().await.is_some() {}
}

/// Leases are looked at every second, not at every batch.
#[derive(Default)]
struct Watch(Option<Moment>);

impl Watch {
    fn is_due(&mut self, now: Moment, outage: &Outage) -> bool {
        let due = self.0.is_none_or(|last| now >= last.plus(WATCH)) && !outage.is_recent(now);
        if due {
            self.0 = Some(now);
        }
        due
    }
}

/// Takes over what others left, and begins a batch; whether there was anything to do.
async fn begin(context: &Context, watch: &mut Watch, size: i64, rounds: &mut Rounds) -> Result<bool, Error> {
    let mut recovered = Some(0);
    if watch.is_due(context.clock.now(), &context.outage) {
        recovered = recovery::recover(context, rounds.owners()).await?;
    }
    let owner = context.ids.id();
    let asked = Instant::now();
    let batch = claim(context, owner, size).await?;
    if recovered.is_none() || asked.elapsed() > LATE {
        context.outage.note(context.clock.now());
    }
    if batch.is_empty() {
        return Ok(recovered.unwrap_or_default() > 0);
    }
    rounds.begin(owner, round(context.clone(), owner, batch));
    Ok(true)
}

/// Hands over one batch; how long that took.
async fn round(context: Context, owner: Uuid, mut batch: Vec<Delivery>) -> Result<Duration, Error> {
    let started = Instant::now();
    let lease = Lease::hold(&context, owner);
    context.probe.reached(Stage::Claimed).await;
    let span = spans::batch(&batch);
    let each = spans::of_each(&span, &mut batch);
    let done = batch::hand_over(&context, owner, batch).instrument(span).await;
    drop(each);
    lease.end();
    let took = started.elapsed();
    context.metrics.handed_over(took.as_secs_f64());
    done.map(|()| took)
}

async fn claim(context: &Context, owner: Uuid, limit: i64) -> Result<Vec<Delivery>, Error> {
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let batch = store::claim(&mut tx, owner, now.plus(LEASE), now, limit).await?;
    tx.commit().await?;
    Ok(batch)
}

async fn next_wake(context: &Context) -> Result<Option<Moment>, Error> {
    Ok(store::next_wake(&mut context.db.read().await?).await?)
}

/// At the instant, or never when there is none.
async fn until(context: &Context, at: Option<Moment>) {
    match at {
        Some(at) => context.clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use platform::testing::moment;

    use super::*;

    #[test]
    fn after_the_database_was_away_those_who_live_have_a_lease_s_time_before_they_are_taken_over() {
        let at = |seconds| moment("2026-11-25T08:00:00Z").plus(SignedDuration::from_secs(seconds));
        let (mut watch, outage) = (Watch::default(), Outage::default());
        assert!(watch.is_due(at(0), &outage));
        assert!(!watch.is_due(at(0), &outage));
        assert!(watch.is_due(at(1), &outage));
        outage.note(at(3));
        outage.note(at(40));
        assert!(!watch.is_due(at(54), &outage));
        assert!(watch.is_due(at(55), &outage));
        assert!(!watch.is_due(at(55), &outage));
    }
}
