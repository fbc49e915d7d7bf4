use platform::auth::{Actor, READERS, Role};
use uuid::Uuid;

use super::{CASEWORKERS, Context, find};
use crate::{
    domain::{Organisation, Person},
    error::Error,
    store::{self, Seen},
};

/// A person's file. That staff read it is recorded, in the transaction that reads it.
pub async fn get_person(context: &Context, actor: &Actor, id: Uuid) -> Result<Person, Error> {
    actor.require(CASEWORKERS)?;
    let mut tx = context.db.begin().await?;
    let person = find(&mut tx, actor, id).await?;
    if actor.role != Role::Service {
        store::record_reads(&mut tx, &[id], &actor.subject, Seen::File, context.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(person)
}

/// An organisation.
pub async fn get_organisation(context: &Context, actor: &Actor, id: Uuid) -> Result<Organisation, Error> {
    actor.require(READERS)?;
    let mut tx = context.db.read().await?;
    let organisation = store::organisations(&mut tx, &[id])
        .await?
        .pop()
        .ok_or(Error::Unknown)?;
    actor.may_access(organisation.owner).map_err(|_| Error::Unknown)?;
    Ok(organisation)
}
