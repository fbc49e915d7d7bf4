use platform::{Tx, auth::Actor};
use uuid::Uuid;

use super::{
    Context,
    staff::{note, own_id, require_administrator},
};
use crate::{
    domain::{BrowserSession, Happening},
    error::Error,
    store,
};

/// One's own sessions, or, for an administrator, another's; last seen first, without those that are over.
pub async fn list_sessions(
    context: &Context,
    actor: &Actor,
    account: Option<Uuid>,
) -> Result<Vec<BrowserSession>, Error> {
    let mut tx = context.db.read().await?;
    let account = whose(&mut tx, actor, account).await?;
    let now = context.clock.now();
    let mut sessions = store::sessions_of(&mut tx, account).await?;
    sessions.retain(|session| session.ends_at(context.sessions) > now);
    Ok(sessions)
}

/// Ends a session of one's own, or, for an administrator, any. Another's is as unknown.
pub async fn end_session(context: &Context, actor: &Actor, id: Uuid) -> Result<(), Error> {
    let mut tx = context.db.begin().await?;
    let session = store::session(&mut tx, id).await?.ok_or(Error::UnknownSession)?;
    if own_id(actor).ok() != Some(session.account) {
        require_administrator(&mut tx, actor)
            .await
            .map_err(|error| match error {
                Error::Denied(_) => Error::UnknownSession,
                other => other,
            })?;
    }
    store::end_session(&mut tx, id).await?;
    note(
        &mut tx,
        context,
        actor,
        Happening::SessionsEnded,
        Some(session.account),
        &session.device,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Ends all sessions but one; how many.
pub async fn end_other_sessions(
    context: &Context,
    actor: &Actor,
    account: Option<Uuid>,
    but: Option<Uuid>,
) -> Result<u64, Error> {
    let mut tx = context.db.begin().await?;
    let account = whose(&mut tx, actor, account).await?;
    let ended = store::end_sessions(&mut tx, account, but).await?;
    if ended > 0 {
        note(
            &mut tx,
            context,
            actor,
            Happening::SessionsEnded,
            Some(account),
            &format!("× {ended}"),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// One's own account, unless another is named, which only an administrator may.
async fn whose(tx: &mut Tx, actor: &Actor, account: Option<Uuid>) -> Result<Uuid, Error> {
    let Some(account) = account else {
        return own_id(actor);
    };
    if own_id(actor).ok() != Some(account) {
        require_administrator(tx, actor).await?;
        store::account(tx, account).await?.ok_or(Error::UnknownAccount)?;
    }
    Ok(account)
}
