//! The pages with scripts off: they say what there is to know, and their forms do all that is not live. What a calendar
//! gets from them is read by a library that is not ours.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tests::{
    accounts,
    coordinator::Coordinator,
    outside::{output, script, tool},
    plain::Plain,
    suite::Running,
    telling::link,
};

const MORNING: &str = "2026-11-17T08:30:00Z";

const EMPLOYERS: &str = "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\n\
                         E1;Ateliers du Rhône, fils ; Cie;;;1;Noé Blanc;noe@example.org;;09:00;12:30;\n\
                         E2;Fournil des Pentes;;;1;Lise Roux;lise@example.org;;09:00;12:30;\n";
const CANDIDATES: &str = "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\n\
                          C1;Amina;Diallo;amina@example.org;;fr;;09:00;12:30;;\n";
const WISHES: &str = "candidat;employeur;rang;avis_employeur;conseille_par_referent\nC1;E1;1;;\nC1;E2;2;;\n";

async fn ready(running: &Running) -> Result<Coordinator> {
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    // A name with the marks that a table and a calendar use, in quotes as a table writes it.
    let employers = EMPLOYERS.replace(
        "Ateliers du Rhône, fils ; Cie",
        "\"Ateliers du Rhône, fils ; Cie\"",
    );
    coordinator.import(&employers, CANDIDATES, WISHES).await?;
    Ok(coordinator)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timetable_is_made_corrected_taken_back_and_published_without_scripts() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = ready(&running).await?;
    let ada = accounts::coordinator(&running, "Ada", "Roche", &[]).await?;
    let mut plain = ada.plainly(&running).await?;
    let path = format!("/seances/{}/planning", coordinator.session);
    plain.get(&path).await?;
    plain.follow("Calculer un planning").await?;
    plain.send("Lancer le calcul", &[]).await?;
    // What a reader without scripts does: asks again.
    let job = plain.path.clone();
    let made = async {
        while plain.see("Calcul terminé").is_err() {
            plain.get(&job).await?;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), made)
        .await
        .context("the search does not end")??;
    plain.follow("Voir le planning n° 1").await?;
    plain.see("Non publié")?;
    plain.see("Amina Diallo")?;
    plain.see("Ateliers du Rhône, fils ; Cie")?;

    // A meeting is chosen by its link, and a place by its button.
    plain.follow("Amina Diallo").await?;
    plain.see("Choisissez une case")?;
    plain.send("Placer ici", &[]).await?;
    plain.see("déplacée à")?;
    let undo = plain.page();
    let undo = undo
        .buttons()
        .find(|words| words.starts_with("Annuler cette correction"));
    plain.send(undo.context("nothing takes it back")?, &[]).await?;
    plain.see("Correction annulée")?;

    plain.get(&format!("{path}/personnes?numero=1")).await?;
    plain.see("Amina Diallo")?;
    plain.get(&format!("{path}/publier?numero=1")).await?;
    plain.see("Amina Diallo")?;
    plain.send("Publier et prévenir 3 personnes", &[]).await?;
    plain.see("Planning publié.")?;
    running.quiet().await?;
    link(&running.clients, "amina@example.org", "/r/").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_erased_for_good_after_the_consequence_was_named() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = published(&running).await?;
    let amina = coordinator.registration("C1").await?.person_id;
    let own = link(&running.clients, "amina@example.org", "/r/").await?;
    let staff = accounts::coordinator(&running, "Lina", "Martin", &[]).await?;
    let mut plain = staff.plainly(&running).await?;
    plain.get(&format!("/personnes/{amina}")).await?;
    plain.follow("Effacer cette personne").await?;
    plain.see("Effacer Amina Diallo")?;
    plain.see("C’est définitif")?;
    plain.send("Effacer définitivement", &[]).await?;
    plain.see("Personne effacée.")?;
    running.quiet().await?;
    plain
        .get(&format!("/seances/{}/planning", coordinator.session))
        .await?;
    ensure!(!plain.body.contains("Amina"), "{}", plain.page().text);
    let mut gone = Plain::before(&running)?;
    gone.get(&own).await?;
    ensure!(gone.status == 404, "her link still opens");
    plain.get(&format!("/personnes/{amina}/effacer")).await?;
    ensure!(plain.status == 404, "{}", plain.status);
    Ok(())
}

/// Answers the question before a candidate's page.
async fn open(running: &Running, own: &str) -> Result<Plain> {
    let mut plain = Plain::before(running)?;
    plain.get(own).await?;
    plain.send("Voir mes rencontres", &[("lettres", "dia")]).await?;
    plain.see("Bonjour Amina")?;
    Ok(plain)
}

