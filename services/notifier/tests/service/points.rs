//! The world changes while a batch stands at one of the stages of DESIGN.md 5.1.

use std::sync::Arc;

use contracts::notifier::v1::Outcome;
use jiff::SignedDuration;
use notifier::{Settings, probe::Stage as At};
use platform::testing::eventually;

use crate::{
    gate::Gate,
    granted::item,
    stage::{Stage, service},
};

/// Stops a delivery at `at`, lets the test change the world, then goes on.
async fn changed_at(
    at: At,
    change: impl AsyncFnOnce(&Stage, &contracts::scheduler::v1::DueDelivery),
) -> (Stage, contracts::scheduler::v1::DueDelivery) {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let due = stage.due(person, |_| {});
    stage.gate.stop_at(at);
    stage.publish(vec![due.clone()]).await;
    stage.gate.reached().await;
    change(&stage, &due).await;
    stage.gate.go_on();
    (stage, due)
}

fn id(due: &contracts::scheduler::v1::DueDelivery) -> uuid::Uuid {
    due.delivery_id.parse().unwrap()
}

fn person(due: &contracts::scheduler::v1::DueDelivery) -> uuid::Uuid {
    due.recipient_person_id.parse().unwrap()
}

#[tokio::test]
async fn cancelled_before_release_is_not_sent() {
    for at in [At::Claimed, At::Resolved] {
        let (stage, due) = changed_at(at, async |stage, due| {
            stage
                .peers
                .world()
                .refused
                .insert(id(due), "superseded".to_owned());
        })
        .await;
        let settlement = stage.settled(&due).await;
        assert_eq!(
            (settlement.outcome(), settlement.reason.as_str()),
            (Outcome::Suppressed, "superseded")
        );
        assert!(stage.messages().await.is_empty(), "at {at:?}");
    }
}

#[tokio::test]
async fn cancelled_after_release_is_told_as_it_was_released() {
    let (stage, due) = changed_at(At::Released, async |stage, due| {
        stage
            .peers
            .world()
            .refused
            .insert(id(due), "superseded".to_owned());
    })
    .await;
    assert_eq!(stage.settled(&due).await.outcome(), Outcome::Sent);
    assert_eq!(stage.peers.world().asks, [(id(&due), 1)]);
}

#[tokio::test]
async fn moved_before_release_is_told_with_the_new_time() {
    let (stage, due) = changed_at(At::Resolved, async |stage, due| {
        let mut moved = item(due, 2);
        if let Some(milestone) = &mut moved.milestone {
            milestone.starts_local = "2026-11-26T10:30:00".to_owned();
        }
        stage.peers.world().items.insert(id(due), vec![moved]);
    })
    .await;
    stage.settled(&due).await;
    let subject = stage.messages().await.remove(0).subject;
    assert!(subject.contains("jeudi 26 novembre 2026"), "{subject}");
}

#[tokio::test]
async fn opted_out_before_the_directory_is_asked_takes_the_other_channel_or_none() {
    let (stage, due) = changed_at(At::Claimed, async |stage, due| {
        let mut world = stage.peers.world();
        let known = world.people.get_mut(&person(due)).unwrap();
        (known.mail_refused, known.mail) = (true, String::new());
    })
    .await;
    assert_eq!(stage.settled(&due).await.channel, "sms");

    let (stage, due) = changed_at(At::Claimed, async |stage, due| {
        let mut world = stage.peers.world();
        let known = world.people.get_mut(&person(due)).unwrap();
        (known.mail_refused, known.sms_refused) = (true, true);
    })
    .await;
    let settlement = stage.settled(&due).await;
    assert_eq!(
        (settlement.outcome(), settlement.reason.as_str()),
        (Outcome::Suppressed, "opted_out")
    );
}

#[tokio::test]
async fn opted_out_while_the_answers_grow_stale_is_asked_again_and_obeyed() {
    for at in [At::Resolved, At::Released] {
        let (stage, due) = changed_at(at, async |stage, due| {
            {
                let mut world = stage.peers.world();
                let known = world.people.get_mut(&person(due)).unwrap();
                (known.mail_refused, known.sms_refused) = (true, true);
            }
            stage.ground.ground.clock.advance(SignedDuration::from_secs(6));
        })
        .await;
        // It waits a moment before it asks again.
        let settlement = eventually("the delivery settles", || async {
            stage.ground.ground.clock.advance(SignedDuration::from_secs(1));
            stage.settlement(&due)
        })
        .await;
        assert_eq!(
            (settlement.outcome(), settlement.reason.as_str()),
            (Outcome::Suppressed, "opted_out"),
            "at {at:?}"
        );
        assert!(stage.messages().await.is_empty());
    }
}

#[tokio::test]
async fn erased_before_the_intent_is_not_sent() {
    for at in [At::Claimed, At::Resolved, At::Released] {
        let (stage, due) = changed_at(at, async |stage, due| {
            stage.erase(person(due)).await;
            let settlement = stage.settled(due).await;
            assert_eq!(
                (settlement.outcome(), settlement.reason.as_str()),
                (Outcome::Suppressed, "erased")
            );
        })
        .await;
        eventually("the batch is over", || async {
            stage.messages().await.is_empty().then_some(())
        })
        .await;
        let delivery = stage.delivery(&due).await;
        assert_eq!(
            (delivery.state.as_str(), delivery.attempts.len()),
            ("suppressed", 0),
            "at {at:?}"
        );
    }
}

