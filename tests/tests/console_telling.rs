//! Reminders and messages in a real browser, over the real services and a mail server that refuses an address.

use anyhow::Result;
use jalon::config::Config;
use tests::{browser::Browser, coordinator::Coordinator, moody::MoodyServer, suite::Running};

/// Eight days before the session, in the morning.
const MORNING: &str = "2026-11-17T08:30:00Z";

const EMPLOYERS: &str = "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\n\
                         E1;Ateliers du Rhône;;;1;Noé Blanc;noe@example.org;;09:00;12:30;\n";
const CANDIDATES: &str = "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\n\
                          C1;Amina;Diallo;perdue@example.org;;fr;;09:00;12:30;;\n\
                          C2;Ada;Petit;ada@example.org;;fr;;09:00;12:30;;\n";
const WISHES: &str = "candidat;employeur;rang;avis_employeur;conseille_par_referent\nC1;E1;1;;\nC2;E1;1;;\n";

/// A published session; the address of one of its two candidates does not exist.
async fn published(server: &MoodyServer) -> Result<(Running, Coordinator)> {
    let settings = [
        ("notifier.smtp.host", "127.0.0.1".to_owned()),
        ("notifier.smtp.port", server.port.to_string()),
        ("notifier.smtp.tls", "none".to_owned()),
        ("notifier.sms.price_per_segment", "0.045".to_owned()),
    ];
    let settings: Vec<_> = settings
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    let notifier = Config::load(None, &settings)?.notifier;
    let running = Running::start_with(MORNING, |config| config.notifier = notifier).await?;
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    let made = coordinator.timetable().await?;
    coordinator.publish(made.number).await?;
    running.quiet().await?;
    Ok((running, coordinator))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_did_not_arrive_is_seen_corrected_and_sent_again() -> Result<()> {
    let server = MoodyServer::start("perdue@").await?;
    let (running, coordinator) = published(&server).await?;
    assert!(!server.taken().contains(&"perdue@example.org".to_owned()));
    let browser = Browser::signed_in(&running).await?;
    let list = format!("/seances/{}/rappels", coordinator.session);
    browser.goto(&list).await?;
    browser.see("Non remis").await?;
    browser.see("accepté par le transporteur").await?;
    browser.accessible("telling-session-fr").await?;
    browser.goto(&format!("{list}?etat=echecs")).await?;
    browser.click_on("Planning publié").await?;
    browser.settled().await?;
    browser.see("refusé par le transporteur").await?;
    browser.accessible("telling-one-failed-fr").await?;
    browser.click_on("Corriger l’adresse et renvoyer").await?;
    browser.see("l’adresse actuelle a été refusée").await?;
    browser.accessible("telling-contact-fr").await?;
    browser.fill("#mail", "trouvée").await?;
    browser.click_on("Corriger et renvoyer 1 message").await?;
    browser.see("Écrivez une adresse complète").await?;
    browser.accessible("telling-contact-faults-fr").await?;
    browser.fill("#mail", "amina@example.org").await?;
    browser.click_on("Corriger et renvoyer 1 message").await?;
    browser.see("message renvoyé").await?;
    running.quiet().await?;
    assert!(server.taken().contains(&"amina@example.org".to_owned()));
    let here = browser.path().await?;
    browser.goto(&here).await?;
    browser.see("Envoyé").await?;
    browser.click_on("Lire le message tel qu’il est parti").await?;
    browser.see("amina@example.org").await?;
    browser.goto("/adresses-refusees").await?;
    browser.see("adresse corrigée depuis").await?;
    browser.accessible("telling-refused-fr").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_is_held_and_let_go_by_keyboard_and_a_rule_is_tried() -> Result<()> {
    let server = MoodyServer::start("perdue@").await?;
    let (running, coordinator) = published(&server).await?;
    let browser = Browser::signed_in(&running).await?;
    browser.goto("/rappels?etat=prevus&nom=petit").await?;
    browser.click_on("Une semaine avant").await?;
    browser.see("Le message, s’il partait maintenant").await?;
    browser.accessible("telling-one-planned-fr").await?;
    let one = browser.path().await?;
    browser.goto(&format!("{one}/gestes/retenir")).await?;
    browser.accessible("telling-hold-fr").await?;
    let _: bool = browser
        .evaluate("(document.querySelector('main button').focus(), true)")
        .await?;
    browser.press("Enter").await?;
    browser.see("Rappel retenu").await?;
    running.play_until("2026-11-19T09:00:00Z").await?;
    browser.goto(&one).await?;
    browser.see("une personne le retient").await?;
    browser.click_on("Reprendre").await?;
    browser.click_on("Reprendre 1 rappel").await?;
    browser.see("Le message part maintenant").await?;
    running.quiet().await?;
    browser.goto(&one).await?;
    browser.see("Envoyé").await?;
    browser.accessible("telling-one-history-fr").await?;

    for language in ["fr", "en"] {
        browser.speak(language).await?;
        for (page, name) in [
            ("/rappels", "telling-list"),
            ("/regles", "telling-rules"),
            ("/regles/essai", "telling-trial"),
            ("/evenements", "telling-dead"),
        ] {
            browser.goto(page).await?;
            browser.accessible(&format!("{name}-{language}")).await?;
        }
    }
    browser.speak("fr").await?;
    browser.goto("/regles/essai?regle=speed-dating-candidate").await?;
    browser.fill("#seance", &coordinator.session).await?;
    browser.click_on("Essayer").await?;
    browser.see("Essai : rien de ceci n’est prévu").await?;
    browser.accessible("telling-trial-result-fr").await?;
    browser.fill("#document", "kind: Wrong").await?;
    browser.click_on("Essayer").await?;
    browser.see("Erreurs du document").await?;
    browser.accessible("telling-trial-faults-fr").await
}
