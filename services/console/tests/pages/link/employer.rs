//! A recruiter: two taps for what became of a meeting, lateness, a note that nobody else sees.

use contracts::speeddating::v1::MeetingState;
use http::StatusCode;

use super::{address, candidate, employer, led, recruiter, send, world};
use crate::world::World;

fn first(world: &World) -> (String, i64) {
    let mut found = None;
    world.change(|data| {
        let published = data
            .timetables
            .iter()
            .find(|timetable| timetable.published)
            .unwrap();
        let own = data.links[1]
            .2
            .strip_prefix("speeddating.participation/")
            .unwrap()
            .to_owned();
        let mut meetings: Vec<_> = published
            .meetings
            .iter()
            .filter(|meeting| meeting.employer_id == own)
            .collect();
        meetings.sort_by_key(|meeting| meeting.slot);
        found = meetings
            .first()
            .map(|meeting| (meeting.meeting_id.clone(), meeting.version));
    });
    found.unwrap()
}

fn state(world: &World, id: &str) -> (MeetingState, String) {
    let mut found = None;
    world.change(|data| {
        let published = data.timetables.iter().filter(|timetable| timetable.published);
        let mut all = published.flat_map(|timetable| &timetable.meetings);
        found = all
            .find(|meeting| meeting.meeting_id == id)
            .map(|meeting| (meeting.state(), meeting.outcome.clone()));
    });
    found.unwrap()
}

#[tokio::test]
async fn two_taps_in_the_list_say_what_came_of_a_meeting() {
    let world = world();
    let browser = recruiter(&world).await;
    let (meeting, version) = first(&world);
    let to = format!("{}/rencontre/{meeting}", employer());
    assert!(
        !browser.page(&employer()).await.contains("name=\"etat\""),
        "before the meeting has begun"
    );
    let early = send(&browser, &to, &to, &format!("version={version}&etat=tenu")).await;
    led(&early, &format!("{to}?fait=pas-encore"));
    world.change(|data| data.behind.begun = true);
    let tap = send(
        &browser,
        &employer(),
        &to,
        &format!("version={version}&retour=liste&etat=tenu"),
    )
    .await;
    led(&tap, &format!("{}?fait=note", employer()));
    assert_eq!(state(&world, &meeting).0, MeetingState::Held);
    let list = browser.page(&employer()).await;
    assert!(
        list.contains("Second entretien"),
        "the second tap is not in the list"
    );
    let (_, version) = first(&world);
    let tap = send(
        &browser,
        &employer(),
        &to,
        &format!("version={version}&retour=liste&etat=tenu&issue=hired"),
    )
    .await;
    led(&tap, &format!("{}?fait=note", employer()));
    assert_eq!(state(&world, &meeting), (MeetingState::Held, "hired".to_owned()));
    assert!(browser.page(&employer()).await.contains("Embauche"));
    // Taken for somebody who was there, and was not.
    let (_, version) = first(&world);
    let tap = send(
        &browser,
        &employer(),
        &to,
        &format!("version={version}&retour=liste&etat=absent"),
    )
    .await;
    led(&tap, &format!("{}?fait=note", employer()));
    assert_eq!(state(&world, &meeting).0, MeetingState::NoShowCandidate);
    // The same press again, from a page that is old.
    let again = send(
        &browser,
        &employer(),
        &to,
        &format!("version={version}&retour=liste&etat=tenu"),
    )
    .await;
    led(&again, &format!("{}?fait=change-entre-temps", employer()));
    assert_eq!(state(&world, &meeting).0, MeetingState::NoShowCandidate);
}

#[tokio::test]
async fn late_is_noted_and_taken_back_and_changes_nothing_else() {
    let world = world();
    world.change(|data| data.behind.begun = true);
    let browser = recruiter(&world).await;
    let (meeting, version) = first(&world);
    let to = format!("{}/rencontre/{meeting}", employer());
    let late = send(&browser, &to, &to, &format!("version={version}&retard=oui")).await;
    led(&late, &format!("{to}?fait=note"));
    assert_eq!(state(&world, &meeting).0, MeetingState::Planned);
    let body = browser.page(&to).await;
    assert!(body.contains("En retard") && body.contains("Pas en retard"));
    send(&browser, &to, &to, &format!("version={version}&retard=non")).await;
    assert!(!browser.page(&to).await.contains("Pas en retard"));
}

#[tokio::test]
async fn a_note_is_kept_bounded_and_not_shown_to_the_candidate() {
    let world = world();
    let browser = recruiter(&world).await;
    let (meeting, _) = first(&world);
    let page = format!("{}/rencontre/{meeting}", employer());
    let to = format!("{page}/note");
    let kept = send(&browser, &page, &to, "note=Tr%C3%A8s+bien%0D%0ARappeler+lundi").await;
    led(&kept, &format!("{page}?fait=note-gardee"));
    assert!(browser.page(&page).await.contains("Très bien\nRappeler lundi"));
    let long = "%C3%A9".repeat(501);
    let refused = send(&browser, &page, &to, &format!("note={long}")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Raccourcissez la note") && refused.body.contains(&"é".repeat(501)));
    let back = format!("name=\"retour\" value=\"{page}\"");
    assert!(
        refused.body.contains(&back),
        "the language switch leads elsewhere: {}",
        refused.body
    );
    let whole = "%C3%A9".repeat(500);
    led(
        &send(&browser, &page, &to, &format!("note={whole}")).await,
        &format!("{page}?fait=note-gardee"),
    );

    let candidate = candidate(&world).await;
    let own = format!("{}/rencontre/{meeting}", address());
    assert_eq!(candidate.get(&own).await.status, StatusCode::NOT_FOUND);
    assert!(!candidate.page(&address()).await.contains("ééé"));
}
