use std::collections::BTreeSet;

use platform::{Moment, Tx, outbox};
use uuid::Uuid;

use super::{doubt, persist::persistently, way};
use crate::{
    actions,
    context::Context,
    domain::{self, Answer, Channel, Delivery, Next, Outcome, Settlement, Ways},
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

/// Records what providers answered just now, and learns from it how they do.
pub(super) async fn heard(context: &Context, owner: Uuid, ended: &[Ended]) -> Result<(), Error> {
    learn(context, ended, context.clock.now());
    persistently((&context.outage, &context.clock), "answers", || {
        answers(context, owner, ended)
    })
    .await
}

/// Records answers and what becomes of the deliveries, with the event for the scheduler, in one transaction. Repeating it
/// changes nothing: only what is open and held by this owner is ended, and told.
pub(super) async fn answers(context: &Context, owner: Uuid, ended: &[Ended]) -> Result<(), Error> {
    let now = context.clock.now();
    let refused: Vec<Delivery> = ended
        .iter()
        .filter(|one| may_fail_over(context, one))
        .map(|one| one.delivery.clone())
        .collect();
    let earlier = doubt::earlier(context, &refused).await?;
    let (mut settlements, mut waiting) = (Vec::new(), Vec::new());
    for one in ended {
        let delivery = &one.delivery;
        let tried = earlier.get(&delivery.id).map_or(&[][..], Vec::as_slice);
        let carrier = context.providers.named(one.channel, &one.provider);
        let ways = Ways {
            another: way::another(context, delivery, one.channel, &one.answer, tried, now)
                || way::passed_over(context, delivery, one.channel, now),
            told_later: carrier.is_some_and(|carrier| carrier.provider.tells_later()),
        };
        let uncertain = delivery.uncertain || matches!(one.answer, Answer::Unknown { .. });
        let chance = context.ids.below(1_000);
        match domain::after(delivery, one.channel, &one.answer, ways, now, chance) {
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
    let marked = store::set_message_states(&mut tx, &states).await?;
    for one in ended {
        if let Answer::AcceptedAs { id } = &one.answer {
            let of = (one.delivery.id, one.delivery.attempts);
            store::keep_id(&mut tx, &one.provider, id, of, now).await?;
        }
    }
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
    if !waiting.is_empty() {
        store::wait(&mut tx, owner, &waiting).await?;
    }
    let settled = settle_in(context, &mut tx, owner, settlements).await?;
    // What was not marked has its receipt already.
    if usize::try_from(marked).is_ok_and(|marked| marked < states.len()) {
        send_back(&mut tx, &settled, now).await?;
    }
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

/// A receipt may be quicker than the record of the answer, and then finds nothing that was sent: what it said not to have
/// arrived goes another way now. Either it waits for this record, or this sees what it said: both lock the message.
async fn send_back(tx: &mut Tx, settled: &[Settlement], now: Moment) -> Result<(), Error> {
    let sent = settled
        .iter()
        .filter(|one| matches!(one.outcome, Outcome::Sent(_)));
    let lost = store::undelivered(tx, sent.map(|one| one.delivery_id)).await?;
    for (delivery, channel) in lost {
        actions::go_another_way(tx, delivery, channel, now).await?;
    }
    Ok(())
}

/// What answers say of the providers themselves.
fn learn(context: &Context, ended: &[Ended], now: Moment) {
    for one in ended {
        let Some(carrier) = context.providers.named(one.channel, &one.provider) else {
            continue;
        };
        match carrier.health.heard(now, &one.answer) {
            Some(true) => tracing::error!(
                provider = one.provider,
                answer = one.answer.detail(),
                "a provider is left alone for a while: it fails again and again, or refuses us"
            ),
            Some(false) => tracing::info!(provider = one.provider, "a provider works again"),
            None => continue,
        }
        let out = carrier.health.out_since().is_some();
        context.metrics.out(one.channel.name(), carrier.name(), out);
    }
}

/// Whether it has to be known who else was tried.
fn may_fail_over(context: &Context, one: &Ended) -> bool {
    context.providers.of(one.channel).len() > 1
        && !matches!(
            one.answer,
            Answer::Accepted | Answer::AcceptedAs { .. } | Answer::Unknown { .. }
        )
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
    tx: &mut Tx,
    owner: Uuid,
    mut settlements: Vec<Settlement>,
) -> Result<Vec<Settlement>, Error> {
    if settlements.is_empty() {
        return Ok(settlements);
    }
    let now = context.clock.now();
    let settled: BTreeSet<Uuid> = store::settle(tx, owner, &settlements, now)
        .await?
        .into_iter()
        .collect();
    settlements.retain(|settlement| settled.contains(&settlement.delivery_id));
    if !settlements.is_empty() {
        let event = events::settled(&context.ids, &context.clock, &settlements);
        outbox::push(tx, &event).await?;
    }
    Ok(settlements)
}
