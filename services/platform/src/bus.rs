//! Carries events from the outbox of one service to the inboxes of others.

mod broker;
mod memory;

use std::sync::Arc;

use async_trait::async_trait;
use prometheus::Registry;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    Clock, Moment,
    db::{self, Db, Tx},
    inbox,
    lifecycle::Tasks,
    metrics::Metrics,
};

pub use broker::{Broker, BrokerError, Topology};
pub use memory::Memory;

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
    /// What caused it, as the W3C says it (see [`crate::trace`]); empty when nobody traces.
    pub traceparent: String,
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

impl From<db::Error> for HandleError {
    fn from(error: db::Error) -> Self {
        Self::Retry(Box::new(error))
    }
}

/// The transport: in this process, or a broker.
#[derive(Clone)]
pub enum Bus {
    /// Straight into the inbox tables of the services of this process.
    Memory(Memory),
    /// Through RabbitMQ, to services of any process.
    Broker(Broker),
}

/// Events could not be handed on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error(transparent)]
    Broker(#[from] BrokerError),
}

/// What became of events that were published; those in neither list are to be published again.
#[derive(Debug, Default)]
pub(crate) struct Published {
    /// Durable at each consumer, or in the broker.
    pub(crate) sent: Vec<Uuid>,
    /// Nobody takes them yet: to be tried again, without haste.
    pub(crate) unroutable: Vec<Uuid>,
}

impl Published {
    fn add(&mut self, more: Self) {
        self.sent.extend(more.sent);
        self.unroutable.extend(more.unroutable);
    }
}

/// A consuming service.
#[derive(Clone)]
pub(crate) struct Subscription {
    pub(crate) service: &'static str,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) patterns: &'static [&'static str],
    pub(crate) filled: Arc<Notify>,
    pub(crate) metrics: Metrics,
}

impl Subscription {
    /// Into the inbox of the service.
    pub(crate) async fn receive(&self, events: &[&Envelope]) -> Result<(), db::Error> {
        let copies = inbox::receive(&self.db, &self.clock, events).await?;
        self.metrics.copies.inc_by(copies);
        Ok(())
    }
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

    /// Through the broker at `address` (`amqp://…`). Connects when first used, and again when the connection was lost;
    /// `seed` spreads the pauses before, so that replicas that lost the broker together do not come back together.
    pub fn broker(address: &str, topology: Topology, seed: u64) -> Result<Self, BrokerError> {
        Ok(Self::Broker(Broker::new(address, topology, seed)?))
    }

    /// Whether several processes may share it.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Broker(_))
    }

    /// Every consumer of this process is connected.
    pub fn is_ready(&self) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::Broker(broker) => broker.is_ready(),
        }
    }

    /// Lets events flow, once every consumer of the process has subscribed. Until then they wait in the outboxes.
    pub fn open(&self) {
        match self {
            Self::Memory(memory) => memory.open(),
            // Its queues exist whoever runs.
            Self::Broker(_) => {}
        }
    }

    pub(crate) async fn publish(&self, events: &[Envelope]) -> Result<Published, Error> {
        match self {
            Self::Memory(memory) => Ok(Published {
                sent: memory.publish(events).await?,
                unroutable: Vec::new(),
            }),
            Self::Broker(broker) => Ok(broker.publish(events).await?),
        }
    }

    pub(crate) fn subscribe(&self, subscription: Subscription, tasks: &Tasks) {
        match self {
            Self::Memory(memory) => memory.subscribe(subscription),
            Self::Broker(broker) => broker.subscribe(subscription, tasks),
        }
    }

    pub(crate) fn register(&self, registry: &Registry) -> Result<(), prometheus::Error> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Broker(broker) => broker.register(registry),
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
