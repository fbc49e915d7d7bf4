use std::{fs, time::Duration};

use anyhow::Result;
use tests::{
    moody::{Mood, MoodyServer},
    reckoning::concerned,
};

use crate::{NOBODY, World, assert_all_told_once, until};

const COUNT: usize = 500;

/// With seconds for each.
const FEW: usize = 200;

/// After so many dropped lines a notifier leaves the server alone; how many more are under way then is chance.
const DROPPED: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_takes_seconds_for_each_gets_each_once() -> Result<()> {
    let server = MoodyServer::start(NOBODY).await?;
    let wide = ["notifier.smtp.connections=25".to_owned()];
    let Some(world) = World::start(server, &wide).await? else {
        return Ok(());
    };
    world.server.feel(Mood::Slow(Duration::from_secs(2)));
    let coordinator = world.publish(FEW).await?;
    let reckoning = world.reckon(&coordinator, concerned(FEW), &[]).await?;
    assert_all_told_once(&reckoning, FEW);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_goes_away_and_comes_back_gets_what_it_missed() -> Result<()> {
    let server = MoodyServer::start(NOBODY).await?;
    let Some(world) = World::start(server, &[]).await? else {
        return Ok(());
    };
    let coordinator = world.publish(COUNT).await?;
    world.taken(50).await?;
    world.server.feel(Mood::Away);
    until("it is away", async || {
        std::net::TcpStream::connect(("127.0.0.1", world.server.port)).is_err()
    })
    .await?;
    let before = world.server.taken().len();
    until("both notifiers leave it alone", async || {
        let metrics = world.suite.ask_all("notifier", "/metrics").await;
        let out = |text: &String| {
            let mut lines = text.lines();
            lines.any(|line| line.starts_with("jalon_notifier_provider_out{") && line.ends_with(" 1"))
        };
        metrics.iter().all(out)
    })
    .await?;
    assert_eq!(
        world.server.taken().len(),
        before,
        "nobody can have given it a mail"
    );
    world.server.feel(Mood::Well);
    let reckoning = world.reckon(&coordinator, concerned(COUNT), &[]).await?;
    // Those that were in its hands when it went.
    assert_eq!(reckoning.told, concerned(COUNT), "{reckoning:?}");
    assert!(reckoning.unknown <= 8, "{reckoning:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_now_goes_out_later_and_once() -> Result<()> {
    let server = MoodyServer::start(NOBODY).await?;
    let Some(world) = World::start(server, &[]).await? else {
        return Ok(());
    };
    world.server.feel(Mood::Busy);
    let coordinator = world.publish(COUNT).await?;
    until("many are refused", async || world.server.refused() >= COUNT / 2).await?;
    assert_eq!(world.server.taken().len(), 0);
    world.server.feel(Mood::Well);
    let reckoning = world.reckon(&coordinator, concerned(COUNT), &[]).await?;
    assert_all_told_once(&reckoning, COUNT);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_for_good_has_a_reason_and_holds_nobody_up() -> Result<()> {
    // c1, c10 to c19, c100 to c199.
    const REFUSED: usize = 111;
    let server = MoodyServer::start("c1").await?;
    let Some(world) = World::start(server, &[]).await? else {
        return Ok(());
    };
    let coordinator = world.publish(COUNT).await?;
    let reckoning = world.reckon(&coordinator, concerned(COUNT), &["refused"]).await?;
    assert_eq!(reckoning.told, concerned(COUNT) - REFUSED, "{reckoning:?}");
    assert_eq!(reckoning.accounted(), concerned(COUNT), "{reckoning:?}");
    assert_eq!((reckoning.copies, reckoning.unknown), (0, 0), "{reckoning:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_drops_before_the_answer_leaves_an_unknown_that_goes_out_once_more() -> Result<()> {
    let server = MoodyServer::start(NOBODY).await?;
    let Some(world) = World::start(server, &[]).await? else {
        return Ok(());
    };
    world.server.feel(Mood::Dropping);
    let coordinator = world.publish(COUNT).await?;
    world.taken(DROPPED).await?;
    world.server.feel(Mood::Well);
    let reckoning = world.reckon(&coordinator, concerned(COUNT), &["unknown"]).await?;
    assert_eq!(reckoning.accounted(), concerned(COUNT), "{reckoning:?}");
    // Every mail of a dropped line was taken: who is told all the same has two, and both are known of.
    assert!(
        reckoning.copies + reckoning.given_up() >= DROPPED,
        "{reckoning:?}"
    );
    assert_eq!(reckoning.copies, reckoning.unknown, "{reckoning:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_policy_says_at_most_once_an_unknown_is_left_and_told_to_people() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let built_in = include_str!("../../../services/scheduler/policies/speed-dating-published.yaml");
    fs::write(
        folder.path().join("speed-dating-published.yaml"),
        format!("{}\n  on_unknown: at_most_once\n", built_in.trim_end()),
    )?;
    let policies = format!("scheduler.policies={}", folder.path().display());
    let server = MoodyServer::start(NOBODY).await?;
    let Some(world) = World::start(server, &[policies]).await? else {
        return Ok(());
    };
    world.server.feel(Mood::Dropping);
    let coordinator = world.publish(COUNT).await?;
    world.taken(DROPPED).await?;
    world.server.feel(Mood::Well);
    let reckoning = world.reckon(&coordinator, concerned(COUNT), &["unknown"]).await?;
    assert_eq!(reckoning.accounted(), concerned(COUNT), "{reckoning:?}");
    assert!(reckoning.given_up() >= DROPPED, "{reckoning:?}");
    let taken = world.server.arrived();
    let most = taken.values().flat_map(|ids| ids.values()).max();
    assert_eq!(most, Some(&1), "nobody got a second copy");
    Ok(())
}
