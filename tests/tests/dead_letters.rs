//! An event that cannot be applied, as those who run Jalon meet it: by commands, on a metric, and never in the way of others.

use anyhow::{Context as _, Result};
use contracts::scheduler::v1::GetStatusRequest;
use platform::{
    Platform,
    outbox::{self, Event},
    testing::{eventually, moment},
};
use tests::{
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES},
    outside::output,
    process::shift_to,
    suite::Running,
};

fn service<'r>(running: &'r Running, name: &str) -> Result<&'r Platform> {
    let mut platforms = running.suite.platforms.iter();
    platforms
        .find(|platform| platform.service == name)
        .context("a service of the suite")
}

/// A milestone that nobody can read.
fn unreadable(platform: &Platform) -> Event {
    Event {
        id: platform.ids.id(),
        routing_key: "speeddating.milestone.set.v1".to_owned(),
        body: vec![0xff; 12],
        occurred_at: platform.clock.now(),
        traceparent: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_commands_dead_letters_are_listed_shown_replayed_and_dropped() -> Result<()> {
    let running = Running::start("2026-11-09T09:00:00Z").await?;
    // The commands go by the clock of the folder; the suite's stands.
    shift_to(running.folder.path(), "2026-11-09T08:59:50Z")?;
    let jalon = |arguments: &[&str]| {
        let mut command = running.jalon()?;
        output(command.arg("dead-letters").args(arguments))
    };
    assert_eq!(jalon(&["list"])?.lines().count(), 1, "headings only");

    let publisher = service(&running, "speeddating")?;
    let event = unreadable(publisher);
    let id = event.id.to_string();
    let mut tx = publisher.db.begin().await?;
    outbox::push(&mut tx, &event).await?;
    tx.commit().await?;
    // Others pass.
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;
    running.quiet().await?;
    let status = running
        .clients
        .scheduler
        .clone()
        .get_status(GetStatusRequest::default())
        .await?;
    assert!(status.into_inner().sent > 150);

    let listed = jalon(&["list"])?;
    let line = listed
        .lines()
        .find(|line| line.contains(&id))
        .context("the dead letter")?;
    assert!(
        line.contains("scheduler") && line.contains("cannot be read"),
        "{line}"
    );
    assert_eq!(jalon(&["list", "--service", "notifier"])?.lines().count(), 1);
    assert!(jalon(&["list", "--json"])?.contains(&id));
    // One service is away: what the others have is listed, and what is missing is said.
    let mut partly = running.jalon()?;
    partly.args(["--set", "peers.notifier=http://127.0.0.1:9"]);
    let partly = partly.args(["dead-letters", "list"]).output()?;
    let (out, err) = (
        String::from_utf8_lossy(&partly.stdout),
        String::from_utf8_lossy(&partly.stderr),
    );
    assert_eq!(partly.status.code(), Some(1), "{out}{err}");
    assert!(out.contains(&id), "{out}{err}");
    assert!(err.contains("the events of notifier are missing here"), "{err}");
    assert_eq!(err.matches("are missing here").count(), 1, "{err}");
    let metric = "jalon_dead_letters{service=\"scheduler\"} 1";
    assert!(running.metrics().await?.contains(metric));
    let shown = jalon(&["show", "scheduler", &id])?;
    assert!(
        shown.contains("speeddating.milestone.set.v1") && shown.contains("ffffff"),
        "{shown}"
    );

    // It cannot be read today either.
    jalon(&["replay", "scheduler", &id])?;
    running.quiet().await?;
    assert!(jalon(&["list"])?.contains(&id));
    jalon(&["drop", "scheduler", &id])?;
    assert_eq!(jalon(&["list"])?.lines().count(), 1);
    assert!(jalon(&["replay", "scheduler", &id]).is_err(), "it is gone");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_clock_stands_an_event_that_waits_for_another_try_holds_nothing_up() -> Result<()> {
    let running = Running::start("2026-11-09T09:00:00Z").await?;
    let scheduler = service(&running, "scheduler")?;
    let event = unreadable(scheduler);
    let mut tx = scheduler.db.begin().await?;
    tx.query(
        "INSERT INTO inbox (id, routing_key, body, occurred_at, received_at, next_at, attempts)
         VALUES ($1, $2, $3, $4, $5, $6, 3)",
    )
    .bind(event.id)
    .bind(event.routing_key)
    .bind(event.body)
    .bind(event.occurred_at)
    .bind(event.occurred_at)
    .bind(moment("2026-11-09T09:01:00Z"))
    .execute()
    .await?;
    tx.commit().await?;
    running.quiet().await?;
    assert!(
        !running
            .metrics()
            .await?
            .contains("jalon_dead_letters{service=\"scheduler\"} 1")
    );
    running.play_until("2026-11-09T10:00:00Z").await?;
    // Gauges are counted at most once a second.
    eventually("the dead letter in the metrics", async || {
        let metrics = running.metrics().await.ok()?;
        metrics
            .contains("jalon_dead_letters{service=\"scheduler\"} 1")
            .then_some(())
    })
    .await;
    Ok(())
}
