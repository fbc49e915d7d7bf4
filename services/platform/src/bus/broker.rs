//! The transport between processes: RabbitMQ.
//!
//! Publishing and consuming have a connection of their own each, so that a publisher that is held back by the broker
//! does not hold back acknowledgements. A connection that breaks is given up whole and made again, topology included:
//! what was not confirmed is still in the outbox, what was not acknowledged is delivered again.

mod consume;
mod message;
mod topology;

use std::{
    sync::{
        Arc, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use lapin::{
    Channel, Confirmation, Connection, ConnectionProperties,
    options::{BasicPublishOptions, ConfirmSelectOptions},
    uri::AMQPUri,
};
use prometheus::{IntCounter, Registry};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{Envelope, Published, Subscription};
use crate::lifecycle::Tasks;

pub use topology::Topology;

/// So many events wait for their confirmation at once.
const WINDOW: usize = 100;

/// The broker may take so long to confirm a window, or to answer at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// A dead peer is noticed after two of these.
const HEARTBEAT: u16 = 10;

/// Why the broker did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// The address is not one of a broker. It may hold a password, so it is not shown.
    #[error("bus.url is not the address of a RabbitMQ: write it as amqp://user:password@host:5672/vhost")]
    Address,
    /// The broker is away or refuses.
    #[error("RabbitMQ: {0}")]
    Amqp(#[from] lapin::Error),
    /// No answer in time.
    #[error("RabbitMQ did not answer within {} seconds", PATIENCE.as_secs())]
    Silent,
    /// The metrics.
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
}

/// The broker. A clone is the same.
#[derive(Clone)]
pub struct Broker(Arc<Inner>);

struct Inner {
    address: AMQPUri,
    topology: Topology,
    // Of the pauses.
    chance: std::sync::Mutex<ChaCha20Rng>,
    publisher: Mutex<Option<Link>>,
    // Sessions of consumers: how many there should be, and how many run.
    wanted: AtomicUsize,
    running: AtomicUsize,
    unroutable: IntCounter,
    sessions: IntCounter,
}

struct Link {
    connection: Connection,
    channel: Channel,
}

impl Broker {
    pub(super) fn new(address: &str, topology: Topology, seed: u64) -> Result<Self, BrokerError> {
        // What the parser says may quote the address.
        let mut address: AMQPUri = address.parse().map_err(|_| BrokerError::Address)?;
        address.query.heartbeat.get_or_insert(HEARTBEAT);
        address.query.connection_timeout.get_or_insert(5_000);
        Ok(Self(Arc::new(Inner {
            address,
            topology,
            chance: std::sync::Mutex::new(ChaCha20Rng::seed_from_u64(seed)),
            publisher: Mutex::default(),
            wanted: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            unroutable: IntCounter::new(
                "jalon_bus_unroutable_events_total",
                "Events that no queue wanted: they stay in the outbox and are tried again",
            )?,
            sessions: IntCounter::new(
                "jalon_bus_connections_total",
                "Connections made to the broker; more than a few mean that they break",
            )?,
        })))
    }

    pub(super) fn register(&self, registry: &Registry) -> Result<(), prometheus::Error> {
        registry.register(Box::new(self.0.unroutable.clone()))?;
        registry.register(Box::new(self.0.sessions.clone()))
    }

    /// 0.2 s to 0.4 s, then twice that …, at most 10 s.
    fn pause(&self, failures: u32) -> Duration {
        let longest = 400_u64.saturating_mul(1 << failures.min(6)).min(10_000);
        let mut chance = self.0.chance.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_millis(chance.random_range(longest / 2..=longest))
    }

    /// Every consumer of this process is at its queue.
    pub(super) fn is_ready(&self) -> bool {
        self.0.running.load(Ordering::Relaxed) >= self.0.wanted.load(Ordering::Relaxed)
    }

    pub(super) fn subscribe(&self, subscription: Subscription, tasks: &Tasks) {
        self.0.wanted.fetch_add(1, Ordering::Relaxed);
        tasks.spawn(
            "broker consumer",
            consume::run(self.clone(), subscription, tasks.stopping()),
        );
    }

    /// Publishes, and waits for the confirmations. Whatever breaks: what is not in the answer is published again.
    pub(super) async fn publish(&self, events: &[Envelope]) -> Result<Published, BrokerError> {
        let mut publisher = self.0.publisher.lock().await;
        if publisher.as_ref().is_none_or(|link| !link.is_up()) {
            *publisher = None;
            *publisher = Some(in_time(self.confirming("publisher")).await?);
        }
        let Some(link) = publisher.as_ref() else {
            return Ok(Published::default());
        };
        let mut published = Published::default();
        for window in events.chunks(WINDOW) {
            match in_time(self.send(&link.channel, window)).await {
                Ok(one) => published.add(one),
                Err(error) => {
                    *publisher = None;
                    // The windows before this one are safe: they need not go out again.
                    return if published.sent.is_empty() {
                        Err(error)
                    } else {
                        Ok(published)
                    };
                }
            }
        }
        Ok(published)
    }

    async fn send(&self, channel: &Channel, events: &[Envelope]) -> Result<Published, BrokerError> {
        let exchange = self.0.topology.events();
        let mut confirmations = Vec::with_capacity(events.len());
        for event in events {
            let options = BasicPublishOptions {
                mandatory: !self.0.topology.may_go_unheard(&event.routing_key),
                immediate: false,
            };
            let confirmation = channel
                .basic_publish(
                    exchange.as_str().into(),
                    event.routing_key.as_str().into(),
                    options,
                    &event.body,
                    message::properties(event),
                )
                .await?;
            confirmations.push(confirmation);
        }
        let mut published = Published::default();
        let mut returned = Vec::new();
        for (event, confirmation) in events.iter().zip(join_all(confirmations).await) {
            let confirmation = confirmation?;
            if matches!(confirmation, Confirmation::Ack(_)) {
                published.sent.push(event.id);
            }
            // A return comes with some confirmation of its window, not surely with its own: the id says whose it is.
            returned.extend(
                confirmation
                    .take_message()
                    .and_then(|message| message::id(&message.delivery.properties)),
            );
        }
        published.sent.retain(|id| !returned.contains(id));
        self.told_unroutable(events, &returned);
        published.unroutable = returned;
        Ok(published)
    }

    fn told_unroutable(&self, events: &[Envelope], returned: &[Uuid]) {
        for event in events.iter().filter(|event| returned.contains(&event.id)) {
            self.0.unroutable.inc();
            tracing::error!(
                event.id = %event.id,
                event.routing_key,
                "no queue wants an event: it stays in the outbox and is tried again"
            );
        }
    }

    async fn confirming(&self, name: &str) -> Result<Link, BrokerError> {
        let link = self.connect(name).await?;
        link.channel
            .confirm_select(ConfirmSelectOptions::default())
            .await?;
        Ok(link)
    }

    /// A connection with a channel, the topology in place.
    async fn connect(&self, name: &str) -> Result<Link, BrokerError> {
        let properties = ConnectionProperties::default().with_connection_name(format!("jalon {name}").into());
        let connection = Connection::connect_uri(self.0.address.clone(), properties).await?;
        let channel = connection.create_channel().await?;
        self.0.topology.declare(&channel).await?;
        self.0.sessions.inc();
        Ok(Link { connection, channel })
    }
}

impl Link {
    fn is_up(&self) -> bool {
        self.connection.status().connected() && self.channel.status().connected()
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, BrokerError>>) -> Result<T, BrokerError> {
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or(Err(BrokerError::Silent))
}
