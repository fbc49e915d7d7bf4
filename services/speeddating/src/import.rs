//! Reads the three tables of a session from bytes. Pure: it knows the session's codes and hours, nothing else.
//!
//! Every problem names the line, the column, the value and the cure, in French and in English, because staff read them.

mod candidates;
mod clashing;
mod employers;
mod faces;
pub(crate) mod fields;
mod header;
mod leaving;
mod open;
mod row;
mod rows;
mod sheet;
mod tables;
mod text;
mod wishes;

pub(crate) use self::text::write_record;
pub use self::{
    leaving::Decision,
    sheet::{Cell, Correction, Corrections, Placed, Sheet, read_sheets},
    tables::{
        CandidateRow, EmployerRow, FILE_MOST, File, Known, Problem, ROWS_MOST, Reading, Summary, Table,
        WishRow,
    },
};
use self::{
    open::records,
    rows::{Codes, rows_of},
};

/// Reads the files; at most one for each table (the caller refuses more).
pub fn read(files: &[File<'_>], known: &Known) -> Reading {
    let mut reading = Reading::default();
    let mut files: Vec<&File<'_>> = files.iter().collect();
    files.sort_by_key(|file| file.table);
    // Codes that wishes may name, and those whose row is faulty.
    let mut codes = Codes::default();
    for file in files {
        let mut problems = Vec::new();
        let summary = match records(file, &mut problems) {
            Ok((opened, rows)) => {
                let accepted = rows_of(
                    file.table,
                    &opened,
                    &rows,
                    known,
                    &mut codes,
                    &mut problems,
                    &mut reading,
                );
                Summary {
                    rows: rows.len(),
                    accepted,
                    unreadable: false,
                    ..opened.summary
                }
            }
            Err(summary) => summary,
        };
        reading.summaries.push(summary);
        reading.problems.append(&mut problems);
    }
    reading
}
