//! What each side says of meetings.

use std::collections::BTreeMap;

use platform::{Moment, Tx, db};
use uuid::Uuid;

use super::{names::Name as _, stored};
use crate::domain::{MeetingState, Side, Word, Words};

/// All of a timetable, by meeting.
pub async fn all(tx: &mut Tx, timetable: Uuid) -> Result<BTreeMap<Uuid, Words>, db::Error> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT words.* FROM words JOIN meetings ON meetings.id = words.meeting_id WHERE meetings.timetable_id = $1",
        )
        .bind(timetable)
        .fetch_all()
        .await?;
    collect(rows)
}

/// Those on one meeting.
pub async fn of(tx: &mut Tx, meeting: Uuid) -> Result<Words, db::Error> {
    let rows: Vec<Row> = tx
        .query("SELECT * FROM words WHERE meeting_id = $1")
        .bind(meeting)
        .fetch_all()
        .await?;
    Ok(collect(rows)?.remove(&meeting).unwrap_or_default())
}

/// Writes a side's last word.
pub async fn write(tx: &mut Tx, meeting: Uuid, side: Side, word: &Word) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO words (meeting_id, side, state, outcome, said_by, said_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (meeting_id, side) DO UPDATE SET state = excluded.state, outcome = excluded.outcome,
             said_by = excluded.said_by, said_at = excluded.said_at",
    )
    .bind(meeting)
    .bind(side.name())
    .bind(word.state.name())
    .bind(word.outcome.as_str())
    .bind(word.said_by.as_str())
    .bind(Moment::from(word.said_at))
    .execute()
    .await?;
    Ok(())
}

/// Takes a side's word back.
pub async fn remove(tx: &mut Tx, meeting: Uuid, side: Side) -> Result<(), db::Error> {
    tx.query("DELETE FROM words WHERE meeting_id = $1 AND side = $2")
        .bind(meeting)
        .bind(side.name())
        .execute()
        .await?;
    Ok(())
}

fn collect(rows: Vec<Row>) -> Result<BTreeMap<Uuid, Words>, db::Error> {
    let mut all: BTreeMap<Uuid, Words> = BTreeMap::new();
    for row in rows {
        let side = stored(Side::named(&row.side), "side")?;
        let word = Word {
            state: stored(MeetingState::named(&row.state), "state")?,
            outcome: row.outcome,
            said_by: row.said_by,
            said_at: row.said_at.timestamp(),
        };
        all.entry(row.meeting_id).or_default().set(side, Some(word));
    }
    Ok(all)
}

#[derive(sqlx::FromRow)]
struct Row {
    meeting_id: Uuid,
    side: String,
    state: String,
    outcome: String,
    said_by: String,
    said_at: Moment,
}
