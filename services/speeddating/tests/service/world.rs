//! The service on a database of its own, and clients of several actors.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{
    common::v1::{Milestone, MilestoneCleared, MilestoneSet, PageRequest},
    directory::v1::{PersonErased, directory_service_client::DirectoryServiceClient},
    speeddating::v1::{
        self as proto, import_service_client::ImportServiceClient,
        planning_service_client::PlanningServiceClient,
        registration_service_client::RegistrationServiceClient,
        speed_dating_service_client::SpeedDatingServiceClient, wish_service_client::WishServiceClient,
    },
};
use platform::{
    Db,
    auth::{Actor, Role, Scope},
    bus::Envelope,
    grpc::Transport,
    testing::{TestGround, moment},
};
use prost::Message as _;
use speeddating::{Clients, Service, Settings};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::directory::Directory;

pub(crate) type Planner = PlanningServiceClient<Transport>;
pub(crate) type Client = SpeedDatingServiceClient<Transport>;

pub(crate) const OWNER: Uuid = Uuid::from_u128(0x0A);
pub(crate) const OTHER: Uuid = Uuid::from_u128(0x0B);

pub(crate) const EMPLOYERS: &[u8] = include_bytes!("../data/employeurs.csv");
pub(crate) const CANDIDATES: &[u8] = include_bytes!("../data/candidats.csv");
pub(crate) const WISHES: &[u8] = include_bytes!("../data/voeux.csv");

pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) ground: TestGround,
    pub(crate) directory: Directory,
    pub(crate) service: Service,
}

impl World {
    pub(crate) fn new(db: Db) -> Self {
        let ground = TestGround::new();
        let directory = Directory::default();
        let transport = ground.transport(directory.routes(), Actor::service("speeddating"));
        let clients = Clients {
            directory: DirectoryServiceClient::new(transport),
        };
        let platform = ground.platform_on("speeddating", db.clone());
        let service = Service::new(platform, &Settings::default(), clients).unwrap();
        Self {
            db,
            ground,
            directory,
            service,
        }
    }

    pub(crate) fn client(&self, actor: Actor) -> Client {
        let client = SpeedDatingServiceClient::new(self.ground.transport(self.service.routes(), actor));
        client
            .max_decoding_message_size(64 * 1024 * 1024)
            .max_encoding_message_size(64 * 1024 * 1024)
    }

    pub(crate) fn staff(&self, role: Role, organisation: Uuid) -> Client {
        self.client(Self::actor(role, organisation))
    }

    /// Staff of one organisation.
    pub(crate) fn actor(role: Role, organisation: Uuid) -> Actor {
        Actor {
            subject: format!("{role:?} of {organisation}"),
            role,
            scope: Scope::Organisations(BTreeSet::from([organisation])),
        }
    }

    /// What a client of `actor` speaks through.
    pub(crate) fn transport(&self, actor: Actor) -> Transport {
        self.ground.transport(self.service.routes(), actor)
    }

    /// The same service after a restart: another process on the same database.
    pub(crate) fn restarted(&self) -> Service {
        let transport = self
            .ground
            .transport(self.directory.routes(), Actor::service("speeddating"));
        let clients = Clients {
            directory: DirectoryServiceClient::new(transport),
        };
        let platform = self.ground.platform_on("speeddating", self.db.clone());
        Service::new(platform, &Settings::default(), clients).unwrap()
    }

    /// What a coordinator of an organisation speaks through.
    pub(crate) fn speaking(&self, service: &Service, organisation: Uuid) -> Transport {
        let actor = Actor {
            subject: format!("coordinator of {organisation}"),
            role: Role::Coordinator,
            scope: Scope::Organisations(BTreeSet::from([organisation])),
        };
        self.ground.transport(service.routes(), actor)
    }

    /// Imports in steps, as the coordinator.
    pub(crate) fn imports(&self) -> ImportServiceClient<Transport> {
        ImportServiceClient::new(self.speaking(&self.service, OWNER))
            .max_encoding_message_size(64 * 1024 * 1024)
    }

    /// Single entries, as the coordinator.
    pub(crate) fn entries(&self) -> RegistrationServiceClient<Transport> {
        RegistrationServiceClient::new(self.speaking(&self.service, OWNER))
    }

    /// The matrix of wishes, as the coordinator.
    pub(crate) fn matrix(&self) -> WishServiceClient<Transport> {
        WishServiceClient::new(self.speaking(&self.service, OWNER))
    }

    pub(crate) fn coordinator(&self) -> Client {
        self.staff(Role::Coordinator, OWNER)
    }

    /// A coordinator with a name.
    pub(crate) fn named(name: &str) -> Actor {
        Actor {
            subject: name.to_owned(),
            role: Role::Coordinator,
            scope: Scope::Organisations(BTreeSet::from([OWNER])),
        }
    }

