//! The timetable of one person or employer.

use askama::Template;
use axum::response::Html;
use contracts::speeddating::v1::{Session, Timetable};
use jiff::{ToSpan as _, civil::Time};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Asked, At,
    head::{self, Head},
    planning::room,
};
use crate::{
    error::Error,
    roll::{self, Guest, Roll},
    staff::Staff,
    texts::Texts,
    view::View,
    words::{self, Badge},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    /// Number of the timetable.
    numero: i32,
}

#[derive(Template)]
#[template(path = "plan.html")]
struct Page<'a> {
    t: View,
    head: Head,
    guest: &'a Guest,
    published: bool,
    arrival: String,
    meetings: Vec<Line>,
    amount: String,
}

/// One meeting, for pages that list those of one person.
pub(super) struct Line {
    pub(super) at: Option<Time>,
    pub(super) starts: String,
    pub(super) ends: String,
    pub(super) table: i32,
    pub(super) room: String,
    pub(super) with_id: String,
    pub(super) with: String,
    pub(super) position: String,
    pub(super) state: Option<Badge>,
    /// Whether the session rests, or the person waits, before it: "15 minutes".
    pub(super) wait: String,
}

pub(super) async fn show(
    staff: Staff,
    At((id, registration)): At<(Uuid, Uuid)>,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    let (t, staff) = (staff.t, &staff.clients);
    let session = staff.session(id).await?;
    let (roll, timetable) = futures::try_join!(
        Roll::read(staff, t.texts(), id),
        staff.timetable(id, question.numero.max(0))
    )?;
    let guest = roll.get(&registration.to_string()).ok_or(Error::NotFound)?;
    let texts = t.texts();
    let meetings = timetable
        .as_ref()
        .map(|timetable| lines(texts, timetable, guest, &session, &roll))
        .unwrap_or_default();
    let head = Head::new(t.texts(), &session, "personnes");
    super::show(&Page {
        t,
        guest,
        published: timetable.as_ref().is_some_and(|timetable| timetable.published),
        arrival: arrival(texts, &session, &meetings),
        amount: texts
            .with("planning-quality-meetings", "n", meetings.len())
            .into(),
        meetings,
        head,
    })
}

/// The meetings of one registration, in order.
fn lines(t: Texts, timetable: &Timetable, guest: &Guest, session: &Session, roll: &Roll) -> Vec<Line> {
    let mut meetings: Vec<_> = roll::standing(timetable, Some(&guest.id)).collect();
    meetings.sort_by_key(|meeting| (meeting.slot, meeting.table));
    let mut before = None;
    let mut lines = Vec::new();
    for meeting in meetings {
        let with = if guest.employer {
            &meeting.candidate_id
        } else {
            &meeting.employer_id
        };
        lines.push(Line {
            at: head::time(&meeting.starts),
            starts: clock(t, &meeting.starts),
            ends: clock(t, &meeting.ends),
            table: meeting.table,
            room: room(session, meeting.table).unwrap_or_default(),
            with_id: with.clone(),
            with: roll.name(with).to_owned(),
            position: roll
                .get(with)
                .map(|other| other.position.clone())
                .unwrap_or_default(),
            state: words::meeting_state(meeting.state()),
            wait: wait(t, before, &meeting.starts),
        });
        before = head::time(&meeting.ends);
    }
    lines
}

/// The pause between the end of one meeting and the start of the next; empty when there is none.
fn wait(t: Texts, before: Option<Time>, starts: &str) -> String {
    let (Some(end), Some(start)) = (before, head::time(starts)) else {
        return String::new();
    };
    let pause = start.duration_since(end).as_mins();
    match i32::try_from(pause) {
        Ok(pause) if pause > 0 => t.minutes(pause),
        _ => String::new(),
    }
}

/// "9 h 15" for "09:15".
fn clock(t: Texts, text: &str) -> String {
    head::time(text).map_or_else(|| text.to_owned(), |time| t.clock(time))
}

/// When to be there, "8 h 45": some time before the first meeting; empty when there is none.
fn arrival(t: Texts, session: &Session, meetings: &[Line]) -> String {
    let first = meetings.first().and_then(|line| line.at);
    let before = i64::from(session.arrival_minutes).minutes();
    first.map_or_else(String::new, |first| t.clock(first.saturating_sub(before)))
}
