//! The parts of `spec`.

use contracts::kinds::Kind;
use jiff::SignedDuration;
use platform::{Said, said};

use super::super::fields::{Fields, Problems};
use super::super::{Audience, Step, Trigger, Urgent};
use crate::digest::Digest;
use crate::domain::Route;
use crate::offset::Offset;

const STEP_LIMIT: usize = 20;
const DEFAULT_DEBOUNCE: SignedDuration = SignedDuration::from_secs(120);

pub(super) fn trigger(spec: &Fields<'_>, kind: Option<&Kind>, problems: &mut Problems) -> Option<Trigger> {
    let Some(text) = spec.required(
        "trigger",
        (
            "planned, before, after ou changed",
            "planned, before, after or changed",
        ),
        problems,
    ) else {
        // What is wrong with the offsets is wrong whichever way they count.
        if spec.get("offsets").is_some() {
            steps(spec, None, problems);
        }
        return None;
    };
    let relative = matches!(text, "before" | "after");
    if !relative && spec.get("offsets").is_some() {
        problems.add(
            "spec.offsets",
            said!(
                "un déclencheur `{text}` n'a pas de décalage ; retirez-les",
                "a trigger `{text}` has no offsets; leave them out"
            ),
        );
    }
    if text != "changed" && spec.get("change").is_some() {
        problems.add(
            "spec.change",
            said!(
                "seul un déclencheur `changed` en a, celui-ci est `{text}`",
                "only a trigger `changed` has it, this one is `{text}`"
            ),
        );
    }
    match text {
        "planned" => Some(Trigger::Planned),
        "before" | "after" => {
            let after = text == "after";
            Some(Trigger::Relative {
                after,
                steps: steps(spec, Some(after), problems)?,
            })
        }
        "changed" => changed(spec, kind, problems),
        other => {
            problems.add(
                "spec.trigger",
                said!(
                    "`{other}` ne fait pas partie de planned, before, after, changed",
                    "`{other}` is not one of planned, before, after, changed"
                ),
            );
            None
        }
    }
}

/// The offsets; `after` is the direction in which they must count, where it is known.
fn steps(spec: &Fields<'_>, after: Option<bool>, problems: &mut Problems) -> Option<Vec<Step>> {
    let items = spec.list("offsets", problems).unwrap_or_default();
    if items.is_empty() || items.len() > STEP_LIMIT {
        problems.add(
            "spec.offsets",
            said!(
                "demande 1 à {STEP_LIMIT} décalages tels que `- at: \"-48h\"`",
                "needs 1 to {STEP_LIMIT} offsets such as `- at: \"-48h\"`"
            ),
        );
        return None;
    }
    let mut steps: Vec<Step> = Vec::new();
    for (path, item) in items {
        let Some(fields) = Fields::open(item, &path, &["at", "route", "template"], problems) else {
            continue;
        };
        let step = Step {
            route: route(&fields, problems),
            template: template(&fields, problems),
            offset: match fields
                .required(
                    "at",
                    ("un décalage tel que \"-48h\"", "an offset such as \"-48h\""),
                    problems,
                )
                .map(str::parse::<Offset>)
            {
                None => continue,
                Some(Err(error)) => {
                    problems.add(fields.at("at"), (error.in_french(), error.to_string()));
                    continue;
                }
                Some(Ok(offset)) => offset,
            },
        };
        if let Some(after) = after
            && step.offset.is_before() == after
        {
            let (word, sign) = if after { ("after", '+') } else { ("before", '-') };
            problems.add(
                fields.at("at"),
                said!(
                    "le déclencheur est `{word}` : commencez par `{sign}`",
                    "the trigger is `{word}`: begin with `{sign}`"
                ),
            );
        }
        if steps.iter().any(|other| other.offset == step.offset) {
            problems.add(
                fields.at("at"),
                (
                    "est là deux fois ; chaque décalage fait un rappel",
                    "is there twice; each offset is one reminder",
                ),
            );
        }
        steps.push(step);
    }
    Some(steps)
}

