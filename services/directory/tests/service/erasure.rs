use contracts::directory::v1::{
    DescribePartiesRequest, ErasePersonRequest, ListPeopleRequest, Match, PersonErased, PersonInput,
    ResolveRequest, UpdateContactRequest,
};
use directory::MIGRATIONS;
use platform::{Db, on_each_database, outbox};
use prost::Message as _;
use tonic::Code;
use uuid::Uuid;

use super::world::{Client, World, amina, fields, import, refused};

async fn erase(client: &mut Client, person_id: &str, version: i64) -> Result<(), tonic::Status> {
    let request = ErasePersonRequest {
        person_id: person_id.to_owned(),
        version,
    };
    client.erase_person(request).await.map(|_| ())
}

/// Every text of the table of people.
async fn dump(db: &Db) -> String {
    let mut tx = db.read().await.unwrap();
    let rows: Vec<(String,)> = tx
        .query(
            "SELECT given_name || family_name || name_key || COALESCE(mail, '') || COALESCE(phone, '') || access_needs
             FROM people",
        )
        .fetch_all()
        .await
        .unwrap();
    format!("{rows:?}").to_lowercase()
}

on_each_database! { MIGRATIONS,
    async fn after_erasure_nothing_tells_who_it_was(db: Db) {
        let world = World::new(db);
        let known = world.person(PersonInput { access_needs: "fauteuil roulant".to_owned(), ..amina() }).await;
        assert!(dump(&world.db).await.contains("diallo"));
        erase(&mut world.coordinator(), &known.person_id, 1).await.unwrap();
        for trace in ["amina", "diallo", "639980101", "fauteuil"] {
            assert!(!dump(&world.db).await.contains(trace), "{trace} is still in the database");
        }
        let request = ResolveRequest { person_ids: vec![known.person_id.clone()] };
        let resolved = world.service().resolve(request).await.unwrap().into_inner().people.remove(0);
        assert!(resolved.erased && resolved.mail.is_empty() && resolved.family_name.is_empty());
        let request = DescribePartiesRequest { person_ids: vec![known.person_id.clone()], ..Default::default() };
        let named = world.coordinator().describe_parties(request).await.unwrap().into_inner();
        assert_eq!(named.people[&known.person_id], "Personne effacée");
        let listed = world.coordinator().list_people(ListPeopleRequest::default()).await.unwrap().into_inner();
        assert!(listed.people.is_empty());
    }

    async fn the_others_are_told_in_the_same_transaction_and_once(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        assert_eq!(refused(erase(&mut world.coordinator(), &known.person_id, 7).await).1, "STALE_VERSION");
        assert_eq!(outbox::waiting(&world.db).await.unwrap(), 0);
        erase(&mut world.coordinator(), &known.person_id, 1).await.unwrap();
        erase(&mut world.coordinator(), &known.person_id, 1).await.unwrap();
        let mut tx = world.db.read().await.unwrap();
        let events: Vec<(String, Vec<u8>)> =
            tx.query("SELECT routing_key, body FROM outbox").fetch_all().await.unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].0, "directory.person.erased.v1");
        let told = PersonErased::decode(events[0].1.as_slice()).unwrap();
        assert_eq!(told, PersonErased { person_id: known.person_id, version: 2 });
    }

    async fn an_import_does_not_bring_an_erased_person_back(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        erase(&mut world.coordinator(), &known.person_id, 1).await.unwrap();
        let anew = import(&mut world.service(), Uuid::from_u128(8), &[amina()], &[]).await.unwrap();
        assert_eq!(anew.people[0].r#match(), Match::New);
        assert_ne!(anew.people[0].person_id, known.person_id);
        let named = PersonInput { person_id: known.person_id.clone(), ..amina() };
        let refused = import(&mut world.service(), Uuid::from_u128(9), &[named], &[]).await;
        assert_eq!(fields(refused), ["people[0].person_id"]);
        assert!(world.file(&known.person_id).await.erased);
    }

    async fn nothing_of_an_erased_person_can_be_changed(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        erase(&mut world.coordinator(), &known.person_id, 1).await.unwrap();
        let change = UpdateContactRequest { person_id: known.person_id, version: 2, ..Default::default() };
        let late = world.coordinator().update_contact(change).await;
        assert_eq!(refused(late), (Code::FailedPrecondition, "PERSON_ERASED".to_owned()));
    }
}
