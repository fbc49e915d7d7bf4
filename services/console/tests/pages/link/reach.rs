//! "Reach me differently", fewer messages, the calendar.

use contracts::directory::v1::{Channel, Person};
use http::{StatusCode, header};

use super::{address, candidate, cookie, led, send, world};
use crate::{client::Browser, world::World};

fn at(page: &str) -> String {
    format!("{}{page}", address())
}

fn person(world: &World) -> Person {
    let mut found = None;
    world.change(|data| found = data.people.get(&data.links[0].1).cloned());
    found.unwrap()
}

#[tokio::test]
async fn an_address_is_changed_without_being_shown_in_full_before_or_after() {
    let world = world();
    let browser = candidate(&world).await;
    let before = person(&world);
    let body = browser.page(&at("/joindre")).await;
    assert!(!body.contains(&before.mail) && !body.contains(&before.phone));
    let masked = format!("{}…@", before.mail.chars().next().unwrap());
    assert!(body.contains(&masked), "{body}");
    let form = "courriel=nouvelle%40exemple.fr&mobile=&canal=sms&langue=en";
    led(
        &send(&browser, &at("/joindre"), &at("/joindre"), form).await,
        &at("/joindre?fait=joindre"),
    );
    let after = person(&world);
    assert_eq!(
        (after.mail.as_str(), &after.phone),
        ("nouvelle@exemple.fr", &before.phone)
    );
    assert_eq!((after.preferred(), after.language.as_str()), (Channel::Sms, "en"));
    let body = browser.page(&at("/joindre")).await;
    assert!(
        !body.contains("nouvelle@exemple.fr") && body.contains("n…@exemple.fr"),
        "{body}"
    );
}

#[tokio::test]
async fn a_language_that_is_not_written_here_is_kept_unless_another_is_chosen() {
    let world = world();
    let browser = candidate(&world).await;
    world.change(|data| {
        let known = data.links[0].1.clone();
        data.people.get_mut(&known).unwrap().language = "ar".to_owned();
    });
    let body = browser.page(&at("/joindre")).await;
    let choices = body.split("<select id=\"langue\"").nth(1).unwrap();
    let choices = choices.split("</select>").next().unwrap();
    let first = choices.split("<option ").nth(1).unwrap();
    assert!(
        first.starts_with("value=\"\"") && !choices.contains("selected"),
        "{choices}"
    );
    let form = "courriel=nouvelle%40exemple.fr&mobile=&canal=&langue=";
    led(
        &send(&browser, &at("/joindre"), &at("/joindre"), form).await,
        &at("/joindre?fait=joindre"),
    );
    assert_eq!(person(&world).language, "ar");
}

#[tokio::test]
async fn an_address_that_the_directory_refuses_comes_back_beside_its_field_with_what_was_typed() {
    let world = world();
    let browser = candidate(&world).await;
    let before = person(&world);
    let form = "courriel=pas-une-adresse&mobile=12&canal=&langue=fr";
    let answer = send(&browser, &at("/joindre"), &at("/joindre"), form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("href=\"#courriel\"") && answer.body.contains("value=\"pas-une-adresse\""),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("<title>Erreur\u{a0}:"));
    assert_eq!(person(&world), before);
    // Somebody changed the file meanwhile: nothing is overwritten, and it is said.
    world.change(|data| {
        let id = data.links[0].1.clone();
        data.stale = Some(id);
    });
    let form = "courriel=nouvelle%40exemple.fr&canal=&langue=fr";
    let answer = send(&browser, &at("/joindre"), &at("/joindre"), form).await;
    led(&answer, &at("/joindre?fait=change-entre-temps"));
}

