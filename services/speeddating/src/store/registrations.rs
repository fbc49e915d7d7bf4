//! Registrations.

use platform::{
    Tx,
    db::{self, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{names::Name as _, optional_time, stored};
use crate::domain::{EndedBy, Registration, Side, Standing, clock};

/// A page: of which session and side, after which code, how many.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The session.
    pub session: Uuid,
    /// One side; none for both.
    pub side: Option<Side>,
    /// Side, code of the last row before the page.
    pub after: Option<(String, String)>,
    /// Rows at most.
    pub limit: i64,
}

/// All of a session, in the order of sides and codes.
pub async fn all(tx: &mut Tx, session: Uuid) -> Result<Vec<Registration>, db::Error> {
    let rows: Vec<Row> = tx
        .query("SELECT * FROM registrations WHERE session_id = $1 ORDER BY side, code")
        .bind(session)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::registration).collect()
}

/// One.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Registration>, db::Error> {
    let row: Option<Row> = tx
        .query("SELECT * FROM registrations WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(Row::registration).transpose()
}

/// Those of a person, in any session.
pub async fn of_person(tx: &mut Tx, person: Uuid) -> Result<Vec<Registration>, db::Error> {
    let rows: Vec<Row> = tx
        .query("SELECT * FROM registrations WHERE person_id = $1 ORDER BY id")
        .bind(person)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::registration).collect()
}

/// A page, in the order of sides and codes.
pub async fn list(tx: &mut Tx, listing: &Listing) -> Result<Vec<Registration>, db::Error> {
    let (side, code) = match &listing.after {
        Some((side, code)) => (Some(side.as_str()), Some(code.as_str())),
        None => (None, None),
    };
    let rows: Vec<Row> = tx
        .query(
            "SELECT * FROM registrations
             WHERE session_id = $1 AND ($2 IS NULL OR side = $2) AND ($3 IS NULL OR (side, code) > ($3, $4))
             ORDER BY side, code LIMIT $5",
        )
        .bind(listing.session)
        .bind(listing.side.map(super::names::Name::name))
        .bind(side)
        .bind(code)
        .bind(listing.limit)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::registration).collect()
}

const INSERT: Sql = Sql {
    postgres: "INSERT INTO registrations (id, session_id, version, side, code, person_id, organisation_id, standing, ended_by,
            arrives, leaves, meetings_max, parallel, position, referent)
        SELECT id, session_id, version, side, code, person_id, organisation_id, standing, ended_by, arrives, leaves,
            meetings_max, parallel, \"position\", referent
        FROM jsonb_to_recordset($1) AS r(id UUID, session_id UUID, version BIGINT, side TEXT, code TEXT, person_id UUID,
            organisation_id UUID, standing TEXT, ended_by TEXT, arrives TEXT, leaves TEXT, meetings_max BIGINT,
            parallel BIGINT, \"position\" TEXT, referent TEXT)",
    sqlite: "INSERT INTO registrations (id, session_id, version, side, code, person_id, organisation_id, standing, ended_by,
            arrives, leaves, meetings_max, parallel, position, referent)
        SELECT unhex(replace(value ->> 'id', '-', '')), unhex(replace(value ->> 'session_id', '-', '')),
            value ->> 'version', value ->> 'side', value ->> 'code', unhex(replace(value ->> 'person_id', '-', '')),
            unhex(replace(value ->> 'organisation_id', '-', '')), value ->> 'standing', value ->> 'ended_by',
            value ->> 'arrives', value ->> 'leaves', value ->> 'meetings_max', value ->> 'parallel',
            value ->> 'position', value ->> 'referent'
        FROM json_each($1)",
};

/// Writes new ones.
pub async fn insert(tx: &mut Tx, registrations: &[Registration]) -> Result<(), db::Error> {
    if !registrations.is_empty() {
        tx.query(INSERT).bind(parameter(registrations)).execute().await?;
    }
    Ok(())
}

