//! Imports in steps: files kept, columns placed, rows corrected. What an import would do and does is beside this.

mod check;
mod commit;
mod file;
mod rows;
mod undo;

use std::collections::BTreeMap;

use jiff::Timestamp;
use platform::{
    Said, Tx,
    auth::{Actor, ORGANISERS},
    said,
};
use uuid::Uuid;

use super::{Context, Keyed, owned, recall, remember};
use crate::{
    domain::{
        Dependent, Flaw, Refusal, Registration, STAGE_KEPT, STAGES_MOST, Seen, Session, Stage, StageState,
        Wish,
    },
    error::Error,
    import::{File, Sheet, Table},
    store::{self, stage_work::Kept},
};

pub use check::{
    CheckPage, Checked, CheckedCell, CheckedRow, Choice, Decision, Duplicate, check_stage, decide_duplicate,
};
pub use commit::{Commit, commit_stage, export_left_rows};
pub use file::{ColumnView, FileView};
pub use undo::{UndoneImport, undo_import};

use file::OpenFile;

/// Characters of a corrected cell.
const CELL_MOST: usize = 1_000;
/// Columns of a file that can be corrected.
const COLUMNS_MOST: usize = 200;
/// Imports that a list shows.
const LISTED: i64 = 50;

/// A file to keep.
pub struct Upload {
    /// Which table it is; none: told from its columns.
    pub table: Option<Table>,
    /// As its owner called it.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// An import as people see it.
pub struct StageView {
    /// Where it stands.
    pub stage: Stage,
    /// Its files; after the import those with rows that were left aside.
    pub files: Vec<FileView>,
    /// What keeps it from being undone.
    pub dependents: Vec<Dependent>,
}

/// Other values for a row.
pub struct RowChange {
    /// Place, value, and the value that was shown.
    pub cells: Vec<(usize, String, String)>,
    /// Leave it aside, or take it back; none: as it stands.
    pub dropped: Option<bool>,
}

/// An import with all that it is about.
struct Opened {
    stage: Stage,
    session: Session,
    people: Vec<Registration>,
    seen: Vec<Seen>,
    wishes: Vec<Wish>,
    files: Vec<OpenFile>,
    choices: BTreeMap<(Table, String), Option<Uuid>>,
}

/// Keeps files for an import: a new one, or one under way.
pub async fn stage_tables(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    session: Uuid,
    stage: Option<Uuid>,
    uploads: Vec<Upload>,
) -> Result<StageView, Error> {
    actor.require(ORGANISERS)?;
    let files = tables(uploads)?;
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let session = owned(actor, store::sessions::find(&mut tx, session).await?)?;
    if let Some(made) = recall(&mut tx, &request).await? {
        drop(tx);
        return get_stage(context, actor, made).await;
    }
    let id = if let Some(id) = stage {
        let (_, mut stage) = stage_held(&mut tx, context, actor, id).await?;
        if stage.session_id != session.id {
            return Err(Error::Unknown("import"));
        }
        stage.open()?;
        saved(&mut tx, &mut stage).await?;
        id
    } else {
        store::stages::expire(&mut tx, now).await?;
        if store::stages::under_way(&mut tx, session.id).await? >= STAGES_MOST {
            return Err(Refusal::TooManyStages(STAGES_MOST).into());
        }
        let stage = begun(context.ids.id(), session.id, actor, now.timestamp());
        store::stages::insert(&mut tx, &stage).await?;
        stage.id
    };
    for file in &files {
        store::stage_work::put_file(&mut tx, id, file).await?;
    }
    remember(&mut tx, context, &request, id).await?;
    tx.commit().await?;
    tracing::info!(stage.id = %id, files = files.len(), "tables were kept for an import");
    get_stage(context, actor, id).await
}

/// Where an import stands.
pub async fn get_stage(context: &Context, actor: &Actor, id: Uuid) -> Result<StageView, Error> {
    let mut tx = context.db.read().await?;
    let (session, stage) = readable_stage(&mut tx, context, actor, id).await?;
    if stage.state == StageState::Open {
        return Ok(opened(&mut tx, session, stage).await?.view());
    }
    let dependents = undo::dependents(&mut tx, &session, &stage).await?;
    let left = store::stage_work::files(&mut tx, id).await?;
    let files = left.into_iter().filter(|file| !file.content.is_empty());
    Ok(StageView {
        files: files.map(|file| FileView::left(file.table, file.name)).collect(),
        stage,
        dependents,
    })
}

/// Imports of a session, newest first.
pub async fn list_stages(context: &Context, actor: &Actor, session: Uuid) -> Result<Vec<StageView>, Error> {
    actor.require(ORGANISERS)?;
    let mut tx = context.db.read().await?;
    let session = owned(actor, store::sessions::find(&mut tx, session).await?)?;
    let mut views = Vec::new();
    for stage in store::stages::list(&mut tx, session.id, context.clock.now(), LISTED).await? {
        let names = store::stage_work::file_names(&mut tx, stage.id).await?;
        let dependents = undo::dependents(&mut tx, &session, &stage).await?;
        views.push(StageView {
            stage,
            files: names
                .into_iter()
                .map(|(table, name)| FileView::left(table, name))
                .collect(),
            dependents,
        });
    }
    Ok(views)
}

/// Says which column of a file is what.
pub async fn set_columns(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    table: Table,
    fields: &[String],
) -> Result<StageView, Error> {
    let mut tx = context.db.begin().await?;
    let (session, mut stage) = stage_held(&mut tx, context, actor, id).await?;
    stage.open()?;
    if stage.version != version {
        return Err(Error::Stale);
    }
    let open = opened(&mut tx, session, stage.clone()).await?;
    let flaws = open.file(table)?.flaws(fields);
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    store::stage_work::set_columns(&mut tx, id, table, fields).await?;
    saved(&mut tx, &mut stage).await?;
    tx.commit().await?;
    get_stage(context, actor, id).await
}

/// Other values for cells of a row, or the row left aside.
pub async fn correct_row(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    table: Table,
    line: u32,
    change: RowChange,
) -> Result<StageView, Error> {
    let mut tx = context.db.begin().await?;
    let (session, mut stage) = stage_held(&mut tx, context, actor, id).await?;
    stage.open()?;
    let open = opened(&mut tx, session, stage.clone()).await?;
    let file = open.file(table)?;
    let original = file.sheet.cells(line).ok_or(Error::Unknown("ligne"))?;
    let mut fix = file.corrections.get(&line).cloned().unwrap_or_default();
    let code = file.code(line);
    let flaws: Vec<Flaw> = change.cells.iter().filter_map(cell_flaw).collect();
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    for (place, value, seen) in change.cells {
        let typed = original.get(place).map_or("", |cell| cell.value.as_str());
        let stands = fix.cells.get(&place).map_or(typed, String::as_str);
        if plain(stands) != plain(&seen) {
            return Err(Error::Stale);
        }
        if plain(&value) == plain(typed) {
            fix.cells.remove(&place);
        } else {
            fix.cells.insert(place, value);
        }
    }
    fix.dropped = change.dropped.unwrap_or(fix.dropped);
    store::stage_work::fix(&mut tx, id, table, line, &fix).await?;
    // The row may be about somebody else now.
    store::stage_work::choose(&mut tx, id, table, &code, None).await?;
    saved(&mut tx, &mut stage).await?;
    tx.commit().await?;
    get_stage(context, actor, id).await
}

/// Forgets an import that was not committed.
pub async fn discard_stage(context: &Context, actor: &Actor, id: Uuid) -> Result<(), Error> {
    let mut tx = context.db.begin().await?;
    let (_, stage) = stage_held(&mut tx, context, actor, id).await?;
    stage.open()?;
    store::stages::remove(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets imports whose time is over.
pub async fn tidy(context: &Context) -> Result<u64, Error> {
    let mut tx = context.db.begin().await?;
    let forgotten = store::stages::expire(&mut tx, context.clock.now()).await?;
    tx.commit().await?;
    Ok(forgotten)
}

fn begun(id: Uuid, session_id: Uuid, actor: &Actor, now: Timestamp) -> Stage {
    Stage {
        id,
        session_id,
        version: 1,
        state: StageState::Open,
        made_by: actor.subject.clone(),
        created_at: now,
        expires_at: now.saturating_add(STAGE_KEPT).unwrap_or(now),
        settled_at: None,
        done: Vec::new(),
        trace: None,
    }
}

/// Files that are tables, each of another kind. What is none says why, by its place in the request.
fn tables(uploads: Vec<Upload>) -> Result<Vec<Kept>, Error> {
    let mut kept: Vec<Kept> = Vec::new();
    let mut flaws = Vec::new();
    for (place, upload) in uploads.into_iter().enumerate() {
        let at = |field| format!("files[{place}].{field}");
        let table = upload.table.or_else(|| Sheet::guess_table(&upload.content));
        let file = File {
            table: table.unwrap_or(Table::Candidates),
            content: &upload.content,
        };
        if let Err(problem) = Sheet::open(&file) {
            flaws.push(Flaw::new(at("content"), problem.message.then(&problem.cure)));
            continue;
        }
        let Some(table) = table else {
            let told = (
                "les colonnes ne disent pas de quelle table il s'agit : choisissez-la",
                "the columns do not say which table this is: choose it",
            );
            flaws.push(Flaw::new(at("table"), told));
            continue;
        };
        if kept.iter().any(|other| other.table == table) {
            let name = table.name();
            let told = said!(
                "deux fichiers sont des {name} : un seul par table",
                "two files hold the same table ({name}): one file per table"
            );
            flaws.push(Flaw::new(at("table"), told));
            continue;
        }
        kept.push(Kept {
            table,
            name: upload.name,
            content: upload.content,
            columns: None,
        });
    }
    if flaws.is_empty() {
        Ok(kept)
    } else {
        Err(flaws.into())
    }
}

fn cell_flaw((place, value, _): &(usize, String, String)) -> Option<Flaw> {
    let told = if *place >= COLUMNS_MOST {
        said!(
            "les {COLUMNS_MOST} premières colonnes peuvent être corrigées ici",
            "the first {COLUMNS_MOST} columns can be corrected here"
        )
    } else if value.chars().count() > CELL_MOST {
        said!("au plus {CELL_MOST} caractères", "at most {CELL_MOST} characters")
    } else if value.contains('\0') {
        Said::new(
            "contient un caractère interdit",
            "contains a character that is not allowed",
        )
    } else {
        return None;
    };
    Some(Flaw::new(format!("cells[{place}]"), told))
}

/// A value as a form gives it back: browsers write line breaks in their own way.
fn plain(value: &str) -> String {
    value.replace("\r\n", "\n").replace('\r', "\n")
}

async fn readable_stage(
    tx: &mut Tx,
    context: &Context,
    actor: &Actor,
    id: Uuid,
) -> Result<(Session, Stage), Error> {
    actor.require(ORGANISERS)?;
    let found = store::stages::find(tx, id, context.clock.now()).await?;
    let stage = found.ok_or(Error::Unknown("import"))?;
    let session = store::sessions::find(tx, stage.session_id).await?;
    let session = owned(actor, session).map_err(|_| Error::Unknown("import"))?;
    Ok((session, stage))
}

/// An import held until the end of the transaction, with its session as it stands.
async fn stage_held(
    tx: &mut Tx,
    context: &Context,
    actor: &Actor,
    id: Uuid,
) -> Result<(Session, Stage), Error> {
    // Who may not is refused before anything is held.
    readable_stage(tx, context, actor, id).await?;
    let held = store::stages::hold(tx, id, context.clock.now()).await?;
    let stage = held.ok_or(Error::Unknown("import"))?;
    let session = store::sessions::find(tx, stage.session_id).await?;
    Ok((session.ok_or(Error::Unknown("import"))?, stage))
}

async fn saved(tx: &mut Tx, stage: &mut Stage) -> Result<(), Error> {
    stage.version += 1;
    if store::stages::save(tx, stage).await? {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

async fn opened(tx: &mut Tx, session: Session, stage: Stage) -> Result<Opened, Error> {
    let mut fixes = store::stage_work::fixes(tx, stage.id).await?;
    let mut files = Vec::new();
    for kept in store::stage_work::files(tx, stage.id).await? {
        let corrections = fixes.remove(&kept.table).unwrap_or_default();
        files.push(OpenFile::new(kept, corrections)?);
    }
    let people = store::registrations::all(tx, session.id).await?;
    Ok(Opened {
        seen: people.iter().map(Seen::from).collect(),
        people,
        wishes: store::wishes::all(tx, session.id).await?,
        choices: store::stage_work::choices(tx, stage.id).await?,
        files,
        stage,
        session,
    })
}

impl Opened {
    fn file(&self, table: Table) -> Result<&OpenFile, Error> {
        let found = self.files.iter().find(|file| file.sheet.table == table);
        found.ok_or(Error::Unknown("fichier"))
    }

    fn view(self) -> StageView {
        StageView {
            files: self.files.iter().map(FileView::of).collect(),
            stage: self.stage,
            dependents: Vec::new(),
        }
    }
}
