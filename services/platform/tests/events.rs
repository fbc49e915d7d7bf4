//! The way of an event: outbox, bus, inbox, dead letters, on both databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use contracts::directory::v1::PersonErased;
use platform::{
    Db, Tx,
    bus::{Envelope, HandleError, Handler},
    db::Migrations,
    dead_letters, on_each_database,
    outbox::{self, Event},
    page::Page,
    testing::{TestGround, eventually},
};

use prost::Message as _;

fn no_tables() -> Migrations {
    Migrations {
        postgres: sqlx::migrate!("tests/migrations"),
        sqlite: sqlx::migrate!("tests/migrations"),
    }
}

struct Recorder {
    calls: AtomicUsize,
    fail_first: usize,
}

#[async_trait]
impl Handler for Recorder {
    fn patterns(&self) -> &'static [&'static str] {
        &["directory.person.erased.v1"]
    }

    async fn handle(&self, tx: &mut Tx, event: &Envelope) -> Result<(), HandleError> {
        let message: PersonErased = event.decode()?;
        if message.person_id == "poison" {
            return Err(HandleError::Poison("cannot be applied".to_owned()));
        }
        if self.calls.fetch_add(1, Ordering::SeqCst) < self.fail_first {
            return Err(HandleError::Retry("away".into()));
        }
        tx.query("INSERT INTO applied (name, version) VALUES ($1, $2)")
            .bind(message.person_id)
            .bind(message.version)
            .execute()
            .await?;
        Ok(())
    }
}

/// Cannot apply anything until it is mended.
struct Mendable(Arc<AtomicBool>);

#[async_trait]
impl Handler for Mendable {
    fn patterns(&self) -> &'static [&'static str] {
        &["directory.person.erased.v1"]
    }

    async fn handle(&self, tx: &mut Tx, event: &Envelope) -> Result<(), HandleError> {
        if !self.0.load(Ordering::SeqCst) {
            return Err(HandleError::Poison("not yet".to_owned()));
        }
        let message: PersonErased = event.decode()?;
        tx.query("INSERT INTO applied (name, version) VALUES ($1, $2)")
            .bind(message.person_id)
            .bind(message.version)
            .execute()
            .await?;
        Ok(())
    }
}

