use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Prepared;

/// Which messages of a batch a provider was given. From the stop on it is given no more.
#[derive(Debug)]
pub struct Begun {
    stopping: CancellationToken,
    deliveries: Mutex<BTreeSet<Uuid>>,
}

impl Begun {
    /// None yet.
    pub fn new(stopping: CancellationToken) -> Self {
        Self {
            stopping,
            deliveries: Mutex::default(),
        }
    }

    /// Whether a provider may have it.
    pub fn has(&self, delivery: Uuid) -> bool {
        self.lock().contains(&delivery)
    }

    /// The stop.
    pub(super) fn stop(&self) -> impl Future<Output = ()> + Send + use<> {
        self.stopping.clone().cancelled_owned()
    }

    /// Whether it was.
    pub(super) fn is_over(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Its turn has come.
    pub(super) fn note(&self, one: &Prepared) {
        self.lock().insert(one.message.delivery_id);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Uuid>> {
        self.deliveries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
