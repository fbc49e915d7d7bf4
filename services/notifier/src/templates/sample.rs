//! Made up contents that reach every branch of a template: what it may meet at send, it meets at load.

use std::collections::BTreeMap;

use contracts::kinds::{FactType, Kind};
use jiff::{
    Timestamp,
    civil::{DateTime, datetime},
};

use crate::content::{Content, Fact, Item, Organiser};

/// Contents of every shape for a kind.
pub(super) fn contents(kind: &Kind) -> Vec<Content> {
    let mut all = Vec::new();
    for (filled, session_kind) in [
        (true, "employer_candidate"),
        (true, "b2b"),
        (false, "employer_candidate"),
    ] {
        for cleared in [
            None,
            Some("SESSION_CANCELLED"),
            Some("PARTICIPATION_CANCELLED"),
            Some("PARTICIPANT_WITHDREW"),
        ] {
            for (occasion, previous) in [
                ("planned", None),
                ("moved", Some(datetime(2026, 11, 24, 9, 30, 0, 0))),
                ("changed", Some(datetime(2026, 11, 25, 14, 0, 0, 0))),
            ] {
                let one = item(kind, filled, session_kind, occasion, cleared, previous);
                let items = if filled { vec![one.clone(), one] } else { vec![one] };
                all.push(content(filled, items));
            }
        }
    }
    all
}

fn content(filled: bool, items: Vec<Item>) -> Content {
    let text = |text: &str| if filled { text.to_owned() } else { String::new() };
    Content {
        given_name: text("Amina"),
        link: "https://rdv.exemple.fr/r/AbCdEfGhIjKlMnOpQrStUv".to_owned(),
        unsubscribe: "https://rdv.exemple.fr/d/AbCdEfGhIjKlMnOpQrStUv".to_owned(),
        organiser: Organiser {
            name: "Maison Lyon pour l'Emploi".to_owned(),
            phone: text("04 72 00 00 00"),
        },
        items,
    }
}

fn item(
    kind: &Kind,
    filled: bool,
    session_kind: &str,
    occasion: &str,
    cleared: Option<&str>,
    previous_starts: Option<DateTime>,
) -> Item {
    // One kind of session has more meetings than are listed.
    let listed = if session_kind == "b2b" { 1 } else { 3 };
    let facts = kind
        .facts
        .iter()
        .filter(|(name, _)| filled || ["session_kind", "session_date"].contains(&name.as_str()))
        .map(|(name, declared)| {
            let fact = match declared.kind {
                FactType::Text => Fact::Text(text(name, session_kind).to_owned()),
                FactType::Number => Fact::Number(3),
                FactType::Flag => Fact::Flag(true),
                FactType::List => Fact::List(vec![record(&declared.fields); listed]),
            };
            (name.clone(), fact)
        })
        .collect();
    Item {
        kind: kind.kind.clone(),
        subject: "speeddating.participation/0198".to_owned(),
        group: "speeddating.session/0198".to_owned(),
        revision: 1,
        role: "candidate".to_owned(),
        occasion: occasion.to_owned(),
        cleared: cleared.map(str::to_owned),
        starts: datetime(2026, 11, 25, 14, 0, 0, 0),
        ends: datetime(2026, 11, 25, 16, 30, 0, 0),
        starts_at: Timestamp::UNIX_EPOCH,
        ends_at: Timestamp::UNIX_EPOCH,
        previous_starts,
        about: "Ateliers du Rhône".to_owned(),
        facts,
    }
}

fn text<'a>(name: &str, session_kind: &'a str) -> &'a str {
    match name {
        "session_kind" => session_kind,
        "session_date" => "2026-11-25",
        "arrival" => "13:45",
        "venue_name" => "Maison des associations",
        "venue_address" => "4 rue Exemple Lyon 8",
        _ => "Texte",
    }
}

fn record(fields: &[String]) -> BTreeMap<String, String> {
    let value = |field: &str| match field {
        "starts" => "2026-11-25T14:00:00",
        "ends" => "2026-11-25T14:15:00",
        "table" => "12",
        _ => "Ateliers du Rhône",
    };
    fields
        .iter()
        .map(|field| (field.clone(), value(field).to_owned()))
        .collect()
}
