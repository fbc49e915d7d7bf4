//! The way of an event through RabbitMQ, on both databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod restart;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use contracts::directory::v1::PersonErased;
use jiff::SignedDuration;
use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties,
    options::{BasicGetOptions, BasicPublishOptions, BasicRejectOptions, QueueDeclareOptions},
    types::FieldTable,
};
use platform::{
    Db, Tx,
    bus::{Bus, Envelope, HandleError, Handler, Topology},
    db::Migrations,
    dead_letters::{self, DeadLetter},
    on_each_database,
    outbox::{self, Event},
    page::Page,
    testing::{self, TestGround, eventually},
};

const KEY: &str = "directory.person.erased.v1";
const PATTERNS: &[&str] = &[KEY];
const ANNOUNCED: &[&str] = &["directory.nothing.said.v1"];

fn no_tables() -> Migrations {
    Migrations {
        postgres: sqlx::migrate!("tests/migrations"),
        sqlite: sqlx::migrate!("tests/migrations"),
    }
}

/// Writes down what it applies; "poison" is refused until it is mended.
#[derive(Clone, Default)]
struct Recorder {
    mended: Arc<AtomicBool>,
}

#[async_trait]
impl Handler for Recorder {
    fn patterns(&self) -> &'static [&'static str] {
        PATTERNS
    }

    async fn handle(&self, tx: &mut Tx, event: &Envelope) -> Result<(), HandleError> {
        let message: PersonErased = event.decode()?;
        if message.person_id == "poison" && !self.mended.load(Ordering::SeqCst) {
            return Err(HandleError::Poison("cannot be applied".to_owned()));
        }
        tx.query("INSERT INTO applied (name, version) VALUES ($1, $2)")
            .bind(message.person_id)
            .bind(message.version)
            .execute()
            .await?;
        Ok(())
    }
}

fn topology(prefix: &str) -> Topology {
    Topology::new(prefix, [("sample", PATTERNS)], ANNOUNCED)
}

fn ground(bus: Bus) -> TestGround {
    TestGround::on("2026-11-09T09:00:00Z", bus)
}

async fn applied(db: &Db) -> i64 {
    let (count,): (i64,) = db
        .read()
        .await
        .unwrap()
        .query("SELECT COUNT(*) FROM applied")
        .fetch_one()
        .await
        .unwrap();
    count
}

