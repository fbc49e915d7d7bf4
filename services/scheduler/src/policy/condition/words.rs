//! Conditions as people say them.

use std::collections::BTreeMap;

use contracts::kinds::FactDeclaration;
use platform::Said;

type Facts = BTreeMap<String, FactDeclaration>;

/// "si la personne n'a encore rien reçu et s'il reste des résultats à noter". None when a part has no words: it is then
/// shown as it is written.
pub(super) fn of(text: &str, facts: &Facts) -> Option<Said> {
    let parts = text.split("&&").map(|part| clause(part.trim(), facts));
    let parts = parts.collect::<Option<Vec<Said>>>()?;
    let french: Vec<String> = parts.iter().map(|part| si(&part.french)).collect();
    let english: Vec<String> = parts.iter().map(|part| format!("if {}", part.english)).collect();
    Some(Said::new(french.join(" et "), english.join(" and ")))
}

fn clause(text: &str, facts: &Facts) -> Option<Said> {
    match text {
        "told" => {
            return Some(Said::new(
                "la personne a déjà été prévenue",
                "the person was told before",
            ));
        }
        "!told" => {
            return Some(Said::new(
                "la personne n'a encore rien reçu",
                "the person was told nothing yet",
            ));
        }
        "!told_elsewhere" => {
            return Some(Said::new(
                "la personne n'a rien reçu d'autre à ce sujet",
                "the person was told nothing else of it",
            ));
        }
        _ => {}
    }
    if let Some(rest) = text.strip_prefix("hours_left") {
        return hours(rest.trim());
    }
    let (negated, fact) = match text.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (name, compared) = match fact.strip_prefix("facts.")?.split_once(' ') {
        Some((name, compared)) => (name, compared.trim()),
        None => (fact.strip_prefix("facts.")?, ""),
    };
    let declared = facts.get(name)?;
    let words = match (negated, compared) {
        (false, "" | "> 0" | "!= 0" | ">= 1") => declared.yes.as_ref()?,
        (true, "") | (false, "== 0" | "<= 0" | "< 1") => declared.no.as_ref()?,
        _ => return None,
    };
    Some(Said::new(&words.fr, &words.en))
}

fn hours(compared: &str) -> Option<Said> {
    let (sign, count) = compared.split_once(' ')?;
    let count: u32 = count.trim().parse().ok()?;
    let (french, english) = match sign {
        "<" => ("moins de", "less than"),
        "<=" => ("au plus", "at most"),
        ">" => ("plus de", "more than"),
        ">=" => ("au moins", "at least"),
        _ => return None,
    };
    Some(Said::new(
        format!(
            "il reste {french} {count} {}",
            if count < 2 { "heure" } else { "heures" }
        ),
        format!(
            "{english} {count} {}",
            if count == 1 {
                "hour is left"
            } else {
                "hours are left"
            }
        ),
    ))
}

/// "si elle", but "s'il".
fn si(clause: &str) -> String {
    if clause.starts_with("il ") || clause.starts_with("ils ") {
        format!("s'{clause}")
    } else {
        format!("si {clause}")
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn conditions_are_said_and_what_has_no_words_is_left_as_it_is() {
        let kinds = contracts::kinds::all().unwrap();
        let facts = &kinds["speed_dating"].facts;
        let said = |text| of(text, facts).map(|said| (said.french, said.english));
        for (text, french, english) in [
            (
                "!told",
                "si la personne n'a encore rien reçu",
                "if the person was told nothing yet",
            ),
            (
                "told && facts.outcomes_missing > 0",
                "si la personne a déjà été prévenue et s'il reste des résultats à noter",
                "if the person was told before and if outcomes are still to be noted",
            ),
            (
                "told && !told_elsewhere",
                "si la personne a déjà été prévenue et si la personne n'a rien reçu d'autre à ce sujet",
                "if the person was told before and if the person was told nothing else of it",
            ),
            (
                "hours_left < 1",
                "s'il reste moins de 1 heure",
                "if less than 1 hour is left",
            ),
            (
                "!facts.confirmed && hours_left < 72",
                "si la personne n'a pas confirmé sa venue et s'il reste moins de 72 heures",
                "if the person has not confirmed and if less than 72 hours are left",
            ),
        ] {
            assert_eq!(
                said(text),
                Some((french.to_owned(), english.to_owned())),
                "{text}"
            );
        }
        for text in [
            "facts.meetings_count > 3",
            "facts.confirmed || told",
            "role == 'candidate'",
            "!(told)",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
