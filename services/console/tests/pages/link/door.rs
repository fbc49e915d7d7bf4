//! The question before anything personal, and who gets past it.

use contracts::speeddating::v1::{RegistrationState, SessionState};
use http::{StatusCode, header};

use super::{address, candidate, cookie, employer, recruiter, visiting, world};
use crate::{client::Browser, world::sample};

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
async fn right_letters_open_a_visit_of_this_address_only_and_are_sent_once() {
    let world = world();
    let mut browser = Browser::outside(&world);
    browser.host = "rdv.exemple.fr";
    let answer = browser.post(&address(), "lettres=%20GAR%20").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let whole = answer.headers[header::SET_COOKIE].to_str().unwrap();
    let flags = format!(
        "; Path={}; HttpOnly; SameSite=Lax; Max-Age=1800; Secure",
        address()
    );
    assert!(whole.ends_with(&flags), "{whole}");
    browser.cookie = Some(cookie(&answer));
    let shown = browser.get(&address()).await;
    assert!(shown.body.contains("Bonjour Raphaël"), "{}", shown.body);
    assert!(!shown.body.contains("lettres"), "the letters are asked for again");
    for (header, value) in [
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(shown.headers[header], value);
    }
    // Nothing sensitive where a preview or a history would keep it.
    assert!(shown.body.contains("<title>Mes rencontres</title>"));
}

#[tokio::test]
async fn a_candidate_sees_their_meetings_in_order_and_an_employer_its_candidates() {
    let world = world();
    let body = candidate(&world).await.page(&address()).await;
    assert!(body.contains("mercredi 25\u{a0}novembre 2026"));
    assert!(body.contains("Maison des associations, 4 rue Exemple"));
    let times: Vec<_> = body
        .match_indices("<p class=\"time\">")
        .map(|(at, found)| body[at + found.len()..].split('<').next().unwrap())
        .collect();
    assert_eq!(times, ["9\u{a0}h\u{a0}45", "11\u{a0}h", "12\u{a0}h"]);
    assert!(body.contains("<strong>9\u{a0}h\u{a0}30</strong>"), "{body}");
    assert!(body.contains("Fourvière Logistique") && body.contains("table 2"));
    assert!(
        body.contains("jusqu’au mardi 24\u{a0}novembre 2026 à 17\u{a0}h"),
        "{body}"
    );

    let body = recruiter(&world).await.page(&employer()).await;
    assert!(body.contains("Vos candidat·es, dans l’ordre"), "{body}");
    assert!(body.contains("Raphaël Garcia"));
    assert!(!body.contains("Décliner"), "an employer is offered to decline");
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
        assert!(answer.headers.get(header::SET_COOKIE).is_none());
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
async fn unknown_expired_and_broken_links_lead_to_the_same_page_with_whom_to_call() {
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
        "/r/BbCdEfGhIjKlMnOpQrStUv/decliner",
        "/d/BbCdEfGhIjKlMnOpQrStUv",
        "/d/court",
        "/p/BbCdEfGhIjKlMnOpQrStUv",
        "/agenda/BbCdEfGhIjKlMnOpQrStUv.ics",
    ] {
        let answer = browser.get(other).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{other}");
        assert_eq!(
            answer.body, unknown.body,
            "{other} says more than that it leads nowhere"
        );
    }
    for (address, form) in [
        ("/r/BbCdEfGhIjKlMnOpQrStUv", "lettres=gar"),
        ("/r/BbCdEfGhIjKlMnOpQrStUv", ""),
        ("/d/BbCdEfGhIjKlMnOpQrStUv", "List-Unsubscribe=One-Click"),
        ("/p/BbCdEfGhIjKlMnOpQrStUv", "code=123456"),
    ] {
        assert_eq!(browser.post(address, form).await.body, unknown.body, "{address}");
    }
}

