//! Organisations: the same SIRET, else the same name, is the same organisation.

use platform::Moment;
use uuid::Uuid;

use super::{
    Match,
    shelf::{Index, Shelf},
};
use crate::domain::{Organisation, OrganisationDraft, Siret, name};

/// Which are known, and what the rows make of it.
pub(super) struct Book {
    owner: Uuid,
    now: Moment,
    organisations: Shelf<Organisation>,
    by_siret: Index<Siret>,
    by_name: Index<String>,
}

impl Book {
    pub(super) fn new(owner: Uuid, now: Moment, known: Vec<Organisation>) -> Self {
        let organisations = Shelf::default();
        let mut book = Self {
            owner,
            now,
            organisations,
            by_siret: Index::default(),
            by_name: Index::default(),
        };
        for organisation in known {
            let place = book.organisations.put(organisation, false);
            book.index(place);
        }
        book
    }

    pub(super) fn enter(&mut self, draft: &OrganisationDraft, id: impl FnOnce() -> Uuid) -> Match {
        match self.same(draft) {
            Ok(place) => self.merge(place, draft),
            Err(alike) => {
                let organisation = Organisation::new(id(), self.owner, draft, self.now);
                let entered = Match::made(&draft.key, organisation.id, alike.map(|other| (other, "name")));
                let place = self.organisations.put(organisation, true);
                self.index(place);
                entered
            }
        }
    }

    pub(super) fn close(self) -> Vec<Organisation> {
        self.organisations.close()
    }

    fn merge(&mut self, place: usize, draft: &OrganisationDraft) -> Match {
        let organisation = self.organisations.get_mut(place);
        let (id, fields) = (organisation.id, organisation.merge(draft));
        if !fields.is_empty() {
            if self.organisations.touch(place) {
                let organisation = self.organisations.get_mut(place);
                organisation.version += 1;
                organisation.updated_at = self.now;
            }
            self.index(place);
        }
        Match::known(&draft.key, id, fields)
    }

    /// Where it stands, or one that is only alike: same name, another establishment.
    fn same(&self, draft: &OrganisationDraft) -> Result<usize, Option<Uuid>> {
        if let Some(place) = draft
            .siret
            .iter()
            .find_map(|siret| self.by_siret.places(siret).next())
        {
            return Ok(place);
        }
        let key = name::key(&draft.name);
        let named: Vec<_> = self
            .by_name
            .places(&key)
            .filter(|place| self.organisations.get(*place).name_key() == key)
            .collect();
        let without_siret = named
            .iter()
            .find(|place| self.organisations.get(**place).siret.is_none());
        match (without_siret, named.as_slice()) {
            (Some(place), _) => Ok(*place),
            (None, [only]) if draft.siret.is_none() => Ok(*only),
            (None, several) => Err(several.first().map(|place| self.organisations.get(*place).id)),
        }
    }

    fn index(&mut self, place: usize) {
        let organisation = self.organisations.get(place);
        let (name, siret) = (organisation.name_key(), organisation.siret.clone());
        self.by_name.note(name, place);
        if let Some(siret) = siret {
            self.by_siret.note(siret, place);
        }
    }
}
