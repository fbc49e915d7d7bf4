//! Ids that are somebody else's, at every address of the pages, over the real services.

#![expect(
    clippy::unwrap_used,
    reason = "where the sources cannot be read, the test fails"
)]

#[path = "../../services/console/tests/pages/addresses.rs"]
mod addresses;

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use tests::{
    accounts,
    belongings::{FOREIGN, belongings, filled},
    browser::Browser,
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES, request},
    plain::Plain,
    suite::Running,
};

const MORNING: &str = "2026-11-17T08:30:00Z";

/// Every address with a part that names something; secrets are not ids, and a stream has no end to wait for: it asks for
/// its session before it says anything.
fn named() -> Vec<String> {
    let mut routes = addresses::routes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/console"));
    routes.retain(|route| {
        route.contains('{')
            && !route.contains("{token}")
            && !route.ends_with("/flux")
            && !route.starts_with("/assets/")
    });
    routes
}

/// The streams of sessions.
fn streams() -> Vec<String> {
    let mut routes = addresses::routes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/console"));
    routes
        .retain(|route| route.ends_with("/flux") && route.contains("{session}") && !route.contains("{job}"));
    routes
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_nobody_lead_nowhere_at_any_address() -> Result<()> {
    let running = Running::start(MORNING).await?;
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    let browser = Browser::signed_in(&running).await?;
    let cookies = browser.cookies().await?;
    let session = cookies.iter().find(|one| one.name == "jalon_session");
    let cookie = format!(
        "Cookie: jalon_session={}\r\n",
        session.context("the session's cookie")?.value
    );
    let mut open = Vec::new();
    let mut asked = 0;
    for route in named() {
        // A session that is not there; a session of one's own with a part of another one.
        for id in [FOREIGN, &coordinator.session] {
            let within = route.replace("{session}", "").replace("{table}", "");
            if id != FOREIGN && !within.contains('{') {
                continue;
            }
            let address = filled(&route, &BTreeMap::from([("session", id.to_owned())]));
            let answer = running.ask(&address, &cookie).await?;
            let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
            asked += 1;
            if !status.starts_with('4') {
                open.push(format!("{address}: {status}"));
            }
        }
    }
    ensure!(asked > 50, "only {asked} addresses were asked");
    ensure!(open.is_empty(), "{}", open.join("\n"));
    Ok(())
}

/// Everything of the session that a stranger could have changed.
async fn state(coordinator: &Coordinator) -> Result<String> {
    Ok(format!(
        "{:?} {:?} {:?}",
        coordinator.session().await?,
        coordinator.registrations().await?,
        coordinator.published().await?
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_another_organisation_or_branch_lead_nowhere_at_any_address_and_change_nothing() -> Result<()>
{
    let running = Running::start(MORNING).await?;
    let house = accounts::organisation(&running, &request(91), "La maison").await?;
    accounts::branch(&running, &house, &request(2), "Antenne Bron").await?;
    let coordinator = Coordinator::create(&running.clients, "2026-11-25").await?;
    coordinator.import(EMPLOYERS, CANDIDATES, WISHES).await?;
    let made = coordinator.timetable().await?;
    coordinator.publish(made.number).await?;
    running.quiet().await?;
    let theirs = belongings(&running, &coordinator).await?;
    let beside = accounts::branch(&running, &house, &request(92), "Antenne Gerland").await?;
    let other = accounts::organisation(&running, &request(90), "Une autre maison").await?;
    let stranger = accounts::coordinator(&running, "Zoé", "Martin", &[beside, other]).await?;
    let mut stranger = stranger.plainly(&running).await?;
    // Whoever works for the organisation works for its branch.
    let all = accounts::coordinator(&running, "Ada", "Roche", &[house]).await?;
    let mut all = all.plainly(&running).await?;
    let before = state(&coordinator).await?;

    let mut open = Vec::new();
    let (mut seen, mut posted) = (0, 0);
    for route in named() {
        let address = filled(&route, &theirs);
        // What the address shows to whom it belongs: otherwise this would prove nothing.
        all.get(&address).await?;
        seen += i32::from(all.status == 200);
        stranger.get(&address).await?;
        if !(400..500).contains(&stranger.status) {
            open.push(format!("GET {address}: {}", stranger.status));
        }
        stranger.get("/mon-compte").await?;
        stranger.post(&address, &[("confirmer", "oui")]).await?;
        posted += i32::from(stranger.status != 405);
        if !(400..500).contains(&stranger.status) {
            open.push(format!("POST {address}: {} {}", stranger.status, stranger.path));
        }
    }
    // A stream has no end for whom it belongs to, and nothing for anybody else.
    for route in streams() {
        let address = format!("{}?numero={}", filled(&route, &theirs), made.number);
        let (a_while, long) = (Duration::from_secs(2), Duration::from_mins(1));
        ensure!(
            tokio::time::timeout(a_while, all.get(&address)).await.is_err(),
            "{address} ends for whom it belongs to: {}",
            all.status
        );
        let Ok(asked) = tokio::time::timeout(long, stranger.get(&address)).await else {
            open.push(format!("{address} stays open"));
            continue;
        };
        asked?;
        if stranger.status < 400 && stranger.body.contains("data:") {
            open.push(format!("{address} says {}", stranger.body));
        }
    }
    // What has no id in its address says nothing of theirs either, whatever one asks of it.
    let questions = [
        "/".to_owned(),
        "/rappels".to_owned(),
        "/messages".to_owned(),
        format!("/messages?seance={}", theirs["session"]),
        format!("/messages?personne={}", theirs["person"]),
        format!("/rappels?personne={}", theirs["person"]),
        "/adresses-refusees".to_owned(),
        "/evenements".to_owned(),
    ];
    let person = coordinator.registration("C0001").await?;
    for question in questions {
        stranger.get(&question).await?;
        for word in ["Rencontres employeurs", person.code.as_str(), "@example"] {
            let said = stranger.page().text;
            // One's own address stands at the top.
            if said.replace("martin@example.org", "").contains(word) {
                open.push(format!("GET {question} says “{word}”: {said}"));
            }
        }
    }
    ensure!(open.is_empty(), "{}", open.join("\n"));
    ensure!(
        seen > 25,
        "only {seen} of these addresses show anything to anybody"
    );
    ensure!(posted > 15, "only {posted} addresses take a form");
    ensure!(state(&coordinator).await? == before, "something has changed");
    Ok(())
}

/// A browser that is signed in to nothing sees no page of staff, whatever it asks for.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in_from_every_address() -> Result<()> {
    let running = Running::start(MORNING).await?;
    accounts::coordinator(&running, "Ada", "Roche", &[]).await?;
    let mut plain = Plain::before(&running)?;
    for route in named() {
        plain.get(&filled(&route, &BTreeMap::new())).await?;
        ensure!(
            plain.path.starts_with("/connexion") || (400..500).contains(&plain.status),
            "{route}: {} {}",
            plain.status,
            plain.path
        );
    }
    Ok(())
}
