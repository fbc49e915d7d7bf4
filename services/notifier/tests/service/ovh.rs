//! OVHcloud as it is documented: signed requests on its own clock, refusals in successes, a look-up by tag, receipts
//! that know only its own ids.

use std::fmt::Write as _;

use contracts::notifier::v1::Outcome;
use notifier::{OvhSettings, Settings, probe::Stage as At};
use platform::testing::eventually;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use crate::{
    gateway::{Gateway, Order, Request},
    sms::{SECRET, attempts, call, callbacks, message, secret, sent, settings as of_kannel, sms_only},
    stage::Stage,
};

/// Its clock is ten hours ahead of the stage's.
const ITS_TIME: i64 = 1_763_456_400 + 31_536_000 + 36_000;
const KEYS: [&str; 3] = [
    "7kbG7Bk7S9Nt7ZSV",
    "EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF",
    "MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1",
];

/// What OVHcloud answers when all is well.
pub(crate) fn ovh(request: &Request, taken: &[Request]) -> (u16, String) {
    if request.path == "/1.0/auth/time" {
        return (200, ITS_TIME.to_string());
    }
    if !is_signed(request) {
        return (
            403,
            r#"{"errorCode":"INVALID_CREDENTIAL","message":"Invalid signature"}"#.to_owned(),
        );
    }
    if let Some((_, tag)) = request.path.split_once("/outgoing?tag=") {
        let found = taken.iter().map(tag_of).filter(|known| known == tag);
        return (
            200,
            json!(found.map(|tag| id(&tag)).collect::<Vec<_>>()).to_string(),
        );
    }
    let job: Value = serde_json::from_str(&request.body).unwrap();
    let to = job["receivers"][0].as_str().unwrap();
    let refused = to == "+33600000000";
    let (valid, invalid): (&[&str], &[&str]) = if refused { (&[], &[to]) } else { (&[to], &[]) };
    let ids = if refused {
        vec![]
    } else {
        vec![id(&tag_of(request))]
    };
    let report = json!({
        "ids": ids, "validReceivers": valid, "invalidReceivers": invalid, "totalCreditsRemoved": 1,
    });
    (200, report.to_string())
}

fn is_signed(request: &Request) -> bool {
    let header = |name: &str| request.headers.get(name).map_or("", String::as_str);
    let timestamp = header("x-ovh-timestamp");
    let url = format!("http://{}{}", header("host"), request.path);
    let signed = [KEYS[1], KEYS[2], &request.method, &url, &request.body, timestamp].join("+");
    let mut expected = String::from("$1$");
    for byte in Sha1::digest(signed.as_bytes()) {
        write!(expected, "{byte:02x}").unwrap();
    }
    let drift = timestamp
        .parse::<i64>()
        .map_or(i64::MAX, |time| (time - ITS_TIME).abs());
    header("x-ovh-application") == KEYS[0]
        && header("x-ovh-consumer") == KEYS[2]
        && header("x-ovh-signature") == expected
        // The stage's time goes by leaps.
        && drift < 7_200
}

fn tag_of(request: &Request) -> String {
    let job: Value = serde_json::from_str(&request.body).unwrap();
    job["tag"].as_str().unwrap().to_owned()
}

pub(crate) fn id(tag: &str) -> i64 {
    tag.bytes()
        .fold(7_i64, |id, byte| (id * 31 + i64::from(byte)) % 1_000_000_007)
}

pub(crate) fn of_ovh(gateway: &Gateway) -> OvhSettings {
    OvhSettings {
        url: format!("http://127.0.0.1:{}/1.0", gateway.port),
        service: "sms-ab12345-1".to_owned(),
        application_key: KEYS[0].to_owned(),
        application_secret: secret(KEYS[1]),
        consumer_key: secret(KEYS[2]),
        per_second: 0,
        ..OvhSettings::default()
    }
}

fn settings(gateway: &Gateway) -> Settings {
    let mut settings = of_kannel(gateway);
    settings.sms.kannel = None;
    settings.sms.ovh = Some(of_ovh(gateway));
    settings
}

async fn stage() -> (Stage, Gateway) {
    let gateway = Gateway::start(ovh).await;
    let stage = Stage::with(settings(&gateway)).await;
    stage.service.run();
    (stage, gateway)
}

async fn receipt(port: u16, query: &str) -> u16 {
    let path = format!("/sms/ovh/{SECRET}/receipts?{query}");
    call(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    )
    .await
}

