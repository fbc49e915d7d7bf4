//! Imports on their way.

use contracts::speeddating::v1 as proto;
use jiff::Timestamp;
use platform::page::Page;

use super::{count, instant, number, problem, table};
use crate::{
    actions::{Checked, CheckedCell, CheckedRow, ColumnView, Decision, Duplicate, FileView, StageView},
    domain::{Dependent, StageState, Tallied},
    import::Table,
};

pub(in crate::grpc) fn stage(view: &StageView) -> proto::Stage {
    let stage = &view.stage;
    proto::Stage {
        stage_id: stage.id.to_string(),
        version: stage.version,
        session_id: stage.session_id.to_string(),
        state: match stage.state {
            StageState::Open => proto::StageState::Open,
            StageState::Committed => proto::StageState::Committed,
            StageState::Undone => proto::StageState::Undone,
        }
        .into(),
        created_at: Some(instant(stage.created_at)),
        expires_at: Some(instant(stage.expires_at)),
        settled_at: stage.settled_at.map(instant),
        files: view.files.iter().map(file).collect(),
        done: stage.done.iter().map(tallied).collect(),
        dependents: view.dependents.iter().map(dependent).collect(),
        made_by: stage.made_by.clone(),
    }
}

pub(in crate::grpc) fn checked(mut checked: Checked, page: &Page<u32>) -> proto::CheckStageResponse {
    let info = page.info(&mut checked.rows, |row| row.line);
    let of = checked.table;
    proto::CheckStageResponse {
        stage: Some(stage(&checked.view)),
        counts: checked.counts.iter().map(tallied).collect(),
        file_problems: checked.file_problems.iter().map(problem).collect(),
        table: of.map_or(proto::Table::Unspecified, table).into(),
        rows: checked.rows.iter().map(|found| row(of, found)).collect(),
        page: Some(info),
        duplicates: checked.duplicates.iter().map(duplicate).collect(),
        duplicates_undecided: count(checked.undecided),
        people: count(checked.people),
        wishes: count(checked.wishes),
    }
}

fn file(view: &FileView) -> proto::StageFile {
    let column = |column: &ColumnView| proto::StageColumn {
        place: count(column.place),
        name: column.name.clone(),
        samples: column.samples.clone(),
        guess: column.guess.unwrap_or_default().to_owned(),
        field: column.field.unwrap_or_default().to_owned(),
    };
    let field = |(name, needed): (&str, bool)| proto::StageField {
        name: name.to_owned(),
        needed,
    };
    proto::StageFile {
        table: table(view.table).into(),
        name: view.name.clone(),
        encoding: view.encoding.to_owned(),
        delimiter: view.delimiter.clone(),
        rows: count(view.rows),
        columns: view.columns.iter().map(column).collect(),
        fields: view.table.fields().map(field).collect(),
        columns_set: view.columns_set,
        corrected: count(view.corrected),
        dropped: count(view.dropped),
    }
}

fn tallied(tallied: &Tallied) -> proto::StageCount {
    let of = Table::ALL.iter().find(|of| of.name() == tallied.table);
    proto::StageCount {
        table: of.map_or(proto::Table::Unspecified, |of| table(*of)).into(),
        rows: number(tallied.rows),
        new_rows: number(tallied.new),
        changed_rows: number(tallied.changed),
        identical_rows: number(tallied.identical),
        faulty_rows: number(tallied.faulty),
        dropped_rows: number(tallied.dropped),
        removed_rows: number(tallied.removed),
    }
}

fn dependent(dependent: &Dependent) -> proto::Dependent {
    let (kind, what) = match dependent {
        Dependent::Timetable(number) => ("TIMETABLE", number.to_string()),
        Dependent::Registration(code) => ("REGISTRATION", code.clone()),
        Dependent::Wish(candidate, employer) => ("WISH", format!("{candidate} {employer}")),
        Dependent::Meeting(code) => ("MEETING", code.clone()),
        Dependent::Import(at) => ("IMPORT", Timestamp::to_string(at)),
        Dependent::Forgotten => ("FORGOTTEN", String::new()),
    };
    proto::Dependent {
        kind: kind.to_owned(),
        what,
    }
}

fn row(of: Option<Table>, row: &CheckedRow) -> proto::CheckedRow {
    let cell = |cell: &CheckedCell| proto::CheckedCell {
        place: count(cell.place),
        field: cell.field.unwrap_or_default().to_owned(),
        name: cell.name.clone(),
        value: cell.value.clone(),
        original: cell.original.clone(),
        corrected: cell.corrected,
        problems: cell.problems.iter().map(problem).collect(),
    };
    proto::CheckedRow {
        table: of.map_or(proto::Table::Unspecified, table).into(),
        line: i32::try_from(row.line).unwrap_or(i32::MAX),
        key: row.key.clone(),
        cells: row.cells.iter().map(cell).collect(),
        problems: row.problems.iter().map(problem).collect(),
        dropped: row.dropped,
        faulty: row.faulty,
    }
}

fn duplicate(found: &Duplicate) -> proto::Duplicate {
    proto::Duplicate {
        table: table(found.table).into(),
        line: i32::try_from(found.line).unwrap_or(i32::MAX),
        key: found.key.clone(),
        other_person_id: found.other.to_string(),
        fields: found.fields.clone(),
        given_name: found.given_name.clone(),
        family_name: found.family_name.clone(),
        mail: found.mail.clone(),
        phone: found.phone.clone(),
        language: found.language.clone(),
        organisation: found.organisation.clone(),
        decision: match found.decision {
            None => proto::DuplicateDecision::Unspecified,
            Some(Decision::Same(_)) => proto::DuplicateDecision::Same,
            Some(Decision::Other) => proto::DuplicateDecision::Other,
        }
        .into(),
    }
}