const UPDATE: Sql = Sql {
    postgres: "UPDATE registrations SET version = r.version, person_id = r.person_id, organisation_id = r.organisation_id,
            standing = r.standing, ended_by = r.ended_by, arrives = r.arrives, leaves = r.leaves,
            meetings_max = r.meetings_max, parallel = r.parallel, position = r.\"position\", referent = r.referent
        FROM jsonb_to_recordset($1) AS r(id UUID, version BIGINT, person_id UUID, organisation_id UUID, standing TEXT,
            ended_by TEXT, arrives TEXT, leaves TEXT, meetings_max BIGINT, parallel BIGINT, \"position\" TEXT, referent TEXT)
        WHERE registrations.id = r.id AND registrations.version = r.version - 1",
    sqlite: "UPDATE registrations SET version = value ->> 'version',
            person_id = unhex(replace(value ->> 'person_id', '-', '')),
            organisation_id = unhex(replace(value ->> 'organisation_id', '-', '')), standing = value ->> 'standing',
            ended_by = value ->> 'ended_by', arrives = value ->> 'arrives', leaves = value ->> 'leaves',
            meetings_max = value ->> 'meetings_max', parallel = value ->> 'parallel', position = value ->> 'position',
            referent = value ->> 'referent'
        FROM json_each($1)
        WHERE registrations.id = unhex(replace(value ->> 'id', '-', ''))
          AND registrations.version = (value ->> 'version') - 1",
};

/// Saves changed ones; whether all still stood at the version before.
pub async fn update(tx: &mut Tx, registrations: &[Registration]) -> Result<bool, db::Error> {
    if registrations.is_empty() {
        return Ok(true);
    }
    let rows = tx.query(UPDATE).bind(parameter(registrations)).execute().await?;
    Ok(usize::try_from(rows) == Ok(registrations.len()))
}

fn parameter(registrations: &[Registration]) -> Json<Vec<Written<'_>>> {
    Json(registrations.iter().map(Written::new).collect())
}

/// A row on its way into JSON. PostgreSQL's jsonb refuses the character NUL, which import and requests exclude.
#[derive(Serialize)]
struct Written<'a> {
    id: Uuid,
    session_id: Uuid,
    version: i64,
    side: &'static str,
    code: &'a str,
    person_id: Uuid,
    organisation_id: Option<Uuid>,
    standing: &'static str,
    ended_by: Option<&'static str>,
    arrives: Option<String>,
    leaves: Option<String>,
    meetings_max: Option<i64>,
    parallel: i64,
    position: &'a str,
    referent: &'a str,
}

impl<'a> Written<'a> {
    fn new(registration: &'a Registration) -> Self {
        Self {
            id: registration.id,
            session_id: registration.session_id,
            version: registration.version,
            side: registration.side.name(),
            code: &registration.code,
            person_id: registration.person_id,
            organisation_id: registration.organisation_id,
            standing: registration.standing.name(),
            ended_by: registration.ended_by.map(super::names::Name::name),
            arrives: registration.arrives.map(clock),
            leaves: registration.leaves.map(clock),
            meetings_max: registration.meetings_max,
            parallel: registration.parallel,
            position: &registration.position,
            referent: &registration.referent,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    session_id: Uuid,
    version: i64,
    side: String,
    code: String,
    person_id: Uuid,
    organisation_id: Option<Uuid>,
    standing: String,
    ended_by: Option<String>,
    arrives: Option<String>,
    leaves: Option<String>,
    meetings_max: Option<i64>,
    parallel: i64,
    position: String,
    referent: String,
}

impl Row {
    fn registration(self) -> Result<Registration, db::Error> {
        let ended_by = self
            .ended_by
            .map(|name| stored(EndedBy::named(&name), "ended_by"))
            .transpose()?;
        Ok(Registration {
            id: self.id,
            session_id: self.session_id,
            version: self.version,
            side: stored(Side::named(&self.side), "side")?,
            code: self.code,
            person_id: self.person_id,
            organisation_id: self.organisation_id,
            standing: stored(Standing::named(&self.standing), "standing")?,
            ended_by,
            arrives: optional_time("arrives", self.arrives.as_deref())?,
            leaves: optional_time("leaves", self.leaves.as_deref())?,
            meetings_max: self.meetings_max,
            parallel: self.parallel,
            position: self.position,
            referent: self.referent,
        })
    }
}
