//! Presence, words of both sides, the report, what sessions wait for.

use contracts::speeddating::v1 as proto;
use platform::error::Violation;
use uuid::Uuid;

use super::{instant, meeting, number, timetables::meeting_state};
use crate::{
    actions::{Attending, Attention, Told},
    domain::{self, Flaw, Presence, Side, Word},
};

pub(in crate::grpc) fn arrival(attending: &Attending) -> proto::Arrival {
    let person = &attending.registration;
    let noted = attending.arrival.as_ref();
    let (presence, late) = match noted.map(|noted| noted.presence) {
        None | Some(Presence::Expected) => (proto::Presence::Expected, 0),
        Some(Presence::Arrived) => (proto::Presence::Arrived, 0),
        Some(Presence::Late(minutes)) => (proto::Presence::Late, minutes),
        Some(Presence::Absent) => (proto::Presence::Absent, 0),
    };
    proto::Arrival {
        registration_id: person.id.to_string(),
        side: match person.side {
            Side::Employer => proto::Side::Employer,
            Side::Candidate => proto::Side::Candidate,
        }
        .into(),
        code: person.code.clone(),
        person_id: person.person_id.to_string(),
        organisation_id: person
            .organisation_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        presence: presence.into(),
        late_minutes: number(late),
        noted_by: noted.map(|noted| noted.noted_by.clone()).unwrap_or_default(),
        noted_at: noted.map(|noted| instant(noted.noted_at)),
    }
}

pub(in crate::grpc) fn outcomes(told: &Told) -> Vec<proto::Outcome> {
    told.outcomes
        .iter()
        .map(|outcome| proto::Outcome {
            meeting: Some(meeting(&told.session, &outcome.meeting)),
            employer: outcome.words.employer.as_ref().map(word),
            candidate: outcome.words.candidate.as_ref().map(word),
            disagreement: outcome.words.disagree(),
        })
        .collect()
}

fn word(word: &Word) -> proto::Word {
    proto::Word {
        state: meeting_state(word.state).into(),
        outcome: word.outcome.clone(),
        said_by: word.said_by.clone(),
        said_at: Some(instant(word.said_at)),
    }
}

pub(in crate::grpc) fn report(report: &domain::Report) -> proto::Report {
    let total = &report.total;
    let numbers = |values: &[i64]| values.iter().copied().map(number).collect();
    proto::Report {
        candidates: Some(attendance(report.candidates)),
        employers: Some(attendance(report.employers)),
        meetings: number(total.meetings),
        held: number(total.held),
        no_show_candidate: number(report.no_show_candidate),
        no_show_employer: number(report.no_show_employer),
        open: number(total.open),
        cancelled: number(report.cancelled),
        disagreements: number(report.disagreements),
        wishes_held: numbers(&report.wishes_held),
        wishes_made: numbers(&report.wishes_made),
        outcomes: report
            .outcomes
            .iter()
            .map(|(outcome, employer, candidate)| proto::OutcomeCount {
                outcome: (*outcome).to_owned(),
                employer: number(*employer),
                candidate: number(*candidate),
            })
            .collect(),
        candidates_met: number(report.candidates_met),
        employer_lines: report
            .lines
            .iter()
            .map(|(id, line)| proto::EmployerLine {
                registration_id: id.to_string(),
                meetings: number(line.meetings),
                held: number(line.held),
                no_shows: number(line.no_shows),
                open: number(line.open),
                interested: number(line.interested),
                hired: number(line.hired),
            })
            .collect(),
    }
}

fn attendance(counted: domain::Attendance) -> proto::Attendance {
    proto::Attendance {
        registered: number(counted.registered),
        confirmed: number(counted.confirmed),
        arrived: number(counted.arrived),
        late: number(counted.late),
        absent: number(counted.absent),
        withdrawn: number(counted.withdrawn),
    }
}

pub(in crate::grpc) fn attention((id, attention): &(Uuid, Attention)) -> proto::Attention {
    proto::Attention {
        session_id: id.to_string(),
        unconfirmed_employers: number(attention.unconfirmed_employers),
        without_meeting: number(attention.without_meeting),
        outdated: attention.outdated,
        outcomes_missing: number(attention.outcomes_missing),
        disagreements: number(attention.disagreements),
    }
}

pub(in crate::grpc) fn flaw(flaw: &Flaw) -> proto::PlanFlaw {
    proto::PlanFlaw {
        field: flaw.field.clone(),
        message: flaw.message.to_string(),
    }
}

pub(in crate::grpc) fn violation(violation: &Violation) -> proto::PlanFlaw {
    proto::PlanFlaw {
        field: violation.field.clone(),
        message: violation.message.clone(),
    }
}