fn changed(spec: &Fields<'_>, kind: Option<&Kind>, problems: &mut Problems) -> Option<Trigger> {
    let Some(value) = spec.get("change") else {
        problems.add(
            "spec.change",
            (
                "manque : dites ce qui est annoncé, avec moved, cleared, facts, debounce",
                "is missing: say what is told, with moved, cleared, facts, debounce",
            ),
        );
        return None;
    };
    let fields = Fields::open(
        value,
        "spec.change",
        &["moved", "cleared", "facts", "debounce"],
        problems,
    )?;
    let (mut watch, mut named) = (Vec::new(), Vec::new());
    for (path, item) in fields.list("facts", problems).unwrap_or_default() {
        match item.as_str() {
            Some(name) if kind.is_none_or(|kind| kind.facts.contains_key(name)) => {
                watch.push(name.to_owned());
                if let Some(fact) = kind.and_then(|kind| kind.facts.get(name)) {
                    named.push(Said::new(&fact.words.fr, &fact.words.en));
                }
            }
            Some(name) => {
                let facts = kind.map_or_else(String::new, |kind| words(kind.facts.keys()));
                problems.add(
                    path,
                    said!(
                        "cette sorte d'échéance n'a pas de donnée `{name}` ; elle a {facts}",
                        "the kind declares no fact `{name}`; it has {facts}"
                    ),
                );
            }
            None => problems.add(
                path,
                ("doit être le nom d'une donnée", "must be the name of a fact"),
            ),
        }
    }
    let (moved, cleared) = (
        fields.flag("moved", true, problems),
        fields.flag("cleared", true, problems),
    );
    if !moved && !cleared && watch.is_empty() {
        problems.add(
            "spec.change",
            (
                "n'annonce rien ; mettez moved ou cleared à true, ou nommez des données",
                "tells nothing; set moved or cleared to true, or name facts",
            ),
        );
    }
    let debounce = duration(&fields, "debounce", problems).unwrap_or(DEFAULT_DEBOUNCE);
    Some(Trigger::Changed {
        moved,
        cleared,
        watch,
        named,
        debounce,
    })
}

pub(super) fn audience(
    spec: &Fields<'_>,
    kind: Option<&Kind>,
    default: &(Option<Route>, Option<String>),
    problems: &mut Problems,
) -> Option<Vec<Audience>> {
    let items = spec.list("audience", problems).unwrap_or_default();
    if items.is_empty() {
        problems.add(
            "spec.audience",
            (
                "manque : nommez qui est prévenu, `- role: candidate`",
                "is missing: name who is told, `- role: candidate`",
            ),
        );
        return None;
    }
    let mut all: Vec<Audience> = Vec::new();
    for (path, item) in items {
        let Some(fields) = Fields::open(item, &path, &["role", "route", "template", "urgent"], problems)
        else {
            continue;
        };
        let own = (route(&fields, problems), template(&fields, problems));
        let Some(role) = fields.required("role", ("qui est prévenu", "who is told"), problems) else {
            continue;
        };
        if let Some(kind) = kind
            && !kind.roles.iter().any(|known| known == role)
        {
            let known = kind.roles.join(", ");
            problems.add(
                fields.at("role"),
                said!(
                    "cette sorte d'échéance n'a pas de rôle `{role}` ; elle a {known}",
                    "the kind knows no role `{role}`; it has {known}"
                ),
            );
        }
        if all.iter().any(|other| other.role == role) {
            problems.add(
                fields.at("role"),
                said!("`{role}` est là deux fois", "`{role}` is there twice"),
            );
        }
        all.push(Audience {
            role: role.to_owned(),
            route: own.0,
            template: own.1,
            urgent: urgent(&fields, spec, problems),
            default: default.clone(),
        });
    }
    Some(all)
}

fn urgent(fields: &Fields<'_>, spec: &Fields<'_>, problems: &mut Problems) -> Option<Urgent> {
    let (value, path) = (fields.get("urgent")?, fields.at("urgent"));
    if spec.get("trigger").and_then(|trigger| trigger.as_str()) != Some("changed") {
        problems.add(
            path,
            (
                "seul un déclencheur `changed` en a ; retirez-le",
                "only a trigger `changed` has it; leave it out",
            ),
        );
        return None;
    }
    let fields = Fields::open(value, &path, &["within", "route"], problems)?;
    for name in ["within", "route"] {
        if fields.get(name).is_none() {
            problems.add(
                fields.at(name),
                (
                    "manque : écrivez `urgent: { within: 48h, route: [sms, mail] }`",
                    "is missing: write `urgent: { within: 48h, route: [sms, mail] }`",
                ),
            );
        }
    }
    Some(Urgent {
        within: duration(&fields, "within", problems)?,
        route: route(&fields, problems)?,
    })
}

