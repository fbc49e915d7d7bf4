//! Imports in steps: files kept, columns placed, rows corrected, duplicates decided, all of it brought in once.

use std::collections::BTreeMap;

use contracts::speeddating::v1::{
    self as proto, CellCorrection, StagedText, import_service_client::ImportServiceClient,
};
use platform::on_each_database;
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{CANDIDATES, EMPLOYERS, OWNER, WISHES, World, file, refused};

pub(super) const ERRORS: &[u8] = include_bytes!("../data/candidats-erreurs.csv");

impl World {
    pub(super) async fn staged(&self, session: &proto::Session, files: &[&[u8]]) -> proto::Stage {
        let files = files.iter().map(|content| StagedText {
            table: 0,
            name: "table.csv".to_owned(),
            content: content.to_vec(),
        });
        let request = proto::StageTablesRequest {
            request_id: self.fresh(),
            session_id: session.session_id.clone(),
            stage_id: String::new(),
            files: files.collect(),
        };
        self.imports()
            .stage_tables(request)
            .await
            .unwrap()
            .into_inner()
            .stage
            .unwrap()
    }

    pub(super) async fn checked(&self, stage: &proto::Stage) -> proto::CheckStageResponse {
        let request = proto::CheckStageRequest {
            stage_id: stage.stage_id.clone(),
            ..Default::default()
        };
        self.imports().check_stage(request).await.unwrap().into_inner()
    }

    /// Corrects cells of a row of candidates, by field.
    pub(super) async fn correct(
        &self,
        stage: &proto::Stage,
        line: i32,
        cells: &[(i32, &str, &str)],
    ) -> proto::Stage {
        let cell = |(place, value, seen): &(i32, &str, &str)| CellCorrection {
            place: *place,
            value: (*value).to_owned(),
            seen: (*seen).to_owned(),
        };
        let request = proto::CorrectRowRequest {
            stage_id: stage.stage_id.clone(),
            table: proto::Table::Candidates.into(),
            line,
            cells: cells.iter().map(cell).collect(),
            dropped: Some(false),
        };
        self.imports()
            .correct_row(request)
            .await
            .unwrap()
            .into_inner()
            .stage
            .unwrap()
    }

    pub(super) fn commit(stage: &proto::Stage) -> proto::CommitStageRequest {
        proto::CommitStageRequest {
            stage_id: stage.stage_id.clone(),
            version: stage.version,
            ..Default::default()
        }
    }

    pub(super) async fn committed(&self, stage: &proto::Stage) -> proto::Stage {
        self.imports()
            .commit_stage(Self::commit(stage))
            .await
            .unwrap()
            .into_inner()
            .stage
            .unwrap()
    }
}

/// Each problem of a row: where it stands, and what it says.
fn told(row: &proto::CheckedRow) -> Vec<String> {
    let mut told: Vec<String> = row
        .problems
        .iter()
        .map(|problem| format!("(row): {}", problem.message))
        .collect();
    for cell in &row.cells {
        told.extend(
            cell.problems
                .iter()
                .map(|problem| format!("{} [{}]: {}", cell.field, cell.value, problem.message)),
        );
    }
    told
}

