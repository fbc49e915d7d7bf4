//! What was sent and did not arrive goes by the other channel, while it helps and once.

use contracts::{
    notifier::v1::{Outcome, Settlement},
    scheduler::v1::DueDelivery,
};
use jiff::SignedDuration;
use notifier::probe::Stage as At;
use platform::{on_each_database, testing::eventually};
use prost_types::Timestamp;
use uuid::Uuid;

use crate::{
    gateway::Gateway,
    mail_reports::{Post, sample},
    sms::{self, SECRET, attempts, call, kannel},
    smtp_server::Order,
    stage::Stage,
};

/// How a delivery ended, each time.
async fn ends(stage: &Stage, due: &DueDelivery, count: usize) -> Vec<(Outcome, String, i32)> {
    let all = eventually("the delivery ends again", || async {
        let all = stage.settlements(due);
        (all.len() >= count).then_some(all)
    })
    .await;
    let end = |one: &Settlement| {
        (
            one.outcome(),
            format!("{}{}", one.channel, one.reason),
            one.attempts,
        )
    };
    all.iter().map(end).collect()
}

fn id(due: &DueDelivery) -> Uuid {
    due.delivery_id.parse().unwrap()
}

/// A mail that was taken, and that comes back before its answer is recorded: whoever records it stands still.
async fn returned_before_the_record(post: &Post) -> DueDelivery {
    let due = post.stage.due(post.stage.person(|_| {}), |_| {});
    post.stage.gate.stop_at(At::Answered);
    post.stage.publish(vec![due.clone()]).await;
    post.stage.gate.reached().await;
    assert_eq!(post.returns(sample!("postfix-policy"), &due).await.1, "applied");
    due
}

/// Time for what is not to happen: whatever is due is taken within a second, and this one is sent after it.
async fn and_nothing_more(post: &Post, due: &DueDelivery, ends: usize) {
    let other = post.stage.person(|_| {});
    post.mail_to(other).await;
    assert_eq!(post.stage.settlements(due).len(), ends);
    assert!(post.stage.delivery(due).await.attempts.len() <= ends);
}

