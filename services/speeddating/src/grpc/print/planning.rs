//! Searches, places, corrections, comparisons, previews.

use contracts::speeddating::v1 as proto;

use super::{bare, count, instant, meeting, number};
use crate::{
    actions::{Compared, Corrections, Foreseen, Placements, Publication, Undone},
    domain::{
        Altered, Clash, Correction, CorrectionKind, Difference, Job, JobState, Session, Side, Slot,
        SlotSpots, Spot, Stand, Stop, clock,
    },
    error::Error,
    events,
};

/// Reasons of one reply why a timetable cannot be published.
const CLASHES_MOST: usize = 50;

pub(in crate::grpc) fn job(job: &Job) -> proto::TimetableJob {
    proto::TimetableJob {
        job_id: job.id.to_string(),
        session_id: job.session_id.to_string(),
        state: match job.state {
            JobState::Running => proto::TimetableJobState::Running,
            JobState::Done => proto::TimetableJobState::Done,
            JobState::Discarded => proto::TimetableJobState::Discarded,
            JobState::Interrupted => proto::TimetableJobState::Interrupted,
            JobState::Failed => proto::TimetableJobState::Failed,
        }
        .into(),
        elapsed_ms: job.elapsed_ms,
        seconds: number(job.seconds),
        answered: job.progress.answered,
        value: job.progress.value,
        bound: job.progress.bound,
        gap_per_mille: number(job.progress.gap_per_mille()),
        number: number(job.number),
        inputs_changed: job.inputs_changed,
        problem: job.problem.french.clone(),
        problem_en: job.problem.english.clone(),
        started_by: job.started_by.clone(),
        started_at: Some(instant(job.started_at)),
        ended_at: job.ended_at.map(instant),
        stopping: job.stop != Stop::No,
    }
}

pub(in crate::grpc) fn placements(placements: &Placements) -> proto::ListPlacementsResponse {
    let slots = placements.session.plan.slots();
    let meeting = placements.meeting.as_ref();
    proto::ListPlacementsResponse {
        meeting: meeting.map(|found| super::meeting(&placements.session, found)),
        slots: placements
            .slots
            .iter()
            .map(|spots| spots_of(&slots, spots))
            .collect(),
        timetable_version: placements.version,
    }
}

fn spots_of(slots: &[Slot], spots: &SlotSpots) -> proto::SlotPlacements {
    let refused = spots.refused.as_ref();
    let tables = (1..)
        .zip(&spots.tables)
        .map(|(table, spot)| placement(table, spot));
    proto::SlotPlacements {
        slot: number(spots.slot),
        starts: starts(slots, spots.slot),
        possible: refused.is_none(),
        reason: refused.map(|clash| reason(clash).to_owned()).unwrap_or_default(),
        message: refused.map(ToString::to_string).unwrap_or_default(),
        tables: tables.collect(),
    }
}

fn placement(table: i32, spot: &Spot) -> proto::Placement {
    let mut placement = proto::Placement {
        table,
        ..proto::Placement::default()
    };
    match spot {
        Spot::Current => placement.set_state(proto::PlacementState::Current),
        Spot::Possible => placement.set_state(proto::PlacementState::Possible),
        Spot::Swap { other, mine, theirs } => {
            placement.set_state(proto::PlacementState::Swap);
            placement.other_meeting_id = other.id.to_string();
            placement.other_version = other.version;
            placement.table_after = number(mine.table);
            placement.other_table_after = number(theirs.table);
        }
        Spot::Impossible { clash, swap, other } => {
            placement.set_state(proto::PlacementState::Impossible);
            reason(clash).clone_into(&mut placement.reason);
            placement.message = match swap {
                Some(refusal) => format!("{clash} ; échange impossible : {refusal}"),
                None => clash.to_string(),
            };
            placement.other_meeting_id = other.map(|id| id.to_string()).unwrap_or_default();
        }
    }
    placement
}

fn reason(clash: &Clash) -> &'static str {
    match clash {
        Clash::CandidateBusy { .. } => "CANDIDATE_BUSY",
        Clash::EmployerBusy { .. } => "EMPLOYER_BUSY",
        Clash::TableTaken { .. } => "TABLE_TAKEN",
        Clash::NoTableLeft { .. } => "NO_TABLE",
        Clash::CandidateAway { .. } => "CANDIDATE_AWAY",
        Clash::EmployerAway { .. } => "EMPLOYER_AWAY",
        Clash::CandidateFull { .. } => "CANDIDATE_FULL",
        Clash::EmployerFull { .. } => "EMPLOYER_FULL",
        Clash::Forbidden { .. } => "FORBIDDEN",
        Clash::PairTwice { .. } => "PAIR_TWICE",
        Clash::Withdrawn { .. } => "WITHDRAWN",
        Clash::Absent { .. } => "ABSENT",
        Clash::Elsewhere { .. } => "OTHER_SESSION",
        Clash::NoSuchSlot { .. } | Clash::NoSuchTable { .. } | Clash::Unregistered => "OTHER",
    }
}

