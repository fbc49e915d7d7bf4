//! The directory's gRPC: parse the request into domain types, call an action, print the reply.

mod accounts;
mod parse;
mod print;

use std::sync::Arc;

use contracts::directory::v1 as proto;
use platform::{error::Failure, grpc::actor, idempotency, page::Page};
use proto::directory_service_server::DirectoryService;
use tonic::{Request, Response, Status, async_trait};
use uuid::Uuid;

use crate::{
    actions::{self, Context, Import, Search},
    error::Error,
};

pub(crate) use accounts::Accounts;

/// Serves the directory.
pub(crate) struct Grpc(pub(crate) Arc<Context>);

type Reply<T> = Result<Response<T>, Status>;

#[async_trait]
impl DirectoryService for Grpc {
    async fn match_people(
        &self,
        request: Request<proto::MatchPeopleRequest>,
    ) -> Reply<proto::MatchPeopleResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let owner = parse::id("owner_organisation_id", &request.owner_organisation_id)?;
        let drafts = parse::drafts(request.people, request.organisations)?;
        let plan = actions::match_people(&self.0, &actor, owner, &drafts).await?;
        Ok(Response::new(print::preview(&plan)))
    }

    async fn upsert_people(
        &self,
        request: Request<proto::UpsertPeopleRequest>,
    ) -> Reply<proto::UpsertPeopleResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let import = Import {
            id: parse::id("import_id", &request.import_id)?,
            fingerprint: idempotency::fingerprint(&request),
            owner: parse::id("owner_organisation_id", &request.owner_organisation_id)?,
            drafts: parse::drafts(request.people, request.organisations)?,
        };
        Ok(Response::new(
            actions::upsert_people(&self.0, &actor, import, print::imported).await?,
        ))
    }

    async fn get_person(&self, request: Request<proto::GetPersonRequest>) -> Reply<proto::GetPersonResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("person_id", &request.person_id)?;
        let person = actions::get_person(&self.0, &actor, id).await?;
        Ok(Response::new(proto::GetPersonResponse {
            person: Some(print::person(&person)),
        }))
    }

    async fn list_people(
        &self,
        request: Request<proto::ListPeopleRequest>,
    ) -> Reply<proto::ListPeopleResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let page = Page::<(String, Uuid)>::parse(request.page.as_ref())?;
        let search = Search {
            words: request.search,
            after: page.after.clone(),
            limit: page.limit(),
        };
        let mut people = actions::list_people(&self.0, &actor, search).await?;
        let info = page.info(&mut people, |last| (last.name_key(), last.id));
        let people = people.iter().map(print::person).collect();
        Ok(Response::new(proto::ListPeopleResponse {
            people,
            page: Some(info),
        }))
    }

    async fn update_contact(
        &self,
        request: Request<proto::UpdateContactRequest>,
    ) -> Reply<proto::UpdateContactResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("person_id", &request.person_id)?;
        let contact = parse::contact(&request)?;
        let person = actions::update_contact(&self.0, &actor, id, request.version, contact).await?;
        Ok(Response::new(proto::UpdateContactResponse {
            person: Some(print::person(&person)),
        }))
    }

    async fn get_organisation(
        &self,
        request: Request<proto::GetOrganisationRequest>,
    ) -> Reply<proto::GetOrganisationResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("organisation_id", &request.organisation_id)?;
        let organisation = actions::get_organisation(&self.0, &actor, id).await?;
        let organisation = Some(print::organisation(&organisation));
        Ok(Response::new(proto::GetOrganisationResponse { organisation }))
    }

    async fn list_organisations(
        &self,
        request: Request<proto::ListOrganisationsRequest>,
    ) -> Reply<proto::ListOrganisationsResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let page = Page::<(String, Uuid)>::parse(request.page.as_ref())?;
        let search = Search {
            words: request.search,
            after: page.after.clone(),
            limit: page.limit(),
        };
        let mut organisations = actions::list_organisations(&self.0, &actor, search).await?;
        let info = page.info(&mut organisations, |last| (last.name_key(), last.id));
        let organisations = organisations.iter().map(print::organisation).collect();
        Ok(Response::new(proto::ListOrganisationsResponse {
            organisations,
            page: Some(info),
        }))
    }

    async fn set_preference(
        &self,
        request: Request<proto::SetPreferenceRequest>,
    ) -> Reply<proto::SetPreferenceResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("person_id", &request.person_id)?;
        let preference = parse::preference(&request)?;
        let person = actions::set_preference(&self.0, &actor, id, request.version, preference).await?;
        Ok(Response::new(proto::SetPreferenceResponse {
            person: Some(print::person(&person)),
        }))
    }

    async fn erase_person(
        &self,
        request: Request<proto::ErasePersonRequest>,
    ) -> Reply<proto::ErasePersonResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("person_id", &request.person_id)?;
        actions::erase_person(&self.0, &actor, id, request.version).await?;
        Ok(Response::new(proto::ErasePersonResponse {}))
    }

    async fn resolve(&self, request: Request<proto::ResolveRequest>) -> Reply<proto::ResolveResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let ids = parse::ids("person_ids", &request.person_ids)?;
        let people = actions::resolve(&self.0, &actor, &ids).await?;
        Ok(Response::new(proto::ResolveResponse {
            people: people.iter().map(print::resolved).collect(),
        }))
    }

    async fn describe_parties(
        &self,
        request: Request<proto::DescribePartiesRequest>,
    ) -> Reply<proto::DescribePartiesResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let people = parse::ids("person_ids", &request.person_ids)?;
        let organisations = parse::ids("organisation_ids", &request.organisation_ids)?;
        let owners = parse::ids("owner_organisation_ids", &request.owner_organisation_ids)?;
        let parties = actions::describe_parties(&self.0, &actor, &people, &organisations, &owners).await?;
        Ok(Response::new(print::parties(parties)))
    }

    async fn verify_surname(
        &self,
        request: Request<proto::VerifySurnameRequest>,
    ) -> Reply<proto::VerifySurnameResponse> {
        let (actor, request) = (actor(&request)?, request.into_inner());
        let id = parse::id("person_id", &request.person_id)?;
        let correct = actions::verify_surname(&self.0, &actor, id, &request.letters).await?;
        Ok(Response::new(proto::VerifySurnameResponse { correct }))
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        Failure::from(&error).into()
    }
}
