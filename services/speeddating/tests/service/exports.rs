//! What is exported can be imported again, and no cell of it runs in a spreadsheet.

use contracts::speeddating::v1 as proto;
use platform::on_each_database;
use speeddating::MIGRATIONS;

use super::world::{World, event, file};

async fn export(world: &World, session: &str, table: proto::Table) -> (String, Vec<u8>) {
    let request = proto::ExportTableRequest {
        session_id: session.to_owned(),
        table: table.into(),
    };
    let reply = world
        .coordinator()
        .export_table(request)
        .await
        .unwrap()
        .into_inner();
    (reply.name, reply.content)
}

on_each_database! { MIGRATIONS,
    async fn an_export_imported_again_changes_nothing(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        world.told().await;
        let before = world.people(&session.session_id).await;
        let mut files = Vec::new();
        for table in [proto::Table::Employers, proto::Table::Candidates, proto::Table::Wishes] {
            let (name, content) = export(&world, &session.session_id, table).await;
            assert!(name.ends_with("-2026-11-25.csv"));
            files.push(file(table, &content));
        }
        let request = world.import(&session, files);
        let reply = world.coordinator().commit_import(request).await.unwrap().into_inner();
        assert_eq!(reply.problems, []);
        assert!(world.people(&session.session_id).await == before, "a registration changed");
        assert_eq!(reply.session.unwrap().wishes, 993);
        assert!(world.told().await.is_empty(), "an import without change told somebody");
        assert_eq!(world.directory.state().people.len(), 204);
    }

    async fn free_text_that_a_spreadsheet_would_run_is_kept_and_defused(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let header = "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\n";
        let text = format!("{header}C1;Ana;Roux;;+33 6 39 98 01 10;;=HYPERLINK(\"x\");;;;@ref\n");
        let files = vec![file(proto::Table::Candidates, text.as_bytes())];
        let request = world.import(&session, files);
        world.coordinator().commit_import(request).await.unwrap();
        let (_, content) = export(&world, &session.session_id, proto::Table::Candidates).await;
        let exported = String::from_utf8(content.clone()).unwrap();
        assert!(exported.contains("'+33 6 39 98 01 10") && exported.contains("'=HYPERLINK") && exported.contains("'@ref"));
        let before = world.people(&session.session_id).await;
        let request = world.import(&session, vec![file(proto::Table::Candidates, &content)]);
        world.coordinator().commit_import(request).await.unwrap();
        assert_eq!(world.people(&session.session_id).await, before);
        let state = world.directory.state();
        let person = state.people.values().next().unwrap();
        assert_eq!(person.access_needs, "=HYPERLINK(\"x\")");
        assert_eq!(person.phone, "+33 6 39 98 01 10");
    }

    async fn a_file_replaces_the_wishes_of_those_it_names_and_keeps_what_was_set_by_hand(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let people = world.people(&session.session_id).await;
        let id = |code: &str| people[code].registration_id.clone();
        let by_hand = proto::Wish {
            candidate_id: id("C0001"), employer_id: id("E015"), rank: 2, must: true, ..proto::Wish::default()
        };
        let request = proto::SetWishRequest { session_id: session.session_id.clone(), wish: Some(by_hand) };
        world.coordinator().set_wish(request).await.unwrap();
        let text = "candidat;employeur;rang;avis_employeur;conseille_par_referent\nC0001;E002;1;oui;oui\n";
        let request = world.import(&session, vec![file(proto::Table::Wishes, text.as_bytes())]);
        world.coordinator().commit_import(request).await.unwrap();
        let request = proto::ListWishesRequest { session_id: session.session_id.clone(), page: None };
        let wishes = world.coordinator().list_wishes(request).await.unwrap().into_inner().wishes;
        let mine: Vec<_> = wishes
            .iter()
            .filter(|wish| wish.candidate_id == id("C0001"))
            .map(|wish| (wish.employer_id.clone(), wish.rank, wish.must))
            .collect();
        assert_eq!(mine.len(), 2);
        assert!(mine.contains(&(id("E002"), 1, false)) && mine.contains(&(id("E015"), 0, true)));
        assert_eq!(wishes.len(), 100, "the others keep theirs");
    }

    async fn of_who_withdrew_an_old_file_brings_nothing_back(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let candidate = world.people(&session.session_id).await["C0001"].clone();
        let request = proto::WithdrawRegistrationRequest {
            registration_id: candidate.registration_id, version: 1, by: "PARTICIPANT".to_owned(),
        };
        world.coordinator().withdraw_registration(request).await.unwrap();
        let withdrawn = world.people(&session.session_id).await["C0001"].clone();
        // As after an erasure: the directory knows nobody of this id any more.
        world.directory.state().people.remove(&candidate.person_id);
        let mut request = world.import(&session, event());
        let text = String::from_utf8(request.files[1].content.clone()).unwrap();
        request.files[1].content = text.replace("referent3@", "autre@").into_bytes();
        let reply = world.coordinator().commit_import(request).await.unwrap().into_inner();
        assert!(reply.problems.iter().any(|problem| problem.key == "C0001" && problem.notice));
        assert_eq!(world.people(&session.session_id).await["C0001"], withdrawn);
        let state = world.directory.state();
        assert!(!state.people.contains_key(&candidate.person_id), "the file brought an erased person back");
        assert!(!state.people.values().any(|person| person.mail == "william.roux.1@example.org"));
    }
}
