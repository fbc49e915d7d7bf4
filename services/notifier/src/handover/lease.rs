use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{HEARTBEAT, LEASE};
use crate::{context::Context, error::Error, store};

/// Keeps what an owner claimed, until it ends or is dropped.
pub(super) struct Lease(CancellationToken);

impl Lease {
    /// Starts the heartbeat.
    pub(super) fn hold(context: &Context, owner: Uuid) -> Self {
        let over = CancellationToken::new();
        let (heartbeat, context) = (over.clone(), context.clone());
        let tasks = context.tasks.clone();
        tasks.spawn("lease", async move {
            loop {
                tokio::select! {
                    () = heartbeat.cancelled() => return,
                    () = context.clock.sleep(HEARTBEAT) => {}
                }
                match renew(&context, owner).await {
                    Ok(0) => return,
                    Ok(_) => {}
                    // The lease may end: what this owner does then is refused by the database, and another goes on.
                    Err(error) => {
                        context.outage.note(context.clock.now());
                        tracing::warn!(%error, "a lease was not renewed");
                    }
                }
            }
        });
        Self(over)
    }

    /// Stops the heartbeat.
    pub(super) fn end(self) {
        drop(self);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

async fn renew(context: &Context, owner: Uuid) -> Result<u64, Error> {
    let mut tx = context.db.begin().await?;
    let held = store::renew(&mut tx, owner, context.clock.now().plus(LEASE)).await?;
    tx.commit().await?;
    Ok(held)
}
