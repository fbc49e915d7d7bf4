//! A directory in memory: real gRPC, real ids, the same reply for the same import.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
};

use contracts::directory::v1::{
    self as proto, Match, OrganisationMatch, PersonMatch,
    directory_service_server::{DirectoryService, DirectoryServiceServer},
};
use tonic::{Code, Request, Response, Status, async_trait, service::Routes};
use tonic_types::{ErrorDetails, StatusExt as _};
use uuid::Uuid;

/// A clone is the same directory.
#[derive(Clone, Default)]
pub(crate) struct Directory(Arc<Mutex<State>>);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) people: BTreeMap<String, proto::Person>,
    pub(crate) organisations: BTreeMap<String, proto::Organisation>,
    pub(crate) imports: BTreeMap<String, (proto::UpsertPeopleRequest, proto::UpsertPeopleResponse)>,
    /// Every call fails while it is away.
    pub(crate) away: bool,
    /// The next import is done, and its reply lost.
    pub(crate) lose_reply: bool,
    /// People who were erased.
    pub(crate) erased: BTreeSet<String>,
    next: u128,
}

impl Directory {
    pub(crate) fn routes(&self) -> Routes {
        let server = DirectoryServiceServer::new(self.clone());
        Routes::new(server.max_decoding_message_size(16 * 1024 * 1024))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn here(&self) -> Result<MutexGuard<'_, State>, Status> {
        let state = self.state();
        if state.away {
            Err(Status::unavailable("the directory is away"))
        } else {
            Ok(state)
        }
    }
}

/// The real one is stricter than the tables' reader here and there.
fn strict(people: &[proto::PersonInput], erased: &BTreeSet<String>) -> Result<(), Status> {
    let mut details = ErrorDetails::new();
    for (place, person) in people
        .iter()
        .enumerate()
        .filter(|(_, person)| person.phone.starts_with("+999"))
    {
        assert!(!person.key.is_empty());
        details.add_bad_request_violation(format!("people[{place}].phone"), "no country has this code");
    }
    for (place, person) in people.iter().enumerate() {
        if erased.contains(&person.person_id) {
            details.add_bad_request_violation(format!("people[{place}].person_id"), "was erased");
        }
    }
    if details.bad_request().is_none() {
        return Ok(());
    }
    Err(Status::with_error_details(
        Code::InvalidArgument,
        "fields are wrong",
        details,
    ))
}

impl State {
    fn id(&mut self) -> String {
        self.next += 1;
        Uuid::from_u128(self.next | 1 << 100).to_string()
    }

    fn known(&self, input: &proto::PersonInput) -> Option<String> {
        if !input.person_id.is_empty() {
            return Some(input.person_id.clone());
        }
        let same =
            |person: &&proto::Person| person.mail == input.mail && person.family_name == input.family_name;
        self.people
            .values()
            .filter(|_| !input.mail.is_empty())
            .find(same)
            .map(|person| person.person_id.clone())
    }
}

type Reply<T> = Result<Response<T>, Status>;

