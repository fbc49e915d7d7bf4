//! The notifier on stage: its database, its peers, its probe, and what the scheduler would hear.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use contracts::{
    directory::v1::{PersonErased, ResolvedPerson, directory_service_client::DirectoryServiceClient},
    notifier::v1::{
        DeliveriesSettled, GetDeliveryRequest, GetDeliveryResponse, GetStatusRequest, ListMessagesRequest,
        Message, Settlement, notifier_service_client::NotifierServiceClient,
    },
    scheduler::v1::{DeliveriesDue, DueDelivery, scheduler_service_client::SchedulerServiceClient},
};
use jiff::SignedDuration;
use notifier::{Clients, Service, Settings};
use platform::{
    Db, Moment, Platform, Tx,
    auth::Actor,
    bus::{Envelope, HandleError, Handler},
    db::Migrations,
    grpc::Transport,
    outbox::{self, Event},
    testing::{TestGround, eventually},
};
use tonic::service::Routes;
use uuid::Uuid;

use crate::{
    gate::Gate,
    granted::item,
    peers::{Directory, Scheduler, Shared},
};

/// What the scheduler would hear, in order.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<Settlement>>>);

#[async_trait::async_trait]
impl Handler for Heard {
    fn patterns(&self) -> &'static [&'static str] {
        &["notifier.delivery.settled.v1"]
    }

    async fn handle(&self, _tx: &mut Tx, event: &Envelope) -> Result<(), HandleError> {
        self.0
            .lock()
            .unwrap()
            .extend(event.decode::<DeliveriesSettled>()?.settlements);
        Ok(())
    }
}

pub(crate) static NO_TABLES: Migrations = Migrations {
    postgres: sqlx::migrate::Migrator::DEFAULT,
    sqlite: sqlx::migrate::Migrator::DEFAULT,
};

