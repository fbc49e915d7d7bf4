//! A process that dies while a mail server, which cannot be asked, may have its message.

use contracts::notifier::v1::Outcome;
use jiff::SignedDuration;
use notifier::{Settings, SmtpSettings, Tls, probe::Stage as At};
use platform::testing::eventually;

use crate::{
    smtp_server::{Encryption, Server},
    stage::Stage,
};

/// Dies at `at`; what the successor makes of it under a policy: outcome, uncertain, states of the attempts.
async fn died_at(at: At, on_unknown: &str) -> (Outcome, bool, Vec<String>, usize) {
    let server = Server::start(Encryption::None).await;
    let smtp = SmtpSettings {
        host: "localhost".to_owned(),
        port: server.port,
        tls: Tls::None,
        ..SmtpSettings::default()
    };
    let stage = Stage::with(Settings {
        smtp: Some(smtp),
        ..Settings::default()
    })
    .await;
    stage.service.run();
    let person = stage.person(|person| person.mobile.clear());
    let due = stage.due(person, |due| on_unknown.clone_into(&mut due.on_unknown));
    stage.gate.stop_at(at);
    stage.publish(vec![due.clone()]).await;
    stage.gate.reached().await;
    stage.ground.ground.tasks.drain(std::future::ready(())).await;
    let successor = stage.successor();
    let settlement = eventually("the successor settles it", || async {
        successor
            .ground
            .ground
            .clock
            .advance(SignedDuration::from_secs(4));
        successor.settlement(&due)
    })
    .await;
    let attempts = successor
        .delivery(&due)
        .await
        .attempts
        .into_iter()
        .map(|attempt| attempt.state)
        .collect();
    (
        settlement.outcome(),
        settlement.uncertain,
        attempts,
        server.taken().len(),
    )
}

#[tokio::test]
async fn before_the_intent_nothing_is_uncertain() {
    let (outcome, uncertain, attempts, taken) = died_at(At::Released, "at_least_once").await;
    assert_eq!((outcome, uncertain, taken), (Outcome::Sent, false, 1));
    assert_eq!(attempts, ["accepted"]);
}

#[tokio::test]
async fn after_the_intent_it_is_unknown_and_the_policy_decides() {
    for (at, copies) in [(At::Intended, 1), (At::Answered, 2)] {
        let (outcome, uncertain, attempts, taken) = died_at(at, "at_least_once").await;
        assert_eq!(
            (outcome, uncertain, taken),
            (Outcome::Sent, true, copies),
            "at {at:?}"
        );
        assert_eq!(attempts, ["unknown", "accepted"], "at {at:?}");
        let (outcome, uncertain, attempts, taken) = died_at(at, "at_most_once").await;
        assert_eq!(
            (outcome, uncertain, taken),
            (Outcome::Failed, true, copies - 1),
            "at {at:?}"
        );
        assert_eq!(attempts, ["unknown"], "at {at:?}");
    }
}
