//! Every SQL statement of the service, as functions over a transaction.
//!
//! Many rows travel as one JSON parameter: a session may have thousands of wishes, and a statement a row would take
//! longer than a coordinator waits.

pub mod arrivals;
pub mod corrections;
pub mod days;
pub mod feeds;
pub mod imports;
pub mod jobs;
pub mod meetings;
pub mod milestones;
mod names;
pub mod participation;
pub mod partners;
pub mod registrations;
pub mod sessions;
pub mod stage_work;
pub mod stages;
pub mod timetables;
pub mod wishes;
pub mod words;

use jiff::civil::{Date, Time};
use platform::db;
use sqlx::types::Json;
use uuid::Uuid;

/// Ids as a JSON parameter; SQLite turns the text back into blobs.
fn ids<'a>(ids: impl IntoIterator<Item = &'a Uuid>) -> Json<Vec<String>> {
    Json(ids.into_iter().map(Uuid::to_string).collect())
}

/// What a column holds, if it is something of ours.
fn stored<T>(parsed: Option<T>, column: &'static str) -> Result<T, db::Error> {
    parsed.ok_or_else(|| sqlx::Error::Decode(format!("column {column} holds nothing of ours").into()).into())
}

fn date(column: &'static str, text: &str) -> Result<Date, db::Error> {
    stored(text.parse().ok(), column)
}

fn time(column: &'static str, text: &str) -> Result<Time, db::Error> {
    stored(text.parse().ok(), column)
}

fn optional_time(column: &'static str, text: Option<&str>) -> Result<Option<Time>, db::Error> {
    text.map(|text| time(column, text)).transpose()
}
