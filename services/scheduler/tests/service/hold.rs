//! What is held back between hand-over and the provider (DESIGN.md 5.1).

use contracts::notifier::v1::Outcome;
use contracts::scheduler::v1::release_answer::Verdict;

use super::world::{ANNA, BRUNO, World, cleared, participation, refused};

const START: &str = "2026-11-25T09:00"; // a Wednesday

#[tokio::test]
async fn moved_between_hand_over_and_release_the_old_message_stays_and_the_new_plan_goes_out() {
    let world = World::at("2026-11-10T10:00").await;
    world.publish(participation(1, 1, START, ANNA)).await;
    let old = world.handed_over(1).await;
    world.publish(participation(1, 2, "2026-11-26T14:00", ANNA)).await;
    assert_eq!(refused(world.release(&old, 1).await), "superseded");
    let new = world.handed_over(2).await;
    let Verdict::Granted(granted) = world.release(&new, 1).await else {
        panic!("not granted")
    };
    assert_eq!(
        granted.items[0].occasion, "planned",
        "nobody was told anything yet: no notice of change"
    );
    assert_eq!(
        granted.items[0].milestone.as_ref().unwrap().starts_local,
        "2026-11-26T14:00:00"
    );
}

#[tokio::test]
async fn erased_between_hand_over_and_release_nothing_goes_out() {
    let world = World::at("2026-11-10T10:00").await;
    world.publish(participation(1, 1, START, ANNA)).await;
    world.publish(participation(2, 1, START, BRUNO)).await;
    world.handed_over(2).await;
    world.erase(ANNA).await;
    for delivery in world.all_handed_over() {
        let verdict = world.release(&delivery, 1).await;
        if delivery.recipient_person_id == ANNA.to_string() {
            assert_eq!(refused(verdict), "erased");
        } else {
            assert!(matches!(verdict, Verdict::Granted(_)));
        }
    }
    assert!(
        world
            .ledger(ANNA)
            .await
            .iter()
            .all(|line| line.ends_with("suppressed (erased)"))
    );
    assert!(
        world
            .ledger(BRUNO)
            .await
            .iter()
            .all(|line| !line.contains("suppressed"))
    );
}

