//! Two coordinators with accounts of their own, in two real browsers, on one timetable at once.

use anyhow::{Result, ensure};
use contracts::speeddating::v1::{GetTimetableRequest, Meeting};
use tests::{
    accounts,
    browser::Browser,
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES},
    suite::Running,
};

const MORNING: &str = "2026-11-09T08:30:00Z";
const DAY: &str = "2026-11-25";

async fn meeting(coordinator: &Coordinator, id: &str) -> Result<Option<Meeting>> {
    let request = GetTimetableRequest {
        session_id: coordinator.session.clone(),
        number: 1,
    };
    let reply = coordinator
        .clients
        .speeddating
        .clone()
        .get_timetable(request)
        .await?;
    let timetable = reply.into_inner().timetable.unwrap_or_default();
    Ok(timetable.meetings.into_iter().find(|one| one.meeting_id == id))
}

/// Chooses the meeting that stands at this place among those of the page; its id.
async fn choose(browser: &Browser, at: usize) -> Result<String> {
    let id: String = browser
        .evaluate(&format!(
            "document.querySelectorAll('a[data-meeting]')[{at}].dataset.meeting"
        ))
        .await?;
    browser.click(&format!("a[data-meeting='{id}']")).await?;
    browser.see("Choisissez une case").await?;
    Ok(id)
}

/// The value of the place that the n-th possible cell offers; presses it.
async fn place(browser: &Browser, last: bool) -> Result<String> {
    let find = if last { "[...all].at(-1)" } else { "all[0]" };
    let value: String = browser
        .evaluate(&format!(
            "(() => {{ const all = document.querySelectorAll('td.can button'); return {find}.value; }})()"
        ))
        .await?;
    browser.click(&format!("td.can button[value='{value}']")).await?;
    Ok(value)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_coordinators_in_two_browsers_are_both_told_and_neither_loses_work() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = Coordinator::create(&running.clients, DAY).await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    coordinator.timetable().await?;
    let ada = accounts::coordinator(&running, "Ada", "Roche", &[]).await?;
    let leo = accounts::coordinator(&running, "Léa", "Faure", &[]).await?;
    let (ada, lea) = (ada.browser(&running).await?, leo.browser(&running).await?);
    let path = format!("/seances/{}/planning", coordinator.session);
    ada.goto(&path).await?;
    lea.goto(&path).await?;

    // Both take the same meeting in hand; Ada is quicker.
    let theirs = choose(&ada, 0).await?;
    ensure!(choose(&lea, 0).await? == theirs, "the two see two timetables");
    let quicker = place(&ada, true).await?;
    ada.see("déplacée à").await?;
    let after_ada = meeting(&coordinator, &theirs).await?;
    lea.see("Ce planning a changé pendant que vous le regardez")
        .await?;
    lea.see("Ada Roche").await?;
    lea.accessible("together-told").await?;
    lea.resize(tests::browser::WIDE).await?;
    let slower = place(&lea, false).await?;
    ensure!(quicker != slower, "one place only is possible");
    lea.see("Quelqu’un a été plus rapide").await?;
    lea.see("Ada Roche").await?;
    lea.accessible("together-conflict").await?;
    lea.resize(tests::browser::WIDE).await?;
    ensure!(
        meeting(&coordinator, &theirs).await? == after_ada,
        "the slower one has overwritten the quicker one unasked"
    );

    // Léa's work is not lost either: it is there to be done again, knowingly; then Ada is told.
    lea.click_on("Refaire mon changement").await?;
    lea.see("déplacée à").await?;
    let after_lea = meeting(&coordinator, &theirs).await?;
    ensure!(after_lea != after_ada, "what was done again was not done");
    ada.see("Ce planning a changé pendant que vous le regardez")
        .await?;
    ada.see("Léa Faure").await?;

    // Two different meetings, both in hand before either is put down: both corrections stand.
    ada.goto(&path).await?;
    lea.goto(&path).await?;
    let hers = choose(&ada, 1).await?;
    let other = choose(&lea, 2).await?;
    ensure!(hers != other, "the same meeting twice");
    let before = (
        meeting(&coordinator, &hers).await?,
        meeting(&coordinator, &other).await?,
    );
    place(&ada, true).await?;
    ada.see("déplacée à").await?;
    // The notice of it comes above the grid, and moves it.
    lea.see("Ce planning a changé pendant que vous le regardez")
        .await?;
    place(&lea, false).await?;
    lea.until("Léa's is decided", "!document.querySelector('[data-placing]')")
        .await?;
    let after = (
        meeting(&coordinator, &hers).await?,
        meeting(&coordinator, &other).await?,
    );
    ensure!(after.0 != before.0, "Ada's correction is lost");
    ensure!(
        after.1 != before.1,
        "Léa's correction is lost: {}",
        lea.text().await?
    );
    for browser in [&ada, &lea] {
        browser.goto(&path).await?;
        browser.see("Ada Roche").await?;
        browser.see("Léa Faure").await?;
    }
    Ok(())
}
