//! Rows of the tables as the directory takes them, and its answers by row.

use std::collections::BTreeMap;

use contracts::directory::v1::{OrganisationInput, PersonInput};
use tonic::Status;
use tonic_types::{FieldViolation, StatusExt as _};
use uuid::Uuid;

use crate::{
    domain::{Kind, Registration, Roll, Side},
    error::Error,
    import::{CandidateRow, EmployerRow, Problem, Reading, Table},
};

/// People of one call: the directory takes at most 5,000.
const CHUNK: usize = 2_000;

pub(super) struct Batch {
    pub(super) people: Vec<PersonInput>,
    pub(super) organisations: Vec<OrganisationInput>,
}

/// The rows as the directory takes them. Who is registered under a code is that person, whatever else changed.
pub(super) fn batches(kind: Kind, reading: &Reading, known: &[Registration]) -> Vec<Batch> {
    let known: BTreeMap<(bool, &str), Uuid> = known
        .iter()
        .map(|known| {
            (
                (known.side == Side::Employer, known.code.as_str()),
                known.person_id,
            )
        })
        .collect();
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

/// The keys of a batch in their order, to find the rows that the directory refuses.
pub(super) struct Keys {
    people: Vec<String>,
    organisations: Vec<String>,
}

impl Keys {
    pub(super) fn of(batch: &Batch) -> Self {
        Self {
            people: batch.people.iter().map(|person| person.key.clone()).collect(),
            organisations: batch
                .organisations
                .iter()
                .map(|organisation| organisation.key.clone())
                .collect(),
        }
    }

    /// Fields that the directory refuses (`people[3].mail`) as problems of their rows: its rules are stricter than ours
    /// here and there, and a coordinator knows lines, not requests.
    pub(super) fn refused(&self, status: &Status, reading: &Reading) -> Option<Error> {
        let violations = status.get_details_bad_request()?.field_violations;
        let problem = |violation: &FieldViolation| {
            let (place, field) = violation.field.split_once("].")?;
            let (list, place) = place.split_once('[')?;
            let keys = if list == "people" {
                &self.people
            } else {
                &self.organisations
            };
            let (side, code) = keys.get(place.parse::<usize>().ok()?)?.split_once(':')?;
            let employers = side == "e";
            let (table, line) = if employers {
                (
                    Table::Employers,
                    reading.employers.iter().find(|row| row.code == code)?.line,
                )
            } else {
                (
                    Table::Candidates,
                    reading.candidates.iter().find(|row| row.code == code)?.line,
                )
            };
            Some(Problem {
                table,
                line,
                column: column(employers, field).to_owned(),
                value: String::new(),
                message: format!("refusé par l'annuaire ({})", violation.description),
                cure: "Corrigez la cellule, ou videz-la.".to_owned(),
                notice: false,
                key: code.to_owned(),
            })
        };
        let problems: Vec<Problem> = violations.iter().filter_map(problem).collect();
        if problems.is_empty() {
            None
        } else {
            Some(Error::Faulty(problems))
        }
    }
}

fn column(employers: bool, field: &str) -> &'static str {
    match (field, employers) {
        ("mail", _) => "courriel",
        ("phone", true) => "telephone",
        ("phone", false) => "mobile",
        ("given_name" | "family_name", true) => "contact",
        ("given_name", false) => "prenom",
        ("family_name", false) => "nom",
        ("language", _) => "langue",
        ("access_needs", _) => "accessibilite",
        ("name", _) => "raison_sociale",
        ("sector", _) => "secteur",
        _ => "(ligne)",
    }
}

/// What the directory gave each key.
pub(super) struct Ids {
    pub(super) people: BTreeMap<String, String>,
    pub(super) organisations: BTreeMap<String, String>,
}

impl Ids {
    pub(super) fn employer(&self, row: &EmployerRow) -> Result<Roll, Error> {
        let key = employer_key(&row.code);
        Ok(Roll {
            side: Side::Employer,
            code: row.code.clone(),
            person_id: id(&self.people, &key)?,
            organisation_id: Some(id(&self.organisations, &key)?),
            arrives: row.arrives,
            leaves: row.leaves,
            meetings_max: row.meetings_max,
            parallel: row.parallel,
            position: row.position.clone(),
            referent: String::new(),
        })
    }

    pub(super) fn candidate(&self, row: &CandidateRow) -> Result<Roll, Error> {
        let key = candidate_key(&row.code);
        let organisation_id = if row.organisation.is_empty() {
            None
        } else {
            Some(id(&self.organisations, &key)?)
        };
        Ok(Roll {
            side: Side::Candidate,
            code: row.code.clone(),
            person_id: id(&self.people, &key)?,
            organisation_id,
            arrives: row.arrives,
            leaves: row.leaves,
            meetings_max: row.meetings_max,
            parallel: 1,
            position: String::new(),
            referent: row.referent.clone(),
        })
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
