//! What the directory refuses, as problems of rows: its rules are stricter than ours here and there, and a coordinator
//! knows lines, not requests.

use tonic::Status;
use tonic_types::{FieldViolation, StatusExt as _};

use super::rows::Batch;
use crate::import::{Problem, Reading, Table};

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

    /// Fields that the directory refuses (`people[3].mail`) as problems of their rows; empty when it refuses something
    /// else. The value is filled in by whoever takes the rows back.
    pub(super) fn refused(&self, status: &Status, reading: &Reading) -> Vec<Problem> {
        let violations = status
            .get_details_bad_request()
            .map(|details| details.field_violations)
            .unwrap_or_default();
        violations
            .iter()
            .filter_map(|violation| self.problem(violation, reading))
            .collect()
    }

    fn problem(&self, violation: &FieldViolation, reading: &Reading) -> Option<Problem> {
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
            let row = reading.employers.iter().find(|row| row.code == code)?;
            (Table::Employers, row.line)
        } else {
            let row = reading.candidates.iter().find(|row| row.code == code)?;
            (Table::Candidates, row.line)
        };
        let (message, cure) = words(field);
        Some(Problem {
            table,
            line,
            column: column(employers, field).to_owned(),
            value: String::new(),
            message: message.into(),
            cure: cure.into(),
            notice: false,
            key: code.to_owned(),
        })
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
        ("person_id", true) => "employeur",
        ("person_id", false) => "candidat",
        _ => "(ligne)",
    }
}

/// One text in both languages.
type Both = (&'static str, &'static str);

/// What is wrong, and the cure.
fn words(field: &str) -> (Both, Both) {
    match field {
        "mail" => (
            (
                "n'est pas une adresse de courriel que l'annuaire accepte",
                "is not an email address that the directory accepts",
            ),
            (
                "Corrigez l'adresse (nom@exemple.fr) ou laissez vide.",
                "Correct the address (name@example.org) or leave it empty.",
            ),
        ),
        "phone" => (
            (
                "n'est pas un numéro de téléphone qui existe : indicatif ou longueur",
                "is not a telephone number that exists: country code or length",
            ),
            (
                "Corrigez le numéro (06 12 34 56 78, ou + et un indicatif de pays connu) ou laissez vide.",
                "Correct the number (06 12 34 56 78, or + and a known country code) or leave it empty.",
            ),
        ),
        "given_name" | "family_name" => (
            (
                "n'est pas un nom que l'annuaire accepte : il y faut au moins une lettre",
                "is not a name that the directory accepts: it needs at least one letter",
            ),
            (
                "Retapez le prénom et le nom.",
                "Type the first name and the last name again.",
            ),
        ),
        "language" => (
            ("n'est pas un code de langue connu", "is no known language code"),
            (
                "Écrivez le code à deux lettres de la langue, ou laissez vide.",
                "Write the two-letter code of the language, or leave it empty.",
            ),
        ),
        "access_needs" | "sector" => (
            (
                "n'est pas un texte que l'annuaire accepte : trop long, ou caractères de contrôle",
                "is not a text that the directory accepts: too long, or with control characters",
            ),
            (
                "Raccourcissez ou retapez le texte.",
                "Shorten the text or type it again.",
            ),
        ),
        "name" => (
            (
                "n'est pas un nom d'organisation que l'annuaire accepte : il y faut une lettre ou un chiffre",
                "is not an organisation’s name that the directory accepts: it needs a letter or a digit",
            ),
            (
                "Retapez la raison sociale.",
                "Type the organisation’s name again.",
            ),
        ),
        "person_id" => (
            (
                "désigne une personne effacée de l'annuaire, ou qui n'y est plus",
                "is about a person who was erased from the directory, or is no longer there",
            ),
            (
                "Supprimez la ligne ; si la personne s'inscrit de nouveau, donnez-lui un nouveau code.",
                "Delete the row; if the person registers again, give them a new code.",
            ),
        ),
        _ => (
            ("est refusé par l'annuaire", "is refused by the directory"),
            ("Retapez la ligne.", "Type the row again."),
        ),
    }
}
