use contracts::speeddating::v1::{MeetingState, SessionState};
use http::StatusCode;

use crate::{
    client::inside,
    world::{Data, sample},
};

fn seance(rest: &str) -> String {
    format!("/seances/{}{rest}", sample::session_id())
}

#[tokio::test]
async fn without_a_session_the_list_says_what_to_do_next() {
    let (_world, browser) = inside(Data::default()).await;
    let body = browser.page("/").await;
    assert!(body.contains("Aucune séance pour l’instant"));
    assert!(body.contains("href=\"/seances/nouvelle\""));
}

#[tokio::test]
async fn the_list_tells_where_each_session_stands_and_what_it_waits_for() {
    let mut data = sample::published(4, 12);
    let mut draft = data.sessions[0].clone();
    draft.session_id = sample::id(1, 2);
    draft.title = "Rencontres de Vaise".to_owned();
    draft.state = SessionState::ScheduleDraft.into();
    draft.date = "2027-01-13".to_owned();
    let mut over = data.sessions[0].clone();
    over.session_id = sample::id(1, 3);
    over.title = "Job dating d’octobre".to_owned();
    over.date = "2026-10-07".to_owned();
    data.sessions.extend([draft, over]);
    let (_world, browser) = inside(data).await;
    let body = browser.page("/").await;
    let order = [
        "Job dating de Gerland",
        "Rencontres de Vaise",
        "Passées",
        "Job dating d’octobre",
    ];
    let found: Vec<_> = order.iter().map(|text| body.find(text).unwrap()).collect();
    assert!(found.is_sorted(), "{found:?}");
    assert!(body.contains("mercredi 25\u{a0}novembre 2026, de 9\u{a0}h à 12\u{a0}h\u{a0}30"));
    assert!(body.contains("12\u{a0}candidat·es"));
    assert!(body.contains("Relire le planning, puis le publier"));
    assert!(body.contains("Noter les résultats"));
    assert!(body.contains("1\u{a0}rappel en échec"));
}

#[tokio::test]
async fn a_session_shows_its_quality_in_words_and_who_has_nothing_and_why() {
    let (world, browser) = inside(sample::published(24, 180)).await;
    world.take_calls();
    let body = browser.page(&seance("")).await;
    assert!(body.contains("Au plus 1,5\u{a0}% mieux possible."));
    assert!(body.contains("142 sur 176, 81\u{a0}%"));
    assert!(body.contains("46\u{a0}créneaux vides"));
    assert!(body.contains("720\u{a0}rappels en tout"));
    assert!(body.contains("les employeurs souhaités sont complets"));
    // 204 people: one batch of names, and one for the coordinator.
    let calls = world.take_calls();
    assert_eq!(calls.iter().filter(|call| *call == "DescribeParties").count(), 2);
    assert!(calls.len() <= 10, "{calls:?}");
}

#[tokio::test]
async fn pages_of_a_session_of_forty_employers_and_three_hundred_candidates_stay_small_and_ask_little() {
    let (world, browser) = inside(sample::published(40, 300)).await;
    for (rest, calls) in [
        ("", 9),
        ("/planning", 5),
        ("/planning/personnes", 4),
        ("/planning/qualite", 4),
        ("/personnes", 4),
        ("/rappels", 6),
    ] {
        world.take_calls();
        let body = browser.page(&seance(rest)).await;
        let asked = world.take_calls();
        assert!(asked.len() <= calls, "{rest}: {asked:?}");
        assert!(body.len() < 200_000, "{rest}: {} bytes", body.len());
    }
}

