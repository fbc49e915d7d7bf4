//! Two timetables side by side: who gains, who loses.

use askama::Template;
use axum::response::Html;
use contracts::speeddating::v1::{
    CompareTimetablesRequest, ListTimetablesRequest, Meeting, PersonDifference, Side, Timetable,
};
use uuid::Uuid;

use super::{Ground, Question, grid::Nothing, says, tabs};
use crate::{
    error::Error,
    pages::{Asked, At, address, head::Head},
    roll::{Roll, sort_key},
    staff::Staff,
    texts::Texts,
    view::View,
};

#[derive(Template)]
#[template(path = "planning/compare.html")]
struct Page {
    t: View,
    head: Head,
    tabs: Vec<(String, String, bool)>,
    path: String,
    from: i32,
    to: i32,
    /// Numbers with their words.
    choices: Vec<Choice>,
    /// What is counted, in the first and in the second.
    figures: Vec<(String, String, String)>,
    groups: [Group; 3],
    unchanged: i32,
}

/// A timetable that can be compared.
struct Choice {
    number: i32,
    words: String,
    /// Chosen as the first, as the second.
    first: bool,
    second: bool,
}

/// Those for whom it is alike.
struct Group {
    id: &'static str,
    title: String,
    lines: Vec<Line>,
}

struct Line {
    registration: String,
    name: String,
    employer: bool,
    gained: Vec<String>,
    lost: Vec<String>,
    moved: Vec<String>,
}

/// The comparison of two.
pub(super) fn between(session: &str, from: i32, to: i32) -> String {
    let path = format!("/seances/{session}/planning/comparer");
    address(&path, &[("de", &from.to_string()), ("a", &to.to_string())])
}

pub(super) async fn show(
    staff: Staff,
    At(id): At<Uuid>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let (session, ground) = Ground::read(&staff.clients, staff.t.texts(), id, question.numero).await?;
    let head = Head::new(staff.t.texts(), &session, "planning");
    let Some(ground) = ground else {
        return crate::pages::show(&Nothing { t: staff.t, head });
    };
    let t = staff.t.texts();
    let request = ListTimetablesRequest {
        session_id: id.to_string(),
    };
    let all = staff
        .clients
        .speeddating()
        .list_timetables(request)
        .await?
        .into_inner()
        .timetables;
    let (from, to) = chosen(&question, &ground.timetable, &all);
    let request = CompareTimetablesRequest {
        session_id: id.to_string(),
        from,
        to,
    };
    let compared = staff
        .clients
        .planning()
        .compare_timetables(request)
        .await?
        .into_inner();
    let (mut gain, mut lose, mut otherwise) = (Vec::new(), Vec::new(), Vec::new());
    for person in &compared.people {
        let line = line(t, &ground.roll, person);
        match person.weight_after.cmp(&person.weight_before) {
            std::cmp::Ordering::Greater => gain.push(line),
            std::cmp::Ordering::Less => lose.push(line),
            std::cmp::Ordering::Equal => otherwise.push(line),
        }
    }
    let group = |id, key, mut lines: Vec<Line>| {
        lines.sort_by_cached_key(|line| (line.employer, sort_key(&line.name)));
        let title = t.with(key, "n", lines.len()).to_string();
        Group { id, title, lines }
    };
    crate::pages::show(&Page {
        tabs: tabs(t, &session.session_id, ground.timetable.number, "/comparer"),
        path: format!("/seances/{id}/planning/comparer"),
        from,
        to,
        choices: all.iter().map(|one| choice(t, one, from, to)).collect(),
        figures: figures(t, compared.from.as_ref(), compared.to.as_ref()),
        groups: [
            group("gagnent", "planning-gain", gain),
            group("perdent", "planning-lose", lose),
            group("autrement", "planning-otherwise", otherwise),
        ],
        unchanged: compared.unchanged,
        head,
        t: staff.t,
    })
}

/// As asked; else the timetable at hand against the published one, else against the one before it.
fn chosen(question: &Question, at_hand: &Timetable, all: &[Timetable]) -> (i32, i32) {
    let to = if question.a > 0 {
        question.a
    } else {
        all.first().map_or(at_hand.number, |newest| newest.number)
    };
    let other = |one: &&Timetable| one.number != to;
    let published = all.iter().filter(other).find(|one| one.published);
    let before = all.iter().filter(other).max_by_key(|one| one.number);
    let from = published.or(before).map_or(to, |one| one.number);
    (if question.de > 0 { question.de } else { from }, to)
}

fn choice(t: Texts, timetable: &Timetable, from: i32, to: i32) -> Choice {
    let meetings = timetable.quality.as_ref().map_or(0, |quality| quality.meetings);
    let key = if timetable.published {
        "planning-choice-published"
    } else {
        "planning-choice"
    };
    Choice {
        number: timetable.number,
        words: t.with(key, "number", timetable.number).and("n", meetings).into(),
        first: timetable.number == from,
        second: timetable.number == to,
    }
}

fn figures(t: Texts, from: Option<&Timetable>, to: Option<&Timetable>) -> Vec<(String, String, String)> {
    let quality =
        |timetable: Option<&Timetable>| timetable.and_then(|one| one.quality.clone()).unwrap_or_default();
    let (from, to) = (quality(from), quality(to));
    let first = |quality: &contracts::speeddating::v1::Quality| {
        let (met, made) = (
            quality.wishes_met.first().copied(),
            quality.wishes_made.first().copied(),
        );
        format!(
            "{} / {}",
            t.number(met.unwrap_or_default()),
            t.number(made.unwrap_or_default())
        )
    };
    let unmet = |quality: &contracts::speeddating::v1::Quality| {
        t.number(i64::try_from(quality.unmet.len()).unwrap_or(i64::MAX))
    };
    vec![
        (
            t.say("planning-figure-meetings"),
            t.number(from.meetings),
            t.number(to.meetings),
        ),
        (t.say("planning-figure-first"), first(&from), first(&to)),
        (t.say("planning-figure-without"), unmet(&from), unmet(&to)),
        (
            t.say("planning-figure-idle"),
            t.number(from.candidate_idle_slots),
            t.number(to.candidate_idle_slots),
        ),
        (
            t.say("planning-figure-weight"),
            t.number(from.weight),
            t.number(to.weight),
        ),
    ]
}

fn line(t: Texts, roll: &Roll, person: &PersonDifference) -> Line {
    let employer = person.side() == Side::Employer;
    let with = |one: &Meeting| {
        let other = if employer {
            &one.candidate_id
        } else {
            &one.employer_id
        };
        t.with("planning-with", "name", roll.name(other))
            .and("place", says::place(t, &one.starts, one.table))
            .to_string()
    };
    let moved = person.moved.iter().filter_map(|moved| {
        let (before, after) = (moved.before.as_ref()?, moved.after.as_ref()?);
        let other = if employer {
            &before.candidate_id
        } else {
            &before.employer_id
        };
        let said = t.with("planning-moved", "who", roll.name(other));
        let said = said.and("before", says::place(t, &before.starts, before.table));
        Some(
            said.and("after", says::place(t, &after.starts, after.table))
                .to_string(),
        )
    });
    Line {
        registration: person.registration_id.clone(),
        name: roll.name(&person.registration_id).to_owned(),
        employer,
        gained: person.gained.iter().map(with).collect(),
        lost: person.lost.iter().map(with).collect(),
        moved: moved.collect(),
    }
}
