//! Links of partners.

use std::sync::Arc;

use contracts::speeddating::v1 as proto;
use platform::{Moment, error::Failure, grpc::actor};
use proto::partner_service_server::PartnerService;
use tonic::{Request, Response, async_trait};
use uuid::Uuid;

use super::{
    Reply, keyed,
    parse::{id, optional_time, text},
    participation::{moment, session},
    print, refused,
};
use crate::{
    actions::{self, Context, NewPartnerPerson, Opened, PartnerPerson, ShownLink, Visit},
    directory::Newcomer,
};

/// Serves partners.
pub(crate) struct Partners(pub(crate) Arc<Context>);

#[async_trait]
impl PartnerService for Partners {
    async fn create_partner_link(
        &self,
        request: Request<proto::CreatePartnerLinkRequest>,
    ) -> Reply<proto::CreatePartnerLinkResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let keyed = keyed("request_id", &request.request_id, request)?;
        let session = id("session_id", &request.session_id)?;
        let partner = text("partner", &request.partner, 120)?;
        let expires_at = request
            .expires_at
            .map(|at| {
                Moment::from_parts(at.seconds, at.nanos)
                    .ok_or_else(|| Failure::field("expires_at", "is no instant"))
            })
            .transpose()?;
        let new = actions::create_partner_link(&self.0, &actor, keyed, session, partner, expires_at)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::CreatePartnerLinkResponse {
            link: Some(link(&new.shown)),
            token: new.token,
            code: new.code,
        }))
    }

    async fn list_partner_links(
        &self,
        request: Request<proto::ListPartnerLinksRequest>,
    ) -> Reply<proto::ListPartnerLinksResponse> {
        let actor = actor(&request)?;
        let session = id("session_id", &request.get_ref().session_id)?;
        let links = actions::list_partner_links(&self.0, &actor, session)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ListPartnerLinksResponse {
            links: links.iter().map(link).collect(),
        }))
    }

    async fn revoke_partner_link(
        &self,
        request: Request<proto::RevokePartnerLinkRequest>,
    ) -> Reply<proto::RevokePartnerLinkResponse> {
        let actor = actor(&request)?;
        let revoked =
            actions::revoke_partner_link(&self.0, &actor, id("link_id", &request.get_ref().link_id)?)
                .await
                .map_err(refused)?;
        Ok(Response::new(proto::RevokePartnerLinkResponse {
            link: Some(link(&revoked)),
        }))
    }

    async fn open_partner_link(
        &self,
        request: Request<proto::OpenPartnerLinkRequest>,
    ) -> Reply<proto::OpenPartnerLinkResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let opened = actions::open_partner_link(&self.0, &actor, &request.token, &request.code)
            .await
            .map_err(refused)?;
        Ok(Response::new(match opened {
            Opened::Closed => proto::OpenPartnerLinkResponse::default(),
            Opened::Visit { visit, until } => proto::OpenPartnerLinkResponse {
                verified: true,
                visit,
                visit_until: Some(moment(until)),
            },
        }))
    }

    async fn get_partner_roll(
        &self,
        request: Request<proto::GetPartnerRollRequest>,
    ) -> Reply<proto::GetPartnerRollResponse> {
        let actor = actor(&request)?;
        let visit = visit(request.get_ref().visit.as_ref())?;
        let roll = actions::get_partner_roll(&self.0, &actor, visit)
            .await
            .map_err(refused)?;
        let employers = roll.employers.iter().map(|employer| proto::PartnerEmployer {
            employer_id: employer.id.to_string(),
            organisation_id: employer
                .organisation_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            position: employer.position.clone(),
        });
        Ok(Response::new(proto::GetPartnerRollResponse {
            partner: roll.link.partner.clone(),
            session: Some(session(&roll.session)),
            employers: employers.collect(),
            people: roll.people.iter().map(person).collect(),
            open: roll.open(),
        }))
    }

    async fn register_partner_person(
        &self,
        request: Request<proto::RegisterPartnerPersonRequest>,
    ) -> Reply<proto::RegisterPartnerPersonResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        // The visit is another one after half an hour; the request is the same.
        let asked = proto::RegisterPartnerPersonRequest {
            visit: None,
            ..request.clone()
        };
        let keyed = keyed("request_id", &request.request_id, &asked)?;
        let trimmed = |value: &str| value.trim().to_owned();
        let new = NewPartnerPerson {
            newcomer: Newcomer {
                given_name: trimmed(&request.given_name),
                family_name: trimmed(&request.family_name),
                mail: trimmed(&request.mail),
                phone: trimmed(&request.phone),
                language: trimmed(&request.language),
            },
            arrives: optional_time("arrives", &request.arrives)?,
            leaves: optional_time("leaves", &request.leaves)?,
            wishes: wishes(&request.wishes)?,
        };
        let visit = visit(request.visit.as_ref())?;
        let made = actions::register_partner_person(&self.0, &actor, keyed, visit, new)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::RegisterPartnerPersonResponse {
            person: Some(person(&made)),
        }))
    }

    async fn set_partner_wishes(
        &self,
        request: Request<proto::SetPartnerWishesRequest>,
    ) -> Reply<proto::SetPartnerWishesResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let registration = id("registration_id", &request.registration_id)?;
        let (visit, wishes) = (visit(request.visit.as_ref())?, wishes(&request.wishes)?);
        let changed = actions::set_partner_wishes(&self.0, &actor, visit, registration, wishes)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::SetPartnerWishesResponse {
            person: Some(person(&changed)),
        }))
    }

    async fn withdraw_partner_person(
        &self,
        request: Request<proto::WithdrawPartnerPersonRequest>,
    ) -> Reply<proto::WithdrawPartnerPersonResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let registration = id("registration_id", &request.registration_id)?;
        let visit = visit(request.visit.as_ref())?;
        let gone = actions::withdraw_partner_person(&self.0, &actor, visit, registration)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::WithdrawPartnerPersonResponse {
            person: Some(person(&gone)),
        }))
    }
}

fn visit(visit: Option<&proto::PartnerVisit>) -> Result<Visit<'_>, Failure> {
    let visit = visit.ok_or_else(|| Failure::field("visit", "must be given"))?;
    Ok(Visit {
        token: &visit.token,
        visit: &visit.visit,
    })
}

fn wishes(wishes: &[String]) -> Result<Vec<Uuid>, Failure> {
    let numbered = wishes.iter().enumerate();
    numbered
        .map(|(place, wish)| id(&format!("wishes[{place}]"), wish))
        .collect()
}

fn link(shown: &ShownLink) -> proto::PartnerLink {
    let link = &shown.link;
    proto::PartnerLink {
        link_id: link.id.to_string(),
        session_id: link.session_id.to_string(),
        partner: link.partner.clone(),
        created_at: Some(moment(link.created_at)),
        expires_at: Some(moment(link.expires_at)),
        revoked_at: link.revoked_at.map(moment),
        people: print::count(shown.people),
    }
}

fn person(person: &PartnerPerson) -> proto::PartnerPerson {
    proto::PartnerPerson {
        registration: Some(print::registration(&person.registration)),
        wishes: person.wishes.iter().map(Uuid::to_string).collect(),
    }
}