    pub(crate) fn planner(&self, actor: Actor) -> Planner {
        let client = PlanningServiceClient::new(self.ground.transport(self.service.routes(), actor));
        client.max_decoding_message_size(64 * 1024 * 1024)
    }

    pub(crate) fn fresh(&self) -> String {
        self.ground.ground.ids.id().to_string()
    }

    pub(crate) fn new_session(&self) -> proto::CreateSessionRequest {
        proto::CreateSessionRequest {
            request_id: self.fresh(),
            organisation_id: OWNER.to_string(),
            kind: proto::SessionKind::EmployerCandidate.into(),
            title: "Rencontres employeurs du 8e".to_owned(),
            date: "2026-11-25".to_owned(),
            starts: "09:00".to_owned(),
            ends: "12:30".to_owned(),
            slot_minutes: 15,
            venue: Some(proto::Venue {
                name: "Maison de l'emploi".to_owned(),
                address: "4 rue Exemple, 69008 Lyon".to_owned(),
                rooms: Vec::new(),
            }),
            arrival_minutes: 15,
            ..proto::CreateSessionRequest::default()
        }
    }

    pub(crate) async fn create(&self) -> proto::Session {
        let request = self.new_session();
        self.coordinator()
            .create_session(request)
            .await
            .unwrap()
            .into_inner()
            .session
            .unwrap()
    }

    pub(crate) fn import(
        &self,
        session: &proto::Session,
        files: Vec<proto::ImportFile>,
    ) -> proto::CommitImportRequest {
        proto::CommitImportRequest {
            import_id: self.fresh(),
            session_id: session.session_id.clone(),
            files,
            ..proto::CommitImportRequest::default()
        }
    }

    /// A session with the event's three tables.
    pub(crate) async fn imported(&self) -> proto::Session {
        let session = self.create().await;
        self.with_tables(&session, event()).await
    }

    /// A session with these tables. A slow machine may need longer for large ones than a call has by itself.
    pub(crate) async fn with_tables(
        &self,
        session: &proto::Session,
        files: Vec<proto::ImportFile>,
    ) -> proto::Session {
        let request = patient(self.import(session, files));
        self.coordinator()
            .commit_import(request)
            .await
            .unwrap()
            .into_inner()
            .session
            .unwrap()
    }

    /// A timetable, always the same: the search ends by itself.
    pub(crate) async fn made(&self, session: &proto::Session) -> proto::Timetable {
        self.made_within(30, session).await
    }

    pub(crate) async fn made_within(&self, seconds: i32, session: &proto::Session) -> proto::Timetable {
        let request = proto::MakeTimetableRequest {
            request_id: self.fresh(),
            session_id: session.session_id.clone(),
            seed: 7,
            seconds,
        };
        self.coordinator()
            .make_timetable(patient(request))
            .await
            .unwrap()
            .into_inner()
            .timetable
            .unwrap()
    }

    /// A session whose first timetable is published, and that timetable.
    pub(crate) async fn published(&self) -> (proto::Session, proto::Timetable) {
        let session = self.imported().await;
        let made = self.made(&session).await;
        let session = self.publish(&session.session_id, made.number).await.unwrap();
        (session, self.timetable(&made.session_id).await)
    }

    pub(crate) async fn publish(&self, session: &str, number: i32) -> Result<proto::Session, Status> {
        let version = self.session(session).await.version;
        let request = proto::PublishRequest {
            session_id: session.to_owned(),
            version,
            number,
            timetable_version: 0,
        };
        Ok(self
            .coordinator()
            .publish(patient(request))
            .await?
            .into_inner()
            .session
            .unwrap())
    }

    pub(crate) async fn session(&self, id: &str) -> proto::Session {
        let request = proto::GetSessionRequest {
            session_id: id.to_owned(),
        };
        self.coordinator()
            .get_session(request)
            .await
            .unwrap()
            .into_inner()
            .session
            .unwrap()
    }

    /// The published timetable, else the newest.
    pub(crate) async fn timetable(&self, session: &str) -> proto::Timetable {
        let request = proto::GetTimetableRequest {
            session_id: session.to_owned(),
            number: 0,
        };
        self.coordinator()
            .get_timetable(request)
            .await
            .unwrap()
            .into_inner()
            .timetable
            .unwrap()
    }

    /// Registrations by code.
    pub(crate) async fn people(&self, session: &str) -> BTreeMap<String, proto::Registration> {
        let mut people = BTreeMap::new();
        let mut token = String::new();
        loop {
            let request = proto::ListRegistrationsRequest {
                session_id: session.to_owned(),
                page: Some(PageRequest { size: 150, token }),
                ..proto::ListRegistrationsRequest::default()
            };
            let reply = self
                .coordinator()
                .list_registrations(request)
                .await
                .unwrap()
                .into_inner();
            people.extend(reply.registrations.into_iter().map(|row| (row.code.clone(), row)));
            token = reply.page.unwrap().next_token;
            if token.is_empty() {
                return people;
            }
        }
    }

