use platform::auth::{Actor, SERVICES};

use crate::{
    context::Context,
    domain::{Link, token_hash},
    error::Error,
    store,
};

/// A link that stands.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it opens.
    pub link: Link,
    /// Whether the second factor was given and right.
    pub verified: bool,
}

/// Longer than any token of ours.
const LONGEST_TOKEN: usize = 64;

/// Looks a token up and, when letters are given, checks them with the directory, which throttles.
pub async fn open_link(
    context: &Context,
    actor: &Actor,
    token: &str,
    letters: &str,
) -> Result<Opened, Error> {
    actor.require(SERVICES)?;
    if token.is_empty() || token.len() > LONGEST_TOKEN {
        return Err(Error::DeadLink);
    }
    let mut tx = context.db.read().await?;
    let link = store::find_link(&mut tx, &token_hash(token), context.clock.now()).await?;
    drop(tx);
    let link = link.ok_or(Error::DeadLink)?;
    let verified =
        !letters.trim().is_empty() && context.peers.verify_surname(link.person_id, letters).await?;
    Ok(Opened { link, verified })
}
