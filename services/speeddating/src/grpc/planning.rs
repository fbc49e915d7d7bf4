//! The planning service: searches, places, corrections, comparisons, previews.

use std::time::Duration;

use contracts::speeddating::v1 as proto;
use platform::{error::Failure, grpc::actor};
use proto::{
    list_placements_request::What, planning_service_server::PlanningService,
    preview_correction_request::Correction as Asked,
};
use tonic::{Request, Response, async_trait};
use uuid::Uuid;

use super::{
    Grpc, Reply, keyed,
    parse::{self, id},
    print, refused,
};
use crate::actions::{self, Making, Sought, Thought};

/// Seconds of a search when the request does not say, and at most.
const SECONDS: (u64, i32) = (60, 600);

#[async_trait]
impl PlanningService for Grpc {
    async fn start_timetable(
        &self,
        request: Request<proto::StartTimetableRequest>,
    ) -> Reply<proto::StartTimetableResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let keyed = keyed("request_id", &request.request_id, request)?;
        let session = id("session_id", &request.session_id)?;
        let seconds = match request.seconds {
            0 => SECONDS.0,
            seconds if (1..=SECONDS.1).contains(&seconds) => u64::from(seconds.unsigned_abs()),
            _ => return Err(Failure::field("seconds", "must be from 1 to 600, or 0 for 60").into()),
        };
        let making = Making {
            seed: request.seed,
            limit: Duration::from_secs(seconds),
        };
        let (job, joined) = actions::start_timetable(&self.0, &actor, keyed, session, making)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::StartTimetableResponse {
            job: Some(print::job(&job)),
            joined,
        }))
    }

    async fn get_timetable_job(
        &self,
        request: Request<proto::GetTimetableJobRequest>,
    ) -> Reply<proto::GetTimetableJobResponse> {
        let actor = actor(&request)?;
        let job = id("job_id", &request.get_ref().job_id)?;
        let job = actions::get_job(&self.0, &actor, job).await.map_err(refused)?;
        Ok(Response::new(proto::GetTimetableJobResponse {
            job: Some(print::job(&job)),
        }))
    }

    async fn list_timetable_jobs(
        &self,
        request: Request<proto::ListTimetableJobsRequest>,
    ) -> Reply<proto::ListTimetableJobsResponse> {
        let actor = actor(&request)?;
        let session = id("session_id", &request.get_ref().session_id)?;
        let jobs = actions::list_jobs(&self.0, &actor, session)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ListTimetableJobsResponse {
            jobs: jobs.iter().map(print::job).collect(),
        }))
    }

    async fn stop_timetable(
        &self,
        request: Request<proto::StopTimetableRequest>,
    ) -> Reply<proto::StopTimetableResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let job = id("job_id", &request.job_id)?;
        let job = actions::stop_timetable(&self.0, &actor, job, request.keep)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::StopTimetableResponse {
            job: Some(print::job(&job)),
        }))
    }

    async fn list_placements(
        &self,
        request: Request<proto::ListPlacementsRequest>,
    ) -> Reply<proto::ListPlacementsResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let (session, number) = home(&request.session_id, request.number)?;
        let sought = match &request.what {
            Some(What::MeetingId(meeting)) => Sought::Meeting(id("meeting_id", meeting)?),
            Some(What::Pair(pair)) => Sought::Pair(parse::pair(&pair.candidate_id, &pair.employer_id)?),
            None => return Err(Failure::field("what", "name a meeting or a pair").into()),
        };
        let placements = actions::list_placements(&self.0, &actor, session, number, sought)
            .await
            .map_err(refused)?;
        Ok(Response::new(print::placements(&placements)))
    }

    async fn list_corrections(
        &self,
        request: Request<proto::ListCorrectionsRequest>,
    ) -> Reply<proto::ListCorrectionsResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let (session, number) = home(&request.session_id, request.number)?;
        let corrections = actions::list_corrections(&self.0, &actor, session, number, request.since_version)
            .await
            .map_err(refused)?;
        Ok(Response::new(print::corrections(&corrections)))
    }

    async fn undo_correction(
        &self,
        request: Request<proto::UndoCorrectionRequest>,
    ) -> Reply<proto::UndoCorrectionResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let (session, number) = home(&request.session_id, request.number)?;
        let correction = parse::optional_id("correction_id", &request.correction_id)?;
        let undone = actions::undo_correction(&self.0, &actor, session, number, correction)
            .await
            .map_err(refused)?;
        Ok(Response::new(print::undone(&undone)))
    }

    async fn compare_timetables(
        &self,
        request: Request<proto::CompareTimetablesRequest>,
    ) -> Reply<proto::CompareTimetablesResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let session = id("session_id", &request.session_id)?;
        let (from, to) = (i64::from(request.from), i64::from(request.to));
        let compared = actions::compare_timetables(&self.0, &actor, session, from, to)
            .await
            .map_err(refused)?;
        Ok(Response::new(print::comparison(&compared)))
    }

    async fn preview_publication(
        &self,
        request: Request<proto::PreviewPublicationRequest>,
    ) -> Reply<proto::PreviewPublicationResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let (session, number) = home(&request.session_id, request.number)?;
        let publication = actions::preview_publication(&self.0, &actor, session, number)
            .await
            .map_err(refused)?;
        Ok(Response::new(print::publication(&publication).map_err(refused)?))
    }

    async fn preview_correction(
        &self,
        request: Request<proto::PreviewCorrectionRequest>,
    ) -> Reply<proto::PreviewCorrectionResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let (session, number) = home(&request.session_id, request.number)?;
        let thought = match &request.correction {
            Some(asked) => thought(asked)?,
            None => return Err(Failure::field("correction", "name one").into()),
        };
        let foreseen = actions::preview_correction(&self.0, &actor, session, number, thought)
            .await
            .map_err(refused)?;
        Ok(Response::new(print::foreseen(&foreseen).map_err(refused)?))
    }
}

/// A timetable by its session and number.
fn home(session: &str, number: i32) -> Result<(Uuid, i64), Failure> {
    if number < 1 {
        return Err(Failure::field("number", "must name a timetable: 1, 2, 3 …"));
    }
    Ok((id("session_id", session)?, i64::from(number)))
}

fn thought(asked: &Asked) -> Result<Thought, Failure> {
    Ok(match asked {
        Asked::Move(one) => Thought::Move(
            (id("move.meeting_id", &one.meeting_id)?, one.version),
            i64::from(one.slot),
            parse::table_number(one.table)?,
        ),
        Asked::Swap(two) => Thought::Swap(
            (
                id("swap.first_meeting_id", &two.first_meeting_id)?,
                two.first_version,
            ),
            (
                id("swap.second_meeting_id", &two.second_meeting_id)?,
                two.second_version,
            ),
        ),
        Asked::Add(one) => Thought::Add(
            parse::pair(&one.candidate_id, &one.employer_id)?,
            i64::from(one.slot),
            parse::table_number(one.table)?,
        ),
        Asked::Cancel(one) => Thought::Cancel((id("cancel.meeting_id", &one.meeting_id)?, one.version)),
        Asked::Undo(one) => Thought::Undo(parse::optional_id("undo.correction_id", &one.correction_id)?),
    })
}
