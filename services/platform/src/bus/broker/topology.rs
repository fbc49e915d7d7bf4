use std::borrow::Cow;

use lapin::{
    Channel, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};

use super::BrokerError;

/// So often a queue delivers a message that is not acknowledged: a consumer that dies of it would die for ever.
pub(super) const DELIVERY_LIMIT: i64 = 20;

/// Who consumes what. Every process declares all of it: an event must find the queue of each consumer, also of one that
/// has never run yet.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    prefix: String,
    queues: Vec<(&'static str, &'static [&'static str])>,
    unheard: &'static [&'static str],
}

impl Topology {
    /// `prefix`: of the names of exchanges and queues, so that installations can share a broker; `queues`: consuming services and their patterns; `unheard`: routing keys that need no consumer.
    pub fn new(
        prefix: &str,
        queues: impl IntoIterator<Item = (&'static str, &'static [&'static str])>,
        unheard: &'static [&'static str],
    ) -> Self {
        Self {
            prefix: prefix.to_owned(),
            queues: queues.into_iter().collect(),
            unheard,
        }
    }

    pub(super) fn may_go_unheard(&self, routing_key: &str) -> bool {
        self.unheard.contains(&routing_key)
    }

    pub(super) async fn declare(&self, channel: &Channel) -> Result<(), BrokerError> {
        let (events, dead_letters) = (self.events(), self.dead_letters());
        exchange(channel, &events, ExchangeKind::Topic).await?;
        exchange(channel, &dead_letters, ExchangeKind::Direct).await?;
        for (service, patterns) in &self.queues {
            // First: what the other one gives up must find it.
            let dead = self.dead_queue(service);
            queue(channel, &dead, FieldTable::default()).await?;
            bind(channel, &dead, &dead_letters, service).await?;
            let live = self.queue(service);
            queue(channel, &live, live_arguments(&dead_letters, service)).await?;
            for pattern in *patterns {
                bind(channel, &live, &events, pattern).await?;
            }
        }
        Ok(())
    }

    /// The exchange where all events go in.
    pub(super) fn events(&self) -> String {
        format!("{}.events", self.prefix)
    }

    /// The exchange of what queues give up.
    fn dead_letters(&self) -> String {
        format!("{}.dead", self.prefix)
    }

    pub(super) fn queue(&self, service: &str) -> String {
        format!("{}.{service}", self.prefix)
    }

    pub(super) fn dead_queue(&self, service: &str) -> String {
        format!("{}.{service}.dead", self.prefix)
    }
}

fn live_arguments(dead_letters: &str, service: &str) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DELIVERY_LIMIT));
    arguments.insert("x-dead-letter-exchange".into(), text(dead_letters.to_owned()));
    arguments.insert("x-dead-letter-routing-key".into(), text(service.to_owned()));
    // A message leaves the queue only once the dead letter queue has it; this needs the overflow to refuse.
    arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
    arguments.insert("x-overflow".into(), text("reject-publish"));
    arguments
}

fn text(value: impl Into<Cow<'static, str>>) -> AMQPValue {
    AMQPValue::LongString(value.into().into_owned().into())
}

async fn exchange(channel: &Channel, name: &str, kind: ExchangeKind) -> Result<(), BrokerError> {
    let options = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    Ok(channel
        .exchange_declare(name.into(), kind, options, FieldTable::default())
        .await?)
}

async fn queue(channel: &Channel, name: &str, mut arguments: FieldTable) -> Result<(), BrokerError> {
    arguments.insert("x-queue-type".into(), text("quorum"));
    channel
        .queue_declare(name.into(), QueueDeclareOptions::durable(), arguments)
        .await?;
    Ok(())
}

async fn bind(channel: &Channel, queue: &str, exchange: &str, key: &str) -> Result<(), BrokerError> {
    Ok(channel
        .queue_bind(
            queue.into(),
            exchange.into(),
            key.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await?)
}
