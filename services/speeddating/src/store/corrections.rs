//! What was changed in timetables, and by whom.

use platform::{
    Moment, Tx,
    db::{self, Sql},
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::{ids, names::Name as _, stored};
use crate::domain::{Altered, Correction, CorrectionKind, MeetingState, Pair, Placed, Stand};

/// Corrections kept of a timetable: enough for who looked at an older version.
const KEPT: i64 = 200;

/// Who touched something last, and when.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Editor {
    /// Subject; empty when nobody has.
    pub by: String,
    /// When.
    pub at: Option<Moment>,
}

/// Writes a correction, and its author on the meetings; forgets the oldest of the timetable.
pub async fn insert(tx: &mut Tx, correction: &Correction) -> Result<(), db::Error> {
    let changes: Vec<Written> = correction.changes.iter().map(Written::new).collect();
    let at = Moment::from(correction.at);
    tx.query(
        "INSERT INTO corrections (id, timetable_id, version, kind, made_by, made_at, changes)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(correction.id)
    .bind(correction.timetable_id)
    .bind(correction.version)
    .bind(correction.kind.name())
    .bind(&correction.by)
    .bind(at)
    .bind(Json(changes))
    .execute()
    .await?;
    tx.query(SIGN)
        .bind(ids(correction.changes.iter().map(|altered| &altered.meeting)))
        .bind(&correction.by)
        .bind(at)
        .execute()
        .await?;
    tx.query("DELETE FROM corrections WHERE timetable_id = $1 AND version <= $2")
        .bind(correction.timetable_id)
        .bind(correction.version - KEPT)
        .execute()
        .await?;
    Ok(())
}

const SIGN: Sql = Sql {
    postgres: "UPDATE meetings SET changed_by = $2, changed_at = $3
        WHERE id IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($1) AS t(value))",
    sqlite: "UPDATE meetings SET changed_by = $2, changed_at = $3
        WHERE id IN (SELECT unhex(replace(value, '-', '')) FROM json_each($1))",
};

/// Those of a timetable after a version, newest first, at most `most`.
pub async fn since(
    tx: &mut Tx,
    timetable: Uuid,
    version: i64,
    most: i64,
) -> Result<Vec<Correction>, db::Error> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT * FROM corrections WHERE timetable_id = $1 AND version > $2 ORDER BY version DESC LIMIT $3",
        )
        .bind(timetable)
        .bind(version)
        .bind(most)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::correction).collect()
}

/// Notes that one was taken back; whether it was not yet.
pub async fn undone(tx: &mut Tx, id: Uuid, by: &str, at: Moment) -> Result<bool, db::Error> {
    let rows = tx
        .query("UPDATE corrections SET undone_by = $2, undone_at = $3 WHERE id = $1 AND undone_at IS NULL")
        .bind(id)
        .bind(by)
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes that one that was taken back is done again.
pub async fn redone(tx: &mut Tx, id: Uuid) -> Result<(), db::Error> {
    tx.query("UPDATE corrections SET undone_by = NULL, undone_at = NULL WHERE id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Saves the versions at which a correction's meetings stand as it left them.
pub async fn rewrite(tx: &mut Tx, correction: &Correction) -> Result<(), db::Error> {
    let changes: Vec<Written> = correction.changes.iter().map(Written::new).collect();
    tx.query("UPDATE corrections SET changes = $2 WHERE id = $1")
        .bind(correction.id)
        .bind(Json(changes))
        .execute()
        .await?;
    Ok(())
}

/// Who touched a meeting last.
pub async fn editor(tx: &mut Tx, meeting: Uuid) -> Result<Editor, db::Error> {
    let row: Option<(String, Option<Moment>)> = tx
        .query("SELECT changed_by, changed_at FROM meetings WHERE id = $1")
        .bind(meeting)
        .fetch_optional()
        .await?;
    let (by, at) = row.unwrap_or_default();
    Ok(Editor { by, at })
}

#[derive(Deserialize, Serialize)]
struct Written {
    meeting: Uuid,
    candidate: Uuid,
    employer: Uuid,
    from: i64,
    version: i64,
    before: Option<Place>,
    after: Place,
}

#[derive(Deserialize, Serialize)]
struct Place {
    slot: i64,
    table: i64,
    seat: i64,
    state: String,
}

impl Place {
    fn new(stand: &Stand) -> Self {
        Self {
            slot: stand.place.slot,
            table: stand.place.table,
            seat: stand.place.seat,
            state: stand.state.name().to_owned(),
        }
    }

    fn stand(&self) -> Result<Stand, db::Error> {
        Ok(Stand {
            place: Placed {
                slot: self.slot,
                table: self.table,
                seat: self.seat,
            },
            state: stored(MeetingState::named(&self.state), "changes")?,
        })
    }
}

impl Written {
    fn new(altered: &Altered) -> Self {
        Self {
            meeting: altered.meeting,
            candidate: altered.pair.candidate,
            employer: altered.pair.employer,
            from: altered.from,
            version: altered.version,
            before: altered.before.as_ref().map(Place::new),
            after: Place::new(&altered.after),
        }
    }

    fn altered(&self) -> Result<Altered, db::Error> {
        Ok(Altered {
            meeting: self.meeting,
            pair: Pair {
                candidate: self.candidate,
                employer: self.employer,
            },
            from: self.from,
            version: self.version,
            before: self.before.as_ref().map(Place::stand).transpose()?,
            after: self.after.stand()?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    timetable_id: Uuid,
    version: i64,
    kind: String,
    made_by: String,
    made_at: Moment,
    changes: Json<Vec<Written>>,
    undone_by: Option<String>,
    undone_at: Option<Moment>,
}

impl Row {
    fn correction(self) -> Result<Correction, db::Error> {
        Ok(Correction {
            id: self.id,
            timetable_id: self.timetable_id,
            version: self.version,
            kind: stored(CorrectionKind::named(&self.kind), "kind")?,
            by: self.made_by,
            at: self.made_at.timestamp(),
            changes: self
                .changes
                .0
                .iter()
                .map(Written::altered)
                .collect::<Result<_, _>>()?,
            undone: self.undone_by.zip(self.undone_at.map(Moment::timestamp)),
        })
    }
}
