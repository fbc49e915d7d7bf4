//! Reminders one by one, rules and trials, refused addresses, failed events.

use contracts::{notifier::v1::Suppression, operations::v1::DeadLetter, scheduler::v1::ReminderState};
use http::{StatusCode, header};

use crate::{
    client::Browser,
    world::{World, sample},
};

async fn inside() -> (World, Browser) {
    let world = World::of(sample::published(6, 30));
    let browser = Browser::inside(&world).await;
    (world, browser)
}

/// The address of the first reminder of a state, made so.
fn reminder(world: &World, state: ReminderState) -> String {
    let mut id = String::new();
    world.change(|data| {
        let one = data
            .reminders
            .iter_mut()
            .find(|one| one.state() == state)
            .unwrap();
        one.reason.clear();
        id.clone_from(&one.reminder_id);
    });
    format!("/rappels/{id}")
}

#[tokio::test]
async fn a_waiting_reminder_is_held_and_let_go_each_with_its_consequence_said_first() {
    let (world, browser) = inside().await;
    let address = reminder(&world, ReminderState::Planned);
    let page = browser.page(&address).await;
    assert!(page.contains("Envoyer maintenant") && page.contains("Retenir") && !page.contains("Reprendre"));
    assert!(page.contains("Le message, s’il partait maintenant"));
    let ask = format!("{address}/gestes/retenir");
    assert!(
        browser
            .page(&ask)
            .await
            .contains("ne part pas tant que personne ne le reprend")
    );
    world.take_calls();
    let answer = browser.submit(&ask, &ask, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers[header::LOCATION], address.as_str());
    assert!(world.take_calls().contains(&"HoldReminder".to_owned()));
    let page = browser.page(&address).await;
    assert!(
        page.contains("Retenu") && page.contains("Reprendre") && page.contains("Ce qui a été fait à la main")
    );
}

