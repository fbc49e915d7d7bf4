//! What holds for every page: markup of strangers stays text, French has its spaces, the structure reads aloud.

use contracts::speeddating::v1::SessionState;

use crate::{
    client::{Browser, inside},
    world::{World, sample},
};

const MARKUP: &str = "<script>alert(1)</script>\"'><img src=x>";

fn addresses() -> Vec<String> {
    let session = format!("/seances/{}", sample::session_id());
    vec![
        "/".to_owned(),
        session.clone(),
        format!("{session}/planning"),
        format!("{session}/planning/{}", sample::candidate(1)),
        format!("{session}/planning/{}", sample::employer(1)),
        format!("{session}/personnes"),
        format!("{session}/rappels"),
        "/rappels".to_owned(),
        format!("/personnes/{}", sample::person(1)),
        "/messages".to_owned(),
        format!("/messages/{}", sample::id(10, 1)),
        format!("/messages/{}", sample::id(10, 2)),
        "/nulle-part".to_owned(),
        "/style".to_owned(),
        "/style/confirmer".to_owned(),
        format!("/r/{}", sample::CANDIDATE_LINK),
        "/r/aaaaaaaaaaaaaaaaaaaaaa".to_owned(),
    ]
}

async fn pages(world: &World, browser: &Browser) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for address in addresses() {
        let body = browser.get(&address).await.body;
        pages.push((address, body));
    }
    for (token, letters) in [
        (sample::CANDIDATE_LINK, "gar"),
        (sample::EMPLOYER_LINK, "fou"),
        (sample::CANDIDATE_LINK, "xyz"),
    ] {
        let (mut outside, address) = (Browser::outside(world), format!("/r/{token}"));
        let answer = outside.post(&address, &format!("lettres={letters}")).await;
        // Right letters begin a visit, and lead to the page itself.
        let visit = answer
            .headers
            .get("set-cookie")
            .map(|visit| visit.to_str().unwrap());
        let body = match visit.and_then(|visit| visit.split(';').next()) {
            Some(visit) => {
                outside.cookie = Some(visit.to_owned());
                outside.get(&address).await.body
            }
            None => answer.body,
        };
        pages.push((format!("POST /r/{token} {letters}"), body));
    }
    pages
}

#[tokio::test]
async fn markup_in_any_field_that_a_stranger_fills_stays_text() {
    let mut data = sample::published(4, 12);
    data.sessions[0].title = MARKUP.to_owned();
    data.sessions[0].cancelled_reason = MARKUP.to_owned();
    data.sessions[0].state = SessionState::Cancelled.into();
    if let Some(venue) = &mut data.sessions[0].venue {
        venue.name = MARKUP.to_owned();
        venue.rooms[0].name = MARKUP.to_owned();
    }
    for registration in &mut data.registrations {
        registration.code = MARKUP.to_owned();
        registration.position = MARKUP.to_owned();
    }
    for person in data.people.values_mut() {
        person.given_name = MARKUP.to_owned();
        person.mail = format!("{MARKUP}@{MARKUP}");
    }
    for organisation in data.organisations.values_mut() {
        *organisation = MARKUP.to_owned();
    }
    for reminder in &mut data.reminders {
        reminder.reason = MARKUP.to_owned();
        reminder.template = MARKUP.to_owned();
    }
    for message in &mut data.messages {
        message.subject = MARKUP.to_owned();
        message.text = MARKUP.to_owned();
        message.to = MARKUP.to_owned();
        message.calendar = format!("BEGIN:VEVENT\nSUMMARY:{MARKUP}\nEND:VEVENT");
    }
    let (world, browser) = inside(data).await;
    let session = sample::session_id();
    let mut all = pages(&world, &browser).await;
    let reflected = "%3Cscript%3Ealert(1)%3C/script%3E%22'%3E%3Cimg%20src=x%3E";
    for address in [
        format!("/seances/{session}/personnes?nom={reflected}&cote={reflected}"),
        format!("/seances/{session}/rappels?nom={reflected}&etat={reflected}"),
        format!("/rappels?personne={reflected}"),
        format!("/messages?canal={reflected}&personne={reflected}"),
    ] {
        all.push((address.clone(), browser.get(&address).await.body));
    }
    for (address, body) in all {
        assert!(
            !body.contains("<script>") && !body.contains("<img"),
            "{address}: {body}"
        );
        // A quote that closes an attribute would show as one before the sign that closes the tag.
        assert!(!body.contains("\"'>"), "{address}");
    }
}

#[tokio::test]
async fn no_page_needs_what_the_policy_forbids() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    for (address, body) in pages(&world, &browser).await {
        let scripts = body.matches("<script").count();
        assert_eq!(
            scripts,
            body.matches("<script src=\"/assets/").count(),
            "{address}"
        );
        for forbidden in [
            " style=", "<style", " onclick", " onload", "hx-on", "js:", "http://", "https://",
        ] {
            // The text of a message may name an address; a page may not fetch one.
            let fetched = body.matches(forbidden).count() > 0;
            let told = address.starts_with("/messages/") && forbidden == "https://";
            assert!(!fetched || told, "{address}: {forbidden}");
        }
    }
}

#[tokio::test]
async fn each_page_has_one_heading_a_title_a_main_part_and_a_way_past_the_navigation() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    for (address, body) in pages(&world, &browser).await {
        assert_eq!(body.matches("<h1").count(), 1, "{address}");
        assert_eq!(body.matches("<main").count(), 1, "{address}");
        assert!(
            body.contains("<html lang=\"fr\">") && body.contains("href=\"#contenu\""),
            "{address}"
        );
        assert!(
            !body.contains("<title></title>") && !body.contains("<title> –"),
            "{address}"
        );
        let mut ids: Vec<_> = body
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{address}: two elements share an id");
        for header in body.split("<th").skip(1).filter(|rest| !rest.starts_with("ead")) {
            assert!(
                header.split('>').next().unwrap().contains("scope="),
                "{address}: {header}"
            );
        }
    }
}

#[tokio::test]
async fn french_marks_never_start_a_line() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    for (address, body) in pages(&world, &browser).await {
        let text = visible(&body);
        for mark in [" :", " ;", " !", " ?", " »", "« ", " %"] {
            // What a message says is its own affair: an SMS has plain spaces only.
            if !address.starts_with("/messages") && !address.starts_with("/personnes") {
                assert!(!text.contains(mark), "{address}: {mark:?} in {text}");
            }
        }
        assert!(!text.contains(" ."), "{address}");
    }
}

#[tokio::test]
async fn nobody_outside_is_told_more_than_a_title_in_a_preview() {
    let browser = Browser::outside(&World::of(sample::published(4, 12)));
    let body = browser.get(&format!("/r/{}", sample::CANDIDATE_LINK)).await.body;
    assert!(!body.contains("og:") && !body.contains("name=\"description\""));
    assert!(body.contains("noindex"));
}

/// The text between the tags.
fn visible(body: &str) -> String {
    let body = body.split("<main").nth(1).unwrap_or_default();
    let mut out = String::new();
    let mut inside = true;
    for sign in body.chars() {
        match sign {
            '<' => inside = true,
            '>' => inside = false,
            sign if !inside => out.push(sign),
            _ => {}
        }
    }
    out.replace("&nbsp;", "\u{a0}").replace("&#8239;", "\u{202f}")
}
