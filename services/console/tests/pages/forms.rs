//! Forged forms change nothing, wrong ones lose nothing, right ones say once what they did.

use axum::body::Body;
use http::{Method, StatusCode, header};

use crate::{
    client::{Answer, Browser, filled, hidden, inside},
    world::{Data, World, sample},
};

const RIGHT: &[(&str, &str)] = &[
    ("nom", "Lina"),
    ("nombre", "12"),
    ("date", "2026-11-25"),
    ("heure", "14:00"),
];

async fn posted_with(browser: &Browser, form: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = browser.request(Method::POST, "/style");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request, Body::from(form.to_owned())).await
}

#[tokio::test]
async fn a_form_without_the_token_of_this_session_changes_nothing() {
    let (_world, browser) = inside(Data::default()).await;
    let foreign = hidden(&browser.another().await.page("/style").await, "csrf");
    for token in ["", "csrf=", "csrf=AAAA", &format!("csrf={foreign}")] {
        let answer = browser.post("/style", &format!("{token}&confirmer=oui")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{token}");
        assert!(answer.body.contains("Formulaire périmé"), "{}", answer.body);
        assert!(answer.headers.get(header::SET_COOKIE).is_none());
    }
}

#[tokio::test]
async fn a_form_that_another_site_sends_is_refused_even_with_the_token() {
    let (_world, browser) = inside(Data::default()).await;
    let form = filled(&browser.page("/style").await, RIGHT);
    for foreign in [
        [("origin", "https://mechant.example"), ("x-nothing", "")],
        [("origin", "http://127.0.0.1:9999"), ("x-nothing", "")],
        [("origin", "null"), ("x-nothing", "")],
        [
            ("origin", "http://127.0.0.1:8080"),
            ("sec-fetch-site", "cross-site"),
        ],
        [("origin", "null"), ("sec-fetch-site", "same-site")],
    ] {
        let answer = posted_with(&browser, &form, &foreign).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{foreign:?}");
    }
    for own in [
        [
            ("origin", "http://127.0.0.1:8080"),
            ("sec-fetch-site", "same-origin"),
        ],
        [("origin", "null"), ("sec-fetch-site", "same-origin")],
    ] {
        let answer = posted_with(&browser, &form, &own).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{own:?}");
    }
}

#[tokio::test]
async fn nobody_outside_gets_anything_by_posting() {
    let browser = Browser::outside(&World::of(sample::published(4, 12)));
    for address in ["/style", "/style/fichier"] {
        let answer = browser.post(address, "csrf=x").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{address}");
        assert!(answer.body.contains("href=\"/connexion\""), "{}", answer.body);
    }
    for address in [
        "/reglages/langue",
        "/connexion",
        "/mot-de-passe-oublie",
        "/deconnexion",
    ] {
        let answer = browser.post(address, "csrf=x").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}");
    }
}

