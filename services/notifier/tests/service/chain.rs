use contracts::notifier::v1::{
    GetMessageRequest, OpenLinkRequest, Outcome, notifier_service_client::NotifierServiceClient,
};
use platform::auth::Actor;

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
