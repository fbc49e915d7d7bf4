use directory::{MIGRATIONS, store};
use jiff::SignedDuration;
use platform::{on_each_database, testing::eventually};
use uuid::Uuid;

use super::world::{World, amina};

on_each_database! { MIGRATIONS,
    async fn who_read_what_is_forgotten_after_a_year(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        let id = Uuid::parse_str(&known.person_id).unwrap();
        let request = contracts::directory::v1::GetPersonRequest { person_id: known.person_id };
        let reads = async || store::reads_of(&mut world.db.read().await.unwrap(), id).await.unwrap().len();
        world.coordinator().get_person(request.clone()).await.unwrap();
        world.clock.advance(SignedDuration::from_hours(24 * 364));
        world.coordinator().get_person(request).await.unwrap();
        assert_eq!(reads().await, 2);
        world.clock.advance(SignedDuration::from_hours(24 * 2));
        world.run();
        eventually("the older read is forgotten", || async { (reads().await == 1).then_some(()) }).await;
    }
}
