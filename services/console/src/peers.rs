//! What the pages ask of the services: few calls, in batches, each bounded.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{
    common::v1::PageRequest,
    directory::v1::{
        DescribePartiesRequest, DescribePartiesResponse, account_service_client::AccountServiceClient,
        directory_service_client::DirectoryServiceClient,
    },
    notifier::v1::{
        notifier_service_client::NotifierServiceClient, preview_service_client::PreviewServiceClient,
    },
    scheduler::v1::scheduler_service_client::SchedulerServiceClient,
    speeddating::v1::{
        GetSessionRequest, GetTimetableRequest, ListRegistrationsRequest, Registration, Session, Side,
        Timetable, planning_service_client::PlanningServiceClient,
        speed_dating_service_client::SpeedDatingServiceClient,
    },
};
use futures::future::try_join_all;
use platform::grpc::Transport;
use tonic::Code;
use uuid::Uuid;

use crate::{Clients, error::Error, texts::Texts};

/// Rows of one call; services refuse more.
pub(crate) const BATCH: i32 = 500;
/// Registrations of one session that a page looks through.
const REGISTRATIONS_MOST: usize = 10_000;

/// Display names by id; who has none is unknown in the language of the page.
#[derive(Debug)]
pub(crate) struct Names {
    nobody: String,
    no_organisation: String,
    people: BTreeMap<String, String>,
    organisations: BTreeMap<String, String>,
}

/// Ids whose names are wanted.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    people: BTreeSet<String>,
    organisations: BTreeSet<String>,
}

impl Wanted {
    /// What is no id has no name: who acts by a one-time entry, or one of our services.
    pub(crate) fn person(&mut self, id: &str) {
        if id.parse::<Uuid>().is_ok() {
            self.people.insert(id.to_owned());
        }
    }

    pub(crate) fn organisation(&mut self, id: &str) {
        if !id.is_empty() {
            self.organisations.insert(id.to_owned());
        }
    }
}

impl Names {
    fn none(t: Texts) -> Self {
        Self {
            nobody: t.say("people-unknown"),
            no_organisation: t.say("people-unknown-organisation"),
            people: BTreeMap::new(),
            organisations: BTreeMap::new(),
        }
    }

    pub(crate) fn person(&self, id: &str) -> &str {
        known(&self.people, id, &self.nobody)
    }

    /// Whether the directory answered for this person.
    pub(crate) fn knows_person(&self, id: &str) -> bool {
        self.people.contains_key(id)
    }

    pub(crate) fn organisation(&self, id: &str) -> &str {
        known(&self.organisations, id, &self.no_organisation)
    }
}

fn known<'a>(names: &'a BTreeMap<String, String>, id: &str, otherwise: &'a str) -> &'a str {
    names.get(id).map_or(otherwise, String::as_str)
}

impl Clients {
    pub(crate) fn directory(&self) -> DirectoryServiceClient<Transport> {
        DirectoryServiceClient::new(self.directory.clone())
    }

    pub(crate) fn accounts(&self) -> AccountServiceClient<Transport> {
        AccountServiceClient::new(self.directory.clone())
    }

    pub(crate) fn speeddating(&self) -> SpeedDatingServiceClient<Transport> {
        // 200 employers with 2,000 candidates make some 10,000 meetings.
        SpeedDatingServiceClient::new(self.speeddating.clone()).max_decoding_message_size(16 << 20)
    }

    pub(crate) fn planning(&self) -> PlanningServiceClient<Transport> {
        // A publication previews some thousand milestones.
        PlanningServiceClient::new(self.speeddating.clone()).max_decoding_message_size(16 << 20)
    }

    pub(crate) fn previews(&self) -> PreviewServiceClient<Transport> {
        PreviewServiceClient::new(self.notifier.clone())
            .max_decoding_message_size(16 << 20)
            .max_encoding_message_size(16 << 20)
    }

