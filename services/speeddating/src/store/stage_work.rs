//! What belongs to an import on its way: files, corrections, choices.

use std::collections::BTreeMap;

use platform::{
    Tx,
    db::{self, Sql},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{names::Name as _, stored};
use crate::import::{Correction, Corrections, Table};

/// A file of an import.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Kept {
    /// Which table it is.
    pub table: Table,
    /// As its owner called it.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// The field of each column, once somebody has said so; empty: ignored.
    pub columns: Option<Vec<String>>,
}

/// A correction of this place leaves the row aside.
const DROPPED: i64 = -1;

/// Puts a file in the place of the one before, whose corrections and choices go.
pub async fn put_file(tx: &mut Tx, stage: Uuid, file: &Kept) -> Result<(), db::Error> {
    forget_choices(tx, stage, file.table).await?;
    tx.query("DELETE FROM stage_files WHERE stage_id = $1 AND kind = $2")
        .bind(stage)
        .bind(file.table.name())
        .execute()
        .await?;
    tx.query("INSERT INTO stage_files (stage_id, kind, name, content, columns) VALUES ($1, $2, $3, $4, $5)")
        .bind(stage)
        .bind(file.table.name())
        .bind(file.name.as_str())
        .bind(file.content.as_slice())
        .bind(file.columns.as_ref().map(Json))
        .execute()
        .await?;
    Ok(())
}

/// The files of an import, in the order of tables.
pub async fn files(tx: &mut Tx, stage: Uuid) -> Result<Vec<Kept>, db::Error> {
    let rows: Vec<FileRow> = tx
        .query("SELECT kind, name, content, columns FROM stage_files WHERE stage_id = $1")
        .bind(stage)
        .fetch_all()
        .await?;
    let mut files = rows
        .into_iter()
        .map(FileRow::file)
        .collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(|file| file.table);
    Ok(files)
}

/// Which tables an import has, and under which names.
pub async fn file_names(tx: &mut Tx, stage: Uuid) -> Result<Vec<(Table, String)>, db::Error> {
    let rows: Vec<(String, String)> = tx
        .query("SELECT kind, name FROM stage_files WHERE stage_id = $1")
        .bind(stage)
        .fetch_all()
        .await?;
    let named = rows
        .into_iter()
        .map(|(kind, name)| Ok((stored(Table::named(&kind), "kind")?, name)));
    let mut named = named.collect::<Result<Vec<_>, db::Error>>()?;
    named.sort();
    Ok(named)
}

/// Says which column is what. A code may be that of another row then: choices go.
pub async fn set_columns(
    tx: &mut Tx,
    stage: Uuid,
    table: Table,
    columns: &[String],
) -> Result<bool, db::Error> {
    forget_choices(tx, stage, table).await?;
    let rows = tx
        .query("UPDATE stage_files SET columns = $3 WHERE stage_id = $1 AND kind = $2")
        .bind(stage)
        .bind(table.name())
        .bind(Json(columns))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The corrections of an import, by table.
pub async fn fixes(tx: &mut Tx, stage: Uuid) -> Result<BTreeMap<Table, Corrections>, db::Error> {
    let rows: Vec<(String, i64, i64, String)> = tx
        .query("SELECT kind, line, place, value FROM stage_fixes WHERE stage_id = $1")
        .bind(stage)
        .fetch_all()
        .await?;
    let mut fixes: BTreeMap<Table, Corrections> = BTreeMap::new();
    for (kind, line, place, value) in rows {
        let table = stored(Table::named(&kind), "kind")?;
        let line = stored(u32::try_from(line).ok(), "line")?;
        let fix = fixes.entry(table).or_default().entry(line).or_default();
        if place == DROPPED {
            fix.dropped = true;
        } else {
            fix.cells
                .insert(stored(usize::try_from(place).ok(), "place")?, value);
        }
    }
    Ok(fixes)
}

const FIX: Sql = Sql {
    postgres: "INSERT INTO stage_fixes (stage_id, kind, line, place, value)
        SELECT $2, $3, $4, place, value FROM jsonb_to_recordset($1) AS r(place BIGINT, value TEXT)",
    sqlite: "INSERT INTO stage_fixes (stage_id, kind, line, place, value)
        SELECT $2, $3, $4, j.value ->> 'place', j.value ->> 'value' FROM json_each($1) AS j",
};

/// The corrections of a row, in the place of those before.
pub async fn fix(
    tx: &mut Tx,
    stage: Uuid,
    table: Table,
    line: u32,
    fix: &Correction,
) -> Result<(), db::Error> {
    #[derive(Serialize)]
    struct Written<'a> {
        place: i64,
        value: &'a str,
    }
    tx.query("DELETE FROM stage_fixes WHERE stage_id = $1 AND kind = $2 AND line = $3")
        .bind(stage)
        .bind(table.name())
        .bind(i64::from(line))
        .execute()
        .await?;
    let cells = fix.cells.iter().map(|(place, value)| Written {
        place: i64::try_from(*place).unwrap_or(i64::MAX),
        value,
    });
    let dropped = fix.dropped.then_some(Written {
        place: DROPPED,
        value: "",
    });
    let written: Vec<Written<'_>> = cells.chain(dropped).collect();
    if !written.is_empty() {
        tx.query(FIX)
            .bind(Json(written))
            .bind(stage)
            .bind(table.name())
            .bind(i64::from(line))
            .execute()
            .await?;
    }
    Ok(())
}

