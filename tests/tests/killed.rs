//! SIGKILL at random moments while two thousand reminders go out: none is lost, copies only among the uncertain.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use contracts::{
    notifier::v1::{GetDeliveryRequest, GetStatusRequest as NotifierStatus, Message},
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
        let (employers, candidates, wishes) = tables();
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
        settle(&clients).await?;
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
    let clients = &killing.coordinator.clients;

    // What arrived, by whom it is for: how often each Message-ID did.
    let mut arrived: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for mail in server.mails(&python, None)? {
        let [to] = mail.to.as_slice() else {
            anyhow::bail!("{} is to {:?}", mail.file, mail.to);
        };
        *arrived
            .entry(to.clone())
            .or_default()
            .entry(mail.message_id)
            .or_default() += 1;
    }
    let (mut told, mut copies, mut unknown, mut given_up) = (0, 0, 0, 0);
    for registration in killing.coordinator.registrations().await? {
        let code = &registration.code;
        let (sent, rest): (Vec<_>, Vec<_>) = reminders(clients, &registration.person_id)
            .await?
            .into_iter()
            .filter(|reminder| !reminder.delivery_id.is_empty())
            .partition(|reminder| reminder.state() == ReminderState::Sent);
        if let Some(failed) = rest.first() {
            assert_eq!(failed.reason, "unknown", "{failed:?}");
            given_up += rest.len();
            arrived.retain(|to, _| !to.starts_with(&format!("{}@", address(code).unwrap_or_default())));
            continue;
        }
        let address = format!(
            "{}@example.{}",
            address(code)?,
            if code.starts_with('C') { "org" } else { "com" }
        );
        let mails = arrived.remove(&address).unwrap_or_default();
        assert_eq!(
            mails.len(),
            sent.len(),
            "mails that {code} got, and reminders that were sent"
        );
        let mut possible = 0;
        for reminder in &sent {
            let request = GetDeliveryRequest {
                delivery_id: reminder.delivery_id.clone(),
            };
            let delivery = clients.notifier.clone().get_delivery(request).await?.into_inner();
            let attempts = delivery.attempts.iter();
            possible += attempts.filter(|attempt| attempt.state == "unknown").count();
        }
        let more = mails.values().sum::<usize>() - mails.len();
        assert!(
            more <= possible,
            "{code} got {more} copies, and {possible} attempts are recorded as unknown"
        );
        told += sent.len();
        copies += more;
        unknown += possible;
    }
    assert!(arrived.is_empty(), "mails to nobody that was told: {arrived:?}");
    let kills = killing.kills;
    println!("{told} told, {copies} copies of {unknown} possible ones, {given_up} given up, {kills} kills");
    assert!(told + given_up >= CANDIDATES, "only {told} were told");
    assert!(
        given_up <= CANDIDATES / 20,
        "{given_up} were killed twice and given up"
    );
    drop(killing.process);
    Ok(())
}

/// The address in the tables, by code: C0012 is c12, E003 is e3.
fn address(code: &str) -> Result<String> {
    let (letter, number) = code.split_at(1);
    Ok(format!("{}{}", letter.to_lowercase(), number.parse::<usize>()?))
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
            .get_status(GetStatusRequest::default())
            .await?
            .into_inner();
        let notifier = clients
            .notifier
            .clone()
            .get_status(NotifierStatus {})
            .await?
            .into_inner();
        // Events may still lie in an inbox: quiet is not enough, all must have been told.
        let told = usize::try_from(scheduler.sent + scheduler.failed)? >= CANDIDATES;
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
