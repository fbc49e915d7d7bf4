//! The timetable in a real browser, over the real services: made, looked at, corrected by keyboard and by dragging, taken
//! back, published with its preview, changed after publication, and by two people at once.

use anyhow::{Result, ensure};
use contracts::speeddating::v1::MoveMeetingRequest;
use tests::{
    browser::Browser,
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES},
    crowd::{Crowd, Size},
    suite::Running,
};

const MORNING: &str = "2026-11-09T08:30:00Z";
const DAY: &str = "2026-11-25";

async fn ready() -> Result<(Running, Coordinator)> {
    let running = Running::start(MORNING).await?;
    let coordinator = Coordinator::create(&running.clients, DAY).await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    Ok((running, coordinator))
}

/// Goes into the grid by the tabulator alone.
async fn into_the_grid(browser: &Browser) -> Result<()> {
    for _ in 0..60 {
        if browser
            .evaluate("document.activeElement?.closest('[data-grid]') !== null")
            .await?
        {
            return Ok(());
        }
        browser.press("Tab").await?;
    }
    anyhow::bail!("sixty tabs do not lead into the grid")
}

/// Goes with the arrows to a cell with a meeting.
async fn to_a_meeting(browser: &Browser) -> Result<()> {
    for _ in 0..40 {
        let script = "document.activeElement.querySelector('a[data-meeting]') !== null";
        if browser.evaluate(script).await? {
            return Ok(());
        }
        browser.press("ArrowRight").await?;
    }
    anyhow::bail!("no meeting in forty cells")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timetable_is_made_corrected_by_keyboard_taken_back_published_and_changed() -> Result<()> {
    let (running, coordinator) = ready().await?;
    let at = |rest: &str| format!("/seances/{}/planning{rest}", coordinator.session);
    let browser = Browser::signed_in(&running).await?;
    browser.goto(&at("")).await?;
    browser.accessible("planning-none").await?;
    browser.click_on("Calculer un planning").await?;
    browser.see("Lancer le calcul").await?;
    browser.accessible("planning-make").await?;
    browser.click_on("Lancer le calcul").await?;
    browser.see("Calcul terminé").await?;
    browser.accessible("planning-job-done").await?;
    browser.click_on("Voir le planning n° 1").await?;
    browser.see("Non publié").await?;
    browser.accessible("planning-grid").await?;

    // By keyboard alone: into the grid, to a meeting, choose it, to a possible place, put it there.
    into_the_grid(&browser).await?;
    to_a_meeting(&browser).await?;
    let stops: i64 = browser
        .evaluate("document.querySelectorAll('[data-grid] [tabindex=\"0\"]').length")
        .await?;
    assert_eq!(stops, 1, "the grid is one stop of the tabulator");
    browser.press("Enter").await?;
    browser.see("Choisissez une case").await?;
    browser
        .until(
            "the chosen meeting has the focus",
            "document.activeElement.querySelector('[aria-current]') !== null",
        )
        .await?;
    browser.accessible("planning-placing").await?;
    browser.press("Escape").await?;
    browser
        .until("escape leaves", "!document.querySelector('[data-placing]')")
        .await?;
    browser
        .until(
            "the focus is where it was",
            "document.activeElement.closest('[data-grid]') !== null",
        )
        .await?;
    browser.press("Enter").await?;
    browser.see("Choisissez une case").await?;
    browser
        .until(
            "the grid is there",
            "document.activeElement.closest('[data-placing]') !== null",
        )
        .await?;
    browser.press("n").await?;
    browser
        .until(
            "a possible place has the focus",
            "document.activeElement.classList.contains('can')",
        )
        .await?;
    browser.press("Enter").await?;
    browser.see("déplacée à").await?;
    browser.see("Annuler cette correction").await?;
    browser.accessible("planning-corrected").await?;
    browser.click("button[value=defaire]").await?;
    browser.see("Correction annulée").await?;
    let redo: String = browser
        .evaluate("document.querySelector('button[value=refaire]').textContent.replace(/[\\s\\u00a0\\u202f]+/g, ' ').trim()")
        .await?;
    browser.tab_to(&redo).await?;
    browser.press("Enter").await?;
    browser.see("Correction refaite").await?;
    browser.accessible("planning-redone").await?;
    browser.click("button[value=defaire]").await?;
    browser.see("Correction annulée").await?;

    for (path, name) in [
        ("/personnes?numero=1", "planning-people"),
        ("/qualite?numero=1", "planning-quality"),
        ("/comparer?de=1&a=1", "planning-compare"),
    ] {
        browser.goto(&at(path)).await?;
        browser.accessible(name).await?;
    }
    browser.goto(&at("/publier?numero=1")).await?;
    browser.see("Publier et prévenir").await?;
    browser.accessible("planning-publish").await?;
    browser.click("form[action$='/publier'] button").await?;
    browser.see("Planning publié.").await?;
    browser.accessible("planning-receipt").await?;
    running.quiet().await?;

    // After publication: who is told stands before the deed.
    browser.goto(&at("")).await?;
    browser.see("Publié.").await?;
    browser.click("a[data-meeting]").await?;
    browser.see("Choisissez une case").await?;
    browser.click("td.can button").await?;
    browser.see("Modifier et prévenir").await?;
    let told = browser.text().await?;
    assert!(told.contains("Changement"), "{told}");
    browser.accessible("planning-confirm").await?;
    browser.click("button[name=confirmer]").await?;
    browser.see("Les personnes concernées sont prévenues").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_is_dragged_where_it_can_be_and_nowhere_else() -> Result<()> {
    let (running, coordinator) = ready().await?;
    coordinator.timetable().await?;
    let browser = Browser::signed_in(&running).await?;
    browser
        .goto(&format!("/seances/{}/planning", coordinator.session))
        .await?;
    let start = "(() => { const link = document.querySelector('a[data-meeting]');
        window.carried = new DataTransfer();
        link.dispatchEvent(new DragEvent('dragstart', { bubbles: true, dataTransfer: window.carried })); return true; })()";
    let drop = |cells: &str| {
        format!(
            "(() => {{ const cell = document.querySelector('{cells}');
            const over = new DragEvent('dragover', {{ bubbles: true, cancelable: true, dataTransfer: window.carried }});
            cell.dispatchEvent(over);
            if (over.defaultPrevented) cell.dispatchEvent(new DragEvent('drop', {{ bubbles: true, cancelable: true, dataTransfer: window.carried }}));
            else document.querySelector('a[data-meeting]').dispatchEvent(new DragEvent('dragend', {{ bubbles: true }}));
            return over.defaultPrevented; }})()"
        )
    };
    ensure!(browser.evaluate::<bool>(start).await?);
    browser
        .until(
            "possible places are marked",
            "document.querySelector('td.drop') !== null",
        )
        .await?;
    let taken: bool = browser
        .evaluate(&drop("td[id]:not(.drop):not(.drop-swap)"))
        .await?;
    assert!(!taken, "a place that is not possible took the meeting");
    browser
        .until(
            "it is said",
            "document.querySelector('#annonce').textContent !== ''",
        )
        .await?;
    ensure!(browser.evaluate::<bool>(start).await?);
    browser
        .until(
            "possible places are marked",
            "document.querySelector('td.drop') !== null",
        )
        .await?;
    ensure!(browser.evaluate::<bool>(&drop("td.drop")).await?);
    browser.see("déplacée à").await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_coordinators_at_once_lose_nothing_and_both_are_told() -> Result<()> {
    let (running, coordinator) = ready().await?;
    let timetable = coordinator.timetable().await?;
    let path = format!("/seances/{}/planning", coordinator.session);
    let browser = Browser::signed_in(&running).await?;
    browser.goto(&path).await?;
    browser.click("a[data-meeting]").await?;
    browser.see("Choisissez une case").await?;
    let chosen: String = browser
        .evaluate("document.querySelector('[aria-current][data-meeting]').dataset.meeting")
        .await?;
    // The other one moves the same meeting by another way, to the last table that is free.
    let meeting = timetable
        .meetings
        .iter()
        .find(|one| one.meeting_id == chosen)
        .unwrap();
    let mut moved = None;
    for table in (1..60).rev() {
        let request = MoveMeetingRequest {
            meeting_id: chosen.clone(),
            version: meeting.version,
            slot: meeting.slot,
            table,
        };
        if let Ok(reply) = running.clients.speeddating.clone().move_meeting(request).await {
            moved = reply.into_inner().meeting;
            break;
        }
    }
    ensure!(moved.is_some(), "the meeting can be moved nowhere");
    browser
        .see("Ce planning a changé pendant que vous le regardez")
        .await?;
    browser.accessible("planning-others").await?;
    browser.click("td.can button").await?;
    browser.see("Quelqu’un a été plus rapide").await?;
    browser.see("Votre changement").await?;
    let said = browser.text().await?;
    assert!(!said.contains("{$"), "a value is missing: {said}");
    browser.accessible("planning-conflict").await?;
    browser.click_on("Refaire mon changement").await?;
    browser
        .until(
            "it is decided",
            "!document.body.textContent.includes('plus rapide')",
        )
        .await?;
    let said = browser.text().await?;
    assert!(
        said.contains("déplacée à") || said.contains("n’est pas possible"),
        "{said}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_of_what_changed_since_it_was_read_asks_again_with_the_difference() -> Result<()> {
    let (running, coordinator) = ready().await?;
    let timetable = coordinator.timetable().await?;
    let browser = Browser::signed_in(&running).await?;
    browser
        .goto(&format!(
            "/seances/{}/planning/publier?numero=1",
            coordinator.session
        ))
        .await?;
    browser.see("Publier et prévenir").await?;
    let meeting = timetable.meetings.first().unwrap();
    let cancel = contracts::speeddating::v1::CancelMeetingRequest {
        meeting_id: meeting.meeting_id.clone(),
        version: meeting.version,
    };
    running.clients.speeddating.clone().cancel_meeting(cancel).await?;
    browser.click("form[action$='/publier'] button").await?;
    browser.see("Le planning a changé depuis l’aperçu").await?;
    browser.see("annulée").await?;
    browser.accessible("planning-publish-moved").await?;
    browser.click("form[action$='/publier'] button").await?;
    browser.see("Planning publié.").await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_timetable_speak_english_too() -> Result<()> {
    let (running, coordinator) = ready().await?;
    let timetable = coordinator.timetable().await?;
    let browser = Browser::signed_in(&running).await?;
    browser.speak("en").await?;
    let chosen = &timetable.meetings[0].meeting_id;
    for (rest, words, name) in [
        ("?numero=1".to_owned(), "Not published", "planning-grid-en"),
        (
            format!("?numero=1&deplacer={chosen}"),
            "Place here",
            "planning-placing-en",
        ),
        ("/personnes".to_owned(), "By person", "planning-people-en"),
        ("/qualite".to_owned(), "Wishes met", "planning-quality-en"),
        ("/calculer".to_owned(), "Time at most", "planning-make-en"),
        ("/publier".to_owned(), "Publish and tell", "planning-publish-en"),
    ] {
        browser
            .goto(&format!("/seances/{}/planning{rest}", coordinator.session))
            .await?;
        browser.see(words).await?;
        browser.accessible(name).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_grid_of_forty_employers_and_three_hundred_people_is_small_and_quick() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = Coordinator::create(&running.clients, DAY).await?;
    let size = Size {
        employers: 40,
        candidates: 300,
        wishes: 8,
    };
    let crowd = Crowd::generate(size, 7);
    coordinator
        .import(&crowd.employers, &crowd.candidates, &crowd.wishes)
        .await?;
    let timetable = coordinator.timetable().await?;
    let browser = Browser::signed_in(&running).await?;
    let path = format!("/seances/{}/planning", coordinator.session);
    let chosen = &timetable.meetings[0].meeting_id;
    for rest in [
        String::new(),
        format!("?deplacer={chosen}"),
        "/personnes".to_owned(),
        "/qualite".to_owned(),
    ] {
        browser.goto(&format!("{path}{rest}")).await?;
        let script = "(() => { const page = performance.getEntriesByType('navigation')[0];
            return fetch(location.href).then((reply) => new Response(reply.body.pipeThrough(new CompressionStream('gzip'))).arrayBuffer())
                .then((packed) => [page.responseStart - page.requestStart, packed.byteLength, page.decodedBodySize, page.loadEventEnd - page.requestStart]); })()";
        let seen: Vec<f64> = browser.evaluate(script).await?;
        println!(
            "{rest:?}: first byte {:.0} ms, {:.1} kB compressed of {:.0} kB, loaded {:.0} ms",
            seen[0],
            seen[1] / 1e3,
            seen[2] / 1e3,
            seen[3]
        );
        ensure!(seen[1] < 100_000.0, "{rest}: {} bytes compressed", seen[1]);
    }
    Ok(())
}
