//! Rows that were read well and cannot be taken: the directory refuses them, or the person takes part already.

use std::collections::{BTreeMap, BTreeSet};

use platform::{Said, said};
use serde::{Deserialize, Serialize};

use super::{
    CandidateRow, EmployerRow, Known, Problem, Reading, Table,
    fields::{Fault, clock},
    wishes,
};
use crate::domain::{Double, Seen};

/// What an import was decided on: who was registered, and which rows are left aside. The same files and the same
/// decision make the same batch for the directory, whatever has changed since. It holds no value of a row.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Decision {
    /// Registered at that time.
    pub seen: Vec<Seen>,
    /// Rows left aside, and why.
    pub left: Vec<Problem>,
}

impl Reading {
    /// Takes back rows that were accepted, and with them the wishes that name their codes.
    pub fn refuse(&mut self, problems: Vec<Problem>, known: &Known) {
        let mut problems: Vec<Problem> = problems
            .into_iter()
            .map(|problem| Problem {
                value: if problem.value.is_empty() {
                    self.value(&problem)
                } else {
                    problem.value
                },
                ..problem
            })
            .collect();
        let refused: BTreeSet<(Table, u32)> = problems
            .iter()
            .filter(|problem| !problem.notice)
            .map(|problem| (problem.table, problem.line))
            .collect();
        let mut gone: BTreeMap<(Table, String), u32> = BTreeMap::new();
        self.employers.retain(|row| {
            let stays = !refused.contains(&(Table::Employers, row.line));
            if !stays && !known.employers.contains_key(&row.code) {
                gone.insert((Table::Employers, row.code.clone()), row.line);
            }
            stays
        });
        self.candidates.retain(|row| {
            let stays = !refused.contains(&(Table::Candidates, row.line));
            if !stays && !known.candidates.contains_key(&row.code) {
                gone.insert((Table::Candidates, row.code.clone()), row.line);
            }
            stays
        });
        self.wishes.retain(|wish| {
            let sides = [
                (Table::Candidates, "candidat", &wish.candidate),
                (Table::Employers, "employeur", &wish.employer),
            ];
            let mut stays = !refused.contains(&(Table::Wishes, wish.line));
            for (table, column, code) in sides {
                if let Some(line) = gone.get(&(table, code.clone())) {
                    stays = false;
                    let key = format!("{} {}", wish.candidate, wish.employer);
                    let fault = wishes::unknown(column, Some(*line));
                    problems.push(problem(Table::Wishes, wish.line, column, code, fault, key));
                }
            }
            stays
        });
        for summary in &mut self.summaries {
            let lines: BTreeSet<u32> = problems
                .iter()
                .filter(|problem| problem.table == summary.table && !problem.notice)
                .map(|problem| problem.line)
                .collect();
            summary.accepted = summary.accepted.saturating_sub(lines.len());
        }
        self.problems.extend(problems);
        self.problems.sort_by_key(|problem| (problem.table, problem.line));
    }

    /// Rows about somebody who takes part under another code, as problems of their rows.
    pub fn doubled(&self, doubles: &[Double]) -> Vec<Problem> {
        let row = |double: &Double| {
            let row = self.candidates.iter().find(|row| row.code == double.code)?;
            let other = self.candidates.iter().find(|row| row.code == double.other);
            let (column, value) = row.reached_by();
            let fault = same_person(&double.other, other.map(|other| other.line));
            Some(problem(
                Table::Candidates,
                row.line,
                column,
                value,
                fault,
                row.code.clone(),
            ))
        };
        doubles.iter().filter_map(row).collect()
    }

    /// What stands in the cell that a problem names, when its row was accepted.
    fn value(&self, problem: &Problem) -> String {
        let value = match problem.table {
            Table::Employers => {
                let row = self.employers.iter().find(|row| row.line == problem.line);
                row.map(|row| row.value(&problem.column))
            }
            Table::Candidates => {
                let row = self.candidates.iter().find(|row| row.line == problem.line);
                row.map(|row| row.value(&problem.column))
            }
            Table::Wishes => match problem.column.as_str() {
                "avis_employeur" => Some("non".to_owned()),
                "interdit" => Some("oui".to_owned()),
                _ => None,
            },
        };
        value.unwrap_or_default()
    }
}

impl EmployerRow {
    fn value(&self, column: &str) -> String {
        match column {
            "courriel" => self.mail.clone(),
            "telephone" => self.phone.clone(),
            "contact" => format!("{} {}", self.given_name, self.family_name),
            "raison_sociale" => self.organisation.clone(),
            "secteur" => self.sector.clone(),
            "recruteurs" => self.parallel.to_string(),
            "arrivee" => self.arrives.map(clock).unwrap_or_default(),
            "depart" => self.leaves.map(clock).unwrap_or_default(),
            "rendez_vous_max" => self.meetings_max.map(|cap| cap.to_string()).unwrap_or_default(),
            _ => self.code.clone(),
        }
    }
}

impl CandidateRow {
    /// The contact by which two rows are seen to be about one person.
    pub(super) fn reached_by(&self) -> (&'static str, &str) {
        match (self.mail.is_empty(), self.phone.is_empty()) {
            (false, _) => ("courriel", &self.mail),
            (true, false) => ("mobile", &self.phone),
            (true, true) => ("candidat", &self.code),
        }
    }

    fn value(&self, column: &str) -> String {
        match column {
            "courriel" => self.mail.clone(),
            "mobile" => self.phone.clone(),
            "prenom" => self.given_name.clone(),
            "nom" => self.family_name.clone(),
            "langue" => self.language.clone(),
            "accessibilite" => self.access_needs.clone(),
            "arrivee" => self.arrives.map(clock).unwrap_or_default(),
            "depart" => self.leaves.map(clock).unwrap_or_default(),
            "rendez_vous_max" => self.meetings_max.map(|cap| cap.to_string()).unwrap_or_default(),
            "raison_sociale" => self.organisation.clone(),
            _ => self.code.clone(),
        }
    }
}

/// Said of a row about somebody who takes part under another code.
pub(super) fn same_person(other: &str, line: Option<u32>) -> Fault {
    let Said { french, english } = match line {
        Some(line) => said!("à la ligne {line}", "on line {line}"),
        None => Said::new(
            "déjà inscrit à cette session",
            "already registered in this session",
        ),
    };
    Fault::new(
        said!(
            "est la même personne que le candidat {other}, {french} : même contact et même nom",
            "is the same person as candidate {other}, {english}: same contact and same name"
        ),
        said!(
            "Gardez un seul code par personne : reprenez {other}, ou corrigez le contact ou le nom.",
            "Keep one code per person: take {other}, or correct the contact or the name."
        ),
    )
}

pub(super) fn problem(
    table: Table,
    line: u32,
    column: &str,
    value: &str,
    fault: Fault,
    key: String,
) -> Problem {
    Problem {
        table,
        line,
        column: column.to_owned(),
        value: value.to_owned(),
        message: fault.message,
        cure: fault.cure,
        notice: false,
        key,
    }
}
