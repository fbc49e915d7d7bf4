//! The loops.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::actions::{self, Context};
use crate::error::Error;

/// However the clock runs and whoever forgets to wake it, the claim looks this often.
const LOOK: Duration = Duration::from_secs(1);

/// How often somebody looks whether a process with other policies planned anything.
const LOOK_AFTER_OTHERS: Duration = Duration::from_mins(1);

/// Hands over what is due: at the next due instant, when ingest wakes it, and at least every second.
pub(crate) async fn claim(context: Arc<Context>, stopping: CancellationToken) {
    while !stopping.is_cancelled() {
        let woken = context.wake.notified();
        if let Err(error) = actions::end_held(&context).await {
            tracing::warn!(%error, "held reminders were not ended: the database is away; next try in a second");
        }
        let next = match actions::claim(&context).await {
            Ok(0) => actions::next_due(&context).await,
            Ok(_) => continue,
            Err(error) => Err(error),
        };
        let next = next.unwrap_or_else(|error| {
            tracing::warn!(%error, "reminders wait to be handed over: the database is away; next try in a second");
            None
        });
        let due = async {
            match next {
                Some(next) if next > context.clock.now() => context.clock.sleep_until(next).await,
                // Nothing waits, or another replica holds it at this moment.
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stopping.cancelled() => {}
            () = woken => {}
            () = due => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Plans anew when policies or the rules of time zones changed since the last start; then sees to it that what others plan
/// keeps to the policies in force.
pub(crate) async fn replan(context: Arc<Context>, stopping: CancellationToken) {
    let mut started = false;
    while !stopping.is_cancelled() {
        let planned = if started {
            replan_others(&context).await
        } else {
            replan_all(&context).await
        };
        let pause = match planned {
            Ok(()) => {
                started = true;
                LOOK_AFTER_OTHERS
            }
            Err(error) => {
                tracing::warn!(%error, "reminders could not be planned anew; next try in a second");
                LOOK
            }
        };
        tokio::select! {
            () = stopping.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn replan_all(context: &Context) -> Result<(), Error> {
    let milestones = actions::replan_for_policies(context).await?;
    if milestones > 0 {
        tracing::info!(milestones, "reminders were planned anew for other policies");
    }
    let milestones = actions::replan_for_zones(context).await?;
    if milestones > 0 {
        tracing::info!(
            milestones,
            "reminders were planned anew by the rules of their time zones"
        );
    }
    Ok(())
}

async fn replan_others(context: &Context) -> Result<(), Error> {
    let planned = actions::keep_to_policies(context).await?;
    if planned > 0 {
        tracing::info!(
            planned,
            "what other policies than those in force had planned was planned anew"
        );
    }
    Ok(())
}

/// Counts reminders, before each scrape.
pub(crate) async fn show_counts(context: Arc<Context>) {
    let counted = async {
        context.metrics.show(&actions::counts(&context).await?);
        let (due, oldest) = actions::overdue(&context).await?;
        context.metrics.show_due(due, oldest);
        Ok::<_, Error>(())
    };
    match counted.await {
        Ok(()) => {}
        Err(error) => tracing::warn!(%error, "reminders could not be counted for the metrics"),
    }
}
