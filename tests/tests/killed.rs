//! SIGKILL at random moments while two thousand reminders go out: none is lost, copies only among the uncertain.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use contracts::{
    notifier::v1::Message,
    scheduler::v1::{GetStatusRequest, ReminderState},
};
use jalon::client::Clients;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use tests::{
    coordinator::Coordinator,
    mails::MailServer,
    outside::tool,
    process::{Process, connect, shift_to},
    reckoning::{arrived, concerned, reckon, settle, tables},
    telling::{messages, reminders},
};

const CANDIDATES: usize = 2_000;

/// Publishes to everybody, and kills the process at random moments until all is handed over.
struct Killing {
    coordinator: Coordinator,
    process: Process,
    kills: usize,
}

impl Killing {
    /// `arguments` of `jalon`, the last of them `serve`; no more than `most` kills.
    #[expect(
        clippy::print_stdout,
        reason = "a failure is looked into with the seed and the kills"
    )]
    async fn run(folder: &Path, arguments: &[&str], most: usize) -> Result<Self> {
        let seed = std::env::var("JALON_SEED")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(20_261_123);
        println!("seed {seed} (set JALON_SEED for another)");
        let mut chance = ChaCha20Rng::seed_from_u64(seed);
        // Tuesday, 10:00 in Paris.
        shift_to(folder, "2026-12-01T09:00:00Z")?;

        let mut process = Process::start(folder, arguments)?;
        let clients = connect(folder).await?;
        let coordinator = Coordinator::create(&clients, "2026-12-16").await?;
        let (employers, candidates, wishes) = tables(CANDIDATES);
        coordinator.import(&employers, &candidates, &wishes).await?;
        let timetable = coordinator.timetable().await?;
        coordinator.publish(timetable.number).await?;

        let mut kills = 0;
        let started = Instant::now();
        loop {
            tokio::time::sleep(Duration::from_millis(chance.random_range(20..900))).await;
            drop(process);
            kills += 1;
            std::fs::remove_file(folder.join("running.json")).context("the address of the killed process")?;
            process = Process::start(folder, arguments)?;
            let clients = connect(folder).await?;
            let status = clients
                .scheduler
                .clone()
                .get_status(GetStatusRequest::default())
                .await?
                .into_inner();
            println!(
                "killed {kills} times: {} sent, {} queued, {} planned",
                status.sent, status.queued, status.planned
            );
            if kills == most || kills >= 8 && status.queued == 0 || started.elapsed() > Duration::from_mins(1)
            {
                break;
            }
        }
        let clients = connect(folder).await?;
        settle(&clients, concerned(CANDIDATES)).await?;
        Ok(Self {
            coordinator: coordinator_of(&clients, &coordinator),
            process,
            kills,
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_every_possible_copy_is_known() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let Killing {
        coordinator,
        process,
        kills,
    } = Killing::run(folder.path(), &["serve"], usize::MAX).await?;
    let clients = &coordinator.clients;
    let mut told = 0;
    let mut copies = 0;
    for registration in coordinator.registrations().await? {
        let all = messages(clients, &registration.person_id).await?;
        let sent = reminders(clients, &registration.person_id)
            .await?
            .into_iter()
            .filter(|reminder| reminder.state() == ReminderState::Sent)
            .count();
        let mut by_reminder: BTreeMap<String, Vec<Message>> = BTreeMap::new();
        for message in all {
            by_reminder
                .entry(message.delivery_id.clone())
                .or_default()
                .push(message);
        }
        assert_eq!(
            by_reminder.len(),
            sent,
            "messages and sent reminders of {}",
            registration.code
        );
        told += sent;
        for attempts in by_reminder.into_values() {
            let accepted = attempts
                .iter()
                .filter(|message| message.state == "accepted")
                .count();
            assert!(
                accepted <= 1,
                "two accepted messages of one delivery: {attempts:?}"
            );
            copies += attempts.len() - 1;
        }
    }
    println!("{told} told, {copies} attempts more than messages, {kills} kills");
    let status = clients
        .scheduler
        .clone()
        .get_status(GetStatusRequest::default())
        .await?
        .into_inner();
    assert_eq!(status.queued, 0);
    assert_eq!(status.failed, 0);
    assert!(told >= CANDIDATES, "only {told} were told");
    drop(process);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_gets_every_mail_and_no_copy_that_is_not_known_as_possible() -> Result<()> {
    let (Some(python), Some(sink)) = (tool("PYTHON"), tool("SMTP_SINK")) else {
        return Ok(());
    };
    let server = MailServer::sink(&sink)?;
    let folder = tempfile::tempdir()?;
    let port = format!("notifier.smtp.port={}", server.port);
    let arguments = [
        "--set",
        "notifier.smtp.host=localhost",
        "--set",
        &port,
        "--set",
        "notifier.smtp.tls=none",
        "--set",
        "notifier.sender.address=rendez-vous@rdv.example.fr",
        "serve",
    ];
    // What was killed twice in the hands of the server is given up, as the policy says: few kills, within one lease.
    let killing = Killing::run(folder.path(), &arguments, 10).await?;
    let reckoning = reckon(&killing.coordinator, arrived(&server, &python)?, &["unknown"]).await?;
    println!("{reckoning:?}, {} kills", killing.kills);
    assert!(reckoning.accounted() >= CANDIDATES, "{reckoning:?}");
    assert!(reckoning.given_up() <= CANDIDATES / 20, "{reckoning:?}");
    drop(killing.process);
    Ok(())
}

fn coordinator_of(clients: &Clients, coordinator: &Coordinator) -> Coordinator {
    Coordinator {
        clients: clients.clone(),
        session: coordinator.session.clone(),
    }
}
