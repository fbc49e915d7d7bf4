//! A process that dies while a mail server, which cannot be asked, may have its message.

use contracts::notifier::v1::Outcome;
use jiff::SignedDuration;
use notifier::{Settings, Tls, probe::Stage as At};
use platform::testing::{TestGround, eventually};

use crate::{
    smtp,
    smtp_server::{Encryption, Server},
    stage::Stage,
};

/// Dies at `at`; what the successor makes of it under a policy: outcome, uncertain, states of the attempts.
async fn died_at(at: At, on_unknown: &str) -> (Outcome, bool, Vec<String>, usize) {
    let server = Server::start(Encryption::None).await;
    let stage = Stage::with(smtp::settings(&server, Tls::None)).await;
    stage.service.run();
    let person = stage.person(|person| person.mobile.clear());
    let due = stage.due(person, |due| on_unknown.clone_into(&mut due.on_unknown));
    stage.gate.stop_at(at);
    stage.publish(vec![due.clone()]).await;
    stage.gate.reached().await;
    stage.ground.ground.tasks.drain(std::future::ready(())).await;
    let successor = stage.successor();
    let settlement = eventually("the successor settles it", || async {
        successor
            .ground
            .ground
            .clock
            .advance(SignedDuration::from_secs(4));
        successor.settlement(&due)
    })
    .await;
    let attempts = successor
        .delivery(&due)
        .await
        .attempts
        .into_iter()
        .map(|attempt| attempt.state)
        .collect();
    (
        settlement.outcome(),
        settlement.uncertain,
        attempts,
        server.taken().len(),
    )
}

#[tokio::test]
async fn before_the_intent_nothing_is_uncertain() {
    let (outcome, uncertain, attempts, taken) = Box::pin(died_at(At::Released, "at_least_once")).await;
    assert_eq!((outcome, uncertain, taken), (Outcome::Sent, false, 1));
    assert_eq!(attempts, ["accepted"]);
}

#[tokio::test]
async fn after_the_intent_it_is_unknown_and_the_policy_decides() {
    for (at, copies) in [(At::Intended, 1), (At::Answered, 2)] {
        let (outcome, uncertain, attempts, taken) = Box::pin(died_at(at, "at_least_once")).await;
        assert_eq!(
            (outcome, uncertain, taken),
            (Outcome::Sent, true, copies),
            "at {at:?}"
        );
        assert_eq!(attempts, ["unknown", "accepted"], "at {at:?}");
        let (outcome, uncertain, attempts, taken) = Box::pin(died_at(at, "at_most_once")).await;
        assert_eq!(
            (outcome, uncertain, taken),
            (Outcome::Failed, true, copies - 1),
            "at {at:?}"
        );
        assert_eq!(attempts, ["unknown"], "at {at:?}");
    }
}

#[tokio::test]
async fn an_answer_that_the_database_does_not_take_is_kept_until_it_does() {
    let Some(db) = platform::testing::postgres(&notifier::MIGRATIONS).await else {
        return;
    };
    let stage = Stage::on(TestGround::at("2026-11-18T09:00:00Z"), db, Settings::default()).await;
    let execute = async |statement: &'static str| {
        let mut tx = stage.db.begin().await.unwrap();
        tx.query(statement).execute().await.unwrap();
        tx.commit().await.unwrap();
    };
    // What the server says with a disk that is full, without one; sequences count what is rolled back too.
    execute("CREATE SEQUENCE tries").await;
    execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM nextval('tries'); RAISE 'no room' USING ERRCODE = 'disk_full'; END $$",
    )
    .await;
    execute(
        "CREATE TRIGGER refuse BEFORE UPDATE ON attempts FOR EACH ROW WHEN (NEW.state = 'accepted')
         EXECUTE FUNCTION refuse()",
    )
    .await;
    stage.service.run();
    let due = stage.due(stage.person(|_| {}), |_| {});
    stage.publish(vec![due.clone()]).await;
    eventually("it was tried twice", || async {
        let mut tx = stage.db.read().await.unwrap();
        let query = tx.query("SELECT last_value FROM tries");
        let tries: (i64,) = query.fetch_one().await.unwrap();
        (tries.0 >= 2).then_some(())
    })
    .await;
    assert!(stage.settlements(&due).is_empty());
    execute("DROP TRIGGER refuse ON attempts").await;
    let settlement = stage.settled(&due).await;
    assert_eq!(
        (settlement.outcome(), settlement.uncertain, settlement.attempts),
        (Outcome::Sent, false, 1)
    );
    let states: Vec<String> = stage
        .delivery(&due)
        .await
        .attempts
        .into_iter()
        .map(|one| one.state)
        .collect();
    assert_eq!(
        (states, stage.settlements(&due).len()),
        (vec!["accepted".to_owned()], 1)
    );
}
