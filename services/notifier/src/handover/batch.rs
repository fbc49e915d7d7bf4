use platform::{Moment, Tx};
use uuid::Uuid;

use super::{
    RESOLVED_FOR, budget, doubt,
    record::{self, postpone, set_back, settlement},
    render::{self, Released},
    resolve::{Chosen, resolve},
    submit::submit,
};
use crate::{
    content::Item,
    context::Context,
    domain::{Attempt, Channel, Delivery, Link, Message, Outcome},
    error::Error,
    peers::{Ask, Verdict},
    probe::Stage,
    provider::Prepared,
    store::{self, Waiting},
};

/// Hands a claimed batch over.
pub(super) async fn hand_over(context: &Context, owner: Uuid, batch: Vec<Delivery>) -> Result<(), Error> {
    let earlier = doubt::earlier(context, &batch).await?;
    let batch = doubt::clear(context, owner, batch, &earlier).await?;
    let resolved_at = context.clock.now();
    let Some(chosen) = resolve(context, owner, batch, &earlier).await? else {
        return Ok(());
    };
    context.probe.reached(Stage::Resolved).await;

    let Some(released) = release(context, owner, chosen).await? else {
        return Ok(());
    };
    context.probe.reached(Stage::Released).await;
    if context.tasks.stopping().is_cancelled() {
        let now = context.clock.now();
        let back = released.iter().map(|one| Waiting::of(&one.delivery, now));
        return record::waiting(context, owner, &back.collect::<Vec<_>>()).await;
    }

    let Some(prepared) = intend(context, owner, released, resolved_at).await? else {
        return Ok(());
    };
    context.probe.reached(Stage::Intended).await;

    submit(context, owner, prepared).await
}

