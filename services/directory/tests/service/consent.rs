use contracts::directory::v1::{
    Channel, PersonInput, ResolveRequest, ResolvedPerson, SetPreferenceRequest, UpdateContactRequest,
};
use directory::MIGRATIONS;
use platform::on_each_database;
use tonic::Code;
use uuid::Uuid;

use super::world::{World, amina, fields, import, refused};

async fn resolve(world: &World, person_id: &str) -> ResolvedPerson {
    let request = ResolveRequest {
        person_ids: vec![person_id.to_owned()],
    };
    world
        .service()
        .resolve(request)
        .await
        .unwrap()
        .into_inner()
        .people
        .remove(0)
}

on_each_database! { MIGRATIONS,
    async fn a_refused_channel_has_no_address_at_hand_over(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        let before = resolve(&world, &known.person_id).await;
        assert_eq!((before.mail.as_str(), before.mobile.as_str()), ("amina.diallo@example.org", "+33639980101"));
        let wish = SetPreferenceRequest {
            person_id: known.person_id.clone(),
            version: known.version,
            refused: vec![Channel::Sms.into()],
            preferred: Channel::Mail.into(),
        };
        world.coordinator().set_preference(wish).await.unwrap();
        let after = resolve(&world, &known.person_id).await;
        assert_eq!((after.mobile.as_str(), after.sms_refused, after.mail_refused), ("", true, false));
        assert_eq!((after.mail.as_str(), after.preferred()), ("amina.diallo@example.org", Channel::Mail));
    }

    async fn an_import_does_not_take_a_refusal_back(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        let wish = SetPreferenceRequest {
            person_id: known.person_id.clone(),
            version: 1,
            refused: vec![Channel::Mail.into()],
            preferred: 0,
        };
        world.service().set_preference(wish).await.unwrap();
        let row = PersonInput { language: "en".to_owned(), ..amina() };
        import(&mut world.service(), Uuid::from_u128(9), &[row], &[]).await.unwrap();
        let after = resolve(&world, &known.person_id).await;
        assert_eq!((after.mail.as_str(), after.mail_refused, after.language.as_str()), ("", true, "en"));
    }

    async fn a_landline_gets_no_sms(db: Db) {
        let world = World::new(db);
        let known = world.person(PersonInput { phone: "04 65 71 28 76".to_owned(), ..amina() }).await;
        assert_eq!((known.phone.as_str(), known.mobile), ("+33465712876", false));
        assert_eq!(resolve(&world, &known.person_id).await.mobile, "");
    }

    async fn unknown_ids_are_left_out(db: Db) {
        let world = World::new(db);
        let request = ResolveRequest { person_ids: vec![Uuid::from_u128(404).to_string()] };
        assert!(world.service().resolve(request).await.unwrap().into_inner().people.is_empty());
    }

    async fn a_stale_change_is_refused(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        let change = UpdateContactRequest {
            person_id: known.person_id.clone(),
            version: 1,
            mail: "A.Diallo@Example.org".to_owned(),
            phone: String::new(),
            language: "en".to_owned(),
        };
        let changed = world.coordinator().update_contact(change.clone()).await.unwrap().into_inner().person.unwrap();
        assert_eq!((changed.version, changed.mail.as_str(), changed.phone.as_str()), (2, "a.diallo@example.org", ""));
        let again = world.coordinator().update_contact(change).await;
        assert_eq!(refused(again), (Code::Aborted, "STALE_VERSION".to_owned()));
        let wish = SetPreferenceRequest { person_id: known.person_id, version: 1, refused: vec![], preferred: 0 };
        let stale = world.coordinator().set_preference(wish).await;
        assert_eq!(refused(stale), (Code::Aborted, "STALE_VERSION".to_owned()));
    }

    async fn the_mail_of_a_namesake_is_refused(db: Db) {
        let world = World::new(db);
        world.person(amina()).await;
        let namesake = world
            .person(PersonInput {
                mail: "other@example.org".to_owned(),
                phone: "06 39 98 02 02".to_owned(),
                ..amina()
            })
            .await;
        let change = UpdateContactRequest {
            person_id: namesake.person_id,
            version: 1,
            mail: amina().mail,
            ..UpdateContactRequest::default()
        };
        let taken = world.coordinator().update_contact(change).await;
        assert_eq!(refused(taken), (Code::Aborted, "MAIL_AND_NAME_TAKEN".to_owned()));
    }

    async fn wrong_contacts_and_wishes_name_their_fields(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        let change = UpdateContactRequest {
            person_id: known.person_id.clone(),
            version: 1,
            mail: "amina@".to_owned(),
            phone: "12".to_owned(),
            language: "klingon".to_owned(),
        };
        assert_eq!(fields(world.coordinator().update_contact(change).await), ["mail", "phone", "language"]);
        for (refused, preferred, field) in [(vec![7], 0, "refused[0]"), (vec![], 7, "preferred"), (vec![2], 2, "preferred")] {
            let wish = SetPreferenceRequest { person_id: known.person_id.clone(), version: 1, refused, preferred };
            assert_eq!(fields(world.coordinator().set_preference(wish).await), [field]);
        }
    }
}
