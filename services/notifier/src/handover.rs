//! The hand-over (DESIGN.md 5.1): claim under a lease, ask the directory, ask the scheduler, record the intent, call the
//! provider, record its answer. A retry goes through all of it again; a peer that is away means waiting, not guessing.

mod batch;
mod lease;
mod pace;
mod record;
mod recovery;
mod render;
mod resolve;
mod submit;

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use platform::Moment;

use crate::{context::Context, domain::Delivery, error::Error, probe::Stage, store};
use lease::Lease;
use pace::Pace;

/// Another takes over when a lease has not been renewed for so long.
const LEASE: SignedDuration = SignedDuration::from_secs(15);

/// Leases are renewed so often while a provider is slow.
const HEARTBEAT: SignedDuration = SignedDuration::from_secs(5);

/// What the directory said is good for so long.
const RESOLVED_FOR: SignedDuration = SignedDuration::from_secs(5);

/// The loop looks at least so often, whatever it is told.
const LOOK: Duration = Duration::from_secs(1);

/// Hands over until the stop.
pub(crate) async fn run(context: Context) {
    let stopping = context.tasks.stopping();
    let mut pace = Pace::default();
    while !stopping.is_cancelled() {
        // Registered before the look, so that a commit in between is not missed.
        let notified = context.wake.notified();
        match round(&context, &mut pace).await {
            Ok(Some(())) => {}
            Ok(None) => {
                let next = next_wake(&context).await.unwrap_or_default();
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = notified => {}
                    () = until(&context, next) => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the hand-over stopped half-way: leases end and it goes on from what is recorded");
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        }
    }
}

/// Hands over one batch; none when there was nothing to do.
async fn round(context: &Context, pace: &mut Pace) -> Result<Option<()>, Error> {
    let recovered = recovery::recover(context).await?;
    let owner = context.ids.id();
    let batch = claim(context, owner, pace.size()).await?;
    if batch.is_empty() {
        return Ok((recovered > 0).then_some(()));
    }
    let started = Instant::now();
    let lease = Lease::hold(context, owner);
    context.probe.reached(Stage::Claimed).await;
    let done = batch::hand_over(context, owner, batch).await;
    lease.end();
    pace.took(started.elapsed());
    context.metrics.handed_over(started.elapsed().as_secs_f64());
    done.map(Some)
}

async fn claim(context: &Context, owner: uuid::Uuid, limit: i64) -> Result<Vec<Delivery>, Error> {
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
