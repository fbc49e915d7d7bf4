//! Now and next, table by table, and whom one waits for.

use std::{collections::BTreeMap, time::Duration};

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use contracts::speeddating::v1::{
    Arrival, ListPresencesRequest, Meeting, MeetingState, Presence, Session, Side, SlotTime, Timetable,
};
use http::HeaderMap;
use jiff::civil::Time;
use platform::auth::ORGANISERS;
use uuid::Uuid;

use crate::{
    Clients, Console,
    error::Error,
    live,
    pages::{
        At,
        head::{self, Head},
    },
    roll::Roll,
    staff::Staff,
    texts::Texts,
    view::View,
};

/// How often the board looks whether anything has changed.
const PACE: Duration = Duration::from_secs(2);

#[derive(Template)]
#[template(path = "day/board.html", blocks = ["board"])]
struct Page {
    t: View,
    head: Head,
    may_note: bool,
    board: Board,
}

/// What is shown of the day.
pub(super) struct Board {
    /// Not the day of the session, or nothing published: why there is no board.
    pub(super) why_not: String,
    pub(super) clock: String,
    pub(super) rounds: Vec<Round>,
    pub(super) waited_for: Vec<Waited>,
    pub(super) counts: Vec<String>,
}

/// The meetings of one slot.
pub(super) struct Round {
    pub(super) title: String,
    pub(super) time: String,
    pub(super) lines: Vec<Line>,
}

pub(super) struct Line {
    pub(super) table: i32,
    pub(super) employer: String,
    pub(super) candidate: String,
    /// Somebody of the two is not there: a word for it, and who.
    pub(super) missing: String,
    /// The seat is free: the candidate does not come.
    pub(super) free: bool,
}

/// Somebody who should be there by now, or soon.
pub(super) struct Waited {
    pub(super) name: String,
    pub(super) words: String,
    pub(super) address: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let session = staff.clients.session(id).await?;
    let board = read(&console, &staff.clients, staff.t.texts(), &session, id).await?;
    let page = Page {
        head: Head::new(staff.t.texts(), &session, "jour"),
        may_note: ORGANISERS.contains(&staff.role),
        board,
        t: staff.t,
    };
    if headers.contains_key("hx-request") {
        return Ok(Html(page.as_board().render()?).into_response());
    }
    Ok(crate::pages::show(&page)?.into_response())
}

/// Tells each new minute and each change: nothing personal.
pub(super) async fn stream(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
) -> Result<Response, Error> {
    // Whoever may not see the session gets no stream of it.
    staff.clients.session(id).await?;
    let (clients, clock) = (staff.clients.clone(), console.0.clock.clone());
    let read = move || {
        let (clients, clock) = (clients.clone(), clock.clone());
        async move {
            let minute = clock.now().timestamp().as_second() / 60;
            let session = clients.session(id).await?;
            let arrivals = arrivals(&clients, id).await?;
            let timetable = clients.timetable(id, 0).await?;
            let noted = arrivals
                .iter()
                .filter_map(|arrival| arrival.noted_at)
                .map(|at| at.seconds);
            let latest = noted.max().unwrap_or_default();
            let seen = arrivals
                .iter()
                .filter(|arrival| arrival.presence() != Presence::Expected)
                .count();
            let version = timetable.map(|timetable| timetable.version).unwrap_or_default();
            Ok(format!("{minute}-{}-{version}-{latest}-{seen}", session.version))
        }
    };
    Ok(live::revisions(&console, "board", PACE, read))
}

pub(super) async fn arrivals(clients: &Clients, id: Uuid) -> Result<Vec<Arrival>, Error> {
    let request = ListPresencesRequest {
        session_id: id.to_string(),
    };
    Ok(clients
        .outcomes()
        .list_presences(request)
        .await?
        .into_inner()
        .arrivals)
}

/// Reads what is needed and puts it into words.
pub(super) async fn read(
    console: &Console,
    clients: &Clients,
    t: Texts,
    session: &Session,
    id: Uuid,
) -> Result<Board, Error> {
    let local = console.0.clock.now().timestamp().to_zoned(console.0.zone.clone());
    let mut board = Board {
        why_not: String::new(),
        clock: t.clock(local.time()),
        rounds: Vec::new(),
        waited_for: Vec::new(),
        counts: Vec::new(),
    };
    if session.published_timetable == 0 {
        board.why_not = t.say("day-not-published");
        return Ok(board);
    }
    let date = head::date(session);
    if date != Some(local.date()) {
        let past = date.is_some_and(|date| date < local.date());
        board.why_not = t.say(if past { "day-past" } else { "day-not-today" });
        return Ok(board);
    }
    let Some(timetable) = clients.timetable(id, 0).await? else {
        return Ok(board);
    };
    let roll = Roll::read(clients, t, id).await?;
    let arrivals = arrivals(clients, id).await?;
    let present: BTreeMap<&str, &Arrival> = arrivals
        .iter()
        .map(|arrival| (arrival.registration_id.as_str(), arrival))
        .collect();
    let day = Day {
        t,
        roll: &roll,
        present: &present,
        id,
    };
    board.counts = day.counts(&arrivals);
    let (now, next) = around(&timetable.slots, local.time());
    for (slot, title) in [(now, "day-now"), (next, "day-next")] {
        if let Some(slot) = slot {
            board.rounds.push(day.round(&timetable, slot, t.say(title)));
        }
    }
    board.waited_for = day.waited_for(&timetable, local.time());
    Ok(board)
}

/// What a day's words are made of.
struct Day<'a> {
    t: Texts,
    roll: &'a Roll,
    present: &'a BTreeMap<&'a str, &'a Arrival>,
    id: Uuid,
}

