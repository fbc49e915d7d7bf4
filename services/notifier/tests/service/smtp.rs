//! A real mail server of the test's own: every stage at which it may fail, and what becomes of the message.

use std::sync::{Arc, atomic::Ordering};

use contracts::{notifier::v1::Outcome, scheduler::v1::DueDelivery};
use jiff::SignedDuration;
use mail_parser::{MessageParser, MimeHeaders as _};
use notifier::{DkimAlgorithm, DkimSettings, Sender, Settings, SmtpSettings, Tls};
use platform::{
    config::Secret,
    testing::{TestGround, eventually},
};

use crate::{
    dkim,
    gate::Gate,
    smtp_server::{Encryption, Order, Server},
    stage::{Stage, built, try_service},
};

pub(crate) fn settings(server: &Server, tls: Tls) -> Settings {
    Settings {
        public_url: "https://rdv.exemple.fr".to_owned(),
        smtp: Some(SmtpSettings {
            host: "localhost".to_owned(),
            port: server.port,
            tls,
            ca_file: Some(server.authority.clone()),
            hello: "notifier.test".to_owned(),
            ..SmtpSettings::default()
        }),
        ..Settings::default()
    }
}

pub(crate) async fn stage() -> (Stage, Server) {
    let server = Server::start(Encryption::None).await;
    let stage = Stage::with(settings(&server, Tls::None)).await;
    stage.service.run();
    (stage, server)
}

/// What became of one mail, and how each attempt ended.
async fn sent(stage: &Stage, due: &DueDelivery) -> (Outcome, String, bool, Vec<String>) {
    stage.publish(vec![due.clone()]).await;
    let settlement = eventually("the delivery settles", || async {
        stage.pass().await;
        stage.settlement(due)
    })
    .await;
    let attempts = stage.delivery(due).await.attempts;
    let ends = attempts
        .iter()
        .map(|attempt| format!("{} {}", attempt.state, attempt.detail).trim().to_owned());
    (
        settlement.outcome(),
        settlement.channel,
        settlement.uncertain,
        ends.collect(),
    )
}

