//! How deliveries end, and what follows from it.

use contracts::notifier::v1::Outcome;
use contracts::scheduler::v1::GetStatusRequest;
use contracts::scheduler::v1::release_answer::Verdict;

use super::world::{ANNA, World, participation, text};

const START: &str = "2026-11-25T09:00";

#[tokio::test]
async fn every_reminder_is_in_exactly_one_state_at_any_time() {
    let world = World::at("2026-11-10T10:00").await;
    let total = async || {
        let status = world
            .client
            .clone()
            .get_status(GetStatusRequest::default())
            .await
            .unwrap()
            .into_inner();
        let sum = status.planned + status.queued + status.sent + status.suppressed + status.failed;
        assert_eq!(usize::try_from(sum).unwrap(), world.reminders().await.len());
        [
            status.planned,
            status.queued,
            status.sent,
            status.suppressed,
            status.failed,
        ]
    };
    assert_eq!(total().await, [0; 5]);
    world
        .publish_all(
            (1..=3)
                .map(|number| participation(number, 1, START, uuid::Uuid::from_u128(u128::from(number))))
                .collect(),
        )
        .await;
    world.handed_over(3).await;
    assert_eq!(total().await, [9, 3, 0, 0, 0]);
    let all = world.all_handed_over();
    for delivery in &all {
        world.release(delivery, 1).await;
    }
    world.settle(&all[0].delivery_id, Outcome::Sent, "").await;
    world
        .settle(&all[1].delivery_id, Outcome::Suppressed, "opted_out")
        .await;
    assert_eq!(total().await, [9, 1, 1, 1, 0]);
    world
        .settle(&all[2].delivery_id, Outcome::Failed, "mailbox unknown")
        .await;
    // Settled once: what is said later does not change it.
    world.settle(&all[2].delivery_id, Outcome::Sent, "").await;
    assert_eq!(total().await, [9, 0, 1, 1, 1]);
    let metrics = world.metrics().await;
    assert!(
        metrics.contains(r#"jalon_scheduler_reminders{state="planned",service="scheduler"} 9"#),
        "{metrics}"
    );
    let of_policy = r#"jalon_scheduler_policy_reminders{policy="speed-dating-candidate",state="planned",service="scheduler"} 9"#;
    assert!(metrics.contains(of_policy), "{metrics}");
    assert!(
        metrics.contains(r#"jalon_scheduler_releases_total{verdict="granted",service="scheduler"} 3"#),
        "{metrics}"
    );
    assert!(
        metrics.contains("jalon_scheduler_ingest_lag_seconds_count{service=\"scheduler\"} 3"),
        "{metrics}"
    );
    assert!(
        metrics.contains("jalon_scheduler_claim_lateness_seconds_count{service=\"scheduler\"} 3"),
        "{metrics}"
    );
}

#[tokio::test]
async fn who_was_not_reached_by_a_plan_that_changed_meanwhile_gets_the_plan_as_it_stands() {
    let world = World::at("2026-11-10T10:00").await;
    world.publish(participation(1, 1, START, ANNA)).await;
    let plan = world.handed_over(1).await;
    assert!(matches!(world.release(&plan, 1).await, Verdict::Granted(_)));
    world.publish(participation(1, 2, "2026-11-26T14:00", ANNA)).await;
    // Held to be told: a notice waits, no new plan.
    assert!(
        world
            .live(ANNA)
            .await
            .iter()
            .any(|line| line.contains("speed-dating-changed change-2"))
    );
    world.settle(&plan.delivery_id, Outcome::Failed, "refused").await;
    let again = world.handed_over(2).await;
    assert_eq!(again.template, "speed_dating_published_candidate");
    assert!(
        !world
            .live(ANNA)
            .await
            .iter()
            .any(|line| line.contains("speed-dating-changed"))
    );
}

#[tokio::test]
async fn changes_within_two_minutes_are_told_once_and_as_it_stands_then() {
    let world = World::at("2026-11-10T10:00").await;
    world.publish(participation(1, 1, START, ANNA)).await;
    let plan = world.handed_over(1).await;
    world.release(&plan, 1).await;
    world.settle(&plan.delivery_id, Outcome::Sent, "").await;
    for (revision, minute) in [(2, 0), (3, 1)] {
        let mut changed = participation(1, revision, START, ANNA);
        changed
            .facts
            .insert("venue_name".into(), text(&format!("Hall {revision}")));
        world.advance_to(&format!("2026-11-10T11:{minute:02}:30"));
        world.publish(changed).await;
    }
    world.advance_to("2026-11-10T11:02:30");
    let notice = world.handed_over(2).await;
    let Verdict::Granted(granted) = world.release(&notice, 1).await else {
        panic!("not granted")
    };
    let [item] = granted.items.as_slice() else {
        panic!("one item")
    };
    assert_eq!(
        item.milestone.as_ref().unwrap().facts["venue_name"],
        text("Hall 3")
    );
    assert_eq!(
        (item.occasion.as_str(), item.previous_starts_local.as_str()),
        ("changed", "")
    );
}
