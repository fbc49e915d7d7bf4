//! A console over services that answer from made up data: real gRPC services, called as in one process.

// With their paths, since examples/sample_pages.rs includes this file from another folder.
#[path = "world/accounts.rs"]
mod accounts;
#[path = "world/fakes.rs"]
mod fakes;
#[path = "world/imports.rs"]
mod imports;
#[path = "world/links.rs"]
pub(crate) mod links;
#[path = "world/partners.rs"]
mod partners;
#[path = "world/sample.rs"]
pub(crate) mod sample;
#[path = "world/sessions.rs"]
mod sessions;
#[path = "world/telling.rs"]
mod telling;
#[path = "world/visits.rs"]
mod visits;
#[path = "world/wishes.rs"]
mod wishes;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use console::{Clients, Console, Settings};
use contracts::{
    directory::v1::{
        Person, account_service_server::AccountServiceServer,
        directory_service_server::DirectoryServiceServer,
    },
    notifier::v1::{
        Message, Suppression, delivery_service_server::DeliveryServiceServer,
        link_service_server::LinkServiceServer, notifier_service_server::NotifierServiceServer,
        preview_service_server::PreviewServiceServer,
    },
    operations::v1::{DeadLetter, operations_service_server::OperationsServiceServer},
    scheduler::v1::{
        Act, Policy, Reminder, reminder_service_server::ReminderServiceServer,
        scheduler_service_server::SchedulerServiceServer,
    },
    speeddating::v1::{
        Duplicate, Outcome, Registration, Session, Stage, Timetable, Wish,
        import_service_server::ImportServiceServer, outcome_service_server::OutcomeServiceServer,
        participation_service_server::ParticipationServiceServer,
        partner_service_server::PartnerServiceServer, planning_service_server::PlanningServiceServer,
        registration_service_server::RegistrationServiceServer, session_service_server::SessionServiceServer,
        speed_dating_service_server::SpeedDatingServiceServer, wish_service_server::WishServiceServer,
    },
};
use platform::{auth::Actor, testing::TestGround};
use tonic::{Status, service::Routes};

/// What the services know.
#[derive(Default)]
pub(crate) struct Data {
    pub(crate) sessions: Vec<Session>,
    pub(crate) registrations: Vec<Registration>,
    pub(crate) timetables: Vec<Timetable>,
    pub(crate) people: BTreeMap<String, Person>,
    pub(crate) organisations: BTreeMap<String, String>,
    pub(crate) reminders: Vec<Reminder>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) messages: Vec<Message>,
    /// What was done to reminders by hand.
    pub(crate) acts: BTreeMap<String, Vec<Act>>,
    /// The reason why every act on a reminder is refused.
    pub(crate) refusal: Option<&'static str>,
    pub(crate) suppressions: Vec<Suppression>,
    /// Events that could not be applied.
    pub(crate) dead: Vec<DeadLetter>,
    /// The service that does not answer when it is asked for them.
    pub(crate) silent: Option<&'static str>,
    /// Token, person, subject, group.
    pub(crate) links: Vec<(String, String, String, String)>,
    /// What the services behind links know.
    pub(crate) behind: links::Behind,
    /// Whose file somebody else changed meanwhile.
    pub(crate) stale: Option<String>,
    /// An import that is not done yet, and who looks like somebody known.
    pub(crate) stage: Option<Stage>,
    pub(crate) duplicates: Vec<Duplicate>,
    pub(crate) wishes: Vec<Wish>,
    /// Meetings that stand, with what was said of them.
    pub(crate) outcomes: Vec<Outcome>,
}

/// The services, and what was asked of them.
#[derive(Clone, Default)]
pub(crate) struct World {
    data: Arc<Mutex<Data>>,
    calls: Arc<Mutex<Vec<String>>>,
    away: Arc<AtomicBool>,
}

impl World {
    /// Services that know this.
    pub(crate) fn of(data: Data) -> Self {
        let world = Self::default();
        world.change(|empty| *empty = data);
        world
    }

    /// Changes what the services know.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Data)) {
        change(&mut self.data.lock().unwrap());
    }

    /// From now on all calls fail as if the services were away, or no more.
    pub(crate) fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::Relaxed);
    }

    /// Names of the calls since the last time one asked.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// The console that staff and people outside would see, on a clock that stands at `instant`.
    pub(crate) fn console(&self, settings: Settings, instant: &str) -> Console {
        let ground = TestGround::at(instant);
        let routes = Routes::new(DirectoryServiceServer::new(self.clone()))
            .add_service(AccountServiceServer::new(self.clone()))
            .add_service(SpeedDatingServiceServer::new(self.clone()))
            .add_service(SessionServiceServer::new(self.clone()))
            .add_service(OutcomeServiceServer::new(self.clone()))
            .add_service(PlanningServiceServer::new(self.clone()))
            .add_service(SchedulerServiceServer::new(self.clone()))
            .add_service(NotifierServiceServer::new(self.clone()))
            .add_service(ReminderServiceServer::new(self.clone()))
            .add_service(PreviewServiceServer::new(self.clone()))
            .add_service(DeliveryServiceServer::new(self.clone()))
            .add_service(OperationsServiceServer::new(self.clone()))
            .add_service(LinkServiceServer::new(self.clone()))
            .add_service(ParticipationServiceServer::new(self.clone()))
            .add_service(ImportServiceServer::new(self.clone()))
            .add_service(RegistrationServiceServer::new(self.clone()))
            .add_service(WishServiceServer::new(self.clone()))
            .add_service(PartnerServiceServer::new(self.clone()));
        let clients = |actor: Actor| {
            let transport = ground.transport(routes.clone(), actor);
            Clients {
                directory: transport.clone(),
                speeddating: transport.clone(),
                scheduler: transport.clone(),
                notifier: transport,
            }
        };
        let (staff, service) = (
            clients(Actor::administrator()),
            clients(Actor::service("console")),
        );
        Console::new(settings, staff, service, &ground.ground).unwrap()
    }

    /// Notes a call and reads the data.
    fn answer<T>(&self, call: &str, answer: impl FnOnce(&Data) -> Result<T, Status>) -> Result<T, Status> {
        self.calls.lock().unwrap().push(call.to_owned());
        if self.away.load(Ordering::Relaxed) {
            return Err(Status::unavailable("away"));
        }
        answer(&self.data.lock().unwrap())
    }
}
