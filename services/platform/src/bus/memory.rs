use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use rand::{Rng as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha20Rng;
use tokio::sync::watch;
use uuid::Uuid;

use super::{Envelope, Subscription, matches};
use crate::db::Error;

/// The in-process transport. Durable: publishing inserts into each consumer's own inbox table.
#[derive(Clone)]
pub struct Memory(Arc<Inner>);

struct Inner {
    subscriptions: RwLock<Vec<Subscription>>,
    // Closed until every consumer has subscribed: an event published before would never reach the late ones.
    open: watch::Sender<bool>,
    unruly: Option<Mutex<Unruly>>,
}

/// What makes a bus misbehave.
struct Unruly {
    chance: ChaCha20Rng,
    fates: HashMap<Uuid, Fate>,
}

/// What is still to become of an event.
struct Fate {
    /// So many rounds it is held back.
    rounds: u32,
    /// So often it goes out once more.
    copies: u32,
}

/// No event is held back for more rounds than this, before it goes out or goes out again.
const LATEST: u32 = 6;

impl Memory {
    pub(super) fn new(unruly: Option<u64>) -> Self {
        let unruly = unruly.map(|seed| Mutex::new(Unruly::new(seed)));
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
        if sent.is_empty() {
            // All are held back. Others may be written meanwhile, and overtake them.
            tokio::time::sleep(ROUND).await;
        }
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
                subscription.receive(&wanted).await?;
                subscription.filled.notify_one();
            }
        }
        Ok(sent
            .iter()
            .map(|event| event.id)
            .filter(|id| !kept.contains(id))
            .collect())
    }

    /// What goes out in this round, and which of it stays in the outbox to go out once more.
    fn round<'e>(&self, events: &'e [Envelope]) -> (Vec<&'e Envelope>, Vec<Uuid>) {
        match &self.0.unruly {
            None => (events.iter().collect(), Vec::new()),
            Some(unruly) => unruly
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .round(events),
        }
    }
}

/// So long lasts a round of an unruly bus in which nothing goes out.
const ROUND: Duration = Duration::from_millis(2);

impl Unruly {
    fn new(seed: u64) -> Self {
        Self {
            chance: ChaCha20Rng::seed_from_u64(seed),
            fates: HashMap::new(),
        }
    }

    /// Holds one in three back for some rounds, so that later ones overtake it; sends one in eight twice or three times,
    /// the copies some rounds later; shuffles what goes. After a bounded number of rounds everything has gone.
    fn round<'e>(&mut self, events: &'e [Envelope]) -> (Vec<&'e Envelope>, Vec<Uuid>) {
        let (mut sent, mut kept) = (Vec::new(), Vec::new());
        for event in events {
            let chance = &mut self.chance;
            let fate = self.fates.entry(event.id).or_insert_with(|| Fate {
                rounds: if chance.random_ratio(1, 3) {
                    chance.random_range(1..=LATEST)
                } else {
                    0
                },
                copies: if chance.random_ratio(1, 8) {
                    chance.random_range(1..=2)
                } else {
                    0
                },
            });
            if fate.rounds > 0 {
                fate.rounds -= 1;
                continue;
            }
            sent.push(event);
            if fate.copies > 0 {
                fate.copies -= 1;
                fate.rounds = chance.random_range(0..=LATEST);
                kept.push(event.id);
            } else {
                self.fates.remove(&event.id);
            }
        }
        sent.shuffle(&mut self.chance);
        (sent, kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Moment;

    /// In which rounds each of a hundred events goes out, when each round adds one to an outbox.
    fn rounds(seed: u64) -> Vec<Vec<usize>> {
        let mut unruly = Unruly::new(seed);
        let (mut outbox, mut rounds) = (Vec::new(), vec![Vec::new(); 100]);
        for round in 0..200 {
            if round < 100 {
                outbox.push(Envelope {
                    id: Uuid::from_u128(round),
                    routing_key: "a.b.c.v1".to_owned(),
                    body: Vec::new(),
                    occurred_at: Moment::from(jiff::Timestamp::UNIX_EPOCH),
                    traceparent: String::new(),
                });
            }
            let (sent, kept) = unruly.round(&outbox);
            for event in &sent {
                rounds[usize::try_from(event.id.as_u128()).unwrap()].push(usize::try_from(round).unwrap());
            }
            let gone: Vec<Uuid> = sent
                .iter()
                .map(|event| event.id)
                .filter(|id| !kept.contains(id))
                .collect();
            outbox.retain(|event| !gone.contains(&event.id));
        }
        assert!(outbox.is_empty(), "everything goes in the end");
        assert!(unruly.fates.is_empty());
        rounds
    }

    #[test]
    fn an_unruly_bus_lets_later_events_overtake_by_several_rounds_and_sends_some_again() {
        for seed in 0..20 {
            let rounds = rounds(seed);
            let late = |(number, sent): (usize, &Vec<usize>)| sent[0] - number;
            let latest = rounds.iter().enumerate().map(late).max();
            assert!(latest > Some(3) && latest <= Some(LATEST as usize), "{latest:?}");
            let overtaken = rounds.windows(2).filter(|pair| pair[0][0] > pair[1][0]).count();
            assert!(overtaken > 10, "only {overtaken} neighbours changed places");
            let copies: usize = rounds.iter().map(|sent| sent.len() - 1).sum();
            assert!((3..40).contains(&copies), "{copies} copies");
        }
    }
}