/// To a person without a telephone, so that there is no other channel.
fn mail_only(stage: &Stage) -> DueDelivery {
    stage.due(stage.person(|person| person.mobile.clear()), |_| {})
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_rendered_and_connections_are_kept() {
    let (stage, server) = stage().await;
    let deliveries: Vec<DueDelivery> = (0..20).map(|_| mail_only(&stage)).collect();
    stage.publish(deliveries.clone()).await;
    for due in &deliveries {
        assert_eq!(stage.settled(due).await.outcome(), Outcome::Sent);
    }
    let taken = server.taken();
    assert_eq!(taken.len(), 20);
    assert!(server.journal.connections.load(Ordering::Relaxed) <= 4);
    let parsed = MessageParser::default().parse(taken[0].1.as_bytes()).unwrap();
    assert_eq!(
        parsed.to().unwrap().first().unwrap().address(),
        Some(taken[0].0.as_str())
    );
    assert_eq!(
        parsed.subject(),
        Some("Bientôt\u{a0}: rencontres employeurs du mercredi 25 novembre 2026")
    );
    assert!(parsed.parts.iter().any(|part| {
        part.content_type()
            .is_some_and(|kind| kind.subtype() == Some("calendar"))
    }));
    let ids: std::collections::BTreeSet<_> = taken
        .iter()
        .map(|(_, text)| {
            MessageParser::default()
                .parse(text.as_bytes())
                .unwrap()
                .message_id()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(ids.len(), 20);
}

#[tokio::test]
async fn a_server_has_no_more_connections_than_were_set_however_many_batches_there_are() {
    let server = Server::start(Encryption::None).await;
    let mut settings = settings(&server, Tls::None);
    settings.smtp.as_mut().unwrap().connections = 2;
    let stage = Stage::with(settings).await;
    stage.service.run();
    server.order(&[Order::Hold; 2]);
    let dues: Vec<DueDelivery> = (0..150).map(|_| mail_only(&stage)).collect();
    stage.publish(dues.clone()).await;
    eventually(
        "several batches are about to go out, and the first waits",
        || async {
            let intents = "SELECT COUNT(*) FROM attempts WHERE state = 'intent'";
            (stage.count(intents).await == 150).then_some(())
        },
    )
    .await;
    for due in &dues {
        eventually("it is sent", || async {
            server.journal.let_go.notify_one();
            stage.settlement(due)
        })
        .await;
    }
    assert_eq!(server.taken().len(), 150);
    assert_eq!(server.journal.most_open.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_temporary_refusal_at_any_stage_is_tried_again_later() {
    let (stage, server) = stage().await;
    for order in [
        Order::Mail("450 4.3.0 busy"),
        Order::Mail("550 5.7.1 we do not know you"),
        Order::Rcpt("451 4.7.1 greylisted"),
        Order::Data("452 4.3.1 no space"),
        Order::Body("451 4.3.0 later"),
        Order::CutAtData,
    ] {
        server.order(&[order]);
        let (outcome, channel, uncertain, ends) = sent(&stage, &mail_only(&stage)).await;
        assert_eq!(
            (outcome, channel.as_str(), uncertain),
            (Outcome::Sent, "mail", false),
            "{order:?}"
        );
        assert!(
            ends.len() == 2 && ends[0].starts_with("refused_temporary"),
            "{order:?}: {ends:?}"
        );
        assert_eq!(ends[1], "accepted");
    }
    assert_eq!(server.taken().len(), 6, "none was sent twice");
}

#[tokio::test]
async fn a_server_that_refuses_our_account_is_out_and_after_a_quarter_of_an_hour_the_sms_goes() {
    let server = Server::start(Encryption::None).await;
    let mut settings = settings(&server, Tls::None);
    if let Some(smtp) = &mut settings.smtp {
        (smtp.user, smtp.password) = ("jalon".to_owned(), Secret::new("expired"));
    }
    let ground = TestGround::at("2026-11-18T09:00:00Z");
    let db = platform::testing::sqlite(&ground.folder, &notifier::MIGRATIONS).await;
    let stage = Stage::on(ground, db, settings.clone()).await;
    let platform = stage.ground.platform_on("notifier", stage.db.clone());
    let registry = platform.metrics.clone();
    let gate = Arc::new(Gate::default());
    built(&stage.ground, platform, &stage.peers, settings, gate)
        .unwrap()
        .run();
    let logins = || server.journal.logins.lock().unwrap().len();
    let is_out = || {
        let text = prometheus::TextEncoder::new()
            .encode_to_string(&registry.gather())
            .unwrap();
        let line = "jalon_notifier_provider_out{channel=\"mail\",provider=\"smtp\",service=\"notifier\"} ";
        text.lines()
            .find_map(|found| found.strip_prefix(line))
            .map(str::to_owned)
    };
    *server.journal.no_login.lock().unwrap() = Some("535 5.7.8 the password expired");
    let start = stage.now();
    let both = stage.due(stage.person(|_| {}), |_| {});
    let (outcome, channel, uncertain, ends) = sent(&stage, &both).await;
    assert_eq!(
        (outcome, channel.as_str(), uncertain),
        (Outcome::Sent, "sms", false),
        "{ends:?}"
    );
    let waited = stage.now().timestamp().duration_since(start.timestamp());
    assert!(waited >= SignedDuration::from_mins(15), "{waited}");
    assert_eq!(ends[0], "refused_temporary 535 5.7.8 at the connection");
    assert!(
        ends.len() < 6,
        "a server that refuses us is not hammered: {ends:?}"
    );
    assert_eq!(logins(), ends.len() - 1);
    assert_eq!(is_out().as_deref(), Some("1"));
    // The next one does not wait any more.
    let soon = stage.due(stage.person(|_| {}), |_| {});
    stage.publish(vec![soon.clone()]).await;
    assert_eq!(stage.settled(&soon).await.channel, "sms");
    // Somebody sets the new password.
    *server.journal.no_login.lock().unwrap() = None;
    let (outcome, ..) = sent(&stage, &mail_only(&stage)).await;
    assert_eq!((outcome, is_out().as_deref()), (Outcome::Sent, Some("0")));
}

#[tokio::test]
async fn a_server_that_cuts_every_line_is_out() {
    let (stage, server) = stage().await;
    server.order(&[Order::CutAtData; 400]);
    let both = stage.due(stage.person(|_| {}), |_| {});
    let (outcome, channel, uncertain, ends) = sent(&stage, &both).await;
    assert_eq!(
        (outcome, channel.as_str(), uncertain),
        (Outcome::Sent, "sms", false),
        "{ends:?}"
    );
    assert!(ends.len() < 14, "{ends:?}");
}

#[tokio::test]
async fn a_permanent_refusal_takes_the_next_channel_or_fails() {
    let (stage, server) = stage().await;
    for order in [
        Order::Rcpt("550 5.1.1 no such user"),
        Order::Data("554 5.5.1 no"),
        Order::Body("554 5.6.0 no"),
    ] {
        server.order(&[order]);
        let both = stage.due(stage.person(|_| {}), |_| {});
        let (outcome, channel, _, ends) = sent(&stage, &both).await;
        assert_eq!((outcome, channel.as_str()), (Outcome::Sent, "sms"), "{order:?}");
        assert!(ends[0].starts_with("refused_permanent"), "{ends:?}");

        server.order(&[order]);
        let (outcome, _, _, ends) = sent(&stage, &mail_only(&stage)).await;
        assert_eq!((outcome, ends.len()), (Outcome::Failed, 1), "{order:?}");
    }
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn an_address_that_a_server_refused_for_good_is_not_tried_again() {
    let (stage, server) = stage().await;
    let person = stage.person(|person| person.mobile.clear());
    server.order(&[Order::Rcpt("550 5.1.1 <x@example.org> no such user")]);
    let (outcome, _, _, ends) = sent(&stage, &stage.due(person, |_| {})).await;
    assert_eq!(outcome, Outcome::Failed);
    assert_eq!(
        ends,
        ["refused_permanent 550 5.1.1 at RCPT"],
        "no words of the server, which repeat addresses"
    );
    let later = stage.due(person, |_| {});
    let (outcome, _, _, ends) = sent(&stage, &later).await;
    assert_eq!((outcome, ends.len()), (Outcome::Suppressed, 0));
    assert_eq!(stage.settled(&later).await.reason, "address_refused");

    server.order(&[Order::Rcpt("550 5.7.1 looks like spam")]);
    let other = stage.person(|person| person.mobile.clear());
    sent(&stage, &stage.due(other, |_| {})).await;
    let (outcome, ..) = sent(&stage, &stage.due(other, |_| {})).await;
    assert_eq!(
        outcome,
        Outcome::Sent,
        "a policy of the server is no fault of the address"
    );
}

#[tokio::test]
async fn an_answer_lost_after_the_final_dot_is_unknown_and_tried_once_more_with_the_same_message_id() {
    let (stage, server) = stage().await;
    server.order(&[Order::CutAfterBody]);
    let (outcome, channel, uncertain, ends) = sent(&stage, &mail_only(&stage)).await;
    assert_eq!(
        (outcome, channel.as_str(), uncertain),
        (Outcome::Sent, "mail", true)
    );
    assert_eq!(
        ends,
        ["unknown the connection was lost after the message", "accepted"]
    );
    let ids: Vec<String> = server
        .taken()
        .iter()
        .map(|(_, text)| {
            MessageParser::default()
                .parse(text.as_bytes())
                .unwrap()
                .message_id()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!((ids.len(), &ids[0]), (2, &ids[1]));

    server.order(&[Order::CutAfterBody, Order::CutAfterBody]);
    let (outcome, _, uncertain, ends) = sent(&stage, &mail_only(&stage)).await;
    assert_eq!(
        (outcome, uncertain, ends.len()),
        (Outcome::Failed, true, 2),
        "once more and no further"
    );
}

#[tokio::test]
async fn a_policy_of_at_most_once_leaves_an_unknown_end_alone() {
    let (stage, server) = stage().await;
    server.order(&[Order::CutAfterBody]);
    let person = stage.person(|_| {});
    let due = stage.due(person, |due| due.on_unknown = "at_most_once".to_owned());
    let (outcome, _, uncertain, ends) = sent(&stage, &due).await;
    assert_eq!((outcome, uncertain, ends.len()), (Outcome::Failed, true, 1));
    assert_eq!(stage.settled(&due).await.reason, "unknown");
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_kept_connection_that_the_server_closed_costs_no_attempt() {
    let (stage, server) = stage().await;
    sent(&stage, &mail_only(&stage)).await;
    server.order(&[Order::CutAtMail]);
    let (outcome, _, _, ends) = sent(&stage, &mail_only(&stage)).await;
    assert_eq!((outcome, ends), (Outcome::Sent, vec!["accepted".to_owned()]));
}

#[tokio::test]
async fn usefulness_bounds_the_attempts() {
    let (stage, server) = stage().await;
    server.order(&[Order::Rcpt("450 4.2.0 busy"); 50]);
    let person = stage.person(|person| person.mobile.clear());
    let due = stage.due(person, |due| {
        if let Some(until) = &mut due.useful_until {
            until.seconds -= 7 * 86_400 - 3_600;
        }
    });
    let (outcome, _, _, ends) = sent(&stage, &due).await;
    assert_eq!(outcome, Outcome::Failed);
    assert_eq!(stage.settled(&due).await.reason, "refused_until_too_late");
    assert!((3..=12).contains(&ends.len()), "{ends:?}");
}

#[tokio::test]
async fn mails_go_encrypted_and_with_the_account_and_never_in_plain_text_by_accident() {
    for (encryption, tls) in [
        (Encryption::Starttls, Tls::Starttls),
        (Encryption::Implicit, Tls::Implicit),
    ] {
        let server = Server::start(encryption).await;
        let mut settings = settings(&server, tls);
        if let Some(smtp) = &mut settings.smtp {
            (smtp.user, smtp.password) = ("jalon".to_owned(), Secret::new("hush"));
        }
        let stage = Stage::with(settings).await;
        stage.service.run();
        let (outcome, ..) = sent(&stage, &mail_only(&stage)).await;
        assert_eq!(outcome, Outcome::Sent, "{encryption:?}");
        assert_eq!(server.journal.logins.lock().unwrap().len(), 1, "{encryption:?}");
    }
    let plain = Server::start(Encryption::None).await;
    let stage = Stage::with(settings(&plain, Tls::Starttls)).await;
    stage.service.run();
    let due = stage.due(stage.person(|person| person.mobile.clear()), |due| {
        if let Some(until) = &mut due.useful_until {
            until.seconds -= 7 * 86_400 - 60;
        }
    });
    let (outcome, _, _, ends) = sent(&stage, &due).await;
    assert_eq!(outcome, Outcome::Failed, "{ends:?}");
    assert!(plain.taken().is_empty());
}

#[tokio::test]
async fn mails_are_signed_when_there_is_a_key_and_a_faulty_key_stops_the_start() {
    let server = Server::start(Encryption::None).await;
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("dkim.key");
    // The seed of RFC 8463, appendix A.2.
    std::fs::write(&key_file, "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n").unwrap();
    let mut settings = settings(&server, Tls::None);
    settings.sender = Sender {
        name: "Maison".to_owned(),
        address: "jalon@football.example.com".to_owned(),
    };
    settings.dkim = Some(DkimSettings {
        domain: "football.example.com".to_owned(),
        selector: "brisbane".to_owned(),
        key_file: key_file.clone(),
        algorithm: DkimAlgorithm::Ed25519,
    });
    let stage = Stage::with(settings.clone()).await;
    stage.service.run();
    assert_eq!(sent(&stage, &mail_only(&stage)).await.0, Outcome::Sent);
    let text = server.taken().remove(0).1;
    let parsed = MessageParser::default().parse(text.as_bytes()).unwrap();
    let signature = parsed.header_raw("DKIM-Signature").unwrap().to_lowercase();
    for part in [
        "a=ed25519-sha256",
        "d=football.example.com",
        "s=brisbane",
        "c=relaxed/relaxed",
        "message-id",
        "list-unsubscribe:list-unsubscribe-post",
    ] {
        assert!(signature.contains(part), "{part} is not in {signature}");
    }
    assert!(dkim::verifies(&text), "{text}");
    assert!(!dkim::verifies(&text.replace("Subject:", "Subject: Re:")));
    assert!(!dkim::verifies(&text.replacen("Bonjour", "Bonsoir", 1)));
    assert!(
        !dkim::verifies(&text.replacen("/d/", "/e/", 1)),
        "another could name the address"
    );
    // A mail that is necessary has no such header: signed as absent, so that nobody adds one.
    let necessary = stage.due(stage.person(|person| person.mobile.clear()), |due| {
        "speed_dating_day_before".clone_into(&mut due.template);
    });
    assert_eq!(sent(&stage, &necessary).await.0, Outcome::Sent);
    let text = server.taken().remove(1).1;
    assert!(dkim::verifies(&text), "{text}");
    let added = format!("List-Unsubscribe: <https://mechant.example>\r\n{text}");
    assert!(!dkim::verifies(&added), "another could add an address");

    std::fs::write(&key_file, "no key").unwrap();
    let error = try_service(&stage, settings).err().unwrap().to_string();
    assert!(error.contains("dkim.key_file"), "{error}");
}
