//! Brevo as it is documented: a key, ids of 64 bits, receipts by POST to an address that came with the message.

use contracts::notifier::v1::Outcome;
use notifier::{BrevoSettings, Settings};
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Order, Request},
    sms::{SECRET, call, callbacks, message, secret, sent, settings as of_kannel, sms_only},
    stage::Stage,
};

/// What Brevo answers when all is well.
fn brevo(request: &Request, taken: &[Request]) -> (u16, String) {
    if request.headers.get("api-key").map(String::as_str) != Some("xkeysib-1") {
        return (
            401,
            r#"{"code":"unauthorized","message":"Key not found"}"#.to_owned(),
        );
    }
    if let Some((_, rest)) = request.path.split_once("/events?tags=") {
        let tag = rest.split('&').next().unwrap();
        let events = taken.iter().filter(|one| posted(one)["tag"] == tag);
        let events: Vec<Value> = events.map(|_| json!({"event": "sent", "tag": tag})).collect();
        return (200, json!({ "events": events }).to_string());
    }
    (201, r#"{"messageId":1511882900176220}"#.to_owned())
}

fn posted(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap()
}

fn settings(gateway: &Gateway) -> Settings {
    let mut settings = of_kannel(gateway);
    settings.sms.kannel = None;
    settings.sms.brevo = Some(BrevoSettings {
        url: format!("http://127.0.0.1:{}", gateway.port),
        api_key: secret("xkeysib-1"),
        per_second: 0,
        ..BrevoSettings::default()
    });
    settings
}

async fn stage() -> (Stage, Gateway) {
    let gateway = Gateway::start(brevo).await;
    let stage = Stage::with(settings(&gateway)).await;
    stage.service.run();
    (stage, gateway)
}

async fn receipt(port: u16, reference: &str, status: &str) -> u16 {
    let body = json!({
        "id": 1_234, "to": "33639980101", "sms_count": 1, "credits_used": 4.5, "messageId": 1_511_882_900_176_220_i64,
        "remaining_credit": 83, "msg_status": status, "date": "2026-11-18 10:00:00", "type": "transactional",
        "reference": {"1": "ab1cde2fgh3ij4klmno5"},
    })
    .to_string();
    let request = format!(
        "POST /sms/brevo/{SECRET}/receipts/{reference} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    call(port, &request).await
}

#[tokio::test]
async fn a_message_brings_along_where_its_receipts_go() {
    let (stage, gateway) = stage().await;
    let port = callbacks(&stage).await;
    let due = sms_only(&stage);
    let (outcome, _, uncertain, ends) = sent(&stage, &due).await;
    assert_eq!((outcome, uncertain), (Outcome::Sent, false));
    assert_eq!(ends, ["brevo accepted"]);
    let written = message(&stage, &due).await;
    assert_eq!(
        posted(&gateway.taken()[0]),
        json!({
            "sender": "MLELyon", "recipient": "33639980101", "content": written.text, "type": "transactional",
            "tag": written.reference, "unicodeEnabled": false,
            "webUrl": format!("http://127.0.0.1:7780/sms/brevo/{SECRET}/receipts/{}", written.reference),
        })
    );
    for (status, state) in [
        ("accepted", "accepted"),
        ("soft_bounce", "failed_temporary"),
        ("sent", "failed_temporary"),
        ("delivered", "delivered"),
        ("hard_bounce", "delivered"),
    ] {
        assert_eq!(receipt(port, &written.reference, status).await, 200);
        assert_eq!(message(&stage, &due).await.state, state, "after {status}");
    }
    assert_eq!(receipt(port, "ABCDEFGHIJKLMNOPQRST", "delivered").await, 404);
}

#[tokio::test]
async fn whoever_unsubscribes_there_gets_no_more_sms_here() {
    let (stage, gateway) = stage().await;
    let port = callbacks(&stage).await;
    let person = stage.person(|person| person.mail.clear());
    let to_person = || stage.due(person, |due| due.route = vec!["sms".to_owned()]);
    let due = to_person();
    sent(&stage, &due).await;
    let reference = message(&stage, &due).await.reference;
    assert_eq!(receipt(port, &reference, "unsubscribe").await, 200);
    let (outcome, reason, _, _) = sent(&stage, &to_person()).await;
    assert_eq!((outcome, reason.as_str()), (Outcome::Suppressed, "opted_out"));
    assert_eq!(gateway.taken().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_by_its_tag() {
    let (stage, gateway) = stage().await;
    gateway.order(&[Order::CutAfterTaking]);
    let (outcome, _, uncertain, ends) = sent(&stage, &sms_only(&stage)).await;
    assert_eq!((outcome, uncertain), (Outcome::Sent, false));
    assert_eq!(ends, ["brevo accepted"]);
    assert_eq!(gateway.taken().len(), 1);
}

#[tokio::test]
async fn a_limit_is_kept_for_as_long_as_it_says() {
    let (stage, gateway) = stage().await;
    gateway.order(&[Order::Throttle(30)]);
    let (outcome, _, _, ends) = sent(&stage, &sms_only(&stage)).await;
    assert_eq!(outcome, Outcome::Sent);
    assert_eq!(ends, ["brevo refused_temporary", "brevo accepted"]);
}
