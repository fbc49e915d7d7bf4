use platform::{
    Moment,
    auth::{Actor, LIFETIME, SERVICES},
};
use sha2::{Digest as _, Sha256};

use super::{
    Context,
    staff::{knock, note},
};
use crate::{
    domain::{Account, BrowserSession, Counted, Happening, Mail, Password},
    error::Error,
    passwords::Verdict,
    store,
};

/// What somebody typed, and where.
pub struct Try {
    /// As typed.
    pub mail: String,
    /// As typed.
    pub password: Password,
    /// For the list of sessions.
    pub device: String,
    /// Where it comes from.
    pub source: String,
}

/// A session that is open, and a token that speaks for its account.
pub struct Opened {
    /// Whose.
    pub account: Account,
    /// The session.
    pub session: BrowserSession,
    /// Signed.
    pub token: String,
    /// When the token ends.
    pub token_ends_at: Moment,
}

/// A longer secret is none of ours.
const LONGEST_SECRET: usize = 64;
/// A device is told in so many characters.
const LONGEST_DEVICE: usize = 100;

/// Opens a browser session: gives its secret, the session and the account. An unknown address, a wrong password and a
/// disabled account have one answer, after one hash.
pub async fn sign_in(
    context: &Context,
    actor: &Actor,
    tried: Try,
) -> Result<(String, BrowserSession, Account), Error> {
    actor.require(SERVICES)?;
    let (address, source) = (address_key(&tried.mail), source_key(&tried.source));
    let mut tx = context.db.begin().await?;
    knock(&mut tx, context, Counted::Address, &address).await?;
    knock(&mut tx, context, Counted::Source, &source).await?;
    tx.commit().await?;

    let account = match Mail::parse(&tried.mail) {
        Ok(mail) => store::account_of_mail(&mut context.db.read().await?, &mail).await?,
        Err(_) => None,
    };
    let kept = account
        .as_ref()
        .filter(|account| account.is_active())
        .and_then(|account| account.password.as_deref());
    let verdict = context.passwords.verify(tried.password.clone(), kept).await?;
    let Some(account) = account.filter(|_| verdict != Verdict::Wrong) else {
        return Err(refuse(context, actor, &tried.mail).await?);
    };
    let rehashed = match verdict {
        Verdict::Outdated => Some(context.passwords.hash(tried.password).await?),
        Verdict::Wrong | Verdict::Right => None,
    };

    let now = context.clock.now();
    let secret = context.ids.token();
    let session = BrowserSession {
        id: context.ids.id(),
        account: account.id,
        secret_hash: digest(&secret),
        device: tried.device.trim().chars().take(LONGEST_DEVICE).collect(),
        created_at: now,
        last_seen_at: now,
    };
    let mut tx = context.db.begin().await?;
    // While the hash was computed, another password may have been set or the account disabled.
    let kept = account.password.as_deref();
    if !store::note_sign_in(&mut tx, account.id, kept, rehashed.as_deref(), now).await? {
        return Err(Error::SignInRefused);
    }
    store::insert_session(&mut tx, &session).await?;
    store::forget_knocks(&mut tx, &address).await?;
    store::take_back_knock(&mut tx, &source, now).await?;
    note(
        &mut tx,
        context,
        // Nothing but its subject is recorded.
        &account.actor([]),
        Happening::SignedIn,
        Some(account.id),
        &session.device,
    )
    .await?;
    tx.commit().await?;
    let account = Account {
        last_sign_in_at: Some(now),
        ..account
    };
    Ok((secret, session, account))
}

/// The account of a session as it is now, and a token for it.
pub async fn open_session(context: &Context, actor: &Actor, secret: &str) -> Result<Opened, Error> {
    actor.require(SERVICES)?;
    if secret.is_empty() || secret.len() > LONGEST_SECRET {
        return Err(Error::SessionEnded);
    }
    let now = context.clock.now();
    let mut tx = context.db.read().await?;
    let found = store::session_of_secret(&mut tx, &digest(secret)).await?;
    let Some(mut session) = found.filter(|session| session.ends_at(context.sessions) > now) else {
        return Err(Error::SessionEnded);
    };
    let account = store::account(&mut tx, session.account)
        .await?
        .filter(Account::is_active)
        .ok_or(Error::SessionEnded)?;
    let branches = match account.access.organisations() {
        Some(own) => store::branches(&mut tx, own).await?,
        None => Vec::new(),
    };
    drop(tx);
    if session.seen_long_ago(now) {
        let mut tx = context.db.begin().await?;
        if !store::see_session(&mut tx, session.id, now).await? {
            return Err(Error::SessionEnded);
        }
        tx.commit().await?;
        session.last_seen_at = now;
    }
    let token = context
        .tokens
        .of(account.actor(branches))
        .token()
        .ok_or_else(|| Error::Hash("the installation's key cannot sign".to_owned()))?;
    Ok(Opened {
        account,
        session,
        token,
        token_ends_at: now.plus(LIFETIME),
    })
}

/// Ends the session of a secret, if there is one.
pub async fn sign_out(context: &Context, actor: &Actor, secret: &str) -> Result<(), Error> {
    actor.require(SERVICES)?;
    if secret.len() > LONGEST_SECRET {
        return Ok(());
    }
    let mut tx = context.db.begin().await?;
    if let Some(session) = store::session_of_secret(&mut tx, &digest(secret)).await? {
        store::end_session(&mut tx, session.id).await?;
        note(
            &mut tx,
            context,
            actor,
            Happening::SignedOut,
            Some(session.account),
            &session.device,
        )
        .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Records a refusal; gives the one answer.
async fn refuse(context: &Context, actor: &Actor, typed: &str) -> Result<Error, Error> {
    let mut tx = context.db.begin().await?;
    let known = match Mail::parse(typed) {
        Ok(mail) => store::account_of_mail(&mut tx, &mail).await?,
        Err(_) => None,
    };
    let id = known.map(|account| account.id);
    note(&mut tx, context, actor, Happening::SignInRefused, id, "").await?;
    tx.commit().await?;
    Ok(Error::SignInRefused)
}

/// Tries at one address are counted together, however it is written; the address itself is not kept.
pub(super) fn address_key(typed: &str) -> Vec<u8> {
    let address =
        Mail::parse(typed).map_or_else(|_| typed.trim().to_lowercase(), |mail| mail.as_str().to_owned());
    digest(&format!("address {address}"))
}

/// Tries from one place.
pub(super) fn source_key(source: &str) -> Vec<u8> {
    digest(&format!("source {}", source.trim()))
}

/// Requests of a link to one address.
pub(super) fn reset_key(mail: &Mail) -> Vec<u8> {
    digest(&format!("reset {mail}"))
}

pub(super) fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}
