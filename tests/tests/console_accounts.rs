//! Accounts in a real browser, over the real services: the first one, invitations, sign-in, and what a stolen or foreign
//! cookie is worth.

use anyhow::{Context as _, Result, ensure};
use chromiumoxide::cdp::browser_protocol::network::{Cookie, CookieSameSite};
use contracts::notifier::v1::{GetMessageRequest, ListMessagesRequest};
use tests::{browser::Browser, suite::Running};

const MORNING: &str = "2026-11-23T08:30:00Z";
const PASSWORD: &str = "lune verte 7 étés";
const SESSION: &str = "jalon_session";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_makes_an_administrator_who_invites_a_colleague_who_sees_no_more_than_their_role()
-> Result<()> {
    let running = Running::start(MORNING).await?;
    let ada = Browser::outside(&running).await?;
    ada.come_in().await?;
    ada.see("Ouvrir Jalon pour la première fois").await?;
    ada.accessible("setup").await?;
    let first = ada.path().await?;

    // What is wrong is said, what was typed stays, passwords do not.
    ada.fill("#prenom", "Ada").await?;
    ada.fill("#nom", "<b>Roche</b>").await?;
    ada.fill("#adresse", "ada.roche@example.org").await?;
    ada.fill("#motdepasse", "court").await?;
    ada.fill("#encore", "autre").await?;
    ada.click_on("Créer mon compte").await?;
    ada.see("Écrivez deux fois le même mot de passe").await?;
    ada.accessible("setup-faults").await?;
    ensure!(
        ada.evaluate::<String>("document.querySelector('#nom').value")
            .await?
            == "<b>Roche</b>"
    );
    ensure!(
        ada.evaluate::<String>("document.querySelector('#motdepasse').value")
            .await?
            .is_empty()
    );
    ada.fill("#motdepasse", "court").await?;
    ada.fill("#encore", "court").await?;
    ada.click_on("Créer mon compte").await?;
    ada.see("Choisissez un autre mot de passe").await?;
    ada.fill("#nom", "Roche").await?;
    ada.fill("#motdepasse", PASSWORD).await?;
    ada.fill("#encore", PASSWORD).await?;
    ada.click_on("Créer mon compte").await?;
    ada.see("Connexion : Ada Roche").await?;
    let cookie = session(&ada).await?;
    ensure!(
        cookie.http_only && cookie.same_site == Some(CookieSameSite::Lax),
        "{cookie:?}"
    );
    ensure!(cookie.value.len() >= 22, "a short secret: {cookie:?}");

    // The address is spent.
    let late = Browser::outside(&running).await?;
    late.goto(&first).await?;
    late.see("Page introuvable").await?;
    late.come_in().await?;
    late.see("Mot de passe oublié").await?;

    ada.goto("/equipe").await?;
    ada.accessible("team").await?;
    ada.click_on("Inviter une personne").await?;
    ada.see("Elle reçoit un message").await?;
    ada.accessible("team-invite").await?;
    ada.fill("#prenom", "Léo").await?;
    ada.fill("#nom", "Faure").await?;
    ada.fill("#adresse", "leo.faure@example.org").await?;
    ada.click_on("Envoyer l’invitation").await?;
    ada.see("Invitation envoyée à leo.faure@example.org").await?;
    ada.see("Invitation envoyée").await?;
    ada.click_on("Léo Faure").await?;
    ada.see("Droits").await?;
    ada.accessible("team-member").await?;
    running.quiet().await?;

    let link = link(&running, "account_invitation").await?;
    let leo = Browser::outside(&running).await?;
    leo.goto(&link).await?;
    leo.see("Choisir mon mot de passe").await?;
    leo.accessible("account-link").await?;
    choose(&leo, "xyz", PASSWORD).await?;
    leo.see("Ces lettres ne correspondent pas").await?;
    choose(&leo, "fau", PASSWORD).await?;
    leo.see("Mot de passe enregistré").await?;
    leo.accessible("sign-in").await?;
    leo.goto(&link).await?;
    choose(&leo, "fau", "encore un autre 9").await?;
    leo.see("Ce lien ne fonctionne plus").await?;
    leo.accessible("account-link-gone").await?;

    sign_in(&leo, "leo.faure@example.org", PASSWORD).await?;
    leo.see("Connexion : Léo Faure").await?;
    ensure!(
        !leo.text().await?.contains("Équipe"),
        "a coordinator sees the team"
    );
    for forbidden in ["/equipe", "/equipe/inviter", "/journal"] {
        leo.goto(forbidden).await?;
        leo.see("Accès non autorisé").await?;
    }
    leo.accessible("denied").await?;

    ada.goto("/journal").await?;
    ada.see("Invitation acceptée").await?;
    ada.accessible("audit").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_everywhere_when_its_owner_says_so_or_changes_the_password() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let desk = Browser::outside(&running).await?;
    set_up(&desk).await?;
    let phone = Browser::outside(&running).await?;
    phone.goto("/messages?canal=sms").await?;
    phone.see("Se connecter").await?;
    sign_in_here(&phone, "ada.roche@example.org", "pas le bon mot").await?;
    phone.see("ne vont pas ensemble").await?;
    sign_in_here(&phone, "ada.roche@example.org", PASSWORD).await?;
    phone.see("Connexion : Ada Roche").await?;
    ensure!(
        phone.path().await? == "/messages?canal=sms",
        "{}",
        phone.path().await?
    );

    desk.goto("/mon-compte").await?;
    desk.see("Cette session").await?;
    desk.accessible("account").await?;
    desk.click_on("Terminer 1 autre session").await?;
    desk.see("1 session terminée").await?;
    phone.goto("/").await?;
    phone.see("Mot de passe oublié").await?;

    sign_in_here(&phone, "ada.roche@example.org", PASSWORD).await?;
    phone.see("Connexion : Ada Roche").await?;
    desk.goto("/mon-compte/mot-de-passe").await?;
    desk.accessible("password").await?;
    desk.fill("#ancien", "pas celui-là").await?;
    desk.fill("#motdepasse", "trois vélos rouges").await?;
    desk.fill("#encore", "trois vélos rouges").await?;
    desk.click("main button").await?;
    desk.see("Ce n’est pas votre mot de passe actuel").await?;
    desk.fill("#ancien", PASSWORD).await?;
    desk.fill("#motdepasse", "trois vélos rouges").await?;
    desk.fill("#encore", "trois vélos rouges").await?;
    desk.click("main button").await?;
    desk.see("Mot de passe changé").await?;
    phone.goto("/").await?;
    phone.see("Mot de passe oublié").await?;

    // Signed out is out, whoever kept the cookie.
    let kept = session(&desk).await?.value;
    desk.click_on("Se déconnecter").await?;
    desk.see("Mot de passe oublié").await?;
    let answer = with_cookie(&running, &kept).await?;
    ensure!(
        answer.contains(" 303 ") && answer.contains("/connexion"),
        "{answer}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_somebody_planted_before_the_sign_in_is_worth_nothing_after_it() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let desk = Browser::outside(&running).await?;
    set_up(&desk).await?;
    let before = session(&desk).await?.value;
    // Signing in again in the same browser: another secret, and the one before is over.
    let again = Browser::outside(&running).await?;
    again.goto("/connexion").await?;
    let planted = "AAAAAAAAAAAAAAAAAAAAAA";
    again
        .evaluate::<bool>(&format!("document.cookie = '{SESSION}={planted}; path=/'; true"))
        .await?;
    sign_in(&again, "ada.roche@example.org", PASSWORD).await?;
    again.see("Connexion : Ada Roche").await?;
    ensure!(
        session(&again).await?.value != planted,
        "the planted secret stays"
    );
    ensure!(
        with_cookie(&running, planted).await?.contains(" 303 "),
        "the planted secret is in"
    );
    ensure!(
        with_cookie(&running, &before).await?.contains(" 200 "),
        "another browser's session is no longer in"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_and_nobody_learns_who_has_an_account() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let browser = Browser::outside(&running).await?;
    set_up(&browser).await?;
    browser.click_on("Se déconnecter").await?;
    browser.see("Mot de passe oublié").await?;
    let mut answers = Vec::new();
    for mail in ["ada.roche@example.org", "personne@example.org"] {
        browser.goto("/mot-de-passe-oublie").await?;
        browser.fill("#adresse", mail).await?;
        browser.click_on("Recevoir le lien").await?;
        browser.see("Si un compte existe à cette adresse").await?;
        answers.push(browser.text().await?);
    }
    ensure!(answers[0] == answers[1], "the answers differ: {answers:?}");
    running.quiet().await?;
    let link = link(&running, "account_reset").await?;
    browser.goto(&link).await?;
    browser.see("Choisir mon mot de passe").await?;
    choose(&browser, "roc", "trois vélos rouges").await?;
    browser.see("Mot de passe enregistré").await?;
    sign_in_here(&browser, "ada.roche@example.org", PASSWORD).await?;
    browser.see("ne vont pas ensemble").await?;
    sign_in_here(&browser, "ada.roche@example.org", "trois vélos rouges").await?;
    browser.see("Connexion : Ada Roche").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_language_and_aspect_outlive_the_process() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let browser = Browser::outside(&running).await?;
    set_up(&browser).await?;
    browser.click_on("English").await?;
    browser.see("Signed in: Ada Roche").await?;
    browser.goto("/mon-compte").await?;
    browser.click_on("Dark").await?;
    browser
        .until(
            "the page is dark",
            "document.documentElement.dataset.scheme === 'sombre'",
        )
        .await?;
    browser.accessible("account-en").await?;
    let secret = session(&browser).await?.value;
    let running = Box::pin(running.again()).await?;
    let answer = with_cookie(&running, &secret).await?;
    ensure!(
        answer.contains(" 200 ") && answer.contains("Signed in: Ada Roche"),
        "{answer}"
    );
    Ok(())
}

async fn set_up(browser: &Browser) -> Result<()> {
    browser.come_in().await?;
    for (field, value) in [
        ("#prenom", "Ada"),
        ("#nom", "Roche"),
        ("#adresse", "ada.roche@example.org"),
        ("#motdepasse", PASSWORD),
        ("#encore", PASSWORD),
    ] {
        browser.fill(field, value).await?;
    }
    browser.click_on("Créer mon compte").await?;
    browser.see("Connexion : Ada Roche").await
}

async fn sign_in(browser: &Browser, mail: &str, password: &str) -> Result<()> {
    browser.goto("/connexion").await?;
    sign_in_here(browser, mail, password).await
}

async fn sign_in_here(browser: &Browser, mail: &str, password: &str) -> Result<()> {
    browser.fill("#adresse", mail).await?;
    browser.fill("#motdepasse", password).await?;
    browser.click("main button").await
}

async fn choose(browser: &Browser, letters: &str, password: &str) -> Result<()> {
    browser.fill("#lettres", letters).await?;
    browser.fill("#motdepasse", password).await?;
    browser.fill("#encore", password).await?;
    browser.click_on("Enregistrer mon mot de passe").await
}

async fn session(browser: &Browser) -> Result<Cookie> {
    let cookies = browser.cookies().await?;
    cookies
        .into_iter()
        .find(|cookie| cookie.name == SESSION)
        .context("no session's cookie")
}

/// The whole answer to a request for the sessions with this secret.
async fn with_cookie(running: &Running, secret: &str) -> Result<String> {
    running.ask("/", &format!("Cookie: {SESSION}={secret}\r\n")).await
}

/// Path of the link in the newest message of a template.
async fn link(running: &Running, template: &str) -> Result<String> {
    let mut notifier = running.clients.notifier.clone();
    let listed = notifier
        .list_messages(ListMessagesRequest::default())
        .await?
        .into_inner();
    let message = listed
        .messages
        .into_iter()
        .find(|message| message.template == template);
    let request = GetMessageRequest {
        message_id: message.context("no such message")?.message_id,
    };
    let text = notifier
        .get_message(request)
        .await?
        .into_inner()
        .message
        .context("no message")?
        .text;
    let (_, path) = text.split_once("/compte/").context("no link")?;
    let token = path
        .split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-' && sign != '_')
        .next();
    Ok(format!("/compte/{}", token.unwrap_or_default()))
}
