//! The day: what is pressed and refused is said where it was pressed.

use axum::body::Body;
use contracts::speeddating::v1::{Outcome, RegistrationState};
use http::{Method, StatusCode};

use crate::{
    client::{Answer, Browser, changed, inside},
    world::{Data, sample},
};

fn address(rest: &str) -> String {
    format!("/seances/{}{rest}", sample::session_id())
}

/// A published session whose day has come, with all of its meetings.
fn begun() -> Data {
    let mut data = sample::published(4, 12);
    "2026-11-23".clone_into(&mut data.sessions[0].date);
    let meetings = data.timetables[1].meetings.iter();
    data.outcomes = meetings
        .map(|meeting| Outcome {
            meeting: Some(meeting.clone()),
            ..Outcome::default()
        })
        .collect();
    data
}

async fn pressed(browser: &Browser, htmx: bool, form: &str) -> Answer {
    let mut request = browser.request(Method::POST, &address("/resultats"));
    if htmx {
        request = request.header("hx-request", "true");
    }
    browser.send(request, Body::from(form.to_owned())).await
}

#[tokio::test]
async fn a_press_that_is_refused_leaves_the_row_and_says_why() {
    let (world, browser) = inside(begun()).await;
    let mut pair = (String::new(), String::new());
    world.change(|data| {
        let meeting = data.outcomes[0].meeting.clone().unwrap();
        pair = (meeting.meeting_id, meeting.employer_id);
    });
    let (meeting, employer) = pair;
    let page = browser
        .page(&address(&format!("/resultats?personne={employer}")))
        .await;
    let form = changed(&page, &format!("name=\"rencontre\" value=\"{meeting}\""), &[]);
    let form = format!("{form}&etat=tenue");
    let row = format!("<li class=\"meeting-row\" id=\"m-{meeting}\"");
    world.change(|data| data.refusal = Some("NOT_IN_THIS_STATE"));
    let refused = pressed(&browser, true, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.body.contains("<html"), "{}", refused.body);
    assert!(
        refused.body.contains(&row) && refused.body.contains("role=\"alert\""),
        "{}",
        refused.body
    );
    assert!(
        refused.body.contains("value=\"candidat\""),
        "no button is left: {}",
        refused.body
    );
    // The form as a whole for who has no scripts; the language switch leads to this person.
    let whole = pressed(&browser, false, &form).await;
    assert_eq!(whole.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(whole.body.contains("<html") && whole.body.contains("id=\"resume\""));
    assert!(
        whole.body.contains(&format!(
            "name=\"retour\" value=\"{}\"",
            address(&format!("/resultats?personne={employer}"))
        )),
        "{}",
        whole.body
    );
    // Cancelled meanwhile: there is nothing to press any more.
    world.change(|data| {
        data.refusal = Some("NOT_FOUND");
        data.outcomes.remove(0);
    });
    let gone = pressed(&browser, true, &form).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        !gone.body.contains("<html") && gone.body.contains(&row),
        "{}",
        gone.body
    );
    assert!(
        gone.body.contains("Cette rencontre n’a plus lieu") && !gone.body.contains("<button"),
        "{}",
        gone.body
    );
    // Nothing answers: the row stays as it is, and says so.
    world.set_away(true);
    let away = pressed(&browser, true, &form).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!away.body.contains("<html"), "{}", away.body);
    assert_eq!(away.headers["hx-reswap"], "beforeend");
}

#[tokio::test]
async fn minutes_that_are_wrong_are_blamed_at_their_person_and_kept() {
    let (world, browser) = inside(begun()).await;
    let (one, other) = (sample::candidate(1), sample::candidate(2));
    let page = browser.page(&address("/arrivees")).await;
    let field = format!("m-{one}");
    let name = page.split(&format!("id=\"{field}\" name=\"")).nth(1).unwrap();
    let name = name.split('"').next().unwrap();
    let within = format!("name=\"personne\" value=\"{one}\"");
    let asked = [
        (None, "Indiquer un retard de 1 à 240 minutes", "999"),
        (
            Some("LATE_MINUTES"),
            "Indiquer un retard de 1 à 240 minutes",
            "12",
        ),
    ];
    for (refusal, words, typed) in asked {
        world.change(|data| data.refusal = refusal);
        let form = changed(&page, &within, &[(name, typed)]);
        let answer = browser
            .post(&address("/arrivees"), &format!("{form}&etat=retard"))
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        let body = answer.body;
        assert!(
            body.contains(&format!("<a href=\"#{field}\">{words}</a>")),
            "{body}"
        );
        let input = |id: &str| {
            let input = body.split(&format!("id=\"m-{id}\"")).nth(1).unwrap();
            input.split('>').next().unwrap().to_owned()
        };
        let wrong = input(&one);
        assert!(
            wrong.contains(&format!("value=\"{typed}\"")) && wrong.contains("aria-invalid=\"true\""),
            "{wrong}"
        );
        assert!(body.contains(&format!("id=\"{field}-faute\"")));
        let right = input(&other);
        assert!(
            right.contains("value=\"10\"") && !right.contains("aria-invalid"),
            "{right}"
        );
    }
}

#[tokio::test]
async fn whoever_was_noted_absent_is_still_found_at_the_door_and_minutes_mean_lateness() {
    let mut data = begun();
    let one = sample::candidate(1);
    let absent = data
        .registrations
        .iter_mut()
        .find(|known| known.registration_id == one);
    absent.unwrap().state = RegistrationState::Absent.into();
    let (_world, browser) = inside(data).await;
    let page = browser.page(&address("/arrivees")).await;
    let row = page
        .split(&format!("id=\"p-{one}\""))
        .nth(1)
        .expect("the row of who was absent");
    let row = row.split("</li>").next().unwrap();
    assert!(row.contains("value=\"arrive\""), "{row}");
    // What Enter presses is the first button of the form.
    let first = row.split("<button").nth(1).unwrap();
    assert!(
        first.contains("value=\"retard\"") && first.contains("tabindex=\"-1\""),
        "{first}"
    );
}

#[tokio::test]
async fn the_button_that_was_pressed_can_be_found_again_in_the_row_that_follows() {
    let (_world, browser) = inside(begun()).await;
    let employer = sample::employer(1);
    let page = browser
        .page(&address(&format!("/resultats?personne={employer}")))
        .await;
    let buttons = page
        .split("<button ")
        .skip(1)
        .filter(|button| button.contains("name=\"etat\" value=\"tenue\""));
    let ids: Vec<&str> = buttons
        .map(|button| button.split("id=\"").nth(1).unwrap().split('"').next().unwrap())
        .collect();
    let different: std::collections::BTreeSet<_> = ids.iter().collect();
    assert!(!ids.is_empty() && different.len() == ids.len(), "{ids:?}");
}
