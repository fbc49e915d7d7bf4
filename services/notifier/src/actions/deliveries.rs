use platform::auth::{Actor, READERS};
use uuid::Uuid;

use super::read::unconfirmed;
use crate::{
    context::Context,
    error::Error,
    store::{self, Brief, MessageCount},
};

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
