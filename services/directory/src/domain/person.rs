//! A person.

use platform::Moment;
use uuid::Uuid;

use super::{Contact, Error, Mail, PersonDraft, Phone, Preference, name};

/// Somebody whom an organisation accompanies or works with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    /// For ever, also after erasure.
    pub id: Uuid,
    /// The organisation whose file it is.
    pub owner: Uuid,
    /// Rises by one with each saved change.
    pub version: i64,
    /// First names; may be empty.
    pub given_name: String,
    /// Surname; empty after erasure only.
    pub family_name: String,
    /// Mail, telephone, language.
    pub contact: Contact,
    /// What the person needs to take part; sensitive.
    pub access_needs: String,
    /// The organisation they are a contact of.
    pub organisation: Option<Uuid>,
    /// Consent.
    pub preference: Preference,
    /// When first known.
    pub created_at: Moment,
    /// When last changed.
    pub updated_at: Moment,
    /// When their identity was forgotten.
    pub erased_at: Option<Moment>,
}

/// What pages and messages show in the place of a name that was forgotten.
const ERASED: &str = "Personne effacée";

impl Person {
    /// Somebody new, from an import.
    pub fn new(id: Uuid, owner: Uuid, draft: &PersonDraft, organisation: Option<Uuid>, now: Moment) -> Self {
        Self {
            id,
            owner,
            version: 1,
            given_name: draft.given_name.clone(),
            family_name: draft.family_name.clone(),
            contact: Contact {
                mail: draft.mail.clone(),
                phone: draft.phone.clone(),
                language: draft.language.unwrap_or_default(),
            },
            access_needs: draft.access_needs.clone(),
            organisation,
            preference: Preference::default(),
            created_at: now,
            updated_at: now,
            erased_at: None,
        }
    }

    /// What search, order and matching go by: surname first.
    pub fn name_key(&self) -> String {
        name_key(&self.given_name, &self.family_name)
    }

    /// "Amina Diallo", for pages and messages.
    pub fn display_name(&self) -> String {
        match (self.erased_at, self.given_name.as_str()) {
            (Some(_), _) => ERASED.to_owned(),
            (None, "") => self.family_name.clone(),
            (None, given) => format!("{given} {}", self.family_name),
        }
    }

    /// The address, unless mail is refused.
    pub fn mail_allowed(&self) -> Option<&Mail> {
        self.contact
            .mail
            .as_ref()
            .filter(|_| !self.preference.mail_refused)
    }

    /// The number that an SMS reaches, unless SMS is refused.
    pub fn mobile_allowed(&self) -> Option<&Phone> {
        self.contact
            .phone
            .as_ref()
            .filter(|phone| phone.is_mobile() && !self.preference.sms_refused)
    }

    /// Takes over what an import knows: what it leaves empty stays. Names the fields that changed; the version is the
    /// caller's to raise, once per save.
    pub fn merge(&mut self, draft: &PersonDraft, organisation: Option<Uuid>) -> Vec<&'static str> {
        let mut changed = Vec::new();
        let mut take = |field, differs: bool| {
            if differs {
                changed.push(field);
            }
        };
        take("given_name", replace(&mut self.given_name, &draft.given_name));
        take("family_name", replace(&mut self.family_name, &draft.family_name));
        take("mail", replace_some(&mut self.contact.mail, draft.mail.as_ref()));
        take(
            "phone",
            replace_some(&mut self.contact.phone, draft.phone.as_ref()),
        );
        if let Some(language) = draft.language {
            take(
                "language",
                std::mem::replace(&mut self.contact.language, language) != language,
            );
        }
        take(
            "access_needs",
            replace(&mut self.access_needs, &draft.access_needs),
        );
        take(
            "organisation",
            replace_some(&mut self.organisation, organisation.as_ref()),
        );
        changed
    }

    /// With another contact: here empty means none.
    pub fn with_contact(self, version: i64, contact: Contact, now: Moment) -> Result<Self, Error> {
        Ok(Self {
            contact,
            ..self.next(version, now)?
        })
    }

    /// With another consent.
    pub fn with_preference(self, version: i64, preference: Preference, now: Moment) -> Result<Self, Error> {
        Ok(Self {
            preference: preference.check()?,
            ..self.next(version, now)?
        })
    }

    /// The tombstone: id, owner and version stay, so that no late event or import brings the person back.
    pub fn erase(self, version: i64, now: Moment) -> Result<Self, Error> {
        let tomb = self.next(version, now)?;
        Ok(Self {
            given_name: String::new(),
            family_name: String::new(),
            contact: Contact::default(),
            access_needs: String::new(),
            organisation: None,
            preference: Preference::default(),
            erased_at: Some(now),
            ..tomb
        })
    }

    fn next(self, version: i64, now: Moment) -> Result<Self, Error> {
        if self.erased_at.is_some() {
            return Err(Error::Erased);
        }
        if self.version != version {
            return Err(Error::Stale);
        }
        Ok(Self {
            version: version + 1,
            updated_at: now,
            ..self
        })
    }
}

/// What search, order and matching go by.
pub(super) fn name_key(given_name: &str, family_name: &str) -> String {
    name::key(&format!("{family_name} {given_name}"))
}

/// Takes `from` unless it is empty; whether that changed anything.
pub(super) fn replace(known: &mut String, from: &str) -> bool {
    let differs = !from.is_empty() && known != from;
    if differs {
        from.clone_into(known);
    }
    differs
}

/// Takes `from` unless there is none; whether that changed anything.
pub(super) fn replace_some<T: Clone + PartialEq>(known: &mut Option<T>, from: Option<&T>) -> bool {
    let differs = from.is_some() && known.as_ref() != from;
    if differs {
        *known = from.cloned();
    }
    differs
}

#[cfg(test)]
mod tests;