/// Who rows are about, by table and code; none: another person than the one who looks alike.
pub async fn choices(tx: &mut Tx, stage: Uuid) -> Result<BTreeMap<(Table, String), Option<Uuid>>, db::Error> {
    let rows: Vec<(String, String, Option<Uuid>)> = tx
        .query("SELECT kind, code, person_id FROM stage_choices WHERE stage_id = $1")
        .bind(stage)
        .fetch_all()
        .await?;
    let choice = |(kind, code, person): (String, String, Option<Uuid>)| {
        Ok(((stored(Table::named(&kind), "kind")?, code), person))
    };
    rows.into_iter().map(choice).collect()
}

/// Notes who a row is about; without a choice it is forgotten.
pub async fn choose(
    tx: &mut Tx,
    stage: Uuid,
    table: Table,
    code: &str,
    choice: Option<Option<Uuid>>,
) -> Result<(), db::Error> {
    tx.query("DELETE FROM stage_choices WHERE stage_id = $1 AND kind = $2 AND code = $3")
        .bind(stage)
        .bind(table.name())
        .bind(code)
        .execute()
        .await?;
    if let Some(person) = choice {
        tx.query("INSERT INTO stage_choices (stage_id, kind, code, person_id) VALUES ($1, $2, $3, $4)")
            .bind(stage)
            .bind(table.name())
            .bind(code)
            .bind(person)
            .execute()
            .await?;
    }
    Ok(())
}

async fn forget_choices(tx: &mut Tx, stage: Uuid, table: Table) -> Result<(), db::Error> {
    tx.query("DELETE FROM stage_choices WHERE stage_id = $1 AND kind = $2")
        .bind(stage)
        .bind(table.name())
        .execute()
        .await?;
    Ok(())
}

/// Forgets all choices and corrections: the import is done.
pub async fn forget_work(tx: &mut Tx, stage: Uuid) -> Result<(), db::Error> {
    tx.query("DELETE FROM stage_choices WHERE stage_id = $1")
        .bind(stage)
        .execute()
        .await?;
    tx.query("DELETE FROM stage_fixes WHERE stage_id = $1")
        .bind(stage)
        .execute()
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct FileRow {
    kind: String,
    name: String,
    content: Vec<u8>,
    columns: Option<Json<Vec<String>>>,
}

impl FileRow {
    fn file(self) -> Result<Kept, db::Error> {
        Ok(Kept {
            table: stored(Table::named(&self.kind), "kind")?,
            name: self.name,
            content: self.content,
            columns: self.columns.map(|columns| columns.0),
        })
    }
}
