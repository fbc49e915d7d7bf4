//! The frame of the console in a real browser, over the real services.

use anyhow::Result;
use tests::{browser::Browser, suite::Running};

const MORNING: &str = "2026-11-23T08:30:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_in_sees_the_sessions_in_the_language_they_choose() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let browser = Browser::signed_in(&running).await?;
    browser.see("Aucune séance pour l’instant").await?;
    browser.accessible("sessions-empty-fr").await?;
    browser.click_on("English").await?;
    browser.see("Reminders").await?;
    let language: String = browser.evaluate("document.documentElement.lang").await?;
    assert_eq!(language, "en");
    browser.accessible("sessions-empty-en").await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_component_is_accessible_in_both_languages_with_and_without_faults() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let browser = Browser::signed_in(&running).await?;
    for language in ["fr", "en"] {
        browser.speak(language).await?;
        browser.goto("/style").await?;
        browser.accessible(&format!("style-{language}")).await?;
        browser.goto("/style/confirmer").await?;
        browser.accessible(&format!("style-confirm-{language}")).await?;
    }
    browser.speak("fr").await?;
    browser.goto("/style").await?;
    browser.fill("#nom", "Lina & <b>").await?;
    browser.click_on("Enregistrer").await?;
    browser.see("À corriger").await?;
    browser
        .until(
            "the summary has the focus",
            "document.activeElement.id === 'resume'",
        )
        .await?;
    browser.accessible("style-faults").await?;
    browser.click_on("Choisissez une date").await?;
    browser
        .until(
            "the link leads to its field",
            "document.activeElement.id === 'date'",
        )
        .await?;
    browser.fill("#nombre", "12").await?;
    browser.fill("#date", "2026-11-25").await?;
    browser.fill("#heure", "14:00").await?;
    browser.click_on("Enregistrer").await?;
    browser.see("« Lina & <b> » enregistré").await?;
    browser.goto("/style").await?;
    let text = browser.text().await?;
    assert!(!text.contains("enregistré"), "a notice is shown once: {text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_page_follows_its_events_without_a_reload() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let browser = Browser::signed_in(&running).await?;
    browser.goto("/style").await?;
    browser.see("à 9 h 30").await?;
    let _: i64 = browser.evaluate("window.stayed = 1").await?;
    running.advance(jiff::SignedDuration::from_mins(75)).await?;
    browser.see("à 10 h 45").await?;
    browser
        .until("the page was not loaded again", "window.stayed === 1")
        .await
}
