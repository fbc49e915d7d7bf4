//! SMS through gateways that do what they are told: every answer, every cut, and the receipts that follow.

use contracts::{
    notifier::v1::{Message, Outcome},
    scheduler::v1::DueDelivery,
};
use notifier::{CallbackSettings, KannelSettings, Service, Settings};
use platform::{config::Secret, testing::eventually};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{
    gateway::{Gateway, Order, Request},
    stage::{Stage, try_service},
};

pub(crate) const SECRET: &str = "A1b2C3d4E5f6G7h8I9j0";

/// What Kannel answers when all is well.
pub(crate) fn kannel(request: &Request, _taken: &[Request]) -> (u16, String) {
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    if header("x-kannel-username") != Some("jalon") || header("x-kannel-password") != Some("geheim") {
        return (403, "Authorization failed for sendsms".to_owned());
    }
    (202, "0: Accepted for delivery".to_owned())
}

pub(crate) fn settings(gateway: &Gateway) -> Settings {
    let mut settings = Settings {
        public_url: "https://rdv.exemple.fr".to_owned(),
        ..Settings::default()
    };
    "MLELyon".clone_into(&mut settings.sms.sender);
    settings.sms.callback = Some(CallbackSettings {
        url: "http://127.0.0.1:7780".to_owned(),
        secret: Secret::new(SECRET),
        secret_file: None,
    });
    settings.sms.kannel = Some(KannelSettings {
        url: format!("http://127.0.0.1:{}/cgi-bin/sendsms", gateway.port),
        user: "jalon".to_owned(),
        password: Secret::new("geheim"),
        per_second: 0,
        ..KannelSettings::default()
    });
    settings
}

async fn stage() -> (Stage, Gateway) {
    let gateway = Gateway::start(kannel).await;
    let stage = Stage::with(settings(&gateway)).await;
    stage.service.run();
    (stage, gateway)
}

pub(crate) fn sms_only(stage: &Stage) -> DueDelivery {
    let person = stage.person(|person| person.mail.clear());
    stage.due(person, |due| due.route = vec!["sms".to_owned()])
}

/// Advances until the delivery is settled; how, whether uncertain, and how each attempt ended.
pub(crate) async fn ended(stage: &Stage, due: &DueDelivery) -> (Outcome, String, bool, Vec<String>) {
    let settlement = eventually("the delivery settles", || async {
        stage.pass().await;
        stage.settlement(due)
    })
    .await;
    let how = match settlement.outcome() {
        Outcome::Sent => settlement.channel.clone(),
        _ => settlement.reason.clone(),
    };
    (
        settlement.outcome(),
        how,
        settlement.uncertain,
        attempts(stage, due).await,
    )
}

pub(crate) async fn attempts(stage: &Stage, due: &DueDelivery) -> Vec<String> {
    let attempts = stage.delivery(due).await.attempts;
    attempts
        .into_iter()
        .map(|one| format!("{} {}", one.provider, one.state))
        .collect()
}

pub(crate) async fn sent(stage: &Stage, due: &DueDelivery) -> (Outcome, String, bool, Vec<String>) {
    stage.publish(vec![due.clone()]).await;
    ended(stage, due).await
}

pub(crate) async fn message(stage: &Stage, due: &DueDelivery) -> Message {
    let messages = stage.messages().await;
    messages
        .into_iter()
        .find(|message| message.delivery_id == due.delivery_id && message.channel == "sms")
        .unwrap()
}

/// Waits until the first attempt has ended as unknown.
pub(crate) async fn unknown(stage: &Stage, due: &DueDelivery) {
    eventually("the attempt is unknown", || async {
        let messages = stage.messages().await;
        let of = |message: &&Message| message.delivery_id == due.delivery_id && message.state == "unknown";
        messages.iter().find(of).map(|_| ())
    })
    .await;
}

/// Serves the call-backs as a process does; where.
pub(crate) async fn callbacks(stage: &Stage) -> u16 {
    callbacks_of(stage, &stage.service).await
}

