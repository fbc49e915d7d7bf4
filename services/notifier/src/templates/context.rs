//! The values that a template sees. What an SMS or a subject line may not print is not there at all.

use std::collections::BTreeMap;

use contracts::kinds::{FactDeclaration, FactType, Kind};
use minijinja::Value;

use super::Language;
use crate::content::{Content, Fact, Item};

type Map = BTreeMap<&'static str, Value>;

/// For an SMS or a subject line.
pub(super) struct Subject<'a> {
    pub(super) language: Language,
    pub(super) content: &'a Content,
    pub(super) kinds: &'a BTreeMap<String, Kind>,
}

/// For the text and the HTML of a mail.
pub(super) struct Body<'a> {
    pub(super) language: Language,
    pub(super) content: &'a Content,
    pub(super) kinds: &'a BTreeMap<String, Kind>,
    pub(super) subject: &'a str,
}

impl Subject<'_> {
    pub(super) fn value(&self, brief: bool) -> Value {
        let mut root = root(self.language, self.content, self.kinds, true);
        root.insert("brief", Value::from(brief));
        // Telephones open it as well without its scheme, and it costs eight characters less.
        let link = self
            .content
            .link
            .strip_prefix("https://")
            .unwrap_or(&self.content.link);
        root.insert("link", Value::from(link));
        Value::from(root)
    }
}

impl Body<'_> {
    pub(super) fn value(&self) -> Value {
        let mut root = root(self.language, self.content, self.kinds, false);
        root.insert("subject", Value::from(self.subject));
        Value::from(root)
    }
}

fn root(language: Language, content: &Content, kinds: &BTreeMap<String, Kind>, narrow: bool) -> Map {
    let items: Vec<Map> = content
        .items
        .iter()
        .map(|found| item(found, kinds.get(&found.kind), narrow))
        .collect();
    let first = items.first().cloned().unwrap_or_default();
    let recipient = Map::from([("given_name", Value::from(content.given_name.as_str()))]);
    let organiser = Map::from([
        ("name", Value::from(content.organiser.name.as_str())),
        ("phone", Value::from(content.organiser.phone.as_str())),
    ]);
    Map::from([
        ("language", Value::from(language.code())),
        ("link", Value::from(content.link.as_str())),
        ("unsubscribe", Value::from(content.unsubscribe.as_str())),
        ("recipient", Value::from(recipient)),
        ("organiser", Value::from(organiser)),
        (
            "facts",
            first
                .get("facts")
                .cloned()
                .unwrap_or_else(|| Value::from(Map::new())),
        ),
        ("item", Value::from(first)),
        (
            "items",
            Value::from(items.into_iter().map(Value::from).collect::<Vec<_>>()),
        ),
    ])
}

fn item(item: &Item, kind: Option<&Kind>, narrow: bool) -> Map {
    let wall = |at: &jiff::civil::DateTime| Value::from(at.to_string());
    let mut map = Map::from([
        ("role", Value::from(item.role.as_str())),
        ("occasion", Value::from(item.occasion.as_str())),
        ("cleared", Value::from(item.cleared.is_some())),
        (
            "cleared_reason",
            Value::from(item.cleared.clone().unwrap_or_default()),
        ),
        ("starts", wall(&item.starts)),
        ("ends", wall(&item.ends)),
        (
            "previous_starts",
            item.previous_starts
                .as_ref()
                .map_or_else(|| Value::from(""), wall),
        ),
        ("facts", facts(item, kind, narrow)),
    ]);
    if !narrow {
        map.insert("about", Value::from(item.about.as_str()));
    }
    map
}

/// Every fact that the kind declares: one that the milestone does not carry is empty, zero, false or an empty list.
fn facts(item: &Item, kind: Option<&Kind>, narrow: bool) -> Value {
    let declared = kind
        .iter()
        .flat_map(|kind| &kind.facts)
        .filter(|(_, fact)| fact.sms || !narrow);
    let map: BTreeMap<String, Value> = declared
        .map(|(name, fact)| (name.clone(), value(item.facts.get(name), fact)))
        .collect();
    Value::from(map)
}

fn value(fact: Option<&Fact>, declared: &FactDeclaration) -> Value {
    match (declared.kind, fact) {
        (FactType::Text, Some(Fact::Text(text))) => Value::from(text.as_str()),
        (FactType::Text, _) => Value::from(""),
        (FactType::Number, Some(Fact::Number(number))) => Value::from(*number),
        (FactType::Number, _) => Value::from(0),
        (FactType::Flag, Some(Fact::Flag(flag))) => Value::from(*flag),
        (FactType::Flag, _) => Value::from(false),
        (FactType::List, Some(Fact::List(records))) => {
            let rows = records.iter().map(|record| {
                let row: BTreeMap<String, Value> = declared
                    .fields
                    .iter()
                    .map(|field| {
                        (
                            field.clone(),
                            Value::from(record.get(field).map_or("", String::as_str)),
                        )
                    })
                    .collect();
                Value::from(row)
            });
            Value::from(rows.collect::<Vec<_>>())
        }
        (FactType::List, _) => Value::from(Vec::<Value>::new()),
    }
}
