use std::{collections::BTreeSet, sync::Arc};

use contracts::{
    common::v1::PageRequest,
    notifier::v1::{
        GetDeliveryRequest, GetMessageRequest, GetStatusRequest, ListMessagesRequest, OpenLinkRequest,
        Outcome, notifier_service_client::NotifierServiceClient,
    },
};
use jiff::SignedDuration;
use notifier::Settings;
use platform::{
    auth::{Actor, Role, Scope},
    testing::{TestGround, eventually},
};
use uuid::Uuid;

use crate::stage::{Gate, Stage, built};

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
async fn a_link_opens_its_page_with_the_second_factor_only() {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let due = stage.due(person, |due| due.route = vec!["sms".to_owned()]);
    stage.publish(vec![due.clone()]).await;
    stage.settled(&due).await;
    let text = stage.messages().await.remove(0).text;
    let token = text.split("rdv.exemple.fr/r/").nth(1).unwrap().to_owned();

    let transport = stage
        .ground
        .transport(stage.service.routes(), Actor::service("console"));
    let console = NotifierServiceClient::new(transport);
    let open = async |token: &str, letters: &str| {
        let request = OpenLinkRequest {
            token: token.to_owned(),
            surname_letters: letters.to_owned(),
        };
        console
            .clone()
            .open_link(request)
            .await
            .map(tonic::Response::into_inner)
    };
    let stands = open(&token, "").await.unwrap();
    assert!(!stands.verified && stands.person_id.is_empty() && stands.subject.is_empty());
    assert!(!open(&token, "mar").await.unwrap().verified);
    let opened = open(&token, "dia").await.unwrap();
    assert_eq!((opened.verified, opened.person_id), (true, person.to_string()));
    assert_eq!(
        open("made-up", "dia").await.unwrap_err().code(),
        tonic::Code::NotFound
    );
    let staff = stage
        .client
        .clone()
        .open_link(OpenLinkRequest {
            token,
            surname_letters: "dia".to_owned(),
        })
        .await;
    assert_eq!(staff.unwrap_err().code(), tonic::Code::PermissionDenied);
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
async fn messages_are_shown_only_to_those_who_may_see_their_organisation() {
    let stage = Stage::new().await;
    stage.service.run();
    let person = stage.person(|_| {});
    let due = stage.due(person, |_| {});
    stage.publish(vec![due.clone()]).await;
    stage.settled(&due).await;
    let message_id = stage.messages().await.remove(0).message_id;
    let seen_by = async |organisation: u128| {
        let actor = Actor {
            subject: "staff".to_owned(),
            role: Role::Coordinator,
            scope: Scope::Organisations(BTreeSet::from([Uuid::from_u128(organisation)])),
        };
        let mut client = NotifierServiceClient::new(stage.ground.transport(stage.service.routes(), actor));
        let listed = client
            .list_messages(ListMessagesRequest::default())
            .await
            .unwrap()
            .into_inner()
            .messages
            .len();
        let opened = client
            .get_message(GetMessageRequest {
                message_id: message_id.clone(),
            })
            .await
            .is_ok();
        let followed = client
            .get_delivery(GetDeliveryRequest {
                delivery_id: due.delivery_id.clone(),
            })
            .await
            .is_ok();
        (listed, opened, followed)
    };
    assert_eq!(seen_by(1).await, (1, true, true));
    assert_eq!(seen_by(2).await, (0, false, false));
}

#[tokio::test]
async fn a_thousand_deliveries_go_out_once_each_and_pages_follow_each_other() {
    let stage = Stage::new().await;
    stage.service.run();
    let deliveries: Vec<_> = (0..1_000)
        .map(|_| stage.due(stage.person(|_| {}), |_| {}))
        .collect();
    for chunk in deliveries.chunks(200) {
        stage.publish(chunk.to_vec()).await;
    }
    for due in &deliveries {
        assert_eq!(stage.settled(due).await.attempts, 1);
    }
    let (mut token, mut seen) = (String::new(), BTreeSet::new());
    loop {
        let request = ListMessagesRequest {
            page: Some(PageRequest {
                size: 300,
                token: token.clone(),
            }),
            channel: "mail".to_owned(),
            ..ListMessagesRequest::default()
        };
        let reply = stage
            .client
            .clone()
            .list_messages(request)
            .await
            .unwrap()
            .into_inner();
        seen.extend(reply.messages.into_iter().map(|message| message.delivery_id));
        token = reply.page.unwrap().next_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len(), 1_000);
}

#[tokio::test]
async fn the_whole_way_works_on_postgresql_too() {
    let Some(db) = platform::testing::postgres(&notifier::MIGRATIONS).await else {
        return;
    };
    let stage = Stage::on(TestGround::at("2026-11-18T09:00:00Z"), db, Settings::default()).await;
    stage.service.run();
    let deliveries: Vec<_> = (0..50).map(|_| stage.due(stage.person(|_| {}), |_| {})).collect();
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

#[tokio::test]
async fn metrics_count_and_name_nobody() {
    let ground = TestGround::at("2026-11-18T09:00:00Z");
    let db = platform::testing::sqlite(&ground.folder, &notifier::MIGRATIONS).await;
    let stage = Stage::on(ground, db, Settings::default()).await;
    let platform = stage.ground.platform_on("notifier", stage.db.clone());
    let registry = platform.metrics.clone();
    let counted = built(
        &stage.ground,
        platform,
        &stage.peers,
        Settings::default(),
        Arc::new(Gate::default()),
    )
    .unwrap();
    counted.run();
    let person = stage.person(|_| {});
    let due = stage.due(person, |_| {});
    stage.publish(vec![due.clone()]).await;
    stage.settled(&due).await;
    let metrics = eventually("the attempt is counted", || async {
        let metrics = format!("{:?}", registry.gather());
        metrics
            .contains("jalon_notifier_attempts_total")
            .then_some(metrics)
    })
    .await;
    assert!(
        metrics.contains("accepted") && metrics.contains("mailbox"),
        "{metrics}"
    );
    for personal in [
        person.to_string(),
        "amina".to_owned(),
        "example.org".to_owned(),
        due.delivery_id,
    ] {
        assert!(
            !metrics.to_lowercase().contains(&personal),
            "{personal} is in {metrics}"
        );
    }
}
