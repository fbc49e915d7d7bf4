//! What a coordinator does, in few words.

use std::time::Duration;

use anyhow::{Context as _, Result};
use contracts::{
    common::v1::PageRequest,
    speeddating::v1::{
        CommitImportRequest, CreateSessionRequest, GetSessionRequest, GetTimetableRequest, ImportFile,
        ListRegistrationsRequest, MakeTimetableRequest, PublishRequest, Registration, Session, SessionKind,
        SetWishRequest, Side, Table, Timetable, Venue, Wish,
    },
};
use jalon::client::Clients;
use uuid::Uuid;

/// The three spreadsheets of a job dating, as the binary carries them.
pub const EMPLOYERS: &str = include_str!("../../services/jalon/demo/employeurs.csv");
/// Candidates.
pub const CANDIDATES: &str = include_str!("../../services/jalon/demo/candidats.csv");
/// Wishes of both sides.
pub const WISHES: &str = include_str!("../../services/jalon/demo/voeux.csv");

/// A coordinator at work on one session.
#[derive(Clone)]
pub struct Coordinator {
    /// How they speak to the services.
    pub clients: Clients,
    /// The session.
    pub session: String,
}

/// A UUID from a number, for requests of a test.
pub fn request(number: u128) -> String {
    Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0000 + number).to_string()
}

impl Coordinator {
    /// Creates a session of 09:00–12:30 with slots of a quarter of an hour.
    pub async fn create(clients: &Clients, date: &str) -> Result<Self> {
        let request = CreateSessionRequest {
            request_id: request(1),
            organisation_id: request(2),
            kind: SessionKind::EmployerCandidate.into(),
            title: "Rencontres employeurs".to_owned(),
            date: date.to_owned(),
            starts: "09:00".to_owned(),
            ends: "12:30".to_owned(),
            slot_minutes: 15,
            venue: Some(Venue {
                name: "Salle des fêtes de Gerland".to_owned(),
                address: "4 rue Exemple, 69007 Lyon".to_owned(),
                rooms: Vec::new(),
            }),
            arrival_minutes: 15,
            ..Default::default()
        };
        let created = clients
            .speeddating
            .clone()
            .create_session(request)
            .await?
            .into_inner();
        let session = created.session.context("a session")?.session_id;
        Ok(Self {
            clients: clients.clone(),
            session,
        })
    }

    /// Imports three tables.
    pub async fn import(&self, employers: &str, candidates: &str, wishes: &str) -> Result<()> {
        let file = |table: Table, content: &str| ImportFile {
            table: table.into(),
            name: "table.csv".to_owned(),
            content: content.as_bytes().to_vec(),
        };
        let request = CommitImportRequest {
            import_id: request(3),
            session_id: self.session.clone(),
            files: vec![
                file(Table::Employers, employers),
                file(Table::Candidates, candidates),
                file(Table::Wishes, wishes),
            ],
            leave_faulty_rows: false,
            digest: String::new(),
        };
        self.clients
            .speeddating
            .clone()
            .commit_import(patiently(request))
            .await?;
        Ok(())
    }

    /// Makes a timetable.
    pub async fn timetable(&self) -> Result<Timetable> {
        self.timetable_with(1).await
    }

    /// Makes one of a seed, beside those of other seeds.
    pub async fn timetable_with(&self, seed: u64) -> Result<Timetable> {
        let request = MakeTimetableRequest {
            request_id: request(1_000_000 + u128::from(seed)),
            session_id: self.session.clone(),
            seed,
            seconds: 5,
        };
        let reply = self
            .clients
            .speeddating
            .clone()
            .make_timetable(patiently(request))
            .await?
            .into_inner();
        reply.timetable.context("a timetable")
    }

    /// Publishes a timetable.
    pub async fn publish(&self, number: i32) -> Result<()> {
        let version = self.session().await?.version;
        let request = PublishRequest {
            session_id: self.session.clone(),
            version,
            number,
            timetable_version: 0,
        };
        self.clients
            .speeddating
            .clone()
            .publish(patiently(request))
            .await?;
        Ok(())
    }

    /// The session as it stands.
    pub async fn session(&self) -> Result<Session> {
        let request = GetSessionRequest {
            session_id: self.session.clone(),
        };
        self.clients
            .speeddating
            .clone()
            .get_session(request)
            .await?
            .into_inner()
            .session
            .context("a session")
    }

    /// The published timetable.
    pub async fn published(&self) -> Result<Timetable> {
        let request = GetTimetableRequest {
            session_id: self.session.clone(),
            number: 0,
        };
        let reply = self
            .clients
            .speeddating
            .clone()
            .get_timetable(request)
            .await?
            .into_inner();
        reply.timetable.context("a timetable")
    }

    /// Everybody registered.
    pub async fn registrations(&self) -> Result<Vec<Registration>> {
        let mut all = Vec::new();
        let mut token = String::new();
        loop {
            let request = ListRegistrationsRequest {
                session_id: self.session.clone(),
                side: Side::Unspecified.into(),
                page: Some(PageRequest { size: 500, token }),
            };
            let reply = self
                .clients
                .speeddating
                .clone()
                .list_registrations(request)
                .await?
                .into_inner();
            all.extend(reply.registrations);
            token = reply.page.map(|page| page.next_token).unwrap_or_default();
            if token.is_empty() {
                return Ok(all);
            }
        }
    }

    /// One registration by its code.
    pub async fn registration(&self, code: &str) -> Result<Registration> {
        let all = self.registrations().await?;
        all.into_iter()
            .find(|one| one.code == code)
            .with_context(|| format!("nobody has the code {code}"))
    }

    /// The pair must meet.
    pub async fn must_meet(&self, candidate: &str, employer: &str) -> Result<()> {
        let wish = Wish {
            candidate_id: self.registration(candidate).await?.registration_id,
            employer_id: self.registration(employer).await?.registration_id,
            rank: 1,
            must: true,
            ..Default::default()
        };
        let request = SetWishRequest {
            session_id: self.session.clone(),
            wish: Some(wish),
        };
        self.clients.speeddating.clone().set_wish(request).await?;
        Ok(())
    }
}

/// A call that may take as long as a service lets any: thousands of people on a machine under load.
pub fn patiently<T>(message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.set_timeout(Duration::from_secs(90));
    request
}
