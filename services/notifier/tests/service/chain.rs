use contracts::notifier::v1::{GetMessageRequest, GetStatusRequest, Outcome};
use jiff::SignedDuration;
use notifier::Settings;
use platform::testing::{TestGround, eventually};
use uuid::Uuid;

use crate::stage::Stage;

#[tokio::test]
async fn a_due_delivery_becomes_a_mail_in_the_mailbox_and_the_scheduler_hears_of_it_once() {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let due = stage.due(person, |_| {});
    stage.publish(vec![due.clone()]).await;

    let settlement = stage.settled(&due).await;
    assert_eq!(
        (settlement.outcome(), settlement.channel.as_str()),
        (Outcome::Sent, "mail")
    );
    assert_eq!((settlement.attempts, settlement.uncertain), (1, false));
    let messages = stage.messages().await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].state, "accepted");
    assert_eq!(
        messages[0].subject,
        "Bientôt\u{a0}: rencontres employeurs du mercredi 25 novembre 2026"
    );
    assert!(
        messages[0]
            .text
            .contains("- 14\u{a0}h, table 12\u{a0}: Ateliers du Rhône"),
        "{}",
        messages[0].text
    );
    let request = GetMessageRequest {
        message_id: messages[0].message_id.clone(),
    };
    let whole = stage
        .client
        .clone()
        .get_message(request)
        .await
        .unwrap()
        .into_inner()
        .message
        .unwrap();
    assert!(whole.calendar.contains("METHOD:REQUEST"), "{}", whole.calendar);
    assert!(whole.html.contains("Ateliers du Rhône"));
    let delivery = stage.delivery(&due).await;
    assert_eq!((delivery.state.as_str(), delivery.attempts.len()), ("sent", 1));
    assert_eq!(delivery.attempts[0].reference.len(), 20);
}

#[tokio::test]
async fn a_peer_that_is_away_means_waiting_and_nothing_is_sent_meanwhile() {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let due = stage.due(person, |_| {});
    for which in ["directory", "scheduler"] {
        {
            let mut world = stage.peers.world();
            (world.directory_away, world.scheduler_away) = (which == "directory", which == "scheduler");
        }
        stage.publish(vec![due.clone()]).await;
        eventually("it waits for the peer", || async {
            stage.ground.ground.clock.advance(SignedDuration::from_secs(1));
            let mut tx = stage.db.read().await.unwrap();
            let row: Option<(i64,)> = tx
                .query("SELECT setbacks FROM deliveries WHERE state = 'waiting' AND setbacks > 1")
                .fetch_optional()
                .await
                .unwrap();
            row
        })
        .await;
    }
    assert!(stage.messages().await.is_empty());
    stage.peers.world().scheduler_away = false;
    eventually("it goes out when the peer is back", || async {
        stage.ground.ground.clock.advance(SignedDuration::from_secs(5));
        stage.settlement(&due)
    })
    .await;
    assert_eq!(stage.delivery(&due).await.attempts.len(), 1);
}

#[tokio::test]
async fn outside_the_window_it_waits_until_the_instant_that_the_scheduler_names() {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let due = stage.due(person, |_| {});
    let later = stage.now().plus(SignedDuration::from_hours(3));
    stage
        .peers
        .world()
        .deferred
        .insert(due.delivery_id.parse().unwrap(), later);
    stage.publish(vec![due.clone()]).await;
    eventually("it waits", || async {
        let status = stage
            .client
            .clone()
            .get_status(GetStatusRequest {})
            .await
            .unwrap()
            .into_inner();
        (status.waiting == 1).then_some(())
    })
    .await;
    let status = stage
        .client
        .clone()
        .get_status(GetStatusRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(status.next_at.map(|at| at.seconds), Some(later.parts().0));
    stage.peers.world().deferred.clear();
    stage.ground.ground.clock.advance(SignedDuration::from_hours(3));
    assert_eq!(stage.settled(&due).await.outcome(), Outcome::Sent);
    assert_eq!(
        stage
            .peers
            .world()
            .asks
            .iter()
            .map(|(_, attempt)| *attempt)
            .collect::<Vec<_>>(),
        [1, 1]
    );
}

#[tokio::test]
async fn a_person_is_reached_by_what_they_have_and_every_other_end_has_its_reason() {
    let stage = Stage::new().await;
    stage.service.run();
    let no_mail = stage.person(|person| person.mail.clear());
    let nothing = stage.person(|person| {
        person.mail.clear();
        person.mobile.clear();
    });
    let english = stage.person(|person| person.language = "en".to_owned());
    let stranger = stage.id();
    let deliveries: Vec<_> = [no_mail, nothing, english, stranger]
        .into_iter()
        .map(|person| stage.due(person, |_| {}))
        .collect();
    stage.publish(deliveries.clone()).await;
    let mut ends = Vec::new();
    for due in &deliveries {
        let end = stage.settled(due).await;
        ends.push((end.outcome(), end.channel, end.reason));
    }
    let end = |outcome, channel: &str, reason: &str| (outcome, channel.to_owned(), reason.to_owned());
    assert_eq!(
        ends,
        [
            end(Outcome::Sent, "sms", ""),
            end(Outcome::Suppressed, "", "no_channel"),
            end(Outcome::Sent, "mail", ""),
            end(Outcome::Suppressed, "", "unknown_person"),
        ]
    );
    let messages = stage.messages().await;
    let of = |person: uuid::Uuid| {
        messages
            .iter()
            .find(|message| message.person_id == person.to_string())
            .unwrap()
    };
    assert_eq!(
        (of(no_mail).segments, of(no_mail).to.as_str()),
        (1, "+33639980101")
    );
    assert!(of(english).text.starts_with("Hello Amina,"));
}

#[tokio::test]
async fn the_whole_way_works_on_postgresql_too() {
    let Some(db) = platform::testing::postgres(&notifier::MIGRATIONS).await else {
        return;
    };
    let stage = Stage::on(TestGround::at("2026-11-18T09:00:00Z"), db, Settings::default()).await;
    stage.service.run();
    let mut deliveries: Vec<_> = (0..50).map(|_| stage.due(stage.person(|_| {}), |_| {})).collect();
    // One name that the database refuses must not hold up the others.
    let odd = stage.person(|person| person.given_name = "Zo\0é".to_owned());
    deliveries.push(stage.due(odd, |_| {}));
    stage.publish(deliveries.clone()).await;
    for due in &deliveries {
        assert_eq!(stage.settled(due).await.outcome(), Outcome::Sent);
    }
    let erased: Uuid = deliveries[0].recipient_person_id.parse().unwrap();
    stage.erase(erased).await;
    eventually("the text is forgotten", || async {
        let messages = stage.messages().await;
        messages
            .iter()
            .any(|message| message.person_id == erased.to_string() && message.text.is_empty())
            .then_some(())
    })
    .await;
}
