use contracts::directory::v1::{
    DescribePartiesRequest, ErasePersonRequest, GetPersonRequest, ListPeopleRequest, ResolveRequest,
    SetPreferenceRequest, UpdateContactRequest, VerifySurnameRequest,
};
use directory::MIGRATIONS;
use platform::{auth::Role, on_each_database};
use tonic::Code;
use uuid::Uuid;

use super::world::{OTHER, OWNER, World, amina, import, refused};

on_each_database! { MIGRATIONS,
    async fn another_organisation_does_not_learn_that_somebody_exists(db: Db) {
        let world = World::new(db);
        let id = world.person(amina()).await.person_id;
        let nobody = Uuid::from_u128(404).to_string();
        let stranger = || world.staff(Role::Coordinator, OTHER);
        let get = |person_id: &String| GetPersonRequest { person_id: person_id.clone() };
        let foreign = stranger().get_person(get(&id)).await.unwrap_err();
        let unknown = stranger().get_person(get(&nobody)).await.unwrap_err();
        assert_eq!((foreign.code(), foreign.message()), (Code::NotFound, unknown.message()));
        let change = UpdateContactRequest { person_id: id.clone(), version: 1, ..Default::default() };
        assert_eq!(refused(stranger().update_contact(change).await).0, Code::NotFound);
        let wish = SetPreferenceRequest { person_id: id.clone(), version: 1, ..Default::default() };
        assert_eq!(refused(stranger().set_preference(wish).await).0, Code::NotFound);
        let erase = ErasePersonRequest { person_id: id.clone(), version: 1 };
        assert_eq!(refused(stranger().erase_person(erase).await).0, Code::NotFound);
        let listed = stranger().list_people(ListPeopleRequest::default()).await.unwrap().into_inner();
        assert!(listed.people.is_empty());
        let parties = DescribePartiesRequest { person_ids: vec![id.clone()], ..Default::default() };
        assert!(stranger().describe_parties(parties.clone()).await.unwrap().into_inner().people.is_empty());
        let on_behalf = |owner: Uuid| DescribePartiesRequest { owner_organisation_ids: vec![owner.to_string()], ..parties.clone() };
        let named = world.service().describe_parties(on_behalf(OTHER)).await.unwrap().into_inner();
        assert!(named.people.is_empty(), "a service that asks for another organisation's staff");
        let named = world.service().describe_parties(on_behalf(OWNER)).await.unwrap().into_inner();
        assert_eq!(named.people.len(), 1);
        assert_eq!(world.file(&id).await.version, 1);
    }

    async fn nobody_imports_for_another_organisation(db: Db) {
        let world = World::new(db);
        let foreign = import(&mut world.staff(Role::Coordinator, OTHER), Uuid::from_u128(1), &[amina()], &[]).await;
        assert_eq!(refused(foreign), (Code::PermissionDenied, "NOT_ALLOWED".to_owned()));
    }

    async fn each_role_does_its_own_work(db: Db) {
        let world = World::new(db);
        let id = world.person(amina()).await.person_id;
        let get = || GetPersonRequest { person_id: id.clone() };
        for role in [Role::Partner, Role::Auditor] {
            assert_eq!(refused(world.staff(role, OWNER).get_person(get()).await).0, Code::PermissionDenied);
        }
        let referent = || world.staff(Role::Referent, OWNER);
        referent().get_person(get()).await.unwrap();
        let erase = ErasePersonRequest { person_id: id.clone(), version: 1 };
        assert_eq!(refused(referent().erase_person(erase).await).0, Code::PermissionDenied);
        let imported = import(&mut referent(), Uuid::from_u128(2), &[amina()], &[]).await;
        assert_eq!(refused(imported).0, Code::PermissionDenied);
        let parties = DescribePartiesRequest { person_ids: vec![id.clone()], ..Default::default() };
        let named = world.staff(Role::Partner, OWNER).describe_parties(parties).await.unwrap().into_inner();
        assert_eq!(named.people[&id], "Amina Diallo");
    }

    async fn only_services_resolve_and_verify(db: Db) {
        let world = World::new(db);
        let id = world.person(amina()).await.person_id;
        let resolve = ResolveRequest { person_ids: vec![id.clone()] };
        let mut administrator = world.client(platform::auth::Actor::administrator());
        assert_eq!(refused(administrator.resolve(resolve).await).0, Code::PermissionDenied);
        let verify = VerifySurnameRequest { person_id: id, letters: "dia".to_owned() };
        assert_eq!(refused(administrator.verify_surname(verify).await).0, Code::PermissionDenied);
    }
}
