//! Attempts of which nobody knew the end when they ended, looked at again before anything else is done.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::record::{self, Ended, set_back, settlement};
use crate::{
    context::Context,
    domain::{Answer, Attempt, Channel, Delivery, OnUnknown, Outcome},
    error::Error,
    store,
};

/// The attempts of deliveries, in order.
pub(super) type Earlier = BTreeMap<Uuid, Vec<Attempt>>;

/// Attempts of those of a batch that had any.
pub(super) async fn earlier(context: &Context, batch: &[Delivery]) -> Result<Earlier, Error> {
    let ids: Vec<Uuid> = batch
        .iter()
        .filter(|delivery| delivery.attempts > 0)
        .map(|delivery| delivery.id)
        .collect();
    let mut earlier = Earlier::new();
    if !ids.is_empty() {
        for attempt in store::tried(&mut context.db.read().await?, ids).await? {
            earlier.entry(attempt.delivery_id).or_default().push(attempt);
        }
    }
    Ok(earlier)
}

/// Settles what a provider that can be asked has taken, and what is not to be tried again. What is left goes on.
pub(super) async fn clear(
    context: &Context,
    owner: Uuid,
    batch: Vec<Delivery>,
    earlier: &Earlier,
) -> Result<Vec<Delivery>, Error> {
    let last = |delivery: &Delivery| {
        let attempts = earlier.get(&delivery.id)?;
        attempts.last().filter(|last| last.state == "unknown")
    };
    let doubtful: Vec<&Attempt> = batch.iter().filter_map(last).collect();
    if doubtful.is_empty() {
        return Ok(batch);
    }
    let known = look_up(context, doubtful).await?;
    let (mut left, mut ended, mut given_up, mut waiting) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for mut delivery in batch {
        let Some(attempt) = last(&delivery) else {
            left.push(delivery);
            continue;
        };
        match known.get(&(attempt.channel, attempt.provider.clone())) {
            Some(Known::Taken(taken)) if taken.contains(&attempt.reference) => {
                let unknown = earlier.get(&delivery.id).into_iter().flatten();
                delivery.uncertain = unknown.filter(|one| one.state == "unknown").count() > 1;
                ended.push(Ended {
                    channel: attempt.channel,
                    provider: attempt.provider.clone(),
                    address: None,
                    answer: Answer::Accepted,
                    delivery,
                });
            }
            // It can be asked, only not now: better late than twice.
            Some(Known::Away) if context.clock.now() < delivery.useful_until => {
                waiting.push(set_back(context, &delivery));
            }
            _ if delivery.on_unknown == OnUnknown::AtMostOnce => {
                given_up.push(settlement(&delivery, Outcome::Failed("unknown".to_owned()), true));
            }
            _ => left.push(delivery),
        }
    }
    record::settlements(context, owner, given_up).await?;
    record::waiting(context, owner, &waiting).await?;
    if !ended.is_empty() {
        record::answers(context, owner, &ended).await?;
    }
    Ok(left)
}

/// What a provider says of references.
pub(super) enum Known {
    /// These it took.
    Taken(BTreeSet<String>),
    /// It cannot be reached.
    Away,
}

/// By channel and provider: a name may stand for two, as that of the local mailbox does.
pub(super) type KnownOf = BTreeMap<(Channel, String), Known>;

/// What is known of attempts: by asking providers that can be asked, and by receipts.
pub(super) async fn look_up(context: &Context, attempts: Vec<&Attempt>) -> Result<KnownOf, Error> {
    let mut asked: BTreeMap<(Channel, &str), Vec<String>> = BTreeMap::new();
    for attempt in attempts {
        let references = asked
            .entry((attempt.channel, attempt.provider.as_str()))
            .or_default();
        references.push(attempt.reference.clone());
    }
    let mut known = KnownOf::new();
    for ((channel, name), references) in asked {
        let told = store::told(&mut context.db.read().await?, references.clone()).await?;
        let found = match context.providers.named(channel, name) {
            None => Ok(None),
            Some(carrier) => carrier.provider.look_up(references).await,
        };
        let found = match found {
            Ok(None) if told.is_empty() => continue,
            Ok(found) => Known::Taken(found.into_iter().flatten().chain(told).collect()),
            Err(Error::Away(_)) if told.is_empty() => Known::Away,
            Err(Error::Away(_)) => Known::Taken(told.into_iter().collect()),
            Err(error) => return Err(error),
        };
        known.insert((channel, name.to_owned()), found);
    }
    Ok(known)
}
