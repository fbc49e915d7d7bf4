//! Carries events from the outbox of one service to the inboxes of others.

mod memory;

use async_trait::async_trait;
use uuid::Uuid;

use crate::{
    Moment,
    db::{Error, Tx},
};

pub use memory::Memory;
pub(crate) use memory::Subscription;

/// An event on its way.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The message id: a copy has the same.
    pub id: Uuid,
    /// `<service>.<noun>.<verb>.v1`
    pub routing_key: String,
    /// The protobuf message.
    pub body: Vec<u8>,
    /// When it was made.
    pub occurred_at: Moment,
}

impl Envelope {
    /// The message in it; a body that is none is poison.
    pub fn decode<M: prost::Message + Default>(&self) -> Result<M, HandleError> {
        M::decode(self.body.as_slice()).map_err(|error| {
            HandleError::Poison(format!(
                "the body of {} cannot be read: {error}",
                self.routing_key
            ))
        })
    }
}

/// What a service does with the events that it consumes.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Topics: words separated by dots, `*` for one word, `#` for the rest.
    fn patterns(&self) -> &'static [&'static str];

    /// Applies one event within the transaction that also marks it handled. Do not commit; make no network call.
    async fn handle(&self, tx: &mut Tx, event: &Envelope) -> Result<(), HandleError>;

    /// Called after a batch was committed: wake whoever waits for its work.
    fn committed(&self) {}
}

/// An event that was not applied.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// It may work later: the database or a peer is away.
    #[error("{0}")]
    Retry(Box<dyn std::error::Error + Send + Sync>),
    /// It will never work: to the dead letters, with this reason (no personal data).
    #[error("{0}")]
    Poison(String),
}

impl From<Error> for HandleError {
    fn from(error: Error) -> Self {
        Self::Retry(Box::new(error))
    }
}

/// The transport: in this process, or a broker.
#[derive(Clone)]
pub enum Bus {
    /// Straight into the inbox tables of the services of this process.
    Memory(Memory),
}

impl Bus {
    /// The transport of one process.
    pub fn memory() -> Self {
        Self::Memory(Memory::new(None))
    }

    /// As [`Bus::memory`], but it delivers twice, late and out of order now and then, as brokers do.
    pub fn unruly(seed: u64) -> Self {
        Self::Memory(Memory::new(Some(seed)))
    }

    /// Lets events flow, once every consumer of the process has subscribed. Until then they wait in the outboxes.
    pub fn open(&self) {
        match self {
            Self::Memory(memory) => memory.open(),
        }
    }

    /// Publishes, and returns the ids that are durable at each consumer.
    pub(crate) async fn publish(&self, events: &[Envelope]) -> Result<Vec<Uuid>, Error> {
        match self {
            Self::Memory(memory) => memory.publish(events).await,
        }
    }

    pub(crate) fn subscribe(&self, subscription: Subscription) {
        match self {
            Self::Memory(memory) => memory.subscribe(subscription),
        }
    }
}

/// Whether a routing key falls under a pattern of topics.
pub(crate) fn matches(pattern: &str, routing_key: &str) -> bool {
    let mut words = routing_key.split('.');
    for expected in pattern.split('.') {
        match (expected, words.next()) {
            ("#", _) => return true,
            ("*", Some(_)) => {}
            (expected, Some(word)) if expected == word => {}
            _ => return false,
        }
    }
    words.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_one_word_and_a_hash_for_the_rest() {
        assert!(matches("*.milestone.set.v1", "speeddating.milestone.set.v1"));
        assert!(!matches("*.milestone.set.v1", "speeddating.milestone.cleared.v1"));
        assert!(!matches("*.milestone", "speeddating.milestone.set.v1"));
        assert!(!matches(
            "*.milestone.set.v1.more",
            "speeddating.milestone.set.v1"
        ));
        assert!(matches("speeddating.#", "speeddating.milestone.set.v1"));
    }
}