/// The same for another replica.
pub(crate) async fn callbacks_of(stage: &Stage, service: &Service) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (router, tasks) = (service.callbacks(), stage.ground.ground.tasks.clone());
    stage.ground.ground.tasks.spawn("callbacks", async move {
        platform::http::serve(listener, router, &tasks).await.unwrap();
    });
    port
}

/// Calls as a gateway does; the status.
pub(crate) async fn call(port: u16, request: &str) -> u16 {
    answer(port, request).await.0
}

/// Calls as a gateway does; status and body.
pub(crate) async fn answer(port: u16, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, body.to_owned())
}

/// A key the test's gateways know.
pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text)
}

async fn receipt(port: u16, secret: &str, reference: &str, query: &str) -> u16 {
    let path = format!("/sms/kannel/{secret}/receipts/{reference}?{query}");
    call(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    )
    .await
}

#[tokio::test]
async fn an_sms_goes_out_with_the_account_in_headers_and_our_reference_in_the_call_back() {
    let (stage, gateway) = stage().await;
    let due = sms_only(&stage);
    let (outcome, channel, uncertain, ends) = sent(&stage, &due).await;
    assert_eq!(
        (outcome, channel.as_str(), uncertain),
        (Outcome::Sent, "sms", false)
    );
    assert_eq!(ends, ["kannel accepted"]);
    let message = message(&stage, &due).await;
    assert_eq!(
        (message.state.as_str(), message.provider.as_str()),
        ("accepted", "kannel")
    );
    let request = gateway.taken().remove(0);
    assert_eq!(request.path, "/cgi-bin/sendsms", "no secret in an address");
    assert_eq!(request.body, message.text);
    assert_eq!(request.headers["x-kannel-from"], "MLELyon");
    assert_eq!(request.headers["x-kannel-to"], message.to);
    assert_eq!(request.headers["x-kannel-coding"], "0");
    assert_eq!(request.headers["x-kannel-dlr-mask"], "27");
    assert_eq!(
        request.headers["x-kannel-dlr-url"],
        format!(
            "http://127.0.0.1:7780/sms/kannel/{SECRET}/receipts/{}?kind=%d&answer=%A&at=%T",
            message.reference
        )
    );
}

#[tokio::test]
async fn what_the_gateway_refuses_for_now_is_sent_later_and_once() {
    let (stage, gateway) = stage().await;
    for order in [
        Order::Refuse(503, "Temporal failure, try again later."),
        Order::Refuse(500, "Sending failed."),
        Order::Refuse(403, "Authorization failed for sendsms"),
        Order::Throttle(3),
    ] {
        gateway.order(&[order]);
        let (outcome, _, uncertain, ends) = sent(&stage, &sms_only(&stage)).await;
        assert_eq!((outcome, uncertain), (Outcome::Sent, false), "{order:?}");
        assert_eq!(ends, ["kannel refused_temporary", "kannel accepted"], "{order:?}");
    }
    assert_eq!(gateway.taken().len(), 4, "none was sent twice");
}

