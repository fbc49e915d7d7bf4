//! A file in steps: opened, its columns placed by people, single cells corrected, then read by the rules of its table.

use std::collections::BTreeMap;

use platform::Said;

use super::{
    File, Known, Problem, Reading, Summary, Table,
    header::{self, Columns},
    open::{self, Opened, about_file},
    rows::{Codes, rows_of},
    text::{Record, write_record},
};

/// Values shown of a column, so that one sees what it holds.
const SAMPLES: usize = 3;
/// Characters shown of a value.
const SAMPLE_LENGTH: usize = 60;

/// A file as records, before its columns have a meaning.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Which table it is.
    pub table: Table,
    /// Name of the encoding.
    pub encoding: &'static str,
    /// `;` or `,`.
    pub delimiter: char,
    header: Record,
    records: Vec<Record>,
}

/// What people changed of a row: the file stays as it came.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Correction {
    /// Other values, by place.
    pub cells: BTreeMap<usize, String>,
    /// The row is left aside.
    pub dropped: bool,
}

/// Corrections by the line on which the record starts.
pub type Corrections = BTreeMap<u32, Correction>;

/// A cell of a row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cell {
    /// 0 is the first column.
    pub place: usize,
    /// As the file names the column; empty beyond the columns.
    pub name: String,
    /// What it holds.
    pub value: String,
}

/// A sheet whose columns have a meaning.
pub struct Placed<'a> {
    /// The records.
    pub sheet: &'a Sheet,
    /// The field of each column; none: ignored.
    pub fields: &'a [Option<&'static str>],
    /// What people changed.
    pub corrections: &'a Corrections,
}

impl Sheet {
    /// Opens a file; the problem says why it is no table.
    pub fn open(file: &File<'_>) -> Result<Self, Box<Problem>> {
        let mut summary = open::unread(file.table);
        let mut rows = open::rows(file, &mut summary)?;
        let header = rows.remove(0);
        Ok(Self {
            table: file.table,
            encoding: summary.encoding,
            delimiter: summary.delimiter,
            header,
            records: rows,
        })
    }

    /// A single row, typed into a form: values by field, all columns of the table there.
    pub fn entry(table: Table, values: &BTreeMap<String, String>) -> Self {
        let record = |line, cells| Record { line, cells };
        let names: Vec<String> = table.fields().map(|(field, _)| field.to_owned()).collect();
        let cells = names
            .iter()
            .map(|name| values.get(name).cloned().unwrap_or_default());
        let cells = cells.collect();
        Self {
            table,
            encoding: "UTF-8",
            delimiter: ';',
            header: record(1, names),
            records: vec![record(2, cells)],
        }
    }

    /// The table whose columns a file has; none when it could be several or none.
    pub fn guess_table(file: &[u8]) -> Option<Table> {
        let file = |table| File { table, content: file };
        let header = Self::open(&file(Table::Candidates)).ok()?.header;
        let mut best: Vec<(usize, Table)> = Table::ALL
            .iter()
            .map(|table| {
                let columns = table.columns();
                let found = header
                    .cells
                    .iter()
                    .filter_map(|cell| header::meant(cell, columns))
                    .count();
                (found, *table)
            })
            .collect();
        best.sort_by_key(|(found, _)| std::cmp::Reverse(*found));
        match best[..] {
            [(most, table), (second, _), ..] if most >= 2 && most > second => Some(table),
            _ => None,
        }
    }

    /// Names of the columns, as the file has them.
    pub fn names(&self) -> Vec<String> {
        let width = header::width(&self.header.cells);
        self.header
            .cells
            .iter()
            .take(width)
            .map(|cell| cell.trim().to_owned())
            .collect()
    }

    /// Rows, the header aside.
    pub fn rows(&self) -> usize {
        self.records.len()
    }

    /// The first values of a column that are not empty.
    pub fn samples(&self, place: usize) -> Vec<String> {
        let cells = self.records.iter().filter_map(|record| record.cells.get(place));
        cells
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .take(SAMPLES)
            .map(|cell| cell.chars().take(SAMPLE_LENGTH).collect())
            .collect()
    }

