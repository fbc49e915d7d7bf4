//! People in and their wishes, in a real browser over the real services: from three files to a matrix, from the error
//! file to a table to correct, and back.

use anyhow::Result;
use tests::{browser::Browser, coordinator::Coordinator, suite::Running};

const MORNING: &str = "2026-11-09T08:30:00Z";
const DAY: &str = "2026-11-25";

const EMPLOYERS: &[u8] = include_bytes!("../../services/speeddating/tests/data/employeurs.csv");
const CANDIDATES: &[u8] = include_bytes!("../../services/speeddating/tests/data/candidats.csv");
const WISHES: &[u8] = include_bytes!("../../services/speeddating/tests/data/voeux.csv");
const ERRORS: &[u8] = include_bytes!("../../services/speeddating/tests/data/candidats-erreurs.csv");
const WINDOWS: &[u8] = include_bytes!("../../services/speeddating/tests/data/candidats-windows-1252.csv");

/// Puts a file into the form of the page and sends it.
async fn upload(browser: &Browser, name: &str, content: &[u8]) -> Result<()> {
    let bytes = serde_json::to_string(content)?;
    let script = format!(
        "(() => {{ const files = new DataTransfer(); files.items.add(new File([new Uint8Array({bytes})], {name:?}));
         document.getElementById('fichier').files = files.files; return true; }})()"
    );
    browser.see("Ou collez le texte").await?;
    assert!(browser.evaluate::<bool>(&script).await?);
    browser.click_on("Envoyer la table").await
}

async fn session(running: &Running) -> Result<Coordinator> {
    Coordinator::create(&running.clients, DAY).await
}

