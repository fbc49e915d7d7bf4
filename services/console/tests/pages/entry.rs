use std::time::Duration;

use http::{StatusCode, header};

use crate::{
    client::{Browser, inside},
    world::{Data, World, sample},
};

fn path(browser: &Browser) -> String {
    let base = "http://127.0.0.1:8080";
    browser
        .console
        .entry_url(base)
        .strip_prefix(base)
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn pages_of_staff_lead_to_the_sign_in_and_tell_nothing() {
    let browser = Browser::outside(&World::of(sample::published(4, 12)));
    for address in [
        "/",
        "/seances/x",
        "/messages",
        "/rappels",
        &format!("/personnes/{}", sample::person(1)),
    ] {
        let answer = browser.get(address).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}");
        let to = answer.headers[header::LOCATION].to_str().unwrap();
        assert!(to.starts_with("/connexion") && !to.contains("//"), "{to}");
        assert!(!answer.body.contains("Gerland"));
    }
}

#[tokio::test]
async fn a_one_time_address_lets_one_browser_in_once() {
    let world = World::of(sample::published(4, 12));
    let browser = Browser::outside(&world);
    let entry = path(&browser);
    let first = browser.get(&entry).await;
    assert_eq!(first.status, StatusCode::OK);
    let cookie = first.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    assert_eq!(first.headers[header::REFRESH], "0; url=/");
    let second = browser.get(&entry).await;
    assert_eq!(second.status, StatusCode::UNAUTHORIZED);
    assert!(second.headers.get(header::SET_COOKIE).is_none());
    // The token of the address is not the secret of the cookie.
    assert!(!cookie.contains(entry.rsplit('/').next().unwrap()));
}

#[tokio::test]
async fn whoever_is_in_and_opens_a_used_address_is_taken_to_the_sessions() {
    let (_world, browser) = inside(Data::default()).await;
    let answer = browser.get("/entree/used").await;
    assert_eq!(
        (answer.status, answer.headers[header::LOCATION].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/")
    );
}

#[tokio::test]
async fn a_made_up_cookie_is_not_in() {
    let mut browser = Browser::outside(&World::default());
    browser.cookie = Some("jalon_session=AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn over_the_encrypted_public_address_the_cookie_stays_encrypted() {
    let mut browser = Browser::outside(&World::default());
    browser.host = "rdv.exemple.fr";
    let answer = browser.get(&path(&browser)).await;
    assert!(
        answer.headers[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .ends_with("; Secure")
    );
}

#[tokio::test]
async fn another_name_for_this_machine_is_refused_even_with_a_cookie() {
    let (_world, mut browser) = inside(sample::published(4, 12)).await;
    browser.host = "mechant.example:8080";
    for address in [
        "/",
        "/entree/x",
        "/assets/style.css",
        &format!("/r/{}", sample::CANDIDATE_LINK),
    ] {
        let answer = browser.get(address).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{address}");
        assert!(!answer.body.contains("Gerland"));
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_it_to_itself() {
    let (_world, browser) = inside(sample::published(4, 12)).await;
    let mail = format!("/messages/{}/corps", sample::id(10, 1));
    for address in [
        "/",
        "/nulle-part",
        "/assets/style.css",
        &format!("/r/{}", sample::CANDIDATE_LINK),
        &mail,
    ] {
        let answer = browser.get(address).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        let referrer = if address.starts_with("/r/") {
            "no-referrer"
        } else {
            "same-origin"
        };
        assert_eq!(header("referrer-policy"), referrer, "{address}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(header("x-robots-tag"), "noindex, nofollow", "{address}");
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("base-uri 'none'"),
            "{address}: {policy}"
        );
        assert!(
            address == mail || policy.contains("script-src 'self';"),
            "{address}: {policy}"
        );
        if address == mail {
            assert!(policy.starts_with("sandbox allow-popups") && policy.contains("frame-ancestors 'self'"));
        } else {
            assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
        }
        if address != "/assets/style.css" {
            assert_eq!(header("cache-control"), "no-store", "{address}");
        }
    }
}

#[tokio::test]
async fn the_address_of_the_first_account_comes_once_the_directory_answers() {
    let world = World::of(Data::default());
    let browser = Browser::outside(&world);
    world.set_away(true);
    let back = async {
        while !world.take_calls().contains(&"GetSetup".to_owned()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        world.set_away(false);
    };
    let (address, ()) = tokio::join!(browser.console.way_in("https://rdv.exemple.fr/"), back);
    let address = address.unwrap();
    assert!(
        address.starts_with("https://rdv.exemple.fr/premier-acces/"),
        "{address}"
    );
}
