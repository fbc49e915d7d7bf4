//! Organisations and their branches in a real browser, over the real services: made and named by an administrator, and
//! what colleagues of a branch, of its neighbour and of the whole organisation see of each other's sessions.

use anyhow::{Result, ensure};
use contracts::directory::v1::ListOwnOrganisationsRequest;
use tests::{accounts, browser::Browser, suite::Running};

const MORNING: &str = "2026-11-17T08:30:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_draws_the_house_and_each_colleague_sees_the_part_that_is_theirs() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let ada = Browser::signed_in(&running).await?;
    ada.goto("/equipe").await?;
    ada.click_on("Organisations et antennes").await?;
    ada.see("Ajouter une organisation ou une antenne").await?;
    ada.accessible("own-first").await?;
    add(&ada, "Maison de l'emploi", "").await?;
    add(&ada, "Bron", "Maison de l'emploi").await?;
    add(&ada, "Gerland", "Maison de l'emploi").await?;
    ada.accessible("own").await?;

    // A name beside itself is refused, what was typed stays.
    ada.fill("#nom", "BRON").await?;
    choose(&ada, "Maison de l'emploi").await?;
    ada.click_on("Ajouter").await?;
    ada.see("Ce nom est déjà pris").await?;
    ensure!(
        ada.evaluate::<String>("document.querySelector('#nom').value")
            .await?
            == "BRON"
    );
    ada.accessible("own-faults").await?;

    ada.click_on("Renommer Gerland").await?;
    ada.see("Renommer : Maison de l'emploi, antenne Gerland").await?;
    ada.accessible("own-rename").await?;
    ada.fill("#nom", "<b>Gerland</b>").await?;
    ada.click_on("Enregistrer le nom").await?;
    ada.see("Le nom est maintenant <b>Gerland</b>").await?;

    ada.goto("/equipe/inviter").await?;
    ada.see("Maison de l'emploi, antenne Bron").await?;
    ada.accessible("team-invite-branches").await?;

    let reply = running
        .clients
        .accounts
        .clone()
        .list_own_organisations(ListOwnOrganisationsRequest {})
        .await?;
    let ids: Vec<String> = reply
        .into_inner()
        .organisations
        .into_iter()
        .filter(|own| own.name != "Jalon")
        .map(|own| own.organisation_id)
        .collect();
    let [house, gerland, bron] = ids.as_slice() else {
        anyhow::bail!("there are {} of them", ids.len());
    };
    let of_bron = accounts::coordinator(&running, "Léo", "Faure", std::slice::from_ref(bron)).await?;
    let of_gerland = accounts::coordinator(&running, "Zoé", "Martin", std::slice::from_ref(gerland)).await?;
    let of_house = accounts::coordinator(&running, "Inès", "Petit", std::slice::from_ref(house)).await?;

    // Who works for one branch is not asked for which: it is theirs.
    let leo = of_bron.browser(&running).await?;
    leo.goto("/seances/nouvelle").await?;
    leo.see("Nouvelle séance").await?;
    ensure!(
        leo.evaluate::<bool>("document.querySelector('#organisation') === null")
            .await?
    );
    leo.fill("#titre", "Matinée de Bron").await?;
    leo.fill("#lieu", "Maison des services").await?;
    leo.fill("#adresse", "1 place Exemple, 69500 Bron").await?;
    leo.click("form#plan .actions button[type=submit]").await?;
    leo.see("Matinée de Bron").await?;
    let address = leo.path().await?;

    let ines = of_house.browser(&running).await?;
    ines.goto("/").await?;
    ines.see("Maison de l'emploi, antenne Bron").await?;
    ines.accessible("sessions-branches").await?;
    ines.goto("/seances/nouvelle").await?;
    choose(&ines, "Maison de l'emploi, antenne <b>Gerland</b>").await?;
    ines.accessible("organise-create-branches").await?;
    ines.goto(&address).await?;
    ines.see("Matinée de Bron").await?;

    let zoe = of_gerland.browser(&running).await?;
    zoe.goto("/").await?;
    zoe.see("Connexion : Zoé Martin").await?;
    ensure!(
        !zoe.text().await?.contains("Matinée de Bron"),
        "a neighbour sees it"
    );
    zoe.goto(&address).await?;
    zoe.see("Page introuvable").await?;
    zoe.goto("/equipe/organisations").await?;
    zoe.see("Accès non autorisé").await
}

async fn add(browser: &Browser, name: &str, parent: &str) -> Result<()> {
    browser.fill("#nom", name).await?;
    if !parent.is_empty() {
        choose(browser, parent).await?;
    }
    browser.click_on("Ajouter").await?;
    browser.see(&format!("{name} est dans la liste")).await
}

/// Chooses an organisation by the words that stand in the list.
async fn choose(browser: &Browser, words: &str) -> Result<()> {
    let script = format!(
        "(() => {{ const list = document.querySelector('#organisation'); const all = [...list.options]; \
         const found = all.findIndex(one => one.text === {words:?}); list.selectedIndex = found; return found >= 0 }})()"
    );
    ensure!(browser.evaluate::<bool>(&script).await?, "no {words} to choose");
    Ok(())
}
