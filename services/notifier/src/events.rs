//! Events in and out: `scheduler.deliveries.due.v1`, `directory.person.erased.v1`, `notifier.delivery.settled.v1`.

use async_trait::async_trait;
use contracts::{
    directory::v1::PersonErased,
    notifier::v1::{DeliveriesSettled, Outcome as ProtoOutcome, Settlement as ProtoSettlement},
    scheduler::v1::{DeliveriesDue, DueDelivery},
};
use platform::{
    Clock, Ids, Moment, Tx,
    bus::{Envelope, HandleError, Handler},
    outbox::Event,
};

use crate::{
    actions,
    context::Context,
    domain::{Channel, Delivery, OnUnknown, Outcome, Settlement},
    error::Error,
};

const DUE: &str = "scheduler.deliveries.due.v1";
const ERASED: &str = "directory.person.erased.v1";
const SETTLED: &str = "notifier.delivery.settled.v1";

/// What the notifier consumes.
pub const PATTERNS: &[&str] = &[DUE, ERASED];

/// Consumes what concerns the notifier.
pub(crate) struct Consumer(pub(crate) Context);

#[async_trait]
impl Handler for Consumer {
    fn patterns(&self) -> &'static [&'static str] {
        PATTERNS
    }

    async fn handle(&self, tx: &mut Tx, event: &Envelope) -> Result<(), HandleError> {
        match event.routing_key.as_str() {
            DUE => {
                let due: DeliveriesDue = event.decode()?;
                let deliveries: Result<Vec<Delivery>, HandleError> = due
                    .deliveries
                    .into_iter()
                    .map(|due| delivery(due, event.occurred_at))
                    .collect();
                actions::take_in(&self.0, tx, &deliveries?).await.map_err(retry)
            }
            ERASED => {
                let erased: PersonErased = event.decode()?;
                let person = erased.person_id.parse();
                let person = person.map_err(|_| HandleError::Poison("person_id is no UUID".to_owned()))?;
                actions::forget(&self.0, tx, person).await.map_err(retry)
            }
            other => Err(HandleError::Poison(format!("no use for {other}"))),
        }
    }

    fn committed(&self) {
        self.0.wake.notify_one();
    }
}

/// What the scheduler hears of deliveries that ended.
pub(crate) fn settled(ids: &Ids, clock: &Clock, settlements: &[Settlement]) -> Event {
    let (seconds, nanos) = clock.now().parts();
    let settlements = settlements.iter().map(|settlement| ProtoSettlement {
        delivery_id: settlement.delivery_id.to_string(),
        outcome: match settlement.outcome {
            Outcome::Sent(_) => ProtoOutcome::Sent,
            Outcome::Suppressed(_) => ProtoOutcome::Suppressed,
            Outcome::Failed(_) => ProtoOutcome::Failed,
        }
        .into(),
        reason: settlement.outcome.reason().to_owned(),
        channel: settlement.outcome.channel().to_owned(),
        at: Some(prost_types::Timestamp { seconds, nanos }),
        attempts: i32::try_from(settlement.attempts).unwrap_or(i32::MAX),
        uncertain: settlement.uncertain,
    });
    Event::new(
        ids,
        clock,
        SETTLED,
        &DeliveriesSettled {
            settlements: settlements.collect(),
        },
    )
}

fn delivery(due: DueDelivery, occurred_at: Moment) -> Result<Delivery, HandleError> {
    let poison = |field: &str| HandleError::Poison(format!("a due delivery cannot be read: {field}"));
    let moment = |timestamp: prost_types::Timestamp| Moment::from_parts(timestamp.seconds, timestamp.nanos);
    Ok(Delivery {
        id: due.delivery_id.parse().map_err(|_| poison("delivery_id"))?,
        person_id: due
            .recipient_person_id
            .parse()
            .map_err(|_| poison("recipient_person_id"))?,
        policy: due.policy,
        template: due.template,
        route: due
            .route
            .iter()
            .filter_map(|channel| Channel::of(channel))
            .collect(),
        useful_until: due
            .useful_until
            .and_then(moment)
            .ok_or_else(|| poison("useful_until"))?,
        on_unknown: OnUnknown::of(&due.on_unknown),
        due_at: due.due_at.and_then(moment).unwrap_or(occurred_at),
        group: due.group,
        subject: due.subject,
        attempts: 0,
        setbacks: 0,
        refused: Vec::new(),
        uncertain: false,
        traceparent: due.traceparent,
    })
}

fn retry(error: Error) -> HandleError {
    HandleError::Retry(Box::new(error))
}
