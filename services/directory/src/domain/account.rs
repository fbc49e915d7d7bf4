//! Staff accounts: who somebody of the staff is, and what they may.

use std::collections::BTreeSet;

use platform::{
    Moment,
    auth::{Actor, Role, Scope},
};
use uuid::Uuid;

use super::{Drafts, Error, Language, Mail, PersonDraft, PersonRow, Violation, person::name_key};

/// The owner of the people behind accounts: the installation itself. No organisation has this id, so that only those
/// who may touch everything see their files.
pub const INSTALLATION: Uuid = Uuid::nil();

/// Organisations of one scope at most.
pub const MOST_ORGANISATIONS: usize = 50;

/// Somebody of the staff.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// The person behind it; also the subject of its tokens.
    pub id: Uuid,
    /// Rises by one with each saved change.
    pub version: i64,
    /// First names; may be empty.
    pub given_name: String,
    /// Surname.
    pub family_name: String,
    /// What one signs in with.
    pub mail: Mail,
    /// Of pages and mails.
    pub language: Language,
    /// Role and scope.
    pub access: Access,
    /// The hash of the password; none before an invitation was accepted.
    pub password: Option<String>,
    /// Since when nobody can sign in with it.
    pub disabled_at: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// When somebody last signed in with it.
    pub last_sign_in_at: Option<Moment>,
    /// Until when its open invitation can be accepted. Read only.
    pub invitation_expires_at: Option<Moment>,
}

/// What an account may.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Access {
    /// What they are.
    pub role: Role,
    /// Whose aggregates they may touch.
    pub scope: Scope,
}

impl Access {
    /// Of an administrator.
    pub fn administrator() -> Self {
        Self {
            role: Role::Administrator,
            scope: Scope::All,
        }
    }

    /// Refuses what no account may be: one of our services, an administrator of a part, somebody who may touch nothing.
    pub fn check(self) -> Result<Self, Error> {
        let fault = match (self.role, &self.scope) {
            (Role::Service, _) => Some(("role", "is for our own services: choose another".to_owned())),
            (Role::Administrator, Scope::Organisations(_)) => Some((
                "scope",
                "of an administrator is everything: choose another role, or everything".to_owned(),
            )),
            (_, Scope::Organisations(own)) if own.is_empty() => Some((
                "scope.organisation_ids",
                "is empty: name an organisation, or choose everything".to_owned(),
            )),
            (_, Scope::Organisations(own)) if own.len() > MOST_ORGANISATIONS => Some((
                "scope.organisation_ids",
                format!("holds more than {MOST_ORGANISATIONS} organisations: choose everything"),
            )),
            _ => None,
        };
        match fault {
            None => Ok(self),
            Some((field, message)) => Err(Error::field(field, message)),
        }
    }

    /// The organisations of the scope; none when it is everything.
    pub fn organisations(&self) -> Option<&BTreeSet<Uuid>> {
        match &self.scope {
            Scope::All => None,
            Scope::Organisations(own) => Some(own),
        }
    }
}

/// Somebody who is about to have an account: checked.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Names, mail and language.
    pub person: PersonDraft,
    /// What one signs in with.
    pub mail: Mail,
}

impl Newcomer {
    /// Checks what was typed; every fault names its field.
    pub fn read(given_name: &str, family_name: &str, mail: &str, language: &str) -> Result<Self, Error> {
        let row = PersonRow {
            key: "account".to_owned(),
            given_name: given_name.to_owned(),
            family_name: family_name.to_owned(),
            mail: mail.to_owned(),
            language: language.to_owned(),
            ..PersonRow::default()
        };
        let mut faults = Vec::new();
        let person = match Drafts::read(&[row], &[]) {
            Ok(drafts) => drafts.people.into_iter().next(),
            Err(Error::Invalid(found)) => {
                faults.extend(found.into_iter().map(|one| {
                    let field = one.field.trim_start_matches("people[0].");
                    Violation::new(field, one.message)
                }));
                None
            }
            Err(other) => return Err(other),
        };
        if mail.trim().is_empty() {
            faults.push(Violation::new(
                "mail",
                "is empty: it is what one signs in with and where links go",
            ));
        }
        if let Err(Error::Invalid(found)) = page_language(language) {
            faults.retain(|one| one.field != "language");
            faults.extend(found);
        }
        match person {
            Some(person) if faults.is_empty() => match person.mail.clone() {
                Some(mail) => Ok(Self { person, mail }),
                None => Err(Error::field("mail", "is empty")),
            },
            _ => Err(Error::Invalid(faults)),
        }
    }
}

