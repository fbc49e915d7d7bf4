//! Each service in a process of its own, two of the scheduler and of the notifier, on PostgreSQL and RabbitMQ.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use contracts::scheduler::v1::{GetStatusRequest, GetStatusResponse, ReminderState};
use jalon::client::Clients;
use platform::testing::eventually;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use tests::{
    apart::{Apart, smtp},
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES},
    machine::Machine,
    mails::MailServer,
    outside::tool,
    reckoning::{arrived, concerned, publish_to, reckon, settle},
    telling::reminders,
};

/// Tuesday, 10:00 in Paris.
const NOW: &str = "2026-12-01T09:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_reaches_everybody_through_seven_processes() -> Result<()> {
    let (Some(python), Some(sink)) = (tool("PYTHON"), tool("SMTP_SINK")) else {
        return Ok(());
    };
    let Some(machine) = Machine::start()? else {
        return Ok(());
    };
    let server = MailServer::sink(&sink)?;
    let suite = Apart::start(machine, NOW, &smtp(server.port))?;
    let clients = suite.clients().await?;
    let coordinator = Coordinator::create(&clients, "2026-12-16").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;
    let published = coordinator.published().await?;
    let concerned: BTreeSet<&str> = published
        .meetings
        .iter()
        .flat_map(|meeting| [meeting.candidate_id.as_str(), meeting.employer_id.as_str()])
        .collect();
    settle(&clients, concerned.len()).await?;

    let mut told = 0;
    for registration in coordinator.registrations().await? {
        let reminders = reminders(&clients, &registration.person_id).await?;
        told += reminders
            .iter()
            .filter(|reminder| reminder.state() == ReminderState::Sent)
            .count();
    }
    let mails = server.mails(&python, None)?.len();
    assert!(mails > 50 && told >= mails, "{told} told, {mails} mails");
    let page = suite.ask("console", "/").await?;
    assert!(
        page.starts_with("HTTP/1.1 30") || page.starts_with("HTTP/1.1 200"),
        "{page}"
    );
    Ok(())
}

async fn status(clients: &Clients) -> Result<GetStatusResponse> {
    let request = GetStatusRequest::default();
    Ok(clients.scheduler.clone().get_status(request).await?.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_while_processes_broker_and_database_are_killed() -> Result<()> {
    const COUNT: usize = 5_000;
    let (Some(python), Some(sink)) = (tool("PYTHON"), tool("SMTP_SINK")) else {
        return Ok(());
    };
    let Some(machine) = Machine::start()? else {
        return Ok(());
    };
    let seed = std::env::var("JALON_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_261_127);
    println!("seed {seed} (set JALON_SEED for another)");
    let mut chance = ChaCha20Rng::seed_from_u64(seed);
    let server = MailServer::sink(&sink)?;
    let mut suite = Apart::start(machine, NOW, &smtp(server.port))?;
    let clients = suite.clients().await?;
    let coordinator = match publish_to(&clients, COUNT).await {
        Ok(coordinator) => coordinator,
        Err(error) => anyhow::bail!("{error}\n{}", suite.logs()),
    };

    // Mails are going out.
    while status(&clients).await?.sent == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Each once, in a random order: the processes, then the broker, then the database.
    let started = Instant::now();
    let mut victims: Vec<usize> = (0..suite.size()).collect();
    for last in (1..victims.len()).rev() {
        victims.swap(last, chance.random_range(0..=last));
    }
    victims.extend([suite.size(), suite.size() + 1]);
    for victim in victims {
        tokio::time::sleep(Duration::from_millis(chance.random_range(20..500))).await;
        let away = Duration::from_millis(chance.random_range(0..1_500));
        let name = match victim.checked_sub(suite.size()) {
            None => suite.kill_part(victim),
            Some(0) => suite.machine().kill_broker().map(|()| "RabbitMQ")?,
            Some(_) => suite.machine().kill_database().map(|()| "PostgreSQL")?,
        };
        tokio::time::sleep(away).await;
        match victim.checked_sub(suite.size()) {
            None => suite.start_part(victim)?,
            Some(0) => suite.machine().restart_broker()?,
            Some(_) => suite.machine().restart_database()?,
        }
        let at = started.elapsed().as_millis();
        println!(
            "{at} ms: {name} was killed, away for {} ms, and started again",
            away.as_millis()
        );
        if let Ok(status) = status(&clients).await {
            println!(
                "  {} sent, {} queued, {} planned",
                status.sent, status.queued, status.planned
            );
        }
    }
    suite.ready().await?;
    if let Err(error) = settle(&clients, concerned(COUNT)).await {
        anyhow::bail!("{error}\n{}", suite.logs());
    }
    println!("settled after {} ms", started.elapsed().as_millis());
    let reckoning = reckon(&coordinator, arrived(&server, &python)?, &["unknown"]).await?;
    println!("{reckoning:?}");
    assert!(reckoning.accounted() == concerned(COUNT), "{reckoning:?}");
    assert!(reckoning.given_up() <= COUNT / 20, "{reckoning:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_is_there_before_its_directory_prints_the_address_of_the_first_account_once_it_answers()
-> Result<()> {
    let Some(machine) = Machine::shared().await else {
        return Ok(());
    };
    let public = ["notifier.public_url=https://rdv.example.fr".to_owned()];
    let mut suite = Apart::start(machine, NOW, &public)?;
    let part = |service: &str| (0..suite.size()).find(|number| suite.service(*number) == service);
    let console = part("console").context("a console")?;
    let directory = part("directory").context("a directory")?;
    // Whichever of them was first until here: from now on it is the console.
    suite.kill_part(directory);
    suite.kill_part(console);
    let told = |suite: &Apart, words: &str| suite.log(console).matches(words).count();
    let (waits, address) = (
        "the directory does not say",
        "Pages  https://rdv.example.fr/premier-acces/",
    );
    let before = (told(&suite, waits), told(&suite, address));
    suite.start_part(console)?;
    eventually("the console waits", async || {
        (told(&suite, waits) > before.0).then_some(())
    })
    .await;
    assert_eq!(
        told(&suite, address),
        before.1,
        "nobody knows yet whether there are accounts"
    );
    suite.start_part(directory)?;
    eventually("the address of the first account", async || {
        (told(&suite, address) > before.1).then_some(())
    })
    .await;
    assert_eq!(told(&suite, waits), before.0 + 1, "said once");
    Ok(())
}