pub(in crate::grpc) fn corrections(found: &Corrections) -> proto::ListCorrectionsResponse {
    let slots = found.session.plan.slots();
    let all = found.all.iter();
    proto::ListCorrectionsResponse {
        corrections: all
            .map(|known| proto::Correction {
                undoable: known.undoable,
                redo_id: known.redo.map(|id| id.to_string()).unwrap_or_default(),
                ..correction(&slots, &known.correction)
            })
            .collect(),
        timetable_version: found.timetable.version,
    }
}

pub(in crate::grpc) fn undone(undone: &Undone) -> proto::UndoCorrectionResponse {
    let slots = undone.session.plan.slots();
    let meetings = undone.meetings.iter().map(|one| meeting(&undone.session, one));
    proto::UndoCorrectionResponse {
        correction: Some(correction(&slots, &undone.correction)),
        meetings: meetings.collect(),
    }
}

fn correction(slots: &[Slot], correction: &Correction) -> proto::Correction {
    let undone = correction.undone.as_ref();
    proto::Correction {
        correction_id: correction.id.to_string(),
        timetable_version: correction.version,
        kind: match correction.kind {
            CorrectionKind::Move => "MOVE",
            CorrectionKind::Swap => "SWAP",
            CorrectionKind::Add => "ADD",
            CorrectionKind::Cancel => "CANCEL",
            CorrectionKind::Withdrawal => "WITHDRAWAL",
            CorrectionKind::Undo => "UNDO",
        }
        .to_owned(),
        by: correction.by.clone(),
        at: Some(instant(correction.at)),
        changes: correction
            .changes
            .iter()
            .map(|altered| change(slots, altered))
            .collect(),
        undoable: false,
        undone_by: undone.map(|(by, _)| by.clone()).unwrap_or_default(),
        undone_at: undone.map(|(_, at)| instant(*at)),
        redo_id: String::new(),
    }
}

fn change(slots: &[Slot], altered: &Altered) -> proto::MeetingChange {
    proto::MeetingChange {
        meeting_id: altered.meeting.to_string(),
        employer_id: altered.pair.employer.to_string(),
        candidate_id: altered.pair.candidate.to_string(),
        before: altered.before.as_ref().map(|stand| place(slots, stand)),
        after: Some(place(slots, &altered.after)),
    }
}

fn place(slots: &[Slot], stand: &Stand) -> proto::MeetingPlace {
    proto::MeetingPlace {
        slot: number(stand.place.slot),
        starts: starts(slots, stand.place.slot),
        table: number(stand.place.table),
        state: super::timetables::meeting_state(stand.state).into(),
    }
}

fn starts(slots: &[Slot], slot: i64) -> String {
    let found = usize::try_from(slot).ok().and_then(|slot| slots.get(slot));
    found.map(|slot| clock(slot.starts)).unwrap_or_default()
}

pub(in crate::grpc) fn comparison(compared: &Compared) -> proto::CompareTimetablesResponse {
    let session = compared.session();
    let (from, to) = compared.timetables();
    let (differences, unchanged) = compared.differences();
    proto::CompareTimetablesResponse {
        from: Some(bare(session, from)),
        to: Some(bare(session, to)),
        people: differences.iter().map(|one| difference(session, one)).collect(),
        unchanged: count(unchanged),
    }
}

fn difference(session: &Session, difference: &Difference<'_>) -> proto::PersonDifference {
    let print = |one: &&crate::domain::Meeting| meeting(session, one);
    proto::PersonDifference {
        registration_id: difference.person.id.to_string(),
        side: match difference.person.side {
            Side::Employer => proto::Side::Employer,
            Side::Candidate => proto::Side::Candidate,
        }
        .into(),
        code: difference.person.code.clone(),
        gained: difference.gained.iter().map(print).collect(),
        lost: difference.lost.iter().map(print).collect(),
        moved: difference
            .moved
            .iter()
            .map(|(before, after)| proto::MovedMeeting {
                before: Some(meeting(session, before)),
                after: Some(meeting(session, after)),
            })
            .collect(),
        weight_before: difference.weight_before,
        weight_after: difference.weight_after,
    }
}

pub(in crate::grpc) fn publication(
    publication: &Publication,
) -> Result<proto::PreviewPublicationResponse, Error> {
    let news = publication.news.iter();
    let clashes = || publication.clashes.iter().take(CLASHES_MOST);
    Ok(proto::PreviewPublicationResponse {
        session_version: publication.session.version,
        timetable_version: publication.version,
        milestones: news
            .map(|told| events::print(&publication.session, told))
            .collect::<Result<_, _>>()?,
        clashes: clashes().map(ToString::to_string).collect(),
        clashes_en: clashes().map(Clash::in_english).collect(),
        candidates: count(publication.candidates),
        employers: count(publication.employers),
    })
}

pub(in crate::grpc) fn foreseen(foreseen: &Foreseen) -> Result<proto::PreviewCorrectionResponse, Error> {
    let slots = foreseen.session.plan.slots();
    let news = foreseen.news.iter();
    Ok(proto::PreviewCorrectionResponse {
        changes: foreseen
            .changes
            .iter()
            .map(|altered| change(&slots, altered))
            .collect(),
        milestones: news
            .map(|told| events::print(&foreseen.session, told))
            .collect::<Result<_, _>>()?,
        published: foreseen.session.published_timetable == foreseen.timetable.number,
        timetable_version: foreseen.timetable.version,
    })
}
