use contracts::directory::v1::{DescribePartiesRequest, PersonInput, ResolveRequest};
use directory::MIGRATIONS;
use platform::on_each_database;
use uuid::Uuid;

use super::world::{World, fields, import, somebody};

fn ids(count: u128) -> Vec<String> {
    (0..count)
        .map(|number| Uuid::from_u128(number).to_string())
        .collect()
}

on_each_database! { MIGRATIONS,
    async fn five_thousand_people_are_imported_at_once_and_no_more(db: Db) {
        let world = World::new(db);
        let people: Vec<_> = (0..5_001).map(somebody).collect();
        assert_eq!(fields(import(&mut world.service(), Uuid::from_u128(1), &people, &[]).await), ["people"]);
        let made = import(&mut world.service(), Uuid::from_u128(1), &people[1..], &[]).await.unwrap();
        assert_eq!(made.people.len(), 5_000);
        let again = import(&mut world.service(), Uuid::from_u128(2), &people[1..], &[]).await.unwrap();
        assert!(made.people.iter().zip(&again.people).all(|(one, other)| one.person_id == other.person_id));
    }

    async fn an_import_of_the_most_and_longest_rows_fits_in_a_request(db: Db) {
        let world = World::new(db);
        let longest = |number| PersonInput { access_needs: "é".repeat(500), ..somebody(number) };
        let people: Vec<_> = (0..5_000).map(longest).collect();
        let made = import(&mut world.service(), Uuid::from_u128(1), &people, &[]).await.unwrap();
        assert_eq!(made.people.len(), 5_000);
    }

    async fn five_hundred_ids_are_taken_at_once_and_no_more(db: Db) {
        let world = World::new(db);
        let resolve = |count| ResolveRequest { person_ids: ids(count) };
        world.service().resolve(resolve(500)).await.unwrap();
        assert_eq!(fields(world.service().resolve(resolve(501)).await), ["person_ids"]);
        let describe = DescribePartiesRequest { organisation_ids: ids(501), ..Default::default() };
        assert_eq!(fields(world.service().describe_parties(describe).await), ["organisation_ids"]);
    }

    async fn an_id_that_is_none_is_named(db: Db) {
        let world = World::new(db);
        let request = ResolveRequest { person_ids: vec![Uuid::nil().to_string(), "7".to_owned()] };
        assert_eq!(fields(world.service().resolve(request).await), ["person_ids[1]"]);
    }
}
