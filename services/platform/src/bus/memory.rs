use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rand::{Rng as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha20Rng;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::{Envelope, matches};
use crate::{
    Clock,
    db::{Db, Error},
    inbox,
};

/// The in-process transport. Durable: publishing inserts into each consumer's own inbox table.
#[derive(Clone)]
pub struct Memory(Arc<Inner>);

struct Inner {
    subscriptions: RwLock<Vec<Subscription>>,
    // Closed until every consumer has subscribed: an event published before would never reach the late ones.
    open: watch::Sender<bool>,
    unruly: Option<Mutex<ChaCha20Rng>>,
}

/// A consuming service.
#[derive(Clone)]
pub(crate) struct Subscription {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) patterns: &'static [&'static str],
    pub(crate) filled: Arc<Notify>,
}

impl Memory {
    pub(super) fn new(unruly: Option<u64>) -> Self {
        let unruly = unruly.map(|seed| Mutex::new(ChaCha20Rng::seed_from_u64(seed)));
        Self(Arc::new(Inner {
            subscriptions: RwLock::default(),
            open: watch::Sender::new(false),
            unruly,
        }))
    }

    pub(super) fn open(&self) {
        self.0.open.send_replace(true);
    }

    pub(super) fn subscribe(&self, subscription: Subscription) {
        self.0
            .subscriptions
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(subscription);
    }

    pub(super) async fn publish(&self, events: &[Envelope]) -> Result<Vec<Uuid>, Error> {
        // The sender lives in self: waiting cannot fail.
        let mut open = self.0.open.subscribe();
        let _open = open.wait_for(|open| *open).await.is_ok();
        let (sent, kept) = self.round(events);
        let subscriptions = self
            .0
            .subscriptions
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for subscription in subscriptions {
            let wanted: Vec<&Envelope> = sent
                .iter()
                .copied()
                .filter(|event| {
                    subscription
                        .patterns
                        .iter()
                        .any(|pattern| matches(pattern, &event.routing_key))
                })
                .collect();
            if !wanted.is_empty() {
                inbox::receive(&subscription.db, &subscription.clock, &wanted).await?;
                subscription.filled.notify_one();
            }
        }
        Ok(sent
            .iter()
            .map(|event| event.id)
            .filter(|id| !kept.contains(id))
            .collect())
    }

    /// What goes out in this round, and which of it stays in the outbox to go out once more. An unruly bus shuffles,
    /// leaves some for a later round, and sends some twice; always at least one goes, so that the outbox empties.
    fn round<'e>(&self, events: &'e [Envelope]) -> (Vec<&'e Envelope>, Vec<Uuid>) {
        let mut sent: Vec<&Envelope> = events.iter().collect();
        let mut kept = Vec::new();
        if let Some(chance) = &self.0.unruly {
            let mut chance = chance.lock().unwrap_or_else(PoisonError::into_inner);
            sent.shuffle(&mut *chance);
            let late = chance.random_range(0..sent.len().max(1)) / 4;
            sent.truncate(sent.len() - late);
            kept.extend(
                sent.iter()
                    .skip(1)
                    .filter(|_| chance.random_ratio(1, 8))
                    .map(|event| event.id),
            );
        }
        (sent, kept)
    }
}