#[tokio::test]
async fn a_visit_of_another_link_a_guessed_one_or_one_that_was_ended_shows_the_question() {
    let world = world();
    let mut browser = candidate(&world).await;
    assert!(browser.page(&address()).await.contains("Bonjour"));
    // The same cookie sent to another link.
    let other = browser.page(&employer()).await;
    assert!(other.contains("Les trois premières lettres") && !other.contains("Bonjour"));
    let own = browser.cookie.clone();
    for guess in [
        "jalon_visite=",
        "jalon_visite=aaaaaaaaaaaaaaaaaaaaaa",
        "jalon_visite=visite-AbCd-0009",
    ] {
        browser.cookie = Some(guess.to_owned());
        assert!(
            browser
                .page(&address())
                .await
                .contains("Les trois premières lettres"),
            "{guess}"
        );
        let posted = browser.post(&format!("{}/venir", address()), "csrf=x").await;
        assert_eq!(posted.status, StatusCode::SEE_OTHER, "{guess}");
    }
    browser.cookie = own;
    let left = super::send(&browser, &address(), &format!("{}/sortir", address()), "").await;
    assert!(
        left.headers[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    // The device may keep the cookie: the visit is over all the same.
    assert!(
        browser
            .page(&address())
            .await
            .contains("Les trois premières lettres")
    );
}

#[tokio::test]
async fn what_is_sent_after_the_visit_is_said_to_be_lost() {
    let world = world();
    let mut browser = candidate(&world).await;
    // A browser drops the cookie when the visit is over; one that keeps it has it refused.
    let kept = browser.cookie.take().unwrap();
    world.change(|data| data.behind.visits.clear());
    let lost = format!("{}?fait=visite-terminee", address());
    for cookie in [None, Some(kept)] {
        browser.cookie = cookie;
        for act in ["venir", "decliner", "joindre", "messages", "agenda"] {
            super::led(
                &browser.post(&format!("{}/{act}", address()), "csrf=x").await,
                &lost,
            );
        }
        let asked = browser.page(&lost).await;
        assert!(
            asked.contains("Rien n’a été enregistré")
                && asked.contains("Entrez de nouveau, puis recommencez."),
            "{asked}"
        );
        assert!(asked.contains("Les trois premières lettres") && !asked.contains("aria-invalid"));
        // Who only looks, or leaves, has lost nothing.
        for page in [address(), format!("{}/joindre", address())] {
            assert!(
                !browser.page(&page).await.contains("Rien n’a été enregistré"),
                "{page}"
            );
        }
        let left = browser.post(&format!("{}/sortir", address()), "csrf=x").await;
        super::led(&left, &address());
    }
    browser.cookie = Some("jalon_langue=en".to_owned());
    let asked = browser.page(&lost).await;
    assert!(
        asked.contains("Nothing was recorded: the visit had ended. Enter again, then start over."),
        "{asked}"
    );
}

#[tokio::test]
async fn who_is_no_longer_expected_is_told_so() {
    let world = world();
    let browser = candidate(&world).await;
    world.change(|data| {
        for registration in &mut data.registrations {
            if registration.registration_id == sample::candidate(1) {
                registration.state = RegistrationState::Withdrawn.into();
            }
        }
    });
    assert!(
        browser
            .page(&address())
            .await
            .contains("Vous n’êtes pas attendu·e")
    );
    world.change(|data| data.sessions[0].state = SessionState::Cancelled.into());
    let body = browser.page(&address()).await;
    assert!(body.contains("Vous n’avez pas besoin de venir"));
    assert!(!body.contains("Mettre dans mon agenda") && !body.contains("Décliner"));
}

#[tokio::test]
async fn a_timetable_that_is_not_published_is_not_shown() {
    let world = world();
    let browser = candidate(&world).await;
    world.change(|data| {
        for timetable in &mut data.timetables {
            timetable.published = false;
        }
    });
    let body = browser.page(&address()).await;
    assert!(body.contains("Vous n’avez pas encore de rencontre"), "{body}");
    assert!(!body.contains("Fourvière"));
}

#[tokio::test]
async fn services_that_are_away_lead_to_a_page_without_a_way_to_the_pages_of_staff() {
    let world = world();
    let browser = candidate(&world).await;
    world.set_away(true);
    for address in [
        address(),
        format!("{}/joindre", address()),
        format!("{}/agenda", address()),
    ] {
        let answer = browser.get(&address).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{address}");
        assert!(!answer.body.contains("href=\"/\""));
    }
}

#[tokio::test]
async fn after_the_day_nobody_is_asked_to_be_there() {
    let world = world();
    world.change(|data| {
        data.sessions[0].date = "2026-11-20".to_owned();
        data.behind.too_late = true;
    });
    let body = candidate(&world).await.page(&address()).await;
    assert!(body.contains("Cette journée est passée"));
    assert!(!body.contains("Soyez là") && !body.contains("Mettre dans mon agenda"));
}

#[tokio::test]
async fn the_page_speaks_the_persons_language_until_another_is_chosen_in_the_browser() {
    let world = world();
    world.change(|data| {
        let person = data.links[0].1.clone();
        data.people.get_mut(&person).unwrap().language = "en".to_owned();
    });
    let mut browser = visiting(&world, &address(), "gar").await;
    let body = browser.page(&address()).await;
    assert!(
        body.contains("<html lang=\"en\"") && body.contains("Hello Raphaël"),
        "{body}"
    );
    assert!(body.contains("Wednesday 25\u{a0}November 2026"));
    let chosen = browser
        .post("/langue", &format!("langue=fr&retour={}", address()))
        .await;
    super::led(&chosen, &address());
    let own = browser.cookie.clone().unwrap();
    browser.cookie = Some(format!("{own}; {}", cookie(&chosen)));
    assert!(browser.page(&address()).await.contains("Bonjour Raphaël"));
    let elsewhere = browser
        .post("/langue", "langue=en&retour=https://mechant.example")
        .await;
    super::led(&elsewhere, "/");
}
