//! How people can be reached at this instant.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    context::Context,
    domain::{self, Channel, Reachable},
    error::Error,
    store,
};

/// What the directory says, less the addresses that a provider refused for good. Whom it does not know is left out.
pub(crate) async fn reach(context: &Context, people: &[Uuid]) -> Result<BTreeMap<Uuid, Reachable>, Error> {
    let mut reached = context.peers.resolve(people).await?;
    let addresses = |person: &Reachable| {
        [
            (Channel::Mail, person.mail.clone()),
            (Channel::Sms, person.mobile.clone()),
        ]
    };
    let hashes: Vec<Vec<u8>> = reached
        .values()
        .flat_map(addresses)
        .filter(|(_, address)| !address.is_empty())
        .map(|(channel, address)| domain::address_hash(channel, &address))
        .collect();
    let found = store::suppressed(&mut context.db.read().await?, &hashes).await?;
    if !found.is_empty() {
        for person in reached.values_mut() {
            let out = addresses(person).into_iter().filter(|(channel, address)| {
                !address.is_empty() && found.contains(&domain::address_hash(*channel, address))
            });
            person.suppressed = out.map(|(channel, _)| channel).collect();
        }
    }
    Ok(reached)
}
