//! One person on two rows of a file, as the directory would see it: the same mail and name, or the same number and name.

use std::collections::BTreeMap;

use super::{CandidateRow, fields::Fault, header::fold, leaving::same_person};

/// Letters that Unicode does not take apart, and what people type for them.
const FOLDS: [(char, &str); 6] = [
    ('ß', "ss"),
    ('œ', "oe"),
    ('æ', "ae"),
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
];

/// Whom the rows so far are about.
#[derive(Default)]
pub(super) struct Faces(BTreeMap<(String, String), (u32, String)>);

impl Faces {
    /// Notes the row; when an earlier one is about the same person: the column and value that both have, and what to
    /// say of it.
    pub(super) fn meet(&mut self, row: &CandidateRow) -> Option<(&'static str, String, Fault)> {
        let name = name_key(&format!("{} {}", row.given_name, row.family_name));
        let contacts = [
            ("courriel", &row.mail, row.mail.to_lowercase()),
            ("mobile", &row.phone, subscriber(&row.phone)),
        ];
        let mut same = None;
        for (column, typed, contact) in contacts {
            if contact.is_empty() {
                continue;
            }
            let key = (contact, name.clone());
            match self.0.get(&key) {
                Some((line, code)) if same.is_none() => {
                    same = Some((column, typed.clone(), same_person(code, Some(*line))));
                }
                Some(_) => {}
                None => {
                    self.0.insert(key, (row.line, row.code.clone()));
                }
            }
        }
        same
    }
}

fn name_key(name: &str) -> String {
    let mut key = fold(name);
    for (letter, plain) in FOLDS {
        key = key.replace(letter, plain);
    }
    key
}

/// The digits that two spellings of one number share.
fn subscriber(phone: &str) -> String {
    let digits: String = phone
        .replace("(0)", "")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let national = match digits.strip_prefix("33") {
        Some(national) if digits.len() >= 11 => national,
        _ => digits,
    };
    national.strip_prefix('0').unwrap_or(national).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_and_of_one_name_are_the_same() {
        for typed in [
            "06 39 98 00 01",
            "+33 6 39 98 00 01",
            "0033639980001",
            "+33 (0)6.39.98.00.01",
            "639980001",
        ] {
            assert_eq!(subscriber(typed), "639980001", "{typed}");
        }
        assert_eq!(name_key("Éva  D'ŒUVRE-Roux"), name_key("eva d oeuvre roux"));
        assert_ne!(name_key("Eva Roux"), name_key("Ava Roux"));
    }
}