#[async_trait]
impl DirectoryService for Directory {
    async fn match_people(
        &self,
        request: Request<proto::MatchPeopleRequest>,
    ) -> Reply<proto::MatchPeopleResponse> {
        let state = self.here()?;
        strict(&request.get_ref().people, &state.erased)?;
        let people = request.into_inner().people.into_iter().map(|input| {
            let known = state.known(&input);
            PersonMatch {
                key: input.key,
                r#match: if known.is_some() {
                    Match::Identical
                } else {
                    Match::New
                }
                .into(),
                person_id: known.unwrap_or_default(),
                ..PersonMatch::default()
            }
        });
        Ok(Response::new(proto::MatchPeopleResponse {
            people: people.collect(),
            organisations: Vec::new(),
        }))
    }

    async fn upsert_people(
        &self,
        request: Request<proto::UpsertPeopleRequest>,
    ) -> Reply<proto::UpsertPeopleResponse> {
        let request = request.into_inner();
        let mut state = self.here()?;
        strict(&request.people, &state.erased)?;
        assert!(request.people.len() <= 5_000 && request.organisations.len() <= 5_000);
        if let Some((before, reply)) = state.imports.get(&request.import_id) {
            assert_eq!(before, &request, "the same import with other people");
            return Ok(Response::new(reply.clone()));
        }
        let mut reply = proto::UpsertPeopleResponse::default();
        for input in &request.organisations {
            let known = state
                .organisations
                .values()
                .find(|known| known.name == input.name);
            let known = known.map(|known| known.organisation_id.clone());
            let organisation_id = known.unwrap_or_else(|| state.id());
            let organisation = proto::Organisation {
                organisation_id: organisation_id.clone(),
                name: input.name.clone(),
                kind: input.kind.clone(),
                sector: input.sector.clone(),
                ..proto::Organisation::default()
            };
            state.organisations.insert(organisation_id.clone(), organisation);
            let key = input.key.clone();
            reply.organisations.push(OrganisationMatch {
                key,
                organisation_id,
                ..OrganisationMatch::default()
            });
        }
        for input in &request.people {
            let known = state.known(input);
            let outcome = if known.is_some() {
                Match::Changed
            } else {
                Match::New
            };
            let person_id = known.unwrap_or_else(|| state.id());
            let person = proto::Person {
                person_id: person_id.clone(),
                given_name: input.given_name.clone(),
                family_name: input.family_name.clone(),
                mail: input.mail.clone(),
                phone: input.phone.clone(),
                language: input.language.clone(),
                access_needs: input.access_needs.clone(),
                ..proto::Person::default()
            };
            state.people.insert(person_id.clone(), person);
            let key = input.key.clone();
            reply.people.push(PersonMatch {
                key,
                r#match: outcome.into(),
                person_id,
                ..PersonMatch::default()
            });
        }
        state
            .imports
            .insert(request.import_id.clone(), (request, reply.clone()));
        if std::mem::take(&mut state.lose_reply) {
            return Err(Status::unavailable("the reply is lost"));
        }
        Ok(Response::new(reply))
    }

    async fn get_person(&self, request: Request<proto::GetPersonRequest>) -> Reply<proto::GetPersonResponse> {
        let person = self.here()?.people.get(&request.get_ref().person_id).cloned();
        let person = person.ok_or_else(|| Status::not_found("nobody"))?;
        Ok(Response::new(proto::GetPersonResponse { person: Some(person) }))
    }

    async fn get_organisation(
        &self,
        request: Request<proto::GetOrganisationRequest>,
    ) -> Reply<proto::GetOrganisationResponse> {
        let organisation = self
            .here()?
            .organisations
            .get(&request.get_ref().organisation_id)
            .cloned();
        let organisation = organisation.ok_or_else(|| Status::not_found("none"))?;
        Ok(Response::new(proto::GetOrganisationResponse {
            organisation: Some(organisation),
        }))
    }

    async fn list_people(&self, _: Request<proto::ListPeopleRequest>) -> Reply<proto::ListPeopleResponse> {
        Err(Status::unimplemented("not asked by this service"))
    }

    async fn update_contact(
        &self,
        _: Request<proto::UpdateContactRequest>,
    ) -> Reply<proto::UpdateContactResponse> {
        Err(Status::unimplemented("not asked by this service"))
    }

    async fn list_organisations(
        &self,
        _: Request<proto::ListOrganisationsRequest>,
    ) -> Reply<proto::ListOrganisationsResponse> {
        Err(Status::unimplemented("not asked by this service"))
    }

    async fn set_preference(
        &self,
        _: Request<proto::SetPreferenceRequest>,
    ) -> Reply<proto::SetPreferenceResponse> {
        Err(Status::unimplemented("not asked by this service"))
    }

    async fn erase_person(&self, _: Request<proto::ErasePersonRequest>) -> Reply<proto::ErasePersonResponse> {
        Err(Status::unimplemented("not asked by this service"))
    }

    async fn resolve(&self, _: Request<proto::ResolveRequest>) -> Reply<proto::ResolveResponse> {
        Err(Status::unimplemented("not asked by this service"))
    }

    async fn describe_parties(
        &self,
        _: Request<proto::DescribePartiesRequest>,
    ) -> Reply<proto::DescribePartiesResponse> {
        Err(Status::unimplemented("not asked by this service"))
    }

    async fn verify_surname(
        &self,
        _: Request<proto::VerifySurnameRequest>,
    ) -> Reply<proto::VerifySurnameResponse> {
        Err(Status::unimplemented("not asked by this service"))
    }
}