#[tokio::test]
async fn one_press_stops_a_channel_and_another_lets_it_come_again() {
    let world = world();
    let browser = candidate(&world).await;
    for (name, channel) in [("mail", Channel::Mail), ("sms", Channel::Sms)] {
        led(
            &send(
                &browser,
                &at("/joindre"),
                &at("/messages"),
                &format!("arreter={name}"),
            )
            .await,
            &at("/joindre?fait=arrete"),
        );
        assert!(person(&world).refused.contains(&channel.into()), "{name}");
    }
    let body = browser.page(&at("/joindre")).await;
    assert!(body.contains("Aucun message ne peut plus vous joindre"), "{body}");
    led(
        &send(&browser, &at("/joindre"), &at("/messages"), "reprendre=mail").await,
        &at("/joindre?fait=reprend"),
    );
    assert_eq!(person(&world).refused, [i32::from(Channel::Sms)]);
    led(
        &send(&browser, &at("/joindre"), &at("/messages"), "arreter=facultatifs").await,
        &at("/joindre?fait=arrete"),
    );
    let id = person(&world).person_id;
    world.change(|data| assert!(data.behind.stopped.contains(&id)));
    let odd = send(&browser, &at("/joindre"), &at("/messages"), "arreter=tout").await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn who_stops_a_channel_that_they_preferred_no_longer_prefers_it() {
    let world = world();
    let browser = candidate(&world).await;
    send(&browser, &at("/joindre"), &at("/joindre"), "canal=sms&langue=fr").await;
    assert_eq!(person(&world).preferred(), Channel::Sms);
    send(&browser, &at("/joindre"), &at("/messages"), "arreter=sms").await;
    assert_eq!(person(&world).preferred(), Channel::Unspecified);
    send(&browser, &at("/joindre"), &at("/joindre"), "canal=sms&langue=fr").await;
    let after = person(&world);
    assert!(
        after.preferred() == Channel::Sms && after.refused.is_empty(),
        "who prefers a channel still refuses it"
    );
}

#[tokio::test]
async fn the_calendar_file_holds_the_entry_of_the_mail_and_asks_for_a_visit() {
    let world = world();
    let outside = Browser::outside(&world);
    let asked = outside.get(&at("/rencontres.ics")).await;
    assert!(asked.body.contains("Les trois premières lettres"));
    let answer = candidate(&world).await.get(&at("/rencontres.ics")).await;
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
        answer.body.contains("DTSTART:20261125T084500Z\r\n"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_feed_is_made_shown_for_ten_minutes_fetched_without_a_visit_and_ended() {
    let world = world();
    let mut browser = candidate(&world).await;
    let made = send(&browser, &at("/agenda"), &at("/agenda"), "agenda=faire").await;
    led(&made, &at("/agenda?fait=agenda"));
    let whole = made.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        whole.contains(&format!("Path={}; HttpOnly", address())) && whole.contains("Max-Age=600"),
        "{whole}"
    );
    let visit = browser.cookie.clone().unwrap();
    browser.cookie = Some(format!("{visit}; {}", cookie(&made)));
    let body = browser.page(&at("/agenda?fait=agenda")).await;
    assert!(
        body.contains("https://rdv.exemple.fr/agenda/FeEdOfThEsAmPlE0000000.ics"),
        "{body}"
    );
    assert!(body.contains("webcal://rdv.exemple.fr/agenda/"));
    browser.cookie = Some(visit);
    assert!(
        !browser.page(&at("/agenda")).await.contains("FeEdOf"),
        "the address is shown again"
    );

    let outside = Browser::outside(&world);
    let feed = outside.get("/agenda/FeEdOfThEsAmPlE0000000.ics").await;
    assert_eq!(feed.status, StatusCode::OK);
    assert_eq!(feed.headers["content-type"], "text/calendar; charset=utf-8");
    for line in [
        "X-WR-CALNAME:Mes rencontres\\, Maison Lyon pour l’Emploi",
        "SEQUENCE:7",
        "SUMMARY:Job dating de Gerland",
    ] {
        assert!(feed.body.contains(line), "{line} is not in {}", feed.body);
    }
    led(
        &send(&browser, &at("/agenda"), &at("/agenda"), "agenda=finir").await,
        &at("/agenda?fait=agenda-fini"),
    );
    assert_eq!(
        outside.get("/agenda/FeEdOfThEsAmPlE0000000.ics").await.status,
        StatusCode::NOT_FOUND
    );
}
