use std::{collections::BTreeMap, time::Instant};

use uuid::Uuid;

use super::{
    LATE, LEASE,
    doubt::{self, Known, KnownOf},
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
/// What `ours` hold is under way here, however long it takes. How many there were; none when the database was away just now:
/// then it is not known who is dead.
pub(super) async fn recover(
    context: &Context,
    ours: impl Iterator<Item = Uuid>,
) -> Result<Option<usize>, Error> {
    let owner = context.ids.id();
    let asked = Instant::now();
    let mut tx = context.db.begin().await?;
    if asked.elapsed() > LATE {
        return Ok(None);
    }
    let now = context.clock.now();
    let lapsed = store::take_lapsed(&mut tx, owner, now.plus(LEASE), (now, ours), LIMIT).await?;
    if lapsed.is_empty() {
        return Ok(Some(0));
    }
    let open = store::open_attempts(&mut tx, lapsed.iter().map(|delivery| delivery.id)).await?;
    tx.commit().await?;
    tracing::warn!(
        deliveries = lapsed.len(),
        open = open.len(),
        "leases ran out: their deliveries are taken over"
    );

    let count = lapsed.len();
    let known = doubt::look_up(context, open.iter().collect()).await?;
    let mut open: BTreeMap<Uuid, Attempt> = open
        .into_iter()
        .map(|attempt| (attempt.delivery_id, attempt))
        .collect();
    let (mut ended, mut waiting) = (Vec::new(), Vec::new());
    for delivery in lapsed {
        match open.remove(&delivery.id) {
            None => waiting.push(Waiting::of(&delivery, now)),
            Some(attempt) => ended.push(end(context, delivery, attempt, &known)),
        }
    }
    record::waiting(context, owner, &waiting).await?;
    if !ended.is_empty() {
        record::answers(context, owner, &ended).await?;
    }
    Ok(Some(count))
}

fn end(context: &Context, delivery: Delivery, attempt: Attempt, known: &KnownOf) -> Ended {
    let carrier = context.providers.named(attempt.channel, &attempt.provider);
    let is_proof = carrier.is_some_and(|carrier| carrier.provider.absence_is_proof());
    let answer = match known.get(&(attempt.channel, attempt.provider.clone())) {
        Some(Known::Taken(taken)) if taken.contains(&attempt.reference) => Answer::Accepted,
        Some(Known::Taken(_)) if is_proof => Answer::RefusedTemporary {
            detail: "the provider never got it".to_owned(),
        },
        _ => Answer::Unknown {
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
