//! SIGKILL at random moments while two thousand reminders go out: none is lost, copies only among the uncertain.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use contracts::{
    notifier::v1::{GetStatusRequest as NotifierStatus, Message},
    scheduler::v1::{GetStatusRequest, ReminderState},
};
use jalon::client::Clients;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use tests::{
    coordinator::Coordinator,
    process::{Process, connect, shift_to},
    telling::{messages, reminders},
};

const CANDIDATES: usize = 2_000;

/// A row more.
fn row(text: &mut String, cells: std::fmt::Arguments<'_>) {
    text.push_str(&cells.to_string());
}

/// Two thousand candidates with one wish each: all of them are told at publication, and so are eighty employers.
fn tables() -> (String, String, String) {
    let mut employers = "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\r\n".to_owned();
    let mut candidates =
        "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\r\n".to_owned();
    let mut wishes = "candidat;employeur;rang;avis_employeur;conseille_par_referent\r\n".to_owned();
    for employer in 0..80 {
        row(
            &mut employers,
            format_args!(
                "E{employer:03};Entreprise {employer};Commerce;Poste;2;Dominique Martin{employer};e{employer}@example.com;;09:00;12:30;\r\n"
            ),
        );
    }
    for candidate in 0..CANDIDATES {
        row(
            &mut candidates,
            format_args!(
                "C{candidate:04};Camille;Dupont{candidate};c{candidate}@example.org;;fr;;09:00;12:30;1;\r\n"
            ),
        );
        let employer = (candidate * 7) % 80;
        row(
            &mut wishes,
            format_args!("C{candidate:04};E{employer:03};1;;\r\n"),
        );
    }
    (employers, candidates, wishes)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_every_possible_copy_is_known() -> Result<()> {
    let seed = std::env::var("JALON_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_261_123);
    println!("seed {seed} (set JALON_SEED for another)");
    let mut chance = ChaCha20Rng::seed_from_u64(seed);
    let folder = tempfile::tempdir()?;
    // Tuesday, 10:00 in Paris.
    shift_to(folder.path(), "2026-12-01T09:00:00Z")?;

    let process = Process::start(folder.path(), &["serve"])?;
    let clients = connect(folder.path()).await?;
    let coordinator = Coordinator::create(&clients, "2026-12-16").await?;
    let (employers, candidates, wishes) = tables();
    coordinator.import(&employers, &candidates, &wishes).await?;
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;

    let mut process = process;
    let mut kills = 0;
    let started = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_millis(chance.random_range(20..900))).await;
        drop(process);
        kills += 1;
        std::fs::remove_file(folder.path().join("running.json"))
            .context("the address of the killed process")?;
        process = Process::start(folder.path(), &["serve"])?;
        let clients = connect(folder.path()).await?;
        let status = clients
            .scheduler
            .clone()
            .get_status(GetStatusRequest {})
            .await?
            .into_inner();
        println!(
            "killed {kills} times: {} sent, {} queued, {} planned",
            status.sent, status.queued, status.planned
        );
        if kills >= 8 && status.queued == 0 || started.elapsed() > Duration::from_mins(1) {
            break;
        }
    }
    let clients = connect(folder.path()).await?;
    settle(&clients).await?;

    let mut told = 0;
    let mut copies = 0;
    for registration in coordinator_of(&clients, &coordinator).registrations().await? {
        let all = messages(&clients, &registration.person_id).await?;
        let sent = reminders(&clients, &registration.person_id)
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
        .get_status(GetStatusRequest {})
        .await?
        .into_inner();
    assert_eq!(status.queued, 0);
    assert_eq!(status.failed, 0);
    assert!(told >= CANDIDATES, "only {told} were told");
    drop(process);
    Ok(())
}

fn coordinator_of(clients: &Clients, coordinator: &Coordinator) -> Coordinator {
    Coordinator {
        clients: clients.clone(),
        session: coordinator.session.clone(),
    }
}

/// Waits until nothing that is due waits.
async fn settle(clients: &Clients) -> Result<()> {
    let started = Instant::now();
    loop {
        let scheduler = clients
            .scheduler
            .clone()
            .get_status(GetStatusRequest {})
            .await?
            .into_inner();
        let notifier = clients
            .notifier
            .clone()
            .get_status(NotifierStatus {})
            .await?
            .into_inner();
        // Events may still lie in an inbox: quiet is not enough, all must have been told.
        let told = usize::try_from(scheduler.sent)? >= CANDIDATES;
        if told && scheduler.queued == 0 && notifier.ready == 0 && notifier.waiting == 0 {
            return Ok(());
        }
        anyhow::ensure!(
            started.elapsed() < Duration::from_mins(5),
            "still waiting: {scheduler:?} {notifier:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
