use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use contracts::common::v1::{self as common, Milestone, MilestoneCleared, MilestoneSet, MilestoneState};
use contracts::directory::v1::PersonErased;
use contracts::notifier::v1::{DeliveriesSettled, Outcome, Settlement};
use contracts::scheduler::v1::release_answer::Verdict;
use contracts::scheduler::v1::reminder_service_client::ReminderServiceClient;
use contracts::scheduler::v1::scheduler_service_client::SchedulerServiceClient;
use contracts::scheduler::v1::{
    DeliveriesDue, DueDelivery, ListRemindersRequest, ReleaseAsk, ReleaseRequest, Reminder,
};
use jiff::tz::TimeZone;
use platform::auth::{Actor, Role, Scope};
use platform::bus::{Envelope, HandleError, Handler};
use platform::grpc::Transport;
use platform::outbox::{self, Event};
use platform::testing::{TestGround, eventually};
use platform::{Db, Moment, Platform, Tx};
use scheduler::{Clients, MIGRATIONS, Service, Settings};
use uuid::Uuid;

pub(crate) const ANNA: Uuid = Uuid::from_u128(1);
pub(crate) const BRUNO: Uuid = Uuid::from_u128(2);
pub(crate) const OWNER: Uuid = Uuid::from_u128(900);

/// A scheduler, somebody who publishes milestones, and somebody who notes what is to be handed over.
pub(crate) struct World {
    pub(crate) ground: TestGround,
    pub(crate) service: Service,
    pub(crate) platform: Platform,
    pub(crate) client: SchedulerServiceClient<Transport>,
    publisher: Platform,
    heard: Arc<Mutex<Vec<DueDelivery>>>,
}

/// The notifier's ears.
struct Ears(Arc<Mutex<Vec<DueDelivery>>>);

#[async_trait]
impl Handler for Ears {
    fn patterns(&self) -> &'static [&'static str] {
        &["scheduler.deliveries.due.v1"]
    }

    async fn handle(&self, _tx: &mut Tx, event: &Envelope) -> Result<(), HandleError> {
        let message: DeliveriesDue = event.decode()?;
        self.0.lock().unwrap().extend(message.deliveries);
        Ok(())
    }
}

impl World {
    /// At a wall clock in Paris.
    pub(crate) async fn at(now: &str) -> Self {
        Self::with(now, Settings::default()).await
    }

    pub(crate) async fn with(now: &str, settings: Settings) -> Self {
        let ground = TestGround::at(&instant(now).to_string());
        let platform = ground.platform("scheduler", &MIGRATIONS).await;
        Self::start(ground, platform, settings).await
    }

    /// On a database of the test's.
    pub(crate) async fn on(db: Db, now: &str) -> Self {
        let ground = TestGround::at(&instant(now).to_string());
        let platform = ground.platform_on("scheduler", db);
        Self::start(ground, platform, Settings::default()).await
    }

    async fn start(ground: TestGround, platform: Platform, settings: Settings) -> Self {
        let service = Service::new(platform.clone(), &settings, Clients {}).unwrap();
        let publisher = ground.platform("speeddating", &MIGRATIONS).await;
        let notifier = ground.platform("notifier", &MIGRATIONS).await;
        let heard = Arc::new(Mutex::new(Vec::new()));
        service.run();
        publisher.run(None);
        notifier.run(Some(Arc::new(Ears(Arc::clone(&heard)))));
        let client = client(&ground, &service, Actor::service("notifier"));
        Self {
            ground,
            service,
            platform,
            client,
            publisher,
            heard,
        }
    }

    pub(crate) fn as_actor(&self, actor: Actor) -> SchedulerServiceClient<Transport> {
        client(&self.ground, &self.service, actor)
    }

    /// Single reminders, as a coordinator of the owner.
    pub(crate) fn by_hand(&self) -> ReminderServiceClient<Transport> {
        self.by_hand_as(Actor {
            subject: "lina".into(),
            role: Role::Coordinator,
            scope: Scope::Organisations([OWNER].into()),
        })
    }

    pub(crate) fn by_hand_as(&self, actor: Actor) -> ReminderServiceClient<Transport> {
        ReminderServiceClient::new(self.ground.transport(self.service.routes(), actor))
    }

    /// A person's reminder of a policy and occurrence.
    pub(crate) async fn find(&self, person: Uuid, policy: &str, occurrence: &str) -> Reminder {
        let all = self.reminders().await;
        let found = all.into_iter().find(|one| {
            (
                one.recipient_person_id.as_str(),
                one.policy.as_str(),
                one.occurrence.as_str(),
            ) == (person.to_string().as_str(), policy, occurrence)
        });
        found.unwrap_or_else(|| panic!("no {policy} {occurrence}"))
    }

    /// Publishes and waits until the scheduler has taken it in.
    pub(crate) async fn publish(&self, milestone: Milestone) {
        self.publish_all(vec![milestone]).await;
    }

