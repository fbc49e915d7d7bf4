//! Rows of an import: checked, not yet matched with those known.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{Error, Language, Mail, Phone, Siret, Violation, name};

/// A person as a caller gives them: text, nothing checked.
#[derive(Clone, Debug, Default)]
pub struct PersonRow {
    /// The caller's key.
    pub key: String,
    /// As typed.
    pub given_name: String,
    /// As typed.
    pub family_name: String,
    /// As typed.
    pub mail: String,
    /// As typed.
    pub phone: String,
    /// As typed.
    pub language: String,
    /// As typed.
    pub access_needs: String,
    /// Key of an organisation of the same import, or empty.
    pub organisation_key: String,
    /// The person meant, when the caller knows; or empty.
    pub person_id: String,
}

/// An organisation as a caller gives it.
#[derive(Clone, Debug, Default)]
pub struct OrganisationRow {
    /// The caller's key.
    pub key: String,
    /// As typed.
    pub name: String,
    /// As typed.
    pub kind: String,
    /// As typed.
    pub sector: String,
    /// As typed.
    pub siret: String,
}

/// A row that can be stored. Empty means "the import does not say".
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PersonDraft {
    /// The caller's key.
    pub key: String,
    /// Tidy.
    pub given_name: String,
    /// Tidy, with a letter in it.
    pub family_name: String,
    /// Address.
    pub mail: Option<Mail>,
    /// Number.
    pub phone: Option<Phone>,
    /// Language.
    pub language: Option<Language>,
    /// Tidy.
    pub access_needs: String,
    /// Place of the organisation among those of the import.
    pub organisation: Option<usize>,
    /// The person meant, when the caller knows.
    pub known_as: Option<Uuid>,
}

/// An organisation that can be stored.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OrganisationDraft {
    /// The caller's key.
    pub key: String,
    /// Tidy, with a letter or digit in it.
    pub name: String,
    /// Identifier, or empty.
    pub kind: String,
    /// Tidy.
    pub sector: String,
    /// Register number.
    pub siret: Option<Siret>,
}

/// All rows of an import, each good.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    /// In the order of the request.
    pub people: Vec<PersonDraft>,
    /// In the order of the request.
    pub organisations: Vec<OrganisationDraft>,
}

/// Most people, and most organisations, of one import.
pub const MOST_ROWS: usize = 5_000;
/// More faults than this are not listed one by one: the details of a gRPC status travel in a header.
const MOST_VIOLATIONS: usize = 40;
const LONGEST_KEY: usize = 64;
const LONGEST_NAME: usize = 100;
const LONGEST_TITLE: usize = 200;
const LONGEST_NOTE: usize = 500;

impl PersonDraft {
    /// Neither mail nor telephone.
    pub fn is_bare(&self) -> bool {
        self.mail.is_none() && self.phone.is_none()
    }
}

impl Drafts {
    /// Checks every row; on any fault nothing is kept and each fault names its row and field (`people[3].mail`).
    pub fn read(people: &[PersonRow], organisations: &[OrganisationRow]) -> Result<Self, Error> {
        for (field, count) in [("people", people.len()), ("organisations", organisations.len())] {
            if count > MOST_ROWS {
                let told =
                    format!("holds {count} rows, at most {MOST_ROWS} are taken at once: import in parts");
                return Err(Error::field(field, told));
            }
        }
        let mut faults = Faults::default();
        let mut places = HashMap::new();
        let organisations = organisations.iter().enumerate().map(|(place, row)| {
            faults.row = format!("organisations[{place}]");
            faults.key(&row.key, places.insert(row.key.as_str(), place).is_some());
            read_organisation(row, &mut faults)
        });
        let organisations: Vec<_> = organisations.collect();
        let mut keys = HashSet::new();
        let people = people.iter().enumerate().map(|(place, row)| {
            faults.row = format!("people[{place}]");
            faults.key(&row.key, !keys.insert(row.key.as_str()));
            read_person(row, &places, &mut faults)
        });
        let people = people.collect();
        faults.none_or(Self {
            people,
            organisations,
        })
    }
}

