//! A process that is asked to stop while it hands over: what a provider has is brought to its end, the rest is another's.

use contracts::{notifier::v1::Outcome, scheduler::v1::DueDelivery};
use jiff::SignedDuration;
use notifier::{Tls, probe::Stage as At};
use platform::testing::eventually;

use crate::{
    gateway::Gateway,
    receipts, sms, smtp,
    smtp_server::{Encryption, Order, Server},
    stage::Stage,
};

/// Every delivery was sent at its first attempt, as far as the process after this one knows.
async fn each_is_sent_at_once(successor: &Stage, dues: &[DueDelivery]) {
    for due in dues {
        let settlement = successor.settled(due).await;
        assert_eq!(
            (settlement.outcome(), settlement.attempts, settlement.uncertain),
            (Outcome::Sent, 1, false),
            "{settlement:?}"
        );
        let attempts = successor.delivery(due).await.attempts;
        let states: Vec<&str> = attempts.iter().map(|attempt| attempt.state.as_str()).collect();
        assert_eq!(states, ["accepted"]);
    }
}

/// Twenty mails over one connection to a server that keeps the first.
async fn held() -> (Stage, Server, Vec<DueDelivery>) {
    let server = Server::start(Encryption::None).await;
    let mut settings = smtp::settings(&server, Tls::None);
    settings.smtp.as_mut().unwrap().connections = 1;
    let stage = Stage::with(settings).await;
    stage.service.run();
    server.order(&[Order::Hold]);
    let person = |stage: &Stage| stage.person(|person| person.mobile.clear());
    let dues: Vec<DueDelivery> = (0..20).map(|_| stage.due(person(&stage), |_| {})).collect();
    stage.publish(dues.clone()).await;
    server.journal.held.notified().await;
    (stage, server, dues)
}

#[tokio::test]
async fn a_mail_that_a_slow_server_has_is_waited_for_and_those_after_it_go_back() {
    let (stage, server, dues) = held().await;
    stage.ground.ground.tasks.stop();
    server.journal.let_go.notify_one();
    assert!(
        stage.ground.ground.tasks.drain(std::future::pending()).await,
        "dropped where it was"
    );
    assert_eq!(server.taken().len(), 1, "no further one was begun");

    let successor = stage.successor();
    each_is_sent_at_once(&successor, &dues).await;
    assert_eq!(server.taken().len(), dues.len(), "nobody was told twice");
}

#[tokio::test]
async fn a_server_that_never_answers_leaves_its_one_mail_in_doubt_and_no_other() {
    let (stage, server, dues) = held().await;
    stage.ground.ground.tasks.stop();
    eventually(
        "what it was not given goes back while it is waited for",
        || async {
            let back = "SELECT COUNT(*) FROM deliveries WHERE state = 'waiting'";
            (stage.count(back).await == 19).then_some(())
        },
    )
    .await;
    stage.ground.ground.tasks.drain(std::future::ready(())).await;

    let successor = stage.successor();
    let mut uncertain = 0;
    for due in &dues {
        let settlement = eventually("the successor settles it", || async {
            successor
                .ground
                .ground
                .clock
                .advance(SignedDuration::from_secs(4));
            successor.settlement(due)
        })
        .await;
        assert_eq!(settlement.outcome(), Outcome::Sent);
        uncertain += usize::from(settlement.uncertain);
    }
    assert_eq!(uncertain, 1);
    assert_eq!(server.taken().len(), dues.len());
}

#[tokio::test]
async fn texts_that_were_not_begun_cost_nothing_and_their_receipts_are_understood_later() {
    let gateway = Gateway::start(sms::kannel).await;
    let mut settings = sms::settings(&gateway);
    settings.sms.daily_segments = 1_000;
    let stage = Stage::with(settings).await;
    stage.service.run();
    let dues: Vec<DueDelivery> = (0..3).map(|_| sms::sms_only(&stage)).collect();
    stage.gate.stop_at(At::Intended);
    stage.publish(dues.clone()).await;
    stage.gate.reached().await;
    assert!(spent(&stage).await > 0);

    stage.ground.ground.tasks.stop();
    stage.gate.go_on();
    assert!(stage.ground.ground.tasks.drain(std::future::pending()).await);
    assert_eq!((gateway.taken().len(), spent(&stage).await), (0, 0));
    assert!(stage.messages().await.is_empty(), "nothing is on its way");

    let successor = stage.successor();
    each_is_sent_at_once(&successor, &dues).await;
    assert_eq!(gateway.taken().len(), 3);
    let each = i64::from(sms::message(&successor, &dues[0]).await.segments);
    assert_eq!(spent(&successor).await, 3 * each);

    let port = sms::callbacks(&successor).await;
    for due in &dues {
        let reference = successor.delivery(due).await.attempts[0].reference.clone();
        let path = format!(
            "/sms/kannel/{}/receipts/{reference}?kind=1&answer=&at=1795744317",
            sms::SECRET
        );
        assert_eq!(receipts::get(port, &path).await, 200);
        assert_eq!(sms::message(&successor, due).await.state, "delivered");
    }
}

#[tokio::test]
async fn before_the_intent_a_stop_leaves_no_trace_of_an_attempt() {
    let stage = Stage::new().await;
    stage.service.run();
    let due = stage.due(stage.person(|_| {}), |_| {});
    stage.gate.stop_at(At::Released);
    stage.publish(vec![due.clone()]).await;
    stage.gate.reached().await;
    stage.ground.ground.tasks.stop();
    stage.gate.go_on();
    assert!(stage.ground.ground.tasks.drain(std::future::pending()).await);
    let delivery = stage.delivery(&due).await;
    assert_eq!((delivery.state.as_str(), delivery.attempts.len()), ("waiting", 0));
    assert!(stage.messages().await.is_empty());
    each_is_sent_at_once(&stage.successor(), &[due]).await;
}

/// Segments of the day.
async fn spent(stage: &Stage) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    notifier::store::segments_of(&mut tx, "2026-11-18").await.unwrap()
}
