//! Visits behind links, and unsubscription.

use contracts::notifier::v1::{
    EndVisitRequest, EndVisitResponse, GetSubscriptionRequest, GetSubscriptionResponse, ResumeVisitRequest,
    ResumeVisitResponse, SetSubscriptionRequest, SetSubscriptionResponse, StartVisitRequest,
    StartVisitResponse, link_service_server::LinkService,
};
use platform::{Moment, grpc::actor};
use tonic::{Request, Response, Status, async_trait};

use super::{failed, parse};
use crate::{
    actions::{self, Subscriber},
    context::Context,
};

/// The console's side of links.
pub(crate) struct Links(pub(crate) Context);

#[async_trait]
impl LinkService for Links {
    async fn start_visit(
        &self,
        request: Request<StartVisitRequest>,
    ) -> Result<Response<StartVisitResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let begun = actions::start_visit(&self.0, &actor, &request.token, &request.surname_letters)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Response::new(begun.map_or_else(
            StartVisitResponse::default,
            |begun| StartVisitResponse {
                verified: true,
                visit: begun.visit,
                visit_until: Some(instant(begun.until)),
            },
        )))
    }

    async fn resume_visit(
        &self,
        request: Request<ResumeVisitRequest>,
    ) -> Result<Response<ResumeVisitResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let (link, until) = actions::resume_visit(&self.0, &actor, &request.token, &request.visit)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Response::new(ResumeVisitResponse {
            person_id: link.person_id.to_string(),
            subject: link.subject,
            group: link.group,
            visit_until: Some(instant(until)),
        }))
    }

    async fn end_visit(
        &self,
        request: Request<EndVisitRequest>,
    ) -> Result<Response<EndVisitResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        actions::end_visit(&self.0, &actor, &request.token, &request.visit)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Response::new(EndVisitResponse {}))
    }

    async fn get_subscription(
        &self,
        request: Request<GetSubscriptionRequest>,
    ) -> Result<Response<GetSubscriptionResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let who = subscriber(request.token, &request.person_id)?;
        let found = actions::subscription(&self.0, &actor, &who)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Response::new(GetSubscriptionResponse {
            stopped: found.stopped,
            language: found.language,
        }))
    }

    async fn set_subscription(
        &self,
        request: Request<SetSubscriptionRequest>,
    ) -> Result<Response<SetSubscriptionResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let who = subscriber(request.token, &request.person_id)?;
        actions::set_subscription(&self.0, &actor, &who, request.stopped)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Response::new(SetSubscriptionResponse {
            stopped: request.stopped,
        }))
    }
}

fn subscriber(token: String, person: &str) -> Result<Subscriber, Status> {
    if person.is_empty() {
        return Ok(Subscriber::Token(token));
    }
    parse(person, "person_id").map(Subscriber::Person)
}

fn instant(at: Moment) -> prost_types::Timestamp {
    let (seconds, nanos) = at.parts();
    prost_types::Timestamp { seconds, nanos }
}
