use std::time::Duration;

use anyhow::Result;
use tests::{
    apart::{Apart, smtp},
    machine::Machine,
    moody::{Mood, MoodyServer},
    proxy::{Line, Proxy},
    reckoning::concerned,
};

use crate::{NOBODY, NOW, World, assert_all_told_once, until};

const COUNT: usize = 2_000;

/// Nothing passes between the notifiers and the broker, first without a word to either (the line is half open), then with
/// every connection cut and new ones refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_parts_notifiers_and_broker_delays_and_loses_nothing() -> Result<()> {
    let Some(machine) = Machine::shared().await else {
        return Ok(());
    };
    let broker = machine.broker_url();
    let proxy = Proxy::before(&broker).await?;
    let parted = format!("bus.url={}", proxy.url(&broker)?);
    let server = MoodyServer::start(NOBODY).await?;
    let suite = Apart::start_each(machine, NOW, &smtp(server.port), |service| {
        let behind = service == "notifier";
        behind.then(|| parted.clone()).into_iter().collect()
    })?;
    let world = World::around(server, suite).await?;
    // So slow that mails go out until the broker is there again: what the notifiers have heard of goes out without it.
    world.server.feel(Mood::Slow(Duration::from_millis(500)));
    let coordinator = world.publish(COUNT).await?;
    for (line, more) in [(Line::Silent, 10), (Line::Cut, 100)] {
        world.taken(world.server.taken().len() + more).await?;
        proxy.set(line);
        until("both notifiers say that the broker is away", async || {
            let answers = world.suite.ask_all("notifier", "/readyz").await;
            let away = |answer: &String| answer.starts_with("HTTP/1.1 503") && answer.contains("broker away");
            answers.iter().all(away)
        })
        .await?;
        let sent = world.sent().await?;
        println!("{line:?}: {sent} told, {} mails out", world.server.taken().len());
        assert!(
            usize::try_from(sent)? < concerned(COUNT),
            "the load ended too early"
        );
        proxy.set(Line::Up);
        world.suite.ready().await?;
    }
    world.server.feel(Mood::Well);
    let reckoning = world.reckon(&coordinator, concerned(COUNT), &[]).await?;
    assert_all_told_once(&reckoning, COUNT);
    Ok(())
}