async fn published(running: &Running) -> Result<Coordinator> {
    let coordinator = ready(running).await?;
    let made = coordinator.timetable().await?;
    coordinator.publish(made.number).await?;
    running.quiet().await?;
    Ok(coordinator)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_confirms_declines_comes_back_and_is_reached_differently_without_scripts() -> Result<()> {
    let running = Running::start(MORNING).await?;
    published(&running).await?;
    let own = link(&running.clients, "amina@example.org", "/r/").await?;
    let mut plain = open(&running, &own).await?;
    plain.see("Ateliers du Rhône, fils ; Cie")?;
    plain.see("Fournil des Pentes")?;
    plain.send("Confirmer ma venue", &[]).await?;
    plain.see("C’est noté : vous venez")?;
    plain
        .follow("Décliner cette rencontre Fournil des Pentes")
        .await?;
    plain.see("Fournil des Pentes sera prévenu")?;
    plain.send("Décliner cette rencontre", &[]).await?;
    plain.see("Rencontres déclinées")?;
    plain.get(&format!("{own}/joindre")).await?;
    plain
        .send("Enregistrer", &[("courriel", "n’importe quoi")])
        .await?;
    ensure!(plain.status == 422, "{}", plain.status);
    ensure!(
        plain.body.contains("value=\"n’importe quoi\""),
        "what was typed is lost"
    );
    plain
        .send("Enregistrer", &[("courriel", "amina.neuve@example.org")])
        .await?;
    plain.see("nous vous joindrons ainsi")
}

/// What `read_calendar.py` says of a file.
#[derive(Deserialize)]
struct Calendar {
    method: String,
    name: String,
    events: Vec<Event>,
    complaints: Vec<String>,
}

#[derive(Deserialize)]
struct Event {
    uid: String,
    sequence: i64,
    status: String,
    starts: String,
    ends: String,
    summary: String,
    place: String,
    description: String,
}

fn read(calendar: &str, python: &std::path::Path) -> Result<Calendar> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("calendar.ics");
    fs::write(&file, calendar)?;
    let read: Calendar = serde_json::from_str(&output(script(python, "read_calendar.py").arg(&file))?)?;
    ensure!(read.complaints.is_empty(), "{:?}\n{calendar}", read.complaints);
    Ok(read)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_file_and_the_feed_are_what_another_library_takes_them_for() -> Result<()> {
    let Some(python) = tool("PYTHON") else {
        return Ok(());
    };
    let running = Running::start(MORNING).await?;
    let coordinator = published(&running).await?;
    let own = link(&running.clients, "amina@example.org", "/r/").await?;
    let mut plain = open(&running, &own).await?;
    plain.get(&format!("{own}/agenda")).await?;
    plain.follow("Ajouter à mon agenda").await?;
    let kind = plain.header("content-type").unwrap_or_default();
    ensure!(kind.starts_with("text/calendar"), "{kind}");
    let file = read(&plain.body, &python)?;
    let mail = message_calendar(&running, &python).await?;
    let [entry] = file.events.as_slice() else {
        anyhow::bail!("{} entries in a file of one", file.events.len());
    };
    assert_eq!(file.method, "PUBLISH");
    // The same entry as the one of the mail, so that there is one in the calendar.
    assert_eq!(entry.uid, mail.events[0].uid);
    assert_eq!(entry.starts, mail.events[0].starts);
    assert!(entry.starts < entry.ends, "{} {}", entry.starts, entry.ends);

    plain.get(&format!("{own}/agenda")).await?;
    plain.send("Créer mon agenda privé", &[]).await?;
    let page = plain.page();
    let address = page
        .links
        .iter()
        .find_map(|link| link.to.strip_prefix("webcal://"));
    let address = address.context("no address to subscribe to")?;
    let feed = format!(
        "/{}",
        address.split_once('/').context("an address without a path")?.1
    );
    let mut calendar = Plain::before(&running)?;
    calendar.get(&feed).await?;
    let first = read(&calendar.body, &python)?;
    assert!(first.name.starts_with("Mes rencontres"), "{}", first.name);
    let [entry] = first.events.as_slice() else {
        anyhow::bail!("{} entries for one session", first.events.len());
    };
    assert_eq!(entry.summary, "Rencontres employeurs");
    assert_eq!(
        entry.place,
        "Salle des fêtes de Gerland, 4 rue Exemple, 69007 Lyon"
    );
    assert!(
        entry.description.contains("Ateliers du Rhône, fils ; Cie")
            && entry.description.contains("Fournil des Pentes"),
        "{}",
        entry.description
    );

    // It follows: one meeting declined, then the session cancelled.
    plain.get(&own).await?;
    plain
        .follow("Décliner cette rencontre Fournil des Pentes")
        .await?;
    plain.send("Décliner cette rencontre", &[]).await?;
    running.quiet().await?;
    calendar.get(&feed).await?;
    let second = read(&calendar.body, &python)?;
    assert!(
        !second.events[0].description.contains("Fournil"),
        "{}",
        second.events[0].description
    );
    assert_eq!(second.events[0].uid, entry.uid);
    assert!(second.events[0].sequence > entry.sequence);
    let session = coordinator.session().await?;
    let cancel = contracts::speeddating::v1::CancelSessionRequest {
        session_id: session.session_id,
        version: session.version,
        ..Default::default()
    };
    running.clients.speeddating.clone().cancel_session(cancel).await?;
    running.quiet().await?;
    calendar.get(&feed).await?;
    let third = read(&calendar.body, &python)?;
    assert_eq!(third.events[0].status, "CANCELLED");
    assert!(third.events[0].sequence > second.events[0].sequence);

    plain.get(&format!("{own}/agenda")).await?;
    plain.send("Supprimer mon agenda privé", &[]).await?;
    calendar.get(&feed).await?;
    assert_eq!(calendar.status, 404);
    Ok(())
}

/// The calendar of the mail that told her.
async fn message_calendar(running: &Running, python: &std::path::Path) -> Result<Calendar> {
    use contracts::notifier::v1::{GetMessageRequest, ListMessagesRequest};
    let mut notifier = running.clients.notifier.clone();
    let listed = notifier
        .list_messages(ListMessagesRequest::default())
        .await?
        .into_inner();
    let to = listed
        .messages
        .into_iter()
        .find(|one| one.to == "amina@example.org");
    let request = GetMessageRequest {
        message_id: to.context("no mail")?.message_id,
    };
    let whole = notifier.get_message(request).await?.into_inner().message;
    read(&whole.context("the message")?.calendar, python)
}
