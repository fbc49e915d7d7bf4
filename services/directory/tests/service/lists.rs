use contracts::{
    common::v1::PageRequest,
    directory::v1::{ListOrganisationsRequest, ListPeopleRequest, OrganisationInput, PersonInput},
};
use directory::{MIGRATIONS, store};
use platform::{auth::Role, on_each_database};
use uuid::Uuid;

use super::world::{Client, OTHER, OWNER, World, amina, fields, import, somebody};

async fn search(client: &mut Client, words: &str) -> Vec<String> {
    let request = ListPeopleRequest {
        page: None,
        search: words.to_owned(),
    };
    let people = client.list_people(request).await.unwrap().into_inner().people;
    people.into_iter().map(|person| person.key_of_test()).collect()
}

trait KeyOfTest {
    fn key_of_test(&self) -> String;
}

impl KeyOfTest for contracts::directory::v1::Person {
    fn key_of_test(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }
}

on_each_database! { MIGRATIONS,
    async fn people_are_found_by_the_beginnings_of_their_names(db: Db) {
        let world = World::new(db);
        let named = |number: usize, given: &str, family: &str| PersonInput {
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            ..somebody(number)
        };
        let rows = [named(1, "Raphaël", "Garcia"), named(2, "Élise", "D'Angelo"), named(3, "Ana", "García López")];
        import(&mut world.service(), Uuid::from_u128(1), &rows, &[]).await.unwrap();
        let client = &mut world.coordinator();
        assert_eq!(search(client, "").await, ["Élise D'Angelo", "Ana García López", "Raphaël Garcia"]);
        assert_eq!(search(client, "GARCIA").await, ["Ana García López", "Raphaël Garcia"]);
        assert_eq!(search(client, "garc rapha").await, ["Raphaël Garcia"]);
        assert_eq!(search(client, "elise").await, ["Élise D'Angelo"]);
        assert_eq!(search(client, "arcia").await, Vec::<String>::new());
        assert_eq!(search(client, "%").await.len(), 3, "a sign is no word");
    }

    async fn pages_show_everybody_once(db: Db) {
        let world = World::new(db);
        let mut rows: Vec<_> = (0..25).map(somebody).collect();
        // Namesakes: the id decides between them.
        for row in &mut rows[5..15] {
            row.family_name = "Martin0005".to_owned();
        }
        import(&mut world.service(), Uuid::from_u128(1), &rows, &[]).await.unwrap();
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let page = Some(PageRequest { size: 4, token });
            let request = ListPeopleRequest { page, search: String::new() };
            let reply = world.coordinator().list_people(request).await.unwrap().into_inner();
            assert!(reply.people.len() <= 4);
            seen.extend(reply.people.into_iter().map(|person| person.mail));
            token = reply.page.unwrap().next_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen.len(), 25);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 25);
    }

    async fn organisations_are_listed_and_found(db: Db) {
        let world = World::new(db);
        let named = |key: &str, name: &str| OrganisationInput {
            key: key.to_owned(),
            name: name.to_owned(),
            kind: "inclusion_employer".to_owned(),
            ..OrganisationInput::default()
        };
        let rows = [named("E1", "Ateliers du Rhône"), named("E2", "Clair & Net"), named("E3", "Électricité Générale")];
        import(&mut world.service(), Uuid::from_u128(1), &[], &rows).await.unwrap();
        let list = async |client: &mut Client, search: &str| {
            let request = ListOrganisationsRequest { page: None, search: search.to_owned() };
            let found = client.list_organisations(request).await.unwrap().into_inner().organisations;
            found.into_iter().map(|one| one.name).collect::<Vec<_>>()
        };
        assert_eq!(list(&mut world.coordinator(), "").await.len(), 3);
        assert_eq!(list(&mut world.coordinator(), "electricite").await, ["Électricité Générale"]);
        assert!(list(&mut world.staff(Role::Coordinator, OTHER), "").await.is_empty());
    }

    async fn what_staff_read_is_recorded_and_what_services_read_is_not(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        let id = Uuid::parse_str(&known.person_id).unwrap();
        let reads = async || store::reads_of(&mut world.db.read().await.unwrap(), id).await.unwrap();
        assert!(reads().await.is_empty());
        search(&mut world.coordinator(), "diallo").await;
        search(&mut world.coordinator(), "nobody").await;
        let request = contracts::directory::v1::GetPersonRequest { person_id: known.person_id };
        world.staff(Role::Referent, OWNER).get_person(request).await.unwrap();
        let reads: Vec<_> = reads().await.into_iter().map(|(reader, seen, _)| (reader, seen)).collect();
        let expected = [(format!("Coordinator of {OWNER}"), "list"), (format!("Referent of {OWNER}"), "file")];
        assert_eq!(reads, expected.map(|(reader, seen)| (reader, seen.to_owned())));
    }

    async fn a_search_of_too_many_words_is_refused(db: Db) {
        let world = World::new(db);
        let request = ListPeopleRequest { page: None, search: "a ".repeat(11) };
        assert_eq!(fields(world.coordinator().list_people(request).await), ["search"]);
    }
}