impl Day<'_> {
    fn presence(&self, registration: &str) -> Presence {
        self.present
            .get(registration)
            .map_or(Presence::Expected, |arrival| arrival.presence())
    }

    fn counts(&self, arrivals: &[Arrival]) -> Vec<String> {
        let of = |side: Side, key: &str| {
            let own = arrivals.iter().filter(|arrival| arrival.side() == side);
            let there = own
                .clone()
                .filter(|arrival| arrival.presence() == Presence::Arrived)
                .count();
            self.t
                .with(key, "there", there)
                .and("all", own.count())
                .to_string()
        };
        vec![
            of(Side::Candidate, "day-candidates-there"),
            of(Side::Employer, "day-employers-there"),
        ]
    }

    fn round(&self, timetable: &Timetable, slot: &SlotTime, title: String) -> Round {
        let mut meetings: Vec<&Meeting> = standing(timetable)
            .filter(|meeting| meeting.slot == slot.slot)
            .collect();
        meetings.sort_by_key(|meeting| meeting.table);
        let span = self
            .t
            .with("plan-span", "from", clock(self.t, &slot.starts))
            .and("to", clock(self.t, &slot.ends));
        Round {
            title,
            time: span.to_string(),
            lines: meetings.into_iter().map(|meeting| self.line(meeting)).collect(),
        }
    }

    fn line(&self, meeting: &Meeting) -> Line {
        let away = [&meeting.candidate_id, &meeting.employer_id]
            .into_iter()
            .filter_map(|id| {
                let key = match self.presence(id) {
                    Presence::Arrived => return None,
                    Presence::Absent => "day-absent",
                    Presence::Late => "day-late",
                    Presence::Expected | Presence::Unspecified => "day-not-seen",
                };
                Some(self.t.with(key, "name", self.roll.name(id)).to_string())
            });
        Line {
            table: meeting.table,
            employer: self.roll.name(&meeting.employer_id).to_owned(),
            candidate: self.roll.name(&meeting.candidate_id).to_owned(),
            missing: self.t.list(&away.collect::<Vec<_>>()),
            free: self.presence(&meeting.candidate_id) == Presence::Absent,
        }
    }

    /// Who has a meeting within a quarter of an hour, or had one, and was not seen.
    fn waited_for(&self, timetable: &Timetable, now: Time) -> Vec<Waited> {
        let mut first: BTreeMap<&str, &Meeting> = BTreeMap::new();
        for meeting in standing(timetable) {
            for id in [meeting.candidate_id.as_str(), meeting.employer_id.as_str()] {
                let known = first.entry(id).or_insert(meeting);
                if meeting.slot < known.slot {
                    *known = meeting;
                }
            }
        }
        let soon = now.saturating_add(jiff::Span::new().minutes(15));
        let mut waited: Vec<(&str, &Meeting)> = first
            .into_iter()
            .filter(|(id, meeting)| {
                matches!(self.presence(id), Presence::Expected | Presence::Late)
                    && head::time(&meeting.starts).is_some_and(|starts| starts <= soon)
            })
            .collect();
        waited.sort_by_key(|(_, meeting)| meeting.slot);
        let words = |id: &str, meeting: &Meeting| {
            let late = self
                .present
                .get(id)
                .map(|arrival| arrival.late_minutes)
                .filter(|late| *late > 0);
            let at = clock(self.t, &meeting.starts);
            match late {
                Some(minutes) => self
                    .t
                    .with("day-first-late", "at", at)
                    .and("minutes", minutes)
                    .to_string(),
                None => self.t.with("day-first", "at", at).to_string(),
            }
        };
        waited
            .into_iter()
            .map(|(id, meeting)| Waited {
                name: self.roll.name(id).to_owned(),
                words: words(id, meeting),
                address: crate::pages::address(
                    &format!("/seances/{}/arrivees", self.id),
                    &[("nom", self.roll.name(id))],
                ),
            })
            .collect()
    }
}

pub(super) fn standing(timetable: &Timetable) -> impl Iterator<Item = &Meeting> {
    timetable
        .meetings
        .iter()
        .filter(|meeting| meeting.state() != MeetingState::Cancelled)
}

/// The slot that runs, and the one that follows.
fn around(slots: &[SlotTime], now: Time) -> (Option<&SlotTime>, Option<&SlotTime>) {
    let runs = |slot: &&SlotTime| {
        let span = (head::time(&slot.starts), head::time(&slot.ends));
        matches!(span, (Some(starts), Some(ends)) if starts <= now && now < ends)
    };
    let comes = |slot: &&SlotTime| head::time(&slot.starts).is_some_and(|starts| starts > now);
    (slots.iter().find(runs), slots.iter().find(comes))
}

fn clock(t: Texts, text: &str) -> String {
    head::time(text).map(|time| t.clock(time)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_between_and_after_the_slots() {
        let slot = |slot: i32, starts: &str, ends: &str| SlotTime {
            slot,
            starts: starts.to_owned(),
            ends: ends.to_owned(),
        };
        let slots = [slot(0, "09:00", "09:15"), slot(1, "09:30", "09:45")];
        let at = |hour, minute| {
            let (now, next) = around(&slots, jiff::civil::time(hour, minute, 0, 0));
            (now.map(|slot| slot.slot), next.map(|slot| slot.slot))
        };
        assert_eq!(at(8, 59), (None, Some(0)));
        assert_eq!(at(9, 0), (Some(0), Some(1)));
        assert_eq!(at(9, 15), (None, Some(1)), "a break is nobody's slot");
        assert_eq!(at(9, 44), (Some(1), None));
        assert_eq!(at(9, 45), (None, None));
    }
}
