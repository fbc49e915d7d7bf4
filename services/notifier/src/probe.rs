use async_trait::async_trait;

/// Points of the hand-over at which a test may stop it, change the world, and let it go on.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Stage {
    /// Deliveries are held under a lease.
    Claimed,
    /// The directory said who can be reached how.
    Resolved,
    /// The scheduler let them go.
    Released,
    /// The attempts are recorded.
    Intended,
    /// The provider has answered; its answer is not recorded yet.
    Answered,
}

/// Watches the hand-over. The service's own watcher does nothing.
#[async_trait]
pub trait Probe: Send + Sync + 'static {
    /// The hand-over of a batch has come to `stage` and goes on when this returns.
    async fn reached(&self, stage: Stage);
}

/// Lets everything pass.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

#[async_trait]
impl Probe for Unwatched {
    async fn reached(&self, _stage: Stage) {}
}
