use jiff::SignedDuration;
use platform::{
    Moment,
    auth::{Actor, SERVICES},
};

use super::open_link;
use crate::{
    context::Context,
    domain::{Link, token_hash},
    error::Error,
    store,
};

/// How long the letters need not be given again: as long as somebody takes over a form, since what is sent later is lost.
/// The console keeps its cookie as long.
const VISIT: SignedDuration = SignedDuration::from_mins(30);
/// Longer than any secret of ours.
const LONGEST: usize = 64;

/// A visit that begins.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The secret, for a cookie.
    pub visit: String,
    /// Its end.
    pub until: Moment,
}

/// Checks the letters and begins a visit; none when they are wrong.
pub async fn start_visit(
    context: &Context,
    actor: &Actor,
    token: &str,
    letters: &str,
) -> Result<Option<Begun>, Error> {
    let opened = open_link(context, actor, token, letters).await?;
    if !opened.verified {
        return Ok(None);
    }
    let now = context.clock.now();
    let begun = Begun {
        visit: context.ids.token(),
        until: now.plus(VISIT),
    };
    let mut tx = context.db.begin().await?;
    let hashes = (token_hash(&begun.visit), opened.link.token_hash);
    store::insert_visit(&mut tx, &hashes.0, &hashes.1, now, begun.until).await?;
    tx.commit().await?;
    Ok(Some(begun))
}

/// The link of a visit. One of another link, over, or never given is a dead link.
pub async fn resume_visit(
    context: &Context,
    actor: &Actor,
    token: &str,
    visit: &str,
) -> Result<(Link, Moment), Error> {
    actor.require(SERVICES)?;
    if token.is_empty() || visit.is_empty() || token.len().max(visit.len()) > LONGEST {
        return Err(Error::DeadLink);
    }
    let mut tx = context.db.read().await?;
    store::find_visit(
        &mut tx,
        &token_hash(visit),
        &token_hash(token),
        context.clock.now(),
    )
    .await?
    .ok_or(Error::DeadLink)
}

/// Ends a visit; one that is over stays so.
pub async fn end_visit(context: &Context, actor: &Actor, token: &str, visit: &str) -> Result<(), Error> {
    actor.require(SERVICES)?;
    let mut tx = context.db.begin().await?;
    store::end_visit(&mut tx, &token_hash(visit), &token_hash(token)).await?;
    tx.commit().await?;
    Ok(())
}
