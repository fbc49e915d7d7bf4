//! Third step: what an import would do, faulty rows corrected in place, possible duplicates.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use contracts::{
    common::v1::PageRequest,
    speeddating::v1::{
        CellCorrection, CheckStageRequest, CheckStageResponse, CheckedCell, CheckedRow, CorrectRowRequest,
        RowProblem, StageCount,
    },
};
use serde::Deserialize;
use uuid::Uuid;

use super::{Named, Steps, base, blame, duplicates::Pairs, named, open, table};
use crate::{
    error::Error,
    forms::{Form, Posted},
    pages::{Asked, At, address, head::Head},
    staff::Staff,
    texts::Texts,
    view::View,
};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    /// employeurs, candidats or voeux; the first with faulty rows when empty.
    table: String,
    /// From the service.
    page: String,
    /// "oui": rows with remarks too.
    remarques: String,
    /// One row, with all of its cells.
    ligne: i32,
    /// Page of possible duplicates, from 1.
    pub(super) doublons: usize,
}

impl Question {
    /// The same rows, with that page of possible duplicates, at an address of this import.
    pub(super) fn at(&self, path: &str, doublons: usize) -> String {
        let line = if self.ligne > 0 {
            self.ligne.to_string()
        } else {
            String::new()
        };
        let doublons = if doublons > 1 {
            doublons.to_string()
        } else {
            String::new()
        };
        let questions = [
            ("table", self.table.as_str()),
            ("remarques", &self.remarques),
            ("page", &self.page),
            ("ligne", &line),
            ("doublons", &doublons),
        ];
        address(path, &questions)
    }
}

#[derive(Template)]
#[template(path = "imports/check.html")]
struct Page {
    t: View,
    head: Head,
    form: Form,
    steps: Steps,
    question: Question,
    counts: Vec<Count>,
    about_files: Vec<Remark>,
    table: Named,
    rows: Vec<Row>,
    next: String,
    pairs: Pairs,
    undecided: i32,
    blocked: bool,
    faulty: i32,
}

/// Rows of a table by what is done with them.
pub(super) struct Count {
    pub(super) table: Named,
    pub(super) new: String,
    pub(super) changed: String,
    pub(super) identical: String,
    pub(super) faulty: String,
    pub(super) dropped: String,
    pub(super) removed: i32,
}

struct Remark {
    table: Named,
    column: String,
    words: String,
    bad: bool,
}

struct Row {
    line: i32,
    key: String,
    dropped: bool,
    faulty: bool,
    /// Of the row as a whole.
    problems: Vec<String>,
    cells: Vec<Cell>,
    whole: String,
}

struct Cell {
    place: i32,
    field: String,
    seen: String,
    name: String,
    value: String,
    shown: String,
    original: String,
    corrected: bool,
    problems: Vec<String>,
    bad: bool,
}

impl Count {
    pub(super) fn of(count: &StageCount, t: &View) -> Self {
        Self {
            table: named(count.table()),
            new: t.number(count.new_rows),
            changed: t.number(count.changed_rows),
            identical: t.number(count.identical_rows),
            faulty: t.number(count.faulty_rows),
            dropped: t.number(count.dropped_rows),
            removed: count.removed_rows,
        }
    }
}

pub(super) async fn show(
    staff: Staff,
    At((session, stage)): At<(Uuid, Uuid)>,
    Asked(question): Asked<Question>,
) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    if !open(&stage) {
        return Ok(Redirect::to(&base(session, &stage.stage_id)).into_response());
    }
    let form = staff.form();
    let made = made(staff, session, &stage.stage_id, question, form).await?;
    Ok(super::super::show(&made)?.into_response())
}

/// Corrects what was changed of the rows that were shown. Each row stands for itself: what is right is kept.
pub(super) async fn correct(
    staff: Staff,
    At((session, stage)): At<(Uuid, Uuid)>,
    Asked(question): Asked<Question>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    let stage = staff.clients.stage(session, stage).await?;
    let of = table(form.value("table")).ok_or(Error::Unreadable)?;
    let lines: Vec<i32> = form
        .all("ligne")
        .iter()
        .filter_map(|line| line.parse().ok())
        .collect();
    let mut corrected = 0;
    for line in lines {
        let prefix = format!("c-{line}-");
        let places = form.all(&format!("places-{line}"));
        let places: Vec<i32> = places.iter().filter_map(|place| place.parse().ok()).collect();
        let cell = |place: i32| {
            let (value, seen) = (
                form.value(&format!("{prefix}{place}")),
                form.value(&format!("v-{line}-{place}")),
            );
            (value != seen).then(|| CellCorrection {
                place,
                value: value.to_owned(),
                seen: seen.to_owned(),
            })
        };
        let cells: Vec<CellCorrection> = places.into_iter().filter_map(cell).collect();
        let value = line.to_string();
        let (dropped, was) = (form.has("ecarter", &value), form.has("ecartee", &value));
        if cells.is_empty() && dropped == was {
            continue;
        }
        let request = CorrectRowRequest {
            stage_id: stage.stage_id.clone(),
            table: of.into(),
            line,
            cells,
            // A colleague may have set it aside meanwhile: only what was changed here is said.
            dropped: (dropped != was).then_some(dropped),
        };
        match staff.clients.imports().correct_row(request).await {
            Ok(_) => corrected += 1,
            Err(status) => blame(&mut form, status, &staff.t, |field| {
                let place = field.trim_start_matches("cells[").trim_end_matches(']');
                format!("c-{line}-{place}")
            })?,
        }
    }
    let base = base(session, &stage.stage_id);
    if form.faulty() {
        return Form::again(&made(staff, session, &stage.stage_id, question, form).await?);
    }
    let to = address(
        &format!("{base}/verification"),
        &[("table", &question.table), ("remarques", &question.remarques)],
    );
    let notice = staff.t.with("imports-corrected", "n", corrected);
    Ok(staff.done(&to, notice))
}

