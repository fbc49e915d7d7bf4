use contracts::directory::v1::{PersonInput, VerifySurnameRequest};
use directory::MIGRATIONS;
use jiff::SignedDuration;
use platform::on_each_database;
use tonic::Code;

use super::world::{World, amina, refused, somebody};

async fn verify(world: &World, person_id: &str, letters: &str) -> Result<bool, tonic::Status> {
    let request = VerifySurnameRequest {
        person_id: person_id.to_owned(),
        letters: letters.to_owned(),
    };
    world
        .service()
        .verify_surname(request)
        .await
        .map(|reply| reply.into_inner().correct)
}

on_each_database! { MIGRATIONS,
    async fn three_letters_are_enough_and_accents_do_not_count(db: Db) {
        let world = World::new(db);
        let id = world.person(PersonInput { family_name: "Éluard".to_owned(), ..amina() }).await.person_id;
        assert!(verify(&world, &id, "elu").await.unwrap());
        assert!(!verify(&world, &id, "el").await.unwrap());
        assert!(!verify(&world, &id, "").await.unwrap());
    }

    async fn after_five_wrong_answers_even_the_right_one_waits(db: Db) {
        let world = World::new(db);
        let id = world.person(amina()).await.person_id;
        for _ in 0..5 {
            assert!(!verify(&world, &id, "xxx").await.unwrap());
        }
        world.clock.advance(SignedDuration::from_mins(10));
        let told = verify(&world, &id, "dia").await.unwrap_err();
        assert!(told.message().contains("in 5 minutes"), "{}", told.message());
        assert_eq!(refused(verify(&world, &id, "dia").await), (Code::ResourceExhausted, "TOO_MANY_TRIES".to_owned()));
        world.clock.advance(SignedDuration::from_mins(5));
        assert!(verify(&world, &id, "dia").await.unwrap());
    }

    async fn a_right_answer_forgets_the_wrong_ones(db: Db) {
        let world = World::new(db);
        let id = world.person(amina()).await.person_id;
        for _ in 0..3 {
            for _ in 0..4 {
                assert!(!verify(&world, &id, "xxx").await.unwrap());
            }
            assert!(verify(&world, &id, "dia").await.unwrap());
        }
    }

    async fn tries_at_the_same_time_do_not_exceed_the_limit(db: Db) {
        let world = World::new(db);
        let id = world.person(amina()).await.person_id;
        let tries = futures::future::join_all((0..20).map(|_| verify(&world, &id, "xxx"))).await;
        assert_eq!(tries.iter().filter(|one| one.is_ok()).count(), 5);
    }

    async fn one_persons_pause_is_not_anothers(db: Db) {
        let world = World::new(db);
        let id = world.person(amina()).await.person_id;
        let other = world.person(somebody(2)).await.person_id;
        for _ in 0..6 {
            let _wrong = verify(&world, &id, "xxx").await;
        }
        assert!(verify(&world, &other, "mar").await.unwrap());
    }
}
