//! What actions on accounts share: who may, the record, links and their milestones.

use platform::{
    Tx,
    auth::{Actor, Denied, Role, Scope},
    outbox,
};
use uuid::Uuid;

use super::Context;
use crate::{
    domain::{
        Account, AccountLink, Counted, Entry, Happening, INSTALLATION, Newcomer, Person, Purpose, Spent,
        TRIES_FRESH,
    },
    error::Error,
    events, store,
};

/// The account of whoever asks.
pub(super) fn own_id(actor: &Actor) -> Result<Uuid, Error> {
    if actor.role == Role::Service {
        return Err(Error::NoAccount);
    }
    actor.subject.parse().map_err(|_| Error::NoAccount)
}

/// An administrator, and still one: a token outlives a demotion by ten minutes, which is too long where accounts are
/// changed. The administrator of the command line has no account and is taken at its token's word.
pub(super) async fn require_administrator(tx: &mut Tx, actor: &Actor) -> Result<(), Error> {
    actor.require(&[Role::Administrator])?;
    if let Ok(id) = own_id(actor) {
        let account = store::account(tx, id).await?;
        if !account.is_some_and(|account| account.administers()) {
            return Err(Denied.into());
        }
    }
    Ok(())
}

/// Administrators, and auditors of the whole installation: lists of accounts and the record have no owner to go by.
pub(super) fn require_overseer(actor: &Actor) -> Result<(), Error> {
    actor.require(&[Role::Administrator, Role::Auditor])?;
    match actor.scope {
        Scope::All => Ok(()),
        Scope::Organisations(_) => Err(Denied.into()),
    }
}

/// Keeps a line of what happened, in the transaction in which it happens.
pub(super) async fn note(
    tx: &mut Tx,
    context: &Context,
    actor: &Actor,
    happening: Happening,
    account: Option<Uuid>,
    detail: &str,
) -> Result<(), Error> {
    let entry = Entry {
        id: context.ids.id(),
        at: context.clock.now(),
        kind: happening.as_str().to_owned(),
        actor: actor.subject.clone(),
        account,
        detail: detail.to_owned(),
    };
    Ok(store::record(tx, &entry).await?)
}

/// Keeps a new account and the person behind it.
pub(super) async fn insert_newcomer(
    tx: &mut Tx,
    account: &Account,
    newcomer: &Newcomer,
) -> Result<(), Error> {
    let person = Person::new(
        account.id,
        INSTALLATION,
        &newcomer.person,
        None,
        account.created_at,
    );
    if store::account_of_mail(tx, &account.mail).await?.is_some() {
        return Err(Error::AccountExists);
    }
    store::save_people(tx, &[person])
        .await
        .map_err(|error| match Error::from(error) {
            Error::Taken => Error::AccountExists,
            other => other,
        })?;
    Ok(store::insert_account(tx, account).await?)
}

/// Saves an account, or says that somebody was first.
pub(super) async fn save_account(tx: &mut Tx, account: &Account) -> Result<(), Error> {
    if store::save_account(tx, account).await? {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

/// Makes a link and has it sent; those before it open nothing any more.
pub(super) async fn send_link(
    tx: &mut Tx,
    context: &Context,
    account: Uuid,
    purpose: Purpose,
) -> Result<AccountLink, Error> {
    withdraw_links(tx, context, account, Spent::Withdrawn).await?;
    let link = AccountLink::new(
        context.ids.id(),
        account,
        purpose,
        context.links,
        context.clock.now(),
    );
    store::insert_link(tx, &link).await?;
    outbox::push(tx, &events::link(&context.ids, &context.clock, &link, None)).await?;
    Ok(link)
}

/// Ends the open links of an account, and clears their milestones.
pub(super) async fn withdraw_links(
    tx: &mut Tx,
    context: &Context,
    account: Uuid,
    why: Spent,
) -> Result<(), Error> {
    let spent = store::spend_links_of(tx, account, context.clock.now()).await?;
    clear(tx, context, &spent, why).await
}

/// Clears the milestones of links that are spent.
pub(super) async fn clear(
    tx: &mut Tx,
    context: &Context,
    spent: &[AccountLink],
    why: Spent,
) -> Result<(), Error> {
    let events: Vec<_> = spent
        .iter()
        .map(|link| events::link(&context.ids, &context.clock, link, Some(why)))
        .collect();
    Ok(outbox::push_all(tx, &events).await?)
}

/// Counts a try; refused while the door is closed. A try at once with others still counts, since it is counted before
/// anything is looked at; its success takes it back.
pub(super) async fn knock(tx: &mut Tx, context: &Context, counted: Counted, key: &[u8]) -> Result<(), Error> {
    let now = context.clock.now();
    let Some(tries) = store::knock(tx, key, now, now.minus(TRIES_FRESH)).await? else {
        let until = store::closed_to(tx, key).await?.unwrap_or(now);
        let left = until.timestamp().duration_since(now.timestamp());
        return Err(Error::TooManyTries {
            minutes: super::links::whole_minutes(left),
        });
    };
    let pause = counted.pause(tries);
    if pause.is_positive() {
        store::close_door(tx, key, now.plus(pause)).await?;
    }
    Ok(())
}
