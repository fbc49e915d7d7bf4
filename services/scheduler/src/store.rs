//! Every SQL statement of the service. Lists of rows travel as one JSON parameter: one statement for one reminder
//! or for five hundred.

mod acts;
mod claim;
mod deliveries;
mod hand_over;
mod ledger;
mod marks;
mod milestones;
mod releases;
mod reminders;

use platform::Moment;
use serde::{Serialize, Serializer};
use sqlx::types::Json;
use uuid::Uuid;

pub use acts::{
    ActRow, acts_of, carry_hold, end_held, hold, insert_resend, is_held_too_long, make_due, record_act,
    resume,
};
pub use claim::{count_due, due, is_due, next_due, queue};
pub use deliveries::{by_ids, insert_deliveries, settle_deliveries};
pub use hand_over::{Settled, defer, hand_down, let_go, refuse, settle};
pub use ledger::{Count, Filter, Row, Scope, counts, find_row, list};
pub use marks::{
    Governing, all_planned, governing, hold_digests, note_if_otherwise, planned_anew, planned_otherwise,
    put_in_force, seen,
};
pub use milestones::{
    count_milestones, find, live_page, lock_subject, lock_subjects, of_group, of_subjects, reckoned,
    reckoned_page, record,
};
pub use releases::{Released, held_back, save_releases};
pub use reminders::{
    NewReminder, by_subject, erase_person, find_reminder, insert, of_deliveries, of_subject, replan,
    subjects_of, suppress,
};

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