/// Every message needs channels and a template, from the offset, the audience or the policy.
pub(super) fn check_messages(trigger: &Trigger, audience: &[Audience], problems: &mut Problems) {
    let steps: Vec<Option<&Step>> = match trigger {
        Trigger::Relative { steps, .. } => steps.iter().map(Some).collect(),
        Trigger::Planned | Trigger::Changed { .. } => vec![None],
    };
    for (index, one) in audience.iter().enumerate() {
        if let Some(number) = steps.iter().position(|step| one.message(*step).is_none()) {
            let Said { french, english } = steps[number].map_or_else(Said::nothing, |_| {
                said!(" ou spec.offsets[{number}]", " or spec.offsets[{number}]")
            });
            let message = said!(
                "n'a pas de route ou pas de modèle pour son message ; dites les deux ici, dans spec{french}",
                "has no route or no template for its message; say both here, in spec{english}"
            );
            problems.add(format!("spec.audience[{index}]"), message);
        }
    }
}

pub(super) fn route(fields: &Fields<'_>, problems: &mut Problems) -> Option<Route> {
    let items = fields.list("route", problems)?;
    let words: Vec<&str> = items.iter().filter_map(|(_, item)| item.as_str()).collect();
    let route: Option<Route> = words.join(",").parse().ok();
    let twice = words
        .iter()
        .enumerate()
        .any(|(index, word)| words[..index].contains(word));
    if words.len() != items.len() || twice || route.is_none() {
        problems.add(
            fields.at("route"),
            (
                "doit donner mail et sms par ordre de préférence, comme [sms, mail]",
                "must list mail and sms in order of preference, such as [sms, mail]",
            ),
        );
        return None;
    }
    route
}

pub(super) fn template(fields: &Fields<'_>, problems: &mut Problems) -> Option<String> {
    let name = fields.text("template", problems)?;
    let fits = !name.is_empty()
        && name.len() <= 63
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    if !fits {
        problems.add(
            fields.at("template"),
            (
                "doit être le nom d'un modèle : minuscules, chiffres, _ et -",
                "must be the name of a template: small letters, digits, _ and -",
            ),
        );
        return None;
    }
    Some(name.to_owned())
}

pub(super) fn digest(
    spec: &Fields<'_>,
    trigger: Option<&Trigger>,
    problems: &mut Problems,
) -> Option<Digest> {
    let fields = Fields::open(spec.get("digest")?, "spec.digest", &["cron"], problems)?;
    if matches!(trigger, Some(Trigger::Changed { .. })) {
        problems.add(
            "spec.digest",
            (
                "un changement est annoncé aussitôt ; retirez le regroupement",
                "a change is told at once; leave the digest out",
            ),
        );
    }
    let text = fields.required(
        "cron",
        (
            "par exemple \"0 30 8 * * Mon-Fri\"",
            "such as \"0 30 8 * * Mon-Fri\"",
        ),
        problems,
    )?;
    Digest::parse(text)
        .map_err(|message| problems.add("spec.digest.cron", message))
        .ok()
}

pub(super) fn duration(fields: &Fields<'_>, name: &str, problems: &mut Problems) -> Option<SignedDuration> {
    let text = fields.text(name, problems)?;
    let parsed: Result<SignedDuration, _> = text.parse();
    match parsed {
        Ok(duration) if !duration.is_negative() && duration <= SignedDuration::from_hours(400 * 24) => {
            Some(duration)
        }
        _ => {
            problems.add(
                fields.at(name),
                (
                    "doit être une durée telle que 2m, 90s, 12h ou 168h, de 400 jours au plus",
                    "must be a duration such as 2m, 90s, 12h or 168h, of at most 400 days",
                ),
            );
            None
        }
    }
}

pub(super) fn words<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}
