//! `OutcomeService`: the day and what came of it.

use contracts::speeddating::v1::{self as proto, outcome_service_server::OutcomeService};
use platform::{error::Failure, grpc::actor};
use tonic::{Request, Response, async_trait};

use super::{Grpc, Reply, parse, parse::id, print, refused};
use crate::{
    actions,
    domain::{Presence, Side},
};

#[async_trait]
impl OutcomeService for Grpc {
    async fn set_presence(
        &self,
        request: Request<proto::SetPresenceRequest>,
    ) -> Reply<proto::SetPresenceResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let registration = id("registration_id", &request.registration_id)?;
        let presence = presence(request)?;
        let marked = actions::set_presence(&self.0, &actor, registration, presence)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::SetPresenceResponse {
            arrival: Some(print::arrival(&marked.attending)),
            already: marked.already,
        }))
    }

    async fn list_presences(
        &self,
        request: Request<proto::ListPresencesRequest>,
    ) -> Reply<proto::ListPresencesResponse> {
        let actor = actor(&request)?;
        let session = id("session_id", &request.get_ref().session_id)?;
        let attending = actions::list_presences(&self.0, &actor, session)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ListPresencesResponse {
            arrivals: attending.iter().map(print::arrival).collect(),
        }))
    }

    async fn report_meeting(
        &self,
        request: Request<proto::ReportMeetingRequest>,
    ) -> Reply<proto::ReportMeetingResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let meeting = id("meeting_id", &request.meeting_id)?;
        let side = side(request.side())?;
        let said = parse::word(request.state(), &request.outcome)?;
        let told = actions::report_meeting(&self.0, &actor, meeting, side, Some(said))
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ReportMeetingResponse {
            outcome: print::outcomes(&told).pop(),
        }))
    }

    async fn withdraw_report(
        &self,
        request: Request<proto::WithdrawReportRequest>,
    ) -> Reply<proto::WithdrawReportResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let meeting = id("meeting_id", &request.meeting_id)?;
        let side = side(request.side())?;
        let told = actions::report_meeting(&self.0, &actor, meeting, side, None)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::WithdrawReportResponse {
            outcome: print::outcomes(&told).pop(),
        }))
    }

    async fn list_outcomes(
        &self,
        request: Request<proto::ListOutcomesRequest>,
    ) -> Reply<proto::ListOutcomesResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let session = id("session_id", &request.session_id)?;
        let person = parse::optional_id("registration_id", &request.registration_id)?;
        let told = actions::list_outcomes(&self.0, &actor, session, person)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ListOutcomesResponse {
            outcomes: print::outcomes(&told),
        }))
    }

    async fn get_report(&self, request: Request<proto::GetReportRequest>) -> Reply<proto::GetReportResponse> {
        let actor = actor(&request)?;
        let session = id("session_id", &request.get_ref().session_id)?;
        let report = actions::get_report(&self.0, &actor, session)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::GetReportResponse {
            report: Some(print::report(&report)),
        }))
    }

    async fn export_report(
        &self,
        request: Request<proto::ExportReportRequest>,
    ) -> Reply<proto::ExportReportResponse> {
        let actor = actor(&request)?;
        let session = id("session_id", &request.get_ref().session_id)?;
        let (name, content) = actions::export_report(&self.0, &actor, session)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ExportReportResponse { name, content }))
    }
}

fn side(side: proto::Side) -> Result<Side, Failure> {
    parse::side(side).ok_or_else(|| Failure::field("side", "must be EMPLOYER or CANDIDATE"))
}

fn presence(request: &proto::SetPresenceRequest) -> Result<Presence, Failure> {
    let late = i64::from(request.late_minutes);
    match request.presence() {
        proto::Presence::Late => Ok(Presence::Late(late)),
        _ if late != 0 => Err(Failure::field("late_minutes", "goes with LATE only")),
        proto::Presence::Expected => Ok(Presence::Expected),
        proto::Presence::Arrived => Ok(Presence::Arrived),
        proto::Presence::Absent => Ok(Presence::Absent),
        proto::Presence::Unspecified => Err(Failure::field("presence", "must be given")),
    }
}
