//! What must hold for every text: both languages say the same things, nothing is named that is not there, nothing is
//! there that is not named, and the signs of each language stand as they should.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::{Language, load};

/// Keys that are put together while running: by their beginning.
const MADE: &[&str] = &[
    "audit-kind-",
    "error-",
    "field-",
    "link-done-",
    "partner-done-",
    "reason-",
    "role-",
    "roster-hint-",
];

#[test]
fn both_languages_have_the_same_keys_with_the_same_values_in_them() {
    let [french, english] = Language::ALL.map(messages);
    for (key, text) in &french {
        let other = english.get(key);
        assert!(other.is_some(), "{key} is not there in English");
        assert_eq!(
            Some(values(text)),
            other.map(|text| values(text)),
            "{key}: other values in English"
        );
    }
    for key in english.keys() {
        assert!(french.contains_key(key), "{key} is not there in French");
    }
}

#[test]
fn every_message_can_be_read() {
    for language in Language::ALL {
        for key in messages(language).keys() {
            assert!(
                load::has(language, key),
                "{key} of {} cannot be read, or is there twice",
                language.code()
            );
        }
    }
}

#[test]
fn every_key_that_is_named_is_there_and_every_key_that_is_there_is_named() {
    let known: BTreeSet<_> = messages(Language::French).into_keys().collect();
    let beginnings: BTreeSet<_> = known
        .iter()
        .filter_map(|key| key.split_once('-'))
        .map(|(first, _)| first)
        .collect();
    let mut named = BTreeSet::new();
    let mut sources = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    gather(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"),
        &mut sources,
    );
    assert!(sources.len() > 40);
    for (file, source) in &sources {
        for marker in [".say(\"", ".with(\""] {
            for rest in source.split(marker).skip(1) {
                let key = rest.split('"').next().unwrap_or_default();
                // The tests of texts name one on purpose.
                assert!(
                    known.contains(key) || key == "no-such-key",
                    "{file} names {key}, which is not there"
                );
            }
        }
        for literal in source.split('"') {
            if known.contains(literal) {
                named.insert(literal.to_owned());
            } else if file.contains("/src/") && shaped(literal) {
                let first = literal.split('-').next().unwrap_or_default();
                assert!(
                    !beginnings.contains(first),
                    "{file} names {literal}, which is not there"
                );
            }
        }
    }
    let unused: Vec<_> = known
        .iter()
        .filter(|key| !named.contains(*key) && !MADE.iter().any(|made| key.starts_with(made)))
        .collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn french_marks_have_their_space_and_english_ones_have_none() {
    for (key, text) in messages(Language::French) {
        let signs: Vec<_> = text.chars().collect();
        for (at, sign) in signs.iter().enumerate() {
            let before = at.checked_sub(1).map_or(' ', |at| signs[at]);
            let after = signs.get(at + 1).copied().unwrap_or(' ');
            match sign {
                ';' | '!' | '?' | '»' | '%' | '€' => {
                    assert!(before == ' ', "{key}: a space before {sign} in {text}");
                }
                ':' if after == ' ' => {
                    assert!(before == ' ', "{key}: a space before : in {text}");
                }
                '«' => {
                    assert!(after == ' ', "{key}: a space after « in {text}");
                }
                _ => {}
            }
        }
    }
    for (key, text) in messages(Language::English) {
        for wrong in [" ;", " !", " ?", " :", " %", "«", "  "] {
            assert!(!text.contains(wrong), "{key}: {wrong:?} in {text}");
        }
    }
}

/// Key and text of each message, as written: its lines joined, without the braces' inside that chooses a form.
fn messages(language: Language) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut current = String::new();
    for line in load::files(language)
        .iter()
        .flat_map(|(_, source)| source.lines())
    {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let key = line
            .split_once(" =")
            .filter(|(key, _)| !key.starts_with(' ') && !key.contains(' '));
        if let Some((key, text)) = key {
            assert!(
                all.insert(key.to_owned(), text.trim().to_owned()).is_none(),
                "{key} is there twice"
            );
            key.clone_into(&mut current);
        } else if let Some(text) = all.get_mut(&current) {
            text.push('\n');
            text.push_str(line.trim());
        }
    }
    all
}

/// Names of the values in a message.
fn values(text: &str) -> BTreeSet<&str> {
    text.split('$')
        .skip(1)
        .map(|rest| {
            rest.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-' && sign != '_')
                .next()
                .unwrap_or_default()
        })
        .collect()
}

/// Words joined by hyphens.
fn shaped(literal: &str) -> bool {
    literal.contains('-')
        && literal.split('-').all(|word| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit())
        })
}

fn gather(folder: &Path, sources: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, sources);
        } else {
            // What a comment names is an example.
            let text = fs::read_to_string(&path).unwrap();
            let code: Vec<_> = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            sources.push((path.display().to_string(), code.join("\n")));
        }
    }
}
