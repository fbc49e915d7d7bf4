//! One function per use case: permit, begin, load, decide, save, outbox, commit.

mod accounts;
mod browsers;
mod change_password;
mod handed_link;
mod import;
mod links;
mod list;
mod own;
mod read;
mod setup;
mod sign_in;
mod staff;
mod update;

use jiff::SignedDuration;
use platform::{
    Clock, Db, Ids, Tx,
    auth::{Actor, Role, TokenSource},
};
use prometheus::IntCounterVec;
use uuid::Uuid;

use crate::{
    domain::{LinkLives, Person, SessionLives, Spent, TRIES_FRESH},
    error::Error,
    passwords::Passwords,
    store,
};

pub use accounts::{
    invite, invite_again, list_accounts, list_audit, own_account, set_language, update_account,
};
pub use browsers::{end_other_sessions, end_session, list_sessions};
pub use change_password::{account_of_link, change_password, request_reset, set_password};

pub use handed_link::{make_reset_link, open_reset_link};
pub use import::{Import, match_people, upsert_people};
pub use links::{Parties, describe_parties, resolve, verify_surname};
pub use list::{Search, list_organisations, list_people};
pub use own::{create_own_organisation, own_organisations};
pub use read::{get_organisation, get_person};
pub use setup::{create_first_administrator, is_set_up};
pub use sign_in::{Opened, Try, open_session, sign_in, sign_out};
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
    /// How long it is kept what happened to accounts.
    pub audit_kept: SignedDuration,
    /// Signs for accounts.
    pub tokens: TokenSource,
    /// Hashes.
    pub passwords: Passwords,
    /// How long browser sessions last.
    pub sessions: SessionLives,
    /// How long links to accounts open.
    pub links: LinkLives,
}

/// Staff who work with people's files, and services on their behalf.
const CASEWORKERS: &[Role] = &[
    Role::Administrator,
    Role::Coordinator,
    Role::Referent,
    Role::Facilitator,
    Role::Service,
];

/// Forgets what was kept long enough, and what is over: who read what, what happened, sessions, tries, links.
pub async fn tidy(context: &Context) -> Result<u64, Error> {
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let mut forgotten = store::forget_reads(&mut tx, now.minus(context.reads_kept)).await?;
    forgotten += store::forget_audit(&mut tx, now.minus(context.audit_kept)).await?;
    forgotten += store::forget_sign_ins(
        &mut tx,
        now.minus(context.sessions.idle),
        now.minus(context.sessions.absolute),
        now.minus(TRIES_FRESH),
    )
    .await?;
    let expired = store::expire_links(&mut tx, now).await?;
    staff::clear(&mut tx, context, &expired, Spent::Expired).await?;
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
