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
        let mut others = self.with_mail(input);
        let same = others.find(|person| person.family_name == input.family_name)?;
        Some(same.person_id.clone())
    }

    fn with_mail(&self, input: &proto::PersonInput) -> impl Iterator<Item = &proto::Person> {
        let mail = input.mail.clone();
        self.people
            .values()
            .filter(move |person| !mail.is_empty() && person.mail == mail)
    }

    /// What is made of a row: whom it is about, and who looks alike.
    fn matched(&self, input: &proto::PersonInput) -> PersonMatch {
        let mut found = PersonMatch {
            key: input.key.clone(),
            ..PersonMatch::default()
        };
        if let Some(known) = self.known(input) {
            let says = |old: &str, new: &str| new.is_empty() || old == new;
            let same = self.people.get(&known).is_some_and(|old| {
                says(&old.given_name, &input.given_name)
                    && says(&old.family_name, &input.family_name)
                    && says(&old.mail, &input.mail)
                    && says(&old.phone, &input.phone)
            });
            found.r#match = if same { Match::Identical } else { Match::Changed }.into();
            found.person_id = known;
        } else if let Some(other) = self.with_mail(input).next() {
            found.r#match = Match::PossibleDuplicate.into();
            found.other_person_id.clone_from(&other.person_id);
            found.fields = vec!["mail".to_owned()];
        } else {
            found.r#match = Match::New.into();
        }
        found
    }

    fn organisation(&self, input: &proto::OrganisationInput) -> Option<String> {
        let mut known = self.organisations.values();
        let known = known.find(|known| known.name == input.name)?;
        Some(known.organisation_id.clone())
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
        let request = request.into_inner();
        let people = request.people.iter().map(|input| state.matched(input)).collect();
        let organisation = |input: &proto::OrganisationInput| OrganisationMatch {
            key: input.key.clone(),
            organisation_id: state.organisation(input).unwrap_or_default(),
            ..OrganisationMatch::default()
        };
        let organisations = request.organisations.iter().map(organisation).collect();
        Ok(Response::new(proto::MatchPeopleResponse {
            people,
            organisations,
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
            let known = state.organisation(input);
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
            let mut row = state.matched(input);
            if row.person_id.is_empty() {
                row.person_id = state.id();
            }
            let before = state.people.get(&row.person_id).cloned().unwrap_or_default();
            let says = |new: &String, old: String| if new.is_empty() { old } else { new.clone() };
            let person = proto::Person {
                person_id: row.person_id.clone(),
                version: before.version + 1,
                given_name: says(&input.given_name, before.given_name),
                family_name: says(&input.family_name, before.family_name),
                mail: says(&input.mail, before.mail),
                phone: says(&input.phone, before.phone),
                language: says(&input.language, before.language),
                access_needs: says(&input.access_needs, before.access_needs),
                ..proto::Person::default()
            };
            state.people.insert(row.person_id.clone(), person);
            reply.people.push(row);
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
        request: Request<proto::UpdateContactRequest>,
    ) -> Reply<proto::UpdateContactResponse> {
        let request = request.into_inner();
        let mut state = self.here()?;
        let person = state.people.get_mut(&request.person_id);
        let person = person.ok_or_else(|| Status::not_found("nobody"))?;
        assert_eq!(person.version, request.version);
        person.version += 1;
        person.mail = request.mail;
        person.phone = request.phone;
        let person = Some(person.clone());
        Ok(Response::new(proto::UpdateContactResponse { person }))
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
