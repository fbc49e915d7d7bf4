//! Promise 8: what is sensitive stays where it belongs. Texts that appear nowhere else are planted in every field that
//! people fill in freely, and looked for wherever they must not be.

use std::{
    fs::File,
    sync::{Arc, OnceLock},
};

use anyhow::{Context as _, Result};
use contracts::{
    directory::v1::VerifySurnameRequest,
    notifier::v1::{GetMessageRequest, Message, OpenLinkRequest},
    speeddating::v1::{ImportFile, PreviewImportRequest, Table},
};
use platform::{Platform, testing::clock_at};
use tests::{
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS},
    suite::{Running, is_apart, organisers},
    telling::messages,
};

use super::story::{cancel, cancel_first_meeting, change, erase, publish_tables, withdraw};

/// Who somebody is and how they are reached: for messages to that person and pages of staff, not for events, logs or
/// metrics.
const IDENTITY: [&str; 11] = [
    "Qwprenom",
    "Zzyxnom",
    "zzboite",
    "639981234",
    "39 98 12 34",
    "Zzentreprise",
    "Qwchef",
    "Zzpatron",
    "zzrecrute",
    "465719876",
    "65 71 98 76",
];

/// What nobody but staff may read: not even a message to the person.
const SENSITIVE: [&str; 4] = ["zzdialyse", "zzreferent", "zzmotif", "zzfaux"];

/// C0001 with a planted text in each field.
fn candidates() -> String {
    let planted = "C0001;Qwprenom;Zzyxnom;zzboite@example.org;06 39 98 12 34;fr;zzdialyse le matin;09:00;12:30;6;zzreferent@example.org";
    replace(CANDIDATES, "C0001;", planted)
}

/// E003 with a planted text in each field of identity.
fn employers() -> String {
    let planted = "E003;Zzentreprise;Logistique;Cariste;1;Qwchef Zzpatron;zzrecrute@example.com;04 65 71 98 76;09:00;12:30;";
    replace(EMPLOYERS, "E003;", planted)
}

fn replace(table: &str, beginning: &str, planted: &str) -> String {
    table
        .lines()
        .map(|line| {
            if line.starts_with(beginning) {
                planted
            } else {
                line
            }
        })
        .fold(String::new(), |text, line| text + line + "\r\n")
}