/// Asks the scheduler, and for the names in what it grants. None when nothing is left to go on with.
async fn release(
    context: &Context,
    owner: Uuid,
    chosen: Vec<Chosen>,
) -> Result<Option<Vec<Released>>, Error> {
    let asks: Vec<Ask> = chosen
        .iter()
        .map(|one| Ask {
            delivery: one.delivery.id,
            attempt: one.delivery.attempts + 1,
            undelivered: one.undelivered,
            uncertain: one.delivery.uncertain,
        })
        .collect();
    let mut verdicts = match context.peers.release(&asks).await {
        Ok(verdicts) => verdicts,
        Err(Error::Away(_)) => return postpone(context, owner, chosen.iter().map(|one| &one.delivery)).await,
        Err(error) => return Err(error),
    };
    let (mut granted, mut ended, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for Chosen {
        delivery,
        channel,
        provider,
        address,
        person,
        reference,
        undelivered: _,
    } in chosen
    {
        match verdicts.remove(&delivery.id) {
            Some(Verdict::Granted(items, organisation_id)) => {
                let reference = reference.unwrap_or_else(|| context.ids.reference());
                granted.push(Released {
                    delivery,
                    channel,
                    provider,
                    address,
                    person,
                    items,
                    named: Vec::new(),
                    organisation_id,
                    reference,
                });
            }
            Some(Verdict::Refused(reason)) => {
                ended.push(settlement(
                    &delivery,
                    Outcome::Suppressed(reason),
                    delivery.uncertain,
                ));
            }
            Some(Verdict::Deferred(until)) => {
                context.metrics.deferred();
                waiting.push(Waiting::of(&delivery, until));
            }
            Some(Verdict::Unreadable) => {
                tracing::error!(delivery.id = %delivery.id, "what the scheduler granted cannot be read");
                let outcome = Outcome::Failed("unreadable".to_owned());
                ended.push(settlement(&delivery, outcome, delivery.uncertain));
            }
            // A silent peer is an absent one.
            None => waiting.push(set_back(context, &delivery)),
        }
    }
    record::settlements(context, owner, ended).await?;
    record::waiting(context, owner, &waiting).await?;
    match name(context, &mut granted).await {
        Ok(()) => Ok((!granted.is_empty()).then_some(granted)),
        Err(Error::Away(_)) => postpone(context, owner, granted.iter().map(|one| &one.delivery)).await,
        Err(error) => Err(error),
    }
}

/// Renders, and records the intents of what is still held. None when nothing is left to go on with.
async fn intend(
    context: &Context,
    owner: Uuid,
    released: Vec<Released>,
    resolved_at: Moment,
) -> Result<Option<Vec<(Delivery, Prepared)>>, Error> {
    let now = context.clock.now();
    if now > resolved_at.plus(RESOLVED_FOR) {
        // Somebody may have refused or been erased meanwhile: ask again. Releasing the same attempt again is harmless.
        tracing::warn!(
            deliveries = released.len(),
            "the answers of directory and scheduler took too long: asked again"
        );
        return postpone(context, owner, released.iter().map(|one| &one.delivery)).await;
    }
    let (mut rendered, mut ended) = (Vec::new(), Vec::new());
    for one in released {
        let (delivery, named) = (one.delivery.clone(), one.named.clone());
        match render::render(context, one, now) {
            Ok((prepared, link)) => rendered.push(Rendered {
                delivery,
                prepared,
                link,
                named,
            }),
            Err(error) => {
                tracing::error!(delivery.id = %delivery.id, %error, "a message cannot be rendered");
                ended.push(settlement(
                    &delivery,
                    Outcome::Failed("template".to_owned()),
                    delivery.uncertain,
                ));
            }
        }
    }
    record::settlements(context, owner, ended).await?;
    if rendered.is_empty() {
        return Ok(None);
    }

    let mut tx = context.db.begin().await?;
    // Somebody whose name is in a text may have been erased since the directory gave it: then it is written anew.
    store::read_erasures(&mut tx).await?;
    let erased = store::erased_since(&mut tx, resolved_at.minus(RESOLVED_FOR)).await?;
    let (outdated, rendered): (Vec<_>, Vec<_>) = rendered
        .into_iter()
        .partition(|one| one.named.iter().any(|person| erased.contains(person)));
    let (rendered, too_much) = within_budget(context, &mut tx, rendered).await?;
    let rendered = save(&mut tx, owner, rendered, now).await?;
    tx.commit().await?;
    let again = outdated.iter().chain(&too_much).map(|one| &one.delivery);
    record::waiting(
        context,
        owner,
        &again
            .map(|delivery| set_back(context, delivery))
            .collect::<Vec<_>>(),
    )
    .await?;

    let prepared = rendered.into_iter().map(|one| {
        let mut delivery = one.delivery;
        delivery.attempts = one.prepared.message.attempt;
        (delivery, one.prepared)
    });
    let prepared: Vec<_> = prepared.collect();
    Ok((!prepared.is_empty()).then_some(prepared))
}

/// What the day's budget of SMS is enough for, and what it is not: that looks for another way.
async fn within_budget(
    context: &Context,
    tx: &mut Tx,
    rendered: Vec<Rendered>,
) -> Result<(Vec<Rendered>, Vec<Rendered>), Error> {
    let is_sms = |one: &Rendered| one.prepared.message.channel == Channel::Sms;
    let segments: Vec<i64> = rendered
        .iter()
        .filter(|one| is_sms(one))
        .map(|one| one.prepared.message.segments)
        .collect();
    let mut enough = budget::spend(context, tx, &segments).await?;
    Ok(rendered.into_iter().partition(|one| {
        if !is_sms(one) {
            return true;
        }
        let within = enough > 0;
        enough = enough.saturating_sub(1);
        within
    }))
}

/// Records the intents of what is still held, with the messages, their links and whom they name; what that is.
async fn save(
    tx: &mut Tx,
    owner: Uuid,
    mut rendered: Vec<Rendered>,
    now: Moment,
) -> Result<Vec<Rendered>, Error> {
    let numbers: Vec<(Uuid, i64)> = rendered
        .iter()
        .map(|one| (one.delivery.id, one.prepared.message.attempt))
        .collect();
    let held = store::record_intents(tx, owner, &numbers).await?;
    rendered.retain(|one| held.contains(&one.delivery.id));
    let messages: Vec<Message> = rendered.iter().map(|one| one.prepared.message.clone()).collect();
    let attempts: Vec<Attempt> = messages.iter().map(attempt).collect();
    let links: Vec<Link> = rendered.iter().map(|one| one.link.clone()).collect();
    let named: Vec<(Uuid, Channel, Uuid)> = rendered
        .iter()
        .flat_map(|one| {
            let message = &one.prepared.message;
            let of_message = |person: &Uuid| (message.delivery_id, message.channel, *person);
            one.named.iter().map(of_message)
        })
        .collect();
    store::insert_attempts(tx, &attempts).await?;
    store::upsert_messages(tx, &messages).await?;
    store::insert_people(tx, &named).await?;
    store::insert_links(tx, &links, now).await?;
    let unsubscribes: Vec<_> = rendered
        .iter()
        .filter_map(|one| one.prepared.unsubscribe.as_ref())
        .collect();
    store::insert_unsubscribes(tx, &unsubscribes, now).await?;
    Ok(rendered)
}

/// What is about to be recorded.
struct Rendered {
    delivery: Delivery,
    prepared: Prepared,
    link: Link,
    named: Vec<Uuid>,
}

/// Puts names in place of references.
async fn name(context: &Context, granted: &mut [Released]) -> Result<(), Error> {
    let mut references: Vec<String> = granted
        .iter()
        .flat_map(|released| &released.items)
        .flat_map(|item| item.references().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    references.sort_unstable();
    references.dedup();
    if references.is_empty() {
        return Ok(());
    }
    let names = context.peers.names(&references).await?;
    for released in granted {
        released.named = released.items.iter().flat_map(Item::people).collect();
        // Their own messages are theirs already.
        released
            .named
            .retain(|person| *person != released.delivery.person_id);
        released.named.sort_unstable();
        released.named.dedup();
        for item in &mut released.items {
            item.resolve(&names, "–");
        }
    }
    Ok(())
}

fn attempt(message: &Message) -> Attempt {
    Attempt {
        delivery_id: message.delivery_id,
        number: message.attempt,
        channel: message.channel,
        provider: message.provider.clone(),
        reference: message.reference.clone(),
        state: message.state.clone(),
        detail: String::new(),
        started_at: message.created_at,
    }
}