    /// The morning of the event.
    pub(crate) fn event_day(&self) {
        self.ground
            .ground
            .clock
            .advance_to(moment("2026-11-25T07:00:00Z"));
    }

    /// All wishes of a session.
    pub(crate) async fn wishes(&self, session: &str) -> Vec<proto::Wish> {
        let (mut wishes, mut token) = (Vec::new(), String::new());
        loop {
            let request = proto::ListWishesRequest {
                session_id: session.to_owned(),
                page: Some(PageRequest { size: 500, token }),
            };
            let reply = self
                .coordinator()
                .list_wishes(request)
                .await
                .unwrap()
                .into_inner();
            wishes.extend(reply.wishes);
            token = reply.page.unwrap().next_token;
            if token.is_empty() {
                return wishes;
            }
        }
    }

    /// The directory says that a person was erased.
    pub(crate) async fn erase(&self, person: &str) {
        let event = Envelope {
            id: self.ground.ground.ids.id(),
            routing_key: "directory.person.erased.v1".to_owned(),
            body: PersonErased {
                person_id: person.to_owned(),
                version: 2,
            }
            .encode_to_vec(),
            occurred_at: self.ground.ground.clock.now(),
            traceparent: String::new(),
        };
        let mut tx = self.db.begin().await.unwrap();
        self.service.handler().handle(&mut tx, &event).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Milestones that wait in the outbox, oldest first; they are taken away.
    pub(crate) async fn told(&self) -> Vec<Milestone> {
        let mut tx = self.db.begin().await.unwrap();
        let rows: Vec<(String, Vec<u8>)> = tx
            .query("SELECT routing_key, body FROM outbox ORDER BY position")
            .fetch_all()
            .await
            .unwrap();
        tx.query("DELETE FROM outbox").execute().await.unwrap();
        tx.commit().await.unwrap();
        let milestone = |(key, body): (String, Vec<u8>)| match key.as_str() {
            "speeddating.milestone.set.v1" => MilestoneSet::decode(body.as_slice()).unwrap().milestone,
            "speeddating.milestone.cleared.v1" => {
                MilestoneCleared::decode(body.as_slice()).unwrap().milestone
            }
            _ => None,
        };
        rows.into_iter().filter_map(milestone).collect()
    }
}

pub(crate) fn file(table: proto::Table, content: &[u8]) -> proto::ImportFile {
    proto::ImportFile {
        table: table.into(),
        name: String::new(),
        content: content.to_vec(),
    }
}

/// The event's three tables.
pub(crate) fn event() -> Vec<proto::ImportFile> {
    vec![
        file(proto::Table::Employers, EMPLOYERS),
        file(proto::Table::Candidates, CANDIDATES),
        file(proto::Table::Wishes, WISHES),
    ]
}

/// A refusal: its code and reason, as programs test them.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(reply: Result<T, Status>) -> (Code, String) {
    let status = reply.unwrap_err();
    let reason = status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default();
    (status.code(), reason)
}

/// Panics when anybody is in two places: the test's own check, which knows nothing of the service's rules.
#[track_caller]
pub(crate) fn nobody_twice(timetable: &proto::Timetable, people: &BTreeMap<String, proto::Registration>) {
    let parallel: BTreeMap<&str, i32> = people
        .values()
        .map(|person| (person.registration_id.as_str(), person.parallel))
        .collect();
    let mut at_once: BTreeMap<(&str, i32), i32> = BTreeMap::new();
    let mut tables = BTreeSet::new();
    let mut pairs = BTreeSet::new();
    for meeting in &timetable.meetings {
        if meeting.state() == proto::MeetingState::Cancelled {
            continue;
        }
        *at_once.entry((&meeting.candidate_id, meeting.slot)).or_default() += 1;
        *at_once.entry((&meeting.employer_id, meeting.slot)).or_default() += 1;
        assert!(
            tables.insert((meeting.table, meeting.slot)),
            "two meetings at one table: {meeting:?}"
        );
        assert!(
            pairs.insert((&meeting.candidate_id, &meeting.employer_id)),
            "a pair meets twice: {meeting:?}"
        );
    }
    for ((person, slot), meetings) in at_once {
        assert!(
            meetings <= parallel[person],
            "{person} has {meetings} meetings in slot {slot}"
        );
    }
}

/// A call that may take a minute.
fn patient<T>(message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.set_timeout(std::time::Duration::from_mins(1));
    request
}
