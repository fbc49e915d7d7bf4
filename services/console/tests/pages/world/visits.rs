//! The service of visits behind a link, and of unsubscription.

use contracts::notifier::v1::{self as notifier, link_service_server::LinkService};
use tonic::{Request, Status};

use super::{
    Data, World,
    links::{Reply, UNSUBSCRIBE},
};

#[tonic::async_trait]
impl LinkService for World {
    async fn start_visit(
        &self,
        request: Request<notifier::StartVisitRequest>,
    ) -> Reply<notifier::StartVisitResponse> {
        let request = request.into_inner();
        self.act("StartVisit", |data| {
            let link = data.links.iter().find(|link| link.0 == request.token);
            let link = link.ok_or_else(|| Status::not_found("no such link"))?;
            if request.surname_letters == "STOP" {
                return Err(Status::resource_exhausted("too many"));
            }
            let surname = data.people[&link.1].family_name.to_lowercase();
            if !surname.starts_with(&request.surname_letters.to_lowercase()) {
                return Ok(notifier::StartVisitResponse::default());
            }
            let visit = format!("visite-{}-{:04}", &request.token[..4], data.behind.visits.len());
            data.behind.visits.push((request.token, visit.clone()));
            Ok(notifier::StartVisitResponse {
                verified: true,
                visit,
                visit_until: None,
            })
        })
    }

    async fn resume_visit(
        &self,
        request: Request<notifier::ResumeVisitRequest>,
    ) -> Reply<notifier::ResumeVisitResponse> {
        let request = request.into_inner();
        self.act("ResumeVisit", |data| {
            if !data
                .behind
                .visits
                .contains(&(request.token.clone(), request.visit))
            {
                return Err(Status::not_found("no such visit"));
            }
            let link = data.links.iter().find(|link| link.0 == request.token).unwrap();
            Ok(notifier::ResumeVisitResponse {
                person_id: link.1.clone(),
                subject: link.2.clone(),
                group: link.3.clone(),
                visit_until: None,
            })
        })
    }

    async fn end_visit(
        &self,
        request: Request<notifier::EndVisitRequest>,
    ) -> Reply<notifier::EndVisitResponse> {
        let request = request.into_inner();
        self.act("EndVisit", |data| {
            data.behind
                .visits
                .retain(|known| *known != (request.token.clone(), request.visit.clone()));
            Ok(notifier::EndVisitResponse {})
        })
    }

    async fn get_subscription(
        &self,
        request: Request<notifier::GetSubscriptionRequest>,
    ) -> Reply<notifier::GetSubscriptionResponse> {
        let request = request.into_inner();
        self.act("GetSubscription", |data| {
            let person = subscriber(data, &request.token, &request.person_id)?;
            let language = if request.token.is_empty() { "" } else { "fr" };
            Ok(notifier::GetSubscriptionResponse {
                stopped: data.behind.stopped.contains(&person),
                language: language.to_owned(),
            })
        })
    }

    async fn set_subscription(
        &self,
        request: Request<notifier::SetSubscriptionRequest>,
    ) -> Reply<notifier::SetSubscriptionResponse> {
        let request = request.into_inner();
        self.act("SetSubscription", |data| {
            let person = subscriber(data, &request.token, &request.person_id)?;
            if request.stopped {
                data.behind.stopped.insert(person);
            } else {
                data.behind.stopped.remove(&person);
            }
            Ok(notifier::SetSubscriptionResponse {
                stopped: request.stopped,
            })
        })
    }
}

fn subscriber(data: &Data, token: &str, person: &str) -> Result<String, Status> {
    match (token, person) {
        (UNSUBSCRIBE, "") => Ok(data.links[0].1.clone()),
        (_, "") => Err(Status::not_found("no such address")),
        (_, person) => Ok(person.to_owned()),
    }
}
