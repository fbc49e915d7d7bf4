//! A coordinator's sessions in a real browser, over the real services: made, changed, lived through, looked back on.

use anyhow::{Context as _, Result};
use tests::{
    browser::Browser,
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES},
    suite::Running,
};

const MORNING: &str = "2026-11-23T08:30:00Z";

/// The browser's address, without what stands after the question mark.
async fn at(browser: &Browser, path: &str) -> Result<()> {
    browser
        .until(
            &format!("the page is {path}"),
            &format!("location.pathname === '{path}'"),
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_made_with_its_morning_drawn_as_it_is_typed() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let browser = Browser::signed_in(&running).await?;
    browser.click_on("Nouvelle séance").await?;
    browser.see("14 créneaux de 15 minutes, de 9 h à 12 h 30").await?;
    browser.accessible("session-new").await?;
    browser.fill("#fin", "11:00").await?;
    browser.see("8 créneaux de 15 minutes, de 9 h à 11 h").await?;
    browser.fill("#pause-1-de", "10:00").await?;
    browser.fill("#pause-1-a", "10:15").await?;
    browser.see("7 créneaux").await?;
    browser.fill("#salle-1-nom", "Salle Rhône").await?;
    browser.fill("#salle-1-tables", "12").await?;
    browser.see("12 tables").await?;
    browser.click("#plan > .actions button[type=submit]").await?;
    browser.see("Donner un titre de 1 à 120 caractères").await?;
    browser.accessible("session-new-faulty").await?;
    browser.fill("#titre", "Rencontres <b>&</b> emploi").await?;
    browser.click("#plan > .actions button[type=submit]").await?;
    browser
        .see("La séance « Rencontres <b>&</b> emploi » est créée.")
        .await?;
    browser.see("Salle Rhône (12 tables)").await?;
    browser.accessible("session-overview-draft").await?;

    browser.click_on("Modifier").await?;
    browser.fill("#debut", "09:30").await?;
    browser.see("5 créneaux").await?;
    browser.click("#plan > .actions button[type=submit]").await?;
    browser.see("La séance est enregistrée.").await?;
    browser.click_on("Copier").await?;
    browser.see("Créer la copie").await?;
    browser.accessible("session-copy").await?;
    browser.fill("#titre", "Édition de printemps").await?;
    browser.click_on("Créer la copie").await?;
    browser
        .see("La séance « Édition de printemps » est créée.")
        .await?;
    browser.click_on("Annuler la séance").await?;
    browser.see("personne ne sera prévenu").await?;
    browser.accessible("session-cancel").await?;
    browser.fill("#raison", "Salle indisponible").await?;
    browser.click("button.danger").await?;
    browser
        .see("Cette séance est annulée : Salle indisponible")
        .await?;
    browser.goto("/").await?;
    browser.accessible("sessions").await?;
    browser.speak("en").await?;
    browser.goto("/seances/nouvelle").await?;
    browser.see("14 slots of 15 minutes").await?;
    browser.accessible("session-new-en").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_is_followed_and_looked_back_on() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = Coordinator::create(&running.clients, "2026-12-16").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;
    running
        .advance_to(platform::testing::moment("2026-12-16T08:20:00Z"))
        .await?;

    let session = format!("/seances/{}", coordinator.session);
    let browser = Browser::signed_in(&running).await?;
    browser.goto(&session).await?;
    browser.click_on("Suivre le jour J").await?;
    browser.see("Il est 9 h 20").await?;
    browser.see("Maintenant").await?;
    browser.accessible("day-board").await?;

    browser.click_on("Noter les arrivées").await?;
    browser.fill("#nom", "C0001").await?;
    browser.click_on("Chercher").await?;
    browser
        .until(
            "the search is answered",
            "location.search.includes('nom=C0001') && document.querySelectorAll('.meeting-row').length === 1",
        )
        .await?;
    browser.click_on("Arrivée").await?;
    browser.see("c’est noté").await?;
    browser.accessible("day-arrivals").await?;
    browser.click_on("Arrivée").await?;
    browser.see("Déjà noté").await?;
    browser.goto(&format!("{session}/jour")).await?;
    browser.see("candidat·es sur 180 sur place").await?;

    // The room's screen follows without being touched.
    browser.goto(&format!("{session}/ecran")).await?;
    browser.see("9 h 20").await?;
    let _: i64 = browser.evaluate("window.stayed = 1").await?;
    running.advance(jiff::SignedDuration::from_mins(15)).await?;
    browser.see("9 h 35").await?;
    browser
        .until("the screen was not loaded again", "window.stayed === 1")
        .await?;
    browser.screenshot("day-screen").await?;
    for sheet in ["tables", "personnes", "accueil"] {
        browser.goto(&format!("{session}/papier?feuille={sheet}")).await?;
        browser.accessible(&format!("paper-{sheet}")).await?;
    }

    let meeting = timetable.meetings.first().context("a meeting")?;
    browser
        .goto(&format!("{session}/resultats?personne={}", meeting.employer_id))
        .await?;
    browser
        .click(&format!("#m-{} button[value=tenue]", meeting.meeting_id))
        .await?;
    browser
        .click(&format!("#m-{} button[value=hired]", meeting.meeting_id))
        .await?;
    browser.see("Enregistré").await?;
    browser
        .until(
            "the outcome is pressed",
            "document.querySelector('button[value=hired][aria-pressed=true]') !== null",
        )
        .await?;
    browser.accessible("outcomes-employer").await?;
    browser
        .goto(&format!("{session}/resultats?personne={}", meeting.candidate_id))
        .await?;
    browser
        .click(&format!("#m-{} button[value=employeur]", meeting.meeting_id))
        .await?;
    browser.see("Les deux réponses se contredisent").await?;
    browser.goto(&format!("{session}/bilan")).await?;
    browser.see("1 rencontre tenue sur").await?;
    browser.see("Embauche").await?;
    browser.accessible("report").await?;
    browser.speak("en").await?;
    browser.goto(&format!("{session}/bilan")).await?;
    browser.see("1 meeting held of").await?;
    browser.accessible("report-en").await?;
    at(&browser, &format!("{session}/bilan")).await
}
