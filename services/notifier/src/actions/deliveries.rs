use platform::{
    Moment,
    auth::{Actor, ORGANISERS, READERS},
    page::Page,
};
use uuid::Uuid;

use super::read::unconfirmed;
use crate::{
    context::Context,
    domain::Channel,
    error::Error,
    reach,
    store::{self, Brief, MessageCount, Suppression},
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

/// How many messages are in each state, of the organisations that the actor may see.
pub async fn count_messages(
    context: &Context,
    actor: &Actor,
    group: Option<&str>,
    person: Option<Uuid>,
) -> Result<Vec<MessageCount>, Error> {
    actor.require(READERS)?;
    let organisations = actor.scope.filter();
    let mut tx = context.db.read().await?;
    Ok(store::count_messages(
        &mut tx,
        group,
        person,
        organisations.as_ref(),
        unconfirmed(context),
    )
    .await?)
}

/// The messages of deliveries, of the organisations that the actor may see.
pub async fn find_messages(
    context: &Context,
    actor: &Actor,
    deliveries: Vec<Uuid>,
) -> Result<Vec<Brief>, Error> {
    actor.require(READERS)?;
    let organisations = actor.scope.filter();
    let mut tx = context.db.read().await?;
    Ok(store::find_briefs(&mut tx, deliveries, organisations.as_ref(), unconfirmed(context)).await?)
}

/// Refused addresses of the people whom the actor may see, the latest first, and where the next page starts.
pub async fn suppressions(
    context: &Context,
    actor: &Actor,
    person: Option<Uuid>,
    page: &Page<After>,
) -> Result<(Vec<Listed>, String), Error> {
    actor.require(READERS)?;
    let mut rows = {
        let mut tx = context.db.read().await?;
        store::list_suppressions(&mut tx, person, page.after.as_ref(), page.limit()).await?
    };
    let info = page.info(&mut rows, |last| {
        (last.created_at, last.person_id, last.channel.clone())
    });
    let mut people: Vec<Uuid> = rows.iter().map(|row| row.person_id).collect();
    people.sort_unstable();
    people.dedup();
    let reached = reach::reach(context, &people).await?;
    let listed = rows.into_iter().filter_map(|suppression| {
        let person = reached.get(&suppression.person_id)?;
        actor.may_access(person.owner?).ok()?;
        let current =
            Channel::of(&suppression.channel).is_some_and(|channel| person.suppressed.contains(&channel));
        Some(Listed { suppression, current })
    });
    Ok((listed.collect(), info.next_token))
}

/// Lets a person be written to on a channel again. How many refusals that ended.
pub async fn lift_suppression(
    context: &Context,
    actor: &Actor,
    person: Uuid,
    channel: Channel,
) -> Result<u64, Error> {
    actor.require(ORGANISERS)?;
    let owner = context
        .peers
        .resolve(&[person])
        .await?
        .remove(&person)
        .and_then(|person| person.owner)
        .ok_or(Error::Unknown)?;
    actor.may_access(owner).map_err(|_| Error::Unknown)?;
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let mut lifted = 0;
    for suppression in store::lift(&mut tx, person, channel).await? {
        store::record_lift(&mut tx, context.ids.id(), &suppression, &actor.subject, now).await?;
        lifted += 1;
    }
    tx.commit().await?;
    Ok(lifted)
}
