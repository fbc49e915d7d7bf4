//! What goes in and what comes out.

use std::collections::BTreeMap;

use jiff::civil::Time;
use platform::Said;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{candidates, employers, header::Column, wishes};
use crate::domain::{Opinion, Roll, Side};

/// Bytes of one file.
pub const FILE_MOST: usize = 10 * 1024 * 1024;
/// Rows of one file, the header aside.
pub const ROWS_MOST: usize = 20_000;

/// The tables that can be imported.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Employers, or buyers.
    Employers,
    /// Candidates, or inclusion enterprises.
    Candidates,
    /// Wishes of both sides.
    Wishes,
}

/// A file as received.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Which table it is.
    pub table: Table,
    /// Its bytes.
    pub content: &'a [u8],
}

/// What the session already knows.
#[derive(Clone, Debug)]
pub struct Known {
    /// First and last instant of the session, wall clock.
    pub hours: (Time, Time),
    /// Registered employers by code; the flag says whether they withdrew.
    pub employers: BTreeMap<String, bool>,
    /// Registered candidates by code.
    pub candidates: BTreeMap<String, bool>,
}

/// Something to tell about a row.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// The table.
    pub table: Table,
    /// Line of the file on which the record starts; the header is line 1.
    pub line: u32,
    /// Column name.
    pub column: String,
    /// The value, cut short. Never stored: it may be a telephone number.
    #[serde(skip)]
    pub value: String,
    /// What is wrong.
    pub message: Said,
    /// What to do; empty for most notices.
    pub cure: Said,
    /// A notice does not stop the row.
    pub notice: bool,
    /// Key of the record, when it could be read.
    pub key: String,
}

/// What was read of one file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Summary {
    /// The table.
    pub table: Table,
    /// Rows, the header aside.
    pub rows: usize,
    /// Rows without error.
    pub accepted: usize,
    /// Whether the file as a whole cannot be read: no row of it can be left aside.
    pub unreadable: bool,
    /// Name of the encoding.
    pub encoding: &'static str,
    /// `;` or `,`.
    pub delimiter: char,
}

/// An accepted row of the employers' table.
#[expect(missing_docs, reason = "the columns of the table, described in the README")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EmployerRow {
    pub line: u32,
    pub code: String,
    pub organisation: String,
    pub sector: String,
    pub position: String,
    pub parallel: i64,
    pub given_name: String,
    pub family_name: String,
    pub mail: String,
    pub phone: String,
    pub arrives: Option<Time>,
    pub leaves: Option<Time>,
    pub meetings_max: Option<i64>,
}

/// An accepted row of the candidates' table.
#[expect(missing_docs, reason = "the columns of the table, described in the README")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CandidateRow {
    pub line: u32,
    pub code: String,
    pub given_name: String,
    pub family_name: String,
    pub mail: String,
    pub phone: String,
    pub language: String,
    /// Of the enterprise that comes to a B2B session; empty for people who come for themselves.
    pub organisation: String,
    pub access_needs: String,
    pub arrives: Option<Time>,
    pub leaves: Option<Time>,
    pub meetings_max: Option<i64>,
    pub referent: String,
}

/// An accepted row of the wishes' table.
#[expect(missing_docs, reason = "the columns of the table, described in the README")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WishRow {
    pub line: u32,
    pub candidate: String,
    pub employer: String,
    /// 0: the candidate expressed none.
    pub rank: i64,
    pub opinion: Option<Opinion>,
    pub recommended: bool,
    pub must: bool,
    pub must_not: bool,
}

/// All that was read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// One for each file, in the order employers, candidates, wishes.
    pub summaries: Vec<Summary>,
    /// In the order of tables and lines.
    pub problems: Vec<Problem>,
    /// Accepted rows.
    pub employers: Vec<EmployerRow>,
    /// Accepted rows.
    pub candidates: Vec<CandidateRow>,
    /// Accepted rows.
    pub wishes: Vec<WishRow>,
}

impl Table {
    /// Characters of a code.
    pub(super) const CODE_MOST: usize = 40;

    /// All of them, in the order in which they are read.
    pub const ALL: [Self; 3] = [Self::Employers, Self::Candidates, Self::Wishes];

    /// As files and pages call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Employers => "employeurs",
            Self::Candidates => "candidats",
            Self::Wishes => "voeux",
        }
    }

    /// What a column can be, and whether no row can be read without it.
    pub fn fields(self) -> impl Iterator<Item = (&'static str, bool)> {
        self.columns().iter().map(|column| (column.name, column.needed))
    }

    /// The field of that name.
    pub fn field(self, name: &str) -> Option<&'static str> {
        self.fields().map(|(field, _)| field).find(|field| *field == name)
    }

    pub(super) fn columns(self) -> &'static [Column] {
        match self {
            Self::Employers => &employers::COLUMNS,
            Self::Candidates => &candidates::COLUMNS,
            Self::Wishes => &wishes::COLUMNS,
        }
    }
}

impl EmployerRow {
    /// The row as a registration of this person and organisation.
    pub fn roll(&self, (person_id, organisation_id): (Uuid, Option<Uuid>)) -> Roll {
        Roll {
            side: Side::Employer,
            code: self.code.clone(),
            person_id,
            organisation_id,
            arrives: self.arrives,
            leaves: self.leaves,
            meetings_max: self.meetings_max,
            parallel: self.parallel,
            position: self.position.clone(),
            referent: String::new(),
        }
    }
}

impl CandidateRow {
    /// The row as a registration of this person, and of the enterprise for which they come.
    pub fn roll(&self, (person_id, organisation_id): (Uuid, Option<Uuid>)) -> Roll {
        Roll {
            side: Side::Candidate,
            code: self.code.clone(),
            person_id,
            organisation_id,
            arrives: self.arrives,
            leaves: self.leaves,
            meetings_max: self.meetings_max,
            parallel: 1,
            position: String::new(),
            referent: self.referent.clone(),
        }
    }
}

impl Reading {
    /// Whether anything refuses the whole import.
    pub fn faulty(&self) -> bool {
        self.problems.iter().any(|problem| !problem.notice)
    }

    /// Whether a file cannot be read at all, so that its rows cannot be left aside either.
    pub fn unreadable(&self) -> bool {
        self.summaries.iter().any(|summary| summary.unreadable)
    }
}
