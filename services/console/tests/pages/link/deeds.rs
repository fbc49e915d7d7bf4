//! What a candidate does: it needs a form of the visit, its consequence is named, and looking never does it.

use contracts::speeddating::v1::{MeetingState, RegistrationState};
use http::StatusCode;

use super::{address, candidate, employer, led, recruiter, send, visiting, world};
use crate::{
    client::{Browser, hidden},
    world::{World, sample},
};

fn at(page: &str) -> String {
    format!("{}{page}", address())
}

/// Ids of the candidate's meetings, in order.
fn meetings(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    world.change(|data| {
        let published = data
            .timetables
            .iter()
            .find(|timetable| timetable.published)
            .unwrap();
        let mut own: Vec<_> = published
            .meetings
            .iter()
            .filter(|meeting| meeting.candidate_id == sample::candidate(1))
            .collect();
        own.sort_by_key(|meeting| meeting.slot);
        found = own.iter().map(|meeting| meeting.meeting_id.clone()).collect();
    });
    found
}

fn state(world: &World, id: &str) -> MeetingState {
    let mut state = MeetingState::Unspecified;
    world.change(|data| {
        let published = data.timetables.iter().filter(|timetable| timetable.published);
        let all = published.flat_map(|timetable| &timetable.meetings);
        state = all
            .clone()
            .find(|meeting| meeting.meeting_id == id)
            .unwrap()
            .state();
    });
    state
}

const ACTING: [&str; 12] = [
    "ConfirmParticipation",
    "DeclineMeetings",
    "TakeBackDecline",
    "TellMeeting",
    "WriteMeetingNote",
    "CreateFeed",
    "RevokeFeed",
    "SetSubscription",
    "UpdateContact",
    "SetPreference",
    "EndVisit",
    "RegisterPartnerPerson",
];

#[tokio::test]
async fn a_program_that_opens_every_address_changes_nothing() {
    let world = world();
    let (browser, recruiter) = (candidate(&world).await, recruiter(&world).await);
    let meeting = meetings(&world)[0].clone();
    world.take_calls();
    for page in [
        "",
        "/venir",
        "/decliner",
        &format!("/decliner?rencontre={meeting}"),
        "/reprendre",
        "/joindre",
        "/messages",
        "/agenda",
        "/rencontres.ics",
        "/sortir",
        &format!("/rencontre/{meeting}"),
        &format!("/rencontre/{meeting}/note"),
    ] {
        let own = browser.get(&at(page)).await.status;
        assert!(
            !own.is_server_error() && own != StatusCode::SEE_OTHER,
            "{page}: {own}"
        );
        recruiter.get(&format!("{}{page}", employer())).await;
    }
    browser
        .get(&format!("/d/{}", crate::world::links::UNSUBSCRIBE))
        .await;
    let calls = world.take_calls();
    for act in ACTING {
        assert!(!calls.iter().any(|call| call == act), "looking did {act}");
    }
}

