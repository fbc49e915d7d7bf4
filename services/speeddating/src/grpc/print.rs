//! Domain types to replies.

mod outcomes;
mod planning;
mod stages;
mod timetables;

use contracts::speeddating::v1 as proto;

use jiff::{Timestamp, civil::Time};

use crate::{
    actions::{Tables, View},
    directory::Tally,
    domain::{Kind, Opinion, Registration, Side, Standing, State, Wish, clock},
    import::{Problem, Reading, Summary, Table},
};

pub(super) use outcomes::{arrival, attention, flaw, outcomes, report, violation};
pub(super) use planning::{comparison, corrections, foreseen, job, placements, publication, undone};
pub(super) use stages::{checked, stage};
pub(super) use timetables::{bare, meeting, slot_times, timetable};

/// Problems of one reply: more would not be read, and a reply is bounded.
const PROBLEMS_MOST: usize = 1_000;

pub(super) fn session(view: &View) -> proto::Session {
    let (session, plan) = (&view.session, &view.session.plan);
    proto::Session {
        session_id: session.id.to_string(),
        version: session.version,
        organisation_id: session.organisation_id.to_string(),
        kind: match session.kind {
            Kind::EmployerCandidate => proto::SessionKind::EmployerCandidate,
            Kind::B2b => proto::SessionKind::B2b,
        }
        .into(),
        title: plan.title.clone(),
        state: state(session.state).into(),
        date: plan.date.to_string(),
        starts: clock(plan.starts),
        ends: clock(plan.ends),
        time_zone: plan.time_zone.clone(),
        slot_minutes: number(plan.slot_minutes),
        breaks: plan
            .breaks
            .iter()
            .map(|pause| proto::Break {
                from: clock(pause.from),
                to: clock(pause.to),
            })
            .collect(),
        venue: Some(proto::Venue {
            name: plan.venue.name.clone(),
            address: plan.venue.address.clone(),
            rooms: plan
                .venue
                .rooms
                .iter()
                .map(|room| proto::Room {
                    name: room.name.clone(),
                    tables: number(room.tables),
                })
                .collect(),
        }),
        weights: Some(proto::Weights {
            ranks: plan.weights.ranks.clone(),
            priority: plan.weights.priority,
            yes: plan.weights.yes,
            recommended: plan.weights.recommended,
        }),
        arrival_minutes: number(plan.arrival_minutes),
        published_timetable: number(session.published_timetable),
        created_at: Some(instant(session.created_at)),
        employers: number(view.counts.employers),
        candidates: number(view.counts.candidates),
        wishes: number(view.counts.wishes),
        coordinator_person_id: plan
            .coordinator_person_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        cancelled_reason: session.cancelled_reason.clone(),
    }
}

pub(super) fn summaries(tables: &Tables) -> Vec<proto::TableSummary> {
    let summary = |summary: &Summary| {
        let tally = match summary.table {
            Table::Employers => tables.comparison.employers,
            Table::Candidates => tables.comparison.candidates,
            Table::Wishes => Tally::default(),
        };
        proto::TableSummary {
            table: table(summary.table).into(),
            rows: count(summary.rows),
            accepted: count(summary.accepted),
            faulty: count(summary.rows - summary.accepted),
            new_people: number(tally.new),
            changed_people: number(tally.changed),
            identical_people: number(tally.identical),
            possible_duplicates: number(tally.duplicates),
            encoding: summary.encoding.to_owned(),
            delimiter: summary.delimiter.to_string(),
        }
    };
    tables.reading.summaries.iter().map(summary).collect()
}

pub(super) fn problem(problem: &Problem) -> proto::RowProblem {
    proto::RowProblem {
        table: table(problem.table).into(),
        line: i32::try_from(problem.line).unwrap_or(i32::MAX),
        column: problem.column.clone(),
        value: problem.value.clone(),
        message: problem.message.french.clone(),
        cure: problem.cure.french.clone(),
        notice: problem.notice,
        key: problem.key.clone(),
        message_en: problem.message.english.clone(),
        cure_en: problem.cure.english.clone(),
    }
}