    pub(crate) async fn publish_all(&self, milestones: Vec<Milestone>) {
        let events: Vec<_> = milestones
            .into_iter()
            .map(|milestone| {
                if milestone.state() == MilestoneState::Cleared {
                    let message = MilestoneCleared {
                        milestone: Some(milestone),
                    };
                    self.event("speeddating.milestone.cleared.v1", &message)
                } else {
                    self.event(
                        "speeddating.milestone.set.v1",
                        &MilestoneSet {
                            milestone: Some(milestone),
                        },
                    )
                }
            })
            .collect();
        self.send(events).await;
    }

    pub(crate) async fn erase(&self, person: Uuid) {
        let message = PersonErased {
            person_id: person.to_string(),
            version: 2,
        };
        self.send(vec![self.event("directory.person.erased.v1", &message)])
            .await;
    }

    pub(crate) async fn settle(&self, delivery: &str, outcome: Outcome, reason: &str) {
        let (seconds, nanos) = self.ground.ground.clock.now().parts();
        let settlement = Settlement {
            delivery_id: delivery.to_owned(),
            outcome: outcome.into(),
            reason: reason.to_owned(),
            channel: if outcome == Outcome::Sent {
                "mail".to_owned()
            } else {
                String::new()
            },
            at: Some(prost_types::Timestamp { seconds, nanos }),
            attempts: 1,
            uncertain: false,
        };
        let message = DeliveriesSettled {
            settlements: vec![settlement],
        };
        self.send(vec![self.event("notifier.delivery.settled.v1", &message)])
            .await;
    }

    fn event(&self, key: &'static str, message: &impl prost::Message) -> Event {
        let ground = &self.ground.ground;
        Event::new(&ground.ids, &ground.clock, key, message)
    }

    async fn send(&self, events: Vec<Event>) {
        let mut tx = self.publisher.db.begin().await.unwrap();
        outbox::push_all(&mut tx, &events).await.unwrap();
        tx.commit().await.unwrap();
        self.quiet().await;
    }

    /// Until no event is on its way.
    pub(crate) async fn quiet(&self) {
        eventually("no event is on its way", || async {
            let waiting = self.publisher.backlog().await.unwrap() + self.platform.backlog().await.unwrap();
            (waiting == 0).then_some(())
        })
        .await;
    }

    /// Moves the clock to a wall clock in Paris.
    pub(crate) fn advance_to(&self, wall: &str) {
        self.ground.ground.clock.advance_to(instant(wall));
    }

    /// Waits until so many deliveries in all were handed over, and gives the last one.
    pub(crate) async fn handed_over(&self, count: usize) -> DueDelivery {
        eventually(&format!("{count} deliveries are handed over"), || async {
            let heard = self.heard.lock().unwrap();
            assert!(heard.len() <= count, "more than {count}: {heard:?}");
            (heard.len() == count).then(|| heard.last().cloned().unwrap())
        })
        .await
    }

    /// All deliveries that were handed over.
    pub(crate) fn all_handed_over(&self) -> Vec<DueDelivery> {
        self.heard.lock().unwrap().clone()
    }

    /// Another scheduler on the same database, with other settings.
    pub(crate) fn restart(&self, settings: &Settings) {
        let platform = self.ground.platform_on("scheduler", self.platform.db.clone());
        Service::new(platform, settings, Clients {}).unwrap().run();
    }

