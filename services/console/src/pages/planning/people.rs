//! The timetable by person: a row for each candidate or employer, a column for each slot.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Html;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Ground,
    grid::{self, Nothing, Slot},
    tabs,
};
use crate::{
    error::Error,
    pages::{Asked, At, address, head::Head},
    roll,
    staff::Staff,
    view::View,
};

/// Cells of one page at most: more take browsers seconds.
const CELLS: usize = 12_000;
/// People of one page at most: it stays under 200 kB before it is packed.
const PEOPLE: usize = 200;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    numero: i32,
    page: usize,
    /// `employeurs`, else candidates.
    cote: String,
    /// A part of the name.
    nom: String,
}

#[derive(Template)]
#[template(path = "planning/people.html")]
struct Page {
    t: View,
    head: Head,
    tabs: Vec<(String, String, bool)>,
    path: String,
    number: i32,
    employers: bool,
    name: String,
    slots: Vec<Slot>,
    rows: Vec<Row>,
    previous: String,
    next: String,
    all: usize,
}

struct Row {
    id: String,
    name: String,
    meetings: usize,
    cells: Vec<Cell>,
}

struct Cell {
    time: String,
    after_break: bool,
    /// Whom they meet, and at which table.
    met: Vec<(String, i32)>,
}

pub(super) async fn show(
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let (session, ground) = Ground::read(&staff.clients, staff.t.texts(), id, question.numero).await?;
    let Some(ground) = ground else {
        let head = Head::new(staff.t.texts(), &session, "planning");
        return crate::pages::show(&Nothing { t: staff.t, head });
    };
    let t = staff.t.texts();
    let employers = question.cote == "employeurs";
    let slots = grid::slots(t, &ground.timetable.slots);
    let wanted = roll::sort_key(&question.nom);
    let people: Vec<_> = ground
        .roll
        .sorted()
        .into_iter()
        .filter(|guest| guest.employer == employers && !guest.gone)
        .filter(|guest| roll::sort_key(&guest.name).contains(&wanted))
        .collect();
    let size = (CELLS / slots.len().max(1)).clamp(1, PEOPLE);
    let page = question.page.clamp(1, people.len().div_ceil(size).max(1));
    let mut of: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for meeting in roll::standing(&ground.timetable, None) {
        of.entry(if employers {
            &meeting.employer_id
        } else {
            &meeting.candidate_id
        })
        .or_default()
        .push(meeting);
    }
    let rows = people.iter().skip((page - 1) * size).take(size).map(|guest| {
        let own = of.get(guest.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let cells = slots.iter().zip(0..).map(|(slot, index)| Cell {
            time: slot.starts.clone(),
            after_break: slot.after_break,
            met: own
                .iter()
                .filter(|meeting| meeting.slot == index)
                .map(|meeting| {
                    let other = if employers {
                        &meeting.candidate_id
                    } else {
                        &meeting.employer_id
                    };
                    (ground.roll.name(other).to_owned(), meeting.table)
                })
                .collect(),
        });
        Row {
            id: guest.id.clone(),
            name: guest.name.clone(),
            meetings: own.len(),
            cells: cells.collect(),
        }
    });
    let rows: Vec<Row> = rows.collect();
    let path = format!("/seances/{id}/planning/personnes");
    let to = |page: usize| {
        let (number, page) = (ground.timetable.number.to_string(), page.to_string());
        address(
            &path,
            &[
                ("numero", &number),
                ("cote", &question.cote),
                ("nom", &question.nom),
                ("page", &page),
            ],
        )
    };
    crate::pages::show(&Page {
        head: ground.head(staff.t.texts()),
        tabs: tabs(t, &session.session_id, ground.timetable.number, "/personnes"),
        number: ground.timetable.number,
        employers,
        previous: if page > 1 { to(page - 1) } else { String::new() },
        next: if people.len() > page * size {
            to(page + 1)
        } else {
            String::new()
        },
        all: people.len(),
        rows,
        slots,
        path: path.clone(),
        name: question.nom.clone(),
        t: staff.t,
    })
}
