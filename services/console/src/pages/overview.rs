//! A session at a glance.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Html};
use contracts::{
    directory::v1::DescribePartiesRequest,
    scheduler::v1::{Reminder, ReminderState},
    speeddating::v1::{ListTimetablesRequest, Session, Timetable},
};
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::{
    At, address,
    head::{self, Head},
    instant,
    quality::{self, Reading},
};
use crate::{
    Clients, Console,
    error::Error,
    peers,
    roll::{self, Roll},
    staff::Staff,
    view::View,
    words::{self, Badge},
};

/// People without a meeting that the page names; the list of people has them all.
const WITHOUT_MOST: usize = 100;

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    t: View,
    head: Head,
    next: &'static str,
    command: String,
    cancelled: String,
    facts: Vec<(&'static str, String)>,
    quality: Option<Reading>,
    number: i32,
    published: bool,
    outdated: bool,
    without: Vec<Without>,
    /// How many they are, and where all of them are when they are too many for this page.
    lacking: String,
    more: String,
    reminders: Vec<Counted>,
    total: String,
    timetables: Vec<Version>,
}

/// Somebody without a meeting.
struct Without {
    id: String,
    name: String,
    code: String,
    reason: String,
}

struct Counted {
    state: Badge,
    amount: String,
    address: String,
}

struct Version {
    number: i32,
    address: String,
    made: String,
    meetings: String,
    published: bool,
}

pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
) -> Result<Html<String>, Error> {
    let (t, staff) = (staff.t, &staff.clients);
    let group = peers::group(id);
    // The session first: what does not exist is not asked for elsewhere.
    let session = staff.session(id).await?;
    let mut speeddating = staff.speeddating();
    let timetables = async {
        let request = ListTimetablesRequest {
            session_id: id.to_string(),
        };
        Ok(speeddating
            .list_timetables(request)
            .await?
            .into_inner()
            .timetables)
    };
    let (roll, timetable, reminders, timetables, coordinator) = futures::try_join!(
        Roll::read(staff, id),
        staff.timetable(id, 0),
        staff.reminders(&group),
        timetables,
        coordinator(staff, &session),
    )?;
    let cancelled = if session.state() == contracts::speeddating::v1::SessionState::Cancelled {
        words::cancelled(&session.cancelled_reason).into_owned()
    } else {
        String::new()
    };
    let readable = timetable
        .as_ref()
        .and_then(|timetable| timetable.quality.as_ref());
    let mut without = timetable
        .as_ref()
        .map(|timetable| without(timetable, &roll))
        .unwrap_or_default();
    let lacking = words::count(without.len(), "inscription", "inscriptions");
    let mut more = String::new();
    if without.len() > WITHOUT_MOST {
        without.truncate(WITHOUT_MOST);
        more = address(&format!("/seances/{id}/personnes"), &[("sans", "oui")]);
    }
    super::show(&Page {
        t,
        next: head::next(&session, console.today()).unwrap_or_default(),
        command: head::command(&session),
        cancelled,
        facts: facts(&session, coordinator),
        quality: readable.map(|found| quality::read(found, &session)),
        number: timetable.as_ref().map_or(0, |timetable| timetable.number),
        published: timetable.as_ref().is_some_and(|timetable| timetable.published),
        outdated: timetable.as_ref().is_some_and(|timetable| timetable.outdated),
        without,
        lacking,
        more,
        total: words::count(reminders.len(), "rappel", "rappels"),
        reminders: counted(&reminders, id),
        timetables: versions(timetables, id, &console.0.zone),
        head: Head::new(&session, "apercu"),
    })
}

async fn coordinator(staff: &Clients, session: &Session) -> Result<String, Error> {
    let id = &session.coordinator_person_id;
    if id.is_empty() {
        return Ok(String::new());
    }
    let request = DescribePartiesRequest {
        person_ids: vec![id.clone()],
        ..DescribePartiesRequest::default()
    };
    let mut names = staff.directory().describe_parties(request).await?.into_inner();
    Ok(names.people.remove(id).unwrap_or_default())
}