async fn publish(ground: &TestGround, db: &Db, key: &str, names: &[&str]) {
    let mut tx = db.begin().await.unwrap();
    for name in names {
        let message = PersonErased {
            person_id: (*name).to_owned(),
            version: 1,
        };
        let event = Event::new(&ground.ground.ids, &ground.ground.clock, key, &message);
        outbox::push(&mut tx, &event).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn letters(db: &Db) -> Vec<DeadLetter> {
    let page = Page {
        size: 10,
        after: None,
    };
    dead_letters::list(db, &page).await.unwrap()
}

/// Somebody else at the same broker.
async fn stranger() -> (Connection, Channel) {
    let address = std::env::var("TEST_RABBITMQ_URL").unwrap();
    let connection = Connection::connect(&address, ConnectionProperties::default())
        .await
        .unwrap();
    let channel = connection.create_channel().await.unwrap();
    (connection, channel)
}

/// A queue as it stands.
async fn declared(channel: &Channel, queue: &str) -> lapin::Queue {
    channel
        .queue_declare(
            queue.into(),
            QueueDeclareOptions {
                passive: true,
                ..QueueDeclareOptions::default()
            },
            FieldTable::default(),
        )
        .await
        .unwrap()
}

/// Messages that no consumer has.
async fn ready(channel: &Channel, queue: &str) -> u32 {
    declared(channel, queue).await.message_count()
}

on_each_database! { no_tables(),
    async fn every_event_is_applied_once_by_two_replicas(db: Db) {
        let Some((bus, _)) = testing::broker(topology) else { return };
        let ground = ground(bus);
        let replicas = [ground.platform_on("sample", db.clone()), ground.platform_on("sample", db.clone())];
        for replica in &replicas {
            replica.run(Some(Arc::new(Recorder::default())));
        }
        let names: Vec<String> = (0..1_000).map(|n| format!("p{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        publish(&ground, &db, KEY, &names).await;
        eventually("all are applied", async || (applied(&db).await == 1_000).then_some(())).await;
        eventually("the backlog is empty", async || (replicas[0].backlog().await.unwrap() == 0).then_some(())).await;
        assert_eq!(applied(&db).await, 1_000);
        eventually("both are at the queue", async || ground.ground.bus.is_ready().then_some(())).await;
        assert!(ground.ground.tasks.drain(std::future::pending()).await);
    }

    async fn poison_goes_to_the_dead_letters_holds_nobody_up_and_can_be_replayed(db: Db) {
        let Some((bus, _)) = testing::broker(topology) else { return };
        let ground = ground(bus);
        let platform = ground.platform_on("sample", db.clone());
        let recorder = Recorder::default();
        platform.run(Some(Arc::new(recorder.clone())));
        publish(&ground, &db, KEY, &["a", "poison", "b"]).await;
        let letter = eventually("it is a dead letter", async || letters(&db).await.pop()).await;
        assert_eq!(letter.reason, "cannot be applied");
        eventually("the others are applied", async || (applied(&db).await == 2).then_some(())).await;
        recorder.mended.store(true, Ordering::SeqCst);
        assert!(platform.replay(letter.id).await.unwrap());
        eventually("it is applied", async || (applied(&db).await == 3).then_some(())).await;
        assert!(letters(&db).await.is_empty());
    }

    async fn an_event_that_no_queue_wants_stays_and_holds_nobody_up(db: Db) {
        let Some((bus, _)) = testing::broker(topology) else { return };
        let ground = ground(bus);
        let platform = ground.platform_on("sample", db.clone());
        platform.run(Some(Arc::new(Recorder::default())));
        publish(&ground, &db, "directory.nobody.knows.v1", &["lost"]).await;
        publish(&ground, &db, ANNOUNCED[0], &["heard or not"]).await;
        publish(&ground, &db, KEY, &["a"]).await;
        eventually("the other is applied", async || (applied(&db).await == 1).then_some(())).await;
        eventually("what may go unheard is gone", async || (outbox::waiting(&db).await.unwrap() == 1).then_some(())).await;
        // Tried again, and again not lost.
        let tried = |text: &str| text.contains("jalon_bus_unroutable_events_total 2");
        eventually("it was tried twice", async || {
            ground.ground.clock.advance(SignedDuration::from_secs(6));
            let text = prometheus::TextEncoder::new().encode_to_string(&ground.ground.metrics.gather()).unwrap();
            tried(&text).then_some(())
        })
        .await;
        assert_eq!(outbox::waiting(&db).await.unwrap(), 1);
    }

    async fn a_message_that_is_no_event_becomes_a_dead_letter(db: Db) {
        let Some((bus, prefix)) = testing::broker(topology) else { return };
        let ground = ground(bus);
        let platform = ground.platform_on("sample", db.clone());
        platform.run(Some(Arc::new(Recorder::default())));
        eventually("the consumer is there", async || ground.ground.bus.is_ready().then_some(())).await;
        let (_connection, channel) = stranger().await;
        let exchange = format!("{prefix}.events");
        channel
            .basic_publish(exchange.as_str().into(), KEY.into(), BasicPublishOptions::default(), b"x", BasicProperties::default())
            .await
            .unwrap();
        let letter = eventually("it is a dead letter", async || letters(&db).await.pop()).await;
        assert!(letter.reason.contains("message_id"), "{}", letter.reason);
        assert_eq!(letter.routing_key, KEY);
        publish(&ground, &db, KEY, &["a"]).await;
        eventually("others are applied", async || (applied(&db).await == 1).then_some(())).await;
    }

    async fn what_comes_with_a_message_that_is_no_event_is_acknowledged(db: Db) {
        let Some((bus, prefix)) = testing::broker(topology) else { return };
        let ground = ground(bus);
        let platform = ground.platform_on("sample", db.clone());
        // Publishes only, so that all are taken together afterwards.
        platform.run(None);
        let names: Vec<String> = (0..50).map(|n| format!("p{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        publish(&ground, &db, KEY, &names).await;
        eventually("they are in the broker", async || (outbox::waiting(&db).await.unwrap() == 0).then_some(())).await;
        let (_connection, channel) = stranger().await;
        let (exchange, queue) = (format!("{prefix}.events"), format!("{prefix}.sample"));
        channel
            .basic_publish(exchange.as_str().into(), KEY.into(), BasicPublishOptions::default(), b"x", BasicProperties::default())
            .await
            .unwrap();
        eventually("all are in the queue", async || (ready(&channel, &queue).await == 51).then_some(())).await;
        platform.run(Some(Arc::new(Recorder::default())));
        eventually("the stranger's is a dead letter", async || letters(&db).await.pop()).await;
        eventually("the others are applied", async || (applied(&db).await == 50).then_some(())).await;
        // What a consumer has not acknowledged goes back when its line ends.
        assert!(ground.ground.tasks.drain(std::future::pending()).await);
        let gone = eventually("the consumer is gone", async || {
            let state = declared(&channel, &queue).await;
            (state.consumer_count() == 0).then(|| state.message_count())
        })
        .await;
        assert_eq!(gone, 0, "events that were applied wait in the queue");
    }

    async fn what_is_delivered_too_often_becomes_a_dead_letter_with_its_reason(db: Db) {
        let Some((bus, prefix)) = testing::broker(topology) else { return };
        let ground = ground(bus);
        let platform = ground.platform_on("sample", db.clone());
        // Publishes only.
        platform.run(None);
        publish(&ground, &db, KEY, &["a"]).await;
        eventually("it is in the broker", async || (outbox::waiting(&db).await.unwrap() == 0).then_some(())).await;
        let (_connection, channel) = stranger().await;
        let queue = format!("{prefix}.sample");
        // A consumer that dies of it, again and again.
        eventually("the queue gives it up", async || {
            let found = channel.basic_get(queue.as_str().into(), BasicGetOptions { no_ack: false });
            if let Some(message) = found.await.unwrap() {
                message.delivery.reject(BasicRejectOptions { requeue: true }).await.unwrap();
                return None;
            }
            let dead = format!("{queue}.dead");
            (ready(&channel, &dead).await == 1).then_some(())
        })
        .await;
        platform.run(Some(Arc::new(Recorder::default())));
        let letter = eventually("it is a dead letter", async || letters(&db).await.pop()).await;
        assert!(letter.reason.contains("20 times"), "{}", letter.reason);
        assert_eq!(letter.routing_key, KEY);
        assert!(platform.replay(letter.id).await.unwrap());
        eventually("it is applied", async || (applied(&db).await == 1).then_some(())).await;
    }
}
