//! Rows of the tables as the directory takes them, and its answers by row.

use std::collections::{BTreeMap, BTreeSet};

use contracts::directory::v1::{Match, OrganisationInput, PersonInput, PersonMatch};
use uuid::Uuid;

use crate::{
    domain::{Kind, Roll, Seen},
    error::Error,
    import::{CandidateRow, EmployerRow, Problem, Reading, Table},
};

/// People of one call: the directory takes at most 5,000.
const CHUNK: usize = 2_000;

pub(super) struct Batch {
    pub(super) people: Vec<PersonInput>,
    pub(super) organisations: Vec<OrganisationInput>,
}

/// Who codes stand for, as far as this is known.
#[derive(Clone, Debug)]
pub struct Who<'a> {
    /// Who is registered under a code is that person, whatever else changed.
    pub seen: &'a [Seen],
    /// Whom somebody has chosen for a code that is not registered.
    pub chosen: BTreeMap<(Table, String), Uuid>,
}

impl<'a> Who<'a> {
    /// Nobody was chosen.
    pub fn registered(seen: &'a [Seen]) -> Self {
        Self {
            seen,
            chosen: BTreeMap::new(),
        }
    }
}

/// The rows as the directory takes them.
pub(super) fn batches(kind: Kind, reading: &Reading, who: &Who<'_>) -> Vec<Batch> {
    let chosen = who.chosen.iter().map(|((table, code), person)| {
        let employer = *table == Table::Employers;
        ((employer, code.as_str()), *person)
    });
    let seen = who
        .seen
        .iter()
        .map(|seen| ((seen.employer, seen.code.as_str()), seen.person_id));
    let known: BTreeMap<(bool, &str), Uuid> = chosen.chain(seen).collect();
    let person = |employer: bool, code: &str| {
        known
            .get(&(employer, code))
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    let employers = reading.employers.iter().map(|row| {
        let key = employer_key(&row.code);
        let organisation = OrganisationInput {
            key: key.clone(),
            name: row.organisation.clone(),
            kind: if kind == Kind::B2b { "buyer" } else { "company" }.to_owned(),
            sector: row.sector.clone(),
            siret: String::new(),
        };
        let person = PersonInput {
            key: key.clone(),
            given_name: row.given_name.clone(),
            family_name: row.family_name.clone(),
            mail: row.mail.clone(),
            phone: row.phone.clone(),
            language: String::new(),
            access_needs: String::new(),
            organisation_key: key,
            person_id: person(true, &row.code),
        };
        (person, Some(organisation))
    });
    let candidates = reading.candidates.iter().map(|row| {
        let key = candidate_key(&row.code);
        let organisation = (!row.organisation.is_empty()).then(|| OrganisationInput {
            key: key.clone(),
            name: row.organisation.clone(),
            kind: "inclusion_employer".to_owned(),
            sector: String::new(),
            siret: String::new(),
        });
        let person = PersonInput {
            key: key.clone(),
            given_name: row.given_name.clone(),
            family_name: row.family_name.clone(),
            mail: row.mail.clone(),
            phone: row.phone.clone(),
            language: row.language.clone(),
            access_needs: row.access_needs.clone(),
            organisation_key: if organisation.is_some() {
                key
            } else {
                String::new()
            },
            person_id: person(false, &row.code),
        };
        (person, organisation)
    });
    let all: Vec<_> = employers.chain(candidates).collect();
    all.chunks(CHUNK)
        .map(|chunk| Batch {
            people: chunk.iter().map(|(person, _)| person.clone()).collect(),
            organisations: chunk
                .iter()
                .filter_map(|(_, organisation)| organisation.clone())
                .collect(),
        })
        .collect()
}

impl Batch {
    /// Leaves the rows of these lines out.
    pub(super) fn without(&mut self, reading: &Reading, problems: &[Problem]) {
        let gone: BTreeSet<String> = problems
            .iter()
            .filter_map(|problem| key_of(reading, problem))
            .collect();
        self.people.retain(|person| !gone.contains(&person.key));
        self.organisations
            .retain(|organisation| !gone.contains(&organisation.key));
    }
}

fn key_of(reading: &Reading, problem: &Problem) -> Option<String> {
    match problem.table {
        Table::Employers => {
            let row = reading.employers.iter().find(|row| row.line == problem.line)?;
            Some(employer_key(&row.code))
        }
        Table::Candidates => {
            let row = reading.candidates.iter().find(|row| row.line == problem.line)?;
            Some(candidate_key(&row.code))
        }
        Table::Wishes => None,
    }
}

/// Candidates whom a preview found among those known: code and person.
pub(super) fn candidates_known(people: &[PersonMatch]) -> Vec<(String, Uuid)> {
    let known = |row: &PersonMatch| {
        let same = matches!(row.r#match(), Match::Identical | Match::Changed);
        let code = row.key.strip_prefix("c:").filter(|_| same)?;
        Some((code.to_owned(), row.person_id.parse().ok()?))
    };
    people.iter().filter_map(known).collect()
}

/// What the directory gave each key.
pub(super) struct Ids {
    pub(super) people: BTreeMap<String, String>,
    pub(super) organisations: BTreeMap<String, String>,
}

impl Ids {
    pub(super) fn employer(&self, row: &EmployerRow) -> Result<Roll, Error> {
        let key = employer_key(&row.code);
        Ok(row.roll((id(&self.people, &key)?, Some(id(&self.organisations, &key)?))))
    }

    pub(super) fn candidate(&self, row: &CandidateRow) -> Result<Roll, Error> {
        let key = candidate_key(&row.code);
        let organisation = if row.organisation.is_empty() {
            None
        } else {
            Some(id(&self.organisations, &key)?)
        };
        Ok(row.roll((id(&self.people, &key)?, organisation)))
    }
}

fn id(of: &BTreeMap<String, String>, key: &str) -> Result<Uuid, Error> {
    let id = of.get(key).and_then(|id| id.parse().ok());
    id.ok_or_else(|| Error::internal("the directory gave a row no id"))
}

fn employer_key(code: &str) -> String {
    format!("e:{code}")
}

fn candidate_key(code: &str) -> String {
    format!("c:{code}")
}