#[tokio::test]
async fn a_wrong_form_comes_back_with_its_values_and_a_summary_that_leads_to_each_field() {
    let (_world, browser) = inside(Data::default()).await;
    let wrong = [
        ("nom", ""),
        ("nombre", "999"),
        ("date", "2026-02-31"),
        ("heure", "14:00"),
        ("texte", "<b>&amp;"),
    ];
    let answer = browser.submit("/style", "/style", &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let body = answer.body;
    assert!(body.contains("<title>Erreur\u{a0}: Composants"), "{body}");
    let summary = body.find("id=\"resume\"").unwrap();
    assert!(summary < body.find("<h1").unwrap());
    for (field, words) in [
        ("nom", "Écrivez un nom"),
        ("nombre", "Écrivez un nombre de tables entre 1 et 200"),
        ("date", "Choisissez une date"),
    ] {
        assert!(
            body.contains(&format!("<a href=\"#{field}\">{words}</a>")),
            "{field}: {body}"
        );
        assert!(
            body.contains(&format!("id=\"{field}-faute\">{words}</p>")),
            "{field}: {body}"
        );
    }
    assert!(
        body.contains("value=\"999\"")
            && body.contains("value=\"2026-02-31\"")
            && body.contains("value=\"14:00\"")
    );
    assert!(body.contains("&#60;b&#62;") && !body.contains("<b>"), "{body}");
}

#[tokio::test]
async fn what_a_service_refuses_is_said_at_the_field() {
    let (_world, browser) = inside(Data::default()).await;
    let mut fields = RIGHT.to_vec();
    fields.push(("refus", "oui"));
    let answer = browser.submit("/style", "/style", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer
            .body
            .contains("<a href=\"#nom\">Ce nom est déjà pris\u{a0}: choisissez-en un autre</a>")
    );
}

#[tokio::test]
async fn the_operation_stays_the_same_when_a_form_comes_back() {
    let (_world, browser) = inside(Data::default()).await;
    let page = browser.page("/style").await;
    let answer = browser.post("/style", &filled(&page, &[("nom", "")])).await;
    assert_eq!(hidden(&answer.body, "operation"), hidden(&page, "operation"));
    assert_ne!(
        hidden(&browser.page("/style").await, "operation"),
        hidden(&page, "operation")
    );
}

#[tokio::test]
async fn a_right_form_leads_on_and_the_next_page_says_once_what_was_done() {
    let (_world, mut browser) = inside(Data::default()).await;
    let answer = browser.submit("/style", "/style", RIGHT).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers[header::LOCATION], "/style");
    let notice = answer.headers[header::SET_COOKIE].to_str().unwrap();
    let notice = notice.split(';').next().unwrap().to_owned();
    let session = browser.cookie.clone().unwrap();
    browser.cookie = Some(format!("{session}; {notice}"));
    let next = browser.get("/style").await;
    assert!(
        next.body.contains("«\u{202f}Lina\u{202f}» enregistré"),
        "{}",
        next.body
    );
    let dropped = next.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        dropped.starts_with("jalon_avis=;") && dropped.contains("Max-Age=0"),
        "{dropped}"
    );
    // Somebody else cannot plant one.
    browser.cookie = Some(format!("{session}; {notice}x"));
    assert!(!browser.page("/style").await.contains("enregistré"));
}

fn multipart(token: &str, content: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--limit\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--limit\r\n\
         Content-Disposition: form-data; name=\"fichier\"; filename=\"vœux.csv\"\r\nContent-Type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--limit--\r\n");
    body
}

async fn upload(browser: &Browser, body: Vec<u8>) -> Answer {
    let mut request = browser.request(Method::POST, "/style/fichier");
    let headers = request.headers_mut().unwrap();
    headers.insert(
        header::CONTENT_TYPE,
        "multipart/form-data; boundary=limit".parse().unwrap(),
    );
    headers.insert(header::CONTENT_LENGTH, body.len().into());
    browser.send(request, Body::from(body)).await
}

#[tokio::test]
async fn a_file_is_taken_with_the_token_and_up_to_ten_megabytes() {
    let (_world, browser) = inside(Data::default()).await;
    let token = hidden(&browser.page("/style").await, "csrf");
    let answer = upload(&browser, multipart(&token, &vec![b'x'; 10 << 20])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let forged = upload(&browser, multipart("AAAA", b"x")).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    for size in [(10 << 20) + 1, 11 << 20] {
        let large = upload(&browser, multipart(&token, &vec![b'x'; size])).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(
            large.body.contains("Un fichier peut faire 10\u{a0}Mo au plus"),
            "{}",
            large.body
        );
    }
}

#[tokio::test]
async fn a_form_that_is_far_too_long_is_refused_in_words() {
    let (_world, browser) = inside(Data::default()).await;
    let answer = browser
        .post("/style", &format!("nom={}", "x".repeat(300 << 10)))
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("Envoi trop volumineux"));
}
