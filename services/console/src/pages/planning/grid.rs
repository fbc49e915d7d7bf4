//! The timetable by table: a row for each table, a column for each slot. A meeting is chosen, then placed.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Html;
use contracts::speeddating::v1::{Correction, Meeting, SlotTime};
use uuid::Uuid;

use super::{
    Ground, Question,
    history::{self, Step},
    room,
    says::{self, Editors},
    selection::{Offer, Selected},
    tabs,
};
use crate::{
    error::Error,
    forms::Form,
    pages::{Asked, At, address, head::Head},
    roll::{self, Roll},
    staff::Staff,
    texts::Texts,
    view::View,
    words::{self, Badge},
};

/// Tables on one page: with 128 slots the page stays under 12,000 cells.
const TABLES: usize = 60;

#[derive(Template)]
#[template(path = "planning/grid.html")]
pub(super) struct Page {
    t: View,
    form: Form,
    head: Head,
    tabs: Vec<(String, String, bool)>,
    grid: Grid,
    selected: Option<Selected>,
    steps: Vec<Step>,
    /// People who can be brought together: id and name.
    candidates: Vec<(String, String)>,
    employers: Vec<(String, String)>,
    /// Those who are chosen to be.
    adding: [String; 2],
}

impl Page {
    fn adds(&self, id: &str) -> bool {
        self.adding.iter().any(|chosen| chosen == id)
    }
}

/// Id and name.
type Choice = (String, String);

/// Before there is any timetable.
#[derive(Template)]
#[template(path = "planning/none.html")]
pub(super) struct Nothing {
    pub(super) t: View,
    pub(super) head: Head,
}

/// The table, and what is said of it.
#[expect(clippy::struct_excessive_bools, reason = "what a template asks, one by one")]
pub(super) struct Grid {
    number: i32,
    version: i64,
    published: bool,
    outdated: bool,
    editable: bool,
    publishable: bool,
    slots: Vec<Slot>,
    rows: Vec<Row>,
    meetings: i64,
    previous: String,
    next: String,
    /// The meeting on which the eye was.
    seen: String,
}

pub(super) struct Slot {
    pub(super) starts: String,
    pub(super) long: String,
    /// Whether a break lies before it.
    pub(super) after_break: bool,
}

struct Row {
    table: i32,
    room: String,
    employers: Vec<Name>,
    cells: Vec<Cell>,
}

struct Cell {
    id: String,
    time: String,
    after_break: bool,
    meetings: Vec<Met>,
    offer: Option<Offer>,
}

struct Met {
    id: String,
    version: i64,
    candidate: String,
    /// Said only where several employers share the table.
    employer: String,
    state: Option<Badge>,
    /// Chooses it; empty when it cannot be changed.
    choose: String,
    chosen: bool,
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
    let form = staff.form();
    let (session, ground) = Ground::read(&staff.clients, staff.t.texts(), id, question.numero).await?;
    let Some(ground) = ground else {
        let head = Head::new(staff.t.texts(), &session, "planning");
        return crate::pages::show(&Nothing { t: staff.t, head });
    };
    let page = read(staff, ground, &question, form).await?;
    crate::pages::show(&page)
}

/// The page of a timetable; `form` holds what was tried and refused.
pub(super) async fn read(
    staff: Staff,
    ground: Ground,
    question: &Question,
    form: Form,
) -> Result<Page, Error> {
    let t = staff.t.texts();
    let clients = &staff.clients;
    let editable = ground.editable();
    let selected = if editable {
        Selected::read(t, clients, &ground, question).await?
    } else {
        None
    };
    let corrections: Vec<Correction> = if editable {
        history::corrections(clients, &ground, 0).await?.corrections
    } else {
        Vec::new()
    };
    let editors = Editors::of(clients, t, &corrections).await?;
    let steps = history::steps(t, &ground, &editors, &corrections);
    let (candidates, employers) = if editable {
        sides(&ground.roll)
    } else {
        Default::default()
    };
    Ok(Page {
        form,
        head: ground.head(staff.t.texts()),
        tabs: tabs(t, &ground.session.session_id, ground.timetable.number, ""),
        grid: Grid::new(t, &ground, question, selected.as_ref()),
        selected,
        steps,
        candidates,
        employers,
        adding: [question.candidat.clone(), question.employeur.clone()],
        t: staff.t,
    })
}

/// Everybody who can be brought together, by name.
fn sides(roll: &Roll) -> (Vec<Choice>, Vec<Choice>) {
    let there = roll.sorted().into_iter().filter(|guest| !guest.gone);
    let named = there.map(|guest| (guest.employer, (guest.id.clone(), guest.name.clone())));
    let (employers, candidates): (Vec<_>, Vec<_>) = named.partition(|(employer, _)| *employer);
    let plain = |side: Vec<(bool, Choice)>| side.into_iter().map(|(_, named)| named).collect();
    (plain(candidates), plain(employers))
}

