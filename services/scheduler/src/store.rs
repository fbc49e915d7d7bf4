//! Every SQL statement of the service. Lists of rows travel as one JSON parameter: one statement for one reminder
//! or for five hundred.

mod acts;
mod claim;
mod deliveries;
mod hand_over;
mod ledger;
mod milestones;
mod releases;
mod reminders;

use platform::{Moment, Tx, db};
use serde::{Serialize, Serializer};
use sqlx::types::Json;
use uuid::Uuid;

pub use acts::{
    ActRow, acts_of, carry_hold, end_held, hold, insert_resend, is_held_too_long, make_due, record_act,
    resume,
};
pub use claim::{count_due, due, is_due, next_due, queue};
pub use deliveries::{by_ids, insert_deliveries, settle_deliveries};
pub use hand_over::{defer, let_go, refuse, settle};
pub use ledger::{Count, Filter, Row, Scope, counts, find_row, list};
pub use milestones::{
    count_milestones, find, live_page, lock_subject, lock_subjects, of_group, of_subjects, reckoned,
    reckoned_page, record,
};
pub use releases::{Released, held_back, save_releases};
pub use reminders::{
    NewReminder, by_subject, erase_person, find_reminder, insert, of_deliveries, of_subject, replan,
    subjects_of, suppress,
};

/// The value of a mark.
pub async fn mark(tx: &mut Tx, name: &str) -> Result<String, db::Error> {
    let (value,): (String,) = tx
        .query("SELECT value FROM marks WHERE name = $1")
        .bind(name)
        .fetch_one()
        .await?;
    Ok(value)
}

/// Sets a mark.
pub async fn set_mark(tx: &mut Tx, name: &str, value: &str) -> Result<(), db::Error> {
    tx.query("UPDATE marks SET value = $2 WHERE name = $1")
        .bind(name)
        .bind(value)
        .execute()
        .await?;
    Ok(())
}

/// Whether this transaction is the one that may collect digests: their items must not be split between two.
pub async fn hold_digests(tx: &mut Tx) -> Result<bool, db::Error> {
    const HOLD: db::Sql = db::Sql {
        postgres: "SELECT name FROM marks WHERE name = 'digests' FOR UPDATE SKIP LOCKED",
        sqlite: "SELECT name FROM marks WHERE name = 'digests'",
    };
    let held: Option<(String,)> = tx.query(HOLD).fetch_optional().await?;
    Ok(held.is_some())
}

/// Ids as a JSON parameter.
fn ids(all: &[Uuid]) -> Json<Vec<String>> {
    Json(all.iter().map(Uuid::to_string).collect())
}

/// An instant in a JSON parameter: PostgreSQL reads it, and SQLite stores it as it is.
#[derive(Clone, Copy, Debug)]
struct At(Moment);

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl From<jiff::Timestamp> for At {
    fn from(timestamp: jiff::Timestamp) -> Self {
        At(Moment::from(timestamp))
    }
}
