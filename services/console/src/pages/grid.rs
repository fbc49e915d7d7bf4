//! The timetable by table: a row for each table, a column for each slot.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Html;
use contracts::speeddating::v1::{Session, SlotTime, Timetable};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Asked, At, address,
    head::{self, Head},
};
use crate::{
    error::Error,
    roll::{self, Roll},
    staff::Staff,
    view::View,
    words::{self, Badge},
};

/// Tables on one page: with 128 slots the page stays under 12,000 cells.
const TABLES: usize = 60;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    /// Number of the timetable.
    numero: i32,
    /// Page of tables, from 1.
    page: usize,
}

#[derive(Template)]
#[template(path = "grid.html")]
struct Page {
    t: View,
    head: Head,
    number: i32,
    published: bool,
    outdated: bool,
    found: bool,
    slots: Vec<Slot>,
    rows: Vec<Row>,
    meetings: String,
    previous: String,
    next: String,
}

struct Slot {
    starts: String,
    long: String,
    /// Whether a break lies before it.
    after_break: bool,
}

struct Row {
    table: i32,
    room: String,
    employers: Vec<Name>,
    cells: Vec<Cell>,
}

struct Cell {
    time: String,
    after_break: bool,
    meetings: Vec<Met>,
}

struct Met {
    candidate: Name,
    /// Said only where several employers share the table.
    employer: String,
    state: Option<Badge>,
}

struct Name {
    id: String,
    name: String,
}

pub(super) async fn show(
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let (t, staff) = (staff.t, &staff.clients);
    let session = staff.session(id).await?;
    let (roll, timetable) =
        futures::try_join!(Roll::read(staff, id), staff.timetable(id, question.numero.max(0)))?;
    let head = Head::new(t.texts(), &session, "planning");
    let Some(timetable) = timetable else {
        return super::show(&Page {
            t,
            head,
            number: 0,
            published: false,
            outdated: false,
            found: false,
            slots: Vec::new(),
            rows: Vec::new(),
            meetings: String::new(),
            previous: String::new(),
            next: String::new(),
        });
    };
    let slots = slots(&timetable.slots);
    let all = rows(&timetable, &slots, &session, &roll);
    let page = question.page.clamp(1, all.len().div_ceil(TABLES).max(1));
    let more = all.len() > page * TABLES;
    let rows = all.into_iter().skip((page - 1) * TABLES).take(TABLES).collect();
    let path = format!("/seances/{id}/planning");
    let to = |page: usize| {
        let number = question.numero.to_string();
        let number = if question.numero > 0 { number.as_str() } else { "" };
        address(&path, &[("numero", number), ("page", &page.to_string())])
    };
    super::show(&Page {
        t,
        head,
        number: timetable.number,
        published: timetable.published,
        outdated: timetable.outdated,
        found: true,
        slots,
        rows,
        meetings: words::count(
            roll::standing(&timetable, None).count(),
            "rencontre",
            "rencontres",
        ),
        previous: if page > 1 { to(page - 1) } else { String::new() },
        next: if more { to(page + 1) } else { String::new() },
    })
}

fn slots(slots: &[SlotTime]) -> Vec<Slot> {
    let mut before: Option<&str> = None;
    let mut out = Vec::new();
    for slot in slots {
        out.push(Slot {
            starts: slot.starts.clone(),
            long: format!("de {} à {}", head::clock(&slot.starts), head::clock(&slot.ends)),
            after_break: before.is_some_and(|end| end != slot.starts),
        });
        before = Some(&slot.ends);
    }
    out
}

fn rows(timetable: &Timetable, slots: &[Slot], session: &Session, roll: &Roll) -> Vec<Row> {
    let mut tables: BTreeMap<i32, Vec<_>> = BTreeMap::new();
    for meeting in roll::standing(timetable, None) {
        tables.entry(meeting.table).or_default().push(meeting);
    }
    let name = |id: &str| Name {
        id: id.to_owned(),
        name: roll.name(id).to_owned(),
    };
    let row = |(table, meetings): (i32, Vec<&contracts::speeddating::v1::Meeting>)| {
        let mut employers: Vec<_> = meetings
            .iter()
            .map(|meeting| meeting.employer_id.as_str())
            .collect();
        employers.sort_unstable();
        employers.dedup();
        let shared = employers.len() > 1;
        let cells = slots.iter().zip(0..).map(|(slot, index)| Cell {
            time: slot.starts.clone(),
            after_break: slot.after_break,
            meetings: meetings
                .iter()
                .filter(|meeting| meeting.slot == index)
                .map(|meeting| Met {
                    candidate: name(&meeting.candidate_id),
                    employer: if shared {
                        roll.name(&meeting.employer_id).to_owned()
                    } else {
                        String::new()
                    },
                    state: words::meeting_state(meeting.state()),
                })
                .collect(),
        });
        Row {
            table,
            room: room(session, table).unwrap_or_default(),
            employers: employers.iter().map(|id| name(id)).collect(),
            cells: cells.collect(),
        }
    };
    tables.into_iter().map(row).collect()
}

/// The room in which a table stands, where there are several.
pub(super) fn room(session: &Session, table: i32) -> Option<String> {
    let rooms = &session.venue.as_ref()?.rooms;
    let mut last = 0;
    let room = rooms.iter().find(|room| {
        last += room.tables;
        table <= last
    })?;
    (rooms.len() > 1).then(|| room.name.clone())
}
