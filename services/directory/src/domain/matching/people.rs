//! People: the same mail and name, or the same number and name, is the same person.

use platform::Moment;
use uuid::Uuid;

use super::{
    Match,
    shelf::{Index, Shelf},
};
use crate::domain::{Error, Mail, Person, PersonDraft, Phone, person};

/// Who is known, and what the rows make of it.
pub(super) struct Book {
    owner: Uuid,
    now: Moment,
    people: Shelf<Person>,
    by_id: Index<Uuid>,
    by_mail: Index<Mail>,
    by_phone: Index<Phone>,
    by_name: Index<String>,
}

pub(super) fn name_key(draft: &PersonDraft) -> String {
    person::name_key(&draft.given_name, &draft.family_name)
}

impl Book {
    pub(super) fn new(owner: Uuid, now: Moment, known: Vec<Person>) -> Self {
        let mut book = Self {
            owner,
            now,
            people: Shelf::default(),
            by_id: Index::default(),
            by_mail: Index::default(),
            by_phone: Index::default(),
            by_name: Index::default(),
        };
        for person in known {
            let place = book.people.put(person, false);
            book.index(place);
        }
        book
    }

    pub(super) fn enter(
        &mut self,
        row: usize,
        draft: &PersonDraft,
        organisation: Option<Uuid>,
        id: impl FnOnce() -> Uuid,
    ) -> Result<Match, Error> {
        let same = match draft.known_as {
            Some(known_as) => Some(self.named_by_caller(row, known_as)?),
            None => self.same(draft),
        };
        if let Some(place) = same {
            return Ok(self.merge(place, draft, organisation));
        }
        let alike = self.alike(draft);
        let person = Person::new(id(), self.owner, draft, organisation, self.now);
        let entered = Match::made(&draft.key, person.id, alike);
        let place = self.people.put(person, true);
        self.index(place);
        Ok(entered)
    }

    pub(super) fn close(self) -> Vec<Person> {
        self.people.close()
    }

    fn merge(&mut self, place: usize, draft: &PersonDraft, organisation: Option<Uuid>) -> Match {
        let person = self.people.get_mut(place);
        let (id, fields) = (person.id, person.merge(draft, organisation));
        if !fields.is_empty() {
            if self.people.touch(place) {
                let person = self.people.get_mut(place);
                person.version += 1;
                person.updated_at = self.now;
            }
            self.index(place);
        }
        Match::known(&draft.key, id, fields)
    }

    fn named_by_caller(&self, row: usize, id: Uuid) -> Result<usize, Error> {
        let told = match self.by_id.places(&id).next() {
            Some(place) if self.people.get(place).erased_at.is_none() => return Ok(place),
            Some(_) => "was erased: leave the row out",
            None => "is not known to this organisation",
        };
        Err(Error::field(format!("people[{row}].person_id"), told))
    }

    fn same(&self, draft: &PersonDraft) -> Option<usize> {
        let key = name_key(draft);
        self.with_mail(draft)
            .chain(self.with_phone(draft))
            .find(|place| self.people.get(*place).name_key() == key)
    }

    /// Somebody with the same contact; without any contact, somebody of the same name who has none either. Two such
    /// may well be two people, and one of them would lose a place by being taken for the other.
    fn alike(&self, draft: &PersonDraft) -> Option<(Uuid, &'static str)> {
        let name = draft.is_bare().then(|| name_key(draft));
        let namesakes = name.iter().flat_map(|name| self.by_name.places(name));
        let bare = namesakes.filter(|place| self.people.get(*place).contact.is_bare());
        let (place, field) = (self.with_mail(draft).map(|place| (place, "mail")))
            .chain(self.with_phone(draft).map(|place| (place, "phone")))
            .chain(bare.map(|place| (place, "name")))
            .next()?;
        Some((self.people.get(place).id, field))
    }

    fn with_mail(&self, draft: &PersonDraft) -> impl Iterator<Item = usize> {
        let places = draft.mail.iter().flat_map(|mail| self.by_mail.places(mail));
        places.filter(|place| self.people.get(*place).contact.mail == draft.mail)
    }

    fn with_phone(&self, draft: &PersonDraft) -> impl Iterator<Item = usize> {
        let places = draft.phone.iter().flat_map(|phone| self.by_phone.places(phone));
        places.filter(|place| self.people.get(*place).contact.phone == draft.phone)
    }

    fn index(&mut self, place: usize) {
        let person = self.people.get(place);
        self.by_id.note(person.id, place);
        self.by_name.note(person.name_key(), place);
        if let Some(mail) = person.contact.mail.clone() {
            self.by_mail.note(mail, place);
        }
        if let Some(phone) = person.contact.phone.clone() {
            self.by_phone.note(phone, place);
        }
    }
}
