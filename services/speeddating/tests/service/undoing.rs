//! An import taken back, as long as nothing rests on it.

use contracts::speeddating::v1 as proto;
use platform::on_each_database;
use speeddating::MIGRATIONS;

use super::world::{CANDIDATES, EMPLOYERS, WISHES, World, refused};

impl World {
    pub(super) async fn stage(&self, id: &str) -> proto::Stage {
        let request = proto::GetStageRequest {
            stage_id: id.to_owned(),
        };
        self.imports()
            .get_stage(request)
            .await
            .unwrap()
            .into_inner()
            .stage
            .unwrap()
    }
}

fn undo(stage: &proto::Stage) -> proto::UndoImportRequest {
    proto::UndoImportRequest {
        stage_id: stage.stage_id.clone(),
        version: stage.version,
    }
}

fn named(stage: &proto::Stage) -> Vec<String> {
    stage
        .dependents
        .iter()
        .map(|found| format!("{} {}", found.kind, found.what))
        .collect()
}

on_each_database! { MIGRATIONS,
    async fn an_undone_import_leaves_the_session_as_it_was(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        world.committed(&world.staged(&session, &[EMPLOYERS, CANDIDATES, WISHES]).await).await;
        let before = (world.people(&session.session_id).await, world.wishes(&session.session_id).await);
        world.told().await;
        let text = "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel\n\
                    E001;Ateliers du Rhône;Logistique;Autre poste;3;Gaëlle Traoré;\nE099;Nouveau;;;1;Ana Roux;ana@example.com\n";
        let wishes = "candidat;employeur;rang;avis_employeur\nC0001;E099;1;oui\nC0001;E002;2;\n";
        let stage = world.committed(&world.staged(&session, &[text.as_bytes(), wishes.as_bytes()]).await).await;
        let after = world.people(&session.session_id).await;
        assert_eq!((after.len(), after["E001"].parallel), (205, 3));
        assert_ne!(world.wishes(&session.session_id).await, before.1);
        let asked = world.told().await;
        assert!(asked.iter().any(|told| told.subject.ends_with(&after["E099"].registration_id)), "the new employer was asked to come");
        assert_eq!(named(&stage), Vec::<String>::new());
        let undone = world.imports().undo_import(undo(&stage)).await.unwrap().into_inner();
        assert_eq!((undone.registrations_removed, undone.registrations_restored), (1, 1));
        let mut people = world.people(&session.session_id).await;
        for (code, person) in &mut people {
            // Versions rise, so that nobody saves over what they did not see.
            person.version = before.0[code].version;
        }
        assert_eq!((people, world.wishes(&session.session_id).await), before);
        let told = world.told().await;
        let cleared = told.iter().find(|told| told.subject.ends_with(&after["E099"].registration_id)).unwrap();
        assert_eq!(cleared.state(), contracts::common::v1::MilestoneState::Cleared);
        // Pressed twice.
        let again = world.imports().undo_import(undo(&stage)).await.unwrap().into_inner();
        assert_eq!((again.registrations_removed, again.stage.unwrap().state()), (0, proto::StageState::Undone));
    }

    async fn what_rests_on_an_import_is_named(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let id = world.committed(&world.staged(&session, &[EMPLOYERS, CANDIDATES, WISHES]).await).await.stage_id;
        let people = world.people(&session.session_id).await;
        let wish = proto::Wish {
            candidate_id: people["C0001"].registration_id.clone(), employer_id: people["E001"].registration_id.clone(),
            rank: 9, ..Default::default()
        };
        let request = proto::SetWishRequest { session_id: session.session_id.clone(), wish: Some(wish) };
        world.coordinator().set_wish(request).await.unwrap();
        assert_eq!(named(&world.stage(&id).await), ["WISH C0001 E001"]);
        let request = proto::WithdrawRegistrationRequest {
            registration_id: people["C0004"].registration_id.clone(), version: 1, by: "PARTICIPANT".to_owned(),
        };
        world.coordinator().withdraw_registration(request).await.unwrap();
        let text = "candidat;prenom;nom;courriel\nC0999;Ana;Roux;ana.roux@example.org\n";
        let later = world.committed(&world.staged(&session, &[text.as_bytes()]).await).await;
        let made = world.made(&session).await;
        let stage = world.stage(&id).await;
        let found = named(&stage);
        assert!(found.contains(&format!("TIMETABLE {}", made.number)) && found.contains(&"REGISTRATION C0004".to_owned()), "{found:?}");
        assert!(found.iter().any(|found| found.starts_with("IMPORT ")), "{found:?}");
        let status = world.imports().undo_import(undo(&stage)).await.unwrap_err();
        assert!(status.message().contains("planning n° 1") && status.message().contains("C0004"), "{}", status.message());
        assert_eq!(refused::<()>(Err(status)).1, "IMPORT_IN_USE");
        assert_eq!(world.people(&session.session_id).await.len(), 205, "nothing went");
        // The later one has the timetable only.
        assert_eq!(named(&world.stage(&later.stage_id).await), [format!("TIMETABLE {}", made.number)]);
    }

    async fn an_import_on_which_published_meetings_rest_is_not_undone(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let employers = |recruiters: u32| {
            format!("employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel\nE1;Un;;;{recruiters};Ana Roux;ana@example.com\n")
        };
        let candidates = "candidat;prenom;nom;courriel\nC1;Bo;Lee;bo@example.org\nC2;Cy;Mo;cy@example.org\n";
        let wishes = "candidat;employeur;rang;avis_employeur\nC1;E1;1;oui\nC2;E1;1;oui\n";
        let files = [employers(1), candidates.to_owned(), wishes.to_owned()];
        let files: Vec<&[u8]> = files.iter().map(String::as_bytes).collect();
        world.committed(&world.staged(&session, &files).await).await;
        let made = world.made(&session).await;
        world.publish(&session.session_id, made.number).await.unwrap();
        let second = world.committed(&world.staged(&session, &[employers(2).as_bytes()]).await).await;
        let timetable = world.timetable(&session.session_id).await;
        let [one, other] = timetable.meetings.as_slice() else { panic!("{:?}", timetable.meetings) };
        let request = proto::MoveMeetingRequest {
            meeting_id: other.meeting_id.clone(), version: other.version, slot: one.slot, table: 0,
        };
        world.coordinator().move_meeting(request).await.unwrap();
        let stage = world.stage(&second.stage_id).await;
        assert_eq!(refused(world.imports().undo_import(undo(&stage)).await).1, "CLASH");
        assert_eq!(world.people(&session.session_id).await["E1"].parallel, 2, "nothing went");
    }

    async fn an_import_with_an_erased_person_stays(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let stage = world.committed(&world.staged(&session, &[EMPLOYERS, CANDIDATES, WISHES]).await).await;
        let person = world.people(&session.session_id).await["C0002"].person_id.clone();
        world.erase(&person).await;
        let stage = world.stage(&stage.stage_id).await;
        assert_eq!(named(&stage), ["FORGOTTEN "], "what was typed about them is not kept for an undoing");
        let mut tx = world.db.read().await.unwrap();
        let (traces,): (i64,) = tx.query("SELECT COUNT(*) FROM stages WHERE trace IS NOT NULL").fetch_one().await.unwrap();
        assert_eq!(traces, 0);
    }
}
