//! A directory on a database of its own, and clients of several actors.

use std::collections::BTreeSet;

use contracts::directory::v1::{
    GetPersonRequest, OrganisationInput, Person, PersonInput, UpsertPeopleRequest, UpsertPeopleResponse,
    account_service_client::AccountServiceClient, directory_service_client::DirectoryServiceClient,
};
use directory::{Clients, Service, Settings, passwords::Cost};
use platform::{
    Clock, Db,
    auth::{Actor, Role, Scope},
    grpc::Transport,
    testing::TestGround,
};
use prometheus::Registry;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

pub(crate) type Client = DirectoryServiceClient<Transport>;
pub(crate) type Accounts = AccountServiceClient<Transport>;

pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) ground: TestGround,
    metrics: Registry,
    service: Service,
}

/// The organisation whose files most tests work with.
pub(crate) const OWNER: Uuid = Uuid::from_u128(0x0A);
/// Another one.
pub(crate) const OTHER: Uuid = Uuid::from_u128(0x0B);

impl World {
    pub(crate) fn new(db: Db) -> Self {
        let ground = TestGround::new();
        let platform = ground.platform_on("directory", db.clone());
        let settings = Settings {
            // Cheap: what a hash costs is not what these tests are about.
            password: Cost {
                memory_kib: 64,
                passes: 1,
            },
            ..Settings::default()
        };
        let metrics = platform.metrics.clone();
        let service = Service::new(platform, &settings, Clients {}).unwrap();
        Self {
            db,
            clock: ground.ground.clock.clone(),
            metrics,
            service,
            ground,
        }
    }

    /// Starts what runs beside the calls.
    pub(crate) fn run(&self) {
        self.service.run();
    }

    pub(crate) fn client(&self, actor: Actor) -> Client {
        DirectoryServiceClient::new(self.ground.transport(self.service.routes(), actor))
    }

    /// Accounts, as `actor`.
    pub(crate) fn accounts(&self, actor: Actor) -> Accounts {
        AccountServiceClient::new(self.ground.transport(self.service.routes(), actor))
    }

    /// Hashes of passwords computed so far.
    pub(crate) fn hashes(&self) -> u64 {
        let counted = self.metrics.gather();
        let family = counted
            .iter()
            .find(|family| family.name() == "jalon_directory_password_hashes_total")
            .unwrap();
        let value = family.get_metric()[0].get_counter().get_value();
        format!("{value}").parse().unwrap()
    }

    /// One of our services.
    pub(crate) fn service(&self) -> Client {
        self.client(Actor::service("speeddating"))
    }

    /// Somebody of the staff of one organisation.
    pub(crate) fn staff(&self, role: Role, organisation: Uuid) -> Client {
        let scope = Scope::Organisations(BTreeSet::from([organisation]));
        self.client(Actor {
            subject: format!("{role:?} of {organisation}"),
            role,
            scope,
        })
    }

    pub(crate) fn coordinator(&self) -> Client {
        self.staff(Role::Coordinator, OWNER)
    }

    /// Imports one person and gives the file.
    pub(crate) async fn person(&self, input: PersonInput) -> Person {
        let made = import(&mut self.service(), Uuid::from_u128(self.fresh()), &[input], &[])
            .await
            .unwrap();
        self.file(&made.people[0].person_id).await
    }

    pub(crate) async fn file(&self, person_id: &str) -> Person {
        let request = GetPersonRequest {
            person_id: person_id.to_owned(),
        };
        self.service()
            .get_person(request)
            .await
            .unwrap()
            .into_inner()
            .person
            .unwrap()
    }

    fn fresh(&self) -> u128 {
        self.ground.ground.ids.id().as_u128()
    }
}

pub(crate) fn amina() -> PersonInput {
    PersonInput {
        key: "A".to_owned(),
        given_name: "Amina".to_owned(),
        family_name: "Diallo".to_owned(),
        mail: "amina.diallo@example.org".to_owned(),
        phone: "06 39 98 01 01".to_owned(),
        ..PersonInput::default()
    }
}

/// The person of a number: all differ in name, mail and telephone.
pub(crate) fn somebody(number: usize) -> PersonInput {
    PersonInput {
        key: format!("C{number:04}"),
        given_name: "Camille".to_owned(),
        family_name: format!("Martin{number:04}"),
        mail: format!("camille.{number}@example.org"),
        phone: format!("06 39 98 {:02} {:02}", number / 100 % 100, number % 100),
        language: "fr".to_owned(),
        ..PersonInput::default()
    }
}

pub(crate) async fn import(
    client: &mut Client,
    id: Uuid,
    people: &[PersonInput],
    organisations: &[OrganisationInput],
) -> Result<UpsertPeopleResponse, Status> {
    let mut request = tonic::Request::new(UpsertPeopleRequest {
        import_id: id.to_string(),
        owner_organisation_id: OWNER.to_string(),
        people: people.to_vec(),
        organisations: organisations.to_vec(),
    });
    // As an import waits for it.
    request.set_timeout(std::time::Duration::from_mins(1));
    client
        .upsert_people(request)
        .await
        .map(tonic::Response::into_inner)
}

/// A refusal: its code and reason, as programs test them.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(reply: Result<T, Status>) -> (Code, String) {
    let status = reply.unwrap_err();
    (status.code(), status.get_details_error_info().unwrap().reason)
}

/// The fields that a refusal names.
#[track_caller]
pub(crate) fn fields<T: std::fmt::Debug>(reply: Result<T, Status>) -> Vec<String> {
    let status = reply.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    status
        .get_details_bad_request()
        .unwrap()
        .field_violations
        .into_iter()
        .map(|one| one.field)
        .collect()
}
