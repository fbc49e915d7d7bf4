//! What people were last told.

use platform::{
    Tx,
    db::{self, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{ids, names::Name, stored};
use crate::domain::{Content, Emitted, MilestoneKind, Reason};

const OF: Sql = Sql {
    postgres: "SELECT * FROM milestones
        WHERE registration_id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "SELECT * FROM milestones
        WHERE registration_id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
};

/// What these were told.
pub async fn of(tx: &mut Tx, registrations: &[Uuid]) -> Result<Vec<Emitted>, db::Error> {
    if registrations.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = tx.query(OF).bind(ids(registrations)).fetch_all().await?;
    rows.into_iter().map(Row::emitted).collect()
}

const WRITE: Sql = Sql {
    postgres: "INSERT INTO milestones (registration_id, kind, revision, content, cleared)
        SELECT registration_id, kind, revision, content, cleared
        FROM jsonb_to_recordset($1) AS r(registration_id UUID, kind TEXT, revision BIGINT, content JSONB, cleared TEXT)
        ON CONFLICT (registration_id, kind) DO UPDATE SET revision = excluded.revision, content = excluded.content,
            cleared = excluded.cleared",
    sqlite: "INSERT INTO milestones (registration_id, kind, revision, content, cleared)
        SELECT unhex(replace(value ->> 'registration_id', '-', '')), value ->> 'kind', value ->> 'revision',
            value -> 'content', value ->> 'cleared'
        FROM json_each($1) WHERE TRUE
        ON CONFLICT (registration_id, kind) DO UPDATE SET revision = excluded.revision, content = excluded.content,
            cleared = excluded.cleared",
};

/// Keeps what is about to be told.
pub async fn write(tx: &mut Tx, told: &[Emitted]) -> Result<(), db::Error> {
    if !told.is_empty() {
        let rows: Vec<Written<'_>> = told.iter().map(Written::new).collect();
        tx.query(WRITE).bind(Json(rows)).execute().await?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Written<'a> {
    registration_id: Uuid,
    kind: &'static str,
    revision: i64,
    content: &'a Content,
    cleared: Option<&'static str>,
}

impl<'a> Written<'a> {
    fn new(told: &'a Emitted) -> Self {
        Self {
            registration_id: told.registration_id,
            kind: told.kind.name(),
            revision: told.revision,
            content: &told.content,
            cleared: told.cleared.map(Name::name),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    registration_id: Uuid,
    kind: String,
    revision: i64,
    content: Json<Content>,
    cleared: Option<String>,
}

impl Row {
    fn emitted(self) -> Result<Emitted, db::Error> {
        Ok(Emitted {
            registration_id: self.registration_id,
            kind: stored(MilestoneKind::named(&self.kind), "kind")?,
            revision: self.revision,
            content: self.content.0,
            cleared: self
                .cleared
                .map(|name| stored(Reason::named(&name), "cleared"))
                .transpose()?,
        })
    }
}
