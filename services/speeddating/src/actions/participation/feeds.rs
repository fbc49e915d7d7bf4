//! A private calendar feed: all parts of a person in sessions, as they were last told.

use jiff::SignedDuration;
use platform::auth::{Actor, SERVICES};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    actions::{Context, owned},
    domain::{Emitted, MilestoneKind, Session},
    error::Error,
    store,
};

/// Sessions that ended earlier are no longer in a feed.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Longer than any token of ours.
const LONGEST_TOKEN: usize = 64;

/// Makes the person's feed and gives its token, once. One made before ends.
pub async fn create_feed(context: &Context, actor: &Actor, person: Uuid) -> Result<String, Error> {
    actor.require(SERVICES)?;
    let mut tx = context.db.begin().await?;
    if store::registrations::of_person(&mut tx, person).await?.is_empty() {
        return Err(Error::Unknown("inscription"));
    }
    let token = context.ids.token();
    store::feeds::replace(&mut tx, person, &hash(&token), context.clock.now()).await?;
    tx.commit().await?;
    Ok(token)
}

/// Ends the person's feed.
pub async fn revoke_feed(context: &Context, actor: &Actor, person: Uuid) -> Result<(), Error> {
    actor.require(SERVICES)?;
    let mut tx = context.db.begin().await?;
    store::feeds::revoke(&mut tx, person).await?;
    tx.commit().await?;
    Ok(())
}

/// Whose feed it is, and what it holds, in the order of starts.
pub async fn open_feed(
    context: &Context,
    actor: &Actor,
    token: &str,
) -> Result<(Uuid, Vec<(Session, Emitted)>), Error> {
    actor.require(SERVICES)?;
    let unknown = || Error::Unknown("agenda");
    if token.is_empty() || token.len() > LONGEST_TOKEN {
        return Err(unknown());
    }
    let mut tx = context.db.read().await?;
    let person = store::feeds::person(&mut tx, &hash(token))
        .await?
        .ok_or_else(unknown)?;
    let theirs = store::registrations::of_person(&mut tx, person).await?;
    let ids: Vec<Uuid> = theirs.iter().map(|registration| registration.id).collect();
    let since = context.clock.now().minus(KEPT).timestamp();
    let mut entries = Vec::new();
    for told in store::milestones::of(&mut tx, &ids).await? {
        let registration = theirs.iter().find(|known| known.id == told.registration_id);
        let Some(registration) = registration.filter(|_| told.kind == MilestoneKind::SpeedDating) else {
            continue;
        };
        let session = owned(
            actor,
            store::sessions::find(&mut tx, registration.session_id).await?,
        )?;
        if session
            .plan
            .instant(told.content.ends)
            .is_ok_and(|ends| ends >= since)
        {
            entries.push((session, told));
        }
    }
    entries.sort_by_key(|(_, told)| (told.content.starts, told.registration_id));
    Ok((person, entries))
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
