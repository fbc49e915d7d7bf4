use contracts::notifier::v1::Outcome;
use contracts::scheduler::v1::release_answer::Verdict;

use super::world::{ANNA, World, cleared, participation, text};

const START: &str = "2026-11-25T09:00"; // a Wednesday

#[tokio::test]
async fn a_candidate_is_told_at_the_right_instants_and_the_ledger_says_so() {
    let world = World::at("2026-11-10T10:00").await;
    world.publish(participation(1, 1, START, ANNA)).await;
    let plan = world.handed_over(1).await;
    assert_eq!(
        (plan.template.as_str(), plan.route.len()),
        ("speed_dating_published_candidate", 2)
    );
    let Verdict::Granted(granted) = world.release(&plan, 1).await else {
        panic!("not granted")
    };
    let [item] = granted.items.as_slice() else {
        panic!("one item")
    };
    assert_eq!(
        (item.occasion.as_str(), item.role.as_str()),
        ("planned", "candidate")
    );
    assert_eq!(
        item.milestone.as_ref().unwrap().starts_local,
        "2026-11-25T09:00:00"
    );
    world.settle(&plan.delivery_id, Outcome::Sent, "").await;

    for (number, instant, template, route) in [
        (2, "2026-11-18T09:00", "speed_dating_week_before", vec!["mail"]),
        (
            3,
            "2026-11-23T09:00",
            "speed_dating_two_days_before",
            vec!["sms", "mail"],
        ),
        (
            4,
            "2026-11-24T17:00",
            "speed_dating_day_before",
            vec!["sms", "mail"],
        ),
    ] {
        world.advance_to(instant);
        let delivery = world.handed_over(number).await;
        assert_eq!(delivery.template, template);
        assert_eq!(delivery.route, route);
        assert!(matches!(world.release(&delivery, 1).await, Verdict::Granted(_)));
        world.settle(&delivery.delivery_id, Outcome::Sent, "").await;
    }
    assert_eq!(
        world.ledger(ANNA).await,
        [
            "Tue 10 10:00 speed-dating-published planned sent",
            "Wed 18 09:00 speed-dating-candidate -P7D sent",
            "Mon 23 09:00 speed-dating-candidate -48h sent",
            "Tue 24 17:00 speed-dating-candidate -1bd 17:00 sent",
        ]
    );
}

#[tokio::test]
async fn cancelled_between_hand_over_and_release_nothing_goes_out() {
    let world = World::at("2026-11-10T10:00").await;
    let milestone = participation(1, 1, START, ANNA);
    world.publish(milestone.clone()).await;
    let plan = world.handed_over(1).await;
    world.publish(cleared(milestone, 2)).await;
    let Verdict::Refused(refused) = world.release(&plan, 1).await else {
        panic!("not refused")
    };
    assert_eq!(refused.reason, "cancelled");
    assert!(
        world
            .ledger(ANNA)
            .await
            .iter()
            .all(|line| line.ends_with("suppressed (cancelled)"))
    );
}

#[tokio::test]
async fn a_move_after_release_leaves_the_message_and_tells_the_change() {
    let world = World::at("2026-11-10T10:00").await;
    world.publish(participation(1, 1, START, ANNA)).await;
    let plan = world.handed_over(1).await;
    assert!(matches!(world.release(&plan, 1).await, Verdict::Granted(_)));
    let mut moved = participation(1, 2, "2026-11-26T14:00", ANNA);
    moved.facts.insert("venue_name".into(), text("Hall B"));
    world.publish(moved).await;
    world.settle(&plan.delivery_id, Outcome::Sent, "").await;
    world.advance_to("2026-11-10T10:02");
    let notice = world.handed_over(2).await;
    assert_eq!(notice.template, "speed_dating_changed_candidate");
    let Verdict::Granted(granted) = world.release(&notice, 1).await else {
        panic!("not granted")
    };
    assert_eq!(granted.items[0].occasion, "moved");
    assert_eq!(granted.items[0].previous_starts_local, "2026-11-25T09:00:00");
    assert_eq!(
        granted.items[0].milestone.as_ref().unwrap().starts_local,
        "2026-11-26T14:00:00"
    );
}

#[tokio::test]
async fn moved_then_cancelled_before_it_was_told_the_notice_names_the_date_that_was_known() {
    let world = World::at("2026-11-10T10:00").await;
    world.publish(participation(1, 1, START, ANNA)).await;
    let plan = world.handed_over(1).await;
    assert!(matches!(world.release(&plan, 1).await, Verdict::Granted(_)));
    world.settle(&plan.delivery_id, Outcome::Sent, "").await;
    let moved = participation(1, 2, "2026-12-03T14:00", ANNA);
    world.publish(moved.clone()).await;
    world.publish(cleared(moved, 3)).await;
    world.advance_to("2026-11-10T10:02");
    let notice = world.handed_over(2).await;
    let Verdict::Granted(granted) = world.release(&notice, 1).await else {
        panic!("not granted")
    };
    assert_eq!(granted.items[0].occasion, "cleared");
    assert_eq!(
        granted.items[0].milestone.as_ref().unwrap().starts_local,
        "2026-11-25T09:00:00"
    );
}
