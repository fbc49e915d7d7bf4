use std::collections::BTreeMap;

use platform::{
    Moment,
    auth::{Actor, ORGANISERS, READERS},
    page::Page,
};
use uuid::Uuid;

use crate::{
    context::Context,
    domain::{Channel, Reachable},
    error::Error,
    store::{self, Suppression},
};

/// A refused address as staff see it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Whose, why, since when.
    pub suppression: Suppression,
    /// Whether it is the address that the person has now.
    pub current: bool,
}

/// Where a page of refused addresses starts.
pub type After = (Moment, Uuid, String);

/// A page of refused addresses, where the next one starts, and whose they are.
type Found = (Vec<Suppression>, String, BTreeMap<Uuid, Reachable>);

/// Refused addresses of the people whom the actor may see, the latest first, and where the next page starts. An address that
/// two of them share stands there for each.
pub async fn suppressions(
    context: &Context,
    actor: &Actor,
    person: Option<Uuid>,
    page: &Page<After>,
) -> Result<(Vec<Listed>, String), Error> {
    actor.require(READERS)?;
    let (rows, next, reached) = match person {
        Some(person) => of_one(context, person, page).await?,
        None => of_all(context, page).await?,
    };
    let listed = rows.into_iter().filter_map(|suppression| {
        let person = reached.get(&suppression.person_id)?;
        actor.may_access(person.owner?).ok()?;
        let present = person.address_hash(Channel::of(&suppression.channel)?);
        let current = present.as_ref() == Some(&suppression.address_hash);
        Some(Listed { suppression, current })
    });
    Ok((listed.collect(), next))
}

/// By the person's present addresses too: nobody may have met them there yet, and by whose message an address became known
/// as refused is another's business.
async fn of_one(context: &Context, person: Uuid, page: &Page<After>) -> Result<Found, Error> {
    let reached = context.peers.resolve(&[person]).await?;
    let known = reached.get(&person);
    let present = Channel::ALL.map(|channel| known.and_then(|known| known.address_hash(channel)));
    let mut rows = {
        let mut tx = context.db.read().await?;
        store::suppressions_of(&mut tx, person, present, page.after.as_ref(), page.limit()).await?
    };
    let next = cut(page, &mut rows);
    Ok((rows, next, reached))
}

async fn of_all(context: &Context, page: &Page<After>) -> Result<Found, Error> {
    let mut rows = {
        let mut tx = context.db.read().await?;
        store::list_suppressions(&mut tx, page.after.as_ref(), page.limit()).await?
    };
    let next = cut(page, &mut rows);
    let mut people: Vec<Uuid> = rows.iter().map(|row| row.person_id).collect();
    people.sort_unstable();
    people.dedup();
    let reached = context.peers.resolve(&people).await?;
    Ok((rows, next, reached))
}

fn cut(page: &Page<After>, rows: &mut Vec<Suppression>) -> String {
    let key = |last: &Suppression| (last.created_at, last.person_id, last.channel.clone());
    page.info(rows, key).next_token
}

/// Lets a person be written to on a channel again, and with them whoever shares the address. How many refusals that ended.
pub async fn lift_suppression(
    context: &Context,
    actor: &Actor,
    person: Uuid,
    channel: Channel,
) -> Result<usize, Error> {
    actor.require(ORGANISERS)?;
    let known = context.peers.resolve(&[person]).await?.remove(&person);
    let known = known.ok_or(Error::Unknown)?;
    let owner = known.owner.ok_or(Error::Unknown)?;
    actor.may_access(owner).map_err(|_| Error::Unknown)?;
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let lifted = store::lift(&mut tx, person, channel, known.address_hash(channel)).await?;
    if lifted.is_empty() {
        return Err(Error::NothingToLift);
    }
    for suppression in &lifted {
        store::record_lift(&mut tx, context.ids.id(), suppression, &actor.subject, now).await?;
    }
    tx.commit().await?;
    Ok(lifted.len())
}
