//! One function per use case: permit, begin, load, decide, save, outbox, commit.

mod import;
mod links;
mod list;
mod read;
mod update;

use jiff::SignedDuration;
use platform::{
    Clock, Db, Ids, Tx,
    auth::{Actor, Role},
};
use prometheus::IntCounterVec;
use uuid::Uuid;

use crate::{domain::Person, error::Error, store};

pub use import::{Import, match_people, upsert_people};
pub use links::{Parties, describe_parties, resolve, verify_surname};
pub use list::{Search, list_organisations, list_people};
pub use read::{get_organisation, get_person};
pub use update::{erase_person, set_preference, update_contact};

/// What the actions work with.
pub struct Context {
    /// The directory's own database.
    pub db: Db,
    /// Time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// Rows imported, by outcome.
    pub imported: IntCounterVec,
    /// How long it is kept who read what.
    pub reads_kept: SignedDuration,
}

/// Staff who work with people's files, and services on their behalf.
const CASEWORKERS: &[Role] = &[
    Role::Administrator,
    Role::Coordinator,
    Role::Referent,
    Role::Facilitator,
    Role::Service,
];

/// Forgets who read what, after the time for which it is kept.
pub async fn tidy(context: &Context) -> Result<u64, Error> {
    let before = context.clock.now().minus(context.reads_kept);
    let mut tx = context.db.begin().await?;
    let forgotten = store::forget_reads(&mut tx, before).await?;
    tx.commit().await?;
    Ok(forgotten)
}

/// A person whom this actor may touch. Others are as unknown.
async fn find(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Person, Error> {
    let person = store::people(tx, &[id]).await?.pop().ok_or(Error::Unknown)?;
    actor.may_access(person.owner).map_err(|_| Error::Unknown)?;
    Ok(person)
}

/// Saves one person, or says that somebody was first.
async fn save(tx: &mut Tx, person: Person) -> Result<Person, Error> {
    if store::save_people(tx, std::slice::from_ref(&person)).await? {
        Ok(person)
    } else {
        Err(Error::Stale)
    }
}