fn facts(session: &Session, coordinator: String) -> Vec<(&'static str, String)> {
    let sides = words::Sides::of(session.kind());
    let breaks: Vec<_> = session
        .breaks
        .iter()
        .map(|pause| format!("de {} à {}", head::clock(&pause.from), head::clock(&pause.to)))
        .collect();
    let venue = session.venue.clone().unwrap_or_default();
    let rooms: Vec<_> = venue
        .rooms
        .iter()
        .map(|room| format!("{} ({})", room.name, words::count(room.tables, "table", "tables")))
        .collect();
    let mut people = words::count(session.employers, sides.employer, sides.employers);
    people.push_str(", ");
    people.push_str(&words::count(
        session.candidates,
        sides.candidate,
        sides.candidates,
    ));
    let mut facts = vec![
        ("Type", sides.session.to_owned()),
        ("Date", head::when(session)),
        ("Lieu", head::place(session)),
        ("Salles", rooms.join(", ")),
        ("Durée d’une rencontre", words::minutes(session.slot_minutes)),
        ("Pauses", breaks.join(", ")),
        (
            "Arrivée demandée",
            format!(
                "{} avant la première rencontre",
                words::minutes(session.arrival_minutes)
            ),
        ),
        ("Inscriptions", people),
        ("Vœux", words::number(session.wishes)),
        ("Coordination", coordinator),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

/// Candidates without a meeting, with the reason that the timetable gives.
fn without(timetable: &Timetable, roll: &Roll) -> Vec<Without> {
    let counts = roll::meetings_by_registration(Some(timetable));
    let unmet = timetable.quality.iter().flat_map(|quality| &quality.unmet);
    let reasons: BTreeMap<_, _> = unmet
        .map(|unmet| (unmet.candidate_id.as_str(), unmet.reason.as_str()))
        .collect();
    roll.sorted()
        .into_iter()
        .filter(|guest| !guest.withdrawn && !counts.contains_key(guest.id.as_str()))
        .map(|guest| Without {
            reason: match reasons.get(guest.id.as_str()) {
                Some(reason) => words::unmet(reason).into_owned(),
                None if guest.employer => "aucune rencontre ne lui a été attribuée".to_owned(),
                None => {
                    "ses rencontres ont été annulées, ou son inscription est plus récente que ce planning"
                        .to_owned()
                }
            },
            id: guest.id.clone(),
            name: guest.name.clone(),
            code: guest.code.clone(),
        })
        .collect()
}

fn counted(reminders: &[Reminder], session: Uuid) -> Vec<Counted> {
    let mut counts: BTreeMap<ReminderState, i64> = BTreeMap::new();
    for reminder in reminders {
        *counts.entry(reminder.state()).or_default() += 1;
    }
    let path = format!("/seances/{session}/rappels");
    super::reminders::STATES
        .into_iter()
        .filter_map(|(name, state)| {
            let amount = *counts.get(&state)?;
            Some(Counted {
                state: words::reminder_state(state),
                amount: words::number(amount),
                address: address(&path, &[("etat", name)]),
            })
        })
        .collect()
}

fn versions(timetables: Vec<Timetable>, session: Uuid, zone: &TimeZone) -> Vec<Version> {
    let path = format!("/seances/{session}/planning");
    timetables
        .into_iter()
        .map(|timetable| Version {
            number: timetable.number,
            address: address(&path, &[("numero", &timetable.number.to_string())]),
            made: instant(timetable.created_at.as_ref())
                .map(|at| words::moment(at, zone))
                .unwrap_or_default(),
            meetings: timetable
                .quality
                .as_ref()
                .map(|quality| words::count(quality.meetings, "rencontre", "rencontres"))
                .unwrap_or_default(),
            published: timetable.published,
        })
        .collect()
}
