//! The directory's answers by row, and the keys under which it took them.

use std::collections::BTreeMap;

use contracts::directory::v1::{Match, OrganisationMatch, PersonMatch, UpsertPeopleRequest};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{domain::Roll, import::Table};

/// What the directory makes of a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Nobody known.
    New,
    /// Known, something changes.
    Changed,
    /// Known, nothing changes.
    Identical,
    /// The same contact under another name.
    Alike,
}

/// A row, and who it is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Found {
    /// The table of the row.
    pub table: Table,
    /// The code of the row.
    pub code: String,
    /// What is made of it, its organisation included.
    pub outcome: Outcome,
    /// Whoever looks alike, when the directory knows them already.
    pub other: Option<Uuid>,
    /// The organisation, when it is known.
    pub organisation: Option<Uuid>,
    /// Names of the fields that change, or that coincide.
    pub fields: Vec<String>,
}

/// Rows compared with the people who are known.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Nobody known.
    pub new: i64,
    /// Known, something changes.
    pub changed: i64,
    /// Known, nothing changes.
    pub identical: i64,
    /// The same contact under another name.
    pub duplicates: i64,
}

/// Who the rows are, by side.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Comparison {
    /// Of the employers' table.
    pub employers: Tally,
    /// Of the candidates' table.
    pub candidates: Tally,
}

/// What an import of people did.
pub struct Upserted {
    /// The rows, with whom they are about.
    pub rolls: Vec<Roll>,
    /// Who they were.
    pub comparison: Comparison,
    /// Keys under which the directory took them.
    pub requests: Vec<Uuid>,
}

/// Where the keys of an import's parts come from.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// From the caller: the same key must come with the same rows.
    Given(Uuid),
    /// From what is asked, of whom and at which version: the same rows have one key, corrected ones another.
    Content(Uuid, i64),
}

impl Key {
    /// The key of a part: the caller's own for the first, then one that the same import always has.
    pub(super) fn of(self, number: usize, request: &UpsertPeopleRequest) -> Uuid {
        let digest = match self {
            Self::Given(id) if number == 0 => return id,
            Self::Given(id) => Sha256::new()
                .chain_update(id.as_bytes())
                .chain_update(number.to_be_bytes()),
            Self::Content(id, version) => Sha256::new()
                .chain_update(id.as_bytes())
                .chain_update(version.to_be_bytes())
                .chain_update(number.to_be_bytes())
                .chain_update(request.encode_to_vec()),
        };
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.finalize()[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

impl Comparison {
    /// Counts rows.
    pub fn of(rows: &[Found]) -> Self {
        let mut comparison = Self::default();
        for row in rows {
            let tally = match row.table {
                Table::Employers => &mut comparison.employers,
                Table::Candidates | Table::Wishes => &mut comparison.candidates,
            };
            match row.outcome {
                Outcome::New => tally.new += 1,
                Outcome::Identical => tally.identical += 1,
                Outcome::Changed => tally.changed += 1,
                Outcome::Alike => tally.duplicates += 1,
            }
        }
        comparison
    }
}

/// The answers of a call, by row.
pub(super) fn found(people: &[PersonMatch], organisations: &[OrganisationMatch]) -> Vec<Found> {
    let organisations: BTreeMap<&str, &OrganisationMatch> =
        organisations.iter().map(|row| (row.key.as_str(), row)).collect();
    let found = |row: &PersonMatch| {
        let (side, code) = row.key.split_once(':')?;
        let organisation = organisations.get(row.key.as_str());
        Some(Found {
            table: if side == "e" {
                Table::Employers
            } else {
                Table::Candidates
            },
            code: code.to_owned(),
            outcome: match row.r#match() {
                Match::New | Match::Unspecified => Outcome::New,
                Match::Identical => Outcome::Identical,
                Match::Changed => Outcome::Changed,
                Match::PossibleDuplicate => Outcome::Alike,
            },
            other: row.other_person_id.parse().ok(),
            organisation: organisation.and_then(|row| row.organisation_id.parse().ok()),
            fields: row.fields.clone(),
        })
    };
    people.iter().filter_map(found).collect()
}
