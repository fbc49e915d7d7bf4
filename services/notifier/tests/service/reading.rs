//! What staff, probes and the console can read, and who may.

use std::{collections::BTreeSet, sync::Arc};

use contracts::{
    common::v1::PageRequest,
    notifier::v1::{
        GetDeliveryRequest, GetMessageRequest, ListMessagesRequest, OpenLinkRequest,
        notifier_service_client::NotifierServiceClient,
    },
};
use notifier::Settings;
use platform::{
    auth::{Actor, Role, Scope},
    testing::{TestGround, eventually},
};
use uuid::Uuid;

use crate::{
    gate::Gate,
    stage::{Stage, built},
};

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
