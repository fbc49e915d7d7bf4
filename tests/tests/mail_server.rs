//! Mails through servers that are not ours, read by parsers that are not ours: publication, a move and a cancellation of
//! the session, as they reach mail programs and calendars.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::Result;
use contracts::speeddating::v1::{CancelSessionRequest, UpdateSessionRequest};
use jalon::config::Config;
use tests::{
    mails::{Keys, Mail, MailServer, by_entry},
    outside::tool,
    published::published_with,
};

/// What tells of a person's situation has no place in a subject line (DESIGN.md, promise 8).
const UNFIT: [&str; 12] = [
    "rsa",
    "plie",
    "handicap",
    "rqth",
    "santé",
    "justice",
    "insertion",
    "chômage",
    "demandeur",
    "social",
    "parcours",
    "asile",
];

#[tokio::test(flavor = "multi_thread")]
async fn smtp_sink_takes_them() -> Result<()> {
    let (Some(python), Some(sink)) = (tool("PYTHON"), tool("SMTP_SINK")) else {
        return Ok(());
    };
    let server = MailServer::sink(&sink)?;
    session_comes_and_goes(&settings(&server, "none", &[])).await?;
    let mails = server.mails(&python, None)?;
    assert_in_order(&mails);
    assert_story(&mails);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_starttls_an_account_and_an_rsa_signature() -> Result<()> {
    let Some(python) = tool("PYTHON") else {
        return Ok(());
    };
    let keys = Keys::make()?;
    let server = secured(&python, &keys, "starttls", &["--refuse", "5"])?;
    let settings = settings(
        &server,
        "starttls",
        &signing(&keys, "rsa", &keys.path("dkim.pem")),
    );
    session_comes_and_goes(&settings).await?;
    let mails = server.mails(&python, Some(&keys.rsa_record()?))?;

    let (refused, taken): (Vec<Mail>, Vec<Mail>) = mails
        .into_iter()
        .partition(|mail| mail.file.starts_with("refused"));
    assert_secured(&taken);
    assert_in_order(&taken);
    assert_story(&taken);
    assert_senders(&server, &python, taken.len())?;
    // What the server sent back for now came again as the same mail.
    assert_eq!(refused.len(), 5);
    for mail in &refused {
        let again = taken
            .iter()
            .filter(|other| other.message_id == mail.message_id && other.to == mail.to)
            .count();
        assert_eq!(again, 1, "{} came again {again} times", mail.message_id);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_tls_from_the_first_byte_and_an_ed25519_signature() -> Result<()> {
    let Some(python) = tool("PYTHON") else {
        return Ok(());
    };
    let keys = Keys::make()?;
    let record = keys.ed25519_record()?;
    let server = secured(&python, &keys, "implicit", &[])?;
    let settings = settings(
        &server,
        "implicit",
        &signing(&keys, "ed25519", &keys.path("ed25519.seed")),
    );
    session_comes_and_goes(&settings).await?;
    let mails = server.mails(&python, Some(&record))?;
    assert_secured(&mails);
    assert_in_order(&mails);
    assert_story(&mails);
    // A verifier that believes everything would have passed too.
    let other = server.mails(&python, Some(&Keys::make()?.ed25519_record()?))?;
    assert!(other.iter().all(|mail| mail.signed == Some(false)));
    Ok(())
}

fn secured(python: &Path, keys: &Keys, tls: &str, more: &[&str]) -> Result<MailServer> {
    let (certificate, key) = (keys.path("server.pem"), keys.path("server.key"));
    let (certificate, key) = (certificate.display().to_string(), key.display().to_string());
    let mut arguments = vec!["--tls", tls, "--certificate", &certificate, "--key", &key];
    arguments.extend(["--user", "jalon", "--password", "un mot"]);
    arguments.extend(more);
    MailServer::start(python, &arguments)
}

/// As an operator writes them.
fn settings(server: &MailServer, tls: &str, more: &[(&str, String)]) -> Vec<(String, String)> {
    let mut settings = vec![
        ("smtp.host", "localhost".to_owned()),
        ("smtp.port", server.port.to_string()),
        ("smtp.tls", tls.to_owned()),
        ("sender.address", "rendez-vous@rdv.example.fr".to_owned()),
        ("public_url", "https://rdv.example.fr".to_owned()),
    ];
    settings.extend_from_slice(more);
    settings
        .into_iter()
        .map(|(key, value)| (format!("notifier.{key}"), value))
        .collect()
}

fn signing(keys: &Keys, algorithm: &str, key: &Path) -> Vec<(&'static str, String)> {
    vec![
        ("smtp.ca_file", keys.path("ca.pem").display().to_string()),
        ("smtp.user", "jalon".to_owned()),
        ("smtp.password", "un mot".to_owned()),
        ("dkim.domain", "rdv.example.fr".to_owned()),
        ("dkim.selector", "jalon".to_owned()),
        ("dkim.algorithm", algorithm.to_owned()),
        ("dkim.key_file", key.display().to_string()),
    ]
}

/// Published on Monday, moved on Tuesday, cancelled on Wednesday.
async fn session_comes_and_goes(settings: &[(String, String)]) -> Result<()> {
    let notifier = Config::load(None, settings)?.notifier;
    let begun = published_with(|config| config.notifier = notifier);
    let (running, coordinator) = Box::pin(begun).await?;
    running.play_until("2026-11-10T09:00:00Z").await?;
    let mut speeddating = coordinator.clients.speeddating.clone();
    let moved = UpdateSessionRequest {
        session_id: coordinator.session.clone(),
        version: coordinator.session().await?.version,
        date: "2026-12-02".to_owned(),
        ..Default::default()
    };
    speeddating.update_session(moved).await?;
    running.play_until("2026-11-12T09:00:00Z").await?;
    let cancelled = CancelSessionRequest {
        session_id: coordinator.session.clone(),
        version: coordinator.session().await?.version,
        reason: "salle inondée".to_owned(),
    };
    speeddating.cancel_session(cancelled).await?;
    running.play_until("2026-11-14T09:00:00Z").await
}

/// Every parser is content; each mail is one of its own, to one person, and its subject may lie open.
fn assert_in_order(mails: &[Mail]) {
    let mut ids = BTreeSet::new();
    for mail in mails {
        assert!(mail.complaints.is_empty(), "{}: {:?}", mail.file, mail.complaints);
        assert!(mail.calendars_agree, "{} has two calendars", mail.file);
        assert!(ids.insert(&mail.message_id), "{} came twice", mail.message_id);
        assert!(
            mail.message_id.ends_with("@rdv.example.fr>"),
            "{}",
            mail.message_id
        );
        assert_eq!(mail.to.len(), 1, "{}", mail.file);
        for kind in ["text/plain", "text/html"] {
            assert!(mail.parts.iter().any(|part| part == kind), "{mail:?}");
        }
        if let Some(envelope) = &mail.envelope {
            assert_eq!(envelope.to, mail.to, "{}", mail.file);
        }
        if let Some(calendar) = &mail.calendar {
            assert_eq!(calendar.attendee, mail.to[0], "{}", mail.file);
        }
        let subject = mail.subject.to_lowercase();
        assert!(!subject.is_empty() && subject.len() < 120, "{subject}");
        for word in UNFIT {
            assert!(!subject.contains(word), "{word} in the subject {subject}");
        }
    }
}

fn assert_secured(mails: &[Mail]) {
    for mail in mails {
        assert_eq!(mail.signed, Some(true), "the signature of {}", mail.file);
        let secured = mail
            .envelope
            .as_ref()
            .is_some_and(|envelope| envelope.encrypted && envelope.user == "jalon");
        assert!(secured, "{:?}", mail.envelope);
    }
}

/// With the records of the notifier's README a recipient's server may refuse whatever does not come from us.
fn assert_senders(server: &MailServer, python: &Path, count: usize) -> Result<()> {
    let readme = include_str!("../../services/notifier/README.md");
    let record = "v=spf1 ip4:192.0.2.25 -all";
    assert!(readme.contains(record), "the record is the one of the README");
    let senders = server.senders(python, "rdv.example.fr", record, ["192.0.2.25", "192.0.2.26"])?;
    assert_eq!(senders.len(), count);
    for sender in senders {
        let found = (sender.relay.as_str(), sender.stranger.as_str());
        assert_eq!(found, ("pass", "fail"), "{}", sender.file);
        // Strict alignment: all three are the domain that people see.
        assert_eq!(sender.domains, ["rdv.example.fr"; 3], "{}", sender.file);
    }
    Ok(())
}

/// Everybody with an address, those with a mobile too among them, gets all three as mails: the entry in their calendar
/// appears, moves and disappears. There is more than two days left each time.
fn assert_story(mails: &[Mail]) {
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for (uid, calendars) in by_entry(mails) {
        let told: Vec<_> = calendars
            .iter()
            .map(|one| (one.method.as_str(), &one.starts[..10], one.status.as_str()))
            .collect();
        let story = [
            ("REQUEST", "2026-11-25", "CONFIRMED"),
            ("REQUEST", "2026-12-02", "CONFIRMED"),
            ("CANCEL", "2026-12-02", "CANCELLED"),
        ];
        assert_eq!(told, story[..told.len().min(3)], "{uid}");
        assert!(
            calendars.is_sorted_by(|a, b| a.sequence < b.sequence),
            "{uid}: {calendars:?}"
        );
        *lengths.entry(told.len()).or_default() += 1;
    }
    // 24 employers, and the candidates who have an address.
    assert!(lengths[&3] > 74 && lengths.len() == 1, "{lengths:?}");
}
