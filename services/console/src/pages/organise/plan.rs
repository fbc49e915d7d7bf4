//! The plan of a session as a form: what was typed, to a plan and back.

use contracts::speeddating::v1::{Break, CheckPlanRequest, CheckPlanResponse, Plan, Room, Session, Venue};

use crate::{
    Clients,
    error::Error,
    forms::{Cure, Form},
    pages::head,
    texts::Texts,
};

/// Rows of pauses and of rooms that a form can have: as many as the service takes.
pub(super) const ROWS_MOST: usize = 50;

/// Fields of the service, and where and in which words their faults stand.
pub(super) const CURES: &[Cure<'_>] = &[
    ("title", "titre", "plan-wrong-title"),
    ("date", "date", "plan-wrong-date"),
    ("starts", "debut", "plan-wrong-starts"),
    ("ends", "fin", "plan-wrong-ends"),
    ("slot_minutes", "creneau", "plan-wrong-slot"),
    ("arrival_minutes", "arrivee", "plan-wrong-arrival"),
    ("breaks", "pause-1-de", "plan-wrong-breaks"),
    ("breaks.from", "pause-1-de", "plan-wrong-breaks"),
    ("breaks.to", "pause-1-de", "plan-wrong-breaks"),
    ("venue", "lieu", "plan-wrong-venue"),
    ("venue.name", "lieu", "plan-wrong-venue"),
    ("venue.address", "adresse", "plan-wrong-venue"),
    ("venue.rooms", "salle-1-nom", "plan-wrong-rooms"),
    ("venue.rooms.name", "salle-1-nom", "plan-wrong-rooms"),
    ("organisation_id", "organisation", "plan-wrong-organisation"),
];

/// A kind of row: how its fields begin and how they end.
type Kind = (&'static str, [&'static str; 2]);
const PAUSE: Kind = ("pause", ["de", "a"]);
const ROOM: Kind = ("salle", ["nom", "tables"]);

/// A row of two fields that a form has several times.
pub(super) struct Row {
    /// Name of the first field; the second follows from it.
    pub(super) first: String,
    pub(super) second: String,
    /// Counted from 1, for labels.
    pub(super) number: usize,
}

/// The pauses that the form shows: those filled in, and one more when asked for.
pub(super) fn pauses(form: &Form) -> Vec<Row> {
    rows(form, PAUSE)
}

/// The rooms that the form shows.
pub(super) fn rooms(form: &Form) -> Vec<Row> {
    rows(form, ROOM)
}

fn rows(form: &Form, (kind, parts): Kind) -> Vec<Row> {
    let row = |number| row(kind, parts, number);
    let filled = filled_rows(form, kind, parts);
    let more = usize::from(filled == 0 || form.has("ajouter", kind));
    (1..=(filled + more).min(ROWS_MOST)).map(row).collect()
}

fn row(kind: &str, parts: [&str; 2], number: usize) -> Row {
    let [first, second] = parts.map(|part| format!("{kind}-{number}-{part}"));
    Row {
        first,
        second,
        number,
    }
}

/// How many rows have something in them, or had it when somebody else was faster.
fn filled_rows(form: &Form, kind: &str, parts: [&str; 2]) -> usize {
    let something = |field: &str| !(form.text(field).is_empty() && form.stands(field).is_empty());
    (1..=ROWS_MOST)
        .rev()
        .find(|number| {
            let row = row(kind, parts, *number);
            something(&row.first) || something(&row.second)
        })
        .unwrap_or_default()
}

/// The fields of either of two forms and what they are called, as the page has them.
pub(super) fn shown(t: Texts, forms: [&Form; 2]) -> Vec<(String, String)> {
    let single = [
        ("titre", "plan-title"),
        ("date", "plan-date"),
        ("debut", "plan-starts"),
        ("fin", "plan-ends"),
        ("creneau", "plan-slot"),
        ("arrivee", "plan-arrival"),
        ("lieu", "plan-venue"),
        ("adresse", "plan-address"),
    ];
    let mut all: Vec<_> = single
        .map(|(field, words)| (field.to_owned(), t.say(words)))
        .into();
    let kinds = [
        (PAUSE, ["plan-break-from", "plan-break-to"]),
        (ROOM, ["plan-room-name", "plan-room-tables"]),
    ];
    for ((kind, parts), [first, second]) in kinds {
        let counts = forms.map(|form| filled_rows(form, kind, parts));
        for number in 1..=counts[0].max(counts[1]) {
            let row = row(kind, parts, number);
            all.push((row.first, t.with(first, "n", number).into()));
            all.push((row.second, t.with(second, "n", number).into()));
        }
    }
    all
}