#[tokio::test]
async fn what_the_gateway_refuses_for_good_takes_the_next_channel() {
    let (stage, gateway) = stage().await;
    for order in [
        Order::Refuse(
            400,
            "Number(s) has/have been denied by white- and/or black-lists.",
        ),
        Order::Refuse(403, "Not routable. Do not try again."),
    ] {
        gateway.order(&[order]);
        let due = stage.due(stage.person(|_| {}), |due| {
            due.route = vec!["sms".to_owned(), "mail".to_owned()];
        });
        let (outcome, channel, _, ends) = sent(&stage, &due).await;
        assert_eq!((outcome, channel.as_str()), (Outcome::Sent, "mail"), "{order:?}");
        assert_eq!(ends, ["kannel refused_permanent", "mailbox accepted"]);
        gateway.order(&[order]);
        let (outcome, reason, _, _) = sent(&stage, &sms_only(&stage)).await;
        assert_eq!((outcome, reason.as_str()), (Outcome::Failed, "refused"));
    }
    assert!(gateway.taken().is_empty());
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_the_end_unknown_and_the_policy_decides() {
    for order in [
        Order::CutAfterTaking,
        Order::CutWithoutTaking,
        Order::CutWithinAnswer,
        Order::TakenBut(502, ""),
        Order::TakenBut(200, "<html>?</html>"),
    ] {
        let (stage, gateway) = stage().await;
        gateway.order(&[order]);
        let (outcome, _, uncertain, ends) = sent(&stage, &sms_only(&stage)).await;
        assert_eq!((outcome, uncertain), (Outcome::Sent, true), "{order:?}");
        assert_eq!(ends, ["kannel unknown", "kannel accepted"], "{order:?}");
        let reference = |number: usize| gateway.asked()[number].headers["x-kannel-dlr-url"].clone();
        assert_eq!(gateway.asked().len(), 2);
        assert_eq!(reference(0), reference(1), "the copy has the same reference");

        gateway.order(&[order]);
        let due = {
            let person = stage.person(|person| person.mail.clear());
            stage.due(person, |due| {
                due.route = vec!["sms".to_owned()];
                "at_most_once".clone_into(&mut due.on_unknown);
            })
        };
        let (outcome, reason, uncertain, ends) = sent(&stage, &due).await;
        assert_eq!(
            (outcome, reason.as_str(), uncertain),
            (Outcome::Failed, "unknown", true)
        );
        assert_eq!(ends, ["kannel unknown"], "{order:?}");
    }
}

#[tokio::test]
async fn a_receipt_settles_what_nobody_knew() {
    let (stage, gateway) = stage().await;
    let port = callbacks(&stage).await;
    gateway.order(&[Order::CutAfterTaking]);
    let due = sms_only(&stage);
    stage.publish(vec![due.clone()]).await;
    unknown(&stage, &due).await;
    let reference = message(&stage, &due).await.reference;
    assert_eq!(
        receipt(port, SECRET, &reference, "kind=8&answer=ACK%2F&at=1795744317").await,
        200
    );
    let settlement = stage.settled(&due).await;
    assert_eq!(
        (settlement.outcome(), settlement.uncertain),
        (Outcome::Sent, false)
    );
    assert_eq!(attempts(&stage, &due).await, ["kannel accepted"]);
    assert_eq!(message(&stage, &due).await.state, "accepted");
    assert_eq!(gateway.taken().len(), 1, "nothing was sent again");
}

#[tokio::test]
async fn receipts_come_twice_late_out_of_order_and_from_strangers() {
    let (stage, _gateway) = stage().await;
    let port = callbacks(&stage).await;
    let due = sms_only(&stage);
    sent(&stage, &due).await;
    let reference = message(&stage, &due).await.reference;
    let state = async || message(&stage, &due).await.state;
    let tell = async |query: &str| receipt(port, SECRET, &reference, query).await;

    let wrong = receipt(
        port,
        "A1b2C3d4E5f6G7h8I9j1",
        &reference,
        "kind=1&answer=&at=1795744317",
    )
    .await;
    assert_eq!(wrong, 404, "whoever does not know the secret is told nothing");
    assert_eq!(
        receipt(port, SECRET, "ABCDEFGHIJKLMNOPQRST", "kind=1&answer=&at=1").await,
        404
    );
    assert_eq!(state().await, "accepted");
    // A code that no table has changes nothing.
    assert_eq!(
        tell("kind=2&answer=stat:NEWWORD+err:000&at=1795744316").await,
        200
    );
    assert_eq!(state().await, "accepted");
    assert_eq!(
        tell("kind=2&answer=stat:EXPIRED+err:012+text:Amina&at=1795744320").await,
        200
    );
    assert_eq!(state().await, "failed_temporary");
    assert_eq!(message(&stage, &due).await.receipt, "EXPIRED 012");
    // Older than the last one.
    assert_eq!(
        tell("kind=2&answer=stat:UNKNOWN+err:000&at=1795744310").await,
        200
    );
    assert_eq!(tell("kind=8&answer=ACK%2F&at=1795744330").await, 200);
    assert_eq!(state().await, "failed_temporary");
    for _ in 0..2 {
        assert_eq!(
            tell("kind=1&answer=stat:DELIVRD+err:000&at=1795744340").await,
            200
        );
        assert_eq!(state().await, "delivered");
    }
    assert_eq!(
        tell("kind=2&answer=stat:UNDELIV+err:000&at=1795744350").await,
        200
    );
    assert_eq!(state().await, "delivered", "an end stays");
}

#[tokio::test]
async fn a_receipt_may_be_quicker_than_our_own_record_of_the_answer() {
    let (stage, _gateway) = stage().await;
    let port = callbacks(&stage).await;
    stage.gate.stop_at(notifier::probe::Stage::Answered);
    let due = sms_only(&stage);
    stage.publish(vec![due.clone()]).await;
    stage.gate.reached().await;
    let reference = message(&stage, &due).await.reference;
    assert_eq!(
        receipt(port, SECRET, &reference, "kind=1&answer=&at=1795744317").await,
        200
    );
    stage.gate.go_on();
    assert_eq!(stage.settled(&due).await.outcome(), Outcome::Sent);
    assert_eq!(message(&stage, &due).await.state, "delivered");
}

#[tokio::test]
async fn a_number_that_does_not_exist_gets_nothing_more_until_a_person_lifts_that() {
    let (stage, gateway) = stage().await;
    let port = callbacks(&stage).await;
    let person = stage.person(|person| person.mail.clear());
    let to_person = |stage: &Stage| stage.due(person, |due| due.route = vec!["sms".to_owned()]);
    let due = to_person(&stage);
    sent(&stage, &due).await;
    let reference = message(&stage, &due).await.reference;
    let nack = "kind=16&answer=NACK%2F0x0000000b%2FInvalid+Destination+Address&at=1795744317";
    assert_eq!(receipt(port, SECRET, &reference, nack).await, 200);
    assert_eq!(message(&stage, &due).await.state, "failed_permanent");
    let (outcome, reason, _, ends) = sent(&stage, &to_person(&stage)).await;
    assert_eq!(
        (outcome, reason.as_str()),
        (Outcome::Suppressed, "address_refused")
    );
    assert!(ends.is_empty());
    assert_eq!(gateway.taken().len(), 1);
}

#[tokio::test]
async fn what_cannot_work_is_said_at_the_start() {
    let gateway = Gateway::start(kannel).await;
    let stage = Stage::with(settings(&gateway)).await;
    let refused = |change: &dyn Fn(&mut Settings)| {
        let mut settings = settings(&gateway);
        change(&mut settings);
        try_service(&stage, settings).err().unwrap().to_string()
    };
    let kannel = |settings: &mut Settings, change: &dyn Fn(&mut KannelSettings)| {
        change(settings.sms.kannel.as_mut().unwrap());
    };
    for (setting, said) in [
        (
            "sms.kannel.url",
            refused(&|settings| kannel(settings, &|kannel| kannel.url = "localhost".to_owned())),
        ),
        (
            "sms.kannel.user",
            refused(&|settings| kannel(settings, &|kannel| kannel.user.clear())),
        ),
        (
            "sms.kannel.password",
            refused(&|settings| kannel(settings, &|kannel| kannel.password = Secret::default())),
        ),
        (
            "sms.callback.secret",
            refused(&|settings| settings.sms.callback.as_mut().unwrap().secret = Secret::new("short")),
        ),
        (
            "sms.gateways",
            refused(&|settings| settings.sms.gateways = "kannel,ovh".to_owned()),
        ),
    ] {
        assert!(said.contains(setting), "{said}");
        assert!(!said.contains("geheim"));
    }
}