    pub(crate) fn scheduler(&self) -> SchedulerServiceClient<Transport> {
        SchedulerServiceClient::new(self.scheduler.clone())
    }

    pub(crate) fn notifier(&self) -> NotifierServiceClient<Transport> {
        NotifierServiceClient::new(self.notifier.clone()).max_decoding_message_size(16 << 20)
    }

    pub(crate) async fn session(&self, id: Uuid) -> Result<Session, Error> {
        let request = GetSessionRequest {
            session_id: id.to_string(),
        };
        let reply = self.speeddating().get_session(request).await?.into_inner();
        reply.session.ok_or(Error::NotFound)
    }

    /// The timetable of that number; 0: the published one, else the newest, if there is any.
    pub(crate) async fn timetable(&self, session: Uuid, number: i32) -> Result<Option<Timetable>, Error> {
        let request = GetTimetableRequest {
            session_id: session.to_string(),
            number,
        };
        match self.speeddating().get_timetable(request).await {
            Ok(reply) => Ok(reply.into_inner().timetable),
            Err(status)
                if number == 0 && matches!(status.code(), Code::NotFound | Code::FailedPrecondition) =>
            {
                Ok(None)
            }
            Err(status) => Err(status.into()),
        }
    }

    /// Both sides of a session.
    pub(crate) async fn registrations(&self, session: Uuid) -> Result<Vec<Registration>, Error> {
        let mut all = Vec::new();
        let mut client = self.speeddating();
        let mut token = String::new();
        loop {
            let request = ListRegistrationsRequest {
                session_id: session.to_string(),
                side: Side::Unspecified.into(),
                page: Some(page(BATCH, token)),
            };
            let reply = client.list_registrations(request).await?.into_inner();
            all.extend(reply.registrations);
            token = reply.page.unwrap_or_default().next_token;
            if token.is_empty() || all.len() >= REGISTRATIONS_MOST {
                return Ok(all);
            }
        }
    }

    /// Names in batches of at most 500, side by side.
    pub(crate) async fn names(&self, t: Texts, wanted: Wanted) -> Result<Names, Error> {
        let people: Vec<_> = wanted.people.into_iter().map(|id| (true, id)).collect();
        let ids: Vec<_> = people
            .into_iter()
            .chain(wanted.organisations.into_iter().map(|id| (false, id)))
            .collect();
        let batch = usize::try_from(BATCH).unwrap_or(1);
        let calls: Vec<_> = ids
            .chunks(batch)
            .map(|ids| describe(self.directory(), ids))
            .collect();
        let mut names = Names::none(t);
        for reply in try_join_all(calls).await? {
            names.people.extend(reply.people);
            let erased = reply.erased_person_ids.into_iter();
            names.people.extend(erased.map(|id| (id, t.say("people-erased"))));
            names.organisations.extend(reply.organisations);
        }
        Ok(names)
    }
}

/// One batch of names: people are true, organisations false.
fn describe(
    mut client: DirectoryServiceClient<Transport>,
    ids: &[(bool, String)],
) -> impl Future<Output = Result<DescribePartiesResponse, Error>> + Send + use<> {
    let of = |person: bool| {
        let ids = ids.iter().filter(move |(is_person, _)| *is_person == person);
        ids.map(|(_, id)| id.clone()).collect()
    };
    let request = DescribePartiesRequest {
        person_ids: of(true),
        organisation_ids: of(false),
        ..DescribePartiesRequest::default()
    };
    async move { Ok(client.describe_parties(request).await?.into_inner()) }
}

/// A page of a list.
pub(crate) fn page(size: i32, token: String) -> PageRequest {
    PageRequest { size, token }
}

/// The group under which a session's reminders and messages are listed.
pub(crate) fn group(session: Uuid) -> String {
    format!("speeddating.session/{session}")
}

/// The session of such a group.
pub(crate) fn session_of(group: &str) -> Option<Uuid> {
    group.strip_prefix("speeddating.session/")?.parse().ok()
}
