//! The messages of `locales/`, read once. French signs get their spaces here, so that nobody has to type them.

use std::{borrow::Cow, sync::LazyLock};

use fluent::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use super::{Language, numbers};

/// Name and content of each file.
pub(super) type Files = &'static [(&'static str, &'static str)];

const FRENCH: Files = include!(concat!(env!("OUT_DIR"), "/locales_fr.rs"));
const ENGLISH: Files = include!(concat!(env!("OUT_DIR"), "/locales_en.rs"));

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 2]> = LazyLock::new(|| Language::ALL.map(load));

/// The files of a language.
pub(super) fn files(language: Language) -> Files {
    match language {
        Language::French => FRENCH,
        Language::English => ENGLISH,
    }
}

/// Whether there is such a message.
pub(super) fn has(language: Language, key: &str) -> bool {
    bundle(language).has_message(key)
}

/// The message; its key when there is none, which a test rules out for every key that is named anywhere.
pub(super) fn write(language: Language, key: &str, values: Option<&FluentArgs<'_>>) -> String {
    let bundle = bundle(language);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::error!(key, language = language.code(), "a text is missing");
        return key.to_owned();
    };
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, values, &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!(key, language = language.code(), ?errors, "a text lacks a value");
    }
    text
}

fn bundle(language: Language) -> &'static Bundle {
    &BUNDLES[usize::from(language == Language::English)]
}

fn load(language: Language) -> Bundle {
    let mut bundle = Bundle::new_concurrent(language.code().parse().into_iter().collect());
    // The invisible signs around values would end in copied text, titles and file names.
    bundle.set_use_isolating(false);
    match language {
        Language::French => {
            bundle.set_transform(Some(french));
            bundle.set_formatter(Some(|value, _| number(value, Language::French)));
        }
        Language::English => {
            bundle.set_transform(Some(english));
            bundle.set_formatter(Some(|value, _| number(value, Language::English)));
        }
    }
    for (file, source) in files(language) {
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) => resource,
            Err((rest, errors)) => {
                tracing::error!(file, ?errors, "texts cannot be read");
                rest
            }
        };
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(file, ?errors, "texts are there twice");
        }
    }
    bundle
}

fn number(value: &FluentValue<'_>, language: Language) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let whole: i64 = number.as_string().parse().ok()?;
    Some(numbers::number(language, whole))
}

/// `~` is a space that does not break; so is the one before a double mark, narrow where French has it narrow.
fn french(text: &str) -> Cow<'_, str> {
    let mut out = common(text).into_owned();
    for (typed, printed) in [
        (" ;", "\u{202f};"),
        (" !", "\u{202f}!"),
        (" ?", "\u{202f}?"),
        ("« ", "«\u{202f}"),
        (" »", "\u{202f}»"),
        (" :", "\u{a0}:"),
        (" %", "\u{a0}%"),
        (" €", "\u{a0}€"),
    ] {
        if out.contains(typed) {
            out = out.replace(typed, printed);
        }
    }
    Cow::Owned(out)
}

fn english(text: &str) -> Cow<'_, str> {
    common(text)
}

fn common(text: &str) -> Cow<'_, str> {
    if text.contains(['~', '\'']) {
        Cow::Owned(text.replace('~', "\u{a0}").replace('\'', "’"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_signs_get_the_spaces_that_french_wants() {
        assert_eq!(
            french("Prêt ? L'envoi : « 12~messages » ; non !"),
            "Prêt\u{202f}? L’envoi\u{a0}: «\u{202f}12\u{a0}messages\u{202f}»\u{202f}; non\u{202f}!"
        );
        assert_eq!(
            english("Ready? It's 12~messages."),
            "Ready? It’s 12\u{a0}messages."
        );
    }
}
