use std::collections::BTreeMap;

use futures::StreamExt as _;
use platform::Moment;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    RESOLVED_FOR,
    record::{self, Ended, settlement},
    render::{self, Released},
};
use crate::{
    context::Context,
    domain::{self, Attempt, Channel, Choice, Delivery, Link, Message, Outcome, Reachable},
    error::Error,
    peers::Verdict,
    probe::Stage,
    provider::Prepared,
    store::{self, Waiting},
    templates::Medium,
};

/// A delivery with the channel that it takes.
struct Chosen {
    delivery: Delivery,
    channel: Channel,
    address: String,
    person: Reachable,
}

/// Hands a claimed batch over.
pub(super) async fn hand_over(context: &Context, owner: Uuid, batch: Vec<Delivery>) -> Result<(), Error> {
    let resolved_at = context.clock.now();
    let Some(chosen) = resolve(context, owner, batch).await? else {
        return Ok(());
    };
    context.probe.reached(Stage::Resolved).await;

    let Some(released) = release(context, owner, chosen).await? else {
        return Ok(());
    };
    context.probe.reached(Stage::Released).await;

    let Some(prepared) = intend(context, owner, released, resolved_at).await? else {
        return Ok(());
    };
    context.probe.reached(Stage::Intended).await;

    submit(context, owner, prepared).await
}

/// Asks the directory and chooses channels. None when nothing is left to go on with.
async fn resolve(context: &Context, owner: Uuid, batch: Vec<Delivery>) -> Result<Option<Vec<Chosen>>, Error> {
    let mut people: Vec<Uuid> = batch.iter().map(|delivery| delivery.person_id).collect();
    people.sort_unstable();
    people.dedup();
    let mut resolved = match context.peers.resolve(&people).await {
        Ok(resolved) => resolved,
        Err(Error::Away(_)) => return postpone(context, owner, batch.iter()).await,
        Err(error) => return Err(error),
    };
    note_suppressions(context, &mut resolved).await?;
    let (mut chosen, mut ended) = (Vec::new(), Vec::new());
    for delivery in batch {
        let offers = |channel| context.templates.offers(&delivery.template, medium(channel));
        let person = resolved.get(&delivery.person_id);
        match domain::choose(&delivery.route, &delivery.refused, offers, person) {
            Choice::Send(channel, address) => {
                let person = person.cloned().unwrap_or_default();
                chosen.push(Chosen {
                    delivery,
                    channel,
                    address,
                    person,
                });
            }
            Choice::Suppress(reason) => {
                let outcome = Outcome::Suppressed(reason.to_owned());
                ended.push(settlement(&delivery, outcome, delivery.uncertain));
            }
            Choice::Fail(reason) => {
                let outcome = Outcome::Failed(reason.to_owned());
                ended.push(settlement(&delivery, outcome, delivery.uncertain));
            }
        }
    }
    record::settlements(context, owner, ended).await?;
    Ok((!chosen.is_empty()).then_some(chosen))
}

