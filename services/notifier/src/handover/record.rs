use platform::outbox;
use uuid::Uuid;

use crate::{
    context::Context,
    domain::{self, Answer, Channel, Delivery, Next, Outcome, Settlement},
    error::Error,
    events,
    store::{self, Waiting},
};

/// An attempt and what is known of it.
pub(super) struct Ended {
    /// `attempts` is the number of this attempt.
    pub(super) delivery: Delivery,
    pub(super) channel: Channel,
    pub(super) provider: String,
    /// Where it went; none when it was found open after a crash.
    pub(super) address: Option<String>,
    pub(super) answer: Answer,
}

/// Records answers and what becomes of the deliveries, with the event for the scheduler, in one transaction.
pub(super) async fn answers(context: &Context, owner: Uuid, ended: &[Ended]) -> Result<(), Error> {
    let now = context.clock.now();
    let (mut settlements, mut waiting) = (Vec::new(), Vec::new());
    for one in ended {
        let delivery = &one.delivery;
        let uncertain = delivery.uncertain || matches!(one.answer, Answer::Unknown { .. });
        match domain::after(delivery, one.channel, &one.answer, now, context.ids.below(1_000)) {
            Next::Settle(outcome) => settlements.push(settlement(delivery, outcome, uncertain)),
            Next::Again(at) => waiting.push(Waiting {
                uncertain,
                ..Waiting::of(delivery, at)
            }),
            Next::Elsewhere(channel) => {
                let mut again = Waiting {
                    uncertain,
                    ..Waiting::of(delivery, now)
                };
                again.refused.push(channel);
                waiting.push(again);
            }
        }
    }
    let ends: Vec<_> = ended
        .iter()
        .map(|one| {
            (
                one.delivery.id,
                one.delivery.attempts,
                one.answer.state(),
                one.answer.detail(),
            )
        })
        .collect();
    let states: Vec<_> = ended
        .iter()
        .map(|one| (one.delivery.id, one.delivery.attempts, one.answer.message_state()))
        .collect();

    let mut tx = context.db.begin().await?;
    store::finish_attempts(&mut tx, &ends, now).await?;
    store::set_message_states(&mut tx, &states).await?;
    for one in ended {
        if let (
            Answer::RefusedPermanent {
                address: true,
                detail,
            },
            Some(address),
        ) = (&one.answer, &one.address)
        {
            store::suppress(&mut tx, one.channel, address, one.delivery.person_id, detail, now).await?;
        }
    }
    store::wait(&mut tx, owner, &waiting).await?;
    let settled = settle_in(context, &mut tx, owner, settlements).await?;
    tx.commit().await?;

    for one in ended {
        context
            .metrics
            .attempt(one.channel.name(), &one.provider, one.answer.state());
    }
    for settlement in &settled {
        context.metrics.settled(settlement);
    }
    Ok(())
}

/// Settles deliveries for which no provider was called.
pub(super) async fn settlements(
    context: &Context,
    owner: Uuid,
    settlements: Vec<Settlement>,
) -> Result<(), Error> {
    if settlements.is_empty() {
        return Ok(());
    }
    let mut tx = context.db.begin().await?;
    let settled = settle_in(context, &mut tx, owner, settlements).await?;
    tx.commit().await?;
    for settlement in &settled {
        context.metrics.settled(settlement);
    }
    Ok(())
}

/// Gives deliveries back.
pub(super) async fn waiting(context: &Context, owner: Uuid, waiting: &[Waiting]) -> Result<(), Error> {
    if waiting.is_empty() {
        return Ok(());
    }
    let mut tx = context.db.begin().await?;
    store::wait(&mut tx, owner, waiting).await?;
    tx.commit().await?;
    Ok(())
}

/// A peer is away: everything waits a little longer than the last time.
pub(super) async fn postpone<T>(
    context: &Context,
    owner: Uuid,
    deliveries: impl Iterator<Item = &Delivery>,
) -> Result<Option<T>, Error> {
    let waiting: Vec<Waiting> = deliveries.map(|delivery| set_back(context, delivery)).collect();
    self::waiting(context, owner, &waiting).await?;
    Ok(None)
}

pub(super) fn set_back(context: &Context, delivery: &Delivery) -> Waiting {
    let setbacks = delivery.setbacks + 1;
    let at = context
        .clock
        .now()
        .plus(domain::peer_pause(setbacks, context.ids.below(1_000)));
    Waiting {
        setbacks,
        ..Waiting::of(delivery, at)
    }
}

pub(super) fn settlement(delivery: &Delivery, outcome: Outcome, uncertain: bool) -> Settlement {
    Settlement {
        delivery_id: delivery.id,
        outcome,
        attempts: delivery.attempts,
        uncertain,
    }
}

/// Only what this owner still holds is settled and told.
async fn settle_in(
    context: &Context,
    tx: &mut platform::Tx,
    owner: Uuid,
    mut settlements: Vec<Settlement>,
) -> Result<Vec<Settlement>, Error> {
    if settlements.is_empty() {
        return Ok(settlements);
    }
    let now = context.clock.now();
    let settled = store::settle(tx, owner, &settlements, now).await?;
    settlements.retain(|settlement| settled.contains(&settlement.delivery_id));
    if !settlements.is_empty() {
        let event = events::settled(&context.ids, &context.clock, &settlements);
        outbox::push(tx, &event).await?;
    }
    Ok(settlements)
}
