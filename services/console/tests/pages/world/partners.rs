//! The service of partners: one link, and the people whom it registered.

use contracts::speeddating::v1::{
    self as proto, RegistrationState, Side, partner_service_server::PartnerService,
};
use platform::error::Failure;
use tonic::{Request, Status};

use super::{
    Data, World,
    links::{PARTNER_CODE, PARTNER_LINK, Reply, refused},
};

fn visiting(visit: Option<&proto::PartnerVisit>) -> Result<(), Status> {
    let known = visit.is_some_and(|visit| visit.token == PARTNER_LINK && visit.visit == "visite-partenaire");
    if known {
        Ok(())
    } else {
        Err(Status::not_found("no such link"))
    }
}

#[tonic::async_trait]
impl PartnerService for World {
    async fn create_partner_link(
        &self,
        request: Request<proto::CreatePartnerLinkRequest>,
    ) -> Reply<proto::CreatePartnerLinkResponse> {
        let request = request.into_inner();
        self.act("CreatePartnerLink", |data| {
            if !data.behind.link_requests.insert(request.request_id) {
                return Err(refused("LINK_ALREADY_MADE"));
            }
            let link = proto::PartnerLink {
                link_id: super::sample::id(30, data.behind.links.len()),
                session_id: request.session_id,
                partner: request.partner,
                expires_at: Some(request.expires_at.unwrap_or(prost_types::Timestamp {
                    seconds: 1_795_600_000,
                    nanos: 0,
                })),
                ..proto::PartnerLink::default()
            };
            data.behind.links.push(link.clone());
            Ok(proto::CreatePartnerLinkResponse {
                link: Some(link),
                token: PARTNER_LINK.to_owned(),
                code: PARTNER_CODE.to_owned(),
            })
        })
    }

    async fn list_partner_links(
        &self,
        _: Request<proto::ListPartnerLinksRequest>,
    ) -> Reply<proto::ListPartnerLinksResponse> {
        self.act("ListPartnerLinks", |data| {
            Ok(proto::ListPartnerLinksResponse {
                links: data.behind.links.clone(),
            })
        })
    }

    async fn revoke_partner_link(
        &self,
        request: Request<proto::RevokePartnerLinkRequest>,
    ) -> Reply<proto::RevokePartnerLinkResponse> {
        let id = request.into_inner().link_id;
        self.act("RevokePartnerLink", |data| {
            let link = data.behind.links.iter_mut().find(|link| link.link_id == id);
            let link = link.ok_or_else(|| Status::not_found("no such link"))?;
            link.revoked_at = Some(prost_types::Timestamp { seconds: 1, nanos: 0 });
            Ok(proto::RevokePartnerLinkResponse {
                link: Some(link.clone()),
            })
        })
    }

    async fn open_partner_link(
        &self,
        request: Request<proto::OpenPartnerLinkRequest>,
    ) -> Reply<proto::OpenPartnerLinkResponse> {
        let request = request.into_inner();
        self.act("OpenPartnerLink", |_| {
            match (request.token.as_str(), request.code.as_str()) {
                (PARTNER_LINK, PARTNER_CODE) => Ok(proto::OpenPartnerLinkResponse {
                    verified: true,
                    visit: "visite-partenaire".to_owned(),
                    visit_until: None,
                }),
                (PARTNER_LINK, _) => Ok(proto::OpenPartnerLinkResponse::default()),
                _ => Err(Status::not_found("no such link")),
            }
        })
    }

    async fn get_partner_roll(
        &self,
        request: Request<proto::GetPartnerRollRequest>,
    ) -> Reply<proto::GetPartnerRollResponse> {
        let request = request.into_inner();
        self.act("GetPartnerRoll", |data| {
            visiting(request.visit.as_ref())?;
            let employers = data
                .registrations
                .iter()
                .filter(|known| known.side() == Side::Employer)
                .map(|known| proto::PartnerEmployer {
                    employer_id: known.registration_id.clone(),
                    organisation_id: known.organisation_id.clone(),
                    position: known.position.clone(),
                });
            Ok(proto::GetPartnerRollResponse {
                partner: "Mission locale".to_owned(),
                session: data.sessions.first().cloned(),
                employers: employers.collect(),
                people: data.behind.partner_people.clone(),
                open: true,
            })
        })
    }

    async fn register_partner_person(
        &self,
        request: Request<proto::RegisterPartnerPersonRequest>,
    ) -> Reply<proto::RegisterPartnerPersonResponse> {
        let request = request.into_inner();
        self.act("RegisterPartnerPerson", |data| {
            visiting(request.visit.as_ref())?;
            if request.mail == "deja@exemple.fr" {
                return Err(refused("ALREADY_REGISTERED"));
            }
            if request.family_name.is_empty() {
                return Err(Failure::field("family_name", "missing").into());
            }
            let person = proto::PartnerPerson {
                registration: Some(proto::Registration {
                    registration_id: request.request_id.clone(),
                    person_id: request.request_id.clone(),
                    state: RegistrationState::Registered.into(),
                    ..proto::Registration::default()
                }),
                wishes: request.wishes,
            };
            data.people.insert(
                request.request_id.clone(),
                contracts::directory::v1::Person {
                    person_id: request.request_id,
                    given_name: request.given_name,
                    family_name: request.family_name,
                    ..Default::default()
                },
            );
            data.behind
                .partner_people
                .retain(|known| known.registration != person.registration);
            data.behind.partner_people.push(person.clone());
            Ok(proto::RegisterPartnerPersonResponse { person: Some(person) })
        })
    }

    async fn set_partner_wishes(
        &self,
        request: Request<proto::SetPartnerWishesRequest>,
    ) -> Reply<proto::SetPartnerWishesResponse> {
        let request = request.into_inner();
        self.act("SetPartnerWishes", |data| {
            visiting(request.visit.as_ref())?;
            partner_person(data, &request.registration_id)?.wishes = request.wishes;
            Ok(proto::SetPartnerWishesResponse::default())
        })
    }

    async fn withdraw_partner_person(
        &self,
        request: Request<proto::WithdrawPartnerPersonRequest>,
    ) -> Reply<proto::WithdrawPartnerPersonResponse> {
        let request = request.into_inner();
        self.act("WithdrawPartnerPerson", |data| {
            visiting(request.visit.as_ref())?;
            let person = partner_person(data, &request.registration_id)?;
            if let Some(registration) = &mut person.registration {
                registration.state = RegistrationState::Withdrawn.into();
            }
            Ok(proto::WithdrawPartnerPersonResponse::default())
        })
    }
}

fn partner_person<'d>(data: &'d mut Data, id: &str) -> Result<&'d mut proto::PartnerPerson, Status> {
    let mut people = data.behind.partner_people.iter_mut();
    let own = people.find(|known| {
        known
            .registration
            .as_ref()
            .is_some_and(|own| own.registration_id == id)
    });
    own.ok_or_else(|| Status::not_found("nobody"))
}
