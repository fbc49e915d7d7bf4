//! Numbered timetables.

use platform::{Moment, Tx, db};
use sqlx::types::Json;
use uuid::Uuid;

use super::meetings;
use crate::domain::{Quality, Timetable};

/// Writes a new timetable with its meetings.
pub async fn insert(tx: &mut Tx, timetable: &Timetable) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO timetables (id, session_id, number, version, seed, inputs, quality, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(timetable.id)
    .bind(timetable.session_id)
    .bind(timetable.number)
    .bind(timetable.version)
    .bind(timetable.seed)
    .bind(timetable.inputs)
    .bind(Json(&timetable.quality))
    .bind(Moment::from(timetable.created_at))
    .execute()
    .await?;
    meetings::insert(tx, timetable.id, &timetable.meetings).await
}

/// The highest number of a session, 0 without any.
pub async fn newest(tx: &mut Tx, session: Uuid) -> Result<i64, db::Error> {
    let (number,): (i64,) = tx
        .query("SELECT COALESCE(MAX(number), 0) FROM timetables WHERE session_id = $1")
        .bind(session)
        .fetch_one()
        .await?;
    Ok(number)
}

/// A timetable with its meetings.
pub async fn find(tx: &mut Tx, session: Uuid, number: i64) -> Result<Option<Timetable>, db::Error> {
    let row: Option<Row> = tx
        .query("SELECT * FROM timetables WHERE session_id = $1 AND number = $2")
        .bind(session)
        .bind(number)
        .fetch_optional()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut timetable = row.timetable();
    timetable.meetings = meetings::all(tx, timetable.id).await?;
    Ok(Some(timetable))
}

/// Timetables of a session without their meetings, newest first, at most 500.
pub async fn list(tx: &mut Tx, session: Uuid) -> Result<Vec<Timetable>, db::Error> {
    let rows: Vec<Row> = tx
        .query("SELECT * FROM timetables WHERE session_id = $1 ORDER BY number DESC LIMIT 500")
        .bind(session)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Row::timetable).collect())
}

/// Saves version and quality after a correction; whether it still stood at the version before.
pub async fn save(tx: &mut Tx, timetable: &Timetable) -> Result<bool, db::Error> {
    let rows = tx
        .query("UPDATE timetables SET version = $2, quality = $3, inputs = $4 WHERE id = $1 AND version = $2 - 1")
        .bind(timetable.id)
        .bind(timetable.version)
        .bind(Json(&timetable.quality))
        .bind(timetable.inputs)
        .execute()
        .await?;
    Ok(rows == 1)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    session_id: Uuid,
    number: i64,
    version: i64,
    seed: i64,
    inputs: i64,
    quality: Json<Quality>,
    created_at: Moment,
}

impl Row {
    fn timetable(self) -> Timetable {
        Timetable {
            id: self.id,
            session_id: self.session_id,
            number: self.number,
            version: self.version,
            seed: self.seed,
            inputs: self.inputs,
            quality: self.quality.0,
            created_at: self.created_at.timestamp(),
            meetings: Vec::new(),
        }
    }
}
