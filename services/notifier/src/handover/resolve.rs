use uuid::Uuid;

use super::record::{self, postpone, settlement};
use crate::{
    context::Context,
    domain::{Channel, Choice, Delivery, Outcome, Reachable},
    error::Error,
    reach,
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
    let resolved = match reach::reach(context, &people).await {
        Ok(resolved) => resolved,
        Err(Error::Away(_)) => return postpone(context, owner, batch.iter()).await,
        Err(error) => return Err(error),
    };
    let (mut chosen, mut ended) = (Vec::new(), Vec::new());
    for delivery in batch {
        let person = resolved.get(&delivery.person_id);
        match reach::choose(
            context,
            &delivery.template,
            &delivery.route,
            &delivery.refused,
            person,
        ) {
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
