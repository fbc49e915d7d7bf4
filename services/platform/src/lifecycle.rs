//! Starting, stopping, and waiting for what still runs.

use std::{future::Future, time::Duration};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// After a stop was asked for, tasks have so long to finish.
const DRAIN: Duration = Duration::from_secs(10);

/// The background tasks of a process. A clone is the same set.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    // Soft: finish what you are at. Hard: you are dropped where you are.
    soft: CancellationToken,
    hard: CancellationToken,
}

impl Tasks {
    /// Runs `task` until it ends, at the latest until the hard stop. A task that panics stops the process softly: a
    /// half-working service is worse than one that is restarted.
    #[expect(clippy::disallowed_methods, reason = "the one place that spawns")]
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let hard = self.hard.clone();
        let soft = self.soft.clone();
        let inner = tokio::spawn(async move {
            tokio::select! {
                () = hard.cancelled() => {}
                () = task => {}
            }
        });
        self.tracker.spawn(async move {
            if let Err(error) = inner.await
                && error.is_panic()
            {
                tracing::error!(task = name, "a background task panicked: stopping");
                soft.cancel();
            }
        });
    }

    /// Cancelled when a stop was asked for.
    pub fn stopping(&self) -> CancellationToken {
        self.soft.clone()
    }

    /// Asks all tasks to finish.
    pub fn stop(&self) {
        self.soft.cancel();
    }

    /// Waits until every task has finished; after ten seconds, or when `hurry` ends, drops the rest. Whether all
    /// finished by themselves.
    pub async fn drain(&self, hurry: impl Future<Output = ()>) -> bool {
        self.soft.cancel();
        self.tracker.close();
        let finished = tokio::select! {
            () = self.tracker.wait() => true,
            () = tokio::time::sleep(DRAIN) => false,
            () = hurry => false,
        };
        self.hard.cancel();
        self.tracker.wait().await;
        finished
    }
}

/// SIGINT and SIGTERM, from when they are listened for: one that comes before somebody waits for it is not lost.
#[derive(Debug)]
pub struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// From now on they no longer end the process by themselves.
    ///
    /// # Errors
    /// The system refuses.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Returns at the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Returns at the first SIGINT or SIGTERM from now on.
pub async fn stop_signal() -> std::io::Result<()> {
    StopSignals::listen()?.next().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_soft_stop_lets_a_task_finish_and_a_hard_one_drops_it() {
        let tasks = Tasks::default();
        let stopping = tasks.stopping();
        tasks.spawn("polite", async move { stopping.cancelled().await });
        assert!(tasks.drain(std::future::pending()).await);

        let tasks = Tasks::default();
        tasks.spawn("stubborn", std::future::pending());
        assert!(!tasks.drain(std::future::ready(())).await);
    }

    #[tokio::test]
    async fn a_panic_stops_the_process() {
        let tasks = Tasks::default();
        tasks.spawn("broken", async { panic!("on purpose") });
        tasks.stopping().cancelled().await;
    }
}
