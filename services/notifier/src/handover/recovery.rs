use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    LEASE,
    record::{self, Ended},
};
use crate::{
    context::Context,
    domain::{Answer, Attempt, Delivery},
    error::Error,
    store::{self, Waiting},
};

/// As many leases at once.
const LIMIT: i64 = 200;

/// Takes over deliveries whose owner died. One without an open attempt simply goes back; an open attempt is ambiguous:
/// the provider is asked when it can be, and else it is unknown.
pub(super) async fn recover(context: &Context) -> Result<usize, Error> {
    let owner = context.ids.id();
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let lapsed = store::take_lapsed(&mut tx, owner, now.plus(LEASE), now, LIMIT).await?;
    if lapsed.is_empty() {
        return Ok(0);
    }
    let open = store::open_attempts(&mut tx, lapsed.iter().map(|delivery| delivery.id)).await?;
    tx.commit().await?;
    tracing::warn!(
        deliveries = lapsed.len(),
        open = open.len(),
        "leases ran out: their deliveries are taken over"
    );

    let count = lapsed.len();
    let known = look_up(context, &open).await?;
    let mut open: BTreeMap<Uuid, Attempt> = open
        .into_iter()
        .map(|attempt| (attempt.delivery_id, attempt))
        .collect();
    let (mut ended, mut waiting) = (Vec::new(), Vec::new());
    for delivery in lapsed {
        match open.remove(&delivery.id) {
            None => waiting.push(Waiting::of(&delivery, now)),
            Some(attempt) => ended.push(end(delivery, attempt, &known)),
        }
    }
    record::waiting(context, owner, &waiting).await?;
    if !ended.is_empty() {
        record::answers(context, owner, &ended).await?;
    }
    Ok(count)
}

/// What providers that can be asked know: by provider, the references that they took.
async fn look_up(context: &Context, open: &[Attempt]) -> Result<BTreeMap<String, BTreeSet<String>>, Error> {
    let mut known = BTreeMap::new();
    for provider in [&context.providers.mail, &context.providers.sms] {
        let references: Vec<String> = open
            .iter()
            .filter(|attempt| attempt.provider == provider.name())
            .map(|attempt| attempt.reference.clone())
            .collect();
        if !references.is_empty()
            && let Some(found) = provider.look_up(references).await?
        {
            known.insert(provider.name().to_owned(), found);
        }
    }
    Ok(known)
}

fn end(delivery: Delivery, attempt: Attempt, known: &BTreeMap<String, BTreeSet<String>>) -> Ended {
    let answer = match known.get(&attempt.provider) {
        Some(taken) if taken.contains(&attempt.reference) => Answer::Accepted,
        Some(_) => Answer::RefusedTemporary {
            detail: "the provider never got it".to_owned(),
        },
        None => Answer::Unknown {
            detail: "stopped after the intent".to_owned(),
        },
    };
    Ended {
        delivery,
        channel: attempt.channel,
        provider: attempt.provider,
        address: None,
        answer,
    }
}