#[tokio::test]
async fn a_retry_after_a_cancellation_is_refused_and_who_was_never_told_hears_no_notice() {
    let world = World::at("2026-11-10T10:00").await;
    let milestone = participation(1, 1, START, ANNA);
    world.publish(milestone.clone()).await;
    let plan = world.handed_over(1).await;
    assert!(matches!(world.release(&plan, 1).await, Verdict::Granted(_)));
    // The provider was away; meanwhile the session is cancelled. For now she counts as told.
    world.publish(cleared(milestone, 2)).await;
    assert!(
        world
            .ledger(ANNA)
            .await
            .contains(&"Tue 10 10:02 speed-dating-changed change-2 planned".to_owned())
    );
    assert_eq!(refused(world.release(&plan, 2).await), "cancelled");
    world
        .settle(&plan.delivery_id, Outcome::Suppressed, "cancelled")
        .await;
    world.advance_to("2026-11-10T10:02");
    let lines = world.ledger(ANNA).await;
    assert!(
        lines.contains(&"Tue 10 10:02 speed-dating-changed change-2 suppressed (condition)".to_owned()),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_notice_is_refused_when_who_should_hear_it_turns_out_not_to_have_been_told() {
    let world = World::at("2026-11-10T10:00").await;
    let milestone = participation(1, 1, START, ANNA);
    world.publish(milestone.clone()).await;
    let plan = world.handed_over(1).await;
    assert!(matches!(world.release(&plan, 1).await, Verdict::Granted(_)));
    world.publish(cleared(milestone, 2)).await;
    world.advance_to("2026-11-10T10:02");
    let notice = world.handed_over(2).await;
    // The retry of the plan is held back first; how it ended is not settled yet.
    assert_eq!(refused(world.release(&plan, 2).await), "cancelled");
    assert_eq!(refused(world.release(&notice, 1).await), "condition");
}

#[tokio::test]
async fn a_cancellation_is_told_to_who_was_told_and_a_wrong_hour_waits() {
    let world = World::at("2026-11-10T10:00").await;
    let milestone = participation(1, 1, START, ANNA);
    world.publish(milestone.clone()).await;
    let plan = world.handed_over(1).await;
    world.release(&plan, 1).await;
    world.settle(&plan.delivery_id, Outcome::Sent, "").await;
    world.advance_to("2026-11-17T19:59");
    world.publish(cleared(milestone, 2)).await;
    // Two minutes later it is closed: the next opening.
    let lines = world.ledger(ANNA).await;
    assert!(
        lines.contains(&"Wed 18 08:00 speed-dating-changed change-2 planned".to_owned()),
        "{lines:?}"
    );
    world.advance_to("2026-11-18T08:00");
    let notice = world.handed_over(2).await;
    let Verdict::Granted(granted) = world.release(&notice, 1).await else {
        panic!("not granted")
    };
    let item = &granted.items[0];
    assert_eq!(item.occasion, "cleared");
    assert_eq!(
        item.milestone.as_ref().unwrap().cleared_reason,
        "SESSION_CANCELLED"
    );
}

#[tokio::test]
async fn who_is_taken_out_sees_it_as_cancelled_though_it_stands_for_others() {
    let world = World::at("2026-11-10T10:00").await;
    world.publish(participation(1, 1, START, ANNA)).await;
    let plan = world.handed_over(1).await;
    world.release(&plan, 1).await;
    world.settle(&plan.delivery_id, Outcome::Sent, "").await;
    world.publish(participation(1, 2, START, BRUNO)).await;
    world.advance_to("2026-11-10T10:02");
    world.handed_over(3).await;
    let all = world.all_handed_over();
    let of = |person: uuid::Uuid| {
        all.iter()
            .rfind(|delivery| delivery.recipient_person_id == person.to_string())
            .unwrap()
    };
    let Verdict::Granted(anna) = world.release(of(ANNA), 1).await else {
        panic!("not granted")
    };
    let milestone = anna.items[0].milestone.as_ref().unwrap();
    assert_eq!(
        (anna.items[0].occasion.as_str(), milestone.cleared_reason.as_str()),
        ("cleared", "PARTY_REMOVED")
    );
    let Verdict::Granted(bruno) = world.release(of(BRUNO), 1).await else {
        panic!("not granted")
    };
    assert_eq!(
        (bruno.items[0].occasion.as_str(), of(BRUNO).subject.as_str()),
        ("planned", "speeddating.participation/1")
    );
}

#[tokio::test]
async fn after_an_outage_one_message_says_it_all_and_what_is_too_late_is_not_said() {
    let world = World::at("2026-11-10T10:00").await;
    world.publish(participation(1, 1, START, ANNA)).await;
    world
        .publish(participation(2, 1, "2026-11-20T09:00", BRUNO))
        .await;
    world.handed_over(2).await;
    for plan in world.all_handed_over() {
        world.release(&plan, 1).await;
        world.settle(&plan.delivery_id, Outcome::Sent, "").await;
    }
    // Nobody was there until the evening before Anna's session; Bruno's is over.
    world.advance_to("2026-11-24T17:30");
    world.handed_over(4).await;
    for delivery in world.all_handed_over().iter().skip(2) {
        let verdict = world.release(delivery, 1).await;
        if delivery.recipient_person_id == ANNA.to_string() {
            assert_eq!(delivery.template, "speed_dating_day_before");
            let Verdict::Granted(granted) = verdict else {
                panic!("not granted")
            };
            assert_eq!(granted.items.len(), 1);
        } else {
            assert_eq!(refused(verdict), "too_late");
        }
    }
    let duplicates = world
        .ledger(ANNA)
        .await
        .iter()
        .filter(|line| line.ends_with("suppressed (duplicate)"))
        .count();
    assert_eq!(duplicates, 2);
}
