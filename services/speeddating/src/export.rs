//! Tables to CSV: UTF-8 with a byte order mark and semicolons, which French spreadsheets open at once, every cell
//! defused. What is written can be imported again.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use uuid::Uuid;

use crate::{
    directory::Card,
    domain::{Opinion, Registration, Side, Wish, clock},
    import::{Table, fields::defuse, write_record},
};

/// The side whose people a table holds; none for wishes.
pub fn side(table: Table) -> Option<Side> {
    match table {
        Table::Employers => Some(Side::Employer),
        Table::Candidates => Some(Side::Candidate),
        Table::Wishes => None,
    }
}

/// The name of the file.
pub fn name(table: Table, date: Date) -> String {
    let table = match table {
        Table::Employers => "employeurs",
        Table::Candidates => "candidats",
        Table::Wishes => "voeux",
    };
    format!("{table}-{date}.csv")
}

/// The people of one side, with what the directory says of each, in the same order.
pub fn people(side: Side, people: &[Registration], cards: &[Card]) -> String {
    let with_organisation =
        side == Side::Candidate && people.iter().any(|person| person.organisation_id.is_some());
    let mut header = match side {
        Side::Employer => vec![
            "employeur",
            "raison_sociale",
            "secteur",
            "poste",
            "recruteurs",
            "contact",
            "courriel",
            "telephone",
            "arrivee",
            "depart",
            "rendez_vous_max",
        ],
        Side::Candidate => vec![
            "candidat",
            "prenom",
            "nom",
            "courriel",
            "mobile",
            "langue",
            "accessibilite",
            "arrivee",
            "depart",
            "rendez_vous_max",
            "referent",
        ],
    };
    if with_organisation {
        header.push("raison_sociale");
    }
    let mut out = start(&header);
    for (person, card) in people.iter().zip(cards) {
        let (from, to) = (time(person.arrives), time(person.leaves));
        let cap = person.meetings_max.map(|cap| cap.to_string()).unwrap_or_default();
        let mut cells = match side {
            Side::Employer => vec![
                person.code.clone(),
                card.organisation.clone(),
                card.sector.clone(),
                person.position.clone(),
                person.parallel.to_string(),
                format!("{} {}", card.given_name, card.family_name)
                    .trim()
                    .to_owned(),
                card.mail.clone(),
                card.phone.clone(),
                from,
                to,
                cap,
            ],
            Side::Candidate => vec![
                person.code.clone(),
                card.given_name.clone(),
                card.family_name.clone(),
                card.mail.clone(),
                card.phone.clone(),
                card.language.clone(),
                card.access_needs.clone(),
                from,
                to,
                cap,
                person.referent.clone(),
            ],
        };
        if with_organisation {
            cells.push(card.organisation.clone());
        }
        record(&mut out, &cells);
    }
    out
}

/// The wishes, in the order of codes and ranks.
pub fn wishes(people: &[Registration], wishes: &[Wish]) -> String {
    let by_hand = wishes.iter().any(|wish| wish.must || wish.must_not);
    let mut header = vec![
        "candidat",
        "employeur",
        "rang",
        "avis_employeur",
        "conseille_par_referent",
    ];
    if by_hand {
        header.extend(["impose", "interdit"]);
    }
    let codes: BTreeMap<Uuid, &str> = people
        .iter()
        .map(|person| (person.id, person.code.as_str()))
        .collect();
    let code = |id| codes.get(&id).copied().unwrap_or_default();
    let mut in_order: Vec<&Wish> = wishes.iter().collect();
    in_order.sort_by_key(|wish| (code(wish.pair.candidate), wish.rank, code(wish.pair.employer)));
    let mut out = start(&header);
    for wish in in_order {
        let opinion = match wish.opinion {
            None => "",
            Some(Opinion::Yes) => "oui",
            Some(Opinion::Priority) => "prioritaire",
            Some(Opinion::No) => "non",
        };
        let mut cells = vec![
            code(wish.pair.candidate).to_owned(),
            code(wish.pair.employer).to_owned(),
            if wish.rank > 0 {
                wish.rank.to_string()
            } else {
                String::new()
            },
            opinion.to_owned(),
            yes(wish.recommended),
        ];
        if by_hand {
            cells.extend([yes(wish.must), yes(wish.must_not)]);
        }
        record(&mut out, &cells);
    }
    out
}

fn start(header: &[&str]) -> String {
    let mut out = String::from("\u{feff}");
    write_record(&mut out, header.iter().copied());
    out
}

fn record(out: &mut String, cells: &[String]) {
    let safe: Vec<String> = cells.iter().map(|cell| defuse(cell)).collect();
    write_record(out, safe.iter().map(String::as_str));
}

fn time(time: Option<Time>) -> String {
    time.map(clock).unwrap_or_default()
}

fn yes(flag: bool) -> String {
    if flag { "oui".to_owned() } else { String::new() }
}
