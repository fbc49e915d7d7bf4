//! The same sentence in English.

use std::fmt::Write as _;

use jiff::SignedDuration;

use super::super::{Policy, Trigger};
use super::capitalised;
use crate::domain::{Channel, Route};
use crate::offset::plural_in_english;
use crate::window::Window;

/// One plain sentence: when, by what, to whom, under which condition, in which hours.
pub(in crate::policy) fn reading(policy: &Policy) -> String {
    let mut parts = vec![when_and_how(policy)];
    match (policy.condition.words(), policy.condition.text()) {
        (Some(words), _) => parts.push(words.english.clone()),
        (None, "") => {}
        (None, text) => parts.push(format!("if `{text}`")),
    }
    if let Some(digest) = &policy.digest {
        let at = match digest.words() {
            Some(words) => words.english,
            None => format!("(cron `{}`)", digest.expression()),
        };
        parts.push(format!("gathered in one message {at}"));
    }
    parts.push(
        match policy.window {
            Window::Participants => "between 8:00 and 20:00, Monday to Saturday except public holidays",
            Window::Staff => "between 8:00 and 19:00 on business days",
            Window::None => "at any hour",
        }
        .to_owned(),
    );
    let mut sentence = capitalised(&parts.join(", "));
    if !policy.enabled {
        sentence.push_str(" (switched off)");
    }
    sentence.push('.');
    sentence
}

fn when_and_how(policy: &Policy) -> String {
    let steps = match &policy.trigger {
        Trigger::Planned => return format!("as soon as it is set, {}", by_and_to(policy)),
        Trigger::Changed { .. } => return format!("{}, {}", changes(&policy.trigger), by_and_to(policy)),
        Trigger::Relative { steps, .. } => steps,
    };
    let times = steps.iter().map(|step| step.offset.reading_in_english());
    if steps.iter().all(|step| step.route.is_none()) {
        return format!(
            "{}, {}",
            listed(&times.collect::<Vec<_>>(), "and"),
            by_and_to(policy)
        );
    }
    let first = policy.audience.first();
    let each: Vec<_> = steps
        .iter()
        .zip(times)
        .map(|(step, time)| {
            let message = first.and_then(|audience| audience.message(Some(step)));
            let by = message.map_or_else(String::new, |(route, _)| by(&route));
            format!("{time}, {by}")
        })
        .collect();
    let roles: Vec<_> = policy
        .audience
        .iter()
        .map(|audience| label(&audience.role))
        .collect();
    format!("{}, to {}", each.join("; "), listed(&roles, "and"))
}

/// Roles that are reached alike stand together.
fn by_and_to(policy: &Policy) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for audience in &policy.audience {
        let step = match &policy.trigger {
            Trigger::Relative { steps, .. } => steps.first(),
            Trigger::Planned | Trigger::Changed { .. } => None,
        };
        let Some((route, _)) = audience.message(step) else {
            continue;
        };
        let mut way = by(&route);
        if let Some(urgent) = &audience.urgent {
            let _infallible = write!(
                way,
                " (with less than {} left: {})",
                span(urgent.within),
                by(&urgent.route)
            );
        }
        match groups.iter_mut().find(|(known, _)| *known == way) {
            Some((_, roles)) => roles.push(label(&audience.role)),
            None => groups.push((way, vec![label(&audience.role)])),
        }
    }
    let groups: Vec<_> = groups
        .into_iter()
        .map(|(way, roles)| format!("{way}, to {}", listed(&roles, "and")))
        .collect();
    groups.join(", ")
}

fn changes(trigger: &Trigger) -> String {
    let Trigger::Changed {
        moved,
        cleared,
        named,
        debounce,
        ..
    } = trigger
    else {
        return String::new();
    };
    let mut changed: Vec<&str> = named.iter().map(|fact| fact.english.as_str()).collect();
    if *moved {
        changed.insert(0, "time");
    }
    let mut what = Vec::new();
    if *cleared {
        what.push("it is cancelled".to_owned());
    }
    if !changed.is_empty() {
        what.push(format!("it changes ({})", changed.join(", ")));
    }
    let grouped = if debounce.is_zero() {
        String::new()
    } else {
        format!(", gathered over {}", span(*debounce))
    };
    format!("when {}{grouped}", listed(&what, "or"))
}

fn span(duration: SignedDuration) -> String {
    match duration.as_secs().unsigned_abs() {
        s if s.is_multiple_of(3600) => plural_in_english(s / 3600, "hour"),
        s if s.is_multiple_of(60) => plural_in_english(s / 60, "minute"),
        s => plural_in_english(s, "second"),
    }
}

fn by(route: &Route) -> String {
    let word = |channel: &Channel| match channel {
        Channel::Sms => "by SMS",
        Channel::Mail => "by mail",
    };
    match route.0.as_slice() {
        [only] => word(only).to_owned(),
        [Channel::Sms, second, ..] => format!("by SMS if there is a mobile, else {}", word(second)),
        [Channel::Mail, second, ..] => format!("by mail if there is an address, else {}", word(second)),
        [] => String::new(),
    }
}

fn label(role: &str) -> String {
    match role {
        "employer_contact" => "employer contacts".to_owned(),
        "staff" => "members of the team".to_owned(),
        "candidate" | "coordinator" | "referent" | "facilitator" | "participant" => format!("{role}s"),
        other => other.to_owned(),
    }
}

fn listed(words: &[String], joint: &str) -> String {
    match words.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} {joint} {last}", first.join(", ")),
        _ => words.concat(),
    }
}
