//! A notice of change that a mail server put off, and the next change: the person hears once, of what is new to them.

use contracts::notifier::v1::Outcome;
use contracts::scheduler::v1::release_answer::Verdict;
use contracts::scheduler::v1::{DueDelivery, ReleasedItem};
use platform::{Db, on_each_database};
use scheduler::MIGRATIONS;

use super::world::{ANNA, World, participation, refused};

const FIRST: &str = "2026-11-25T09:00"; // a Wednesday
const SECOND: &str = "2026-11-26T14:00";
const THIRD: &str = "2026-11-27T10:00";

/// Anna knows of the first date; the notice of the second was granted, and is with a server that takes nothing now.
async fn put_off(db: Db) -> (World, DueDelivery) {
    let world = World::on(db, "2026-11-10T10:00").await;
    world.publish(participation(1, 1, FIRST, ANNA)).await;
    let plan = world.handed_over(1).await;
    world.release(&plan, 1).await;
    world.settle(&plan.delivery_id, Outcome::Sent, "").await;
    world.publish(participation(1, 2, SECOND, ANNA)).await;
    world.advance_to("2026-11-10T10:02");
    let notice = world.handed_over(2).await;
    granted(world.release(&notice, 1).await);
    (world, notice)
}

/// Nothing waits any more, and the last notice was replaced.
async fn is_superseded(world: &World) -> bool {
    let all = world.reminders().await;
    let mut notices: Vec<_> = all
        .iter()
        .filter(|one| one.occurrence.starts_with("change-"))
        .collect();
    notices.sort_by_key(|one| one.occurrence.clone());
    notices.last().is_some_and(|last| last.reason == "superseded")
}

fn granted(verdict: Verdict) -> ReleasedItem {
    match verdict {
        Verdict::Granted(granted) => granted.items.into_iter().next().unwrap(),
        other => panic!("not granted: {other:?}"),
    }
}

on_each_database! { MIGRATIONS,
    async fn what_was_put_off_goes_in_the_place_of_the_next_notice_and_says_what_is_true(db: Db) {
        let (world, notice) = put_off(db).await;
        world.publish(participation(1, 3, THIRD, ANNA)).await;
        let item = granted(world.release(&notice, 2).await);
        assert_eq!((item.occasion.as_str(), item.previous_starts_local.as_str()), ("moved", "2026-11-25T09:00:00"));
        assert_eq!(item.milestone.unwrap().starts_local, "2026-11-27T10:00:00");
        world.settle(&notice.delivery_id, Outcome::Sent, "").await;
        world.advance_to("2026-11-10T10:30");
        assert!(is_superseded(&world).await, "the same told twice");
    }

    async fn what_was_put_off_and_meets_the_next_notice_on_its_way_leaves_it_what_the_person_knew(db: Db) {
        let (world, notice) = put_off(db).await;
        world.publish(participation(1, 3, THIRD, ANNA)).await;
        world.advance_to("2026-11-10T10:04");
        let next = world.handed_over(3).await;
        assert_eq!(refused(world.release(&notice, 2).await), "superseded");
        let item = granted(world.release(&next, 1).await);
        assert_eq!((item.occasion.as_str(), item.previous_starts_local.as_str()), ("moved", "2026-11-25T09:00:00"));
    }

    async fn a_change_that_was_never_read_and_is_undone_is_not_told(db: Db) {
        let (world, notice) = put_off(db).await;
        world.publish(participation(1, 3, FIRST, ANNA)).await;
        assert_eq!(refused(world.release(&notice, 2).await), "reverted");
        world.advance_to("2026-11-10T10:04");
        let next = world.handed_over(3).await;
        assert_eq!(refused(world.release(&next, 1).await), "reverted");
    }

    async fn who_may_have_read_it_is_told_what_changed_since(db: Db) {
        let (world, notice) = put_off(db).await;
        world.publish(participation(1, 3, FIRST, ANNA)).await;
        let verdict = world.release_all(&[&notice], 2, true).await.remove(0);
        assert_eq!(refused(verdict), "superseded");
        world.advance_to("2026-11-10T10:04");
        let next = world.handed_over(3).await;
        let item = granted(world.release(&next, 1).await);
        assert_eq!((item.occasion.as_str(), item.previous_starts_local.as_str()), ("moved", "2026-11-26T14:00:00"));
    }

    async fn when_the_next_notice_was_first_the_one_that_was_put_off_stays(db: Db) {
        let (world, notice) = put_off(db).await;
        world.publish(participation(1, 3, THIRD, ANNA)).await;
        world.advance_to("2026-11-10T10:04");
        let next = world.handed_over(3).await;
        granted(world.release(&next, 1).await);
        world.settle(&next.delivery_id, Outcome::Sent, "").await;
        assert_eq!(refused(world.release(&notice, 2).await), "superseded");
    }

    async fn of_two_that_were_put_off_the_first_says_what_the_person_knew_in_whatever_order_they_ask(db: Db) {
        let (world, first) = put_off(db).await;
        world.publish(participation(1, 3, THIRD, ANNA)).await;
        world.advance_to("2026-11-10T10:04");
        let second = world.handed_over(3).await;
        granted(world.release(&second, 1).await);
        world.publish(participation(1, 4, "2026-11-30T10:00", ANNA)).await;
        let mut verdicts = world.release_all(&[&second, &first], 2, false).await;
        let item = granted(verdicts.remove(1));
        assert_eq!(item.previous_starts_local, "2026-11-25T09:00:00");
        assert_eq!(item.milestone.unwrap().starts_local, "2026-11-30T10:00:00");
        assert_eq!(refused(verdicts.remove(0)), "superseded");
        assert!(is_superseded(&world).await, "the third says the same");
    }
}