    /// What `/metrics` says.
    pub(crate) async fn metrics(&self) -> String {
        let router =
            platform::http::operations(vec![self.platform.clone()], self.ground.ground.metrics.clone());
        let request = axum::extract::Request::get("/metrics")
            .body(axum::body::Body::empty())
            .unwrap();
        let reply = tower::ServiceExt::oneshot(router, request).await.unwrap();
        let body = axum::body::to_bytes(reply.into_body(), 1_000_000).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    /// The reason of the last dead letter.
    pub(crate) async fn last_dead_letter(&self) -> String {
        let mut tx = self.platform.db.read().await.unwrap();
        let letters: Vec<(String,)> = tx
            .query("SELECT reason FROM dead_letters ORDER BY id DESC LIMIT 1")
            .fetch_all()
            .await
            .unwrap();
        letters
            .into_iter()
            .next()
            .map(|(reason,)| reason)
            .unwrap_or_default()
    }

    /// Asks for one attempt.
    pub(crate) async fn release(&self, delivery: &DueDelivery, attempt: i32) -> Verdict {
        let verdicts = self.release_all(&[delivery], attempt, false).await;
        verdicts.into_iter().next().unwrap()
    }

    /// Asks for an attempt of each, in one request; `uncertain`: nobody knows how an earlier attempt ended.
    pub(crate) async fn release_all(
        &self,
        deliveries: &[&DueDelivery],
        attempt: i32,
        uncertain: bool,
    ) -> Vec<Verdict> {
        let ask = |delivery: &&DueDelivery| ReleaseAsk {
            delivery_id: delivery.delivery_id.clone(),
            attempt,
            undelivered: false,
            uncertain: Some(uncertain),
        };
        let asks = deliveries.iter().map(ask).collect();
        let reply = self.client.clone().release(ReleaseRequest { asks }).await;
        let answers = reply.unwrap().into_inner().answers;
        answers
            .into_iter()
            .map(|answer| answer.verdict.unwrap())
            .collect()
    }

    pub(crate) async fn reminders(&self) -> Vec<Reminder> {
        let page = Some(common::PageRequest {
            size: 500,
            token: String::new(),
        });
        let request = ListRemindersRequest {
            page,
            ..ListRemindersRequest::default()
        };
        self.client
            .clone()
            .list_reminders(request)
            .await
            .unwrap()
            .into_inner()
            .reminders
    }

    /// Reminders of a policy and occurrence that wait.
    pub(crate) async fn count(&self, policy: &str, occurrence: &str) -> i64 {
        let mut tx = self.platform.db.read().await.unwrap();
        let (count,): (i64,) = tx
            .query(
                "SELECT COUNT(*) FROM reminders WHERE state = 'planned' AND policy = $1 AND occurrence = $2",
            )
            .bind(policy)
            .bind(occurrence)
            .fetch_one()
            .await
            .unwrap();
        count
    }

    /// Those of a person's lines that wait or are on their way.
    pub(crate) async fn live(&self, person: Uuid) -> Vec<String> {
        let lines = self.ledger(person).await;
        lines
            .into_iter()
            .filter(|line| line.ends_with(" planned") || line.ends_with(" queued"))
            .collect()
    }

    /// "due policy occurrence state (reason)" of all reminders of a person, in order of due.
    pub(crate) async fn ledger(&self, person: Uuid) -> Vec<String> {
        let mut all = self.reminders().await;
        all.retain(|reminder| reminder.recipient_person_id == person.to_string());
        all.reverse();
        let line = |reminder: &Reminder| {
            let at = reminder.due_at.unwrap();
            let at = Moment::from_parts(at.seconds, at.nanos).unwrap().timestamp();
            let wall = at
                .to_zoned(TimeZone::get("Europe/Paris").unwrap())
                .strftime("%a %d %H:%M")
                .to_string();
            let state = reminder
                .state()
                .as_str_name()
                .trim_start_matches("REMINDER_STATE_")
                .to_lowercase();
            let reason = if reminder.reason.is_empty() {
                String::new()
            } else {
                format!(" ({})", reminder.reason)
            };
            format!(
                "{wall} {} {} {state}{reason}",
                reminder.policy, reminder.occurrence
            )
        };
        all.iter().map(line).collect()
    }
}

fn client(ground: &TestGround, service: &Service, actor: Actor) -> SchedulerServiceClient<Transport> {
    SchedulerServiceClient::new(ground.transport(service.routes(), actor))
}

/// The reason of a refusal.
pub(crate) fn refused(verdict: Verdict) -> String {
    match verdict {
        Verdict::Refused(refused) => refused.reason,
        other => panic!("not refused: {other:?}"),
    }
}

/// A candidate's part in a session, from a wall clock in Paris for two hours.
pub(crate) fn participation(number: u32, revision: i64, starts: &str, person: Uuid) -> Milestone {
    let starts: jiff::civil::DateTime = starts.parse().unwrap();
    let ends = starts.checked_add(jiff::SignedDuration::from_hours(2)).unwrap();
    Milestone {
        subject: format!("speeddating.participation/{number}"),
        kind: "speed_dating".into(),
        revision,
        time_zone: "Europe/Paris".into(),
        starts_local: starts.to_string(),
        ends_local: ends.to_string(),
        parties: vec![common::Party {
            role: "candidate".into(),
            person_id: person.to_string(),
            organisation_id: String::new(),
        }],
        facts: [("venue_name".to_owned(), text("MdE"))].into(),
        state: MilestoneState::Planned.into(),
        organisation_id: OWNER.to_string(),
        group: "speeddating.session/1".into(),
        ..Milestone::default()
    }
}

pub(crate) fn cleared(mut milestone: Milestone, revision: i64) -> Milestone {
    milestone.revision = revision;
    milestone.set_state(MilestoneState::Cleared);
    milestone.cleared_reason = "SESSION_CANCELLED".into();
    milestone
}

pub(crate) fn text(text: &str) -> common::Fact {
    common::Fact {
        value: Some(common::fact::Value::Text(text.into())),
    }
}

fn instant(wall: &str) -> Moment {
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let wall: jiff::civil::DateTime = wall.parse().unwrap();
    Moment::from(wall.to_zoned(zone).unwrap().timestamp())
}