on_each_database! { notifier::MIGRATIONS,
    async fn a_mail_that_came_back_goes_by_sms_once(db: Db) {
        let post = Post::on(db).await;
        let person = post.stage.person(|_| {});
        let due = post.mail_to(person).await;
        assert_eq!(post.returns(sample!("postfix-policy"), &due).await.1, "applied");
        let told = ends(&post.stage, &due, 2).await;
        assert_eq!(told, [(Outcome::Sent, "mail".to_owned(), 1), (Outcome::Sent, "sms".to_owned(), 2)]);
        assert_eq!(attempts(&post.stage, &due).await, ["smtp accepted", "mailbox accepted"]);
        assert_eq!(post.state(&due).await, "failed_permanent bounced 5.7.1");
        assert_eq!(post.stage.peers.world().instead, [(id(&due), 2)], "the scheduler was asked, and told why");

        // A copy of the report, and another one about the same mail.
        for sample in [sample!("postfix-policy"), sample!("postfix-unknown"), sample!("arf-abuse")] {
            post.returns(sample, &due).await;
        }
        and_nothing_more(&post, &due, 2).await;
    }

    async fn a_mail_that_came_back_before_its_answer_was_recorded_goes_by_sms_as_well(db: Db) {
        let post = Post::on(db).await;
        let due = returned_before_the_record(&post).await;
        post.stage.gate.go_on();
        let told = ends(&post.stage, &due, 2).await;
        assert_eq!(told, [(Outcome::Sent, "mail".to_owned(), 1), (Outcome::Sent, "sms".to_owned(), 2)]);
        assert_eq!(attempts(&post.stage, &due).await, ["smtp accepted", "mailbox accepted"]);
        assert_eq!(post.state(&due).await, "failed_permanent bounced 5.7.1");
        assert_eq!(post.stage.peers.world().instead, [(id(&due), 2)], "the scheduler was asked, and told why");
        assert_eq!(post.returns(sample!("postfix-policy"), &due).await.1, "stale");
        and_nothing_more(&post, &due, 2).await;
    }

    async fn a_mail_that_came_back_after_its_sender_died_goes_by_sms_as_well(db: Db) {
        let post = Post::on(db).await;
        let due = returned_before_the_record(&post).await;
        let stage = post.stage.died().await.successor();
        // The lease has to run out, and those who may live have as long again.
        eventually("it ends again", || async {
            stage.ground.ground.clock.advance(SignedDuration::from_secs(4));
            (stage.settlements(&due).len() == 2).then_some(())
        })
        .await;
        let told = ends(&stage, &due, 2).await;
        assert_eq!(told, [(Outcome::Sent, "mail".to_owned(), 1), (Outcome::Sent, "sms".to_owned(), 2)]);
        assert_eq!(attempts(&stage, &due).await, ["smtp accepted", "mailbox accepted"]);
    }

    async fn consent_what_stands_and_the_time_are_asked_anew(db: Db) {
        let post = Post::on(db).await;
        let refused = post.stage.person(|_| {});
        let refuses_sms = post.mail_to(refused).await;
        post.stage.peers.world().people.get_mut(&refused).unwrap().sms_refused = true;
        let cancelled = post.mail_to(post.stage.person(|_| {})).await;
        post.stage.peers.world().refused.insert(id(&cancelled), "cancelled".to_owned());
        for due in [&refuses_sms, &cancelled] {
            assert_eq!(post.returns(sample!("postfix-unknown"), due).await.1, "applied");
        }
        let told = ends(&post.stage, &refuses_sms, 2).await;
        assert_eq!(told[1], (Outcome::Failed, "refused".to_owned(), 1));
        let told = ends(&post.stage, &cancelled, 2).await;
        assert_eq!(told[1], (Outcome::Suppressed, "cancelled".to_owned(), 1));

        let late = post.mail_to(post.stage.person(|_| {})).await;
        post.stage.ground.ground.clock.advance(SignedDuration::from_hours(8 * 24));
        assert_eq!(post.returns(sample!("postfix-unknown"), &late).await.1, "applied");
        and_nothing_more(&post, &late, 1).await;
    }

    async fn what_somebody_may_have_is_not_told_by_another_channel(db: Db) {
        let post = Post::on(db).await;
        post.server.order(&[Order::CutAfterBody]);
        let person = post.stage.person(|_| {});
        let due = post.stage.due(person, |due| "at_most_once".clone_into(&mut due.on_unknown));
        post.stage.publish(vec![due.clone()]).await;
        assert_eq!(post.stage.settled(&due).await.reason, "unknown");
        assert_eq!(post.returns(sample!("postfix-full"), &due).await.1, "applied");
        and_nothing_more(&post, &due, 1).await;
    }

    async fn an_sms_that_did_not_arrive_goes_by_mail(db: Db) {
        let gateway = Gateway::start(kannel).await;
        let ground = platform::testing::TestGround::at("2026-11-18T09:00:00Z");
        let stage = Stage::on(ground, db, sms::settings(&gateway)).await;
        stage.service.run();
        let port = sms::callbacks(&stage).await;
        let person = stage.person(|_| {});
        let due = stage.due(person, |due| due.route = vec!["sms".to_owned(), "mail".to_owned()]);
        stage.publish(vec![due.clone()]).await;
        stage.settled(&due).await;
        let reference = sms::message(&stage, &due).await.reference;
        let receipt = format!(
            "GET /sms/kannel/{SECRET}/receipts/{reference}?kind=2&answer=stat:UNDELIV+err:000&at=1795744317 HTTP/1.1\r\n\
             Host: x\r\nConnection: close\r\n\r\n"
        );
        let both = futures::join!(call(port, &receipt), call(port, &receipt));
        assert_eq!(both, (200, 200));
        let told = ends(&stage, &due, 2).await;
        assert_eq!(told, [(Outcome::Sent, "sms".to_owned(), 1), (Outcome::Sent, "mail".to_owned(), 2)]);
        assert_eq!(sms::message(&stage, &due).await.state, "failed_permanent");
        let kept = stage.now().parts();
        let sent = stage.settlements(&due)[1].at;
        assert_eq!(sent, Some(Timestamp { seconds: kept.0, nanos: kept.1 }));
    }
}