#[tokio::test]
async fn a_form_of_another_visit_or_of_another_site_does_nothing() {
    let world = world();
    let browser = candidate(&world).await;
    let other = candidate(&world).await;
    let foreign = hidden(&other.page(&address()).await, "csrf");
    let meeting = &meetings(&world)[0];
    world.take_calls();
    for csrf in ["", "AAAA", &foreign] {
        for (page, fields) in [
            ("/venir", String::new()),
            ("/decliner", format!("&rencontre={meeting}")),
            ("/reprendre", String::new()),
            ("/joindre", "&courriel=autre@exemple.fr".to_owned()),
            ("/messages", "&arreter=mail".to_owned()),
            ("/agenda", "&agenda=faire".to_owned()),
            ("/sortir", String::new()),
        ] {
            let answer = browser.post(&at(page), &format!("csrf={csrf}{fields}")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{page}");
        }
    }
    let own = hidden(&browser.page(&address()).await, "csrf");
    let request = browser
        .request(http::Method::POST, &at("/venir"))
        .header("origin", "https://mechant.example")
        .header("sec-fetch-site", "cross-site");
    let answer = browser
        .send(request, axum::body::Body::from(format!("csrf={own}")))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let calls = world.take_calls();
    for act in ACTING {
        assert!(!calls.iter().any(|call| call == act), "a forged form did {act}");
    }
}

#[tokio::test]
async fn one_meeting_is_declined_after_its_consequence_was_named_and_taken_back() {
    let world = world();
    let browser = candidate(&world).await;
    let meeting = &meetings(&world)[0];
    let ask = browser.page(&at(&format!("/decliner?rencontre={meeting}"))).await;
    assert!(
        ask.contains("sera prévenu") && ask.contains("jusqu’au mardi 24\u{a0}novembre 2026"),
        "{ask}"
    );
    assert!(!ask.contains("dernière rencontre"));
    let ask_page = at(&format!("/decliner?rencontre={meeting}"));
    for _ in 0..2 {
        let csrf = hidden(&ask, "csrf");
        let form = format!("csrf={csrf}&rencontre={meeting}");
        led(&browser.post(&at("/decliner"), &form).await, &at("?fait=decline"));
    }
    assert_eq!(state(&world, meeting), MeetingState::Cancelled);
    let body = browser.page(&at("?fait=decline")).await;
    assert!(
        body.contains("Rencontre déclinée") && body.contains("Rencontres déclinées"),
        "{body}"
    );
    assert_eq!(browser.get(&ask_page).await.status, StatusCode::NOT_FOUND);
    let back = send(
        &browser,
        &address(),
        &at("/reprendre"),
        &format!("rencontre={meeting}"),
    )
    .await;
    led(&back, &at("?fait=repris"));
    assert_eq!(state(&world, meeting), MeetingState::Planned);
}

#[tokio::test]
async fn all_are_declined_and_the_person_can_come_after_all() {
    let world = world();
    let browser = candidate(&world).await;
    let ask = browser.page(&at("/decliner")).await;
    assert!(
        ask.contains("Décliner 3 rencontres") && ask.contains("plus attendu·e"),
        "{ask}"
    );
    let answer = send(&browser, &at("/decliner"), &at("/decliner"), "rencontre=").await;
    led(&answer, &at("?fait=decline-tout"));
    let body = browser.page(&address()).await;
    assert!(body.contains("Vous avez décliné toutes vos rencontres"), "{body}");
    assert!(!body.contains("Soyez là") && !body.contains("Confirmer ma venue"));
    world.change(|data| data.behind.given_away = true);
    led(
        &send(&browser, &address(), &at("/reprendre"), "").await,
        &at("?fait=repris"),
    );
    assert!(
        browser
            .page(&address())
            .await
            .contains("Votre venue est confirmée")
    );
}

#[tokio::test]
async fn after_the_hour_one_is_told_whom_to_call() {
    let world = world();
    let browser = candidate(&world).await;
    let meeting = &meetings(&world)[0];
    let page = at(&format!("/decliner?rencontre={meeting}"));
    let csrf = hidden(&browser.page(&page).await, "csrf");
    world.change(|data| data.behind.too_late = true);
    let late = browser
        .post(&at("/decliner"), &format!("csrf={csrf}&rencontre={meeting}"))
        .await;
    led(&late, &at("?fait=trop-tard"));
    assert_eq!(state(&world, meeting), MeetingState::Planned);
    led(&browser.get(&page).await, &at("?fait=trop-tard"));
    let body = browser.page(&at("?fait=trop-tard")).await;
    assert!(body.contains("appelez-nous") && body.contains("04 72 00 00 00"));
    assert!(!body.contains("/decliner"), "{body}");
}

#[tokio::test]
async fn a_place_that_was_given_away_is_said_to_be() {
    let world = world();
    let browser = candidate(&world).await;
    let meeting = &meetings(&world)[0];
    let page = at(&format!("/decliner?rencontre={meeting}"));
    send(&browser, &page, &at("/decliner"), &format!("rencontre={meeting}")).await;
    world.change(|data| data.behind.given_away = true);
    let back = send(
        &browser,
        &address(),
        &at("/reprendre"),
        &format!("rencontre={meeting}"),
    )
    .await;
    led(&back, &at("?fait=place-prise"));
    assert!(
        browser
            .page(&at("?fait=place-prise"))
            .await
            .contains("a été donnée entre-temps")
    );
}

#[tokio::test]
async fn coming_is_confirmed_once_and_said() {
    let world = world();
    world.change(|data| {
        for registration in &mut data.registrations {
            registration.state = RegistrationState::Registered.into();
        }
    });
    for (address, letters, words) in [
        (address(), "gar", "Confirmer ma venue"),
        (employer(), "fou", "la venue de l’entreprise"),
    ] {
        let browser = visiting(&world, &address, letters).await;
        assert!(browser.page(&address).await.contains(words));
        let answer = send(&browser, &address, &format!("{address}/venir"), "").await;
        led(&answer, &format!("{address}?fait=confirme"));
        let body = browser.page(&format!("{address}?fait=confirme")).await;
        assert!(body.contains("C’est noté") && !body.contains(words), "{body}");
    }
}

#[tokio::test]
async fn what_was_just_done_is_said_in_our_words_only() {
    let world = world();
    let browser = candidate(&world).await;
    for odd in ["?fait=%3Cscript%3E", "?fait=inconnu", "?fait=", "?fait=..%2F"] {
        let body = browser.page(&at(odd)).await;
        assert!(!body.contains("role=\"status\""), "{odd}");
    }
}

#[tokio::test]
async fn markup_that_strangers_typed_stays_text() {
    let world = world();
    let evil = "<script>alert(1)</script>\"'><img src=x>";
    world.change(|data| {
        let person = data.links[0].1.clone();
        data.people.get_mut(&person).unwrap().given_name = evil.to_owned();
        for name in data.organisations.values_mut() {
            evil.clone_into(name);
        }
        for registration in &mut data.registrations {
            evil.clone_into(&mut registration.position);
        }
        evil.clone_into(&mut data.sessions[0].title);
        data.behind.begun = true;
        let published = data
            .timetables
            .iter()
            .find(|timetable| timetable.published)
            .unwrap();
        let noted = published
            .meetings
            .iter()
            .map(|meeting| (meeting.meeting_id.clone(), (true, evil.to_owned())));
        data.behind.notes = noted.collect();
    });
    let meeting = meetings(&world)[0].clone();
    let browser = candidate(&world).await;
    for page in [
        "",
        "/decliner",
        &format!("/decliner?rencontre={meeting}"),
        "/joindre",
        "/agenda",
    ] {
        let body = browser.page(&at(page)).await;
        assert!(
            !body.contains("<script>") && !body.contains("<img"),
            "{page}: {body}"
        );
    }
    let recruiter = recruiter(&world).await;
    let mut own = String::new();
    world.change(|data| {
        let published = data
            .timetables
            .iter()
            .find(|timetable| timetable.published)
            .unwrap();
        let employer = data.links[1]
            .2
            .strip_prefix("speeddating.participation/")
            .unwrap()
            .to_owned();
        own = published
            .meetings
            .iter()
            .find(|meeting| meeting.employer_id == employer)
            .unwrap()
            .meeting_id
            .clone();
    });
    for page in [employer(), format!("{}/rencontre/{own}", employer())] {
        let body = recruiter.page(&page).await;
        assert!(
            !body.contains("<script>") && !body.contains("<img"),
            "{page}: {body}"
        );
    }
    let feed = send(&browser, &at("/agenda"), &at("/agenda"), "agenda=faire").await;
    assert_eq!(feed.status, StatusCode::SEE_OTHER);
    let outside = Browser::outside(&world);
    let calendar = outside.get("/agenda/FeEdOfThEsAmPlE0000000.ics").await;
    assert!(calendar.body.contains("END:VCALENDAR"), "{}", calendar.body);
}
