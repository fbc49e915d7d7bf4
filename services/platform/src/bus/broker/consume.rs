use std::{sync::atomic::Ordering, time::Duration};

use futures::{FutureExt as _, StreamExt as _};
use lapin::{
    Consumer,
    message::Delivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions},
    types::FieldTable,
};
use tokio_util::sync::CancellationToken;

use super::{Broker, BrokerError, in_time, message};
use crate::{
    bus::Subscription,
    db::{self, Db},
    inbox,
};

/// So many messages may be on their way to a consumer.
const PREFETCH: u16 = 400;

/// So many are stored in one transaction.
const BATCH: usize = 200;

/// A database that is away is asked so often before the messages go back to the queue.
const TRIES: u32 = 8;

#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Broker(#[from] BrokerError),
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error("RabbitMQ ended the delivery")]
    Ended,
}

impl From<lapin::Error> for Broken {
    fn from(error: lapin::Error) -> Self {
        Self::Broker(error.into())
    }
}

/// Brings messages into the inbox until the stop, through every failure.
pub(super) async fn run(broker: Broker, subscription: Subscription, stopping: CancellationToken) {
    let mut failures = 0;
    loop {
        let ended = tokio::select! {
            () = stopping.cancelled() => return,
            ended = session(&broker, &subscription, &mut failures) => ended,
        };
        if let Err(error) = ended {
            tracing::warn!(service = subscription.service, %error, "events wait in the broker; connecting again");
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(broker.pause(failures)) => {}
        }
        failures += 1;
    }
}

/// From a connection to its end.
async fn session(broker: &Broker, subscription: &Subscription, failures: &mut u32) -> Result<(), Broken> {
    // What is taken without a database goes back, and each time counts towards the limit of the queue.
    probe(&subscription.db).await?;
    let link = in_time(broker.connect(subscription.service)).await?;
    let dead_channel = link
        .connection
        .create_channel()
        .await
        .map_err(BrokerError::from)?;
    let live = broker.0.topology.queue(subscription.service);
    let dead = broker.0.topology.dead_queue(subscription.service);
    let live = in_time(consumer(&link.channel, &live)).await?;
    let dead = in_time(consumer(&dead_channel, &dead)).await?;
    *failures = 0;
    let _running = Running::start(broker);
    tracing::info!(service = subscription.service, "takes events from the broker");
    tokio::select! {
        ended = take(broker, live, subscription, Queue::Live) => ended,
        ended = take(broker, dead, subscription, Queue::Dead) => ended,
    }
}

async fn consumer(channel: &lapin::Channel, queue: &str) -> Result<Consumer, BrokerError> {
    channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
    Ok(channel
        .basic_consume(
            queue.into(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        )
        .await?)
}

/// Which of the two queues of a service.
#[derive(Clone, Copy)]
enum Queue {
    Live,
    Dead,
}

/// Waits for one message, takes those that are here with it, stores and acknowledges them; again and again.
async fn take(
    broker: &Broker,
    mut consumer: Consumer,
    subscription: &Subscription,
    queue: Queue,
) -> Result<(), Broken> {
    loop {
        let mut batch = vec![consumer.next().await.ok_or(Broken::Ended)??];
        while batch.len() < BATCH
            && let Some(next) = consumer.next().now_or_never()
        {
            batch.push(next.ok_or(Broken::Ended)??);
        }
        match queue {
            Queue::Live => receive(broker, subscription, &batch).await?,
            Queue::Dead => bury(broker, subscription, &batch).await?,
        }
    }
}

/// Into the inbox, and only then acknowledged.
async fn receive(broker: &Broker, subscription: &Subscription, batch: &[Delivery]) -> Result<(), Broken> {
    let mut events = Vec::with_capacity(batch.len());
    let mut last = None;
    for delivery in batch {
        if delivery.redelivered {
            subscription.metrics.redelivered.inc();
        }
        match message::envelope(delivery, &subscription.clock) {
            Ok(event) => {
                events.push(event);
                last = Some(delivery);
            }
            Err((event, reason)) => {
                tracing::error!(
                    service = subscription.service,
                    event.routing_key,
                    reason,
                    "a message is no event: dead letter"
                );
                delivery.reject(BasicRejectOptions { requeue: false }).await?;
            }
        }
    }
    if !events.is_empty() {
        let events: Vec<_> = events.iter().collect();
        persistently(broker, || subscription.receive(&events)).await?;
        subscription.filled.notify_one();
    }
    acknowledge(last).await
}

/// What the queue gave up, into the table where a person finds it.
async fn bury(broker: &Broker, subscription: &Subscription, batch: &[Delivery]) -> Result<(), Broken> {
    for delivery in batch {
        let (event, reason) = message::given_up(delivery, &subscription.clock);
        persistently(broker, || {
            inbox::bury_unseen(&subscription.db, &subscription.clock, &event, &reason)
        })
        .await?;
    }
    acknowledge(batch.last()).await
}

/// This one and those before it. It must not be one that was rejected: the broker is not asked about that again, and those
/// before it would stay open.
async fn acknowledge(last: Option<&Delivery>) -> Result<(), Broken> {
    if let Some(last) = last {
        last.ack(BasicAckOptions { multiple: true }).await?;
    }
    Ok(())
}

/// A database that is away for some seconds does not send a message back to the queue. Nor does one without room, for as
/// long as that takes: who else takes the message has the same database, and each return counts towards the queue's limit.
async fn persistently<F>(broker: &Broker, work: impl Fn() -> F) -> Result<(), db::Error>
where
    F: Future<Output = Result<(), db::Error>>,
{
    let mut tries = 0;
    loop {
        match work().await {
            Err(error) if tries < TRIES || error.is_full() => {
                tracing::warn!(%error, "received events wait: the database does not take them");
                tokio::time::sleep(broker.pause(tries)).await;
                tries = tries.saturating_add(1);
            }
            done => return done,
        }
    }
}

async fn probe(db: &Db) -> Result<(), db::Error> {
    let _row: (i64,) = tokio::time::timeout(Duration::from_secs(5), async {
        db.read()
            .await?
            .query("SELECT CAST(1 AS BIGINT)")
            .fetch_one()
            .await
    })
    .await
    .unwrap_or(Err(db::Error::away()))?;
    Ok(())
}

/// Counts a session while it runs, however it ends.
struct Running<'b>(&'b Broker);

impl<'b> Running<'b> {
    fn start(broker: &'b Broker) -> Self {
        broker.0.running.fetch_add(1, Ordering::Relaxed);
        Self(broker)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}
