//! Organisations of this installation and their branches: whose the aggregates of every service are.
//!
//! A branch is an own organisation with a parent. It owns aggregates under its own id, so that permits and lists need to
//! know nothing of branches: a scope that names an organisation is widened by its branches when a token is made, one
//! that names a branch reaches that branch alone.

use std::collections::BTreeMap;

use platform::Moment;
use uuid::Uuid;

use super::{Error, Organisation, OrganisationDraft};

/// Organisations and branches of one installation at most: the ids of all of them fit in a token, which travels in a
/// header of 16 kB at most.
pub const MOST_OWN: usize = 200;

/// An organisation of this installation, with the name of the one that it is a branch of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unit {
    /// Itself.
    pub organisation: Organisation,
    /// Of the organisation that it is a branch of.
    pub parent_name: Option<String>,
}

/// The one with this id after it was named: a new one, or one of `own` with another name. Refuses a branch of a branch, a
/// branch that would change hands, a name that its neighbour has, and more than [`MOST_OWN`].
pub fn named(
    own: &[Organisation],
    id: Uuid,
    parent: Option<Uuid>,
    draft: &OrganisationDraft,
    now: Moment,
) -> Result<Organisation, Error> {
    let organisation = match own.iter().find(|one| one.id == id) {
        Some(known) if parent.is_some() && parent != known.parent => {
            return Err(Error::field(
                "parent_id",
                "cannot be changed, what it owns would change hands: leave it empty, or make a new branch",
            ));
        }
        Some(known) => Organisation {
            name: draft.name.clone(),
            version: known.version + 1,
            updated_at: now,
            ..known.clone()
        },
        None if own.len() >= MOST_OWN => {
            return Err(Error::field(
                "name",
                format!(
                    "is one too many: this installation has {MOST_OWN} organisations and branches; rename one"
                ),
            ));
        }
        None => Organisation::own(id, parent_of(own, parent)?, draft, now),
    };
    let taken = own.iter().any(|one| {
        one.id != id && one.parent == organisation.parent && one.name_key() == organisation.name_key()
    });
    if taken {
        return Err(Error::field(
            "name",
            "is taken by another one beside it: choose another name",
        ));
    }
    Ok(organisation)
}

/// The organisation that a new branch belongs to.
fn parent_of(own: &[Organisation], parent: Option<Uuid>) -> Result<Option<Uuid>, Error> {
    let Some(wanted) = parent else {
        return Ok(None);
    };
    match own.iter().find(|one| one.id == wanted) {
        Some(found) if found.parent.is_none() => Ok(parent),
        Some(_) => Err(Error::field(
            "parent_id",
            "names a branch, and a branch has no branches: name the organisation that it belongs to",
        )),
        None => Err(Error::field(
            "parent_id",
            "names no organisation of this installation: take an id of the list",
        )),
    }
}

/// As one reads them: organisations in the order of their names, each with its branches after it.
pub fn in_order(own: Vec<Organisation>) -> Vec<Unit> {
    let names: BTreeMap<Uuid, (String, String)> = own
        .iter()
        .map(|one| (one.id, (one.name_key(), one.name.clone())))
        .collect();
    let mut units: Vec<Unit> = own
        .into_iter()
        .map(|organisation| Unit {
            parent_name: organisation
                .parent
                .and_then(|parent| names.get(&parent))
                .map(|(_, name)| name.clone()),
            organisation,
        })
        .collect();
    units.sort_by_cached_key(|Unit { organisation, .. }| {
        let head = organisation.parent.unwrap_or(organisation.id);
        let head_key = names.get(&head).map(|(key, _)| key.clone());
        let is_branch = organisation.parent.is_some();
        (
            head_key,
            head,
            is_branch,
            organisation.name_key(),
            organisation.id,
        )
    });
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::UNIX_EPOCH;

    fn draft(name: &str) -> OrganisationDraft {
        OrganisationDraft {
            name: name.to_owned(),
            ..OrganisationDraft::default()
        }
    }

    fn own(id: u128, parent: Option<u128>, name: &str) -> Organisation {
        let parent = parent.map(Uuid::from_u128);
        Organisation::own(Uuid::from_u128(id), parent, &draft(name), NOW)
    }

    fn house() -> Vec<Organisation> {
        vec![
            own(1, None, "Maison"),
            own(2, Some(1), "Vénissieux"),
            own(3, None, "Agence"),
            own(4, Some(1), "Bron"),
        ]
    }

    fn named(id: u128, parent: Option<u128>, name: &str) -> Result<Organisation, String> {
        let parent = parent.map(Uuid::from_u128);
        super::named(&house(), Uuid::from_u128(id), parent, &draft(name), NOW).map_err(|error| match error {
            Error::Invalid(faults) => faults[0].field.clone(),
            other => other.to_string(),
        })
    }

    #[test]
    fn a_branch_belongs_to_an_organisation_and_has_no_branches() {
        assert_eq!(
            named(9, Some(1), "Gerland").unwrap().parent,
            Some(Uuid::from_u128(1))
        );
        assert_eq!(named(9, Some(2), "Gerland").unwrap_err(), "parent_id");
        assert_eq!(named(9, Some(8), "Gerland").unwrap_err(), "parent_id");
        assert_eq!(
            named(2, Some(3), "Vénissieux").unwrap_err(),
            "parent_id",
            "it changed hands"
        );
    }

    #[test]
    fn a_name_is_taken_beside_it_only() {
        assert_eq!(named(9, Some(1), "BRON").unwrap_err(), "name");
        assert_eq!(named(2, None, "bron").unwrap_err(), "name");
        assert_eq!(named(9, None, "Agence").unwrap_err(), "name");
        assert!(named(9, Some(3), "Bron").is_ok());
        let again = named(4, None, "Bron").unwrap();
        assert_eq!((again.version, again.parent), (2, Some(Uuid::from_u128(1))));
    }

    #[test]
    fn there_are_no_more_than_fit_in_a_token() {
        let many: Vec<_> = (0..200).map(|id| own(id, None, &format!("n{id}"))).collect();
        let more = |id| super::named(&many, Uuid::from_u128(id), None, &draft("Autre"), NOW);
        assert!(more(200).is_err());
        assert!(more(3).is_ok(), "one that is there is renamed");
    }

    #[test]
    fn branches_follow_their_organisation() {
        let units = in_order(house());
        let read: Vec<_> = units
            .iter()
            .map(|unit| (unit.organisation.name.as_str(), unit.parent_name.as_deref()))
            .collect();
        let maison = Some("Maison");
        assert_eq!(
            read,
            [
                ("Agence", None),
                ("Maison", None),
                ("Bron", maison),
                ("Vénissieux", maison)
            ]
        );
    }
}