    /// What the names of the columns suggest; a field is suggested once.
    pub fn guesses(&self) -> Vec<Option<&'static str>> {
        let mut guesses: Vec<Option<&'static str>> = Vec::new();
        for name in self.names() {
            let field = header::meant(&name, self.table.columns()).map(|column| column.name);
            guesses.push(field.filter(|field| !guesses.contains(&Some(*field))));
        }
        guesses
    }

    /// The cells of a row, those beyond the columns too; a short row has empty ones. None without such a row.
    pub fn cells(&self, line: u32) -> Option<Vec<Cell>> {
        let record = self.records.iter().find(|record| record.line == line)?;
        let names = self.names();
        let count = record
            .cells
            .iter()
            .rposition(|cell| !cell.trim().is_empty())
            .map_or(0, |last| last + 1)
            .max(names.len());
        let cell = |place| Cell {
            place,
            name: names.get(place).cloned().unwrap_or_default(),
            value: record.cells.get(place).cloned().unwrap_or_default(),
        };
        Some((0..count).map(cell).collect())
    }

    /// The sheet with corrections over it, without the rows that were left aside.
    #[must_use]
    pub fn corrected(&self, corrections: &Corrections) -> Self {
        let width = header::width(&self.header.cells);
        let mut sheet = self.clone();
        sheet
            .records
            .retain(|record| !corrections.get(&record.line).is_some_and(|fix| fix.dropped));
        for record in &mut sheet.records {
            let Some(fix) = corrections.get(&record.line).filter(|fix| !fix.cells.is_empty()) else {
                continue;
            };
            let most = fix.cells.keys().next_back().map_or(0, |last| last + 1);
            // Whoever corrects a row that is too short has seen all of its cells.
            if record.cells.len() < width.max(most) {
                record.cells.resize(width.max(most), String::new());
            }
            for (place, value) in &fix.cells {
                record.cells[*place].clone_from(value);
            }
        }
        sheet
    }

    /// The rows of these lines as CSV under the file's own header, each with what was wrong with it.
    pub fn extract(&self, lines: &BTreeMap<u32, String>) -> String {
        let width = header::width(&self.header.cells);
        let mut out = String::from("\u{feff}");
        let write = |out: &mut String, cells: &[String], last: &str| {
            let cells = cells.iter().map(String::as_str).chain([last]);
            write_record(out, cells);
        };
        write(&mut out, &self.header.cells[..width], "remarques");
        for record in &self.records {
            if let Some(remarks) = lines.get(&record.line) {
                let mut cells = record.cells.clone();
                cells.resize(width.max(cells.len()), String::new());
                write(&mut out, &cells, remarks);
            }
        }
        out
    }
}

/// Reads sheets whose columns have a meaning; at most one for each table.
pub fn read_sheets(sheets: &[Placed<'_>], known: &Known) -> Reading {
    let mut reading = Reading::default();
    let mut sheets: Vec<&Placed<'_>> = sheets.iter().collect();
    sheets.sort_by_key(|placed| placed.sheet.table);
    let mut codes = Codes::default();
    for placed in sheets {
        let sheet = placed.sheet.corrected(placed.corrections);
        let mut problems = Vec::new();
        let readable = placed.tell_columns(&mut problems);
        let mut summary = Summary {
            table: sheet.table,
            rows: sheet.records.len(),
            accepted: 0,
            unreadable: !readable,
            encoding: sheet.encoding,
            delimiter: sheet.delimiter,
        };
        if readable {
            let places = (0..).zip(placed.fields);
            let places = places.filter_map(|(place, field)| Some(((*field)?, place)));
            let opened = Opened {
                columns: Columns::placed(places.collect(), header::width(&sheet.header.cells)),
                summary: summary.clone(),
            };
            summary.accepted = rows_of(
                sheet.table,
                &opened,
                &sheet.records,
                known,
                &mut codes,
                &mut problems,
                &mut reading,
            );
        }
        reading.summaries.push(summary);
        reading.problems.append(&mut problems);
    }
    reading
}

impl Placed<'_> {
    /// Tells of columns that are missing or ignored; whether rows can be read.
    fn tell_columns(&self, problems: &mut Vec<Problem>) -> bool {
        let (table, line) = (self.sheet.table, self.sheet.header.line);
        let mut readable = true;
        for column in table.columns() {
            if column.optional || self.fields.contains(&Some(column.name)) {
                continue;
            }
            let (message, cure) = if column.needed {
                let cure = (
                    "Dites quelle colonne du fichier la contient.",
                    "Say which column of the file holds it.",
                );
                (("la colonne manque", "the column is missing"), cure.into())
            } else {
                let message = (
                    "la colonne manque : elle est lue comme vide",
                    "the column is missing: it is read as empty",
                );
                (message, Said::nothing())
            };
            readable &= !column.needed;
            problems.push(about_file(
                table,
                line,
                column.name,
                message,
                cure,
                !column.needed,
            ));
        }
        for (name, field) in self.sheet.names().iter().zip(self.fields) {
            if field.is_none() && !name.is_empty() {
                let message = ("la colonne est laissée de côté", "the column is left aside");
                problems.push(about_file(table, line, name, message, Said::nothing(), true));
            }
        }
        readable
    }

    /// Whether a problem is about the file as a whole.
    pub fn about_file(&self, problem: &Problem) -> bool {
        problem.table == self.sheet.table && problem.line <= self.sheet.header.line
    }
}