impl Grid {
    fn new(t: Texts, ground: &Ground, question: &Question, selected: Option<&Selected>) -> Self {
        let timetable = &ground.timetable;
        let slots = slots(t, &timetable.slots);
        let all = rows(ground, &slots, question, selected);
        let page = question.page.clamp(1, all.len().div_ceil(TABLES).max(1));
        let more = all.len() > page * TABLES;
        let rows = all.into_iter().skip((page - 1) * TABLES).take(TABLES).collect();
        let to = |page: usize| {
            let (number, page) = (timetable.number.to_string(), page.to_string());
            let path = format!("/seances/{}/planning", ground.session.session_id);
            let questions = [
                ("numero", number.as_str()),
                ("deplacer", &question.deplacer),
                ("page", &page),
            ];
            address(&path, &questions)
        };
        Self {
            number: timetable.number,
            version: timetable.version,
            published: timetable.published,
            outdated: timetable.outdated,
            editable: ground.editable(),
            publishable: ground.publishable(),
            slots,
            rows,
            meetings: i64::try_from(roll::standing(timetable, None).count()).unwrap_or_default(),
            previous: if page > 1 { to(page - 1) } else { String::new() },
            next: if more { to(page + 1) } else { String::new() },
            seen: if question.vu.is_empty() {
                question.deplacer.clone()
            } else {
                question.vu.clone()
            },
        }
    }
}

pub(super) fn slots(t: Texts, slots: &[SlotTime]) -> Vec<Slot> {
    let mut before: Option<&str> = None;
    let mut out = Vec::new();
    for slot in slots {
        let long = t.with("planning-from-to", "from", says::clock(t, &slot.starts));
        out.push(Slot {
            starts: slot.starts.clone(),
            long: long.and("to", says::clock(t, &slot.ends)).into(),
            after_break: before.is_some_and(|end| end != slot.starts),
        });
        before = Some(&slot.ends);
    }
    out
}

fn rows(ground: &Ground, slots: &[Slot], question: &Question, selected: Option<&Selected>) -> Vec<Row> {
    let mut tables: BTreeMap<i32, Vec<&Meeting>> = BTreeMap::new();
    // Where a place is looked for every table is shown, the empty ones too.
    if selected.is_some() {
        let available = ground
            .timetable
            .quality
            .as_ref()
            .map_or(0, |quality| quality.tables_available);
        tables.extend((1..=available).map(|table| (table, Vec::new())));
    }
    for meeting in roll::standing(&ground.timetable, None) {
        tables.entry(meeting.table).or_default().push(meeting);
    }
    let all = tables.into_iter();
    all.map(|(table, meetings)| row(ground, slots, question, selected, table, &meetings))
        .collect()
}

fn row(
    ground: &Ground,
    slots: &[Slot],
    question: &Question,
    selected: Option<&Selected>,
    table: i32,
    meetings: &[&Meeting],
) -> Row {
    let roll = &ground.roll;
    let mut employers: Vec<_> = meetings
        .iter()
        .map(|meeting| meeting.employer_id.as_str())
        .collect();
    employers.sort_unstable();
    employers.dedup();
    let shared = employers.len() > 1;
    let cells = slots.iter().zip(0..).map(|(slot, index)| Cell {
        id: format!("c{index}-{table}"),
        time: slot.starts.clone(),
        after_break: slot.after_break,
        meetings: meetings
            .iter()
            .filter(|meeting| meeting.slot == index)
            .map(|meeting| met(ground, question, meeting, shared))
            .collect(),
        offer: selected
            .and_then(|selected| selected.offer(index, table))
            .cloned(),
    });
    Row {
        table,
        room: room(&ground.session, table).unwrap_or_default(),
        cells: cells.collect(),
        employers: employers
            .iter()
            .map(|id| Name {
                id: (*id).to_owned(),
                name: roll.name(id).to_owned(),
            })
            .collect(),
    }
}

fn met(ground: &Ground, question: &Question, meeting: &Meeting, shared: bool) -> Met {
    let roll = &ground.roll;
    let movable = ground.editable() && meeting.state() == contracts::speeddating::v1::MeetingState::Planned;
    let session = &ground.session.session_id;
    let page = if question.page > 1 {
        question.page.to_string()
    } else {
        String::new()
    };
    Met {
        id: meeting.meeting_id.clone(),
        version: meeting.version,
        candidate: roll.name(&meeting.candidate_id).to_owned(),
        employer: if shared {
            roll.name(&meeting.employer_id).to_owned()
        } else {
            String::new()
        },
        state: words::meeting_state(meeting.state()),
        choose: if movable {
            let whole = super::grid_address(
                session,
                ground.timetable.number,
                &[("deplacer", &meeting.meeting_id), ("page", &page)],
            );
            // Said five hundred times on a page: as short as it can be.
            let question = whole.find('?').filter(|_| !question.posted);
            question.map_or(whole.clone(), |at| whole[at..].to_owned())
        } else {
            String::new()
        },
        chosen: question.deplacer == meeting.meeting_id,
    }
}
