use std::{collections::HashMap, time::Duration};

use tokio::task::{Id, JoinSet};
use uuid::Uuid;

use crate::error::Error;

/// So many batches are under way at once: while the providers have one, the database has another.
const AT_ONCE: usize = 3;

/// The batches that are under way, each with the owner of its lease.
#[derive(Default)]
pub(super) struct Rounds {
    tasks: JoinSet<Result<Duration, Error>>,
    owners: HashMap<Id, Uuid>,
}

impl Rounds {
    pub(super) fn are_full(&self) -> bool {
        self.tasks.len() >= AT_ONCE
    }

    /// Begins one; it gives how long it took.
    pub(super) fn begin(
        &mut self,
        owner: Uuid,
        round: impl Future<Output = Result<Duration, Error>> + Send + 'static,
    ) {
        let id = self.tasks.spawn(round).id();
        self.owners.insert(id, owner);
    }

    /// Whose leases are held here: whatever the clock says, they are not taken over.
    pub(super) fn owners(&self) -> impl Iterator<Item = Uuid> {
        self.owners.values().copied()
    }

    /// The next one that ends, with the time it took when it went well; none when none is under way.
    pub(super) async fn next(&mut self) -> Option<Option<Duration>> {
        let (id, took) = match self.tasks.join_next_with_id().await? {
            Ok((id, Ok(took))) => (id, Some(took)),
            Ok((id, Err(error))) => {
                failed(&error);
                (id, None)
            }
            Err(error) => {
                tracing::error!(%error, "a batch broke off: its lease ends and it is taken over");
                (error.id(), None)
            }
        };
        self.owners.remove(&id);
        Some(took)
    }
}

pub(super) fn failed(error: &Error) {
    tracing::warn!(%error, "the hand-over stopped half-way: leases end and it goes on from what is recorded");
}
