//! A file of an import: its columns, its corrections, and how people see it.

use platform::said;

use crate::{
    domain::Flaw,
    error::Error,
    import::{Correction, Corrections, File, Sheet, Table},
    store::stage_work::Kept,
};

/// A file as people see it.
#[expect(missing_docs, reason = "as in StageFile of the interface")]
pub struct FileView {
    pub table: Table,
    pub name: String,
    pub encoding: &'static str,
    pub delimiter: String,
    pub rows: usize,
    pub columns: Vec<ColumnView>,
    pub columns_set: bool,
    pub corrected: usize,
    pub dropped: usize,
}

/// A column as people see it.
#[expect(missing_docs, reason = "as in StageColumn of the interface")]
pub struct ColumnView {
    pub place: usize,
    pub name: String,
    pub samples: Vec<String>,
    pub guess: Option<&'static str>,
    pub field: Option<&'static str>,
}

/// A file with all that people said of it.
pub(super) struct OpenFile {
    pub(super) name: String,
    pub(super) columns_set: bool,
    pub(super) sheet: Sheet,
    pub(super) fields: Vec<Option<&'static str>>,
    pub(super) corrections: Corrections,
}

impl OpenFile {
    pub(super) fn new(kept: Kept, corrections: Corrections) -> Result<Self, Error> {
        let file = File {
            table: kept.table,
            content: &kept.content,
        };
        // It was opened before it was kept.
        let sheet = Sheet::open(&file).map_err(|problem| Error::internal(problem.message.french))?;
        let fields = match &kept.columns {
            Some(columns) => columns.iter().map(|name| kept.table.field(name)).collect(),
            None => sheet.guesses(),
        };
        Ok(Self {
            name: kept.name,
            columns_set: kept.columns.is_some(),
            sheet,
            fields,
            corrections,
        })
    }

    pub(super) fn flaws(&self, fields: &[String]) -> Vec<Flaw> {
        let (table, names) = (self.sheet.table, self.sheet.names());
        if fields.len() != names.len() {
            let count = names.len();
            let told = said!("le fichier a {count} colonnes", "the file has {count} columns");
            return vec![Flaw::new("fields", told)];
        }
        let mut flaws = Vec::new();
        for (place, field) in fields.iter().enumerate().filter(|(_, field)| !field.is_empty()) {
            let at = format!("fields[{place}]");
            if table.field(field).is_none() {
                let told = (
                    "n'est pas une colonne de cette table",
                    "is no column of this table",
                );
                flaws.push(Flaw::new(at, told));
            } else if fields[..place].contains(field) {
                let told = (
                    "une autre colonne est déjà lue ainsi : gardez-en une",
                    "another column is already read as this: keep one of them",
                );
                flaws.push(Flaw::new(at, told));
            }
        }
        flaws
    }

    /// The code of a row as it stands: choices go by it.
    pub(super) fn code(&self, line: u32) -> String {
        let name = if self.sheet.table == Table::Employers {
            "employeur"
        } else {
            "candidat"
        };
        let place = self.fields.iter().position(|field| *field == Some(name));
        let corrected = self.corrections.get(&line);
        let cell = place.and_then(|place| {
            let value = corrected.and_then(|fix| fix.cells.get(&place).cloned());
            value.or_else(|| Some(self.sheet.cells(line)?.get(place)?.value.clone()))
        });
        cell.unwrap_or_default().trim().to_owned()
    }
}

impl FileView {
    pub(super) fn of(file: &OpenFile) -> Self {
        let (sheet, guesses) = (&file.sheet, file.sheet.guesses());
        let column = |(place, name): (usize, String)| ColumnView {
            place,
            name,
            samples: sheet.samples(place),
            guess: guesses.get(place).copied().flatten(),
            field: file.fields.get(place).copied().flatten(),
        };
        let count = |is: fn(&Correction) -> bool| file.corrections.values().filter(|fix| is(fix)).count();
        Self {
            table: sheet.table,
            name: file.name.clone(),
            encoding: sheet.encoding,
            delimiter: sheet.delimiter.to_string(),
            rows: sheet.rows(),
            columns: sheet.names().into_iter().enumerate().map(column).collect(),
            columns_set: file.columns_set,
            corrected: count(|fix| !fix.cells.is_empty()),
            dropped: count(|fix| fix.dropped),
        }
    }

    /// A file of which only the name is shown.
    pub(super) fn left(table: Table, name: String) -> Self {
        Self {
            table,
            name,
            encoding: "",
            delimiter: String::new(),
            rows: 0,
            columns: Vec::new(),
            columns_set: false,
            corrected: 0,
            dropped: 0,
        }
    }
}
