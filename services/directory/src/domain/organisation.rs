//! An organisation: company, buyer, inclusion employer, social partner.

use platform::Moment;
use uuid::Uuid;

use super::{OrganisationDraft, Siret, name, person};

/// Known to an owner; two owners may each know the same company.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Organisation {
    /// For ever.
    pub id: Uuid,
    /// The organisation of ours whose file it is.
    pub owner: Uuid,
    /// The organisation of ours that it is a branch of.
    pub parent: Option<Uuid>,
    /// Rises by one with each saved change.
    pub version: i64,
    /// As people write it.
    pub name: String,
    /// `company`, `inclusion_employer`, `buyer` … (glossary of the domain).
    pub kind: String,
    /// Line of business, as written.
    pub sector: String,
    /// Register number, when known.
    pub siret: Option<Siret>,
    /// When first known.
    pub created_at: Moment,
    /// When last changed.
    pub updated_at: Moment,
}

/// The kind of an organisation whose import does not say.
const COMPANY: &str = "company";
/// The kind of an organisation of this installation.
const OWN: &str = "own";

impl Organisation {
    /// One that is new, from an import.
    pub fn new(id: Uuid, owner: Uuid, draft: &OrganisationDraft, now: Moment) -> Self {
        let kind = if draft.kind.is_empty() {
            COMPANY
        } else {
            &draft.kind
        };
        Self {
            id,
            owner,
            parent: None,
            version: 1,
            name: draft.name.clone(),
            kind: kind.to_owned(),
            sector: draft.sector.clone(),
            siret: draft.siret.clone(),
            created_at: now,
            updated_at: now,
        }
    }

    /// One of this installation, or a branch of one: it owns itself, so that a scope that names it reaches it.
    pub fn own(id: Uuid, parent: Option<Uuid>, draft: &OrganisationDraft, now: Moment) -> Self {
        Self {
            parent,
            kind: OWN.to_owned(),
            ..Self::new(id, id, draft, now)
        }
    }

    /// What search, order and matching go by.
    pub fn name_key(&self) -> String {
        name::key(&self.name)
    }

    /// Takes over what an import knows: what it leaves empty stays. Names the fields that changed.
    pub fn merge(&mut self, draft: &OrganisationDraft) -> Vec<&'static str> {
        let differ = [
            ("name", person::replace(&mut self.name, &draft.name)),
            ("kind", person::replace(&mut self.kind, &draft.kind)),
            ("sector", person::replace(&mut self.sector, &draft.sector)),
            (
                "siret",
                person::replace_some(&mut self.siret, draft.siret.as_ref()),
            ),
        ];
        differ
            .into_iter()
            .filter_map(|(field, differs)| differs.then_some(field))
            .collect()
    }
}
