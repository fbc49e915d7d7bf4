//! From YAML to policies: everything is checked at once, each problem with its path.

use platform::{Said, said};
use serde::Deserialize;
use serde_norway::Value;

use super::fields::{Fields, Problems};
use super::{Condition, Kinds, Late, OnUnknown, Policy, Problem};
use crate::window::Window;
use parts::{audience, check_messages, digest, duration, route, template, trigger, words};

mod parts;

const API_VERSION: &str = "jalon/v1";
const KIND: &str = "ReminderPolicy";
const TEXT_LIMIT: usize = 200_000;
const DOCUMENT_LIMIT: usize = 200;

const SPEC: [&str; 15] = [
    "description",
    "enabled",
    "milestone",
    "trigger",
    "offsets",
    "audience",
    "route",
    "template",
    "condition",
    "window",
    "late",
    "on_unknown",
    "useful_for",
    "change",
    "digest",
];

/// What a text of policy documents holds.
#[derive(Debug, Default)]
pub struct Checked {
    /// Those without a problem.
    pub policies: Vec<Policy>,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
}

/// Reads the documents of a text. Nothing is guessed: an unknown field is a problem.
pub fn check(text: &str, kinds: &Kinds) -> Checked {
    let mut checked = Checked::default();
    if text.len() > TEXT_LIMIT {
        checked.problems.push(whole(
            1,
            said!(
                "dépasse {TEXT_LIMIT} octets ; découpez-le en plusieurs fichiers",
                "is longer than {TEXT_LIMIT} bytes; split it into files"
            ),
        ));
        return checked;
    }
    for (index, document) in serde_norway::Deserializer::from_str(text).enumerate() {
        let number = index + 1;
        if number > DOCUMENT_LIMIT {
            checked.problems.push(whole(
                number,
                said!(
                    "est un document de trop ; un texte en contient {DOCUMENT_LIMIT} au plus",
                    "is one document too many; {DOCUMENT_LIMIT} fit in one text"
                ),
            ));
            break;
        }
        match Value::deserialize(document) {
            Ok(Value::Null) => {}
            Ok(value) => {
                let mut problems = Problems {
                    document: number,
                    found: Vec::new(),
                };
                let policy = policy(&value, kinds, &mut problems);
                checked
                    .policies
                    .extend(policy.filter(|_| problems.found.is_empty()));
                checked.problems.append(&mut problems.found);
            }
            Err(error) => {
                // The rest of the text cannot be trusted either.
                checked.problems.push(whole(number, no_yaml(&error)));
                break;
            }
        }
    }
    if checked.policies.is_empty() && checked.problems.is_empty() {
        checked.problems.push(whole(
            1,
            said!(
                "ne contient aucun document ; commencez par `apiVersion: {API_VERSION}`",
                "holds no document; begin with `apiVersion: {API_VERSION}`"
            ),
        ));
    }
    checked
}

/// The library explains itself in English only; where it is, both say.
fn no_yaml(error: &serde_norway::Error) -> Said {
    let place = error.location().map_or_else(String::new, |place| {
        format!(" (ligne {}, colonne {})", place.line(), place.column())
    });
    said!("n'est pas du YAML{place}", "is no YAML: {error}")
}

fn whole(document: usize, message: Said) -> Problem {
    Problem {
        document,
        path: String::new(),
        message,
    }
}

fn policy(value: &Value, kinds: &Kinds, problems: &mut Problems) -> Option<Policy> {
    let top = Fields::open(value, "", &["apiVersion", "kind", "metadata", "spec"], problems)?;
    for (name, expected) in [("apiVersion", API_VERSION), ("kind", KIND)] {
        if let Some(found) = top.required(
            name,
            said!("écrivez `{expected}`", "write `{expected}`"),
            problems,
        ) && found != expected
        {
            let message = said!(
                "vaut `{found}` ; écrivez `{expected}`",
                "is `{found}`; write `{expected}`"
            );
            problems.add(name, message);
        }
    }
    let name = name(&top, problems);
    let Some(spec) = top.get("spec") else {
        problems.add("spec", ("manque", "is missing"));
        return None;
    };
    let spec = Fields::open(spec, "spec", &SPEC, problems)?;
    spec.text("description", problems);
    let known = words(kinds.keys());
    let kind_name = spec.required("milestone", said!("un parmi {known}", "one of {known}"), problems);
    let kind = kind_name.and_then(|name| {
        let kind = kinds.get(name);
        if kind.is_none() {
            let message = said!(
                "aucune sorte d'échéance ne s'appelle `{name}` ; il y a {known}",
                "no milestone kind is called `{name}`; there are {known}"
            );
            problems.add("spec.milestone", message);
        }
        kind
    });
    let trigger = trigger(&spec, kind, problems);
    let default = (route(&spec, problems), template(&spec, problems));
    let audience = audience(&spec, kind, &default, problems);
    if let (Some(trigger), Some(audience)) = (&trigger, &audience) {
        check_messages(trigger, audience, problems);
    }
    let condition_text = spec.text("condition", problems).unwrap_or("");
    let condition = kind.and_then(|kind| {
        Condition::compile(condition_text, kind)
            .map_err(|message| problems.add("spec.condition", message))
            .ok()
    });
    let windows = [
        ("participants", Window::Participants),
        ("staff", Window::Staff),
        ("none", Window::None),
    ];
    let window = spec.choice("window", &windows, Window::Participants, problems);
    let late = spec.choice(
        "late",
        &[("skip", Late::Skip), ("now", Late::Now)],
        Late::Skip,
        problems,
    );
    let unknown = [
        ("at_least_once", OnUnknown::AtLeastOnce),
        ("at_most_once", OnUnknown::AtMostOnce),
    ];
    let on_unknown = spec.choice("on_unknown", &unknown, OnUnknown::AtLeastOnce, problems);
    let useful_for = duration(&spec, "useful_for", problems);
    let digest = digest(&spec, trigger.as_ref(), problems);
    let enabled = spec.flag("enabled", true, problems);
    // Only now that every field was looked at may a missing one end it.
    Some(Policy {
        name: name?,
        document: serde_norway::to_string(value).unwrap_or_default(),
        built_in: false,
        enabled,
        milestone: kind_name?.to_owned(),
        trigger: trigger?,
        audience: audience?,
        condition: condition?,
        window,
        late,
        on_unknown,
        useful_for,
        digest,
    })
}

fn name(top: &Fields<'_>, problems: &mut Problems) -> Option<String> {
    let Some(metadata) = top.get("metadata") else {
        problems.add(
            "metadata.name",
            (
                "manque : un nom en minuscules, chiffres et traits d'union",
                "is missing: a name of small letters, digits and hyphens",
            ),
        );
        return None;
    };
    let metadata = Fields::open(metadata, "metadata", &["name"], problems)?;
    let name = metadata.required(
        "name",
        (
            "un nom en minuscules, chiffres et traits d'union",
            "a name of small letters, digits and hyphens",
        ),
        problems,
    )?;
    let fits = !name.is_empty()
        && name.len() <= 63
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-');
    if !fits {
        problems.add(
            "metadata.name",
            (
                "n'a que des minuscules, des chiffres et des traits d'union, 63 au plus",
                "must be small letters, digits and hyphens, at most 63",
            ),
        );
        return None;
    }
    Some(name.to_owned())
}

#[cfg(test)]
mod tests;
