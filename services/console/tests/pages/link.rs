use http::StatusCode;

use crate::{
    client::Browser,
    world::{World, sample},
};
use contracts::speeddating::v1::{RegistrationState, SessionState};

fn world() -> World {
    World::of(sample::published(6, 30))
}

fn address() -> String {
    format!("/r/{}", sample::CANDIDATE_LINK)
}

#[tokio::test]
async fn the_page_asks_for_the_letters_and_shows_nothing_personal_before() {
    let browser = Browser::outside(&world());
    let answer = browser.get(&address()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer
            .body
            .contains("Les trois premières lettres de votre nom de famille")
    );
    assert!(answer.body.contains("<title>Mes rencontres</title>"));
    for personal in ["Garcia", "Raphaël", "Gerland"] {
        assert!(!answer.body.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn a_candidate_sees_their_meetings_in_order_after_the_letters() {
    let browser = Browser::outside(&world());
    let answer = browser.post(&address(), "lettres=%20GAR%20").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let body = answer.body;
    assert!(body.contains("<title>Mes rencontres</title>"));
    assert!(body.contains("mercredi 25\u{a0}novembre 2026"));
    assert!(body.contains("Maison des associations, 4 rue Exemple"));
    // Candidate 1 wants tables 2, 1 and 6; the first meeting of them starts at 9 h.
    let times: Vec<_> = body
        .match_indices("<p class=\"time\">")
        .map(|(at, found)| body[at + found.len()..].split('<').next().unwrap())
        .collect();
    assert_eq!(times, ["9\u{a0}h\u{a0}45", "11\u{a0}h", "12\u{a0}h"]);
    assert!(body.contains("Soyez là à <strong>9\u{a0}h\u{a0}30</strong>"));
    assert!(body.contains("Fourvière Logistique") && body.contains("table 2"));
}

#[tokio::test]
async fn an_employer_sees_its_candidates() {
    let browser = Browser::outside(&world());
    let answer = browser
        .post(&format!("/r/{}", sample::EMPLOYER_LINK), "lettres=fou")
        .await;
    assert!(
        answer.body.contains("Vos candidat·es, dans l’ordre"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("Raphaël Garcia"));
}

#[tokio::test]
async fn wrong_letters_are_said_to_be_wrong_and_nothing_is_shown() {
    let browser = Browser::outside(&world());
    for form in ["lettres=xyz", "lettres=", "", "autre=1", "lettres=%FF"] {
        let answer = browser.post(&address(), form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(answer.body.contains("Ces lettres ne correspondent pas"), "{form}");
        assert!(answer.body.contains("aria-invalid=\"true\""));
        assert!(!answer.body.contains("Gerland"));
    }
}

#[tokio::test]
async fn whoever_tries_too_often_is_told_to_wait() {
    let world = world();
    let browser = Browser::outside(&world);
    // The services throttle by person.
    let answer = browser.post(&address(), "lettres=STOP").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.body.contains("Attendez un quart d’heure"));
    // The console keeps a flood away from them.
    let browser = Browser::outside(&world);
    let mut refused = 0;
    for _ in 0..40 {
        if browser.post(&address(), "lettres=xyz").await.status == StatusCode::TOO_MANY_REQUESTS {
            refused += 1;
        }
    }
    assert_eq!(refused, 20);
    world.take_calls();
    assert_eq!(
        browser.post(&address(), "lettres=gar").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert!(world.take_calls().is_empty());
}

#[tokio::test]
async fn unknown_expired_and_broken_links_lead_to_the_same_page_with_what_to_do() {
    let world = world();
    let browser = Browser::outside(&world);
    let unknown = browser.get("/r/BbCdEfGhIjKlMnOpQrStUv").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.body.contains("04 72 00 00 00"));
    for other in [
        "/r/court",
        "/r/%3Cscript%3E",
        "/r/AbCdEfGhIjKlMnOpQrStUv.",
        "/r/%FF",
    ] {
        let answer = browser.get(other).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{other}");
    }
    assert_eq!(
        browser
            .post("/r/BbCdEfGhIjKlMnOpQrStUv", "lettres=gar")
            .await
            .body,
        unknown.body
    );
}

#[tokio::test]
async fn the_calendar_file_holds_the_same_meetings_and_asks_for_the_letters_too() {
    let browser = Browser::outside(&world());
    let address = format!("{}/calendrier", address());
    assert_eq!(
        browser.post(&address, "lettres=xyz").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(browser.get(&address).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let answer = browser.post(&address, "lettres=gar").await;
    assert_eq!(answer.headers["content-type"], "text/calendar; charset=utf-8");
    assert!(
        answer.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("attachment")
    );
    // The same entry as the one that the mail put in.
    assert!(
        answer.body.contains("UID:1@jalon\r\nSEQUENCE:1\r\n"),
        "{}",
        answer.body
    );
    assert!(
        answer
            .body
            .contains("DTSTART:20261125T084500Z\r\nDTEND:20261125T111500Z\r\n"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn who_is_no_longer_expected_is_told_so() {
    let world = world();
    let browser = Browser::outside(&world);
    world.change(|data| {
        for registration in &mut data.registrations {
            if registration.registration_id == sample::candidate(1) {
                registration.state = RegistrationState::Withdrawn.into();
            }
        }
    });
    assert!(
        browser
            .post(&address(), "lettres=gar")
            .await
            .body
            .contains("Vous n’êtes pas attendu·e")
    );
    world.change(|data| data.sessions[0].state = SessionState::Cancelled.into());
    let answer = browser.post(&address(), "lettres=gar").await;
    assert!(answer.body.contains("Vous n’avez pas besoin de venir"));
    assert!(!answer.body.contains("Ajouter à mon agenda"));
}

#[tokio::test]
async fn a_timetable_that_is_not_published_is_not_shown() {
    let world = world();
    let browser = Browser::outside(&world);
    world.change(|data| {
        for timetable in &mut data.timetables {
            timetable.published = false;
        }
    });
    let answer = browser.post(&address(), "lettres=gar").await;
    assert!(answer.body.contains("Vous n’avez pas encore de rencontre"));
    assert!(!answer.body.contains("Fourvière"));
}

#[tokio::test]
async fn services_that_are_away_lead_to_a_page_without_a_way_to_the_pages_of_staff() {
    let world = world();
    let browser = Browser::outside(&world);
    world.set_away(true);
    let answer = browser.get(&address()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.body.contains("href=\"/\""));
}

#[tokio::test]
async fn after_the_day_nobody_is_asked_to_be_there() {
    let world = world();
    world.change(|data| data.sessions[0].date = "2026-11-20".to_owned());
    let answer = Browser::outside(&world).post(&address(), "lettres=gar").await;
    assert!(answer.body.contains("Cette journée est passée"));
    assert!(!answer.body.contains("Soyez là") && !answer.body.contains("Ajouter à mon agenda"));
}
