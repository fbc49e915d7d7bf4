use axum::body::Body;
use http::{Method, StatusCode, header};

use crate::{
    client::{filled, inside},
    world::{Data, World, sample},
};

#[tokio::test]
async fn a_page_speaks_the_language_that_the_browser_asks_for_else_french() {
    let (_world, browser) = inside(Data::default()).await;
    for (asked, lang, words) in [
        ("en-GB,en;q=0.9", "en", "Components"),
        ("de", "fr", "Composants"),
        ("fr-FR", "fr", "Composants"),
    ] {
        let request = browser
            .request(Method::GET, "/style")
            .header(header::ACCEPT_LANGUAGE, asked);
        let answer = browser.send(request, Body::empty()).await;
        assert!(
            answer.body.contains(&format!("<html lang=\"{lang}\">")),
            "{asked}"
        );
        assert!(answer.body.contains(&format!("<h1>{words}</h1>")), "{asked}");
    }
}

#[tokio::test]
async fn a_language_chosen_in_the_header_stays_and_leads_back_to_the_page() {
    let (_world, mut browser) = inside(Data::default()).await;
    let fields = [("langue", "en"), ("retour", "/style")];
    let answer = browser.submit("/style", "/reglages/langue", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers[header::LOCATION], "/style");
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with("jalon_langue=en; Path=/; HttpOnly; SameSite=Lax; Max-Age="),
        "{cookie}"
    );
    let session = browser.cookie.clone().unwrap();
    browser.cookie = Some(format!("{session}; jalon_langue=en; jalon_aspect=sombre"));
    let page = browser.page("/style").await;
    assert!(
        page.contains("<html lang=\"en\" data-scheme=\"sombre\">"),
        "{page}"
    );
    let lost = browser.get("/nulle-part").await;
    assert!(lost.body.contains("<html lang=\"en\"") && lost.body.contains("Page not found"));
}

#[tokio::test]
async fn nobody_is_sent_elsewhere_by_a_choice() {
    let (_world, browser) = inside(Data::default()).await;
    let fields = [("langue", "en"), ("retour", "//mechant.example")];
    let answer = browser.submit("/style", "/reglages/langue", &fields).await;
    assert_eq!(answer.headers[header::LOCATION], "/");
    let unknown = browser
        .submit("/style", "/reglages/langue", &[("langue", "xx")])
        .await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn errors_speak_the_language_of_the_browser_too() {
    let browser = crate::client::Browser::outside(&World::default());
    let request = browser
        .request(Method::GET, "/nulle-part")
        .header(header::ACCEPT_LANGUAGE, "en");
    let answer = browser.send(request, Body::empty()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("Page not found"), "{}", answer.body);
}

/// Where the switch of a page leads.
fn back(page: &str) -> String {
    let found = page.split("name=\"retour\" value=\"").nth(1).unwrap();
    found.split('"').next().unwrap().replace("&#38;", "&")
}

#[tokio::test]
async fn a_page_that_answers_a_form_leads_back_to_the_page_of_the_form() {
    let (_world, browser) = inside(sample::published(4, 12)).await;
    let grid = format!("/seances/{}/planning", sample::session_id());
    let meeting = sample::id(7, 1);
    let page = browser.page(&format!("{grid}?numero=2")).await;
    let asked = filled(
        &page,
        &[
            ("numero", "2"),
            ("action", "annuler"),
            ("rencontre", &meeting),
            ("version", "1"),
        ],
    );
    let confirmation = browser.post(&format!("{grid}/corriger"), &asked).await;
    assert_eq!(confirmation.status, StatusCode::OK, "{}", confirmation.body);
    let refused = filled(&page, &[("numero", "2"), ("rencontre", &meeting)]);
    let refused = browser.post(&format!("{grid}/corriger"), &refused).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.body
    );
    for answer in [confirmation, refused] {
        let to = back(&answer.body);
        assert_eq!(to, format!("{grid}?numero=2&deplacer={meeting}"));
        browser.page(&to).await;
    }
}

#[tokio::test]
async fn an_address_that_takes_forms_only_shows_the_page_of_nowhere() {
    let (_world, browser) = inside(sample::published(4, 12)).await;
    let corrected = format!("/seances/{}/planning/corriger", sample::session_id());
    for address in [
        corrected.as_str(),
        "/r/abcdefghijklmnopqrstuv/sortir",
        "/langue",
        "/deconnexion",
    ] {
        let answer = browser.get(address).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{address}");
        assert!(
            answer.body.contains("Page introuvable"),
            "{address}: {}",
            answer.body
        );
        assert_eq!(answer.headers[header::ALLOW], "POST", "{address}");
    }
}
