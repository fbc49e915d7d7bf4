//! Other sizes than that of the example work too. The time of each step is printed and not judged: machines differ.
//! `JALON_BINARY=target/release/jalon cargo nextest run -p tests --test sizes --no-capture` measures a release build.

#![expect(clippy::print_stdout, reason = "the figures are for people")]

mod pages;
mod processes;
mod promised;
mod steps;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use contracts::speeddating::v1::{
    CommitImportRequest, ImportFile, MakeTimetableRequest, PublishRequest, Table, Timetable,
};
use jalon::client::Clients;
use tests::{
    coordinator::{Coordinator, patiently, request},
    crowd::{Crowd, Size},
};

use crate::{
    processes::Processes,
    promised::{assert_promised, assert_sound, concerned},
    steps::Steps,
};

/// Tuesday 1 December 2026, 10:00 in Paris; the session is two weeks later.
const NOW: &str = "2026-12-01T09:00:00Z";
const SESSION: &str = "2026-12-16";
const SEED: u64 = 20_261_123;

/// So long may thousands of messages take; a machine under load is slow, and that is no failure.
const PATIENCE: Duration = Duration::from_mins(8);

#[tokio::test(flavor = "multi_thread")]
async fn ten_employers_and_sixty_people() -> Result<()> {
    let size = Size {
        employers: 10,
        candidates: 60,
        wishes: 6,
    };
    works(size, 2).await
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_employers_and_three_hundred_people() -> Result<()> {
    let size = Size {
        employers: 40,
        candidates: 300,
        wishes: 8,
    };
    works(size, 3).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_employers_and_two_thousand_people() -> Result<()> {
    let size = Size {
        employers: 200,
        candidates: 2_000,
        wishes: 8,
    };
    works(size, 5).await
}

/// Import, timetable and publication; `seconds` for the solver.
async fn works(size: Size, seconds: i32) -> Result<()> {
    let crowd = Crowd::generate(size, SEED);
    let mut steps = Steps::new(size);
    let Some(processes) = Processes::start().await? else {
        return Ok(());
    };
    let clients = processes.clients().await?;
    steps.done("start");

    let coordinator = Coordinator::create(&clients, SESSION).await?;
    import(&coordinator, &crowd).await?;
    steps.done("import");
    let timetable = make(&coordinator, seconds).await?;
    steps.done("timetable");
    let registrations = coordinator.registrations().await?;
    assert_eq!(registrations.len(), size.employers + size.candidates);
    assert_sound(&timetable, &registrations, &crowd);

    let log = processes.log()?;
    let entry = pages::entry(&log)?;
    let meeting = &timetable.meetings.first().context("a meeting")?.meeting_id;
    println!("Before the publication:");
    pages::weigh(entry, &coordinator.session, meeting, size)?;

    steps.again();
    let version = coordinator.session().await?.version;
    let publish = PublishRequest {
        session_id: coordinator.session.clone(),
        version,
        number: timetable.number,
        timetable_version: 0,
    };
    clients.speeddating.clone().publish(patiently(publish)).await?;
    steps.done("publication");
    let notices = concerned(&timetable).len();
    all_told(&clients, notices).await?;
    steps.done("everybody told");
    assert_promised(&clients, &timetable, &registrations).await?;
    let (site, _token) = entry.split_once("/premier-acces/").context("an address")?;
    println!("After the publication:");
    pages::weigh(&format!("{site}/connexion"), &coordinator.session, meeting, size)?;

    let quality = timetable.quality.context("a quality")?;
    println!(
        "{steps}; {} meetings, weight {} of at most {}, {} without a meeting",
        quality.meetings,
        quality.weight,
        quality.bound,
        quality.unmet.len()
    );
    Ok(())
}

async fn import(coordinator: &Coordinator, crowd: &Crowd) -> Result<()> {
    let file = |table: Table, content: &str| ImportFile {
        table: table.into(),
        name: "table.csv".to_owned(),
        content: content.as_bytes().to_vec(),
    };
    let commit = CommitImportRequest {
        import_id: request(3),
        session_id: coordinator.session.clone(),
        files: vec![
            file(Table::Employers, &crowd.employers),
            file(Table::Candidates, &crowd.candidates),
            file(Table::Wishes, &crowd.wishes),
        ],
        ..Default::default()
    };
    coordinator
        .clients
        .speeddating
        .clone()
        .commit_import(patiently(commit))
        .await?;
    Ok(())
}

async fn make(coordinator: &Coordinator, seconds: i32) -> Result<Timetable> {
    let make = MakeTimetableRequest {
        request_id: request(4),
        session_id: coordinator.session.clone(),
        seed: 1,
        seconds,
    };
    let reply = coordinator
        .clients
        .speeddating
        .clone()
        .make_timetable(patiently(make))
        .await?;
    reply.into_inner().timetable.context("a timetable")
}

/// Waits until all that is due was handed over: as many notices of the publication as people concerned, and nothing under way.
async fn all_told(clients: &Clients, concerned: usize) -> Result<()> {
    let started = Instant::now();
    loop {
        let (scheduler, notifier) = clients.statuses().await?;
        let published: i64 = scheduler
            .policies
            .iter()
            .filter(|count| count.policy == "speed-dating-published")
            .map(|count| count.sent + count.suppressed + count.failed)
            .sum();
        let told = usize::try_from(published)? >= concerned;
        if told && scheduler.queued == 0 && notifier.ready == 0 && notifier.waiting == 0 {
            return Ok(());
        }
        anyhow::ensure!(
            started.elapsed() < PATIENCE,
            "still not told: {scheduler:?} {notifier:?}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
