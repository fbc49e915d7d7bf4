//! Paper: a sheet for each table, a slip for each candidate, a list for the door.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Html;
use contracts::speeddating::v1::Meeting;
use serde::Deserialize;
use uuid::Uuid;

use super::board::standing;
use crate::{
    error::Error,
    pages::{
        Asked, At,
        head::{self, Head},
    },
    roll::Roll,
    staff::Staff,
    texts::Texts,
    view::View,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    feuille: String,
}

#[derive(Template)]
#[template(path = "day/paper.html")]
struct Page {
    t: View,
    head: Head,
    /// `tables`, `personnes` or `accueil`.
    kind: &'static str,
    sheets: Vec<Sheet>,
    door: Vec<Guest>,
}

/// One table's or one person's meetings.
struct Sheet {
    title: String,
    subtitle: String,
    lines: Vec<Line>,
}

struct Line {
    time: String,
    place: String,
    name: String,
}

struct Guest {
    name: String,
    code: String,
    first: String,
    side: String,
}

pub(super) async fn show(
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let session = staff.clients.session(id).await?;
    let roll = Roll::read(&staff.clients, staff.t.texts(), id).await?;
    let timetable = staff
        .clients
        .timetable(id, 0)
        .await?
        .filter(|timetable| timetable.published);
    let meetings: Vec<&Meeting> = timetable.iter().flat_map(standing).collect();
    let kind = match question.feuille.as_str() {
        "personnes" => "personnes",
        "accueil" => "accueil",
        _ => "tables",
    };
    let t = staff.t.texts();
    let head = Head::new(staff.t.texts(), &session, "jour");
    let (mut sheets, mut door) = (Vec::new(), Vec::new());
    match kind {
        "tables" => sheets = by_table(t, &roll, &meetings),
        "personnes" => sheets = by_person(t, &roll, &meetings),
        _ => {
            door = roll
                .sorted()
                .into_iter()
                .filter(|guest| !guest.withdrawn)
                .map(|guest| Guest {
                    name: guest.name.clone(),
                    code: guest.code.clone(),
                    first: first(t, &meetings, &guest.id),
                    side: if guest.employer {
                        head.sides.employer.clone()
                    } else {
                        head.sides.candidate.clone()
                    },
                })
                .collect();
        }
    }
    crate::pages::show(&Page {
        t: staff.t,
        head,
        kind,
        sheets,
        door,
    })
}

fn by_table(t: Texts, roll: &Roll, meetings: &[&Meeting]) -> Vec<Sheet> {
    let mut tables: BTreeMap<i32, Vec<&Meeting>> = BTreeMap::new();
    for meeting in meetings {
        tables.entry(meeting.table).or_default().push(meeting);
    }
    let sheet = |(table, mut own): (i32, Vec<&Meeting>)| {
        own.sort_by_key(|meeting| meeting.slot);
        let mut firms: Vec<&str> = own
            .iter()
            .map(|meeting| roll.name(&meeting.employer_id))
            .collect();
        firms.dedup();
        Sheet {
            title: t.with("paper-table", "n", table).to_string(),
            subtitle: t.list(&firms),
            lines: own
                .into_iter()
                .map(|meeting| line(t, meeting, String::new(), roll.name(&meeting.candidate_id)))
                .collect(),
        }
    };
    tables.into_iter().map(sheet).collect()
}

fn by_person(t: Texts, roll: &Roll, meetings: &[&Meeting]) -> Vec<Sheet> {
    let candidates = roll
        .sorted()
        .into_iter()
        .filter(|guest| !guest.employer && !guest.withdrawn);
    let sheet = |guest: &crate::roll::Guest| {
        let mut own: Vec<&&Meeting> = meetings
            .iter()
            .filter(|meeting| meeting.candidate_id == guest.id)
            .collect();
        own.sort_by_key(|meeting| meeting.slot);
        Sheet {
            title: guest.name.clone(),
            subtitle: guest.code.clone(),
            lines: own
                .into_iter()
                .map(|meeting| {
                    let place = t.with("paper-table", "n", meeting.table).to_string();
                    line(t, meeting, place, roll.name(&meeting.employer_id))
                })
                .collect(),
        }
    };
    candidates
        .map(sheet)
        .filter(|sheet| !sheet.lines.is_empty())
        .collect()
}

fn line(t: Texts, meeting: &Meeting, place: String, name: &str) -> Line {
    Line {
        time: head::time(&meeting.starts)
            .map(|time| t.clock(time))
            .unwrap_or_default(),
        place,
        name: name.to_owned(),
    }
}

fn first(t: Texts, meetings: &[&Meeting], id: &str) -> String {
    let own = meetings
        .iter()
        .filter(|meeting| meeting.candidate_id == id || meeting.employer_id == id);
    let first = own
        .min_by_key(|meeting| meeting.slot)
        .and_then(|meeting| head::time(&meeting.starts));
    first.map(|time| t.clock(time)).unwrap_or_default()
}
