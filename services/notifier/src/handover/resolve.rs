use std::collections::BTreeMap;

use uuid::Uuid;

use super::record::{self, postpone, settlement};
use crate::{
    context::Context,
    domain::{self, Channel, Choice, Delivery, Outcome, Reachable},
    error::Error,
    store,
    templates::Medium,
};

/// A delivery with the channel that it takes.
pub(super) struct Chosen {
    pub(super) delivery: Delivery,
    pub(super) channel: Channel,
    pub(super) address: String,
    pub(super) person: Reachable,
}

/// Asks the directory and chooses channels. None when nothing is left to go on with.
pub(super) async fn resolve(
    context: &Context,
    owner: Uuid,
    batch: Vec<Delivery>,
) -> Result<Option<Vec<Chosen>>, Error> {
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

const fn medium(channel: Channel) -> Medium {
    match channel {
        Channel::Mail => Medium::Mail,
        Channel::Sms => Medium::Sms,
    }
}
