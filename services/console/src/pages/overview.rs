//! A session at a glance.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Html};
use contracts::{
    directory::v1::DescribePartiesRequest,
    scheduler::v1::{GetStatusRequest, GetStatusResponse, ReminderState},
    speeddating::v1::{ListAttentionRequest, ListTimetablesRequest, Session, SessionState, Timetable},
};
use jiff::{civil::Date, tz::TimeZone};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use super::{
    At, address,
    head::{self, Head},
    instant,
    quality::{self, Reading},
    sessions,
};
use crate::{
    Clients, Console,
    error::Error,
    forms::Form,
    peers,
    roll::{self, Roll},
    staff::Staff,
    texts::Texts,
    view::View,
    words::{self, Badge, Sides},
};

/// People without a meeting that the page names; the list of people has them all.
const WITHOUT_MOST: usize = 100;

#[derive(Template)]
#[template(path = "overview.html")]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks, one by one")]
struct Page {
    t: View,
    head: Head,
    version: i64,
    form: Form,
    /// The next step: its words and where it is done.
    next: String,
    next_address: String,
    waits_for: Vec<String>,
    /// Steps that can be taken from here: name of the step, words of the button.
    steps: Vec<(&'static str, String)>,
    may_organise: bool,
    can_change: bool,
    cancelled: String,
    facts: Vec<(String, String)>,
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
    let form = staff.form();
    let may_organise = ORGANISERS.contains(&staff.role);
    let (t, staff) = (staff.t, &staff.clients);
    let texts = t.texts();
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
    let mut scheduler = staff.scheduler();
    let counts = async {
        let request = GetStatusRequest {
            group,
            ..GetStatusRequest::default()
        };
        Ok(scheduler.get_status(request).await?.into_inner())
    };
    let mut plans = staff.plans();
    let attention = async {
        let request = ListAttentionRequest {
            session_ids: vec![id.to_string()],
        };
        Ok(plans.list_attention(request).await?.into_inner().attentions.pop())
    };
    let (roll, timetable, counts, timetables, coordinator, attention) = futures::try_join!(
        Roll::read(staff, texts, id),
        staff.timetable(id, 0),
        counts,
        timetables,
        coordinator(staff, &session),
        attention,
    )?;
    let readable = timetable
        .as_ref()
        .and_then(|timetable| timetable.quality.as_ref());
    let mut without = timetable
        .as_ref()
        .map(|timetable| without(texts, timetable, &roll))
        .unwrap_or_default();
    let lacking = t.with("overview-without-many", "n", without.len()).to_string();
    let mut more = String::new();
    if without.len() > WITHOUT_MOST {
        without.truncate(WITHOUT_MOST);
        more = address(&format!("/seances/{id}/personnes"), &[("sans", "oui")]);
    }
    let (next, next_address) = head::next(&session, console.today()).unwrap_or_default();
    let reminders = counted(texts, &counts, id);
    super::show(&Page {
        version: session.version,
        form,
        next: if next.is_empty() {
            String::new()
        } else {
            t.say(next)
        },
        next_address,
        waits_for: attention
            .map(|attention| sessions::waits_for(texts, &session, &attention))
            .unwrap_or_default(),
        steps: steps(texts, &session, console.today()),
        may_organise,
        can_change: session.state() != SessionState::Cancelled,
        cancelled: cancelled(texts, &session),
        facts: facts(texts, &session, coordinator),
        quality: readable.map(|found| quality::read(texts, found, &session)),
        number: timetable.as_ref().map_or(0, |timetable| timetable.number),
        published: timetable.as_ref().is_some_and(|timetable| timetable.published),
        outdated: timetable.as_ref().is_some_and(|timetable| timetable.outdated),
        without,
        lacking,
        more,
        total: t
            .with(
                "overview-reminders-all",
                "n",
                counts.planned + counts.queued + counts.sent + counts.suppressed + counts.failed,
            )
            .to_string(),
        reminders,
        timetables: versions(texts, timetables, id, &console.0.zone),
        head: Head::new(texts, &session, "apercu"),
        t,
    })
}

/// Why the session was cancelled; empty when it was not.
fn cancelled(t: Texts, session: &Session) -> String {
    if session.state() != SessionState::Cancelled {
        return String::new();
    }
    match session.cancelled_reason.as_str() {
        "" => t.say("overview-no-reason"),
        reason => reason.to_owned(),
    }
}

/// What can be decided about a session as it stands.
fn steps(t: Texts, session: &Session, today: Date) -> Vec<(&'static str, String)> {
    let day_has_come = head::date(session).is_some_and(|date| date <= today);
    let steps: &[(&str, &str)] = match session.state() {
        SessionState::Draft | SessionState::RegistrationClosed => &[("ouvrir", "overview-open")],
        SessionState::RegistrationOpen => &[("fermer", "overview-close")],
        SessionState::SchedulePublished if day_has_come => {
            &[("demarrer", "overview-start"), ("terminer", "overview-end")]
        }
        SessionState::Running => &[("terminer", "overview-end")],
        SessionState::Closed => &[("clore", "overview-follow-up")],
        _ => &[],
    };
    steps.iter().map(|(step, key)| (*step, t.say(key))).collect()
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

fn facts(t: Texts, session: &Session, coordinator: String) -> Vec<(String, String)> {
    let clock = |text: &str| head::time(text).map(|time| t.clock(time)).unwrap_or_default();
    let span = |from: &str, to: &str| {
        t.with("plan-span", "from", clock(from))
            .and("to", clock(to))
            .to_string()
    };
    let breaks: Vec<_> = session
        .breaks
        .iter()
        .map(|pause| span(&pause.from, &pause.to))
        .collect();
    let venue = session.venue.clone().unwrap_or_default();
    let rooms: Vec<_> = venue
        .rooms
        .iter()
        .map(|room| {
            let tables = t.with("plan-tables", "n", room.tables);
            t.with("overview-room", "name", &room.name)
                .and("tables", tables)
                .to_string()
        })
        .collect();
    let sides = Sides::of(t, session.kind());
    let people = [
        sides.employers_counted(session.employers),
        sides.candidates_counted(session.candidates),
    ];
    let facts = [
        ("overview-kind", sides.session),
        ("overview-date", head::when(t, session)),
        ("overview-place", head::place(session)),
        ("overview-rooms", rooms.join(", ")),
        ("overview-slot", t.minutes(session.slot_minutes)),
        ("overview-breaks", breaks.join(", ")),
        (
            "overview-arrival",
            t.with(
                "overview-arrival-before",
                "minutes",
                t.minutes(session.arrival_minutes),
            )
            .to_string(),
        ),
        ("overview-people", people.join(", ")),
        ("overview-wishes", t.number(session.wishes)),
        ("overview-coordination", coordinator),
    ];
    let told = facts.into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(key, value)| (t.say(key), value)).collect()
}

/// Candidates without a meeting, with the reason that the timetable gives.
fn without(t: Texts, timetable: &Timetable, roll: &Roll) -> Vec<Without> {
    let counts = roll::meetings_by_registration(Some(timetable));
    let unmet = timetable.quality.iter().flat_map(|quality| &quality.unmet);
    let reasons: BTreeMap<_, _> = unmet
        .map(|unmet| (unmet.candidate_id.as_str(), unmet.reason.as_str()))
        .collect();
    roll.sorted()
        .into_iter()
        .filter(|guest| !guest.gone && !counts.contains_key(guest.id.as_str()))
        .map(|guest| Without {
            reason: match reasons.get(guest.id.as_str()) {
                Some(reason) => why(t, reason),
                None if guest.employer => t.say("unmet-employer"),
                None => t.say("unmet-later"),
            },
            id: guest.id.clone(),
            name: guest.name.clone(),
            code: guest.code.clone(),
        })
        .collect()
}

/// Why the timetable gave nobody to a candidate; a reason that came later is shown as it is.
fn why(t: Texts, reason: &str) -> String {
    match reason {
        "NO_WISH" => t.say("unmet-no-wish"),
        "ALL_FORBIDDEN" => t.say("unmet-forbidden"),
        "NO_COMMON_PRESENCE" => t.say("unmet-presence"),
        "EMPLOYERS_FULL" => t.say("unmet-full"),
        "TABLES_FULL" => t.say("unmet-tables"),
        "ROOM_LEFT" => t.say("unmet-room"),
        other => other.to_owned(),
    }
}

fn counted(t: Texts, counts: &GetStatusResponse, session: Uuid) -> Vec<Counted> {
    let path = format!("/seances/{session}/rappels");
    super::telling::STATES
        .into_iter()
        .filter(|(name, ..)| !name.is_empty())
        .filter_map(|(name, state, _)| {
            let amount = match state {
                ReminderState::Planned => counts.planned,
                ReminderState::Queued => counts.queued,
                ReminderState::Sent => counts.sent,
                ReminderState::Suppressed => counts.suppressed,
                ReminderState::Failed => counts.failed,
                ReminderState::Unspecified => 0,
            };
            (amount > 0).then(|| Counted {
                state: words::reminder_state(state),
                amount: t.number(amount),
                address: address(&path, &[("etat", name)]),
            })
        })
        .collect()
}

fn versions(t: Texts, timetables: Vec<Timetable>, session: Uuid, zone: &TimeZone) -> Vec<Version> {
    let path = format!("/seances/{session}/planning");
    timetables
        .into_iter()
        .map(|timetable| Version {
            number: timetable.number,
            address: address(&path, &[("numero", &timetable.number.to_string())]),
            made: instant(timetable.created_at.as_ref())
                .map(|at| t.moment(at, zone))
                .unwrap_or_default(),
            meetings: timetable
                .quality
                .as_ref()
                .map(|quality| t.with("meetings-many", "n", quality.meetings).to_string())
                .unwrap_or_default(),
            published: timetable.published,
        })
        .collect()
}
