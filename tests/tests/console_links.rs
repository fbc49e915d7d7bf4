//! Whoever is invited, in a real browser over the real services: a candidate on a telephone, a recruiter, a partner, and
//! what those who organise see of it.

use anyhow::{Context as _, Result, ensure};
use tests::{
    browser::{Browser, NARROW},
    coordinator::Coordinator,
    suite::Running,
    telling::link,
};

/// Eight days before the session, in the morning.
const MORNING: &str = "2026-11-17T08:30:00Z";

const EMPLOYERS: &str = "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\n\
                         E1;Ateliers du Rhône;;;1;Noé Blanc;noe@example.org;;09:00;12:30;\n\
                         E2;Fournil des Pentes;;;1;Lise Roux;lise@example.org;;09:00;12:30;\n";
const CANDIDATES: &str = "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\n\
                          C1;Amina;Diallo;amina@example.org;;fr;;09:00;12:30;;\n\
                          C2;Ada;Petit;ada@example.org;;fr;;09:00;12:30;;\n";
const WISHES: &str =
    "candidat;employeur;rang;avis_employeur;conseille_par_referent\nC1;E1;1;;\nC1;E2;2;;\nC2;E1;1;;\n";

async fn session(running: &Running) -> Result<Coordinator> {
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    Ok(coordinator)
}

async fn published(running: &Running) -> Result<Coordinator> {
    let coordinator = session(running).await?;
    let made = coordinator.timetable().await?;
    coordinator.publish(made.number).await?;
    running.quiet().await?;
    Ok(coordinator)
}

/// Opens the link of a mail and answers the question before it.
async fn open(browser: &Browser, link: &str, letters: &str) -> Result<()> {
    browser.goto(link).await?;
    browser.see("Les trois premières lettres").await?;
    browser.fill("#lettres", letters).await?;
    browser.click("main button").await?;
    browser.see("Bonjour").await
}