/// A value of a field, in words.
pub(super) fn said(t: Texts, field: &str, value: &str) -> String {
    let hour = ["debut", "fin"].contains(&field) || field.starts_with("pause-");
    let words = match (field, hour) {
        ("date", _) => value.parse().ok().map(|date| t.day(date)),
        (_, true) => head::time(value).map(|time| t.clock(time)),
        _ => None,
    };
    words.unwrap_or_else(|| value.to_owned())
}

/// The plan that was typed. What cannot be read goes as it is: the service names every field that is wrong.
pub(super) fn typed(form: &Form) -> Plan {
    let breaks = pauses(form).into_iter().map(|row| Break {
        from: form.text(&row.first),
        to: form.text(&row.second),
    });
    let rooms = rooms(form).into_iter().map(|row| Room {
        name: form.text(&row.first),
        tables: whole(form, &row.second),
    });
    Plan {
        title: form.text("titre"),
        date: form.text("date"),
        starts: form.text("debut"),
        ends: form.text("fin"),
        slot_minutes: whole(form, "creneau"),
        breaks: breaks
            .filter(|pause| !(pause.from.is_empty() && pause.to.is_empty()))
            .collect(),
        venue: Some(Venue {
            name: form.text("lieu"),
            address: form.text("adresse"),
            rooms: rooms
                .filter(|room| !(room.name.is_empty() && room.tables == 0))
                .collect(),
        }),
        arrival_minutes: whole(form, "arrivee"),
        ..Plan::default()
    }
}

/// A number as typed; one out of all bounds when it is none, so that the service refuses it.
fn whole(form: &Form, field: &str) -> i32 {
    let text = form.text(field);
    if text.is_empty() && field != "creneau" {
        return 0;
    }
    text.parse().unwrap_or(-1)
}

/// A form filled with the plan of a session.
pub(super) fn filled(mut form: Form, session: &Session) -> Form {
    form = form
        .fill("titre", &session.title)
        .fill("date", &session.date)
        .fill("debut", &session.starts)
        .fill("fin", &session.ends)
        .fill("creneau", session.slot_minutes)
        .fill("arrivee", session.arrival_minutes);
    for (index, pause) in session.breaks.iter().enumerate().take(ROWS_MOST) {
        let number = index + 1;
        form = form
            .fill(&format!("pause-{number}-de"), &pause.from)
            .fill(&format!("pause-{number}-a"), &pause.to);
    }
    if let Some(venue) = &session.venue {
        form = form.fill("lieu", &venue.name).fill("adresse", &venue.address);
        for (index, room) in venue.rooms.iter().enumerate().take(ROWS_MOST) {
            let number = index + 1;
            form = form
                .fill(&format!("salle-{number}-nom"), &room.name)
                .fill(&format!("salle-{number}-tables"), room.tables);
        }
    }
    form
}

/// What the service says of a plan: its slots and its flaws.
pub(super) async fn check(clients: &Clients, plan: Plan) -> Result<CheckPlanResponse, Error> {
    let request = CheckPlanRequest { plan: Some(plan) };
    Ok(clients.plans().check_plan(request).await?.into_inner())
}

/// Puts every flaw to its field.
pub(super) fn blame(form: &mut Form, t: Texts, checked: &CheckPlanResponse) {
    for flaw in &checked.flaws {
        match CURES.iter().find(|(field, ..)| *field == flaw.field) {
            Some((_, field, _)) if !form.fault(field).is_empty() => {}
            Some((_, field, words)) => form.blame(field, t.say(words)),
            None => form.blame("", t.with("form-refused-field", "field", &flaw.field)),
        }
    }
}