on_each_database! { MIGRATIONS,
    async fn every_problem_of_the_error_file_stands_beside_its_cell(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let stage = world.staged(&session, &[ERRORS]).await;
        assert_eq!(stage.files[0].table(), proto::Table::Candidates, "the table is told from the columns");
        let checked = world.checked(&stage).await;
        let shown: Vec<String> = checked.rows.iter().flat_map(|row| {
            told(row).into_iter().map(move |told| format!("{} {} {told}", row.line, row.key))
        }).collect();
        insta::allow_duplicates! { insta::assert_snapshot!(shown.join("\n"), @r##"
        3 C0002 nom []: est vide
        4 C0003 courriel [rania.roux-at-example.org]: n'est pas une adresse de courriel
        5 C0004 mobile [0612]: a 4 chiffres, il en faut 10 ; aucun autre moyen de contact
        6 C0005 langue [klingon]: n'est pas un code de langue connu (fr, en, ar, …)
        7 C0006 depart [09:00]: n'est pas après l'arrivée, 12:30
        8 C0007 rendez_vous_max [beaucoup]: n'est pas un nombre entier
        9 C0001 candidat [C0001]: même « candidat » qu'à la ligne 2
        10 C0008 (row): la ligne a 4 colonnes au lieu de 11
        14 C0011 prenom [=HYPERLINK("http://example.org")]: commence par =, un tableur l'exécuterait comme une formule
        "##); }
        assert!(checked.rows.iter().all(|row| row.faulty && row.cells.len() == 11), "a row has all its cells");
        let counts = &checked.counts[0];
        assert_eq!((counts.rows, counts.new_rows, counts.faulty_rows, checked.people), (12, 3, 9, 3));
        // Notices are shown when asked for.
        let request = proto::CheckStageRequest { stage_id: stage.stage_id.clone(), notices: true, ..Default::default() };
        let all = world.imports().check_stage(request).await.unwrap().into_inner();
        assert_eq!(all.rows.len(), 11);
    }

    async fn faulty_rows_are_corrected_in_place_and_the_rest_left_aside_as_a_table(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let stage = world.staged(&session, &[ERRORS]).await;
        let refusal = world.imports().commit_stage(World::commit(&stage)).await;
        assert_eq!(refused(refusal), (Code::InvalidArgument, "FAULTY_ROWS".to_owned()));
        world.correct(&stage, 3, &[(2, "Martin", "")]).await;
        world.correct(&stage, 4, &[(3, "rania.roux@example.org", "rania.roux-at-example.org")]).await;
        let stage = world.correct(&stage, 10, &[(4, "06 39 98 01 08", "")]).await;
        let checked = world.checked(&stage).await;
        assert_eq!((checked.people, checked.counts[0].faulty_rows), (6, 6));
        // Whoever saw an older value does not overwrite the newer one.
        let request = proto::CorrectRowRequest {
            stage_id: stage.stage_id.clone(), table: proto::Table::Candidates.into(), line: 3,
            cells: vec![CellCorrection { place: 2, value: "Autre".to_owned(), seen: String::new() }], dropped: Some(false),
        };
        assert_eq!(refused(world.imports().correct_row(request.clone()).await).1, "STALE_VERSION");
        let request = proto::CorrectRowRequest { line: 5, cells: Vec::new(), dropped: Some(true), ..request };
        let stage = world.imports().correct_row(request).await.unwrap().into_inner().stage.unwrap();
        let commit = proto::CommitStageRequest { leave_faulty_rows: true, ..World::commit(&stage) };
        let done = world.imports().commit_stage(commit).await.unwrap().into_inner();
        assert_eq!(done.session.unwrap().candidates, 6);
        let done = done.stage.unwrap();
        assert_eq!((done.done[0].new_rows, done.done[0].faulty_rows, done.done[0].dropped_rows), (6, 5, 1));
        let people = world.people(&session.session_id).await;
        let names: BTreeMap<&str, String> = people.values().map(|person| {
            (person.code.as_str(), world.directory.state().people[&person.person_id].family_name.clone())
        }).collect();
        assert_eq!((names["C0002"].as_str(), names["C0008"].as_str()), ("Martin", "Perrin"));
        // What was left aside is a table again: corrected there, it comes in.
        let request = proto::ExportLeftRowsRequest { stage_id: done.stage_id.clone(), table: proto::Table::Candidates.into() };
        let left = world.imports().export_left_rows(request).await.unwrap().into_inner();
        let text = String::from_utf8(left.content).unwrap();
        assert!(text.contains("C0004;Yanis;Haddad;;0612;") && text.contains("mise de côté"), "{text}");
        assert_eq!(text.lines().count(), 7, "a header and six rows:\n{text}");
        let again = world.staged(&session, &[text.replace("klingon", "fr").as_bytes()]).await;
        let checked = world.checked(&again).await;
        assert_eq!((checked.people, checked.counts[0].new_rows), (2, 1), "the corrected row is new, the doubled one known");
    }

    async fn columns_are_guessed_shown_with_samples_and_set_by_hand(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let text = "Candidat;Prénom;Nom de famille;Adresse;Ville\nC1;Ana;Roux;ana@example.org;Lyon\nC2;Bo;Petit;;Bron\n";
        let stage = world.staged(&session, &[text.as_bytes()]).await;
        let file = &stage.files[0];
        let columns: Vec<_> = file.columns.iter().map(|column| {
            (column.name.as_str(), column.guess.as_str(), column.samples.join(","))
        }).collect();
        assert_eq!(columns, [
            ("Candidat", "candidat", "C1,C2".to_owned()), ("Prénom", "prenom", "Ana,Bo".to_owned()),
            ("Nom de famille", "nom", "Roux,Petit".to_owned()), ("Adresse", "", "ana@example.org".to_owned()),
            ("Ville", "", "Lyon,Bron".to_owned()),
        ]);
        let needed: Vec<_> = file.fields.iter().filter(|field| field.needed).map(|field| field.name.as_str()).collect();
        assert_eq!(needed, ["candidat", "prenom", "nom"]);
        let set = |version, fields: &[&str]| proto::SetColumnsRequest {
            stage_id: stage.stage_id.clone(), version, table: proto::Table::Candidates.into(),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        };
        let twice = world.imports().set_columns(set(stage.version, &["candidat", "nom", "nom", "", ""])).await;
        assert_eq!(refused(twice).0, Code::InvalidArgument);
        let fields = ["candidat", "prenom", "nom", "courriel", ""];
        let set_now = world.imports().set_columns(set(stage.version, &fields)).await.unwrap().into_inner().stage.unwrap();
        assert!(set_now.files[0].columns_set);
        assert_eq!(refused(world.imports().set_columns(set(stage.version, &fields)).await).1, "STALE_VERSION");
        let checked = world.checked(&set_now).await;
        let ignored: Vec<_> = checked.file_problems.iter().map(|problem| problem.column.as_str()).collect();
        assert!(ignored.contains(&"Ville") && ignored.contains(&"mobile"), "{ignored:?}");
        world.committed(&set_now).await;
        let people = world.people(&session.session_id).await;
        assert_eq!(world.directory.state().people[&people["C1"].person_id].mail, "ana@example.org");
        // Without a column that rows need nothing can be read.
        let stage = world.staged(&session, &[b"candidat;nom;courriel\nC9;Roux;\n"]).await;
        let checked = world.checked(&stage).await;
        assert!(checked.file_problems.iter().any(|problem| !problem.notice && problem.column == "prenom"));
        let commit = proto::CommitStageRequest { leave_faulty_rows: true, ..World::commit(&stage) };
        assert_eq!(refused(world.imports().commit_stage(commit).await).1, "FAULTY_ROWS");
    }

    async fn the_three_tables_come_in_once_and_the_same_again_changes_nothing(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let stage = world.staged(&session, &[WISHES, EMPLOYERS, CANDIDATES]).await;
        let checked = world.checked(&stage).await;
        assert_eq!((checked.people, checked.wishes, checked.rows.len()), (204, 993, 0));
        let done = world.committed(&stage).await;
        assert_eq!(done.state(), proto::StageState::Committed);
        let news: Vec<_> = done.done.iter().map(|count| count.new_rows).collect();
        assert_eq!(news, [24, 180, 993]);
        // Pressed again, or by somebody who saw an older page: the first result.
        assert_eq!(world.committed(&stage).await, done);
        let again = world.staged(&session, &[EMPLOYERS, CANDIDATES, WISHES]).await;
        let checked = world.checked(&again).await;
        let same: Vec<_> = checked.counts.iter().map(|count| (count.new_rows, count.changed_rows, count.identical_rows)).collect();
        assert_eq!(same, [(0, 0, 24), (0, 0, 180), (0, 0, 993)]);
        let other = String::from_utf8(CANDIDATES.to_vec()).unwrap().replacen(";10:45;", ";11:00;", 1);
        let checked = world.checked(&world.staged(&session, &[other.as_bytes()]).await).await;
        assert_eq!((checked.counts[0].changed_rows, checked.counts[0].identical_rows), (1, 179));
    }

    async fn two_people_who_commit_at_once_make_one_import(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let stage = world.staged(&session, &[EMPLOYERS, CANDIDATES, WISHES]).await;
        let (mut first, mut second) = (world.imports(), world.imports());
        let (first, second) = tokio::join!(
            first.commit_stage(World::commit(&stage)), second.commit_stage(World::commit(&stage))
        );
        let (first, second) = (first.unwrap().into_inner(), second.unwrap().into_inner());
        assert_eq!(first.stage, second.stage);
        assert_eq!(world.people(&session.session_id).await.len(), 204);
        assert_eq!(world.directory.state().imports.len(), 1, "the directory was asked for one import");
        assert!(world.people(&session.session_id).await.values().all(|person| person.version == 1));
    }

    async fn an_import_is_resumed_after_a_restart(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let stage = world.staged(&session, &[include_bytes!("../data/candidats-windows-1252.csv")]).await;
        let stage = world.correct(&stage, 3, &[(2, "Garcìa", "Garcia")]).await;
        let service = world.restarted();
        let mut client = ImportServiceClient::new(world.speaking(&service, OWNER));
        let get = proto::GetStageRequest { stage_id: stage.stage_id.clone() };
        let found = client.get_stage(get).await.unwrap().into_inner().stage.unwrap();
        assert_eq!(found, stage);
        assert_eq!((found.files[0].encoding.as_str(), found.files[0].corrected), ("Windows-1252", 1));
        client.commit_stage(World::commit(&stage)).await.unwrap();
        let people = world.people(&session.session_id).await;
        let state = world.directory.state();
        let person = &state.people[&people["C0002"].person_id];
        assert_eq!((person.given_name.as_str(), person.family_name.as_str()), ("Raphaël", "Garcìa"));
    }

    async fn a_possible_duplicate_is_shown_with_both_and_decided(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let header = "candidat;prenom;nom;courriel;mobile\n";
        let first = format!("{header}C1;Ana;Roux;famille@example.org;06 39 98 00 01\n");
        world.committed(&world.staged(&session, &[first.as_bytes()]).await).await;
        let ana = world.people(&session.session_id).await["C1"].person_id.clone();
        let other = world.create().await;
        let second = format!("{header}C7;Anna;Roux-Petit;famille@example.org;\nC8;Léo;Petit;famille@example.org;\n");
        let stage = world.staged(&other, &[second.as_bytes()]).await;
        let checked = world.checked(&stage).await;
        assert_eq!(checked.duplicates_undecided, 2);
        let shown = &checked.duplicates[0];
        assert_eq!((shown.key.as_str(), shown.other_person_id.as_str(), shown.fields.join(",")), ("C7", ana.as_str(), "mail".to_owned()));
        assert_eq!((shown.given_name.as_str(), shown.family_name.as_str()), ("Anna", "Roux-Petit"));
        assert_eq!(refused(world.imports().commit_stage(World::commit(&stage)).await).1, "DUPLICATES_UNDECIDED");
        let decide = |key: &str, decision: proto::DuplicateDecision, person: &str| proto::DecideDuplicateRequest {
            stage_id: stage.stage_id.clone(), table: proto::Table::Candidates.into(), key: key.to_owned(),
            decision: decision.into(), person_id: person.to_owned(),
        };
        let stranger = decide("C7", proto::DuplicateDecision::Same, &world.fresh());
        assert_eq!(refused(world.imports().decide_duplicate(stranger).await).0, Code::InvalidArgument);
        world.imports().decide_duplicate(decide("C7", proto::DuplicateDecision::Same, &ana)).await.unwrap();
        let stage = world.imports().decide_duplicate(decide("C8", proto::DuplicateDecision::Other, "")).await
            .unwrap().into_inner().stage.unwrap();
        let checked = world.checked(&stage).await;
        assert_eq!(checked.duplicates_undecided, 0);
        let decisions: Vec<_> = checked.duplicates.iter().map(proto::Duplicate::decision).collect();
        assert_eq!(decisions, [proto::DuplicateDecision::Same, proto::DuplicateDecision::Other]);
        world.committed(&stage).await;
        let people = world.people(&other.session_id).await;
        assert_eq!(people["C7"].person_id, ana);
        assert_ne!(people["C8"].person_id, ana);
        let merged = world.directory.state().people[&ana].clone();
        assert_eq!((merged.family_name.as_str(), merged.phone.as_str()), ("Roux-Petit", "06 39 98 00 01"), "what the row leaves empty stays");
    }

    async fn of_more_duplicates_than_a_reply_holds_those_that_wait_come_first(db: Db) {
        let world = World::new(db);
        let header = "candidat;prenom;nom;courriel\n";
        let first = format!("{header}C1;Ana;Roux;accueil@example.org\n");
        world.committed(&world.staged(&world.create().await, &[first.as_bytes()]).await).await;
        let rows: Vec<String> = (100..301).map(|number| format!("C{number};Bo{number};Petit{number};accueil@example.org")).collect();
        let stage = world.staged(&world.create().await, &[format!("{header}{}\n", rows.join("\n")).as_bytes()]).await;
        let checked = world.checked(&stage).await;
        assert_eq!((checked.duplicates.len(), checked.duplicates_undecided), (200, 201));
        let other = proto::DecideDuplicateRequest {
            stage_id: stage.stage_id.clone(), table: proto::Table::Candidates.into(), key: checked.duplicates[0].key.clone(),
            decision: proto::DuplicateDecision::Other.into(), person_id: String::new(),
        };
        world.imports().decide_duplicate(other).await.unwrap();
        let checked = world.checked(&stage).await;
        assert_eq!((checked.duplicates.len(), checked.duplicates_undecided), (200, 200));
        let waits = |found: &proto::Duplicate| found.decision() == proto::DuplicateDecision::Unspecified;
        assert!(checked.duplicates.iter().all(waits), "one that waits was left out for one that is decided");
    }

    async fn a_decision_goes_with_the_file_that_it_was_made_about(db: Db) {
        let world = World::new(db);
        let header = "candidat;prenom;nom;courriel\n";
        let first = format!("{header}C1;Ana;Roux;famille@example.org\n");
        world.committed(&world.staged(&world.create().await, &[first.as_bytes()]).await).await;
        let session = world.create().await;
        let alike = format!("{header}C7;Anna;Roux-Petit;famille@example.org\n");
        let stage = world.staged(&session, &[alike.as_bytes()]).await;
        let ana = world.checked(&stage).await.duplicates[0].other_person_id.clone();
        let same = proto::DecideDuplicateRequest {
            stage_id: stage.stage_id.clone(), table: proto::Table::Candidates.into(), key: "C7".to_owned(),
            decision: proto::DuplicateDecision::Same.into(), person_id: ana.clone(),
        };
        world.imports().decide_duplicate(same.clone()).await.unwrap();
        let columns = proto::SetColumnsRequest {
            stage_id: stage.stage_id.clone(), version: world.stage(&stage.stage_id).await.version,
            table: proto::Table::Candidates.into(),
            fields: ["candidat", "prenom", "nom", "courriel"].map(str::to_owned).into(),
        };
        world.imports().set_columns(columns).await.unwrap();
        assert_eq!(world.checked(&stage).await.duplicates_undecided, 1, "other columns, other rows");
        world.imports().decide_duplicate(same).await.unwrap();

        let renumbered = format!("{header}C7;Karim;Diallo;karim@example.org\n");
        let again = proto::StageTablesRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(), stage_id: stage.stage_id.clone(),
            files: vec![StagedText { table: 0, name: "table.csv".to_owned(), content: renumbered.into_bytes() }],
        };
        let stage = world.imports().stage_tables(again).await.unwrap().into_inner().stage.unwrap();
        world.committed(&stage).await;
        assert_ne!(world.people(&session.session_id).await["C7"].person_id, ana);
        assert_eq!(world.directory.state().people[&ana].given_name, "Ana");
    }

    async fn who_came_in_since_the_rows_were_looked_at_is_not_taken_for_one_of_them(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let rows = "candidat;prenom;nom;courriel\nC0001;Amina;Diallo;amina@example.org\n";
        let stage = world.staged(&session, &[rows.as_bytes()]).await;
        let preview = proto::PreviewImportRequest {
            session_id: session.session_id.clone(),
            files: vec![file(proto::Table::Candidates, CANDIDATES)],
        };
        let digest = world.coordinator().preview_import(preview).await.unwrap().into_inner().digest;
        let fields = [("prenom", "Karim"), ("nom", "Petit"), ("courriel", "karim@example.org")];
        let request = proto::RegisterRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(),
            entry: Some(proto::Entry {
                side: proto::Side::Candidate.into(),
                fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            }),
            ..Default::default()
        };
        world.entries().register(request).await.unwrap();
        let karim = world.people(&session.session_id).await["C0001"].person_id.clone();
        let stale = (Code::Aborted, "STALE_VERSION".to_owned());
        assert_eq!(refused(world.imports().commit_stage(World::commit(&stage)).await), stale);
        let commit = proto::CommitImportRequest {
            digest, ..world.import(&session, vec![file(proto::Table::Candidates, CANDIDATES)])
        };
        assert_eq!(refused(world.coordinator().commit_import(commit).await), stale);
        assert_eq!(world.directory.state().people[&karim].given_name, "Karim");
        assert_eq!(world.people(&session.session_id).await.len(), 1);
    }

    async fn a_correction_leaves_a_row_aside_that_a_colleague_set_aside(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let rows = "candidat;prenom;nom;courriel\nC1;Ana;Roux;ana@example.org\nC2;Bo;Lee;bo@example.org\n";
        let stage = world.staged(&session, &[rows.as_bytes()]).await;
        let request = proto::CorrectRowRequest {
            stage_id: stage.stage_id.clone(), table: proto::Table::Candidates.into(), line: 2, cells: Vec::new(),
            dropped: Some(true),
        };
        world.imports().correct_row(request.clone()).await.unwrap();
        let cell = CellCorrection { place: 1, value: "Anna".to_owned(), seen: "Ana".to_owned() };
        let request = proto::CorrectRowRequest { cells: vec![cell], dropped: None, ..request };
        let stage = world.imports().correct_row(request).await.unwrap().into_inner().stage.unwrap();
        world.committed(&stage).await;
        assert_eq!(world.people(&session.session_id).await.keys().collect::<Vec<_>>(), ["C2"]);
    }
}
