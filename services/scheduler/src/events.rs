//! Events in and out, and what each asks for.

pub(crate) mod milestone;

use std::sync::Arc;

use async_trait::async_trait;
use contracts::common::v1::{MilestoneCleared, MilestoneSet};
use contracts::directory::v1::PersonErased;
use contracts::notifier::v1::{DeliveriesSettled, Outcome, Settlement as SettlementProto};
use contracts::scheduler::v1::{DeliveriesDue, DueDelivery};
use jiff::Timestamp;
use platform::bus::{Envelope, HandleError, Handler};
use platform::outbox::Event;
use platform::{Clock, Ids, Moment, Tx};

use crate::actions::{self, Context};
use crate::domain::{Channel, Delivery, ReminderState, Route, Settlement};
use crate::error::Error;

/// Deliveries in one event.
const BATCH: usize = 200;

/// What is to be handed over, up to 200 deliveries an event. What they say is given by `Release`.
pub(crate) fn due(ids: &Ids, clock: &Clock, deliveries: &[Delivery]) -> Vec<Event> {
    deliveries
        .chunks(BATCH)
        .map(|chunk| {
            let message = DeliveriesDue {
                deliveries: chunk.iter().map(due_delivery).collect(),
            };
            Event::new(ids, clock, "scheduler.deliveries.due.v1", &message)
        })
        .collect()
}

fn due_delivery(delivery: &Delivery) -> DueDelivery {
    DueDelivery {
        delivery_id: delivery.id.to_string(),
        recipient_person_id: delivery.recipient.to_string(),
        policy: delivery.policy.clone(),
        template: delivery.template.clone(),
        route: channels(&delivery.route),
        useful_until: Some(stamp(delivery.useful_until)),
        on_unknown: delivery.on_unknown.clone(),
        due_at: Some(stamp(delivery.due)),
        group: delivery.group.clone(),
        subject: delivery.subject.clone(),
        traceparent: delivery.traceparent.clone(),
    }
}

fn channels(route: &Route) -> Vec<String> {
    let word = |channel: &Channel| match channel {
        Channel::Sms => "sms".to_owned(),
        Channel::Mail => "mail".to_owned(),
    };
    route.0.iter().map(word).collect()
}

/// What the scheduler lives from.
pub const PATTERNS: &[&str] = &[
    "*.milestone.set.v1",
    "*.milestone.cleared.v1",
    "notifier.delivery.settled.v1",
    "directory.person.erased.v1",
];

/// Consumes it.
pub(crate) struct Consumer(pub(crate) Arc<Context>);

#[async_trait]
impl Handler for Consumer {
    fn patterns(&self) -> &'static [&'static str] {
        PATTERNS
    }

    async fn handle(&self, tx: &mut Tx, event: &Envelope) -> Result<(), HandleError> {
        let context = &self.0;
        match event.routing_key.as_str() {
            "notifier.delivery.settled.v1" => {
                let message: DeliveriesSettled = event.decode()?;
                let settlements: Vec<_> = message
                    .settlements
                    .iter()
                    .map(settlement)
                    .collect::<Result<_, _>>()?;
                actions::settle(context, tx, &settlements).await.map_err(failed)
            }
            "directory.person.erased.v1" => {
                let message: PersonErased = event.decode()?;
                let person = message
                    .person_id
                    .parse()
                    .map_err(|_| poison("person_id is no id"))?;
                actions::erase_person(context, tx, person).await.map_err(failed)
            }
            key => {
                let message = if key.ends_with(".cleared.v1") {
                    event.decode::<MilestoneCleared>()?.milestone
                } else {
                    event.decode::<MilestoneSet>()?.milestone
                };
                let message = message.ok_or_else(|| poison("the event holds no milestone"))?;
                let milestone = milestone::parse(message).map_err(HandleError::Poison)?;
                if actions::take_in(context, tx, milestone).await.map_err(failed)? {
                    let lag = context
                        .clock
                        .now()
                        .timestamp()
                        .duration_since(event.occurred_at.timestamp());
                    context.metrics.ingest_lag.observe(lag.as_secs_f64().max(0.0));
                }
                Ok(())
            }
        }
    }

    fn committed(&self) {
        self.0.wake.notify_one();
    }
}

fn settlement(proto: &SettlementProto) -> Result<Settlement, HandleError> {
    let at = proto
        .at
        .as_ref()
        .and_then(|at| Timestamp::new(at.seconds, at.nanos).ok());
    Ok(Settlement {
        delivery: proto
            .delivery_id
            .parse()
            .map_err(|_| poison("delivery_id is no id"))?,
        outcome: match proto.outcome() {
            Outcome::Sent => ReminderState::Sent,
            Outcome::Suppressed => ReminderState::Suppressed,
            Outcome::Failed => ReminderState::Failed,
            Outcome::Unspecified => return Err(poison("outcome is not set")),
        },
        reason: proto.reason.chars().take(200).collect(),
        channel: proto.channel.chars().take(20).collect(),
        at: at.ok_or_else(|| poison("at is missing"))?,
        attempts: i64::from(proto.attempts),
        uncertain: proto.uncertain,
    })
}

fn poison(reason: &str) -> HandleError {
    HandleError::Poison(reason.to_owned())
}

fn failed(error: Error) -> HandleError {
    match error {
        Error::Milestone(refusal) => HandleError::Poison(refusal.to_string()),
        other => HandleError::Retry(Box::new(other)),
    }
}

/// As protobuf has it.
pub(crate) fn stamp(at: Timestamp) -> prost_types::Timestamp {
    let (seconds, nanos) = Moment::from(at).parts();
    prost_types::Timestamp { seconds, nanos }
}
