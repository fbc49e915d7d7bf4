use platform::{
    Tx,
    auth::{Actor, Denied},
    idempotency,
};
use uuid::Uuid;

use super::{
    Context,
    own::check_organisations,
    staff::{
        insert_newcomer, note, own_id, require_administrator, require_overseer, save_account, send_link,
        withdraw_links,
    },
};
use crate::{
    domain::{Access, Account, Entry, Happening, Language, Newcomer, Purpose, Spent, role_name},
    error::Error,
    store,
};

/// Makes an account without password and has its link sent. `reply` turns it into the reply that is kept for
/// repetitions of the same request.
pub async fn invite<R: prost::Message + Default>(
    context: &Context,
    actor: &Actor,
    request: (Uuid, [u8; 32]),
    newcomer: Newcomer,
    access: Access,
    reply: impl FnOnce(&Account) -> R,
) -> Result<R, Error> {
    let access = access.check()?;
    let (key, fingerprint) = request;
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    require_administrator(&mut tx, actor).await?;
    if let Some(kept) = idempotency::recall(&mut tx, key, &fingerprint).await?? {
        return Ok(R::decode(kept.as_slice())?);
    }
    check_organisations(&mut tx, &access).await?;
    let mut account = Account::new(context.ids.id(), &newcomer, access, now);
    insert_newcomer(&mut tx, &account, &newcomer).await?;
    let link = send_link(&mut tx, context, account.id, Purpose::Invitation).await?;
    account.invitation_expires_at = Some(link.expires_at);
    let role = role_name(account.access.role);
    note(
        &mut tx,
        context,
        actor,
        Happening::Invited,
        Some(account.id),
        role,
    )
    .await?;
    let reply = reply(&account);
    idempotency::remember(&mut tx, &context.clock, key, &fingerprint, &reply).await?;
    tx.commit().await?;
    Ok(reply)
}

/// Sends a new link to somebody who has no password yet.
pub async fn invite_again(context: &Context, actor: &Actor, id: Uuid) -> Result<Account, Error> {
    let mut tx = context.db.begin().await?;
    require_administrator(&mut tx, actor).await?;
    let mut account = store::account(&mut tx, id).await?.ok_or(Error::UnknownAccount)?;
    if account.password.is_some() || account.disabled_at.is_some() {
        return Err(Error::NotInvited);
    }
    let link = send_link(&mut tx, context, id, Purpose::Invitation).await?;
    account.invitation_expires_at = Some(link.expires_at);
    let role = role_name(account.access.role);
    note(&mut tx, context, actor, Happening::Invited, Some(id), role).await?;
    tx.commit().await?;
    Ok(account)
}

/// A page of all accounts, in the order of surnames.
pub async fn list_accounts(
    context: &Context,
    actor: &Actor,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> Result<Vec<Account>, Error> {
    require_overseer(actor)?;
    Ok(store::list_accounts(&mut context.db.read().await?, after, limit).await?)
}

/// Another role, scope or state. The last administrator who can sign in stays one.
pub async fn update_account(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    access: Access,
    disabled: bool,
) -> Result<Account, Error> {
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    // Who comes second waits here, and then finds what the first one did: two cannot demote each other.
    if store::is_set_up(&mut tx).await? {
        store::lock_administrators(&mut tx, now).await?;
    }
    require_administrator(&mut tx, actor).await?;
    let before = store::account(&mut tx, id).await?.ok_or(Error::UnknownAccount)?;
    let mut after = before.clone().with_access(version, access, disabled, now)?;
    check_organisations(&mut tx, &after.access).await?;
    if before.administers() && !after.administers() && store::other_administrators(&mut tx, id).await? == 0 {
        return Err(Error::LastAdministrator);
    }
    // Links before accounts, here and wherever a password is set: else two would wait for each other.
    if after.disabled_at.is_some() {
        withdraw_links(&mut tx, context, id, Spent::Withdrawn).await?;
        after.invitation_expires_at = None;
    }
    save_account(&mut tx, &after).await?;
    if after.disabled_at.is_some() {
        store::end_sessions(&mut tx, id, None).await?;
    }
    for (happening, detail) in changes(&before, &after) {
        note(&mut tx, context, actor, happening, Some(id), &detail).await?;
    }
    tx.commit().await?;
    Ok(after)
}

/// One's own account.
pub async fn own_account(context: &Context, actor: &Actor) -> Result<Account, Error> {
    let id = own_id(actor)?;
    store::account(&mut context.db.read().await?, id)
        .await?
        .ok_or(Error::NoAccount)
}

/// The language of one's own pages and mails.
pub async fn set_language(context: &Context, actor: &Actor, language: Language) -> Result<Account, Error> {
    let id = own_id(actor)?;
    let mut tx = context.db.begin().await?;
    let account = store::account(&mut tx, id).await?.ok_or(Error::NoAccount)?;
    let person = store::people(&mut tx, &[id])
        .await?
        .pop()
        .ok_or(Error::NoAccount)?;
    let (version, mut contact) = (person.version, person.contact.clone());
    contact.language = language;
    let person = person.with_contact(version, contact, context.clock.now())?;
    super::save(&mut tx, person).await?;
    tx.commit().await?;
    Ok(Account { language, ..account })
}

/// A page of what happened to accounts, newest first.
pub async fn list_audit(
    context: &Context,
    actor: &Actor,
    account: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Entry>, Error> {
    require_overseer(actor)?;
    Ok(store::list_audit(&mut context.db.read().await?, account, before, limit).await?)
}

/// What an administrator changed, for the record.
fn changes(before: &Account, after: &Account) -> Vec<(Happening, String)> {
    let mut changes = Vec::new();
    let (was, is) = (role_name(before.access.role), role_name(after.access.role));
    if was != is {
        changes.push((Happening::RoleChanged, format!("{was} → {is}")));
    }
    if before.access.scope != after.access.scope {
        let count = |account: &Account| {
            account
                .access
                .organisations()
                .map_or_else(|| "∞".to_owned(), |own| own.len().to_string())
        };
        changes.push((
            Happening::ScopeChanged,
            format!("{} → {}", count(before), count(after)),
        ));
    }
    match (before.disabled_at, after.disabled_at) {
        (None, Some(_)) => changes.push((Happening::Disabled, String::new())),
        (Some(_), None) => changes.push((Happening::Enabled, String::new())),
        _ => {}
    }
    changes
}

/// Forgets the account of a person who is about to be forgotten: only a disabled one, by an administrator.
pub(super) async fn forget_account(
    tx: &mut Tx,
    context: &Context,
    actor: &Actor,
    id: Uuid,
) -> Result<(), Error> {
    require_administrator(tx, actor).await?;
    if let Some(account) = store::account(tx, id).await? {
        if account.disabled_at.is_none() {
            return Err(Error::Staff);
        }
        withdraw_links(tx, context, id, Spent::Withdrawn).await?;
        store::remove_account(tx, id).await?;
        note(tx, context, actor, Happening::Erased, Some(id), "").await?;
    }
    Ok(())
}

/// Files of the staff are changed as accounts, by an administrator, and by nothing else: whoever could change an
/// address there could have a link sent to it.
pub(super) fn refuse_staff(owner: Uuid) -> Result<(), Error> {
    if owner == crate::domain::INSTALLATION {
        return Err(Error::Staff);
    }
    Ok(())
}

/// Nothing is imported for the installation itself.
pub(super) fn refuse_installation(owner: Uuid) -> Result<(), Error> {
    if owner == crate::domain::INSTALLATION {
        return Err(Denied.into());
    }
    Ok(())
}