#[tokio::test]
async fn a_signed_message_is_taken_and_its_receipt_is_found_by_the_providers_id() {
    let (stage, gateway) = stage().await;
    let port = callbacks(&stage).await;
    let due = sms_only(&stage);
    let (outcome, _, uncertain, ends) = sent(&stage, &due).await;
    assert_eq!((outcome, uncertain), (Outcome::Sent, false));
    assert_eq!(ends, ["ovh accepted"]);
    let written = message(&stage, &due).await;
    let job: Value = serde_json::from_str(&gateway.taken()[0].body).unwrap();
    assert_eq!(job["message"], written.text);
    assert_eq!(job["tag"], written.reference);
    assert_eq!(job["noStopClause"], true);
    assert_eq!(job["senderForResponse"], false);
    assert_eq!(
        receipt(port, "id=1&ptt=4&date=x&description=1&descriptionDlr=DELIVRD").await,
        404
    );
    let of = format!("id={}", id(&written.reference));
    assert_eq!(
        receipt(port, &format!("{of}&ptt=2&date=x&description=0")).await,
        200
    );
    assert_eq!(message(&stage, &due).await.state, "accepted");
    assert_eq!(
        receipt(port, &format!("{of}&ptt=4&date=x&description=1")).await,
        200
    );
    assert_eq!(message(&stage, &due).await.state, "delivered");
}

#[tokio::test]
async fn a_receipt_that_comes_before_our_own_record_waits_for_it() {
    let (stage, _gateway) = stage().await;
    let port = callbacks(&stage).await;
    stage.gate.stop_at(At::Answered);
    let due = sms_only(&stage);
    stage.publish(vec![due.clone()]).await;
    stage.gate.reached().await;
    let of = id(&message(&stage, &due).await.reference);
    let early = format!("id={of}&ptt=4&date=x&description=1");
    let (status, ()) = futures::join!(receipt(port, &early), async { stage.gate.go_on() });
    // It waits for two seconds; a gateway that is refused comes again.
    assert!([200, 404].contains(&status), "{status}");
    if status != 200 {
        eventually("the record is there", async || {
            (receipt(port, &early).await == 200).then_some(())
        })
        .await;
    }
    assert_eq!(message(&stage, &due).await.state, "delivered");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_nothing_is_sent_twice() {
    for order in [Order::CutAfterTaking, Order::TakenBut(504, "")] {
        let (stage, gateway) = stage().await;
        gateway.order(&[order]);
        let (outcome, _, uncertain, ends) = sent(&stage, &sms_only(&stage)).await;
        assert_eq!((outcome, uncertain), (Outcome::Sent, false), "{order:?}");
        assert_eq!(ends, ["ovh accepted"]);
        assert_eq!(gateway.taken().len(), 1);
    }
}

#[tokio::test]
async fn what_a_look_up_does_not_find_is_no_proof_and_the_policy_decides() {
    let (stage, gateway) = stage().await;
    gateway.forget();
    gateway.order(&[Order::CutAfterTaking]);
    let (outcome, _, uncertain, ends) = sent(&stage, &sms_only(&stage)).await;
    assert_eq!((outcome, uncertain), (Outcome::Sent, true));
    assert_eq!(ends, ["ovh unknown", "ovh accepted"]);
    gateway.order(&[Order::CutAfterTaking]);
    let person = stage.person(|person| person.mail.clear());
    let due = stage.due(person, |due| {
        due.route = vec!["sms".to_owned()];
        "at_most_once".clone_into(&mut due.on_unknown);
    });
    let (outcome, reason, uncertain, _) = sent(&stage, &due).await;
    assert_eq!(
        (outcome, reason.as_str(), uncertain),
        (Outcome::Failed, "unknown", true)
    );
    assert_eq!(attempts(&stage, &due).await, ["ovh unknown"]);
}

#[tokio::test]
async fn a_receiver_that_is_refused_within_a_success_gets_nothing_more() {
    let (stage, gateway) = stage().await;
    let person = stage.person(|person| {
        person.mail.clear();
        "+33600000000".clone_into(&mut person.mobile);
    });
    let to_person = || stage.due(person, |due| due.route = vec!["sms".to_owned()]);
    let (outcome, reason, _, ends) = sent(&stage, &to_person()).await;
    assert_eq!((outcome, reason.as_str()), (Outcome::Failed, "refused"));
    assert_eq!(ends, ["ovh refused_permanent"]);
    let asked = gateway.asked().len();
    let (_, reason, _, _) = sent(&stage, &to_person()).await;
    assert_eq!(reason, "address_refused");
    assert_eq!(gateway.asked().len(), asked);
}