/// A language that pages and mails to staff are written in; French when empty.
pub fn page_language(typed: &str) -> Result<Language, Error> {
    let language = match typed.trim() {
        "" => Ok(Language::FRENCH),
        code => Language::parse(code),
    };
    language
        .ok()
        .filter(|language| ["fr", "en"].contains(&language.as_str()))
        .ok_or_else(|| Error::field("language", "is not one that the pages have: fr or en"))
}

impl Account {
    /// A new one, without password.
    pub fn new(id: Uuid, newcomer: &Newcomer, access: Access, now: Moment) -> Self {
        Self {
            id,
            version: 1,
            given_name: newcomer.person.given_name.clone(),
            family_name: newcomer.person.family_name.clone(),
            mail: newcomer.mail.clone(),
            language: newcomer.person.language.unwrap_or_default(),
            access,
            password: None,
            disabled_at: None,
            created_at: now,
            updated_at: now,
            last_sign_in_at: None,
            invitation_expires_at: None,
        }
    }

    /// What lists are ordered by.
    pub fn name_key(&self) -> String {
        name_key(&self.given_name, &self.family_name)
    }

    /// Who asks, when this account asks. `branches` are those of the organisations in its scope, which reaches them too.
    pub fn actor(&self, branches: impl IntoIterator<Item = Uuid>) -> Actor {
        Actor {
            subject: self.id.to_string(),
            role: self.access.role,
            scope: match &self.access.scope {
                Scope::All => Scope::All,
                Scope::Organisations(own) => {
                    Scope::Organisations(own.iter().copied().chain(branches).collect())
                }
            },
        }
    }

    /// Whether somebody can sign in with it.
    pub fn is_active(&self) -> bool {
        self.password.is_some() && self.disabled_at.is_none()
    }

    /// Whether somebody can administer the installation with it.
    pub fn administers(&self) -> bool {
        self.is_active() && self.access.role == Role::Administrator
    }

    /// With this password from now on.
    #[must_use]
    pub fn with_password(self, hash: String, now: Moment) -> Self {
        Self {
            password: Some(hash),
            ..self.next(now)
        }
    }

    /// With another role, scope or state; refused on a version that is not the present one.
    pub fn with_access(
        self,
        version: i64,
        access: Access,
        disabled: bool,
        now: Moment,
    ) -> Result<Self, Error> {
        if self.version != version {
            return Err(Error::Stale);
        }
        let disabled_at = disabled.then(|| self.disabled_at.unwrap_or(now));
        Ok(Self {
            access: access.check()?,
            disabled_at,
            ..self.next(now)
        })
    }

    fn next(self, now: Moment) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(role: Role, own: &[u128]) -> Access {
        let scope = Scope::Organisations(own.iter().copied().map(Uuid::from_u128).collect());
        Access { role, scope }
    }

    #[test]
    fn an_administrator_of_a_part_and_an_account_for_nothing_are_refused() {
        assert!(Access::administrator().check().is_ok());
        assert!(access(Role::Coordinator, &[1]).check().is_ok());
        assert!(access(Role::Administrator, &[1]).check().is_err());
        assert!(access(Role::Coordinator, &[]).check().is_err());
        let many: Vec<u128> = (1..=51).collect();
        assert!(access(Role::Partner, &many).check().is_err());
        let service = Access {
            role: Role::Service,
            scope: Scope::All,
        };
        assert!(service.check().is_err());
    }

    #[test]
    fn what_is_wrong_with_a_newcomer_is_named_field_by_field() {
        let Err(Error::Invalid(faults)) = Newcomer::read("Léa", "", "lea", "klingon") else {
            panic!("it was taken");
        };
        let fields: BTreeSet<_> = faults.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, BTreeSet::from(["family_name", "language", "mail"]));
        let Err(Error::Invalid(faults)) = Newcomer::read("Léa", "Roche", " ", "ar") else {
            panic!("it was taken");
        };
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(Newcomer::read("Léa", "Roche", "lea.roche@example.org", "").is_ok());
    }
}