async fn forget_handled(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    tx.query("DELETE FROM inbox WHERE handled_at IS NOT NULL")
        .execute()
        .await
        .unwrap();
    tx.commit().await.unwrap();
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

async fn publish(ground: &TestGround, db: &Db, names: &[String]) {
    let events: Vec<Event> = (0..)
        .zip(names)
        .map(|(version, name)| {
            let message = PersonErased {
                person_id: name.clone(),
                version,
            };
            let (ids, clock) = (&ground.ground.ids, &ground.ground.clock);
            Event::new(ids, clock, "directory.person.erased.v1", &message)
        })
        .collect();
    let mut tx = db.begin().await.unwrap();
    outbox::push_all(&mut tx, &events).await.unwrap();
    tx.commit().await.unwrap();
}

on_each_database! { no_tables(),
    async fn every_event_is_applied_once_by_an_unruly_bus(db: Db) {
        let ground = TestGround::new();
        let platform = ground.platform_on("sample", db.clone());
        platform.run(Some(Arc::new(Recorder { calls: AtomicUsize::new(0), fail_first: 0 })));
        let names: Vec<String> = (0..500).map(|n| format!("p{n}")).collect();
        publish(&ground, &db, &names).await;
        eventually("the backlog is empty", async || (platform.backlog().await.unwrap() == 0).then_some(())).await;
        assert_eq!(applied(&db).await, 500);
        assert!(ground.ground.tasks.drain(std::future::pending()).await);
    }

    async fn an_event_that_failed_is_tried_again_and_poison_does_not_hold_up_others(db: Db) {
        let ground = TestGround::new();
        let platform = ground.platform_on("sample", db.clone());
        platform.run(Some(Arc::new(Recorder { calls: AtomicUsize::new(0), fail_first: 3 })));
        publish(&ground, &db, &["a".to_owned(), "poison".to_owned(), "b".to_owned()]).await;
        eventually("both good ones are applied", async || {
            // Retries wait for the clock.
            ground.ground.clock.advance(jiff::SignedDuration::from_secs(1));
            (platform.backlog().await.unwrap() == 0).then_some(())
        })
        .await;
        assert_eq!(applied(&db).await, 2);
        let (reason,): (String,) =
            db.read().await.unwrap().query("SELECT reason FROM dead_letters").fetch_one().await.unwrap();
        assert_eq!(reason, "cannot be applied");
    }

    async fn a_dead_letter_that_is_replayed_once_its_cause_is_mended_is_applied_once(db: Db) {
        let ground = TestGround::new();
        let platform = ground.platform_on("sample", db.clone());
        let mended = Arc::new(AtomicBool::new(false));
        platform.run(Some(Arc::new(Mendable(Arc::clone(&mended)))));
        publish(&ground, &db, &["a".to_owned(), "b".to_owned()]).await;
        let first_page = Page { size: 1, after: None };
        let letters = eventually("both are dead letters", async || {
            let mut letters = dead_letters::list(&db, &first_page).await.unwrap();
            letters.extend(dead_letters::show(&db, letters.get(1)?.id).await.unwrap());
            Some(letters)
        })
        .await;
        assert_eq!(letters[0].reason, "not yet");
        assert!(letters[0].body.is_empty(), "a list carries no bodies");
        let whole = PersonErased::decode(letters[2].body.as_slice()).unwrap();
        assert!(["a", "b"].contains(&whole.person_id.as_str()));

        // The cause is still there: it comes back.
        assert!(platform.replay(letters[0].id).await.unwrap());
        eventually("it is a dead letter again", async || {
            (dead_letters::count(&db).await.unwrap() == 2).then_some(())
        })
        .await;
        assert_eq!(applied(&db).await, 0);

        mended.store(true, Ordering::SeqCst);
        // The inbox has forgotten this one: a week has passed.
        forget_handled(&db).await;
        let (one, two) = tokio::join!(platform.replay(letters[0].id), platform.replay(letters[0].id));
        assert!(one.unwrap() != two.unwrap(), "one of two who replay it does");
        eventually("it is applied", async || (applied(&db).await == 1).then_some(())).await;
        eventually("the backlog is empty", async || (platform.backlog().await.unwrap() == 0).then_some(())).await;
        assert!(!platform.replay(letters[0].id).await.unwrap(), "it is no dead letter any more");

        let dropped = dead_letters::discard(&db, letters[1].id).await.unwrap().unwrap();
        assert_eq!(dropped.reason, "not yet");
        assert_eq!(dead_letters::count(&db).await.unwrap(), 0);
        assert_eq!(platform.backlog().await.unwrap(), 0);
        assert_eq!(applied(&db).await, 1);
        assert!(ground.ground.tasks.drain(std::future::pending()).await);
    }

    async fn an_event_that_waits_for_another_try_is_not_due_and_says_when_it_is(db: Db) {
        let ground = TestGround::new();
        let platform = ground.platform_on("sample", db.clone());
        // In the batch, and alone.
        platform.run(Some(Arc::new(Recorder { calls: AtomicUsize::new(0), fail_first: 2 })));
        publish(&ground, &db, &["a".to_owned()]).await;
        let next = eventually("it has failed once", async || match platform.due().await.unwrap() {
            (0, Some(next)) => Some(next),
            _ => None,
        })
        .await;
        assert_eq!(platform.backlog().await.unwrap(), 1);
        assert!(next > ground.ground.clock.now());
        ground.ground.clock.advance_to(next);
        eventually("it is applied", async || (applied(&db).await == 1).then_some(())).await;
        assert_eq!(platform.due().await.unwrap(), (0, None));
        assert!(ground.ground.tasks.drain(std::future::pending()).await);
    }

    async fn a_change_that_is_rolled_back_takes_its_event_with_it(db: Db) {
        let ground = TestGround::new();
        let mut tx = db.begin().await.unwrap();
        let message = PersonErased { person_id: "x".to_owned(), version: 1 };
        let event = Event::new(&ground.ground.ids, &ground.ground.clock, "directory.person.erased.v1", &message);
        outbox::push(&mut tx, &event).await.unwrap();
        drop(tx);
        assert_eq!(outbox::waiting(&db).await.unwrap(), 0);
    }

    async fn a_reading_transaction_cannot_write(db: Db) {
        let mut tx = db.read().await.unwrap();
        assert!(tx.query("DELETE FROM applied").execute().await.is_err());
    }
}
