//! Meetings of timetables.

use platform::{
    Tx,
    db::{self, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{ids, names::Name as _, stored};
use crate::domain::{Meeting, MeetingState, Pair, Placed};

/// Where a meeting belongs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, sqlx::FromRow)]
pub struct Home {
    /// The session.
    pub session_id: Uuid,
    /// Number of the timetable.
    pub number: i64,
}

/// All of a timetable, in the order of slots and tables.
pub async fn all(tx: &mut Tx, timetable: Uuid) -> Result<Vec<Meeting>, db::Error> {
    let rows: Vec<Row> = tx
        .query("SELECT * FROM meetings WHERE timetable_id = $1 ORDER BY slot, table_number, id")
        .bind(timetable)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::meeting).collect()
}

/// Session and timetable of a meeting.
pub async fn home(tx: &mut Tx, id: Uuid) -> Result<Option<Home>, db::Error> {
    tx.query(
        "SELECT timetables.session_id, timetables.number FROM meetings
         JOIN timetables ON timetables.id = meetings.timetable_id WHERE meetings.id = $1",
    )
    .bind(id)
    .fetch_optional()
    .await
}

const INSERT: Sql = Sql {
    postgres: "INSERT INTO meetings (id, timetable_id, version, candidate_id, employer_id, slot, table_number, seat, state, outcome)
        SELECT id, $2, version, candidate_id, employer_id, slot, table_number, seat, state, outcome
        FROM jsonb_to_recordset($1) AS r(id UUID, version BIGINT, candidate_id UUID, employer_id UUID, slot BIGINT,
            table_number BIGINT, seat BIGINT, state TEXT, outcome TEXT)",
    sqlite: "INSERT INTO meetings (id, timetable_id, version, candidate_id, employer_id, slot, table_number, seat, state, outcome)
        SELECT unhex(replace(value ->> 'id', '-', '')), $2, value ->> 'version',
            unhex(replace(value ->> 'candidate_id', '-', '')), unhex(replace(value ->> 'employer_id', '-', '')),
            value ->> 'slot', value ->> 'table_number', value ->> 'seat', value ->> 'state', value ->> 'outcome'
        FROM json_each($1)",
};

/// Writes new ones.
pub async fn insert(tx: &mut Tx, timetable: Uuid, meetings: &[Meeting]) -> Result<(), db::Error> {
    if !meetings.is_empty() {
        tx.query(INSERT)
            .bind(parameter(meetings))
            .bind(timetable)
            .execute()
            .await?;
    }
    Ok(())
}

/// Off their slots, so that two meetings can exchange places under the unique indexes.
const PARK: Sql = Sql {
    postgres: "UPDATE meetings SET slot = -1 - slot
        WHERE id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "UPDATE meetings SET slot = -1 - slot
        WHERE id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
};

const UPDATE: Sql = Sql {
    postgres: "UPDATE meetings SET version = r.version, slot = r.slot, table_number = r.table_number, seat = r.seat,
            state = r.state, outcome = r.outcome
        FROM jsonb_to_recordset($1) AS r(id UUID, version BIGINT, slot BIGINT, table_number BIGINT, seat BIGINT, state TEXT,
            outcome TEXT)
        WHERE meetings.id = r.id AND meetings.version = r.version - 1",
    sqlite: "UPDATE meetings SET version = value ->> 'version', slot = value ->> 'slot',
            table_number = value ->> 'table_number', seat = value ->> 'seat', state = value ->> 'state',
            outcome = value ->> 'outcome'
        FROM json_each($1)
        WHERE meetings.id = unhex(replace(value ->> 'id', '-', '')) AND meetings.version = (value ->> 'version') - 1",
};

/// Saves changed ones; whether all still stood at the version before.
pub async fn update(tx: &mut Tx, meetings: &[Meeting]) -> Result<bool, db::Error> {
    if meetings.is_empty() {
        return Ok(true);
    }
    if meetings.len() > 1 {
        tx.query(PARK)
            .bind(ids(meetings.iter().map(|meeting| &meeting.id)))
            .execute()
            .await?;
    }
    let rows = tx.query(UPDATE).bind(parameter(meetings)).execute().await?;
    Ok(usize::try_from(rows) == Ok(meetings.len()))
}

fn parameter(meetings: &[Meeting]) -> Json<Vec<Written<'_>>> {
    Json(meetings.iter().map(Written::new).collect())
}

#[derive(Serialize)]
struct Written<'a> {
    id: Uuid,
    version: i64,
    candidate_id: Uuid,
    employer_id: Uuid,
    slot: i64,
    table_number: i64,
    seat: i64,
    state: &'static str,
    outcome: &'a str,
}

impl<'a> Written<'a> {
    fn new(meeting: &'a Meeting) -> Self {
        Self {
            id: meeting.id,
            version: meeting.version,
            candidate_id: meeting.pair.candidate,
            employer_id: meeting.pair.employer,
            slot: meeting.place.slot,
            table_number: meeting.place.table,
            seat: meeting.place.seat,
            state: meeting.state.name(),
            outcome: &meeting.outcome,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    candidate_id: Uuid,
    employer_id: Uuid,
    slot: i64,
    table_number: i64,
    seat: i64,
    state: String,
    outcome: String,
}

impl Row {
    fn meeting(self) -> Result<Meeting, db::Error> {
        Ok(Meeting {
            id: self.id,
            version: self.version,
            pair: Pair {
                candidate: self.candidate_id,
                employer: self.employer_id,
            },
            place: Placed {
                slot: self.slot,
                table: self.table_number,
                seat: self.seat,
            },
            state: stored(MeetingState::named(&self.state), "state")?,
            outcome: self.outcome,
        })
    }
}
