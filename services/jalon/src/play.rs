//! Plays the reminder calendar: from one due instant to the next, nothing skipped.

use std::time::Duration;

use anyhow::Result;
use platform::Moment;

use crate::{client::Clients, compose::Suite};

/// Moves the clock from one due instant to the next, up to `end`; `told` hears of each.
pub async fn forward(
    suite: &Suite,
    clients: &Clients,
    end: Moment,
    mut told: impl FnMut(Moment),
) -> Result<()> {
    loop {
        told(suite.ground.clock.now());
        match quiet(suite, clients).await? {
            Some(next) if next <= end => suite.advance_to(next)?,
            _ => break,
        }
    }
    suite.advance_to(end)?;
    quiet(suite, clients).await?;
    Ok(())
}

/// Waits until everything that is due was done; when the next thing falls due.
pub async fn quiet(suite: &Suite, clients: &Clients) -> Result<Option<Moment>> {
    let mut calm = 0;
    loop {
        let look = look(suite, clients).await?;
        calm = if look.busy { 0 } else { calm + 1 };
        // Twice in a row: between two tables an event is in neither for an instant.
        if calm == 2 {
            return Ok(look.next);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// What waits, and when the next thing falls due.
struct Look {
    busy: bool,
    next: Option<Moment>,
}

async fn look(suite: &Suite, clients: &Clients) -> Result<Look> {
    let (mut busy, mut retries) = (false, Vec::new());
    for platform in &suite.platforms {
        // What failed is tried again later: waiting for it here would wait for ever while the clock stands.
        let (due, next) = platform.due().await?;
        busy |= due > 0;
        retries.extend(next);
    }
    let now = suite.ground.clock.now();
    let (scheduler, notifier) = clients.statuses().await?;
    let due = moment(scheduler.next_due.as_ref());
    busy |= due.is_some_and(|due| due <= now) || notifier.ready > 0;
    let next = [due, moment(notifier.next_at.as_ref())]
        .into_iter()
        .flatten()
        .chain(retries)
        .filter(|at| *at > now)
        .min();
    Ok(Look { busy, next })
}

fn moment(timestamp: Option<&prost_types::Timestamp>) -> Option<Moment> {
    timestamp.and_then(|at| Moment::from_parts(at.seconds, at.nanos))
}
