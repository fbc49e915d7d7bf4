//! Tables to CSV: UTF-8 with a byte order mark and semicolons, which French spreadsheets open at once, every cell
//! defused. What is written can be imported again.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use uuid::Uuid;

use crate::{
    directory::Card,
    domain::{MeetingState, Opinion, Outcome, Registration, Side, Slot, Wish, Word, clock},
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
    format!("{}-{date}.csv", table.name())
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

/// A line for each meeting of the published timetable, with what both sides say of it.
pub fn report(slots: &[Slot], people: &[Registration], cards: &[Card], outcomes: &[Outcome]) -> String {
    let mut out = start(&[
        "heure",
        "table",
        "employeur",
        "raison_sociale",
        "candidat",
        "prenom",
        "nom",
        "etat",
        "resultat_employeur",
        "resultat_candidat",
        "desaccord",
    ]);
    let known: BTreeMap<Uuid, (&Registration, &Card)> = people
        .iter()
        .zip(cards)
        .map(|(person, card)| (person.id, (person, card)))
        .collect();
    for outcome in outcomes {
        let meeting = &outcome.meeting;
        let both = (
            known.get(&meeting.pair.employer),
            known.get(&meeting.pair.candidate),
        );
        let (Some((employer, firm)), Some((candidate, person))) = both else {
            continue;
        };
        let state = meeting.settled(|id| known.get(&id).is_some_and(|(person, _)| person.absent()));
        let slot = usize::try_from(meeting.place.slot)
            .ok()
            .and_then(|slot| slots.get(slot));
        let said = |word: Option<&Word>| word.map(|word| outcome_word(&word.outcome)).unwrap_or_default();
        record(
            &mut out,
            &[
                time(slot.map(|slot| slot.starts)),
                meeting.place.table.to_string(),
                employer.code.clone(),
                firm.organisation.clone(),
                candidate.code.clone(),
                person.given_name.clone(),
                person.family_name.clone(),
                state_word(state).to_owned(),
                said(outcome.words.employer.as_ref()),
                said(outcome.words.candidate.as_ref()),
                yes(outcome.words.disagree()),
            ],
        );
    }
    out
}

fn state_word(state: MeetingState) -> &'static str {
    match state {
        MeetingState::Planned => "prévu",
        MeetingState::Held => "tenu",
        MeetingState::NoShowCandidate => "candidat absent",
        MeetingState::NoShowEmployer => "employeur absent",
        MeetingState::Cancelled => "annulé",
    }
}

fn outcome_word(outcome: &str) -> String {
    match outcome {
        "none" => "sans suite",
        "interest" => "intérêt",
        "second_interview" => "second entretien",
        "trial" => "essai",
        "hired" => "embauche",
        other => other,
    }
    .to_owned()
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