#[tokio::test(flavor = "multi_thread")]
async fn three_files_become_registrations_and_a_matrix_that_is_edited_by_keyboard() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = session(&running).await?;
    let browser = Browser::signed_in(&running).await?;
    let home = format!("/seances/{}", coordinator.session);
    browser.goto(&format!("{home}/imports")).await?;
    browser.see("Aucun import").await?;
    browser.accessible("imports-empty").await?;
    browser.click_on("Commencer un import").await?;
    browser.see("Rien n’est importé avant la dernière étape").await?;
    browser.accessible("imports-file").await?;
    upload(&browser, "employeurs.csv", EMPLOYERS).await?;
    browser.see("24 lignes, UTF-8").await?;
    upload(&browser, "candidats.csv", CANDIDATES).await?;
    browser.see("180 lignes, UTF-8").await?;
    upload(&browser, "voeux.csv", WISHES).await?;
    browser.see("993 lignes, UTF-8").await?;
    browser.accessible("imports-files").await?;
    browser.click_on("Vérifier les colonnes").await?;
    browser.see("Reconnue à son titre").await?;
    browser.accessible("imports-columns").await?;
    for table in ["candidats", "voeux"] {
        browser.click_on("Enregistrer les colonnes").await?;
        let there = format!("location.search === '?table={table}' && document.readyState === 'complete'");
        browser.until("the next table is shown", &there).await?;
    }
    browser.click_on("Enregistrer les colonnes").await?;
    browser.see("Toutes les lignes peuvent être importées").await?;
    browser.accessible("imports-check-good").await?;
    browser.click_on("Passer à l’import").await?;
    browser.see("Tout est importé d’un coup, ou rien").await?;
    browser.accessible("imports-commit").await?;
    browser
        .click_on("Importer 204 inscriptions et 993 souhaits")
        .await?;
    browser.see("Import fait").await?;
    browser.accessible("imports-done").await?;
    let receipt = browser.path().await?;

    browser.click_on("Voir les souhaits").await?;
    browser.see("180 candidat·es, 24 employeurs").await?;
    browser.accessible("wishes").await?;
    // One stop for the grid; arrows, Enter, a rank, Enter.
    let focus =
        "document.querySelector('#matrice td[tabindex=\"0\"]').focus(); document.activeElement.cellIndex";
    assert_eq!(browser.evaluate::<i64>(focus).await?, 1);
    browser.press("ArrowRight").await?;
    browser.press("ArrowDown").await?;
    let place = "[document.activeElement.parentNode.rowIndex, document.activeElement.cellIndex].join()";
    assert_eq!(browser.evaluate::<String>(place).await?, "2,2");
    browser.press("Enter").await?;
    browser
        .until("the editor has the focus", "document.activeElement.id === 'rang'")
        .await?;
    browser.press("Escape").await?;
    browser
        .until(
            "Escape leads back to the cell",
            "document.activeElement.tagName === 'TD'",
        )
        .await?;
    browser.press("Enter").await?;
    browser.fill("#rang", "7").await?;
    browser.press("Enter").await?;
    browser.see("Souhait enregistré").await?;
    browser
        .until(
            "the focus is back in the cell, which shows the new rank",
            "document.activeElement.tagName === 'TD' && document.activeElement.dataset.w.startsWith('7')",
        )
        .await?;
    browser.accessible("wishes-editor").await?;

    // What rests on the import is named; nothing is undone.
    browser.goto(&receipt).await?;
    browser.see("ne peut plus être annulé").await?;
    browser.see("modifié depuis").await?;
    browser.accessible("imports-done-blocked").await?;

    // Without scripts: the page of a person, with choices.
    browser.goto(&format!("{home}/souhaits?nom=C0002")).await?;
    browser.see("1 candidat·es").await?;
    browser.click("#matrice tbody th a").await?;
    browser.see("Tout le tableau").await?;
    browser.accessible("wishes-person").await?;
    browser.goto(&format!("{home}/souhaits/poids")).await?;
    browser.accessible("wishes-weights").await?;
    browser.fill("#rang-1", "mille").await?;
    browser.click_on("Enregistrer").await?;
    browser.see("Écrivez un nombre entier de 0 à 1 000").await?;
    browser.accessible("wishes-weights-fault").await?;
    browser.fill("#rang-1", "9").await?;
    browser.click_on("Enregistrer").await?;
    browser.see("Points enregistrés").await?;
    browser.speak("en").await?;
    for (path, name) in [
        ("souhaits", "wishes-en"),
        ("souhaits/poids", "wishes-weights-en"),
        ("imports", "imports-list-en"),
        ("imports/nouveau", "imports-file-en"),
        ("personnes", "people-en"),
    ] {
        browser.goto(&format!("{home}/{path}")).await?;
        browser.accessible(name).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_file_is_corrected_left_aside_and_undone() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = session(&running).await?;
    let browser = Browser::signed_in(&running).await?;
    let home = format!("/seances/{}", coordinator.session);
    browser.goto(&format!("{home}/imports/nouveau")).await?;
    upload(&browser, "classeur.xlsx", b"PK\x03\x04 not a table").await?;
    browser.see("le fichier est un classeur").await?;
    browser.accessible("imports-file-fault").await?;
    upload(&browser, "candidats-erreurs.csv", ERRORS).await?;
    browser.see("12 lignes").await?;
    browser.click_on("Vérifier les colonnes").await?;
    browser.click_on("Enregistrer les colonnes").await?;
    browser.see("Corriger 9 lignes").await?;
    // Every problem stands beside its cell, tied to it.
    let told: Vec<String> = browser
        .evaluate("[...document.querySelectorAll('fieldset.row .field[class*=faulty] input[aria-describedby]')].map((input) => `${input.value}: ${document.getElementById(input.getAttribute('aria-describedby')).textContent.trim()}`)")
        .await?;
    assert_eq!(
        told.len(),
        8,
        "eight cells and a row that is too short: {told:#?}"
    );
    assert!(
        told.iter().any(|told| told.starts_with("0612: a 4 chiffres")),
        "{told:#?}"
    );
    browser.accessible("imports-check").await?;
    // Nothing goes in by itself.
    browser.click_on("Passer à l’import").await?;
    browser.click_on("Importer 3 inscriptions").await?;
    browser.see("corrigez-les, ou cochez").await?;
    browser.accessible("imports-commit-fault").await?;
    browser.click_on("Vérification").await?;
    browser.fill("#c-4-3", "rania.roux@example.org").await?;
    browser.fill("#c-6-5", "tlhingan").await?;
    browser.click_on("Enregistrer les corrections").await?;
    browser.see("2 lignes corrigées").await?;
    browser.see("Corriger 8 lignes").await?;
    let kept: String = browser.evaluate("document.getElementById('c-6-5').value").await?;
    assert_eq!(kept, "tlhingan", "what is still wrong is kept as typed");
    browser.see("Dans le fichier : « klingon »").await?;
    browser.click_on("Passer à l’import").await?;
    browser.click("#laisser-oui").await?;
    browser.click_on("Importer 4 inscriptions").await?;
    browser.see("Import fait").await?;
    browser.see("Lignes mises de côté").await?;
    let table: String = browser
        .evaluate("fetch(document.querySelector('a[href$=\"/lignes/candidats.csv\"]').href).then((reply) => reply.text())")
        .await?;
    assert!(
        table.contains("tlhingan") && table.contains("remarques") && !table.contains("Rania"),
        "{table}"
    );
    assert_eq!(coordinator.registrations().await?.len(), 4);
    browser.click_on("Annuler l’import").await?;
    browser.see("redeviennent comme avant").await?;
    browser.accessible("imports-undo").await?;
    browser.click_on("Annuler l’import").await?;
    browser.see("Import annulé : 4 inscriptions retirées").await?;
    browser.accessible("imports-undone").await?;
    assert!(coordinator.registrations().await?.is_empty());
    // An old address of the import leads to its receipt.
    let stage = browser.path().await?;
    browser.goto(&format!("{stage}/verification")).await?;
    browser.see("La séance est comme avant").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_added_with_a_look_at_who_is_alike_changed_and_taken_out() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = session(&running).await?;
    let browser = Browser::signed_in(&running).await?;
    let home = format!("/seances/{}", coordinator.session);
    browser.goto(&format!("{home}/imports/nouveau")).await?;
    upload(&browser, "windows.csv", WINDOWS).await?;
    browser.see("40 lignes, Windows-1252").await?;
    browser.click_on("Importer").await?;
    browser.click_on("Importer 40 inscriptions").await?;
    browser.see("Import fait").await?;
    browser.click_on("Voir les personnes").await?;
    browser.see("Raphaël Garcia").await?;
    browser.accessible("people").await?;
    browser.click_on("Ajouter une personne").await?;
    browser.accessible("roster-new").await?;
    browser.fill("#prenom", "<b>Ana</b>").await?;
    browser.fill("#mobile", "0612").await?;
    browser.click_on("Inscrire").await?;
    browser.see("a 4 chiffres, il en faut 10").await?;
    browser.see("Nom : est vide").await?;
    let kept: String = browser
        .evaluate("document.getElementById('prenom').value")
        .await?;
    assert_eq!(kept, "<b>Ana</b>", "what was typed stays, and stays text");
    browser.accessible("roster-fault").await?;
    browser.fill("#prenom", "Wilhelmine").await?;
    browser.fill("#nom", "Roux").await?;
    browser.fill("#mobile", "").await?;
    browser.fill("#courriel", "william.roux.1@example.org").await?;
    browser.click_on("Inscrire").await?;
    browser.see("Déjà connue : William Roux").await?;
    browser.accessible("roster-alike").await?;
    browser.click("#qui-autre").await?;
    browser.click_on("Inscrire").await?;
    browser.see("C0042 est inscrit").await?;
    let made = coordinator.registration("C0042").await?;
    browser
        .goto(&format!("{home}/personnes/{}", made.registration_id))
        .await?;
    browser.fill("#depart", "11:00").await?;
    browser.click_on("Enregistrer").await?;
    browser.see("Modifications enregistrées").await?;
    browser.accessible("roster-edit").await?;
    assert_eq!(coordinator.registration("C0042").await?.leaves, "11:00");
    // Somebody else was faster: nothing is written over it.
    let stale = "(async () => { const form = new FormData(document.querySelector('form.stack')); form.set('version', '1');
         const reply = await fetch(location.href, { method: 'POST', body: new URLSearchParams(form) }); return reply.status; })()";
    assert_eq!(browser.evaluate::<i64>(stale).await?, 409);
    browser
        .evaluate::<bool>("(document.querySelector('form.stack [name=version]').value = '1', true)")
        .await?;
    browser.fill("#depart", "10:45").await?;
    browser.click_on("Enregistrer").await?;
    browser.see("Vos saisies sont gardées").await?;
    browser.see("Maintenant : 11 h").await?;
    browser.accessible("roster-overtaken").await?;
    browser.click_on("Enregistrer").await?;
    browser.see("Modifications enregistrées").await?;
    assert_eq!(coordinator.registration("C0042").await?.leaves, "10:45");
    browser.click_on("Retirer de la séance").await?;
    browser.see("Le code ne peut pas être réutilisé").await?;
    browser.accessible("roster-withdraw").await?;
    browser.click_on("Retirer de la séance").await?;
    browser.see("C0042 est retiré").await
}
