use std::sync::Mutex;

use notifier::probe::{Probe, Stage as At};
use tokio::sync::Notify;

/// Stops the hand-over at one stage, until the test lets it go on.
#[derive(Default)]
pub(crate) struct Gate {
    stage: Mutex<Option<At>>,
    reached: Notify,
    open: Notify,
}

#[async_trait::async_trait]
impl Probe for Gate {
    async fn reached(&self, stage: At) {
        let stop = self.stage.lock().unwrap().take_if(|at| *at == stage).is_some();
        if stop {
            self.reached.notify_one();
            self.open.notified().await;
        }
    }
}

impl Gate {
    /// The next batch stops there.
    pub(crate) fn stop_at(&self, stage: At) {
        *self.stage.lock().unwrap() = Some(stage);
    }

    pub(crate) async fn reached(&self) {
        tokio::time::timeout(std::time::Duration::from_mins(1), self.reached.notified())
            .await
            .expect("the hand-over never came to the stage");
    }

    pub(crate) fn go_on(&self) {
        self.open.notify_one();
    }
}
