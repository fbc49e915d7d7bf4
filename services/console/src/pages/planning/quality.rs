//! How good a timetable is, in words and charts, each with its table.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Html;
use uuid::Uuid;

use super::{Ground, Question, grid::Nothing, says, tabs};
use crate::{
    error::Error,
    pages::{Asked, At, head::Head},
    roll,
    staff::Staff,
    texts::Texts,
    view::View,
};

/// Height of the chart of tables, in its own units.
const HEIGHT: i64 = 100;

#[derive(Template)]
#[template(path = "planning/quality.html")]
struct Page {
    t: View,
    head: Head,
    tabs: Vec<(String, String, bool)>,
    number: i32,
    published: bool,
    outdated: bool,
    gap: String,
    summary: Vec<String>,
    wishes: Vec<Bar>,
    unmet: Vec<Unmet>,
    idle: Vec<Idle>,
    waiting: Vec<(String, String)>,
    tables: Vec<Column>,
    width: usize,
    available: i32,
}

/// A part of a whole.
struct Bar {
    label: String,
    part: i32,
    whole: i32,
    met: String,
    made: String,
    percent: String,
}

/// Somebody without a meeting.
struct Unmet {
    id: String,
    name: String,
    why: String,
}

/// Somebody who waits between two meetings.
struct Idle {
    id: String,
    name: String,
    words: String,
}

/// Tables taken in a slot, drawn from below.
struct Column {
    x: usize,
    y: i64,
    height: i64,
    taken: String,
    starts: String,
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
    let quality = ground.timetable.quality.clone().unwrap_or_default();
    let (idle, waiting) = idle(t, &ground);
    let tables = columns(t, &ground);
    crate::pages::show(&Page {
        head: ground.head(staff.t.texts()),
        tabs: tabs(t, &session.session_id, ground.timetable.number, "/qualite"),
        number: ground.timetable.number,
        published: ground.timetable.published,
        outdated: ground.timetable.outdated,
        gap: says::gap(t, quality.weight, quality.bound, quality.proven),
        summary: vec![
            t.with("planning-quality-meetings", "n", quality.meetings).into(),
            t.with("planning-quality-tables", "used", quality.tables_used)
                .and("available", quality.tables_available)
                .and("percent", t.percent(quality.occupancy_per_mille, 1_000))
                .into(),
        ],
        wishes: wishes(t, &quality),
        unmet: unmet(t, &ground, &quality),
        idle,
        waiting,
        width: tables.len() * 10,
        tables,
        available: quality.tables_available,
        t: staff.t,
    })
}

fn wishes(t: Texts, quality: &contracts::speeddating::v1::Quality) -> Vec<Bar> {
    let ranks = quality.wishes_met.iter().zip(&quality.wishes_made).enumerate();
    let made = ranks.filter(|(_, (_, made))| **made > 0);
    made.map(|(index, (met, made))| Bar {
        label: t.with("planning-wish", "rank", t.ordinal(index + 1)).into(),
        part: *met,
        whole: *made,
        met: t.number(*met),
        made: t.number(*made),
        percent: t.percent(*met, *made),
    })
    .collect()
}

fn unmet(t: Texts, ground: &Ground, quality: &contracts::speeddating::v1::Quality) -> Vec<Unmet> {
    let why = |reason: &str| {
        t.say(match reason {
            "NO_WISH" => "planning-unmet-no-wish",
            "ALL_FORBIDDEN" => "planning-unmet-forbidden",
            "NO_COMMON_PRESENCE" => "planning-unmet-presence",
            "EMPLOYERS_FULL" => "planning-unmet-full",
            "TABLES_FULL" => "planning-unmet-tables",
            _ => "planning-unmet-room",
        })
    };
    let all = quality.unmet.iter().map(|one| Unmet {
        id: one.candidate_id.clone(),
        name: ground.roll.name(&one.candidate_id).to_owned(),
        why: why(&one.reason),
    });
    all.collect()
}

/// Who waits longest between two meetings, and for how many it is how many slots.
fn idle(t: Texts, ground: &Ground) -> (Vec<Idle>, Vec<(String, String)>) {
    let mut slots: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for meeting in roll::standing(&ground.timetable, None) {
        slots.entry(&meeting.candidate_id).or_default().push(meeting.slot);
    }
    let (mut people, mut counts): (Vec<(i32, &str)>, BTreeMap<i32, usize>) = (Vec::new(), BTreeMap::new());
    for (id, mut own) in slots {
        own.sort_unstable();
        let (first, last) = (
            own.first().copied().unwrap_or_default(),
            own.last().copied().unwrap_or_default(),
        );
        let gaps = last - first + 1 - i32::try_from(own.len()).unwrap_or(i32::MAX);
        *counts.entry(gaps).or_default() += 1;
        if gaps > 0 {
            people.push((gaps, id));
        }
    }
    people.sort_by_key(|(gaps, id)| (-gaps, ground.roll.name(id)));
    let minutes = ground.session.slot_minutes;
    let words = |gaps: i32| -> String {
        t.with("planning-idle-slots", "n", gaps)
            .and("time", t.minutes(gaps.saturating_mul(minutes)))
            .into()
    };
    let longest = people.iter().take(10).map(|(gaps, id)| Idle {
        id: (*id).to_owned(),
        name: ground.roll.name(id).to_owned(),
        words: words(*gaps),
    });
    let counts = counts.into_iter().map(|(gaps, people)| {
        let words = if gaps == 0 {
            t.say("planning-idle-none")
        } else {
            words(gaps)
        };
        (words, t.number(i64::try_from(people).unwrap_or(i64::MAX)))
    });
    (longest.collect(), counts.collect())
}

fn columns(t: Texts, ground: &Ground) -> Vec<Column> {
    let available = ground
        .timetable
        .quality
        .as_ref()
        .map_or(1, |quality| quality.tables_available.max(1));
    let mut taken: BTreeMap<i32, usize> = BTreeMap::new();
    for meeting in roll::standing(&ground.timetable, None) {
        *taken.entry(meeting.slot).or_default() += 1;
    }
    let slots = ground.timetable.slots.iter().enumerate();
    slots
        .map(|(index, slot)| {
            let taken = taken.get(&slot.slot).copied().unwrap_or_default();
            let height = i64::try_from(taken).unwrap_or(i64::MAX) * HEIGHT / i64::from(available);
            Column {
                x: index * 10 + 1,
                y: HEIGHT - height,
                height,
                taken: t.number(i64::try_from(taken).unwrap_or(i64::MAX)),
                starts: says::clock(t, &slot.starts),
            }
        })
        .collect()
}