#[tokio::test]
async fn the_grid_has_a_row_for_each_table_and_a_column_for_each_slot() {
    let (_world, browser) = inside(sample::published(6, 30)).await;
    let body = browser.page(&seance("/planning")).await;
    assert_eq!(body.matches("role=\"rowheader\"").count(), 6);
    assert_eq!(body.matches("scope=\"col\"").count(), 14);
    assert!(body.contains("Planning n°\u{a0}2") && body.contains("Publié."));
    assert!(body.contains("class=\"after-break\"><abbr title=\"de 10\u{a0}h\u{a0}45 à 11\u{a0}h\">10:45"));
    assert!(body.contains("Salle Saône"));
    let first = browser.page(&seance("/planning?numero=1")).await;
    assert!(first.contains("Planning n°\u{a0}1") && first.contains("Non publié"));
    assert_eq!(
        browser.get(&seance("/planning?numero=9")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn two_hundred_tables_come_on_several_pages() {
    let (_world, browser) = inside(sample::published(200, 400)).await;
    let body = browser.page(&seance("/planning?page=4")).await;
    assert_eq!(body.matches("role=\"rowheader\"").count(), 20);
    assert!(body.contains("Tables précédentes") && !body.contains("Tables suivantes"));
}

#[tokio::test]
async fn a_cancelled_meeting_is_in_no_timetable() {
    let (world, browser) = inside(sample::published(6, 30)).await;
    let address = seance(&format!("/planning/{}", sample::candidate(1)));
    assert!(browser.page(&address).await.contains("3\u{a0}rencontres"));
    world.change(|data| {
        for meeting in data
            .timetables
            .iter_mut()
            .flat_map(|timetable| &mut timetable.meetings)
        {
            if meeting.candidate_id == sample::candidate(1) && meeting.table == 2 {
                meeting.state = MeetingState::Cancelled.into();
            }
        }
    });
    let body = browser.page(&address).await;
    assert!(body.contains("2\u{a0}rencontres") && !body.contains("Fourvière Logistique"));
}

#[tokio::test]
async fn one_person_sees_their_meetings_with_the_wait_between() {
    let (_world, browser) = inside(sample::published(6, 30)).await;
    let body = browser
        .page(&seance(&format!("/planning/{}", sample::candidate(1))))
        .await;
    assert!(body.contains("Raphaël Garcia"));
    assert!(body.contains("Arrivée demandée à <strong>9\u{a0}h\u{a0}30</strong>"));
    assert!(body.contains("1\u{a0}h sans rencontre"));
    let employer = browser
        .page(&seance(&format!("/planning/{}", sample::employer(1))))
        .await;
    assert!(employer.contains("<h1>Clair &#38; Net</h1>"), "{employer}");
}

#[tokio::test]
async fn people_are_found_by_name_without_accents_and_by_what_they_lack() {
    let (_world, browser) = inside(sample::published(6, 40)).await;
    let body = browser
        .page(&seance("/personnes?nom=lefevre&cote=candidats"))
        .await;
    assert!(body.contains("Lefèvre") && !body.contains("Garcia"));
    let without = browser.page(&seance("/personnes?sans=oui")).await;
    let all = browser.page(&seance("/personnes")).await;
    assert!(without.matches("role=\"rowheader\"").count() < all.matches("role=\"rowheader\"").count());
    assert!(
        browser
            .page(&seance("/personnes?nom=xyz"))
            .await
            .contains("Aucune inscription ne répond")
    );
}

#[tokio::test]
async fn reminders_are_filtered_by_state_and_person_and_come_page_by_page() {
    let (_world, browser) = inside(sample::published(6, 60)).await;
    let all = browser.page(&seance("/rappels")).await;
    assert_eq!(all.matches("data-label=\"Rappel\"").count(), 50);
    assert!(all.contains("rappels?page=50"));
    let next = browser.page(&seance("/rappels?page=50")).await;
    assert!(next.contains("Revenir au début"));
    let suppressed = browser.page(&seance("/rappels?etat=supprimes")).await;
    assert!(suppressed.contains("aucune adresse ni mobile utilisable"));
    assert!(suppressed.contains("la personne a refusé ce moyen de contact"));
    assert!(!suppressed.contains("Envoyé</span>"));
    let several = browser.page(&seance("/rappels?nom=garcia")).await;
    let namesakes = several.matches("data-label=\"Rappel\"").count();
    assert!(
        namesakes > 4 && namesakes < 50,
        "all of this name, and nobody else: {namesakes}"
    );
    let one = browser
        .page(&seance(&format!("/rappels?personne={}", sample::person(2))))
        .await;
    assert_eq!(one.matches("data-label=\"Rappel\"").count(), 4);
    // Filtering keeps to this person.
    let kept = format!(
        "<input type=\"hidden\" name=\"personne\" value=\"{}\">",
        sample::person(2)
    );
    assert!(one.contains(&kept) && !one.contains("name=\"nom\""), "{one}");
    assert!(one.contains("décalé\u{a0}: la règle disait mardi 24\u{a0}novembre 2026 à 21\u{a0}h"));
    assert!(
        browser
            .page("/rappels?nom=xyz")
            .await
            .contains("Personne ne porte ce nom")
    );
}

#[tokio::test]
async fn a_person_has_their_reminders_and_messages_and_a_masked_contact() {
    let (_world, browser) = inside(sample::published(6, 30)).await;
    let body = browser.page(&format!("/personnes/{}", sample::person(1))).await;
    assert!(body.contains("p•••@example.org") && !body.contains("+3363998"));
    assert!(!body.contains("<title>Raphaël"), "a name has no place in a title");
    let order: Vec<_> = [
        "Deux jours avant",
        "La veille",
        "Une semaine avant",
        "Planning publié",
    ]
    .iter()
    .map(|text| body.find(text).unwrap())
    .collect();
    assert!(order.is_sorted(), "{order:?}");
    assert!(body.contains("Votre planning\u{a0}: job dating"));
}

#[tokio::test]
async fn a_mail_is_shown_as_it_reads_in_a_sandbox_with_its_calendar_in_words() {
    let (_world, browser) = inside(sample::published(6, 30)).await;
    let list = browser.page("/messages").await;
    assert!(list.contains("Dans la boîte locale") && list.contains("Incertain"));
    assert!(
        !browser
            .page("/messages?canal=sms")
            .await
            .contains("Votre planning\u{a0}: job dating")
    );
    let address = format!("/messages/{}", sample::id(10, 1));
    let body = browser.page(&address).await;
    assert!(body.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""));
    assert!(body.contains("Ajoute dans l’agenda"));
    assert!(body.contains("mercredi 25\u{a0}novembre 2026, de 9\u{a0}h\u{a0}45 à 11\u{a0}h\u{a0}30"));
    let mail = browser.get(&format!("{address}/corps")).await;
    let policy = mail.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("sandbox "), "{policy}");
    assert!(mail.body.contains("<head><base target=\"_blank\">"));
    let calendar = browser.get(&format!("{address}/calendrier.ics")).await;
    assert!(calendar.body.contains("METHOD:REQUEST"));
}

#[tokio::test]
async fn an_sms_is_shown_in_its_parts_with_its_segments() {
    let (_world, browser) = inside(sample::published(6, 30)).await;
    let body = browser.page(&format!("/messages/{}", sample::id(10, 2))).await;
    assert_eq!(body.matches("class=\"bubble\"").count(), 2);
    assert!(body.contains("2\u{a0}segments facturés"));
    assert_eq!(
        browser
            .get(&format!("/messages/{}/corps", sample::id(10, 2)))
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_pages_that_say_so() {
    let (_world, browser) = inside(sample::published(4, 12)).await;
    for address in [
        "/rien".to_owned(),
        "/seances/abc".to_owned(),
        "/seances/%FF".to_owned(),
        format!("/seances/{}", sample::id(1, 77)),
        seance(&format!("/planning/{}", sample::id(2, 77))),
        format!("/personnes/{}", sample::id(4, 777)),
        format!("/messages/{}", sample::id(10, 77)),
    ] {
        let answer = browser.get(&address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(answer.body.contains("<h1>Page introuvable</h1>"), "{address}");
    }
    for address in ["/messages?seance=abc", "/rappels?page=abc", "/?page=abc"] {
        assert_eq!(
            browser.get(address).await.status,
            StatusCode::BAD_REQUEST,
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_service_that_is_away_is_said_to_be_and_the_page_asks_to_try_again() {
    let (world, browser) = inside(sample::published(4, 12)).await;
    world.set_away(true);
    for address in [
        "/",
        &seance(""),
        "/rappels",
        "/messages",
        &format!("/personnes/{}", sample::person(1)),
    ] {
        let answer = browser.get(address).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{address}");
        assert_eq!(answer.headers["retry-after"], "5");
        assert!(answer.body.contains("rechargez la page"));
    }
    world.set_away(false);
    browser.page("/").await;
}