/// Asks the scheduler, and for the names in what it grants. None when nothing is left to go on with.
async fn release(
    context: &Context,
    owner: Uuid,
    chosen: Vec<Chosen>,
) -> Result<Option<Vec<Released>>, Error> {
    let asks: Vec<(Uuid, i64)> = chosen
        .iter()
        .map(|one| (one.delivery.id, one.delivery.attempts + 1))
        .collect();
    let mut verdicts = match context.peers.release(&asks).await {
        Ok(verdicts) => verdicts,
        Err(Error::Away(_)) => return postpone(context, owner, chosen.iter().map(|one| &one.delivery)).await,
        Err(error) => return Err(error),
    };
    let known = references(context, &chosen).await?;
    let (mut granted, mut ended, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for Chosen {
        delivery,
        channel,
        address,
        person,
    } in chosen
    {
        match verdicts.remove(&delivery.id) {
            Some(Verdict::Granted(items, organisation_id)) => {
                let reference = known.get(&(delivery.id, channel)).cloned();
                let reference = reference.unwrap_or_else(|| context.ids.reference());
                granted.push(Released {
                    delivery,
                    channel,
                    address,
                    person,
                    items,
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
            Some(Verdict::Deferred(until)) => waiting.push(Waiting::of(&delivery, until)),
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
        let delivery = one.delivery.clone();
        match render::render(context, one, now) {
            Ok((prepared, link)) => rendered.push((delivery, prepared, link)),
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

    let numbers: Vec<(Uuid, i64)> = rendered
        .iter()
        .map(|(delivery, prepared, _)| (delivery.id, prepared.message.attempt))
        .collect();
    let mut tx = context.db.begin().await?;
    let held = store::record_intents(&mut tx, owner, &numbers).await?;
    rendered.retain(|(delivery, ..)| held.contains(&delivery.id));
    let attempts: Vec<Attempt> = rendered
        .iter()
        .map(|(_, prepared, _)| attempt(&prepared.message))
        .collect();
    let messages: Vec<Message> = rendered
        .iter()
        .map(|(_, prepared, _)| prepared.message.clone())
        .collect();
    let links: Vec<Link> = rendered.iter().map(|(_, _, link)| link.clone()).collect();
    store::insert_attempts(&mut tx, &attempts).await?;
    store::upsert_messages(&mut tx, &messages).await?;
    store::insert_links(&mut tx, &links, now).await?;
    tx.commit().await?;

    let prepared = rendered.into_iter().map(|(mut delivery, prepared, _)| {
        delivery.attempts = prepared.message.attempt;
        (delivery, prepared)
    });
    let prepared: Vec<_> = prepared.collect();
    Ok((!prepared.is_empty()).then_some(prepared))
}

/// Calls the providers, and records what they say as it comes.
async fn submit(context: &Context, owner: Uuid, prepared: Vec<(Delivery, Prepared)>) -> Result<(), Error> {
    let mut deliveries: BTreeMap<Uuid, Delivery> = prepared
        .iter()
        .map(|(delivery, _)| (delivery.id, delivery.clone()))
        .collect();
    let (mails, texts): (Vec<_>, Vec<_>) = prepared
        .into_iter()
        .map(|(_, prepared)| prepared)
        .partition(|one| one.message.channel == Channel::Mail);
    // Providers go on while answers are recorded: one that holds the database's write lock, as the mailbox does, would
    // otherwise keep it while it is not looked at.
    let (heard, mut answers) = mpsc::unbounded_channel();
    let call = async move {
        let answered = futures::stream::select(
            context.providers.mail.submit(mails),
            context.providers.sms.submit(texts),
        );
        answered
            .for_each(|chunk| {
                let _over = heard.send(chunk);
                std::future::ready(())
            })
            .await;
    };
    let record = async {
        let mut recorded = Ok(());
        while let Some(chunk) = answers.recv().await {
            context.probe.reached(Stage::Answered).await;
            let ended = chunk.into_iter().filter_map(|(prepared, answer)| {
                let message = prepared.message;
                Some(Ended {
                    delivery: deliveries.remove(&message.delivery_id)?,
                    channel: message.channel,
                    provider: message.provider,
                    address: Some(message.recipient),
                    answer,
                })
            });
            // After a failure the calls still go on to their end: cut off, more of them would be unknown.
            recorded = recorded.and(record::answers(context, owner, &ended.collect::<Vec<_>>()).await);
        }
        recorded
    };
    let ((), recorded) = futures::join!(call, record);
    recorded
}

/// A peer is away: everything waits a little longer than the last time.
async fn postpone<T>(
    context: &Context,
    owner: Uuid,
    deliveries: impl Iterator<Item = &Delivery>,
) -> Result<Option<T>, Error> {
    let waiting: Vec<Waiting> = deliveries.map(|delivery| set_back(context, delivery)).collect();
    record::waiting(context, owner, &waiting).await?;
    Ok(None)
}

fn set_back(context: &Context, delivery: &Delivery) -> Waiting {
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

/// Takes addresses that a provider refused for good out of what the directory said.
async fn note_suppressions(context: &Context, resolved: &mut BTreeMap<Uuid, Reachable>) -> Result<(), Error> {
    let addresses = |person: &Reachable| {
        [
            (Channel::Mail, person.mail.clone()),
            (Channel::Sms, person.mobile.clone()),
        ]
    };
    let hashes: Vec<Vec<u8>> = resolved
        .values()
        .flat_map(addresses)
        .filter(|(_, address)| !address.is_empty())
        .map(|(channel, address)| domain::address_hash(channel, &address))
        .collect();
    let found = store::suppressed(&mut context.db.read().await?, &hashes).await?;
    if !found.is_empty() {
        for person in resolved.values_mut() {
            let out = addresses(person).into_iter().filter(|(channel, address)| {
                !address.is_empty() && found.contains(&domain::address_hash(*channel, address))
            });
            person.suppressed = out.map(|(channel, _)| channel).collect();
        }
    }
    Ok(())
}

/// References of earlier attempts: a provider gets the same again, so that it can tell a copy.
async fn references(
    context: &Context,
    chosen: &[Chosen],
) -> Result<BTreeMap<(Uuid, Channel), String>, Error> {
    let retried: Vec<Uuid> = chosen
        .iter()
        .filter(|one| one.delivery.attempts > 0)
        .map(|one| one.delivery.id)
        .collect();
    if retried.is_empty() {
        return Ok(BTreeMap::new());
    }
    let known = store::references(&mut context.db.read().await?, retried).await?;
    Ok(known
        .into_iter()
        .map(|(delivery, channel, reference)| ((delivery, channel), reference))
        .collect())
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
    for item in granted.iter_mut().flat_map(|released| &mut released.items) {
        item.resolve(&names, "–");
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

const fn medium(channel: Channel) -> Medium {
    match channel {
        Channel::Mail => Medium::Mail,
        Channel::Sms => Medium::Sms,
    }
}
