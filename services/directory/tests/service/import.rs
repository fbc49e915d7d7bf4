use contracts::directory::v1::{Match, MatchPeopleRequest, OrganisationInput, PersonInput};
use directory::MIGRATIONS;
use platform::on_each_database;
use tonic::Code;
use uuid::Uuid;

use super::world::{OWNER, World, amina, fields, import, refused, somebody};

const FIRST: Uuid = Uuid::from_u128(1);
const SECOND: Uuid = Uuid::from_u128(2);

fn company() -> OrganisationInput {
    OrganisationInput {
        key: "E001".to_owned(),
        name: "Ateliers du Rhône".to_owned(),
        ..OrganisationInput::default()
    }
}

on_each_database! { MIGRATIONS,
    async fn an_import_makes_people_and_their_organisation(db: Db) {
        let world = World::new(db);
        let contact = PersonInput { organisation_key: "E001".to_owned(), ..amina() };
        let made = import(&mut world.coordinator(), FIRST, &[contact], &[company()]).await.unwrap();
        assert_eq!(made.people[0].r#match(), Match::New);
        let file = world.file(&made.people[0].person_id).await;
        assert_eq!((file.mail.as_str(), file.phone.as_str()), ("amina.diallo@example.org", "+33639980101"));
        assert_eq!((file.language.as_str(), file.mobile, file.version), ("fr", true, 1));
        assert_eq!(file.organisation_id, made.organisations[0].organisation_id);
        assert_eq!(file.owner_organisation_id, OWNER.to_string());
    }

    async fn the_same_import_again_has_the_same_reply_and_changes_nothing(db: Db) {
        let world = World::new(db);
        let first = import(&mut world.service(), FIRST, &[amina()], &[company()]).await.unwrap();
        let again = import(&mut world.service(), FIRST, &[amina()], &[company()]).await.unwrap();
        assert_eq!(first, again);
        assert_eq!(world.file(&first.people[0].person_id).await.version, 1);
    }

    async fn an_import_id_with_other_content_is_refused(db: Db) {
        let world = World::new(db);
        import(&mut world.service(), FIRST, &[amina()], &[]).await.unwrap();
        let other = import(&mut world.service(), FIRST, &[somebody(1)], &[]).await;
        assert_eq!(refused(other), (Code::Aborted, "REQUEST_ID_REUSED".to_owned()));
    }

    async fn a_corrected_file_changes_what_it_says_and_nothing_else(db: Db) {
        let world = World::new(db);
        let first = import(&mut world.service(), FIRST, &[amina(), somebody(1)], &[company()]).await.unwrap();
        let corrected = PersonInput {
            mail: String::new(),
            family_name: "DIALLO".to_owned(),
            access_needs: "boucle magnétique".to_owned(),
            ..amina()
        };
        let second = import(&mut world.service(), SECOND, &[corrected, somebody(1)], &[company()]).await.unwrap();
        assert_eq!(second.people[0].r#match(), Match::Changed);
        assert_eq!(second.people[0].fields, ["family_name", "access_needs"]);
        assert_eq!(second.people[1].r#match(), Match::Identical);
        assert_eq!(second.organisations[0].r#match(), Match::Identical);
        let ids = |reply: &contracts::directory::v1::UpsertPeopleResponse| {
            reply.people.iter().map(|found| found.person_id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&first), ids(&second));
        let file = world.file(&first.people[0].person_id).await;
        assert_eq!((file.version, file.mail.as_str()), (2, "amina.diallo@example.org"));
        assert_eq!(file.access_needs, "boucle magnétique");
    }

    async fn a_shared_contact_is_imported_apart_and_shown(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        let sister = PersonInput { given_name: "Fatou".to_owned(), ..amina() };
        let made = import(&mut world.service(), SECOND, &[sister], &[]).await.unwrap();
        let found = &made.people[0];
        assert_eq!((found.r#match(), &found.other_person_id), (Match::PossibleDuplicate, &known.person_id));
        assert_ne!(found.person_id, known.person_id);
        assert_eq!(found.fields, ["mail"]);
        assert_eq!(world.file(&found.person_id).await.given_name, "Fatou");
    }

    async fn the_preview_shows_what_the_import_does_and_changes_nothing(db: Db) {
        let world = World::new(db);
        let known = world.person(amina()).await;
        let rows = [
            PersonInput { language: "en".to_owned(), ..amina() },
            PersonInput { key: "C2".to_owned(), given_name: "Fatou".to_owned(), ..amina() },
            somebody(3),
            PersonInput { key: "C4".to_owned(), ..somebody(3) },
        ];
        let preview = MatchPeopleRequest {
            owner_organisation_id: OWNER.to_string(),
            people: rows.to_vec(),
            organisations: vec![company()],
        };
        let shown = world.coordinator().match_people(preview.clone()).await.unwrap().into_inner();
        let ids: Vec<_> = shown.people.iter().map(|found| found.person_id.as_str()).collect();
        assert_eq!(ids, [&known.person_id, &known.person_id, "", ""]);
        assert_eq!(shown.organisations[0].organisation_id, "");
        assert_eq!(world.file(&known.person_id).await, known);
        let again = world.coordinator().match_people(preview).await.unwrap().into_inner();
        assert_eq!(again, shown);
        let done = import(&mut world.service(), SECOND, &rows, &[company()]).await.unwrap();
        let outcomes = |found: &contracts::directory::v1::PersonMatch| (found.r#match(), found.fields.clone());
        assert_eq!(
            done.people.iter().map(outcomes).collect::<Vec<_>>(),
            shown.people.iter().map(outcomes).collect::<Vec<_>>()
        );
    }

    async fn a_faulty_row_is_named_and_nothing_is_imported(db: Db) {
        let world = World::new(db);
        let wrong = PersonInput { mail: "amina".to_owned(), phone: "0612".to_owned(), ..somebody(2) };
        let refused = import(&mut world.service(), FIRST, &[amina(), wrong], &[]).await;
        assert_eq!(fields(refused), ["people[1].mail", "people[1].phone"]);
        let made = import(&mut world.service(), FIRST, &[amina()], &[]).await.unwrap();
        assert_eq!(made.people[0].r#match(), Match::New);
    }

    async fn a_caller_that_knows_somebody_without_contact_finds_them_again(db: Db) {
        let world = World::new(db);
        let bare = PersonInput { mail: String::new(), phone: String::new(), ..amina() };
        let known = world.person(bare.clone()).await;
        let named = PersonInput { person_id: known.person_id.clone(), language: "en".to_owned(), ..bare.clone() };
        let again = import(&mut world.service(), FIRST, &[named], &[]).await.unwrap();
        assert_eq!((again.people[0].r#match(), &again.people[0].person_id), (Match::Changed, &known.person_id));
        let unnamed = import(&mut world.service(), SECOND, &[bare], &[]).await.unwrap();
        assert_eq!(unnamed.people[0].r#match(), Match::PossibleDuplicate);
    }

    async fn imports_at_the_same_time_make_one_person(db: Db) {
        let world = World::new(db);
        let (mut one, mut other) = (world.service(), world.service());
        let rows = [amina()];
        let (one, other) = tokio::join!(import(&mut one, FIRST, &rows, &[]), import(&mut other, SECOND, &rows, &[]));
        assert_eq!(one.unwrap().people[0].person_id, other.unwrap().people[0].person_id);
    }
}
