//! What sessions wait for and what came of them, from made up data.

use contracts::speeddating::v1::{
    self as proto, outcome_service_server::OutcomeService, session_service_server::SessionService,
};
use tonic::{Request, Response, Status};

use super::{World, imports::current, links::refused, sample::small};

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
        request: Request<proto::ReplacePlanRequest>,
    ) -> Reply<proto::ReplacePlanResponse> {
        let request = request.into_inner();
        let plan = request.plan.unwrap_or_default();
        self.act("ReplacePlan", |data| {
            let session = &mut data.sessions[0];
            session.version = current(session.version, request.version)?;
            (session.title, session.starts) = (plan.title, plan.starts);
            (session.breaks, session.venue) = (plan.breaks, plan.venue);
            Ok(proto::ReplacePlanResponse::default())
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
        self.act("SetPresence", |data| {
            if data.refusal == Some("LATE_MINUTES") {
                return Err(platform::error::Failure::field("late_minutes", "1 to 240").into());
            }
            Ok(proto::SetPresenceResponse::default())
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
        self.act("ReportMeeting", |data| match data.refusal {
            Some("NOT_FOUND") => Err(Status::not_found("no such meeting")),
            Some(reason) => Err(refused(reason)),
            None => Ok(proto::ReportMeetingResponse {
                outcome: data.outcomes.first().cloned(),
            }),
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
        self.answer("ListOutcomes", |data| {
            Ok(Response::new(proto::ListOutcomesResponse {
                outcomes: data.outcomes.clone(),
            }))
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
