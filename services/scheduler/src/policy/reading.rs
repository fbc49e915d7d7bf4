pub(super) mod english;

use std::fmt::Write as _;

use jiff::SignedDuration;

use super::{Policy, Trigger};
use crate::domain::{Channel, Route};
use crate::offset::number;
use crate::window::Window;

/// One plain French sentence: when, by what, to whom, under which condition, in which hours.
pub(super) fn reading(policy: &Policy) -> String {
    let mut parts = vec![when_and_how(policy)];
    match (policy.condition.words(), policy.condition.text()) {
        (Some(words), _) => parts.push(words.french.clone()),
        (None, "") => {}
        (None, text) => parts.push(format!("si `{text}`")),
    }
    if let Some(digest) = &policy.digest {
        let at = match digest.words() {
            Some(words) => words.french,
            None => format!("(cron `{}`)", digest.expression()),
        };
        parts.push(format!("le tout en un seul message {at}"));
    }
    parts.push(hours(policy.window).to_owned());
    let mut sentence = capitalised(&parts.join(", "));
    if !policy.enabled {
        sentence.push_str(" (désactivée)");
    }
    sentence.push('.');
    sentence
}

fn when_and_how(policy: &Policy) -> String {
    let steps = match &policy.trigger {
        Trigger::Planned => return format!("dès que c'est fixé, {}", by_and_to(policy)),
        Trigger::Changed { .. } => return format!("{}, {}", changes(&policy.trigger), by_and_to(policy)),
        Trigger::Relative { steps, .. } => steps,
    };
    if steps.iter().all(|step| step.route.is_none()) {
        let times: Vec<_> = steps.iter().map(|step| step.offset.reading()).collect();
        return format!("{}, {}", listed(&times), by_and_to(policy));
    }
    let first = policy.audience.first();
    let times: Vec<_> = steps
        .iter()
        .map(|step| {
            let route = first
                .and_then(|audience| audience.message(Some(step)))
                .map(|message| message.0);
            format!(
                "{}, {}",
                step.offset.reading(),
                route.as_ref().map_or_else(String::new, by)
            )
        })
        .collect();
    format!(
        "{}, {}",
        times.join(" ; "),
        to(policy.audience.iter().map(|audience| audience.role.as_str()))
    )
}

/// Roles that are reached alike stand together.
fn by_and_to(policy: &Policy) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
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
                " (à moins de {} : {})",
                span(urgent.within),
                by(&urgent.route)
            );
        }
        match groups.iter_mut().find(|(known, _)| *known == way) {
            Some((_, roles)) => roles.push(&audience.role),
            None => groups.push((way, vec![&audience.role])),
        }
    }
    let groups: Vec<_> = groups
        .into_iter()
        .map(|(way, roles)| format!("{way}, {}", to(roles.into_iter())))
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
    let mut changed: Vec<&str> = named.iter().map(|fact| fact.french.as_str()).collect();
    if *moved {
        changed.insert(0, "horaire");
    }
    let mut what = Vec::new();
    if *cleared {
        what.push("d'annulation".to_owned());
    }
    if !changed.is_empty() {
        what.push(format!("de changement ({})", changed.join(", ")));
    }
    let grouped = if debounce.is_zero() {
        String::new()
    } else {
        format!(", tout ce qui change en {} dans un seul message", span(*debounce))
    };
    let what = match what.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} ou {last}", first.join(", ")),
        _ => what.concat(),
    };
    format!("en cas {what}{grouped}")
}

fn by(route: &Route) -> String {
    let word = |channel: &Channel| match channel {
        Channel::Sms => "par SMS",
        Channel::Mail => "par mail",
    };
    match route.0.as_slice() {
        [only] => word(only).to_owned(),
        [Channel::Sms, second, ..] => format!("par SMS s'il y a un mobile, sinon {}", word(second)),
        [Channel::Mail, second, ..] => format!("par mail s'il y a une adresse, sinon {}", word(second)),
        [] => String::new(),
    }
}

fn to<'a>(roles: impl Iterator<Item = &'a str>) -> String {
    listed(&roles.map(label).collect::<Vec<_>>())
}

fn label(role: &str) -> String {
    match role {
        "candidate" => "aux candidat·es".to_owned(),
        "employer_contact" => "aux contacts des employeurs".to_owned(),
        "coordinator" => "à la coordination".to_owned(),
        "referent" => "aux référent·es".to_owned(),
        "facilitator" => "aux chargé·es de clauses sociales".to_owned(),
        "staff" => "aux membres de l'équipe".to_owned(),
        "participant" => "aux participant·es".to_owned(),
        other => format!("à {other}"),
    }
}

fn hours(window: Window) -> &'static str {
    match window {
        Window::Participants => "entre 8 h et 20 h du lundi au samedi hors jours fériés",
        Window::Staff => "entre 8 h et 19 h les jours ouvrés",
        Window::None => "à toute heure",
    }
}

fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().unsigned_abs();
    let (count, one, many) = match seconds {
        s if s.is_multiple_of(3600) => (s / 3600, "heure", "heures"),
        s if s.is_multiple_of(60) => (s / 60, "minute", "minutes"),
        s => (s, "seconde", "secondes"),
    };
    if count == 1 {
        format!("une {one}")
    } else {
        format!("{} {many}", number(count))
    }
}

fn listed(words: &[String]) -> String {
    match words.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} et {last}", first.join(", ")),
        _ => words.concat(),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