async fn made(
    staff: Staff,
    session: Uuid,
    stage: &str,
    question: Question,
    form: Form,
) -> Result<Page, Error> {
    let head = Head::new(
        staff.t.texts(),
        &staff.clients.session(session).await?,
        "personnes",
    );
    let request = CheckStageRequest {
        stage_id: stage.to_owned(),
        table: table(&question.table).unwrap_or_default().into(),
        page: Some(PageRequest {
            size: 0,
            token: question.page.clone(),
        }),
        notices: question.remarques == "oui",
        line: question.ligne,
    };
    let found = staff.clients.imports().check_stage(request).await?.into_inner();
    let base = base(session, stage);
    let pairs = Pairs::read(&staff, &found, &base, &question).await?;
    let rows = found
        .rows
        .iter()
        .map(|row| Row::of(row, &base, &question, &form, &staff.t));
    Ok(Page {
        rows: rows.collect(),
        counts: found
            .counts
            .iter()
            .map(|count| Count::of(count, &staff.t))
            .collect(),
        about_files: found
            .file_problems
            .iter()
            .map(|problem| Remark::of(staff.t.texts(), problem))
            .collect(),
        table: named(found.table()),
        next: next(&found, &base, &question),
        pairs,
        undecided: found.duplicates_undecided,
        blocked: found.file_problems.iter().any(|problem| !problem.notice),
        faulty: found.counts.iter().map(|count| count.faulty_rows).sum(),
        steps: Steps {
            current: "verification",
            base,
        },
        head,
        form,
        question,
        t: staff.t,
    })
}

fn next(found: &CheckStageResponse, base: &str, question: &Question) -> String {
    let token = found
        .page
        .as_ref()
        .map(|page| page.next_token.clone())
        .unwrap_or_default();
    if token.is_empty() || question.ligne > 0 {
        return String::new();
    }
    let questions = [
        ("table", named(found.table()).slug),
        ("remarques", question.remarques.as_str()),
        ("page", token.as_str()),
    ];
    address(&format!("{base}/verification"), &questions)
}

impl Remark {
    fn of(t: Texts, problem: &RowProblem) -> Self {
        Self {
            table: named(problem.table()),
            column: column(t, &problem.column),
            words: words(t, problem),
            bad: !problem.notice,
        }
    }
}

impl Row {
    fn of(row: &CheckedRow, base: &str, question: &Question, form: &Form, t: &View) -> Self {
        // A row that is wrong as a whole needs all of its cells; others show what is wrong.
        let all = question.ligne == row.line || row.problems.iter().any(|problem| !problem.notice);
        let cells = row
            .cells
            .iter()
            .filter(|cell| all || !cell.problems.is_empty() || cell.corrected);
        let whole = [
            ("table", named(row.table()).slug),
            ("ligne", &row.line.to_string()),
        ];
        Self {
            line: row.line,
            key: row.key.clone(),
            dropped: row.dropped,
            faulty: row.faulty,
            problems: row
                .problems
                .iter()
                .map(|problem| words(t.texts(), problem))
                .collect(),
            cells: cells.map(|cell| Cell::of(row.line, cell, form, t)).collect(),
            whole: if all {
                String::new()
            } else {
                address(&format!("{base}/verification"), &whole)
            },
        }
    }
}

impl Cell {
    fn of(line: i32, cell: &CheckedCell, form: &Form, t: &View) -> Self {
        let field = format!("c-{line}-{}", cell.place);
        let mut problems: Vec<String> = cell
            .problems
            .iter()
            .map(|problem| words(t.texts(), problem))
            .collect();
        if !form.fault(&field).is_empty() {
            problems.push(form.fault(&field).to_owned());
        }
        let word = t.find(&format!("field-{}", cell.field.replace('_', "-")));
        Self {
            place: cell.place,
            seen: format!("v-{line}-{}", cell.place),
            name: word.unwrap_or_else(|| {
                if cell.name.is_empty() {
                    t.with("imports-column-number", "n", cell.place + 1).to_string()
                } else {
                    cell.name.clone()
                }
            }),
            // What was typed and refused stays.
            shown: if form.faulty() && !form.all(&field).is_empty() {
                form.value(&field).to_owned()
            } else {
                cell.value.clone()
            },
            value: cell.value.clone(),
            original: cell.original.clone(),
            corrected: cell.corrected,
            bad: cell.problems.iter().any(|problem| !problem.notice),
            problems,
            field,
        }
    }
}

/// A column by its name in the file; or what the service calls the file and the row.
fn column(t: Texts, name: &str) -> String {
    match name {
        "(fichier)" => t.say("imports-place-file"),
        "(ligne)" => t.say("imports-place-row"),
        "(ligne, colonnes en trop)" => t.say("imports-place-surplus"),
        name => name.to_owned(),
    }
}

/// "n'est pas une heure. Écrivez l'heure sous la forme 09:00."
fn words(t: Texts, problem: &RowProblem) -> String {
    let message = t.of(&problem.message, &problem.message_en);
    match t.of(&problem.cure, &problem.cure_en) {
        "" => format!("{message}."),
        cure => format!("{message}. {cure}"),
    }
}
