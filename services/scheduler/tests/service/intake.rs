//! What the scheduler takes in, and what it does not.

use contracts::common::v1::{Fact, Party, fact::Value};

use super::world::{ANNA, World, cleared, participation, text};

const START: &str = "2026-11-25T09:00";

#[tokio::test]
async fn whatever_order_the_bus_delivers_in_the_last_revision_stands() {
    let world = World::at("2026-11-10T21:00").await;
    let mut all: Vec<_> = (1..=9)
        .map(|revision| participation(1, revision, &format!("2026-11-25T{revision:02}:15"), ANNA))
        .collect();
    all.reverse();
    all.extend((1..=4).map(|revision| participation(1, revision, START, ANNA)));
    world.publish_all(all).await;
    assert_eq!(
        world.live(ANNA).await,
        [
            "Thu 12 08:00 speed-dating-published planned planned",
            "Wed 18 09:15 speed-dating-candidate -P7D planned",
            "Mon 23 09:15 speed-dating-candidate -48h planned",
            "Tue 24 17:00 speed-dating-candidate -1bd 17:00 planned",
        ]
    );
}

#[tokio::test]
async fn cleared_first_and_set_late_stays_cleared() {
    let world = World::at("2026-11-10T10:00").await;
    let mut gone = cleared(participation(1, 1, START, ANNA), 2);
    gone.starts_local.clear();
    gone.ends_local.clear();
    world.publish(gone).await;
    world.publish(participation(1, 1, START, ANNA)).await;
    assert_eq!(world.ledger(ANNA).await, [] as [&str; 0]);
}

#[tokio::test]
async fn what_its_kind_does_not_declare_goes_to_the_dead_letters_with_the_reason() {
    let world = World::at("2026-11-10T10:00").await;
    let good = participation(1, 1, START, ANNA);
    let broken = |change: &dyn Fn(&mut contracts::common::v1::Milestone)| {
        let mut milestone = good.clone();
        change(&mut milestone);
        milestone
    };
    let fact = |value| Fact { value: Some(value) };
    for (milestone, reason) in [
        (
            broken(&|m| m.kind = "party".into()),
            "no milestone kind is called `party`",
        ),
        (
            broken(&|m| drop(m.facts.insert("rsa".into(), text("yes")))),
            "declares no fact `rsa`",
        ),
        (
            broken(&|m| drop(m.facts.insert("confirmed".into(), text("yes")))),
            "`confirmed` of kind `speed_dating` must be a Flag",
        ),
        (
            broken(&|m| drop(m.facts.insert("arrival".into(), text(&"x".repeat(201))))),
            "`arrival` is too long",
        ),
        (
            broken(&|m| drop(m.facts.insert("arrival".into(), fact(Value::Number(1))))),
            "must be a Text",
        ),
        (
            broken(&|m| {
                m.parties.push(Party {
                    role: "mayor".into(),
                    ..Party::default()
                });
            }),
            "knows no role `mayor`",
        ),
        (
            broken(&|m| m.time_zone = "Europe/Lyon".into()),
            "time zone is no IANA name",
        ),
        (
            broken(&|m| m.starts_local = "tomorrow".into()),
            "starts_local is no wall clock",
        ),
        (broken(&|m| m.starts_local.clear()), "start is missing"),
        (
            broken(&|m| m.ends_local = "2026-11-24T09:00".into()),
            "end is before its start",
        ),
        (broken(&|m| m.state = 0), "state is not set"),
        (
            broken(&|m| m.organisation_id.clear()),
            "organisation_id is missing",
        ),
    ] {
        world.publish(milestone).await;
        let last = world.last_dead_letter().await;
        assert!(last.contains(reason), "{reason}: {last}");
    }
    world.publish(good).await;
    assert_eq!(world.live(ANNA).await.len(), 4, "the next one is taken in");
}