#[tokio::test]
async fn erased_after_the_intent_goes_out_and_is_forgotten() {
    let (stage, due) = changed_at(At::Intended, async |stage, due| {
        stage.erase(person(due)).await;
        eventually("the text is forgotten", || async {
            stage
                .messages()
                .await
                .iter()
                .all(|message| message.text.is_empty() && message.to.is_empty())
                .then_some(())
        })
        .await;
    })
    .await;
    assert_eq!(stage.settled(&due).await.outcome(), Outcome::Sent);
    let message = stage.messages().await.remove(0);
    assert_eq!(
        (message.to.as_str(), message.text.as_str(), message.state.as_str()),
        ("", "", "accepted")
    );
}

#[tokio::test]
async fn what_was_sent_to_a_person_is_forgotten_on_erasure_and_the_link_opens_nothing() {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let (sent, later) = (
        stage.due(person, |_| {}),
        stage.due(person, |due| {
            if let Some(at) = &mut due.due_at {
                at.seconds += 3_600;
            }
        }),
    );
    stage.publish(vec![sent.clone(), later.clone()]).await;
    stage.settled(&sent).await;
    stage.erase(person).await;
    assert_eq!(stage.settled(&later).await.reason, "erased");
    let message = stage.messages().await.remove(0);
    assert_eq!([message.to, message.subject, message.text], ["", "", ""]);
}

/// The hand-over of a process that dies at a stage; another process goes on with the same database.
async fn killed_at(at: At) -> (Stage, contracts::scheduler::v1::DueDelivery) {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let due = stage.due(person, |_| {});
    stage.gate.stop_at(at);
    stage.publish(vec![due.clone()]).await;
    stage.gate.reached().await;
    (stage.died().await, due)
}

#[tokio::test]
async fn killed_anywhere_it_is_sent_once_by_the_successor() {
    for at in [
        At::Claimed,
        At::Resolved,
        At::Released,
        At::Intended,
        At::Answered,
    ] {
        let (stage, due) = killed_at(at).await;
        let successor = stage.successor();
        successor
            .ground
            .ground
            .clock
            .advance(SignedDuration::from_secs(16));
        eventually("a lapsed lease is taken over", || async {
            // What the provider never got is tried again a little later.
            successor
                .ground
                .ground
                .clock
                .advance(SignedDuration::from_secs(2));
            successor.settlement(&due)
        })
        .await;
        let settlement = successor.settled(&due).await;
        assert_eq!(
            (settlement.outcome(), settlement.uncertain),
            (Outcome::Sent, false),
            "at {at:?}"
        );
        let delivery = successor.delivery(&due).await;
        let accepted = delivery
            .attempts
            .iter()
            .filter(|attempt| attempt.state == "accepted")
            .count();
        assert_eq!(accepted, 1, "at {at:?}: {:?}", delivery.attempts);
        let references: std::collections::BTreeSet<_> = delivery
            .attempts
            .iter()
            .map(|attempt| &attempt.reference)
            .collect();
        assert_eq!(
            references.len(),
            1,
            "the provider must know a copy by its reference"
        );
        assert_eq!(successor.messages().await.len(), 1);
    }
}

#[tokio::test]
async fn a_second_service_on_the_same_database_does_not_send_what_the_first_holds() {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let due = stage.due(person, |_| {});
    stage.gate.stop_at(At::Released);
    stage.publish(vec![due.clone()]).await;
    stage.gate.reached().await;
    let second = service(
        &stage.ground,
        &stage.db,
        &stage.peers,
        Settings::default(),
        Arc::new(Gate::default()),
    );
    second.run();
    let other = stage.due(person, |_| {});
    stage.publish(vec![other.clone()]).await;
    stage.settled(&other).await;
    assert!(stage.settlement(&due).is_none());
    stage.gate.go_on();
    stage.settled(&due).await;
    assert_eq!(stage.delivery(&due).await.attempts.len(), 1);
}

#[tokio::test]
async fn a_mailbox_of_both_channels_is_asked_for_each_after_a_crash() {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let dues = ["mail", "sms"].map(|channel| stage.due(person, |due| due.route = vec![channel.to_owned()]));
    stage.gate.stop_at(At::Answered);
    stage.publish(dues.to_vec()).await;
    stage.gate.reached().await;
    eventually("the mailbox has both", || async {
        (stage.count("SELECT COUNT(*) FROM mailbox").await == 2).then_some(())
    })
    .await;
    stage.ground.ground.tasks.drain(std::future::ready(())).await;

    let successor = stage.successor();
    for due in &dues {
        let settlement = eventually("the successor settles it", || async {
            let clock = &successor.ground.ground.clock;
            clock.advance(SignedDuration::from_secs(4));
            successor.settlement(due)
        })
        .await;
        assert_eq!(
            (settlement.outcome(), settlement.attempts),
            (Outcome::Sent, 1),
            "{}",
            due.route[0]
        );
    }
}
