//! Where many journeys begin: the demo's session is published, and everybody has been told so.

use anyhow::Result;
use jalon::config::Config;

use crate::{
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES},
    suite::Running,
};

/// Published on Monday 9 November 2026, 10:00 in Paris, for Wednesday 25; all that was due then is done.
pub async fn published() -> Result<(Running, Coordinator)> {
    Box::pin(published_with(|_| {})).await
}

/// As [`published`], with other settings.
pub async fn published_with(change: impl FnOnce(&mut Config)) -> Result<(Running, Coordinator)> {
    // Boxed: it holds the settings of all services.
    let running = Box::pin(Running::start_with("2026-11-09T09:00:00Z", change)).await?;
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;
    running.quiet().await?;
    Ok((running, coordinator))
}