#[tokio::test]
async fn a_refused_act_says_why_and_what_to_do_instead() {
    let (world, browser) = inside().await;
    let address = reminder(&world, ReminderState::Planned);
    world.change(|data| data.refusal = Some("HANDED_OVER"));
    let ask = format!("{address}/gestes/retenir");
    let answer = browser.submit(&ask, &ask, &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("plus rien ne peut le retenir"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("<title>Erreur"));
    // Forged: without the token nothing is done.
    world.take_calls();
    assert_eq!(browser.post(&ask, "csrf=x").await.status, StatusCode::FORBIDDEN);
    assert!(!world.take_calls().contains(&"HoldReminder".to_owned()));
    for wrong in ["/gestes/effacer", "/gestes"] {
        assert_eq!(
            browser.get(&format!("{address}{wrong}")).await.status,
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn what_did_not_arrive_is_corrected_and_sent_again_and_a_wrong_address_is_named() {
    let (world, browser) = inside().await;
    let address = reminder(&world, ReminderState::Failed);
    let ask = format!("{address}/coordonnees");
    assert!(
        browser
            .page(&address)
            .await
            .contains("Corriger l’adresse et renvoyer")
    );
    let fields = |mail: &'static str| [("mail", mail), ("telephone", ""), ("version", "1")];
    let empty = browser.submit(&ask, &ask, &fields("")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("Écrivez au moins une adresse ou un numéro"));
    let wrong = browser.submit(&ask, &ask, &fields("pas une adresse")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Écrivez une adresse complète") && wrong.body.contains("pas une adresse"));
    world.take_calls();
    let answer = browser.submit(&ask, &ask, &fields("juste@example.org")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let calls = world.take_calls();
    let place = |call: &str| calls.iter().position(|one| one == call).unwrap();
    assert!(place("UpdateContact") < place("ResendReminder"), "{calls:?}");
    // Corrected, but too late to be sent again: the address stays corrected, and the page says both.
    world.change(|data| data.refusal = Some("TOO_LATE"));
    let address = reminder(&world, ReminderState::Suppressed);
    let ask = format!("{address}/coordonnees");
    let answer = browser.submit(&ask, &ask, &fields("autre@example.org")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(world.take_calls().contains(&"UpdateContact".to_owned()));
}

#[tokio::test]
async fn an_sms_is_shown_in_its_parts_with_what_it_costs() {
    let (world, browser) = inside().await;
    let mut address = String::new();
    world.change(|data| {
        let mobile: Vec<_> = data
            .people
            .values()
            .filter(|one| one.mobile)
            .map(|one| one.person_id.clone())
            .collect();
        let one = data
            .reminders
            .iter_mut()
            .find(|one| one.state() == ReminderState::Planned && mobile.contains(&one.recipient_person_id));
        let one = one.unwrap();
        one.route = "sms,mail".to_owned();
        address = format!("/rappels/{}/gestes/envoyer", one.reminder_id);
    });
    let page = browser.page(&address).await;
    assert_eq!(page.matches("class=\"bubble\"").count(), 2);
    assert!(
        page.contains("2\u{a0}segments facturés") && page.contains("0,09\u{a0}€"),
        "{page}"
    );
    assert!(page.contains("œ→oe") && page.contains("Envoyer 1 message"));
}

#[tokio::test]
async fn the_chart_of_a_session_has_a_table_and_accepted_is_never_delivered() {
    let (_world, browser) = inside().await;
    let page = browser
        .page(&format!("/seances/{}/rappels", sample::session_id()))
        .await;
    assert!(page.contains("Envois par canal et par état") && page.contains("Le même en tableau"));
    assert!(page.contains("accepté par le transporteur") && !page.contains(">Remis"));
}

#[tokio::test]
async fn rules_read_as_sentences_and_a_trial_is_marked_as_one() {
    let (world, browser) = inside().await;
    let rules = browser.page("/regles").await;
    assert!(rules.contains("Essayer") && rules.contains("Le document"));
    let none = browser
        .submit("/regles/essai", "/regles/essai", &[("document", "")])
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.body.contains("Choisissez une séance"));
    let session = sample::session_id();
    let wrong = [("document", "wrong: yes"), ("seance", session.as_str())];
    let wrong = browser.submit("/regles/essai", "/regles/essai", &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("document 1, spec.offsets[1].at") && wrong.body.contains("wrong: yes"));
    world.take_calls();
    let right = [
        ("document", ""),
        ("seance", session.as_str()),
        ("supposition", "heure"),
    ];
    let right = browser.submit("/regles/essai", "/regles/essai", &right).await;
    assert_eq!(right.status, StatusCode::OK, "{}", right.body);
    assert!(right.body.contains("Essai\u{a0}: rien de ceci n’est prévu"));
    assert_eq!(right.body.matches("<em>essai</em>").count(), 12);
    assert!(world.take_calls().contains(&"TryPolicies".to_owned()));
}

#[tokio::test]
async fn a_refused_address_is_shown_by_person_and_lifted() {
    let (world, mut browser) = inside().await;
    assert!(
        browser
            .page("/adresses-refusees")
            .await
            .contains("Aucune adresse refusée")
    );
    world.change(|data| {
        data.suppressions.push(Suppression {
            person_id: sample::person(1),
            channel: "mail".to_owned(),
            reason: "550 no such mailbox".to_owned(),
            created_at: Some(sample::at(20, 9)),
            current: true,
        });
    });
    let page = browser.page("/adresses-refusees").await;
    assert!(page.contains("550 no such mailbox") && !page.contains("@example.org"));
    let ask = format!("/adresses-refusees/{}/mail", sample::person(1));
    assert!(
        browser
            .page(&ask)
            .await
            .contains("partent de nouveau à cette adresse")
    );
    assert_eq!(
        browser.submit(&ask, &ask, &[("confirmer", "oui")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(
        browser
            .page("/adresses-refusees")
            .await
            .contains("Aucune adresse refusée")
    );
    assert_eq!(
        browser.get(&ask.replace("/mail", "/fax")).await.status,
        StatusCode::NOT_FOUND
    );
    // A second press, or a colleague who was first: nothing was lifted, and the list says so.
    let answer = browser.submit(&ask, &ask, &[("confirmer", "oui")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let notice = answer.headers[header::SET_COOKIE].to_str().unwrap();
    let notice = notice.split(';').next().unwrap();
    let session = browser.cookie.clone().unwrap();
    browser.cookie = Some(format!("{session}; {notice}"));
    assert!(
        browser
            .page("/adresses-refusees")
            .await
            .contains("Aucun refus levé")
    );
}

#[tokio::test]
async fn failed_events_are_replayed_or_given_up_with_the_consequence_said() {
    let (world, browser) = inside().await;
    assert!(
        browser
            .page("/evenements")
            .await
            .contains("Aucun événement en panne")
    );
    let letter = |number: usize| DeadLetter {
        service: "scheduler".to_owned(),
        event_id: sample::id(12, number),
        routing_key: "speeddating.milestone.set.v1".to_owned(),
        reason: "the kind declares no fact".to_owned(),
        attempts: 3,
        body: b"\x0a\x05hello".to_vec(),
        ..DeadLetter::default()
    };
    world.change(|data| data.dead = vec![letter(1), letter(2)]);
    assert!(
        browser
            .page("/evenements")
            .await
            .contains("2\u{a0}événements en panne")
    );
    let one = format!("/evenements/scheduler/{}", sample::id(12, 1));
    assert!(browser.page(&one).await.contains("··hello"));
    assert_eq!(
        browser.submit(&one, &format!("{one}/rejouer"), &[]).await.status,
        StatusCode::SEE_OTHER
    );
    let drop = format!("/evenements/scheduler/{}/abandonner", sample::id(12, 2));
    assert!(browser.page(&drop).await.contains("ne sera jamais appliqué"));
    assert_eq!(
        browser.submit(&drop, &drop, &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(
        browser
            .page("/evenements")
            .await
            .contains("Aucun événement en panne")
    );
    assert_eq!(
        browser.get("/evenements/moon/x").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn while_a_service_is_away_the_failed_events_of_the_others_are_listed_and_what_is_missing_is_said() {
    let (world, browser) = inside().await;
    let missing = "Le service notifier ne répond pas\u{a0}: ses événements manquent ici.";
    world.change(|data| data.silent = Some("notifier"));
    let page = browser.page("/evenements").await;
    assert!(page.contains(missing), "{page}");
    assert!(
        page.contains("Les autres services n’ont aucun événement en panne")
            && !page.contains("Tout ce qui est arrivé a été appliqué"),
        "{page}"
    );
    let letter = DeadLetter {
        service: "scheduler".to_owned(),
        event_id: sample::id(12, 1),
        routing_key: "speeddating.milestone.set.v1".to_owned(),
        ..DeadLetter::default()
    };
    world.change(|data| data.dead = vec![letter]);
    let page = browser.page("/evenements").await;
    assert!(
        page.contains(missing) && page.contains("1\u{a0}événement en panne"),
        "{page}"
    );
    let request = browser
        .request(http::Method::GET, "/evenements")
        .header(header::ACCEPT_LANGUAGE, "en");
    let answer = browser.send(request, axum::body::Body::empty()).await;
    assert!(
        answer
            .body
            .contains("The service notifier does not answer: its events are missing here."),
        "{}",
        answer.body
    );
    // Of all of them nothing is known.
    world.set_away(true);
    assert_eq!(
        browser.get("/evenements").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn every_page_of_the_area_speaks_english_too() {
    let (world, browser) = inside().await;
    let planned = reminder(&world, ReminderState::Planned);
    let failed = reminder(&world, ReminderState::Failed);
    let pages = [
        "/rappels".to_owned(),
        format!("/seances/{}/rappels", sample::session_id()),
        planned.clone(),
        format!("{planned}/gestes/envoyer"),
        format!("{planned}/gestes/retenir"),
        format!("{failed}/gestes/renvoyer"),
        format!("{failed}/coordonnees"),
        "/regles".to_owned(),
        "/regles/essai".to_owned(),
        "/adresses-refusees".to_owned(),
        "/evenements".to_owned(),
        format!("/personnes/{}", sample::person(1)),
    ];
    for page in pages {
        let request = browser
            .request(http::Method::GET, &page)
            .header(header::ACCEPT_LANGUAGE, "en");
        let answer = browser.send(request, axum::body::Body::empty()).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        assert!(answer.body.contains("<html lang=\"en\""), "{page}");
        assert!(
            !answer.body.contains("telling-"),
            "{page} shows the name of a text"
        );
        assert_eq!(answer.body.matches("<h1").count(), 1, "{page}");
    }
}
