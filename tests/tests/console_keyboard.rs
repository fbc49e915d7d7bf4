//! A coordinator's whole job by the keyboard alone, from the empty list to the report, with the three files of a job
//! dating: no mouse, no address typed, no script of the test that moves the focus.

use anyhow::Result;
use tests::{
    browser::Browser,
    coordinator::{CANDIDATES, EMPLOYERS, WISHES},
    suite::Running,
};

const MORNING: &str = "2026-11-17T08:30:00Z";
/// The form proposes a date three weeks from now; this is after that session.
const AFTERNOON: &str = "2026-12-08T13:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_coordinator_goes_from_the_empty_list_to_the_report_by_keyboard_alone() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let browser = Browser::signed_in(&running).await?;
    browser.see("Aucune séance").await?;
    make_the_session(&browser).await?;
    bring_the_people_in(&browser).await?;
    make_the_timetable(&browser).await?;
    publish(&browser).await?;
    running.play_until(AFTERNOON).await?;

    // Three weeks later she comes in anew.
    let browser = Browser::signed_in(&running).await?;
    note_an_outcome(&browser).await
}

async fn make_the_session(browser: &Browser) -> Result<()> {
    follow(browser, "Nouvelle séance").await?;
    browser.see("Date et horaires").await?;
    for (field, text) in [
        ("#titre", "Rencontres de Gerland"),
        ("#lieu", "Salle de Gerland"),
        ("#adresse", "4 rue Exemple, 69007 Lyon"),
    ] {
        browser.tab_to(field).await?;
        browser.type_keys(text).await?;
    }
    follow(browser, "Créer la séance").await?;
    browser.see("À faire").await
}

async fn bring_the_people_in(browser: &Browser) -> Result<()> {
    follow(browser, "Importer les personnes et leurs souhaits").await?;
    for (table, read) in [
        (EMPLOYERS, "24 lignes"),
        (CANDIDATES, "180 lignes"),
        (WISHES, "993 lignes"),
    ] {
        browser.tab_to("#texte").await?;
        browser.paste(table).await?;
        follow(browser, "Envoyer la table").await?;
        browser.see(read).await?;
    }
    follow(browser, "Vérifier les colonnes").await?;
    browser.see("Reconnue à son titre").await?;
    for table in ["candidats", "voeux"] {
        follow(browser, "Enregistrer les colonnes").await?;
        let there = format!("location.search === '?table={table}' && document.readyState === 'complete'");
        browser.until("the next table is shown", &there).await?;
    }
    follow(browser, "Enregistrer les colonnes").await?;
    browser.see("Toutes les lignes peuvent être importées").await?;
    follow(browser, "Passer à l’import").await?;
    follow(browser, "Importer 204 inscriptions et 993 souhaits").await?;
    browser.see("Import fait").await
}

async fn make_the_timetable(browser: &Browser) -> Result<()> {
    follow(browser, "Planning").await?;
    follow(browser, "Calculer un planning").await?;
    follow(browser, "Lancer le calcul").await?;
    browser.see("Calcul terminé").await?;
    follow(browser, "Voir le planning n° 1").await?;
    browser.see("Non publié").await
}

async fn publish(browser: &Browser) -> Result<()> {
    follow(browser, "Publier").await?;
    browser.see("Première publication").await?;
    // How many are told stands on the button.
    let button = "(document.querySelector('form[action$=\"/publier\"] button')?.textContent ?? '')
        .replace(/[\\s\\u00a0\\u202f]+/g, ' ').trim()";
    let tell: String = browser.evaluate(button).await?;
    follow(browser, &tell).await?;
    browser.see("Planning publié.").await
}

async fn note_an_outcome(browser: &Browser) -> Result<()> {
    follow(browser, "Rencontres de Gerland").await?;
    follow(browser, "Bilan").await?;
    browser.see("0 rencontre").await?;
    follow(browser, "Noter les résultats").await?;
    browser.see("deux touches suffisent").await?;
    follow(browser, "Afficher").await?;
    follow(browser, "Tenue").await?;
    browser.see("Enregistré").await?;
    follow(browser, "Embauche").await?;
    browser
        .until(
            "the outcome is pressed",
            "document.querySelector('button[value=hired][aria-pressed=true]') !== null",
        )
        .await?;
    follow(browser, "Voir le bilan").await?;
    browser.see("1 rencontre tenue sur").await
}

/// Goes to a link or a button with the tabulator and presses Enter.
async fn follow(browser: &Browser, words: &str) -> Result<()> {
    browser.tab_to(words).await?;
    browser.press("Enter").await
}