/// A coordinator's life: publication, changes, a faulty file, a wrong link, an erasure, a cancellation.
async fn live(coordinator: &Coordinator) -> Result<()> {
    cancel_first_meeting(coordinator).await?;
    change(coordinator, "2026-12-02", "Mairie annexe").await?;
    let faulty = replace(
        CANDIDATES,
        "C0002;",
        "C0002;zzfaux;;zzfaux;zzfaux;zzfaux;zzfaux;zzfaux;zzfaux;zzfaux;zzfaux",
    );
    let preview = PreviewImportRequest {
        session_id: coordinator.session.clone(),
        files: vec![ImportFile {
            table: Table::Candidates.into(),
            name: "zzfaux.csv".to_owned(),
            content: faulty.into_bytes(),
        }],
    };
    let problems = coordinator
        .clients
        .speeddating
        .clone()
        .preview_import(preview)
        .await?
        .into_inner()
        .problems;
    assert!(problems.iter().any(|problem| problem.value.contains("zzfaux")));
    withdraw(coordinator, "C0005").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn events_carry_ids_and_state_and_nothing_of_people() -> Result<()> {
    // Without scheduler and notifier, events stay in the outboxes, all of them.
    let folder = tempfile::tempdir()?;
    let (suite, clients) = organisers(folder.path(), clock_at("2026-11-09T09:00:00Z")).await?;
    let coordinator = publish_tables(&clients, "2026-11-25", &employers(), &candidates()).await?;
    live(&coordinator).await?;
    erase(&coordinator, "C0001").await?;
    cancel(&coordinator, "zzmotif de justice").await?;

    let mut seen = 0;
    for platform in &suite.platforms {
        for body in bodies(platform, "outbox").await? {
            seen += 1;
            assert_silent(&body, "an event", &[&IDENTITY, &SENSITIVE]);
        }
    }
    assert!(seen > 400, "only {seen} events");
    Ok(())
}

/// Bodies of a platform table of a service.
async fn bodies(platform: &Platform, table: &str) -> Result<Vec<Vec<u8>>> {
    let statement = match table {
        "inbox" => "SELECT body FROM inbox",
        _ => "SELECT body FROM outbox",
    };
    let rows: Vec<(Vec<u8>,)> = platform.db.read().await?.query(statement).fetch_all().await?;
    Ok(rows.into_iter().map(|(body,)| body).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn sms_subjects_logs_metrics_and_the_scheduler_know_nothing_sensitive() -> Result<()> {
    let log = log_file()?;

    let running = Running::start_with("2026-11-09T09:00:00Z", |config| config.log.filter = finest()).await?;
    let coordinator = publish_tables(&running.clients, "2026-11-25", &employers(), &candidates()).await?;
    let person = coordinator.registration("C0001").await?.person_id;
    running.quiet().await?;
    let told = messages(&running.clients, &person).await?;
    assert!(
        told.iter().any(|message| message.text.contains("Qwprenom")),
        "the planted person was told"
    );
    let mut inboxes = inboxes(&running).await?;
    live(&coordinator).await?;
    running.quiet().await?;
    inboxes.extend(self::inboxes(&running).await?);
    // Handled events are forgotten after a week.
    running.play_until("2026-11-27T09:00:00Z").await?;
    wrong_answers(&running, &person).await?;
    inboxes.extend(self::inboxes(&running).await?);

    let mut texts = 0;
    for registration in coordinator.registrations().await? {
        for message in messages(&running.clients, &registration.person_id).await? {
            assert_discreet(&message);
            texts += usize::from(message.channel == "sms");
        }
    }
    assert!(texts > 20, "only {texts} SMS");
    let named = holding(&running, &coordinator, &["Zzyxnom"]).await?;
    assert!(
        named.iter().any(|to| to.starts_with('E')),
        "an employer's plan names the candidate: {named:?}"
    );
    erase(&coordinator, "C0001").await?;
    // The erasure withdraws the person from the session, which is then another version of it.
    running.quiet().await?;
    let named = holding(&running, &coordinator, &["Qwprenom", "Zzyxnom"]).await?;
    assert_eq!(
        named,
        [] as [String; 0],
        "who was erased is named in messages to others"
    );
    cancel(&coordinator, "zzmotif de justice").await?;
    running.play_until("2026-12-10T09:00:00Z").await?;
    inboxes.extend(self::inboxes(&running).await?);

    assert!(inboxes.len() > 400, "only {} events", inboxes.len());
    for body in &inboxes {
        assert_silent(body, "an event", &[&IDENTITY, &SENSITIVE]);
    }
    let metrics = running.metrics().await?;
    assert!(metrics.contains("jalon_scheduler_reminders"), "{metrics}");
    assert_silent(metrics.as_bytes(), "a metric", &[&IDENTITY, &SENSITIVE]);
    let mut log = std::fs::read(log)?;
    log.extend_from_slice(running.logs().await.as_bytes());
    assert!(log.len() > 10_000, "only {} bytes of log", log.len());
    assert_silent(&log, "a log", &[&IDENTITY, &SENSITIVE]);
    scheduler_is_silent(&running).await
}

/// Whatever the scheduler keeps.
async fn scheduler_is_silent(running: &Running) -> Result<()> {
    if is_apart() {
        let platforms = &running.suite.platforms;
        let scheduler = platforms.iter().find(|platform| platform.service == "scheduler");
        let mut tx = scheduler.context("a scheduler")?.db.read().await?;
        // Columns of bytes are written as digits: the words are looked for as such too.
        tx.query("SET LOCAL xmlbinary = hex").execute().await?;
        let (all,): (String,) = tx
            .query("SELECT CAST(schema_to_xml('scheduler', TRUE, FALSE, '') AS TEXT)")
            .fetch_one()
            .await?;
        assert!(
            all.contains("<subject>speeddating.participation/"),
            "nothing is kept"
        );
        assert_silent(all.as_bytes(), "the scheduler", &[&IDENTITY, &SENSITIVE]);
        for word in [&IDENTITY[..], &SENSITIVE].concat() {
            assert_silent(all.as_bytes(), "the scheduler", &[&[&digits(word)]]);
        }
        return Ok(());
    }
    for file in ["scheduler.sqlite", "scheduler.sqlite-wal"] {
        let content = std::fs::read(running.folder.path().join(file))?;
        assert_silent(&content, file, &[&IDENTITY, &SENSITIVE]);
    }
    Ok(())
}

/// The bytes of a word as PostgreSQL writes them.
fn digits(word: &str) -> String {
    word.bytes()
        .fold(String::new(), |digits, byte| digits + &format!("{byte:02X}"))
}

/// A wrong second factor and a link that never was.
async fn wrong_answers(running: &Running, person: &str) -> Result<()> {
    let letters = VerifySurnameRequest {
        person_id: person.to_owned(),
        letters: "zzf".to_owned(),
    };
    // Only services may ask: the refusal is logged like any other.
    let refused = running.clients.directory.clone().verify_surname(letters).await;
    assert!(refused.is_err());
    let link = OpenLinkRequest {
        token: "zzfaux".to_owned(),
        surname_letters: "Zzy".to_owned(),
    };
    let unknown = running.clients.notifier.clone().open_link(link).await;
    assert!(unknown.is_err());
    Ok(())
}

async fn inboxes(running: &Running) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for platform in &running.suite.platforms {
        all.extend(bodies(platform, "inbox").await?);
    }
    Ok(all)
}

/// Codes of those in whose messages, as they are kept, one of these words stands.
async fn holding(running: &Running, coordinator: &Coordinator, words: &[&str]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for registration in coordinator.registrations().await? {
        for message in messages(&running.clients, &registration.person_id).await? {
            let request = GetMessageRequest {
                message_id: message.message_id,
            };
            let reply = running.clients.notifier.clone().get_message(request).await?;
            let message = reply.into_inner().message.unwrap_or_default();
            let texts = [&message.subject, &message.text, &message.html, &message.calendar];
            if texts
                .iter()
                .any(|text| words.iter().any(|word| text.contains(word)))
            {
                found.push(registration.code.clone());
            }
        }
    }
    Ok(found)
}

/// Nothing sensitive in any message; and what lies open on a screen, the SMS and the subject, does not name the person.
fn assert_discreet(message: &Message) {
    let all = [&message.subject, &message.text, &message.html, &message.calendar];
    for text in all {
        assert_silent(text.as_bytes(), &message.template, &[&SENSITIVE]);
    }
    assert_silent(
        message.subject.as_bytes(),
        "a subject",
        &[&["Zzyxnom", "Zzpatron"]],
    );
    if message.channel == "sms" {
        assert_silent(message.text.as_bytes(), "an SMS", &[&["Zzyxnom", "Zzpatron"]]);
    }
}

fn assert_silent(content: &[u8], place: &str, planted: &[&[&str]]) {
    for secret in planted.iter().copied().flatten() {
        let found = content
            .windows(secret.len())
            .position(|window| window == secret.as_bytes());
        if let Some(at) = found {
            let from = at.saturating_sub(200);
            let around = String::from_utf8_lossy(&content[from..(at + 100).min(content.len())]);
            panic!("{place} holds {secret}: …{around}…");
        }
    }
}

/// Everything that our crates log, down to the finest level.
fn finest() -> String {
    let ours = [
        "directory",
        "speeddating",
        "scheduler",
        "notifier",
        "platform",
        "console",
        "jalon",
    ];
    format!("debug{}", ours.map(|name| format!(",{name}=trace")).concat())
}

/// All that is logged here from now on.
fn log_file() -> Result<std::path::PathBuf> {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = match FOLDER.get() {
        Some(folder) => folder,
        None => FOLDER.get_or_init(|| tempfile::tempdir().expect("a temporary folder")),
    };
    let path = folder.path().join("log");
    let file = Arc::new(File::create(&path)?);
    tracing_subscriber::fmt()
        .with_env_filter(finest())
        .with_ansi(false)
        .with_writer(file)
        .try_init()
        .map_err(|error| anyhow::anyhow!("logs cannot be read: {error}"))?;
    Ok(path)
}
