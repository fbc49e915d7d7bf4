//! Who of an import is known already. The preview and the import run the same code, so that the one shows what the
//! other does.

mod organisations;
mod people;
mod shelf;

use std::collections::BTreeSet;

use platform::Moment;
use uuid::Uuid;

use super::{Drafts, Error, Organisation, Person, name};

/// What an import makes of a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Not known.
    New,
    /// Known, nothing to change.
    Identical,
    /// Known, some fields change.
    Changed,
    /// New, but somebody known has the same contact and another name: a person should look.
    PossibleDuplicate,
}

/// A row and whom it is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Match {
    /// The row's key.
    pub key: String,
    /// What is made of it.
    pub outcome: Outcome,
    /// The one known, or the one made for the row.
    pub id: Uuid,
    /// For a possible duplicate: the other one.
    pub other: Option<Uuid>,
    /// Fields that change, or that coincide.
    pub fields: Vec<&'static str>,
}

/// What is looked up before matching.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    /// Addresses.
    pub mails: Vec<String>,
    /// Numbers.
    pub phones: Vec<String>,
    /// Ids that the caller gave.
    pub ids: Vec<Uuid>,
    /// Name keys of people without any contact.
    pub bare_names: Vec<String>,
    /// Register numbers.
    pub sirets: Vec<String>,
    /// Name keys of organisations.
    pub organisation_names: Vec<String>,
}

/// Those whom the lookup found, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Of the owner; erased ones only when they were asked for by id.
    pub people: Vec<Person>,
    /// Of the owner.
    pub organisations: Vec<Organisation>,
}

/// An import, decided: a match for each row, and what must be saved for it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In the order of the rows.
    pub people: Vec<Match>,
    /// In the order of the rows.
    pub organisations: Vec<Match>,
    /// New, or changed with the version raised by one.
    pub save: Known,
}

impl Lookup {
    /// What the rows may coincide with.
    pub fn of(drafts: &Drafts) -> Self {
        let Drafts {
            people,
            organisations,
        } = drafts;
        let bare = people.iter().filter(|draft| draft.is_bare());
        Self {
            mails: people
                .iter()
                .filter_map(|draft| Some(draft.mail.as_ref()?.to_string()))
                .collect(),
            phones: people
                .iter()
                .filter_map(|draft| Some(draft.phone.as_ref()?.to_string()))
                .collect(),
            ids: people.iter().filter_map(|draft| draft.known_as).collect(),
            bare_names: bare.map(people::name_key).collect(),
            sirets: organisations
                .iter()
                .filter_map(|draft| Some(draft.siret.as_ref()?.to_string()))
                .collect(),
            organisation_names: organisations.iter().map(|draft| name::key(&draft.name)).collect(),
        }
    }
}

impl Plan {
    /// Matches all rows in their order: a row may be about somebody whom an earlier one made. `id` makes ids.
    pub fn of(
        drafts: &Drafts,
        known: Known,
        owner: Uuid,
        now: Moment,
        mut id: impl FnMut() -> Uuid,
    ) -> Result<Self, Error> {
        let mut book = organisations::Book::new(owner, now, known.organisations);
        let organisations: Vec<_> = drafts
            .organisations
            .iter()
            .map(|draft| book.enter(draft, &mut id))
            .collect();
        let mut roll = people::Book::new(owner, now, known.people);
        let mut people = Vec::with_capacity(drafts.people.len());
        for (row, draft) in drafts.people.iter().enumerate() {
            let organisation = draft
                .organisation
                .and_then(|place| Some(organisations.get(place)?.id));
            people.push(roll.enter(row, draft, organisation, &mut id)?);
        }
        let save = Known {
            people: roll.close(),
            organisations: book.close(),
        };
        Ok(Self {
            people,
            organisations,
            save,
        })
    }
}

impl Plan {
    /// Ids that the plan gives out: in a preview they mean nothing yet.
    pub fn made(&self) -> BTreeSet<Uuid> {
        let people = self
            .save
            .people
            .iter()
            .filter(|person| person.version == 1)
            .map(|person| person.id);
        let organisations = self.save.organisations.iter();
        people
            .chain(organisations.filter(|one| one.version == 1).map(|one| one.id))
            .collect()
    }
}

impl Match {
    fn known(key: &str, id: Uuid, fields: Vec<&'static str>) -> Self {
        let outcome = if fields.is_empty() {
            Outcome::Identical
        } else {
            Outcome::Changed
        };
        Self {
            key: key.to_owned(),
            outcome,
            id,
            other: None,
            fields,
        }
    }

    fn made(key: &str, id: Uuid, alike: Option<(Uuid, &'static str)>) -> Self {
        let outcome = if alike.is_some() {
            Outcome::PossibleDuplicate
        } else {
            Outcome::New
        };
        let (other, fields) = alike
            .map(|(other, field)| (Some(other), vec![field]))
            .unwrap_or_default();
        Self {
            key: key.to_owned(),
            outcome,
            id,
            other,
            fields,
        }
    }
}

#[cfg(test)]
mod tests;
