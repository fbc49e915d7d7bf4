//! The pages behind the link in a message.

mod deeds;
mod door;
mod employer;
mod reach;
mod subscription;

use http::{StatusCode, header};

use crate::{
    client::{Answer, Browser, hidden},
    world::{World, sample},
};

fn world() -> World {
    World::of(sample::published(6, 30))
}

fn address() -> String {
    format!("/r/{}", sample::CANDIDATE_LINK)
}

fn employer() -> String {
    format!("/r/{}", sample::EMPLOYER_LINK)
}

/// A browser whose letters were right.
async fn visiting(world: &World, address: &str, letters: &str) -> Browser {
    let mut browser = Browser::outside(world);
    let answer = browser.post(address, &format!("lettres={letters}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.headers[header::LOCATION], address);
    browser.cookie = Some(cookie(&answer));
    browser
}

async fn candidate(world: &World) -> Browser {
    visiting(world, &address(), "gar").await
}

async fn recruiter(world: &World) -> Browser {
    visiting(world, &employer(), "fou").await
}

fn cookie(answer: &Answer) -> String {
    let whole = answer.headers[header::SET_COOKIE].to_str().unwrap();
    whole.split(';').next().unwrap().to_owned()
}

/// Posts as a form of `page` would.
async fn send(browser: &Browser, page: &str, to: &str, fields: &str) -> Answer {
    let csrf = hidden(&browser.page(page).await, "csrf");
    assert!(!csrf.is_empty(), "{page} has no form of this visit");
    browser.post(to, &format!("csrf={csrf}&{fields}")).await
}

/// Where a deed leads.
#[track_caller]
fn led(answer: &Answer, to: &str) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.headers[header::LOCATION], to);
}