fn read_person(row: &PersonRow, organisations: &HashMap<&str, usize>, faults: &mut Faults) -> PersonDraft {
    let organisation = optional(&row.organisation_key).map(|key| {
        organisations
            .get(key)
            .copied()
            .ok_or("is not the key of an organisation of this request")
    });
    let known_as = optional(&row.person_id).map(|id| Uuid::parse_str(id).map_err(|_| "is not an id"));
    PersonDraft {
        key: row.key.clone(),
        given_name: faults.text("given_name", &row.given_name, LONGEST_NAME),
        family_name: faults.title("family_name", &row.family_name, LONGEST_NAME),
        mail: faults.value("mail", optional(&row.mail).map(Mail::parse)),
        phone: faults.value("phone", optional(&row.phone).map(Phone::parse)),
        language: faults.value("language", optional(&row.language).map(Language::parse)),
        access_needs: faults.text("access_needs", &row.access_needs, LONGEST_NOTE),
        organisation: faults.value("organisation_key", organisation),
        known_as: faults.value("person_id", known_as),
    }
}

fn read_organisation(row: &OrganisationRow, faults: &mut Faults) -> OrganisationDraft {
    let kind = row.kind.trim();
    if kind.len() > LONGEST_KEY || !kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
        faults.add(
            "kind",
            "is not a kind such as company, inclusion_employer, buyer, social_partner",
        );
    }
    OrganisationDraft {
        key: row.key.clone(),
        name: faults.title("name", &row.name, LONGEST_TITLE),
        kind: kind.to_owned(),
        sector: faults.text("sector", &row.sector, LONGEST_NAME),
        siret: faults.value("siret", optional(&row.siret).map(Siret::parse)),
    }
}

fn optional(typed: &str) -> Option<&str> {
    Some(typed.trim()).filter(|text| !text.is_empty())
}

/// Collects what is wrong, row by row.
#[derive(Default)]
struct Faults {
    row: String,
    found: Vec<Violation>,
    more: usize,
}

impl Faults {
    fn add(&mut self, field: &str, message: impl Into<String>) {
        if self.found.len() < MOST_VIOLATIONS {
            let field = format!("{}.{field}", self.row);
            self.found.push(Violation::new(field, message.into()));
        } else {
            self.more += 1;
        }
    }

    fn value<T, E: Into<String>>(&mut self, field: &str, read: Option<Result<T, E>>) -> Option<T> {
        read?.map_err(|message| self.add(field, message)).ok()
    }

    fn key(&mut self, key: &str, seen: bool) {
        if key.is_empty() || key.chars().count() > LONGEST_KEY {
            self.add("key", format!("must have 1 to {LONGEST_KEY} characters"));
        } else if seen {
            self.add(
                "key",
                "stands on an earlier row too: give each row a key of its own",
            );
        }
    }

    fn text(&mut self, field: &str, typed: &str, longest: usize) -> String {
        let text = name::tidy(typed);
        if text.chars().count() > longest {
            self.add(field, format!("is longer than {longest} characters"));
        } else if text.chars().any(char::is_control) {
            self.add(field, "holds a control character: type it again");
        }
        text
    }

    /// A text that must say something: it is how the row is found again.
    fn title(&mut self, field: &str, typed: &str, longest: usize) -> String {
        let text = self.text(field, typed, longest);
        if text.is_empty() {
            self.add(field, "is empty");
        } else if name::key(&text).is_empty() {
            self.add(field, "holds no letter");
        }
        text
    }

    fn none_or<T>(mut self, good: T) -> Result<T, Error> {
        if self.found.is_empty() {
            return Ok(good);
        }
        if self.more > 0 {
            let message = format!("{} more faults are not listed: mend these first", self.more);
            self.found.push(Violation::new("…", message));
        }
        Err(Error::Invalid(self.found))
    }
}

#[cfg(test)]
mod tests;
