//! Rows that would make meetings impossible of which people were told.

use std::collections::BTreeSet;

use platform::{Said, said};

use super::{Problem, Reading, Table, fields::Fault, leaving::problem, open::about_file};
use crate::domain::{Clash, Opinion, Refusal};

impl Reading {
    /// Rows that are to blame for clashes with the published timetable, each once, as problems of theirs.
    pub fn blamed(&self, clashes: &[Clash]) -> Vec<Problem> {
        let mut seen = BTreeSet::new();
        let problems = clashes.iter().filter_map(|clash| self.blame(clash));
        problems
            .filter(|problem| seen.insert((problem.table, problem.line)))
            .collect()
    }

    /// Says of the first file what no row of it is to blame for.
    pub fn blame_file(&mut self, clashes: &[Clash]) {
        let Some(table) = self.summaries.first().map(|summary| summary.table) else {
            return;
        };
        if clashes.is_empty() {
            return;
        }
        let refusal = Refusal::Clashes(clashes.to_vec());
        let message = Said::new(refusal.to_string(), refusal.in_english());
        self.problems
            .push(about_file(table, 1, "(fichier)", message, cure(), false));
        self.problems.sort_by_key(|problem| (problem.table, problem.line));
    }

    fn blame(&self, clash: &Clash) -> Option<Problem> {
        let (table, code, column) = match clash {
            Clash::CandidateAway { code, at, from, .. } => (Table::Candidates, code, hour(at, from)),
            Clash::EmployerAway { code, at, from, .. } => (Table::Employers, code, hour(at, from)),
            Clash::CandidateFull { code, .. } => (Table::Candidates, code, "rendez_vous_max"),
            Clash::EmployerFull { code, .. } => (Table::Employers, code, "rendez_vous_max"),
            Clash::EmployerBusy { employer, .. } => (Table::Employers, employer, "recruteurs"),
            Clash::Forbidden { candidate, employer } => {
                let wish = self.wishes.iter().find(|wish| {
                    let forbids = wish.must_not || wish.opinion == Some(Opinion::No);
                    forbids && wish.candidate == *candidate && wish.employer == *employer
                })?;
                let column = if wish.must_not {
                    "interdit"
                } else {
                    "avis_employeur"
                };
                let key = format!("{candidate} {employer}");
                return Some(problem(Table::Wishes, wish.line, column, "", fault(clash), key));
            }
            // Of the room, or of another session: no cell says it.
            Clash::NoSuchSlot { .. }
            | Clash::NoSuchTable { .. }
            | Clash::CandidateBusy { .. }
            | Clash::TableTaken { .. }
            | Clash::NoTableLeft { .. }
            | Clash::PairTwice { .. }
            | Clash::Elsewhere { .. }
            | Clash::Withdrawn { .. }
            | Clash::Absent { .. }
            | Clash::Unregistered => return None,
        };
        let line = match table {
            Table::Employers => self.employers.iter().find(|row| row.code == *code)?.line,
            Table::Candidates | Table::Wishes => self.candidates.iter().find(|row| row.code == *code)?.line,
        };
        // The value is filled in by whoever takes the row back.
        Some(problem(table, line, column, "", fault(clash), code.clone()))
    }
}

/// Which of the two hours keeps somebody from being there; both are written `09:00`.
fn hour(at: &str, from: &str) -> &'static str {
    if at < from { "arrivee" } else { "depart" }
}

fn fault(clash: &Clash) -> Fault {
    let (french, english) = (clash.to_string(), clash.in_english());
    let message = said!(
        "un rendez-vous publié ne pourrait plus avoir lieu : {french}",
        "a published meeting could no longer take place: {english}"
    );
    Fault::new(message, cure())
}

fn cure() -> (&'static str, &'static str) {
    (
        "Corrigez la ligne, ou déplacez ou annulez d'abord le rendez-vous.",
        "Correct the row, or move or cancel the meeting first.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Summary, open::unread};

    #[test]
    fn what_no_row_is_to_blame_for_is_said_of_the_file() {
        let clash = Clash::NoSuchTable { table: 3, tables: 2 };
        let mut reading = Reading {
            summaries: vec![Summary {
                unreadable: false,
                ..unread(Table::Employers)
            }],
            ..Reading::default()
        };
        assert_eq!(reading.blamed(std::slice::from_ref(&clash)), []);
        reading.blame_file(&[]);
        assert!(!reading.faulty());
        reading.blame_file(&[clash]);
        let told = &reading.problems[0];
        assert_eq!(
            (told.table, told.line, told.column.as_str()),
            (Table::Employers, 1, "(fichier)")
        );
        assert!(
            told.message.french.contains("la table 3 n'existe pas"),
            "{told:?}"
        );
        assert!(reading.faulty() && !reading.unreadable());
    }

    #[test]
    fn the_hour_that_keeps_somebody_away_is_named() {
        assert_eq!(hour("09:00", "09:15"), "arrivee");
        assert_eq!(hour("09:15", "09:00"), "depart");
    }
}
