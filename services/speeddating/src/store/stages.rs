//! Imports on their way, and what they did.

use std::collections::BTreeSet;

use jiff::Timestamp;
use platform::{
    Moment, Tx,
    db::{self, Sql},
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{ids, names::Name as _, stored};
use crate::domain::{Stage, StageState, Tallied, Trace};

/// Writes a new one.
pub async fn insert(tx: &mut Tx, stage: &Stage) -> Result<(), db::Error> {
    tx.query(
        "INSERT INTO stages (id, session_id, version, state, made_by, created_at, expires_at, settled_at, done, trace)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(stage.id)
    .bind(stage.session_id)
    .bind(stage.version)
    .bind(stage.state.name())
    .bind(stage.made_by.as_str())
    .bind(Moment::from(stage.created_at))
    .bind(Moment::from(stage.expires_at))
    .bind(stage.settled_at.map(Moment::from))
    .bind(Json(&stage.done))
    .bind(stage.trace.as_ref().map(Json))
    .execute()
    .await?;
    Ok(())
}

/// One, unless its time is over.
pub async fn find(tx: &mut Tx, id: Uuid, now: Moment) -> Result<Option<Stage>, db::Error> {
    let row: Option<Row> = tx
        .query("SELECT * FROM stages WHERE id = $1 AND expires_at > $2")
        .bind(id)
        .bind(now)
        .fetch_optional()
        .await?;
    row.map(Row::stage).transpose()
}

/// One, unless its time is over, held until the end of the transaction: corrections come one after the other.
pub async fn hold(tx: &mut Tx, id: Uuid, now: Moment) -> Result<Option<Stage>, db::Error> {
    let row: Option<Row> = tx
        .query("UPDATE stages SET version = version WHERE id = $1 AND expires_at > $2 RETURNING *")
        .bind(id)
        .bind(now)
        .fetch_optional()
        .await?;
    row.map(Row::stage).transpose()
}

/// Those of a session, newest first.
pub async fn list(tx: &mut Tx, session: Uuid, now: Moment, most: i64) -> Result<Vec<Stage>, db::Error> {
    let rows: Vec<Row> = tx
        .query("SELECT * FROM stages WHERE session_id = $1 AND expires_at > $2 ORDER BY id DESC LIMIT $3")
        .bind(session)
        .bind(now)
        .bind(most)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::stage).collect()
}

/// How many of a session are under way.
pub async fn under_way(tx: &mut Tx, session: Uuid) -> Result<i64, db::Error> {
    let (count,): (i64,) = tx
        .query("SELECT COUNT(*) FROM stages WHERE session_id = $1 AND state = 'open'")
        .bind(session)
        .fetch_one()
        .await?;
    Ok(count)
}

/// When imports of a session were committed after this one, and not undone.
pub async fn committed_after(
    tx: &mut Tx,
    session: Uuid,
    this: Uuid,
    settled: Timestamp,
) -> Result<Vec<Timestamp>, db::Error> {
    let rows: Vec<(Moment,)> = tx
        .query(
            "SELECT settled_at FROM stages
             WHERE session_id = $1 AND state = 'committed' AND (settled_at > $3 OR (settled_at = $3 AND id > $2))
             ORDER BY settled_at",
        )
        .bind(session)
        .bind(this)
        .bind(Moment::from(settled))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(at,)| at.timestamp()).collect())
}

/// Makes what was seen of imports on their way outdated, but for one: somebody may take part under a code now that was free
/// when it was looked at.
pub async fn outdate(tx: &mut Tx, session: Uuid, but: Option<Uuid>) -> Result<u64, db::Error> {
    tx.query(
        "UPDATE stages SET version = version + 1
         WHERE session_id = $1 AND state = 'open' AND ($2 IS NULL OR id <> $2)",
    )
    .bind(session)
    .bind(but)
    .execute()
    .await
}

/// Saves what may change of it; whether it still stood at the version before.
pub async fn save(tx: &mut Tx, stage: &Stage) -> Result<bool, db::Error> {
    let rows = tx
        .query(
            "UPDATE stages SET version = $2, state = $3, expires_at = $4, settled_at = $5, done = $6, trace = $7
             WHERE id = $1 AND version = $2 - 1",
        )
        .bind(stage.id)
        .bind(stage.version)
        .bind(stage.state.name())
        .bind(Moment::from(stage.expires_at))
        .bind(stage.settled_at.map(Moment::from))
        .bind(Json(&stage.done))
        .bind(stage.trace.as_ref().map(Json))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Forgets one with all that belongs to it.
pub async fn remove(tx: &mut Tx, id: Uuid) -> Result<(), db::Error> {
    tx.query("DELETE FROM stages WHERE id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Forgets those whose time is over; how many.
pub async fn expire(tx: &mut Tx, now: Moment) -> Result<u64, db::Error> {
    tx.query("DELETE FROM stages WHERE expires_at <= $1")
        .bind(now)
        .execute()
        .await
}

/// Forgets how imports of a session could be taken back: somebody in them was erased.
pub async fn forget_traces(tx: &mut Tx, session: Uuid) -> Result<(), db::Error> {
    tx.query(
        "UPDATE stages SET trace = NULL, version = version + 1 WHERE session_id = $1 AND trace IS NOT NULL",
    )
    .bind(session)
    .execute()
    .await?;
    Ok(())
}

/// Registrations of a session with a meeting in any timetable.
pub async fn met(tx: &mut Tx, session: Uuid) -> Result<BTreeSet<Uuid>, db::Error> {
    let rows: Vec<(Uuid, Uuid)> = tx
        .query(
            "SELECT DISTINCT candidate_id, employer_id FROM meetings
             JOIN timetables ON timetables.id = meetings.timetable_id WHERE timetables.session_id = $1",
        )
        .bind(session)
        .fetch_all()
        .await?;
    Ok(rows
        .into_iter()
        .flat_map(|(candidate, employer)| [candidate, employer])
        .collect())
}

const REMOVE_MILESTONES: Sql = Sql {
    postgres: "DELETE FROM milestones
        WHERE registration_id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "DELETE FROM milestones
        WHERE registration_id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
};

const REMOVE_REGISTRATIONS: Sql = Sql {
    postgres: "DELETE FROM registrations
        WHERE id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "DELETE FROM registrations WHERE id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
};

/// Removes registrations that nothing refers to any more, with what they were told.
pub async fn remove_registrations(tx: &mut Tx, registrations: &[Uuid]) -> Result<(), db::Error> {
    if !registrations.is_empty() {
        tx.query(REMOVE_MILESTONES)
            .bind(ids(registrations))
            .execute()
            .await?;
        tx.query(REMOVE_REGISTRATIONS)
            .bind(ids(registrations))
            .execute()
            .await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    session_id: Uuid,
    version: i64,
    state: String,
    made_by: String,
    created_at: Moment,
    expires_at: Moment,
    settled_at: Option<Moment>,
    done: Json<Vec<Tallied>>,
    trace: Option<Json<Trace>>,
}

impl Row {
    fn stage(self) -> Result<Stage, db::Error> {
        Ok(Stage {
            id: self.id,
            session_id: self.session_id,
            version: self.version,
            state: stored(StageState::named(&self.state), "state")?,
            made_by: self.made_by,
            created_at: self.created_at.timestamp(),
            expires_at: self.expires_at.timestamp(),
            settled_at: self.settled_at.map(Moment::timestamp),
            done: self.done.0,
            trace: self.trace.map(|trace| trace.0),
        })
    }
}
