//! Rows, columns and cells of a window, with names.

use std::collections::BTreeMap;

use contracts::speeddating::v1::{MatrixLine, ReadMatrixResponse, Wish};

use crate::{
    error::Error,
    pages::wishes::cell::Cell,
    peers::{Names, Wanted},
    staff::Staff,
    view::View,
};

pub(super) struct Column {
    pub(super) id: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) wishes: i32,
}

pub(super) struct Row {
    pub(super) id: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) wishes: i32,
    pub(super) cells: Vec<Cell>,
}

/// Names of those in the window only.
pub(super) async fn names(staff: &Staff, found: &ReadMatrixResponse) -> Result<Names, Error> {
    let mut wanted = Wanted::default();
    for line in found.candidates.iter().chain(&found.employers) {
        if let Some(registration) = &line.registration {
            if registration.organisation_id.is_empty() {
                wanted.person(&registration.person_id);
            } else {
                wanted.organisation(&registration.organisation_id);
            }
        }
    }
    staff.clients.names(staff.t.texts(), wanted).await
}

pub(super) fn drawn(found: &ReadMatrixResponse, names: &Names, t: &View) -> (Vec<Column>, Vec<Row>) {
    let known: BTreeMap<(&str, &str), &Wish> = found
        .wishes
        .iter()
        .map(|wish| ((wish.candidate_id.as_str(), wish.employer_id.as_str()), wish))
        .collect();
    let head = |line: &MatrixLine| {
        let registration = line.registration.clone().unwrap_or_default();
        let name = if registration.organisation_id.is_empty() {
            names.person(&registration.person_id).to_owned()
        } else {
            names.organisation(&registration.organisation_id).to_owned()
        };
        (registration.registration_id, registration.code, name, line.wishes)
    };
    let column = |line: &MatrixLine| {
        let (id, code, name, wishes) = head(line);
        Column {
            id,
            code,
            name,
            wishes,
        }
    };
    let columns: Vec<Column> = found.employers.iter().map(column).collect();
    let row = |line: &MatrixLine| {
        let (id, code, name, wishes) = head(line);
        let cell = |column: &Column| {
            let wish = known.get(&(id.as_str(), column.id.as_str()));
            wish.map_or_else(Cell::empty, |wish| Cell::of(wish, t))
        };
        Row {
            cells: columns.iter().map(cell).collect(),
            id,
            code,
            name,
            wishes,
        }
    };
    let rows = found.candidates.iter().map(row).collect();
    (columns, rows)
}
