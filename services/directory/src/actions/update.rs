use platform::{
    Moment,
    auth::{Actor, ORGANISERS},
    outbox,
};
use uuid::Uuid;

use super::{
    CASEWORKERS, Context,
    accounts::{forget_account, refuse_staff},
    find, save,
};
use crate::{
    domain::{Contact, INSTALLATION, Person, Preference},
    error::Error,
    events, store,
};

/// Another mail, number or language: here empty means none.
pub async fn update_contact(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    contact: Contact,
) -> Result<Person, Error> {
    change(context, actor, id, |person, now| {
        person.with_contact(version, contact, now)
    })
    .await
}

/// What the person said about how to reach them.
pub async fn set_preference(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    preference: Preference,
) -> Result<Person, Error> {
    change(context, actor, id, |person, now| {
        person.with_preference(version, preference, now)
    })
    .await
}

/// Forgets who a person is, here and, by the event, everywhere. Once more changes nothing.
pub async fn erase_person(context: &Context, actor: &Actor, id: Uuid, version: i64) -> Result<(), Error> {
    actor.require(ORGANISERS)?;
    let mut tx = context.db.begin().await?;
    let person = find(&mut tx, actor, id).await?;
    if person.erased_at.is_some() {
        return Ok(());
    }
    if person.owner == INSTALLATION {
        forget_account(&mut tx, context, actor, id).await?;
    }
    let tomb = save(&mut tx, person.erase(version, context.clock.now())?).await?;
    store::forget_tries(&mut tx, id).await?;
    outbox::push(&mut tx, &events::erased(&context.ids, &context.clock, &tomb)).await?;
    tx.commit().await?;
    tracing::info!(person = %id, "a person was erased");
    Ok(())
}

async fn change(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    decide: impl FnOnce(Person, Moment) -> Result<Person, Error>,
) -> Result<Person, Error> {
    actor.require(CASEWORKERS)?;
    let mut tx = context.db.begin().await?;
    let person = find(&mut tx, actor, id).await?;
    refuse_staff(person.owner)?;
    let person = save(&mut tx, decide(person, context.clock.now())?).await?;
    tx.commit().await?;
    Ok(person)
}
