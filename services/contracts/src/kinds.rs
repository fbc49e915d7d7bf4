use std::collections::BTreeMap;

use serde::Deserialize;

/// A milestone kind: which facts a milestone of it may carry, and which of them an SMS may print.
/// Both sides read it: the scheduler refuses a milestone with another fact, the notifier a template.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The name used in `Milestone.kind`.
    pub kind: String,
    /// What it is, for a person who writes policies.
    pub description: String,
    /// Roles that its parties may have.
    pub roles: Vec<String>,
    /// The allow-list of facts.
    pub facts: BTreeMap<String, FactDeclaration>,
}

/// One fact of a kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactDeclaration {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FactType,
    /// Whether an SMS or a subject line may print it: never for anything sensitive.
    #[serde(default)]
    pub sms: bool,
    /// For a list: the fields of an item.
    #[serde(default)]
    pub fields: Vec<String>,
    /// As a sentence names it, without an article: "heure d'arrivée".
    pub words: Words,
    /// Of a flag that is set, or a number above zero: "la personne a confirmé sa venue".
    #[serde(default)]
    pub yes: Option<Words>,
    /// The contrary.
    #[serde(default)]
    pub no: Option<Words>,
    /// What it means.
    pub description: String,
}

/// What people read, in both languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

/// Types of facts.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum FactType {
    /// Text of at most 200 characters.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// A bounded list of small records.
    List,
}

/// A document of kinds/ that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the milestone kind document {name} cannot be read: {source}")]
pub struct KindError {
    name: &'static str,
    source: serde_norway::Error,
}

const DOCUMENTS: [(&str, &str); 4] = [
    (
        "account_invitation",
        include_str!("../kinds/account_invitation.yaml"),
    ),
    ("account_reset", include_str!("../kinds/account_reset.yaml")),
    ("speed_dating", include_str!("../kinds/speed_dating.yaml")),
    (
        "employer_confirmation",
        include_str!("../kinds/employer_confirmation.yaml"),
    ),
];

/// All kinds, by name.
pub fn all() -> Result<BTreeMap<String, Kind>, KindError> {
    let mut kinds = BTreeMap::new();
    for (name, text) in DOCUMENTS {
        let kind: Kind = serde_norway::from_str(text).map_err(|source| KindError { name, source })?;
        kinds.insert(kind.kind.clone(), kind);
    }
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_kind_document_is_readable_and_named_as_its_file() {
        let kinds = super::all().unwrap();
        assert_eq!(kinds.len(), super::DOCUMENTS.len());
        for (name, _) in super::DOCUMENTS {
            assert!(kinds.contains_key(name), "{name} declares another kind");
        }
    }
}
