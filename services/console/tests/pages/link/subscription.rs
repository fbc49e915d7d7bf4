//! One-click unsubscription: GET shows, POST acts, twice is once.

use http::StatusCode;

use super::world;
use crate::{
    client::Browser,
    world::{World, links::UNSUBSCRIBE},
};

fn stopped(world: &World) -> bool {
    let mut found = false;
    world.change(|data| found = !data.behind.stopped.is_empty());
    found
}

#[tokio::test]
async fn a_mail_program_stops_reminders_with_one_post_and_a_scanner_that_looks_does_not() {
    let world = world();
    let outside = Browser::outside(&world);
    let address = format!("/d/{UNSUBSCRIBE}");
    let shown = outside.get(&address).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(!stopped(&world), "looking unsubscribed somebody");
    assert!(shown.body.contains("Arrêter les rappels facultatifs"));
    for personal in ["Garcia", "Raphaël", "Gerland"] {
        assert!(!shown.body.contains(personal), "{personal}");
    }
    assert_eq!(shown.headers["referrer-policy"], "no-referrer");
    // RFC 8058: no cookie, no origin, this body.
    for _ in 0..2 {
        let answer = outside.post(&address, "List-Unsubscribe=One-Click").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(
            answer.body.contains("les rappels facultatifs sont arrêtés"),
            "{}",
            answer.body
        );
        assert!(stopped(&world));
    }
    assert!(outside.page(&address).await.contains("Les recevoir de nouveau"));
    let again = outside.post(&address, "reprendre=oui").await;
    assert!(again.body.contains("les rappels reprennent") && !stopped(&world));
}
