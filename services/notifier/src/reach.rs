//! How people can be reached at this instant.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    context::Context,
    domain::{self, Channel, Choice, Reachable},
    error::Error,
    store,
};

/// What the directory says, less the addresses that a provider refused for good. Whom it does not know is left out.
pub(crate) async fn reach(context: &Context, people: &[Uuid]) -> Result<BTreeMap<Uuid, Reachable>, Error> {
    let mut reached = context.peers.resolve(people).await?;
    let hashes: Vec<Vec<u8>> = reached
        .values()
        .flat_map(|person| Channel::ALL.map(|channel| person.address_hash(channel)))
        .flatten()
        .collect();
    let found = store::suppressed(&mut context.db.read().await?, &hashes).await?;
    if !found.is_empty() {
        for person in reached.values_mut() {
            for channel in Channel::ALL {
                let hash = person.address_hash(channel);
                let Some(reason) = hash.and_then(|hash| found.get(&hash)) else {
                    continue;
                };
                person.suppressed.push(channel);
                // Whoever wrote STOP or complained has refused; their address is not wrong.
                if reason == domain::STOP || reason == domain::COMPLAINT {
                    person.opted_out.push(channel);
                }
            }
        }
    }
    let stopped = store::unsubscribed(&mut context.db.read().await?, people).await?;
    for (id, person) in &mut reached {
        person.unsubscribed = stopped.contains(id);
    }
    Ok(reached)
}

/// The channel that a message by this template takes. Who unsubscribed hears only what is strictly necessary.
pub(crate) fn choose(
    context: &Context,
    template: &str,
    route: &[Channel],
    refused: &[Channel],
    person: Option<&Reachable>,
) -> Choice {
    if context.templates.optional(template) && person.is_some_and(|person| person.unsubscribed) {
        return Choice::Suppress("unsubscribed");
    }
    let offers = |channel: Channel| context.templates.offers(template, channel.into());
    domain::choose(route, refused, offers, person)
}
