//! What pages say, in French and in English: Fluent messages of `locales/`, and functions for numbers, dates and lists.

mod dates;
mod language;
mod load;
mod numbers;
#[cfg(test)]
mod proof;

use std::{borrow::Cow, fmt};

use fluent::{FluentArgs, FluentValue};
use tonic::Status;

pub(crate) use language::Language;

/// The words of one language. `t` in templates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Texts(pub(crate) Language);

/// A message with values in it, written when shown.
pub(crate) struct Said<'k> {
    texts: Texts,
    key: &'k str,
    values: FluentArgs<'static>,
}

/// What may stand in a message.
pub(crate) trait Value {
    /// As Fluent wants it.
    fn value(&self) -> FluentValue<'static>;
}

impl Texts {
    /// `fr` or `en`, for `lang`.
    pub(crate) fn code(self) -> &'static str {
        self.0.code()
    }

    /// A message without values: `{{ t.say("save") }}`.
    pub(crate) fn say(self, key: &str) -> String {
        load::write(self.0, key, None)
    }

    /// A message with a value: `{{ t.with("people-found", "n", n) }}`; more by `.and("name", name)`.
    pub(crate) fn with<'k>(self, key: &'k str, name: &'static str, value: impl Value) -> Said<'k> {
        let said = Said {
            texts: self,
            key,
            values: FluentArgs::new(),
        };
        said.and(name, value)
    }

    /// What a service says in both languages, in this one; in French where it has no English.
    pub(crate) fn of<'s>(self, french: &'s str, english: &'s str) -> &'s str {
        match self.0 {
            Language::English if !english.is_empty() => english,
            _ => french,
        }
    }

    /// The message of a service's refusal.
    pub(crate) fn refusal(self, status: &Status) -> String {
        let said = platform::error::said(status);
        self.of(&said.french, &said.english).to_owned()
    }

    /// A message if there is one of that name: for words that depend on what a service answers.
    pub(crate) fn find(self, key: &str) -> Option<String> {
        load::has(self.0, key).then(|| self.say(key))
    }
}

impl Said<'_> {
    /// One more value.
    #[must_use]
    pub(crate) fn and(mut self, name: &'static str, value: impl Value) -> Self {
        self.values.set(name, value.value());
        self
    }
}

impl fmt::Display for Said<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&load::write(self.texts.0, self.key, Some(&self.values)))
    }
}

impl From<Said<'_>> for String {
    fn from(said: Said<'_>) -> Self {
        said.to_string()
    }
}

impl<T: Value + ?Sized> Value for &T {
    fn value(&self) -> FluentValue<'static> {
        (*self).value()
    }
}

impl Value for str {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_owned())
    }
}

impl Value for String {
    fn value(&self) -> FluentValue<'static> {
        self.as_str().value()
    }
}

impl Value for Cow<'_, str> {
    fn value(&self) -> FluentValue<'static> {
        self.as_ref().value()
    }
}

impl Value for Said<'_> {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_string())
    }
}

macro_rules! numbers {
    ($($kind:ty)*) => { $(
        impl Value for $kind {
            fn value(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )* };
}

numbers! { i32 i64 u16 u32 u64 usize }

#[cfg(test)]
mod tests {
    use super::*;

    const FRENCH: Texts = Texts(Language::French);
    const ENGLISH: Texts = Texts(Language::English);

    #[test]
    fn values_stand_in_their_place_and_numbers_in_the_form_of_the_language() {
        let of = |texts: Texts, n: i64| texts.with("style-count", "n", n).to_string();
        assert_eq!(of(FRENCH, 0), "0\u{a0}personne");
        assert_eq!(of(FRENCH, 1_234), "1\u{202f}234\u{a0}personnes");
        assert_eq!(of(ENGLISH, 1), "1\u{a0}person");
        assert_eq!(of(ENGLISH, 1_234), "1,234\u{a0}people");
    }

    #[test]
    fn a_name_within_a_message_is_not_wrapped_in_invisible_signs() {
        assert_eq!(
            FRENCH.with("signed-in-as", "name", "Lina").to_string(),
            "Connexion\u{a0}: Lina"
        );
    }

    #[test]
    fn a_key_that_nobody_wrote_is_shown_rather_than_nothing() {
        assert_eq!(FRENCH.say("no-such-key"), "no-such-key");
        assert_eq!(FRENCH.find("no-such-key"), None);
    }
}
