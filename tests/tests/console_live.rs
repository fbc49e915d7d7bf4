//! What is live on a page stays so: scripts that come late, services that are away for a moment.

use std::{sync::atomic::Ordering, time::Duration};

use anyhow::{Result, ensure};
use jiff::SignedDuration;
use tests::{browser::Browser, suite::Running};

const MORNING: &str = "2026-11-23T08:30:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_follows_its_events_though_its_scripts_come_one_long_after_the_other() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let browser = Browser::signed_in(&running).await?;
    browser.slow_scripts(Duration::from_millis(400)).await?;
    browser.goto("/style").await?;
    browser.see("à 9 h 30").await?;
    running.advance(SignedDuration::from_mins(75)).await?;
    browser.see("à 10 h 45").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_could_not_be_renewed_keeps_what_it_shows_says_so_and_asks_again() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let browser = Browser::signed_in(&running).await?;
    let asked = browser.away("*/style/heure*", 3).await?;
    browser.goto("/style").await?;
    browser.see("n’est peut-être plus à jour").await?;
    browser.see("à 9 h 30").await?;
    ensure!(
        !browser.text().await?.contains("Un service se tait"),
        "the page of an error stands in the place of what was shown"
    );
    running.advance(SignedDuration::from_mins(75)).await?;
    browser.see("à 10 h 45").await?;
    browser
        .until(
            "the page takes back its warning",
            "!document.body.innerText.includes('peut-être plus à jour')",
        )
        .await?;
    ensure!(asked.load(Ordering::Relaxed) > 3, "it did not ask again");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_stream_could_not_begin_asks_for_it_again() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let browser = Browser::signed_in(&running).await?;
    let asked = browser.away("*/style/flux*", 2).await?;
    browser.goto("/style").await?;
    browser.see("à 9 h 30").await?;
    running.advance(SignedDuration::from_mins(75)).await?;
    browser.see("à 10 h 45").await?;
    ensure!(asked.load(Ordering::Relaxed) == 3, "one stream, and no more");
    Ok(())
}
