//! `SessionService`: plans as a form sees them, copies, what sessions wait for.

use contracts::speeddating::v1::{self as proto, session_service_server::SessionService};
use platform::{
    auth::READERS,
    error::{Failure, Kind},
    grpc::actor,
};
use tonic::{Request, Response, Status, async_trait};

use super::{Grpc, Reply, keyed, parse, parse::id, print, refused};
use crate::actions::{self, Copy, Unsaid};

/// Sessions of one question.
const SESSIONS_MOST: usize = 100;

#[async_trait]
impl SessionService for Grpc {
    async fn check_plan(&self, request: Request<proto::CheckPlanRequest>) -> Reply<proto::CheckPlanResponse> {
        actor(&request)?
            .require(READERS)
            .map_err(|denied| Status::from(Failure::from(denied)))?;
        // What cannot even be read is a flaw of its field, like any other: the form shows both alike.
        let reply = match parse::plan(request.into_inner().plan) {
            Ok(plan) => proto::CheckPlanResponse {
                slots: print::slot_times(&plan.slots()),
                flaws: plan.flaws().iter().map(print::flaw).collect(),
                tables: print::number(plan.venue.rooms.iter().map(|room| room.tables).sum()),
            },
            Err(Failure {
                kind: Kind::Invalid(violations),
                ..
            }) => proto::CheckPlanResponse {
                flaws: violations.iter().map(print::violation).collect(),
                ..proto::CheckPlanResponse::default()
            },
            Err(failure) => return Err(failure.into()),
        };
        Ok(Response::new(reply))
    }

    async fn replace_plan(
        &self,
        request: Request<proto::ReplacePlanRequest>,
    ) -> Reply<proto::ReplacePlanResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let session = id("session_id", &request.session_id)?;
        let said = request.plan.as_ref();
        let unsaid = Unsaid {
            weights: said.is_some_and(|plan| plan.weights.is_none()),
            time_zone: said.is_some_and(|plan| plan.time_zone.is_empty()),
        };
        let plan = parse::plan(request.plan)?;
        let view = actions::replace_plan(&self.0, &actor, session, request.version, plan, unsaid)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ReplacePlanResponse {
            session: Some(print::session(&view)),
        }))
    }

    async fn copy_session(
        &self,
        request: Request<proto::CopySessionRequest>,
    ) -> Reply<proto::CopySessionResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let keyed = keyed("request_id", &request.request_id, &request)?;
        let starts = Some(request.starts.as_str()).filter(|text| !text.is_empty());
        let copy = Copy {
            of: id("session_id", &request.session_id)?,
            title: parse::text("title", &request.title, 120)?,
            date: parse::date("date", &request.date)?,
            starts: starts.map(|text| parse::time("starts", text)).transpose()?,
            with_employers: request.with_employers,
        };
        let view = actions::copy_session(&self.0, &actor, keyed, copy)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::CopySessionResponse {
            session: Some(print::session(&view)),
        }))
    }

    async fn list_attention(
        &self,
        request: Request<proto::ListAttentionRequest>,
    ) -> Reply<proto::ListAttentionResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        if request.session_ids.len() > SESSIONS_MOST {
            return Err(Failure::field("session_ids", "at most 100").into());
        }
        let sessions = request.session_ids.iter().map(|text| id("session_ids", text));
        let sessions: Vec<_> = sessions.collect::<Result<_, _>>()?;
        let attentions = actions::list_attention(&self.0, &actor, &sessions)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ListAttentionResponse {
            attentions: attentions.iter().map(print::attention).collect(),
        }))
    }
}
