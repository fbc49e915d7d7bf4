//! Timetables, their meetings and their quality.

use contracts::speeddating::v1 as proto;

use super::{count, instant, number};
use crate::{
    actions::Shown,
    domain::{Meeting, MeetingState, Quality, Session, Slot, Timetable, Unmet, clock},
};

pub(in crate::grpc) fn timetable(shown: &Shown) -> proto::Timetable {
    let slots = shown.session.plan.slots();
    let meetings = shown
        .timetable
        .meetings
        .iter()
        .map(|meeting| in_slots(&slots, meeting));
    let mut printed = bare(&shown.session, &shown.timetable);
    printed.meetings = meetings.collect();
    printed
}

/// A timetable without its meetings.
pub(in crate::grpc) fn bare(session: &Session, timetable: &Timetable) -> proto::Timetable {
    proto::Timetable {
        session_id: timetable.session_id.to_string(),
        number: number(timetable.number),
        version: timetable.version,
        published: session.published_timetable == timetable.number,
        meetings: Vec::new(),
        quality: Some(quality(&timetable.quality)),
        seed: timetable.seed.cast_unsigned(),
        created_at: Some(instant(timetable.created_at)),
        slots: slot_times(&session.plan.slots()),
        outdated: timetable.inputs != session.inputs,
    }
}

/// Slots with their times.
pub(in crate::grpc) fn slot_times(slots: &[Slot]) -> Vec<proto::SlotTime> {
    let times = slots.iter().enumerate().map(|(slot, time)| proto::SlotTime {
        slot: count(slot),
        starts: clock(time.starts),
        ends: clock(time.ends),
    });
    times.collect()
}

pub(in crate::grpc) fn meeting(session: &Session, meeting: &Meeting) -> proto::Meeting {
    in_slots(&session.plan.slots(), meeting)
}

fn in_slots(slots: &[Slot], meeting: &Meeting) -> proto::Meeting {
    let slot = usize::try_from(meeting.place.slot)
        .ok()
        .and_then(|slot| slots.get(slot));
    proto::Meeting {
        meeting_id: meeting.id.to_string(),
        version: meeting.version,
        employer_id: meeting.pair.employer.to_string(),
        candidate_id: meeting.pair.candidate.to_string(),
        slot: number(meeting.place.slot),
        table: number(meeting.place.table),
        state: meeting_state(meeting.state).into(),
        starts: slot.map(|slot| clock(slot.starts)).unwrap_or_default(),
        ends: slot.map(|slot| clock(slot.ends)).unwrap_or_default(),
        outcome: meeting.outcome.clone(),
    }
}

pub(super) fn meeting_state(state: MeetingState) -> proto::MeetingState {
    match state {
        MeetingState::Planned => proto::MeetingState::Planned,
        MeetingState::Held => proto::MeetingState::Held,
        MeetingState::NoShowCandidate => proto::MeetingState::NoShowCandidate,
        MeetingState::NoShowEmployer => proto::MeetingState::NoShowEmployer,
        MeetingState::Cancelled => proto::MeetingState::Cancelled,
    }
}

fn quality(quality: &Quality) -> proto::Quality {
    let numbers = |values: &[i64]| values.iter().map(|value| number(*value)).collect();
    proto::Quality {
        weight: quality.weight,
        bound: quality.bound,
        proven: quality.proven,
        wishes_met: numbers(&quality.wishes_met),
        wishes_made: numbers(&quality.wishes_made),
        unmet: quality.unmet.iter().map(unmet).collect(),
        candidate_idle_slots: number(quality.candidate_idle_slots),
        employer_idle_slots: number(quality.employer_idle_slots),
        tables_used: number(quality.tables_used),
        tables_available: number(quality.tables_available),
        meetings: number(quality.meetings),
        occupancy_per_mille: number(quality.occupancy_per_mille),
    }
}

fn unmet(unmet: &Unmet) -> proto::Unmet {
    proto::Unmet {
        candidate_id: unmet.candidate.to_string(),
        reason: unmet.reason.clone(),
    }
}
