//! Another version of the rules of time zones: the wall clock stays, the instants follow.

use platform::Moment;
use platform::testing::{eventually, moment};
use scheduler::Settings;

use super::world::{ANNA, World, participation};

/// As if the ledger had been computed by rules under which Paris was an hour off.
async fn plant_other_rules(world: &World) {
    let mut tx = world.platform.db.begin().await.unwrap();
    tx.query("UPDATE milestones SET zone_rules = 'of another version', ends_at = $1")
        .bind(moment("2026-11-26T09:00:00Z"))
        .execute()
        .await
        .unwrap();
    tx.query("UPDATE reminders SET due_at = $1, intended_at = $1 WHERE occurrence = '-48h'")
        .bind(moment("2026-11-24T07:00:00Z"))
        .execute()
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn reckoned(world: &World) -> (String, Moment) {
    let mut tx = world.platform.db.read().await.unwrap();
    tx.query("SELECT zone_rules, ends_at FROM milestones")
        .fetch_one()
        .await
        .unwrap()
}

#[tokio::test]
async fn other_rules_of_the_time_zone_at_the_next_start_move_what_is_still_to_come() {
    let world = World::at("2026-11-10T21:00").await;
    world.publish(participation(1, 1, "2026-11-26T09:00", ANNA)).await;
    let (right, before) = (reckoned(&world).await, world.live(ANNA).await);
    let planned = "Tue 24 09:00 speed-dating-candidate -48h planned".to_owned();
    assert!(before.contains(&planned), "{before:?}");
    plant_other_rules(&world).await;
    assert!(!world.live(ANNA).await.contains(&planned));

    world.restart(&Settings::default());
    eventually("the instants are right again", || async {
        (reckoned(&world).await == right && world.live(ANNA).await == before).then_some(())
    })
    .await;
    assert!(
        world.all_handed_over().is_empty(),
        "nobody is told: the wall clock is the same"
    );
}