/// Nothing of a person where a history, a preview or another site would keep it.
async fn discreet(browser: &Browser) -> Result<()> {
    let shown: String = browser
        .evaluate("document.title + ' ' + location.pathname + location.search + ' ' + [...document.querySelectorAll('meta')].map((meta) => meta.content).join(' ')")
        .await?;
    for personal in ["Amina", "Diallo", "Noé", "Blanc", "Ateliers", "example.org"] {
        ensure!(!shown.contains(personal), "{personal} in {shown}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_on_a_telephone_confirms_declines_one_meeting_and_is_reached_differently() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = published(&running).await?;
    let phone = Browser::outside(&running).await?;
    phone.resize(NARROW).await?;
    let own = link(&running.clients, "amina@example.org", "/r/").await?;
    phone.goto(&own).await?;
    phone.accessible("link-question-fr").await?;
    discreet(&phone).await?;
    phone.resize(NARROW).await?;
    phone.fill("#lettres", "xyz").await?;
    phone.click("main button").await?;
    phone.see("Ces lettres ne correspondent pas").await?;
    phone.accessible("link-question-wrong-fr").await?;
    phone.resize(NARROW).await?;
    open(&phone, &own, "dia").await?;
    phone.see("Ateliers du Rhône").await?;
    phone.see("Fournil des Pentes").await?;
    phone.accessible("link-part-fr").await?;
    discreet(&phone).await?;
    phone.resize(NARROW).await?;
    phone.click_on("Confirmer ma venue").await?;
    phone.see("C’est noté : vous venez").await?;
    phone
        .click_on("Décliner cette rencontre Fournil des Pentes")
        .await?;
    phone.see("Fournil des Pentes sera prévenu").await?;
    phone.accessible("link-decline-fr").await?;
    phone.resize(NARROW).await?;
    phone.click_on("Décliner cette rencontre").await?;
    phone.see("Rencontres déclinées").await?;
    phone.accessible("link-part-declined-fr").await?;
    running.quiet().await?;

    // What the others see of it.
    let recruiter = Browser::outside(&running).await?;
    open(
        &recruiter,
        &link(&running.clients, "lise@example.org", "/r/").await?,
        "rou",
    )
    .await?;
    ensure!(
        !recruiter.text().await?.contains("Amina"),
        "she is still expected"
    );
    let staff = Browser::signed_in(&running).await?;
    staff
        .goto(&format!("/seances/{}/personnes?nom=diallo", coordinator.session))
        .await?;
    staff.see("Amina Diallo").await?;
    staff.see("Venue confirmée").await?;

    phone.resize(NARROW).await?;
    phone.goto(&format!("{own}/agenda")).await?;
    phone.click_on("Créer mon agenda privé").await?;
    phone.see("Votre agenda privé est prêt").await?;
    phone.accessible("link-calendar-fr").await?;
    phone.goto(&format!("{own}/joindre")).await?;
    phone.fill("#courriel", "amina.neuve@example.org").await?;
    phone.click_on("Enregistrer").await?;
    phone.see("nous vous joindrons ainsi").await?;
    phone.accessible("link-reach-fr").await?;
    phone
        .click_on("Arrêter les rappels facultatifs (les changements et la veille restent annoncés)")
        .await?;
    phone.see("C’est arrêté").await?;
    running.quiet().await?;
    running.play_until("2026-11-19T09:00:00Z").await?;
    staff
        .goto(&format!("/seances/{}/rappels", coordinator.session))
        .await?;
    staff.see("la personne a arrêté les rappels facultatifs").await?;
    // Two days later the visit is over: the question again. The mail's language is hers, until this browser is told another.
    open(&phone, &own, "dia").await?;
    phone.click_on("English").await?;
    phone.see("Hello Amina").await?;
    for (page, name) in [
        ("", "part"),
        ("/joindre", "reach"),
        ("/agenda", "calendar"),
        ("/decliner", "decline-all"),
    ] {
        phone.goto(&format!("{own}{page}")).await?;
        ensure!(
            !phone.text().await?.contains("first three letters"),
            "{page}: the visit is over"
        );
        phone.accessible(&format!("link-{name}-en")).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_confirms_declines_and_is_reached_differently_by_keyboard_alone() -> Result<()> {
    let running = Running::start(MORNING).await?;
    published(&running).await?;
    let browser = Browser::outside(&running).await?;
    browser
        .goto(&link(&running.clients, "amina@example.org", "/r/").await?)
        .await?;
    browser.tab_to("#lettres").await?;
    browser.type_keys("dia").await?;
    browser.press("Enter").await?;
    browser.see("Bonjour Amina").await?;
    browser.tab_to("Confirmer ma venue").await?;
    browser.press("Enter").await?;
    browser.see("C’est noté : vous venez").await?;
    browser
        .tab_to("Décliner cette rencontre Fournil des Pentes")
        .await?;
    browser.press("Enter").await?;
    browser.see("Fournil des Pentes sera prévenu").await?;
    browser.tab_to("Décliner cette rencontre").await?;
    browser.press("Enter").await?;
    browser.see("Rencontres déclinées").await?;
    browser.tab_to("Me joindre autrement").await?;
    browser.press("Enter").await?;
    browser.tab_to("#courriel").await?;
    // The tabulator has chosen what was there: what is typed takes its place.
    browser.type_keys("neuve@example.org").await?;
    browser.tab_to("Enregistrer").await?;
    browser.press("Enter").await?;
    browser.see("nous vous joindrons ainsi").await?;
    browser.see("Aujourd’hui n…@example.org").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recruiter_says_who_did_not_come_by_keyboard_alone() -> Result<()> {
    let running = Running::start(MORNING).await?;
    published(&running).await?;
    let own = link(&running.clients, "noe@example.org", "/r/").await?;
    running.play_until("2026-11-25T11:25:00Z").await?;
    let browser = Browser::outside(&running).await?;
    browser.goto(&own).await?;
    browser.tab_to("#lettres").await?;
    browser.type_keys("bla").await?;
    browser.press("Enter").await?;
    browser.see("Vos candidat·es, dans l’ordre").await?;
    browser.tab_to("Absent·e Ada Petit").await?;
    browser.press("Enter").await?;
    browser.see("Absence").await?;
    browser.tab_to("Tenu Amina Diallo").await?;
    browser.press("Enter").await?;
    browser.see("Tenue").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recruiter_says_who_came_who_did_not_and_keeps_a_note() -> Result<()> {
    let running = Running::start(MORNING).await?;
    published(&running).await?;
    let own = link(&running.clients, "noe@example.org", "/r/").await?;
    running.play_until("2026-11-25T11:25:00Z").await?;
    let browser = Browser::outside(&running).await?;
    open(&browser, &own, "bla").await?;
    browser.see("Vos candidat·es, dans l’ordre").await?;
    browser.click_on("Absent·e Ada Petit").await?;
    browser.see("Absence").await?;
    browser.click_on("Tenu Amina Diallo").await?;
    browser.see("Tenue").await?;
    browser.click_on("À revoir Amina Diallo").await?;
    browser.click_on("Noter quelque chose Amina Diallo").await?;
    browser.fill("#note", "Parle trois langues <b>bien</b>").await?;
    browser.click_on("Garder la note").await?;
    browser.see("Note enregistrée").await?;
    browser.goto(&own).await?;
    browser.accessible("link-recruiter-fr").await?;
    discreet(&browser).await?;
    browser.click_on("Voir ma note Amina Diallo").await?;
    browser.see("Cette rencontre").await?;
    browser.accessible("link-recruiter-note-fr").await?;
    ensure!(
        browser
            .evaluate::<String>("document.querySelector('#note').value")
            .await?
            == "Parle trois langues <b>bien</b>"
    );
    browser.click_on("English").await?;
    browser.see("Français").await?;
    browser.goto(&own).await?;
    browser.accessible("link-recruiter-en").await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_stops_optional_reminders_by_the_mails_header_and_by_the_page() -> Result<()> {
    let running = Running::start(MORNING).await?;
    published(&running).await?;
    running.play_until("2026-11-19T09:00:00Z").await?;
    let own = link(&running.clients, "ada@example.org", "/d/").await?;
    let browser = Browser::outside(&running).await?;
    browser.goto(&own).await?;
    browser.see("Arrêter les rappels facultatifs").await?;
    browser.accessible("unsubscribe-fr").await?;
    discreet(&browser).await?;
    // As a mail program does, without a cookie.
    let taken: u16 = browser
        .evaluate("fetch(location.href, { method: 'POST', credentials: 'omit', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }).then((answer) => answer.status)")
        .await?;
    ensure!(taken == 200, "{taken}");
    browser.goto(&own).await?;
    browser.see("les rappels facultatifs sont arrêtés").await?;
    browser.accessible("unsubscribe-done-fr").await?;
    browser.click_on("Les recevoir de nouveau").await?;
    browser.see("les rappels reprennent").await?;
    // The page speaks the language of the mail, until this browser is told another.
    browser.click_on("English").await?;
    browser.see("Stop optional reminders").await?;
    browser.accessible("unsubscribe-en").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_registers_a_person_with_a_wish_that_the_coordinator_finds() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = session(&running).await?;
    let staff = Browser::signed_in(&running).await?;
    staff.goto(&format!("/seances/{}", coordinator.session)).await?;
    staff.click_on("Partenaires").await?;
    staff.see("Aucun lien pour l’instant").await?;
    staff.accessible("partners-empty-fr").await?;
    staff.fill("#partenaire", "Mission locale du 8e").await?;
    staff.click_on("Créer le lien").await?;
    staff.see("Lien créé pour").await?;
    staff.accessible("partners-made-fr").await?;
    let told = staff.text().await?;
    let token = told.split_once("/p/").context("no address")?.1;
    let token: String = token
        .chars()
        .take_while(|sign| sign.is_ascii_alphanumeric() || "-_".contains(*sign))
        .collect();
    let code = told.split_once("autre moyen").context("no code")?.1;
    let code: String = code.chars().filter(char::is_ascii_digit).take(6).collect();

    let partner = Browser::outside(&running).await?;
    let own = format!("/p/{token}");
    partner.goto(&own).await?;
    partner.accessible("partner-question-fr").await?;
    partner.fill("#code", &code).await?;
    partner.click_on("Ouvrir").await?;
    partner.see("inscrivez ici les personnes").await?;
    ensure!(
        !partner.text().await?.contains("Diallo"),
        "a partner sees somebody else's people"
    );
    partner.accessible("partner-empty-fr").await?;
    discreet(&partner).await?;
    partner.fill("#prenom", "Nadia").await?;
    partner.click_on("Inscrire cette personne").await?;
    partner.see("Écrivez un nom").await?;
    partner.accessible("partner-faults-fr").await?;
    partner.fill("#nom", "Benali").await?;
    partner.fill("#courriel", "nadia@example.org").await?;
    let chosen = "(() => { const wish = document.querySelector('#voeu1'); wish.value = [...wish.options].find((one) => one.text.includes('Fournil')).value; return wish.value !== ''; })()";
    ensure!(partner.evaluate::<bool>(chosen).await?);
    partner.click_on("Inscrire cette personne").await?;
    partner.see("Nadia Benali").await?;
    partner.accessible("partner-people-fr").await?;
    partner.click_on("Retirer Nadia Benali").await?;
    partner.see("ne sera plus attendu").await?;
    partner.accessible("partner-withdraw-fr").await?;
    partner.click_on("English").await?;
    partner.see("Français").await?;
    partner.goto(&own).await?;
    partner.accessible("partner-people-en").await?;

    running.quiet().await?;
    staff
        .goto(&format!("/seances/{}/personnes?nom=benali", coordinator.session))
        .await?;
    staff.see("Nadia Benali").await?;
    staff
        .goto(&format!("/seances/{}/souhaits", coordinator.session))
        .await?;
    staff
        .until(
            "her first wish is in the matrix",
            "[...document.querySelectorAll('tr[data-id]')].some((row) => row.textContent.includes('Nadia Benali') && [...row.cells].slice(1).some((cell) => cell.textContent.trim() === '1'))",
        )
        .await
}
