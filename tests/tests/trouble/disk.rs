use std::{fs, net::SocketAddr, os::unix::fs::symlink};

use anyhow::Result;
use jalon::running::Running as Address;
use tests::{
    apart::{Apart, get, smtp},
    machine::Machine,
    moody::{Mood, MoodyServer},
    process::{Process, connect, shift_to},
    reckoning::{concerned, publish_to, reckon, settle},
    small_disk::SmallDisk,
};

use crate::{NOBODY, NOW, World, until};

const COUNT: usize = 1_000;

/// What a service says once when it cannot write.
const SAID: &str = "the disk of the database is full";

fn is_full(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 503") && answer.contains("disk full")
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_full_disk_under_postgresql_all_waits_and_goes_on_when_there_is_room() -> Result<()> {
    let Some(mut machine) = Machine::start()? else {
        return Ok(());
    };
    let Some(disk) = SmallDisk::mount(256)? else {
        return Ok(());
    };
    machine.tables_on(disk.path())?;
    let server = MoodyServer::start(NOBODY).await?;
    let suite = Apart::start(machine, NOW, &smtp(server.port))?;
    let world = World::around(server, suite).await?;
    let coordinator = world.publish(COUNT).await?;
    world.taken(50).await?;
    disk.fill()?;
    for service in ["scheduler", "notifier"] {
        until("the disk is seen to be full", async || {
            let answers = world.suite.ask_all(service, "/readyz").await;
            answers.iter().any(|answer| is_full(answer))
        })
        .await?;
    }
    let taken = world.server.taken().len();
    println!("full after {taken} mails");
    assert!(taken < COUNT, "the load ended too early");
    disk.clear()?;
    world.suite.ready().await?;
    let reckoning = world.reckon(&coordinator, concerned(COUNT), &["unknown"]).await?;
    assert_eq!(reckoning.accounted(), concerned(COUNT), "{reckoning:?}");
    assert!(reckoning.given_up() <= COUNT / 20, "{reckoning:?}");
    let said = (0..world.suite.size()).map(|number| world.suite.log(number).matches(SAID).count());
    let said: Vec<usize> = said.collect();
    println!("said by each process: {said:?}");
    assert!(
        said.iter().any(|times| *times > 0) && said.iter().all(|times| *times <= 2),
        "{said:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_full_disk_under_sqlite_all_waits_and_goes_on_when_there_is_room() -> Result<()> {
    let Some(disk) = SmallDisk::mount(64)? else {
        return Ok(());
    };
    let server = MoodyServer::start(NOBODY).await?;
    server.feel(Mood::Slow(std::time::Duration::from_millis(10)));
    let data = disk.path().join("data");
    shift_to(&data, NOW)?;
    // What it says goes to another disk.
    let log = disk.beside().join("log");
    symlink(&log, data.join("log"))?;
    let mut arguments = vec!["--set".to_owned()];
    arguments.extend(smtp(server.port).join("\n--set\n").lines().map(str::to_owned));
    arguments.push("serve".to_owned());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let _process = Process::start(&data, &arguments)?;
    let clients = connect(&data).await?;
    let SocketAddr::V4(web) = Address::read(&data)?.web else {
        anyhow::bail!("not where it was told to listen");
    };
    let ready = async || {
        let answer = get((&web.ip().to_string(), web.port()), "localhost", "/readyz").await;
        answer.unwrap_or_else(|error| error.to_string())
    };
    let coordinator = publish_to(&clients, COUNT).await?;
    until("mails go out", async || server.taken().len() >= 50).await?;
    disk.fill()?;
    until("the disk is seen to be full", async || is_full(&ready().await)).await?;
    let taken = server.taken().len();
    println!("full after {taken} mails");
    assert!(taken < COUNT, "the load ended too early");
    disk.clear()?;
    until("it is ready again", async || {
        ready().await.starts_with("HTTP/1.1 200")
    })
    .await?;
    server.feel(Mood::Well);
    settle(&clients, concerned(COUNT)).await?;
    let reckoning = reckon(&coordinator, server.arrived(), &["unknown"]).await?;
    println!("{reckoning:?}");
    assert_eq!(reckoning.accounted(), concerned(COUNT), "{reckoning:?}");
    assert!(reckoning.given_up() <= COUNT / 20, "{reckoning:?}");
    let said = fs::read_to_string(&log)?;
    let times = said.matches(SAID).count();
    println!("said {times} times");
    // Once by each of the services that write.
    assert!((1..=4).contains(&times), "{said}");
    Ok(())
}
