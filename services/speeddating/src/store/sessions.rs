//! Sessions.

use platform::{
    Moment, Tx,
    db::{self, Sql},
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{date, names::Name as _, stored, time};
use crate::domain::{Break, Kind, Plan, Session, State, Venue, Weights, clock};

/// How many take part in a session.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, sqlx::FromRow)]
pub struct Counts {
    /// Employers who take part.
    pub employers: i64,
    /// Candidates who take part.
    pub candidates: i64,
    /// Wishes.
    pub wishes: i64,
}

/// A page of a list: whose, before which id (newest first), how many.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Owners whose sessions may be seen; none for all.
    pub owners: Option<Json<Vec<String>>>,
    /// Sessions older than this one.
    pub before: Option<Uuid>,
    /// Rows at most.
    pub limit: i64,
}

/// Writes a new session.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<(), db::Error> {
    let plan = &session.plan;
    tx.query(
        "INSERT INTO sessions (id, version, organisation_id, kind, state, title, date, starts, ends, time_zone,
            slot_minutes, breaks, venue, weights, arrival_minutes, coordinator_person_id, published_timetable,
            cancelled_reason, inputs, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
    )
    .bind(session.id)
    .bind(session.version)
    .bind(session.organisation_id)
    .bind(session.kind.name())
    .bind(session.state.name())
    .bind(plan.title.as_str())
    .bind(plan.date.to_string())
    .bind(clock(plan.starts))
    .bind(clock(plan.ends))
    .bind(plan.time_zone.as_str())
    .bind(plan.slot_minutes)
    .bind(Json(&plan.breaks))
    .bind(Json(&plan.venue))
    .bind(Json(&plan.weights))
    .bind(plan.arrival_minutes)
    .bind(plan.coordinator_person_id)
    .bind(session.published_timetable)
    .bind(session.cancelled_reason.as_str())
    .bind(session.inputs)
    .bind(Moment::from(session.created_at))
    .execute()
    .await?;
    Ok(())
}

/// A session.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Session>, db::Error> {
    let row: Option<Row> = tx
        .query("SELECT * FROM sessions WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(Row::session).transpose()
}

/// A session, held until the end of the transaction: whatever changes its registrations, wishes or timetables takes it
/// first, so that two corrections of one session never see each other half done.
pub async fn hold(tx: &mut Tx, id: Uuid) -> Result<Option<Session>, db::Error> {
    let row: Option<Row> = tx
        .query("UPDATE sessions SET version = version WHERE id = $1 RETURNING *")
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(Row::session).transpose()
}

/// Saves what may change of a session; whether it still stood at the version before.
pub async fn save(tx: &mut Tx, session: &Session) -> Result<bool, db::Error> {
    let plan = &session.plan;
    let rows = tx
        .query(
            "UPDATE sessions SET version = $2, state = $3, title = $4, date = $5, starts = $6, ends = $7, breaks = $8,
                venue = $9, coordinator_person_id = $10, published_timetable = $11, cancelled_reason = $12, inputs = $13,
                slot_minutes = $14, weights = $15, arrival_minutes = $16, time_zone = $17
             WHERE id = $1 AND version = $2 - 1",
        )
        .bind(session.id)
        .bind(session.version)
        .bind(session.state.name())
        .bind(plan.title.as_str())
        .bind(plan.date.to_string())
        .bind(clock(plan.starts))
        .bind(clock(plan.ends))
        .bind(Json(&plan.breaks))
        .bind(Json(&plan.venue))
        .bind(plan.coordinator_person_id)
        .bind(session.published_timetable)
        .bind(session.cancelled_reason.as_str())
        .bind(session.inputs)
        .bind(plan.slot_minutes)
        .bind(Json(&plan.weights))
        .bind(plan.arrival_minutes)
        .bind(plan.time_zone.as_str())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// What wishes weigh; within a held session that is saved afterwards.
pub async fn set_weights(tx: &mut Tx, id: Uuid, weights: &Weights) -> Result<(), db::Error> {
    tx.query("UPDATE sessions SET weights = $2 WHERE id = $1")
        .bind(id)
        .bind(Json(weights))
        .execute()
        .await?;
    Ok(())
}

const LIST: Sql = Sql {
    postgres: "SELECT * FROM sessions
        WHERE ($1 IS NULL OR organisation_id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value)))
          AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
    sqlite: "SELECT * FROM sessions
        WHERE ($1 IS NULL OR organisation_id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1)))
          AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
};

/// A page of sessions, newest first.
pub async fn list(tx: &mut Tx, listing: &Listing) -> Result<Vec<Session>, db::Error> {
    let rows: Vec<Row> = tx
        .query(LIST)
        .bind(listing.owners.as_ref())
        .bind(listing.before)
        .bind(listing.limit)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::session).collect()
}

/// Sessions that a person coordinates.
pub async fn coordinated_by(tx: &mut Tx, person: Uuid) -> Result<Vec<Uuid>, db::Error> {
    let rows: Vec<(Uuid,)> = tx
        .query("SELECT id FROM sessions WHERE coordinator_person_id = $1")
        .bind(person)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many take part.
pub async fn counts(tx: &mut Tx, id: Uuid) -> Result<Counts, db::Error> {
    tx.query(
        "SELECT
            (SELECT COUNT(*) FROM registrations WHERE session_id = $1 AND side = 'employer'
                AND standing NOT IN ('withdrawn', 'absent')) AS employers,
            (SELECT COUNT(*) FROM registrations WHERE session_id = $1 AND side = 'candidate'
                AND standing NOT IN ('withdrawn', 'absent')) AS candidates,
            (SELECT COUNT(*) FROM wishes WHERE session_id = $1) AS wishes",
    )
    .bind(id)
    .fetch_one()
    .await
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    organisation_id: Uuid,
    kind: String,
    state: String,
    title: String,
    date: String,
    starts: String,
    ends: String,
    time_zone: String,
    slot_minutes: i64,
    breaks: Json<Vec<Break>>,
    venue: Json<Venue>,
    weights: Json<Weights>,
    arrival_minutes: i64,
    coordinator_person_id: Option<Uuid>,
    published_timetable: i64,
    cancelled_reason: String,
    inputs: i64,
    created_at: Moment,
}

impl Row {
    fn session(self) -> Result<Session, db::Error> {
        Ok(Session {
            id: self.id,
            version: self.version,
            organisation_id: self.organisation_id,
            kind: stored(Kind::named(&self.kind), "kind")?,
            state: stored(State::named(&self.state), "state")?,
            plan: Plan {
                title: self.title,
                date: date("date", &self.date)?,
                starts: time("starts", &self.starts)?,
                ends: time("ends", &self.ends)?,
                time_zone: self.time_zone,
                slot_minutes: self.slot_minutes,
                breaks: self.breaks.0,
                venue: self.venue.0,
                weights: self.weights.0,
                arrival_minutes: self.arrival_minutes,
                coordinator_person_id: self.coordinator_person_id,
            },
            published_timetable: self.published_timetable,
            cancelled_reason: self.cancelled_reason,
            inputs: self.inputs,
            created_at: self.created_at.timestamp(),
        })
    }
}
