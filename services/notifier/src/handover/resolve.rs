use jiff::SignedDuration;
use uuid::Uuid;

use super::{
    RESOLVED_FOR, budget,
    doubt::Earlier,
    met,
    record::{self, postpone, settlement},
    way::{self, Way},
};
use crate::{
    context::Context,
    domain::{Channel, Delivery, Reachable},
    error::Error,
    reach,
    store::Waiting,
};

/// A delivery with the way that it takes.
pub(super) struct Chosen {
    pub(super) delivery: Delivery,
    pub(super) channel: Channel,
    pub(super) provider: &'static str,
    pub(super) address: String,
    pub(super) person: Reachable,
    /// That of the earlier attempts on the channel: a provider gets the same again, so that it can tell a copy.
    pub(super) reference: Option<String>,
    /// Whether it was settled as sent by another channel, and came back.
    pub(super) undelivered: bool,
}

/// Asks the directory and chooses channels and providers. None when nothing is left to go on with.
pub(super) async fn resolve(
    context: &Context,
    owner: Uuid,
    batch: Vec<Delivery>,
    earlier: &Earlier,
) -> Result<Option<Vec<Chosen>>, Error> {
    let mut people: Vec<Uuid> = batch.iter().map(|delivery| delivery.person_id).collect();
    people.sort_unstable();
    people.dedup();
    let asked = context.clock.now().minus(RESOLVED_FOR);
    let resolved = match reach::reach(context, &people).await {
        Ok(resolved) => resolved,
        Err(Error::Away(_)) => return postpone(context, owner, batch.iter()).await,
        Err(error) => return Err(error),
    };
    met::note(context, &resolved, asked).await?;
    let broke = budget::spent_until(context).await?;
    let now = context.clock.now();
    let (mut chosen, mut ended, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for delivery in batch {
        let person = resolved.get(&delivery.person_id);
        let tried = earlier.get(&delivery.id).map_or(&[][..], Vec::as_slice);
        match way::find(context, &delivery, person, tried, broke, now) {
            Way::Go {
                channel,
                address,
                provider,
            } => {
                let same = tried.iter().find(|attempt| attempt.channel == channel);
                chosen.push(Chosen {
                    reference: same.map(|attempt| attempt.reference.clone()),
                    undelivered: tried.iter().any(|attempt| attempt.state == "accepted"),
                    person: person.cloned().unwrap_or_default(),
                    delivery,
                    channel,
                    provider,
                    address,
                });
            }
            Way::Wait(until) => {
                // Not all at the same instant: one of them tries a provider out, the others follow.
                let chance = i64::try_from(context.ids.below(1_000)).unwrap_or_default();
                let until = until.plus(SignedDuration::from_millis(chance));
                waiting.push(Waiting::of(&delivery, until));
            }
            Way::End(outcome) => ended.push(settlement(&delivery, outcome, delivery.uncertain)),
        }
    }
    record::settlements(context, owner, ended).await?;
    record::waiting(context, owner, &waiting).await?;
    Ok((!chosen.is_empty()).then_some(chosen))
}
