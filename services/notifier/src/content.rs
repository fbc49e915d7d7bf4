//! What a message tells: the facts of a delivery, with names in place of references. Pure.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::DateTime};
use uuid::Uuid;

/// All that a template may print of one delivery.
#[derive(Clone, Debug)]
pub struct Content {
    /// Whom it addresses.
    pub given_name: String,
    /// The recipient's own page.
    pub link: String,
    /// Where they stop such messages; empty when the message is strictly necessary.
    pub unsubscribe: String,
    /// Who writes.
    pub organiser: Organiser,
    /// What it is about: one reminder or, for a digest, several; in the order of their starts.
    pub items: Vec<Item>,
}

/// Whom the recipient may call.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Organiser {
    /// As people know it.
    pub name: String,
    /// As people dial it.
    pub phone: String,
}

/// One milestone as it stands at hand-over.
#[derive(Clone, Debug)]
pub struct Item {
    /// The milestone kind.
    pub kind: String,
    /// "speeddating.participation/…".
    pub subject: String,
    /// "speeddating.session/…", or empty.
    pub group: String,
    /// The aggregate's row version.
    pub revision: i64,
    /// The recipient's role in it.
    pub role: String,
    /// What triggered the reminder.
    pub occasion: String,
    /// Whether it no longer stands, and why.
    pub cleared: Option<String>,
    /// Wall clock.
    pub starts: DateTime,
    /// Wall clock.
    pub ends: DateTime,
    /// The instants of the same.
    pub starts_at: Timestamp,
    /// See `starts_at`.
    pub ends_at: Timestamp,
    /// Wall clock before the last move.
    pub previous_starts: Option<DateTime>,
    /// Display name of the organisation (or else the person) that it concerns.
    pub about: String,
    /// The facts that its publisher set.
    pub facts: BTreeMap<String, Fact>,
}

/// The value of a fact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fact {
    /// Words.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Small records.
    List(Vec<BTreeMap<String, String>>),
}

impl Item {
    /// A fact as text; empty when it is not set or of another type.
    pub fn text(&self, fact: &str) -> &str {
        match self.facts.get(fact) {
            Some(Fact::Text(text)) => text,
            _ => "",
        }
    }

    /// The references `person/<id>` and `organisation/<id>` in it, to be resolved to names.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        let about = std::iter::once(self.about.as_str()).filter(|about| is_reference(about));
        about.chain(self.listed())
    }

    /// The people among its references.
    pub fn people(&self) -> impl Iterator<Item = Uuid> {
        self.references()
            .filter_map(|reference| reference.strip_prefix("person/")?.parse().ok())
    }

    fn listed(&self) -> impl Iterator<Item = &str> {
        self.facts
            .values()
            .filter_map(|fact| {
                if let Fact::List(items) = fact {
                    Some(items)
                } else {
                    None
                }
            })
            .flat_map(|items| {
                items
                    .iter()
                    .flat_map(BTreeMap::values)
                    .map(String::as_str)
                    .filter(|value| is_reference(value))
            })
    }

    /// Puts names in place of references. One that has no name becomes `unknown`: an id tells nobody anything.
    pub fn resolve(&mut self, names: &BTreeMap<String, String>, unknown: &str) {
        let name = |value: &mut String| {
            if is_reference(value) {
                *value = names
                    .get(value.as_str())
                    .map_or_else(|| unknown.to_owned(), Clone::clone);
            }
        };
        name(&mut self.about);
        for fact in self.facts.values_mut() {
            let Fact::List(items) = fact else { continue };
            items.iter_mut().flat_map(BTreeMap::values_mut).for_each(name);
        }
    }
}

fn is_reference(value: &str) -> bool {
    value.starts_with("person/") || value.starts_with("organisation/")
}
