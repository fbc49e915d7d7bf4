//! All of an import at once, or nothing of it; and the rows that were left aside.

use std::collections::BTreeMap;

use platform::auth::Actor;
use uuid::Uuid;

use super::{
    OpenFile, Opened, StageView,
    check::{Settled, settle},
    get_stage, opened, readable_stage, saved, stage_held,
};
use crate::{
    actions::{
        Context, View, held,
        imports::{apply, each_once, no_code_was_given},
        sessions::view,
    },
    directory::Key,
    domain::{Flaw, Refusal, StageState, Step},
    error::Error,
    import::{Corrections, Reading, Table},
    store::{self, stage_work::Kept},
};

/// What to commit, and what was said of it.
#[derive(Clone, Copy, Debug)]
pub struct Commit {
    /// The version that was seen.
    pub version: i64,
    /// Faulty rows are left aside: an explicit choice.
    pub leave_faulty_rows: bool,
    /// Undecided duplicates are imported as other people: an explicit choice.
    pub undecided_apart: bool,
}

/// Commits an import. People go to the directory first; killed in between, the same import goes on where it stopped.
pub async fn commit_stage(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    commit: Commit,
) -> Result<(StageView, View), Error> {
    let mut tx = context.db.read().await?;
    let (session, stage) = readable_stage(&mut tx, context, actor, id).await?;
    if stage.state != StageState::Committed {
        stage.open()?;
        if stage.version != commit.version {
            return Err(Error::Stale);
        }
        session.state.after(Step::Import)?;
        let open = opened(&mut tx, session, stage).await?;
        drop(tx);
        bring_in(context, actor, open, commit).await?;
    }
    let mut tx = context.db.read().await?;
    let (session, _) = readable_stage(&mut tx, context, actor, id).await?;
    let view = view(&mut tx, session).await?;
    drop(tx);
    Ok((get_stage(context, actor, id).await?, view))
}

/// The rows of a table that are left aside, or were: under the file's own header, each with its remarks.
pub async fn export_left_rows(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    table: Table,
) -> Result<(String, Vec<u8>), Error> {
    let mut tx = context.db.read().await?;
    let (session, stage) = readable_stage(&mut tx, context, actor, id).await?;
    let name = format!("{}-a-corriger.csv", table.name());
    if stage.state == StageState::Open {
        let open = opened(&mut tx, session, stage).await?;
        drop(tx);
        let settled = settle(context, &open).await?;
        let left = open.file(table)?.left(&settled.reading);
        return left
            .map(|left| (name, left))
            .ok_or(Error::Unknown("ligne mise de côté"));
    }
    let kept = store::stage_work::files(&mut tx, id).await?;
    let kept = kept
        .into_iter()
        .find(|file| file.table == table && !file.content.is_empty());
    kept.map(|file| (name, file.content))
        .ok_or(Error::Unknown("ligne mise de côté"))
}

async fn bring_in(context: &Context, actor: &Actor, open: Opened, commit: Commit) -> Result<(), Error> {
    let settled = settle(context, &open).await?;
    permit(&open, &settled, commit)?;
    let reading = &settled.reading;
    let (owner, kind) = (open.session.organisation_id, open.session.kind);
    let upserted = context
        .directory
        .upsert(
            Key::Content(open.stage.id, open.stage.version),
            owner,
            kind,
            reading,
            &open.who(),
        )
        .await?;
    let mut tx = context.db.begin().await?;
    let mut session = held(&mut tx, actor, open.session.id).await?;
    let (_, mut stage) = stage_held(&mut tx, context, actor, open.stage.id).await?;
    if stage.state == StageState::Committed {
        // Somebody else committed it meanwhile: the same rows.
        return Ok(());
    }
    if stage.version != commit.version {
        return Err(Error::Stale);
    }
    session.state = session.state.after(Step::Import)?;
    let registered = store::registrations::all(&mut tx, session.id).await?;
    no_code_was_given(&registered, &open.seen, &upserted.rolls)?;
    each_once(&registered, &upserted.rolls, reading)?;
    let (_, mut trace) = apply(
        &mut tx,
        context,
        session,
        Some(stage.id),
        upserted.rolls,
        &reading.wishes,
    )
    .await?;
    trace.requests = upserted.requests;
    for file in &open.files {
        let left = Kept {
            table: file.sheet.table,
            name: file.name.clone(),
            content: file.left(reading).unwrap_or_default(),
            columns: None,
        };
        store::stage_work::put_file(&mut tx, stage.id, &left).await?;
    }
    store::stage_work::forget_work(&mut tx, stage.id).await?;
    stage.state = StageState::Committed;
    stage.settled_at = Some(context.clock.now().timestamp());
    stage.done = open.counts(&settled);
    stage.trace = Some(trace);
    saved(&mut tx, &mut stage).await?;
    tx.commit().await?;
    tracing::info!(
        stage.id = %stage.id, session.id = %stage.session_id, employers = reading.employers.len(),
        candidates = reading.candidates.len(), wishes = reading.wishes.len(), "an import was committed"
    );
    Ok(())
}

fn permit(open: &Opened, settled: &Settled, commit: Commit) -> Result<(), Error> {
    let reading = &settled.reading;
    if reading.unreadable() || (settled.faulty && !commit.leave_faulty_rows) {
        return Err(Error::Faulty(reading.problems.clone()));
    }
    settled.tried.permit(commit.leave_faulty_rows)?;
    if reading.employers.is_empty() && reading.candidates.is_empty() && reading.wishes.is_empty() {
        let told = ("il n'y a aucune ligne à importer", "there is no row to import");
        return Err(Flaw::new("stage_id", told).into());
    }
    let duplicates = open.duplicates(settled);
    let undecided = duplicates.iter().filter(|found| found.decision.is_none()).count();
    if undecided > 0 && !commit.undecided_apart {
        return Err(Refusal::Undecided(undecided).into());
    }
    Ok(())
}

impl OpenFile {
    /// The rows that are left aside, as a table; none when there are none.
    fn left(&self, reading: &Reading) -> Option<Vec<u8>> {
        let mut remarks: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for (line, _) in self.corrections.iter().filter(|(_, fix)| fix.dropped) {
            remarks.insert(*line, vec!["mise de côté".to_owned()]);
        }
        let placed = self.placed();
        for problem in reading.problems.iter().filter(|problem| {
            !problem.notice && problem.table == self.sheet.table && !placed.about_file(problem)
        }) {
            let remark = format!("{} : {}", problem.column, problem.message);
            remarks.entry(problem.line).or_default().push(remark);
        }
        let lines: BTreeMap<u32, String> = remarks
            .into_iter()
            .map(|(line, remarks)| (line, remarks.join(" ; ")))
            .collect();
        if lines.is_empty() {
            return None;
        }
        // Corrections count, but no row is missing.
        let corrections: Corrections = self
            .corrections
            .iter()
            .map(|(line, fix)| {
                let mut fix = fix.clone();
                fix.dropped = false;
                (*line, fix)
            })
            .collect();
        Some(self.sheet.corrected(&corrections).extract(&lines).into_bytes())
    }
}
