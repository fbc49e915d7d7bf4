//! A link to an account that is handed over by who runs the installation: the way back for a last administrator whom no mail
//! reaches.

use platform::auth::{Actor, Denied, Role, SERVICES};

use super::{
    Context,
    links::verify_surname,
    sign_in::digest,
    staff::{note, own_id, withdraw_links},
};
use crate::{
    domain::{AccountLink, Happening, Mail, Purpose},
    error::Error,
    store,
};

/// Longer than any secret of ours.
const LONGEST: usize = 64;

/// Makes a link that sets a password, and its secret. For the command line only: an administrator with an account would come
/// into the account of a colleague by it.
pub async fn make_reset_link(
    context: &Context,
    actor: &Actor,
    mail: &str,
) -> Result<(AccountLink, String), Error> {
    actor.require(&[Role::Administrator])?;
    if own_id(actor).is_ok() {
        return Err(Denied.into());
    }
    let mail = Mail::parse(mail).map_err(|message| Error::field("mail", message))?;
    let mut tx = context.db.begin().await?;
    let account = store::account_of_mail(&mut tx, &mail)
        .await?
        .filter(|account| account.disabled_at.is_none())
        .ok_or(Error::UnknownAccount)?;
    withdraw_links(&mut tx, context, account.id, crate::domain::Spent::Withdrawn).await?;
    let purpose = match account.password {
        Some(_) => Purpose::Reset,
        None => Purpose::Invitation,
    };
    let now = context.clock.now();
    let link = AccountLink::new(context.ids.id(), account.id, purpose, context.links, now);
    let secret = context.ids.token();
    store::insert_link(&mut tx, &link).await?;
    store::seal_link(&mut tx, link.id, &digest(&secret)).await?;
    note(
        &mut tx,
        context,
        actor,
        Happening::ResetLinkMade,
        Some(account.id),
        "",
    )
    .await?;
    tx.commit().await?;
    tracing::warn!(account = %account.id, "a link to an account was made by the command line");
    Ok((link, secret))
}

/// The link of a secret, while it opens, and whether the letters of the surname were given and right.
pub async fn open_reset_link(
    context: &Context,
    actor: &Actor,
    secret: &str,
    letters: &str,
) -> Result<(AccountLink, bool), Error> {
    actor.require(SERVICES)?;
    if secret.is_empty() || secret.len() > LONGEST {
        return Err(Error::LinkSpent);
    }
    let mut tx = context.db.read().await?;
    let link = store::sealed_link(&mut tx, &digest(secret), context.clock.now())
        .await?
        .ok_or(Error::LinkSpent)?;
    drop(tx);
    let verified =
        !letters.trim().is_empty() && verify_surname(context, actor, link.account, letters).await?;
    Ok((link, verified))
}
