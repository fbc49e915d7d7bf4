//! The plan drawn as it is typed: the morning as a time line, the rooms with their tables.

use askama::Template;
use axum::response::Html;
use contracts::speeddating::v1::{CheckPlanResponse, Plan, SlotTime};
use jiff::civil::Time;

use super::plan;
use crate::{error::Error, forms::Posted, pages::head, staff::Staff, view::View};

/// Width of the time line in units of its own.
const WIDTH: i32 = 1_000;
/// Tables of one room that are drawn one by one; more are only counted.
const TABLES_MOST: i32 = 200;

/// What can be drawn of a plan.
pub(super) struct Drawing {
    /// "13 créneaux de 15 minutes, de 9 h à 12 h 30"; empty when there are none.
    pub(super) summary: String,
    pub(super) bars: Vec<Bar>,
    pub(super) ticks: Vec<Tick>,
    /// Starts of all slots, in words.
    pub(super) starts: Vec<String>,
    pub(super) rooms: Vec<RoomDrawing>,
}

/// A slot, or a pause.
pub(super) struct Bar {
    pub(super) x: i32,
    pub(super) width: i32,
    pub(super) pause: bool,
    pub(super) words: String,
}

/// A full hour.
pub(super) struct Tick {
    pub(super) x: i32,
    pub(super) words: String,
}

/// A room and the numbers of its tables.
pub(super) struct RoomDrawing {
    pub(super) name: String,
    pub(super) count: String,
    pub(super) tables: Vec<i32>,
}

#[derive(Template)]
#[template(path = "organise/drawing.html")]
struct Fragment {
    t: View,
    drawing: Drawing,
    flaws: Vec<String>,
}

/// The part of the form that follows what is typed.
pub(super) async fn show(staff: Staff, Posted(mut form): Posted) -> Result<Html<String>, Error> {
    let typed = plan::typed(&form);
    let checked = plan::check(&staff.clients, typed.clone()).await?;
    plan::blame(&mut form, staff.t.texts(), &checked);
    // A field that nobody has come to yet is not wrong yet.
    let flaws = form
        .faults()
        .iter()
        .filter(|fault| !form.value(&fault.field).trim().is_empty());
    let flaws = flaws.map(|fault| fault.words.clone()).collect();
    crate::pages::show(&Fragment {
        drawing: draw(&staff.t, &typed, &checked),
        flaws,
        t: staff.t,
    })
}

pub(super) fn draw(t: &View, plan: &Plan, checked: &CheckPlanResponse) -> Drawing {
    let mut drawing = Drawing {
        summary: String::new(),
        bars: Vec::new(),
        ticks: Vec::new(),
        starts: Vec::new(),
        rooms: rooms(t, plan),
    };
    let span = (minute(&plan.starts), minute(&plan.ends));
    let (Some(from), Some(to)) = span else {
        return drawing;
    };
    if to <= from || checked.slots.is_empty() {
        return drawing;
    }
    let at = |minute: i32| (minute - from) * WIDTH / (to - from);
    let clock = |text: &str| head::time(text).map(|time| t.clock(time)).unwrap_or_default();
    drawing.summary = t
        .with("plan-slots", "n", checked.slots.len())
        .and("minutes", plan.slot_minutes)
        .and("from", clock(&plan.starts))
        .and("to", clock(&plan.ends))
        .to_string();
    let bar = |starts: &str, ends: &str, pause: bool| {
        let (first, last) = (minute(starts)?, minute(ends)?);
        let words = t.with("plan-span", "from", clock(starts)).and("to", clock(ends));
        Some(Bar {
            x: at(first),
            width: (at(last) - at(first)).max(1),
            pause,
            words: words.to_string(),
        })
    };
    let slot = |slot: &SlotTime| bar(&slot.starts, &slot.ends, false);
    drawing.bars.extend(checked.slots.iter().filter_map(slot));
    drawing.bars.extend(
        plan.breaks
            .iter()
            .filter_map(|pause| bar(&pause.from, &pause.to, true)),
    );
    drawing.starts = checked.slots.iter().map(|slot| clock(&slot.starts)).collect();
    let hours = (from.div_euclid(60)..=to.div_euclid(60)).filter(|hour| hour * 60 >= from);
    drawing.ticks = hours
        .filter_map(|hour| {
            let time = Time::new(i8::try_from(hour).ok()?, 0, 0, 0).ok()?;
            Some(Tick {
                x: at(hour * 60),
                words: t.clock(time),
            })
        })
        .collect();
    drawing
}

fn rooms(t: &View, plan: &Plan) -> Vec<RoomDrawing> {
    let mut next = 1;
    let rooms = plan.venue.iter().flat_map(|venue| &venue.rooms);
    rooms
        .map(|room| {
            let first = next;
            next += room.tables.max(0);
            RoomDrawing {
                name: room.name.clone(),
                count: t.with("plan-tables", "n", room.tables.max(0)).to_string(),
                tables: (first..next)
                    .take(usize::try_from(TABLES_MOST).unwrap_or_default())
                    .collect(),
            }
        })
        .collect()
}

fn minute(text: &str) -> Option<i32> {
    let time = head::time(text)?;
    Some(i32::from(time.hour()) * 60 + i32::from(time.minute()))
}
