use platform::{
    Tx,
    auth::{Actor, SERVICES},
};
use uuid::Uuid;

use super::{
    Context,
    sign_in::{address_key, reset_key, source_key},
    staff::{clear, knock, note, own_id, save_account, send_link, withdraw_links},
};
use crate::{
    domain::{Account, AccountLink, Counted, Happening, Mail, Password, Purpose, Spent},
    error::Error,
    passwords::Verdict,
    store,
};

/// One's own password, with the old one; all other sessions end.
pub async fn change_password(
    context: &Context,
    actor: &Actor,
    old: Password,
    new: &str,
    session: Option<Uuid>,
) -> Result<(), Error> {
    let id = own_id(actor)?;
    let account = store::account(&mut context.db.read().await?, id)
        .await?
        .filter(Account::is_active)
        .ok_or(Error::NoAccount)?;
    let new = Password::chosen("new", new, &account.mail)?;
    // Whoever sits down at an open browser guesses no faster than at the door.
    let address = address_key(account.mail.as_str());
    let mut tx = context.db.begin().await?;
    knock(&mut tx, context, Counted::Address, &address).await?;
    tx.commit().await?;
    if context.passwords.verify(old, account.password.as_deref()).await? == Verdict::Wrong {
        return Err(Error::field("old", "is not your password: type it again"));
    }
    let hash = context.passwords.hash(new).await?;

    let mut tx = context.db.begin().await?;
    withdraw_links(&mut tx, context, id, Spent::Withdrawn).await?;
    let account = account.with_password(hash, context.clock.now());
    save_account(&mut tx, &account).await?;
    store::end_sessions(&mut tx, id, session).await?;
    store::forget_knocks(&mut tx, &address).await?;
    note(&mut tx, context, actor, Happening::PasswordChanged, Some(id), "").await?;
    Ok(tx.commit().await?)
}

/// Sends a link to the address if somebody can use it. The answer does not tell.
pub async fn request_reset(context: &Context, actor: &Actor, mail: &str, source: &str) -> Result<(), Error> {
    actor.require(SERVICES)?;
    let mail = Mail::parse(mail).map_err(|message| Error::field("mail", message))?;
    let mut tx = context.db.begin().await?;
    knock(&mut tx, context, Counted::Source, &source_key(source)).await?;
    match knock(&mut tx, context, Counted::Reset, &reset_key(&mail)).await {
        Ok(()) => send_reset(&mut tx, context, actor, &mail).await?,
        // A further mail would only annoy whoever has the address; to say so would tell that there is one.
        Err(Error::TooManyTries { .. }) => {}
        Err(other) => return Err(other),
    }
    Ok(tx.commit().await?)
}

async fn send_reset(tx: &mut Tx, context: &Context, actor: &Actor, mail: &Mail) -> Result<(), Error> {
    let account = store::account_of_mail(tx, mail).await?;
    // Whoever lost an invitation gets a new one instead: it is what their page expects.
    if let Some(account) = account.filter(|account| account.disabled_at.is_none()) {
        let purpose = match account.password {
            Some(_) => Purpose::Reset,
            None => Purpose::Invitation,
        };
        send_link(tx, context, account.id, purpose).await?;
        note(
            tx,
            context,
            actor,
            Happening::ResetRequested,
            Some(account.id),
            "",
        )
        .await?;
    }
    Ok(())
}

/// Whom a link is for, while it opens.
pub async fn account_of_link(
    context: &Context,
    actor: &Actor,
    link: Uuid,
    purpose: Purpose,
) -> Result<(Account, AccountLink), Error> {
    actor.require(SERVICES)?;
    let mut tx = context.db.read().await?;
    let link = store::open_link(&mut tx, link, purpose, context.clock.now())
        .await?
        .ok_or(Error::LinkSpent)?;
    let account = store::account(&mut tx, link.account)
        .await?
        .filter(|account| account.disabled_at.is_none())
        .ok_or(Error::LinkSpent)?;
    Ok((account, link))
}

/// Sets the password of the account that the link is for, once; all its sessions end.
pub async fn set_password(
    context: &Context,
    actor: &Actor,
    link: Uuid,
    purpose: Purpose,
    password: &str,
) -> Result<Account, Error> {
    let (account, link) = account_of_link(context, actor, link, purpose).await?;
    let password = Password::chosen("password", password, &account.mail)?;
    let hash = context.passwords.hash(password).await?;

    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    if account.access.role == platform::auth::Role::Administrator {
        store::lock_administrators(&mut tx, now).await?;
    }
    if !store::spend_link(&mut tx, link.id, now).await? {
        return Err(Error::LinkSpent);
    }
    clear(&mut tx, context, &[link], Spent::Used).await?;
    withdraw_links(&mut tx, context, account.id, Spent::Withdrawn).await?;
    let account = Account {
        invitation_expires_at: None,
        ..account.with_password(hash, now)
    };
    save_account(&mut tx, &account).await?;
    store::end_sessions(&mut tx, account.id, None).await?;
    store::forget_knocks(&mut tx, &address_key(account.mail.as_str())).await?;
    let happening = match purpose {
        Purpose::Invitation => Happening::InvitationAccepted,
        Purpose::Reset => Happening::PasswordReset,
    };
    note(&mut tx, context, actor, happening, Some(account.id), "").await?;
    tx.commit().await?;
    Ok(account)
}
