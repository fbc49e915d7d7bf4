//! What sessions wait for and what came of them, from made up data.

use contracts::speeddating::v1::{
    self as proto, outcome_service_server::OutcomeService, session_service_server::SessionService,
};
use tonic::{Request, Response, Status};

use super::{World, sample::small};

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl SessionService for World {
    async fn check_plan(
        &self,
        _request: Request<proto::CheckPlanRequest>,
    ) -> Reply<proto::CheckPlanResponse> {
        self.answer("CheckPlan", |_| {
            Ok(Response::new(proto::CheckPlanResponse::default()))
        })
    }

    async fn replace_plan(
        &self,
        _request: Request<proto::ReplacePlanRequest>,
    ) -> Reply<proto::ReplacePlanResponse> {
        self.answer("ReplacePlan", |_| {
            Ok(Response::new(proto::ReplacePlanResponse::default()))
        })
    }

    async fn copy_session(
        &self,
        _request: Request<proto::CopySessionRequest>,
    ) -> Reply<proto::CopySessionResponse> {
        self.answer("CopySession", |_| {
            Ok(Response::new(proto::CopySessionResponse::default()))
        })
    }

    async fn list_attention(
        &self,
        request: Request<proto::ListAttentionRequest>,
    ) -> Reply<proto::ListAttentionResponse> {
        let wanted = request.into_inner().session_ids;
        self.answer("ListAttention", |data| {
            let known = data
                .sessions
                .iter()
                .filter(|session| wanted.contains(&session.session_id));
            let attentions = known.map(|session| proto::Attention {
                session_id: session.session_id.clone(),
                unconfirmed_employers: small(data.registrations.len()).min(3),
                ..proto::Attention::default()
            });
            Ok(Response::new(proto::ListAttentionResponse {
                attentions: attentions.collect(),
            }))
        })
    }
}

#[tonic::async_trait]
impl OutcomeService for World {
    async fn set_presence(
        &self,
        _request: Request<proto::SetPresenceRequest>,
    ) -> Reply<proto::SetPresenceResponse> {
        self.answer("SetPresence", |_| {
            Ok(Response::new(proto::SetPresenceResponse::default()))
        })
    }

    async fn list_presences(
        &self,
        _request: Request<proto::ListPresencesRequest>,
    ) -> Reply<proto::ListPresencesResponse> {
        self.answer("ListPresences", |_| {
            Ok(Response::new(proto::ListPresencesResponse::default()))
        })
    }

    async fn report_meeting(
        &self,
        _request: Request<proto::ReportMeetingRequest>,
    ) -> Reply<proto::ReportMeetingResponse> {
        self.answer("ReportMeeting", |_| {
            Ok(Response::new(proto::ReportMeetingResponse::default()))
        })
    }

    async fn withdraw_report(
        &self,
        _request: Request<proto::WithdrawReportRequest>,
    ) -> Reply<proto::WithdrawReportResponse> {
        self.answer("WithdrawReport", |_| {
            Ok(Response::new(proto::WithdrawReportResponse::default()))
        })
    }

    async fn list_outcomes(
        &self,
        _request: Request<proto::ListOutcomesRequest>,
    ) -> Reply<proto::ListOutcomesResponse> {
        self.answer("ListOutcomes", |_| {
            Ok(Response::new(proto::ListOutcomesResponse::default()))
        })
    }

    async fn get_report(
        &self,
        _request: Request<proto::GetReportRequest>,
    ) -> Reply<proto::GetReportResponse> {
        self.answer("GetReport", |_| {
            Ok(Response::new(proto::GetReportResponse::default()))
        })
    }

    async fn export_report(
        &self,
        _request: Request<proto::ExportReportRequest>,
    ) -> Reply<proto::ExportReportResponse> {
        self.answer("ExportReport", |_| {
            Ok(Response::new(proto::ExportReportResponse::default()))
        })
    }
}
