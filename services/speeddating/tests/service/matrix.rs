//! The matrix of wishes in windows, and what wishes weigh.

use contracts::speeddating::v1::{self as proto, wish_service_client::WishServiceClient};
use platform::on_each_database;
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{OTHER, World, refused};

fn codes(lines: &[proto::MatrixLine]) -> Vec<&str> {
    lines
        .iter()
        .map(|line| line.registration.as_ref().unwrap().code.as_str())
        .collect()
}

impl World {
    async fn read(&self, request: proto::ReadMatrixRequest) -> proto::ReadMatrixResponse {
        self.matrix().read_matrix(request).await.unwrap().into_inner()
    }
}

on_each_database! { MIGRATIONS,
    async fn a_small_matrix_is_whole_and_a_window_is_a_part_of_it(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let all = proto::ReadMatrixRequest { session_id: session.session_id.clone(), ..Default::default() };
        let whole = world.read(all.clone()).await;
        assert_eq!((whole.candidates.len(), whole.employers.len(), whole.wishes.len()), (180, 24, 993));
        let mut wishes = whole.wishes.clone();
        let by_pair = |wish: &proto::Wish| (wish.candidate_id.clone(), wish.employer_id.clone());
        wishes.sort_by_key(by_pair);
        let mut listed = world.wishes(&session.session_id).await;
        listed.sort_by_key(by_pair);
        assert_eq!(wishes, listed);
        let window = proto::ReadMatrixRequest {
            candidates: Some(proto::Window { first: 10, most: 2 }), employers: Some(proto::Window { first: 20, most: 3 }), ..all.clone()
        };
        let part = world.read(window).await;
        assert_eq!((codes(&part.candidates), codes(&part.employers)), (vec!["C0011", "C0012"], vec!["E021", "E022", "E023"]));
        assert_eq!((part.candidates_total, part.employers_total, part.first_candidate), (180, 24, 10));
        let inside = |wish: &&proto::Wish| {
            let holds = |lines: &[proto::MatrixLine], id: &str| lines.iter().any(|line| line.registration.as_ref().unwrap().registration_id == id);
            holds(&part.candidates, &wish.candidate_id) && holds(&part.employers, &wish.employer_id)
        };
        assert_eq!(part.wishes.len(), whole.wishes.iter().filter(inside).count());
        // Behind the end is the last window, not an empty one.
        let behind = proto::ReadMatrixRequest { candidates: Some(proto::Window { first: 900, most: 50 }), ..all };
        assert_eq!(world.read(behind).await.first_candidate, 130);
    }

    async fn filters_leave_only_those_asked_for(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let people = world.people(&session.session_id).await;
        let ids = |codes: &[&str]| codes.iter().map(|code| people[*code].registration_id.clone()).collect();
        let all = proto::ReadMatrixRequest { session_id: session.session_id.clone(), ..Default::default() };
        let named = proto::ReadMatrixRequest { candidate_ids: ids(&["C0005", "C0002"]), employer_ids: ids(&["E003"]), ..all.clone() };
        let found = world.read(named).await;
        assert_eq!((codes(&found.candidates), codes(&found.employers)), (vec!["C0002", "C0005"], vec!["E003"]));
        let text = "candidat;prenom;nom;courriel\nC0999;Ana;Roux;ana.roux@example.org\n";
        world.committed(&world.staged(&session, &[text.as_bytes()]).await).await;
        let silent = world.read(proto::ReadMatrixRequest { without_wish: true, ..all.clone() }).await;
        let before = silent.candidates_without_wish;
        assert!(codes(&silent.candidates).contains(&"C0999") && silent.candidates.iter().all(|line| line.wishes == 0));
        let withdraw = proto::WithdrawRegistrationRequest {
            registration_id: world.people(&session.session_id).await["C0999"].registration_id.clone(), version: 1, by: "ORGANISATION".to_owned(),
        };
        world.coordinator().withdraw_registration(withdraw).await.unwrap();
        let left = world.read(all.clone()).await;
        assert_eq!((left.candidates_without_wish, left.candidates_total), (before - 1, 180));
        let with = world.read(proto::ReadMatrixRequest { withdrawn: true, ..all }).await;
        assert_eq!(with.candidates_total, 181);
    }

    async fn a_wish_is_not_set_over_one_that_was_not_seen(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let people = world.people(&session.session_id).await;
        let wish = |rank| proto::Wish {
            candidate_id: people["C0001"].registration_id.clone(), employer_id: people["E001"].registration_id.clone(), rank, ..Default::default()
        };
        let change = |wish, seen| proto::ChangeWishRequest { session_id: session.session_id.clone(), wish: Some(wish), seen: Some(seen) };
        let nothing = proto::Wish::default();
        world.matrix().change_wish(change(wish(4), nothing.clone())).await.unwrap();
        assert_eq!(refused(world.matrix().change_wish(change(wish(2), nothing.clone())).await).1, "STALE_VERSION");
        let seen = proto::Wish { rank: 4, ..nothing.clone() };
        world.matrix().change_wish(change(wish(0), seen)).await.unwrap();
        world.matrix().change_wish(change(wish(2), nothing)).await.unwrap();
        let both = proto::Wish { must: true, must_not: true, ..wish(1) };
        assert_eq!(refused(world.matrix().change_wish(change(both, wish(2))).await).0, Code::InvalidArgument);
    }

    async fn other_weights_make_timetables_outdated(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let made = world.made(&session).await;
        let version = world.session(&session.session_id).await.version;
        let weights = |ranks: &[i64]| Some(proto::Weights { ranks: ranks.to_vec(), priority: 8, yes: 2, recommended: 0 });
        let set = |version, weights| proto::SetWeightsRequest { session_id: session.session_id.clone(), version, weights };
        let saved = world.matrix().set_weights(set(version, weights(&[9, 3]))).await.unwrap().into_inner().session.unwrap();
        assert_eq!(saved.weights, weights(&[9, 3]));
        assert_eq!(world.session(&session.session_id).await.weights, weights(&[9, 3]));
        assert!(!made.outdated && world.timetable(&session.session_id).await.outdated);
        assert_eq!(refused(world.matrix().set_weights(set(version, weights(&[1]))).await).1, "STALE_VERSION");
        assert_eq!(refused(world.matrix().set_weights(set(saved.version, weights(&[]))).await).0, Code::InvalidArgument);
        assert_eq!(refused(world.matrix().set_weights(set(saved.version, weights(&[1_001]))).await).0, Code::InvalidArgument);
    }

    async fn another_organisation_sees_no_matrix(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let mut other = WishServiceClient::new(world.speaking(&world.service, OTHER));
        let id = session.session_id.clone();
        let request = proto::ReadMatrixRequest { session_id: id.clone(), ..Default::default() };
        assert_eq!(refused(other.read_matrix(request).await).0, Code::NotFound);
        let request = proto::SetWeightsRequest { session_id: id, version: session.version, weights: Some(proto::Weights { ranks: vec![1], ..Default::default() }) };
        assert_eq!(refused(other.set_weights(request).await).0, Code::NotFound);
    }
}