/// Errors before notices when there are too many of both.
pub(super) fn problems(reading: &Reading) -> Vec<proto::RowProblem> {
    if reading.problems.len() <= PROBLEMS_MOST {
        return reading.problems.iter().map(problem).collect();
    }
    let (notices, errors): (Vec<&Problem>, Vec<&Problem>) =
        reading.problems.iter().partition(|problem| problem.notice);
    let mut shown: Vec<_> = errors
        .into_iter()
        .chain(notices)
        .take(PROBLEMS_MOST)
        .map(problem)
        .collect();
    let left = reading.problems.len() - shown.len();
    shown.push(proto::RowProblem {
        column: "(fichier)".to_owned(),
        message: format!("et {left} autres remarques"),
        message_en: format!("and {left} more remarks"),
        notice: true,
        ..proto::RowProblem::default()
    });
    shown
}

pub(super) fn registration(registration: &Registration) -> proto::Registration {
    proto::Registration {
        registration_id: registration.id.to_string(),
        version: registration.version,
        session_id: registration.session_id.to_string(),
        side: match registration.side {
            Side::Employer => proto::Side::Employer,
            Side::Candidate => proto::Side::Candidate,
        }
        .into(),
        code: registration.code.clone(),
        person_id: registration.person_id.to_string(),
        organisation_id: registration
            .organisation_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        state: match registration.standing {
            Standing::Registered => proto::RegistrationState::Registered,
            Standing::Confirmed => proto::RegistrationState::Confirmed,
            Standing::Withdrawn => proto::RegistrationState::Withdrawn,
            Standing::CheckedIn => proto::RegistrationState::CheckedIn,
            Standing::Done => proto::RegistrationState::Done,
            Standing::Absent => proto::RegistrationState::Absent,
        }
        .into(),
        arrives: time(registration.arrives),
        leaves: time(registration.leaves),
        meetings_max: number(registration.meetings_max.unwrap_or_default()),
        parallel: number(registration.parallel),
        position: registration.position.clone(),
        referent: registration.referent.clone(),
    }
}

pub(super) fn wish(wish: &Wish) -> proto::Wish {
    proto::Wish {
        candidate_id: wish.pair.candidate.to_string(),
        employer_id: wish.pair.employer.to_string(),
        rank: number(wish.rank),
        employer_opinion: match wish.opinion {
            None => proto::Opinion::Unspecified,
            Some(Opinion::Yes) => proto::Opinion::Yes,
            Some(Opinion::Priority) => proto::Opinion::Priority,
            Some(Opinion::No) => proto::Opinion::No,
        }
        .into(),
        recommended: wish.recommended,
        must: wish.must,
        must_not: wish.must_not,
    }
}

pub(super) fn count(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn state(state: State) -> proto::SessionState {
    match state {
        State::Draft => proto::SessionState::Draft,
        State::RegistrationOpen => proto::SessionState::RegistrationOpen,
        State::RegistrationClosed => proto::SessionState::RegistrationClosed,
        State::ScheduleDraft => proto::SessionState::ScheduleDraft,
        State::SchedulePublished => proto::SessionState::SchedulePublished,
        State::Running => proto::SessionState::Running,
        State::Closed => proto::SessionState::Closed,
        State::FollowedUp => proto::SessionState::FollowedUp,
        State::Cancelled => proto::SessionState::Cancelled,
    }
}

pub(super) fn table(table: Table) -> proto::Table {
    match table {
        Table::Employers => proto::Table::Employers,
        Table::Candidates => proto::Table::Candidates,
        Table::Wishes => proto::Table::Wishes,
    }
}

fn instant(timestamp: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: timestamp.as_second(),
        nanos: timestamp.subsec_nanosecond(),
    }
}

fn time(time: Option<Time>) -> String {
    time.map(clock).unwrap_or_default()
}

pub(super) fn number(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}
