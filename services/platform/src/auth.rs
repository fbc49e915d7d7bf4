//! Who asks, and what they may: short-lived signed tokens that every service verifies offline.

mod keys;
mod token;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::error::{Failure, Kind};

pub use keys::{KeyError, SigningKey};
pub use token::{LIFETIME, TokenSource, Verifier};

/// Who asks.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Actor {
    /// A person's id, or "service/notifier".
    pub subject: String,
    /// What they are.
    pub role: Role,
    /// Whose aggregates they may touch.
    pub scope: Scope,
}

/// Roles of staff, and that of our own services.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation.
    Administrator,
    /// Organises sessions and programmes.
    Coordinator,
    /// Accompanies participants.
    Referent,
    /// Follows social clauses.
    Facilitator,
    /// Of another organisation.
    Partner,
    /// Reads, changes nothing.
    Auditor,
    /// One of our services.
    Service,
}

/// Organisations whose aggregates an actor may touch.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Of the whole installation.
    All,
    /// Of these.
    Organisations(BTreeSet<Uuid>),
}

/// Not allowed. The same words whether or not the thing exists.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("your role or your organisation does not allow this; ask an administrator")]
pub struct Denied;

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        Self::new(Kind::Denied, "NOT_ALLOWED", denied.to_string())
    }
}

/// The organisation of an installation that has not named one of its own yet: what is made before belongs to it.
pub const FIRST_ORGANISATION: Uuid = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001);

/// Who may change what is organised.
pub const ORGANISERS: &[Role] = &[Role::Administrator, Role::Coordinator];
/// Who may read what is organised.
pub const READERS: &[Role] = &[
    Role::Administrator,
    Role::Coordinator,
    Role::Referent,
    Role::Facilitator,
    Role::Auditor,
    Role::Service,
];
/// Only our own services.
pub const SERVICES: &[Role] = &[Role::Service];

impl Actor {
    /// One of our services, which may touch all.
    pub fn service(name: &str) -> Self {
        Self {
            subject: format!("service/{name}"),
            role: Role::Service,
            scope: Scope::All,
        }
    }

    /// The administrator of one machine, before there are accounts.
    pub fn administrator() -> Self {
        Self {
            subject: "administrator".to_owned(),
            role: Role::Administrator,
            scope: Scope::All,
        }
    }

    /// One of these roles.
    pub fn require(&self, roles: &[Role]) -> Result<(), Denied> {
        if roles.contains(&self.role) {
            Ok(())
        } else {
            Err(Denied)
        }
    }

    /// An aggregate that `owner` owns.
    pub fn may_access(&self, owner: Uuid) -> Result<(), Denied> {
        match &self.scope {
            Scope::All => Ok(()),
            Scope::Organisations(own) if own.contains(&owner) => Ok(()),
            Scope::Organisations(_) => Err(Denied),
        }
    }
}

impl Scope {
    /// For the SQL of lists: none means all, else the ids as a JSON array of hyphenated text.
    pub fn filter(&self) -> Option<Json<Vec<String>>> {
        match self {
            Self::All => None,
            Self::Organisations(own) => Some(Json(own.iter().map(Uuid::to_string).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_of_one_organisation_does_not_reach_another() {
        let own = Uuid::from_u128(1);
        let actor = Actor {
            subject: "p".to_owned(),
            role: Role::Coordinator,
            scope: Scope::Organisations(BTreeSet::from([own])),
        };
        assert_eq!(actor.may_access(own), Ok(()));
        assert_eq!(actor.may_access(Uuid::from_u128(2)), Err(Denied));
        assert_eq!(actor.require(ORGANISERS), Ok(()));
        assert_eq!(actor.require(SERVICES), Err(Denied));
    }
}
