//! Walks a YAML document and collects every problem with its path, instead of stopping at the first.

use platform::{Said, said};
use serde_norway::{Mapping, Value};

use super::Problem;

/// Problems found so far in one document.
#[derive(Default)]
pub(super) struct Problems {
    pub(super) document: usize,
    pub(super) found: Vec<Problem>,
}

impl Problems {
    pub(super) fn add(&mut self, path: impl Into<String>, message: impl Into<Said>) {
        self.found.push(Problem {
            document: self.document,
            path: path.into(),
            message: message.into(),
        });
    }
}

/// A mapping of the document, with its path.
pub(super) struct Fields<'a> {
    path: String,
    mapping: &'a Mapping,
}

impl<'a> Fields<'a> {
    /// The mapping at `path`; unknown fields are problems.
    pub(super) fn open(
        value: &'a Value,
        path: &str,
        known: &[&str],
        problems: &mut Problems,
    ) -> Option<Self> {
        let Value::Mapping(mapping) = value else {
            let known = known.join(", ");
            problems.add(
                path,
                said!(
                    "doit être un ensemble de champs parmi {known}",
                    "must be a mapping with {known}"
                ),
            );
            return None;
        };
        let fields = Self {
            path: path.to_owned(),
            mapping,
        };
        for key in mapping.keys() {
            match key.as_str() {
                Some(name) if known.contains(&name) => {}
                Some(name) => {
                    let known = known.join(", ");
                    problems.add(
                        fields.at(name),
                        said!(
                            "n'est pas un champ connu ; il y a {known}",
                            "is no known field; there are {known}"
                        ),
                    );
                }
                None => problems.add(
                    path,
                    (
                        "a un nom de champ qui n'est pas un texte",
                        "has a key that is no text",
                    ),
                ),
            }
        }
        Some(fields)
    }

    pub(super) fn at(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.mapping.get(name).filter(|value| !value.is_null())
    }

    /// A text, when there is one.
    pub(super) fn text(&self, name: &str, problems: &mut Problems) -> Option<&'a str> {
        let value = self.get(name)?;
        let text = value.as_str();
        if text.is_none() {
            problems.add(
                self.at(name),
                (
                    "doit être un texte ; mettez-le entre guillemets",
                    "must be a text; put it between quotes",
                ),
            );
        }
        text
    }

    /// A text that must be there.
    pub(super) fn required(
        &self,
        name: &str,
        what: impl Into<Said>,
        problems: &mut Problems,
    ) -> Option<&'a str> {
        if self.get(name).is_none() {
            let Said { french, english } = what.into();
            problems.add(self.at(name), said!("manque : {french}", "is missing: {english}"));
        }
        self.text(name, problems)
    }

    pub(super) fn flag(&self, name: &str, default: bool, problems: &mut Problems) -> bool {
        match self.get(name) {
            None => default,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                problems.add(
                    self.at(name),
                    ("doit être true (oui) ou false (non)", "must be true or false"),
                );
                default
            }
        }
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
        default: T,
        problems: &mut Problems,
    ) -> T {
        let Some(text) = self.text(name, problems) else {
            return default;
        };
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
            return *choice;
        }
        let words = choices
            .iter()
            .map(|(word, _)| *word)
            .collect::<Vec<_>>()
            .join(", ");
        problems.add(
            self.at(name),
            said!(
                "`{text}` ne fait pas partie de {words}",
                "`{text}` is not one of {words}"
            ),
        );
        default
    }

    /// The items of a list with their paths; nothing when the field is absent.
    pub(super) fn list(&self, name: &str, problems: &mut Problems) -> Option<Vec<(String, &'a Value)>> {
        let Value::Sequence(items) = self.get(name)? else {
            problems.add(self.at(name), ("doit être une liste", "must be a list"));
            return None;
        };
        let path = |index: usize| format!("{}[{index}]", self.at(name));
        Some(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| (path(index), item))
                .collect(),
        )
    }
}