pub(crate) struct Stage {
    pub(crate) ground: TestGround,
    pub(crate) gate: Arc<Gate>,
    pub(crate) peers: Shared,
    pub(crate) heard: Heard,
    pub(crate) client: NotifierServiceClient<Transport>,
    pub(crate) service: Service,
    pub(crate) db: Db,
    settings: Settings,
    /// Publishes as scheduler and directory would.
    publisher: Platform,
    next: Mutex<u128>,
    /// When `pass` let time pass.
    moved: Mutex<Instant>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Settings {
            public_url: "https://rdv.exemple.fr".to_owned(),
            ..Settings::default()
        })
        .await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let ground = TestGround::at("2026-11-18T09:00:00Z");
        let db = platform::testing::sqlite(&ground.folder, &notifier::MIGRATIONS).await;
        Self::on(ground, db, settings).await
    }

    pub(crate) async fn on(ground: TestGround, db: Db, settings: Settings) -> Self {
        let (gate, peers, heard) = (Arc::new(Gate::default()), Shared::default(), Heard::default());
        let publisher = ground.platform("publisher", &NO_TABLES).await;
        publisher.run(Some(Arc::new(heard.clone())));
        let service = service(&ground, &db, &peers, settings.clone(), Arc::clone(&gate));
        let client = NotifierServiceClient::new(ground.transport(service.routes(), Actor::administrator()));
        Self {
            ground,
            gate,
            peers,
            heard,
            client,
            service,
            db,
            settings,
            publisher,
            next: Mutex::new(1),
            moved: Mutex::new(Instant::now()),
        }
    }

    /// Dropped where it stands, heartbeat included: as dead as a killed process.
    pub(crate) async fn died(self) -> Self {
        self.ground.ground.tasks.stop();
        self.ground.ground.tasks.drain(std::future::ready(())).await;
        self
    }

    /// Another process with the same databases, after this one died.
    pub(crate) fn successor(self) -> Self {
        let at = self.now().to_string();
        let mut ground = TestGround::at(&at);
        // Ids of the seed were used up to here by the dead process.
        ground.ground.ids = platform::Ids::seeded(ground.ground.clock.clone(), 2);
        ground.folder = self.ground.folder;
        let heard = self.heard;
        let publisher = ground.platform_on("publisher", self.publisher.db);
        publisher.run(Some(Arc::new(heard.clone())));
        let gate = Arc::new(Gate::default());
        let service = service(
            &ground,
            &self.db,
            &self.peers,
            self.settings.clone(),
            Arc::clone(&gate),
        );
        let client = NotifierServiceClient::new(ground.transport(service.routes(), Actor::administrator()));
        service.run();
        Self {
            ground,
            gate,
            heard,
            client,
            service,
            publisher,
            peers: self.peers,
            db: self.db,
            settings: self.settings,
            next: self.next,
            moved: self.moved,
        }
    }

    /// Lets time pass up to the next instant that something waits for. None passes while a delivery is under way: what was asked for
    /// it would be stale.
    pub(crate) async fn pass(&self) {
        let request = GetStatusRequest::default();
        let status = self
            .client
            .clone()
            .get_status(request)
            .await
            .unwrap()
            .into_inner();
        let next = status
            .next_at
            .and_then(|at| Moment::from_parts(at.seconds, at.nanos));
        let mut moved = self.moved.lock().unwrap();
        let waits = status.ready == 0 && status.waiting > 0;
        // Something failed for a moment and is taken up by the clock: a lease, an event that is tried again.
        let stands = moved.elapsed() > Duration::from_secs(5);
        match next {
            Some(next) if waits || stands => self.ground.ground.clock.advance_to(next),
            None if stands => self.ground.ground.clock.advance(SignedDuration::from_secs(1)),
            _ => return,
        }
        *moved = Instant::now();
    }

    pub(crate) fn now(&self) -> Moment {
        self.ground.ground.clock.now()
    }

    pub(crate) fn id(&self) -> Uuid {
        let mut next = self.next.lock().unwrap();
        *next += 1;
        Uuid::from_u128(*next)
    }

    /// A person with both channels.
    pub(crate) fn person(&self, change: impl FnOnce(&mut ResolvedPerson)) -> Uuid {
        let id = self.id();
        let mut person = ResolvedPerson {
            person_id: id.to_string(),
            given_name: "Amina".to_owned(),
            family_name: "Diallo".to_owned(),
            mail: format!("amina.{id}@example.org"),
            mobile: "+33639980101".to_owned(),
            language: "fr".to_owned(),
            owner_organisation_id: Uuid::from_u128(1).to_string(),
            ..ResolvedPerson::default()
        };
        change(&mut person);
        self.peers.world().people.insert(id, person);
        id
    }

    /// A due delivery to a person, that the scheduler will grant.
    pub(crate) fn due(&self, person: Uuid, change: impl FnOnce(&mut DueDelivery)) -> DueDelivery {
        let id = self.id();
        let (seconds, nanos) = self.now().parts();
        let mut due = DueDelivery {
            delivery_id: id.to_string(),
            recipient_person_id: person.to_string(),
            policy: "speed-dating-week-before".to_owned(),
            template: "speed_dating_week_before".to_owned(),
            route: vec!["mail".to_owned(), "sms".to_owned()],
            useful_until: Some(prost_types::Timestamp {
                seconds: seconds + 7 * 86_400,
                nanos,
            }),
            on_unknown: "at_least_once".to_owned(),
            due_at: Some(prost_types::Timestamp { seconds, nanos }),
            group: "speeddating.session/1".to_owned(),
            subject: format!("speeddating.participation/{id}"),
            traceparent: String::new(),
        };
        change(&mut due);
        self.peers.world().items.insert(id, vec![item(&due, 1)]);
        due
    }

    pub(crate) async fn publish(&self, deliveries: Vec<DueDelivery>) {
        self.send("scheduler.deliveries.due.v1", &DeliveriesDue { deliveries })
            .await;
    }

    pub(crate) async fn erase(&self, person: Uuid) {
        if let Some(known) = self.peers.world().people.get_mut(&person) {
            *known = ResolvedPerson {
                person_id: person.to_string(),
                erased: true,
                ..ResolvedPerson::default()
            };
        }
        let erased = PersonErased {
            person_id: person.to_string(),
            version: 2,
        };
        self.send("directory.person.erased.v1", &erased).await;
    }

    async fn send(&self, key: &'static str, message: &impl prost::Message) {
        let event = Event::new(&self.publisher.ids, &self.publisher.clock, key, message);
        let mut tx = self.publisher.db.begin().await.unwrap();
        outbox::push(&mut tx, &event).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// What a `SELECT COUNT(*)` on the service's database gives.
    pub(crate) async fn count(&self, select: &'static str) -> i64 {
        let mut tx = self.db.read().await.unwrap();
        let (count,): (i64,) = tx.query(select).fetch_one().await.unwrap();
        count
    }

    /// How the scheduler hears that a delivery ended.
    pub(crate) async fn settled(&self, due: &DueDelivery) -> Settlement {
        eventually("the delivery settles", || async { self.settlement(due) }).await
    }

    pub(crate) fn settlement(&self, due: &DueDelivery) -> Option<Settlement> {
        self.settlements(due).into_iter().next()
    }

    /// All that the scheduler heard of the ends of a delivery: more than one when it did not arrive after all.
    pub(crate) fn settlements(&self, due: &DueDelivery) -> Vec<Settlement> {
        let heard = self.heard.0.lock().unwrap();
        let of = |one: &&Settlement| one.delivery_id == due.delivery_id;
        heard.iter().filter(of).cloned().collect()
    }

    pub(crate) async fn messages(&self) -> Vec<Message> {
        let response = self
            .client
            .clone()
            .list_messages(ListMessagesRequest::default())
            .await
            .unwrap();
        response.into_inner().messages
    }

    pub(crate) async fn delivery(&self, due: &DueDelivery) -> GetDeliveryResponse {
        let request = GetDeliveryRequest {
            delivery_id: due.delivery_id.clone(),
        };
        self.client
            .clone()
            .get_delivery(request)
            .await
            .unwrap()
            .into_inner()
    }
}

pub(crate) fn service(
    ground: &TestGround,
    db: &Db,
    peers: &Shared,
    settings: Settings,
    gate: Arc<Gate>,
) -> Service {
    built(
        ground,
        ground.platform_on("notifier", db.clone()),
        peers,
        settings,
        gate,
    )
    .unwrap()
}

/// Another one on the same stage, which may refuse its settings.
pub(crate) fn try_service(stage: &Stage, settings: Settings) -> Result<Service, notifier::Error> {
    let platform = stage.ground.platform_on("notifier", stage.db.clone());
    built(
        &stage.ground,
        platform,
        &stage.peers,
        settings,
        Arc::new(Gate::default()),
    )
}

pub(crate) fn built(
    ground: &TestGround,
    platform: Platform,
    peers: &Shared,
    settings: Settings,
    gate: Arc<Gate>,
) -> Result<Service, notifier::Error> {
    let transport = |routes| ground.transport(routes, Actor::service("notifier"));
    let clients = Clients {
        directory: DirectoryServiceClient::new(transport(Routes::new(Directory(peers.clone())))),
        scheduler: SchedulerServiceClient::new(transport(Routes::new(Scheduler(peers.clone())))),
    };
    Service::watched(platform, settings, clients, gate)
}
