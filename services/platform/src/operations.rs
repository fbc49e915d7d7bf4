//! The gRPC by which ops look after the services of a process: their dead letters.

use std::sync::Arc;

use contracts::operations::v1 as proto;
use proto::operations_service_server::{OperationsService, OperationsServiceServer};
use tonic::{Request, Response, Status, service::Routes};
use uuid::Uuid;

use crate::{
    Moment, Platform,
    auth::{Actor, Role},
    db::Error,
    dead_letters::{self, DeadLetter},
    error::{Failure, Kind},
    grpc,
    page::Page,
};

/// Who may read.
const READERS: &[Role] = &[Role::Administrator, Role::Auditor];
/// Who may replay and drop.
const OPERATORS: &[Role] = &[Role::Administrator];

/// Serves these services of the process.
pub fn routes(platforms: Vec<Platform>) -> Routes {
    Routes::new(OperationsServiceServer::new(Operations(Arc::new(platforms))))
}

struct Operations(Arc<Vec<Platform>>);

impl Operations {
    fn service(&self, name: &str) -> Result<&Platform, Failure> {
        let found = self.0.iter().find(|platform| platform.service == name);
        found.ok_or_else(|| {
            let here: Vec<_> = self.0.iter().map(|platform| platform.service).collect();
            Failure::new(
                Kind::NotFound,
                "SERVICE_ELSEWHERE",
                format!(
                    "this process does not host the service `{name}`, but {}; ask whoever hosts it",
                    here.join(", ")
                ),
            )
        })
    }
}

#[tonic::async_trait]
impl OperationsService for Operations {
    async fn list_dead_letters(
        &self,
        request: Request<proto::ListDeadLettersRequest>,
    ) -> Result<Response<proto::ListDeadLettersResponse>, Status> {
        permit(&request, READERS)?;
        let request = request.into_inner();
        let platform = self.service(&request.service)?;
        let page = Page::parse(request.page.as_ref())?;
        let mut letters = dead_letters::list(&platform.db, &page)
            .await
            .map_err(|error| failed(&error))?;
        let total = dead_letters::count(&platform.db)
            .await
            .map_err(|error| failed(&error))?;
        let info = page.info(&mut letters, |last| (last.died_at, last.id));
        Ok(Response::new(proto::ListDeadLettersResponse {
            dead_letters: letters
                .into_iter()
                .map(|letter| print(platform.service, letter))
                .collect(),
            page: Some(info),
            total,
        }))
    }

    async fn get_dead_letter(
        &self,
        request: Request<proto::GetDeadLetterRequest>,
    ) -> Result<Response<proto::GetDeadLetterResponse>, Status> {
        permit(&request, READERS)?;
        let request = request.into_inner();
        let (platform, id) = (self.service(&request.service)?, parse(&request.event_id)?);
        let letter = dead_letters::show(&platform.db, id)
            .await
            .map_err(|error| failed(&error))?
            .ok_or_else(unknown)?;
        Ok(Response::new(proto::GetDeadLetterResponse {
            dead_letter: Some(print(platform.service, letter)),
        }))
    }

    async fn replay_dead_letter(
        &self,
        request: Request<proto::ReplayDeadLetterRequest>,
    ) -> Result<Response<proto::ReplayDeadLetterResponse>, Status> {
        let actor = permit(&request, OPERATORS)?;
        let request = request.into_inner();
        let (platform, id) = (self.service(&request.service)?, parse(&request.event_id)?);
        let replayed = platform.replay(id).await.map_err(|error| failed(&error))?;
        if !replayed {
            return Err(unknown().into());
        }
        tracing::info!(
            service = platform.service,
            event.id = %id,
            actor = actor.subject,
            "a dead letter was put back to be applied again"
        );
        Ok(Response::new(proto::ReplayDeadLetterResponse {}))
    }

    async fn drop_dead_letter(
        &self,
        request: Request<proto::DropDeadLetterRequest>,
    ) -> Result<Response<proto::DropDeadLetterResponse>, Status> {
        let actor = permit(&request, OPERATORS)?;
        let request = request.into_inner();
        let (platform, id) = (self.service(&request.service)?, parse(&request.event_id)?);
        let letter = dead_letters::discard(&platform.db, id)
            .await
            .map_err(|error| failed(&error))?
            .ok_or_else(unknown)?;
        // The only trace that is left of it.
        tracing::warn!(
            service = platform.service,
            event.id = %letter.id,
            event.routing_key = letter.routing_key,
            event.occurred_at = %letter.occurred_at,
            reason = letter.reason,
            actor = actor.subject,
            "a dead letter was dropped: its event is never applied"
        );
        Ok(Response::new(proto::DropDeadLetterResponse {}))
    }
}

fn permit<T>(request: &Request<T>, roles: &[Role]) -> Result<Actor, Status> {
    let actor = grpc::actor(request)?;
    actor.require(roles).map_err(Failure::from)?;
    Ok(actor)
}

fn parse(text: &str) -> Result<Uuid, Failure> {
    Uuid::parse_str(text).map_err(|_| {
        Failure::field(
            "event_id",
            "is not an id: take it as the list of dead letters gave it",
        )
    })
}

fn failed(error: &Error) -> Failure {
    Failure::database(error)
}

fn unknown() -> Failure {
    Failure::new(
        Kind::NotFound,
        "DEAD_LETTER_UNKNOWN",
        "no such dead letter in this service: somebody may have replayed or dropped it; list them again",
    )
}

fn print(service: &str, letter: DeadLetter) -> proto::DeadLetter {
    let timestamp = |moment: Moment| {
        let (seconds, nanos) = moment.parts();
        Some(prost_types::Timestamp { seconds, nanos })
    };
    proto::DeadLetter {
        service: service.to_owned(),
        event_id: letter.id.to_string(),
        routing_key: letter.routing_key,
        reason: letter.reason,
        attempts: letter.attempts,
        occurred_at: timestamp(letter.occurred_at),
        died_at: timestamp(letter.died_at),
        body: letter.body,
    }
}
