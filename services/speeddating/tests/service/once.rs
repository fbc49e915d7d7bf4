//! One person takes part in a session once, and one row that cannot be taken stops no other.

use contracts::speeddating::v1 as proto;
use futures::future::join;
use platform::on_each_database;
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{World, file, refused};

const EMPLOYERS: &str = "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\nE1;Ateliers;;;1;Eva Roux;eva@example.org;;;;\n";
const CANDIDATES: &str =
    "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\n";
const WISHES: &str = "candidat;employeur;rang;avis_employeur;conseille_par_referent\n";

fn candidates(rows: &str) -> Vec<proto::ImportFile> {
    vec![file(
        proto::Table::Candidates,
        format!("{CANDIDATES}{rows}").as_bytes(),
    )]
}

fn with_wishes(rows: &str, wishes: &str) -> Vec<proto::ImportFile> {
    let mut files = candidates(rows);
    files.push(file(proto::Table::Employers, EMPLOYERS.as_bytes()));
    files.push(file(proto::Table::Wishes, format!("{WISHES}{wishes}").as_bytes()));
    files
}

impl World {
    async fn errors(
        &self,
        session: &proto::Session,
        files: Vec<proto::ImportFile>,
    ) -> Vec<proto::RowProblem> {
        let request = proto::PreviewImportRequest {
            session_id: session.session_id.clone(),
            files,
        };
        let preview = self
            .coordinator()
            .preview_import(request)
            .await
            .unwrap()
            .into_inner();
        preview
            .problems
            .into_iter()
            .filter(|problem| !problem.notice)
            .collect()
    }

    async fn codes(&self, session: &proto::Session) -> Vec<String> {
        self.people(&session.session_id).await.into_keys().collect()
    }
}

on_each_database! { MIGRATIONS,
    async fn one_person_on_two_rows_is_refused_and_can_be_left_aside_with_their_wishes(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let rows = "C1;Ana;Roux;ana@example.org;;;;;;;\nC2;ANA;Roux;Ana@Example.org;;;;;;;\nC3;Bo;Roux;bo@example.org;;;;;;;\n";
        let files = with_wishes(rows, "C1;E1;1;;\nC2;E1;1;;\nC3;E1;1;;\n");
        let errors = world.errors(&session, files.clone()).await;
        let told: Vec<_> = errors.iter().map(|error| (error.line, error.column.as_str(), error.value.as_str())).collect();
        assert_eq!(told, [(3, "courriel", "Ana@Example.org"), (3, "candidat", "C2")]);
        assert!(errors[0].message.contains("C1, à la ligne 2") && !errors[0].cure.is_empty(), "{:?}", errors[0]);
        let mut request = world.import(&session, files);
        let reply = world.coordinator().commit_import(request.clone()).await;
        assert_eq!(refused(reply), (Code::InvalidArgument, "FAULTY_ROWS".to_owned()));
        request.leave_faulty_rows = true;
        let session = world.coordinator().commit_import(request).await.unwrap().into_inner().session.unwrap();
        assert_eq!((session.candidates, session.wishes), (2, 2));
    }

    async fn a_registered_person_gets_no_second_code_until_they_withdraw(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let first = candidates("C1;Ana;Roux;ana@example.org;;;;;;;\n");
        world.coordinator().commit_import(world.import(&session, first)).await.unwrap();
        let second = candidates("C9;Ana;Roux;ana@example.org;;;;;;;\n");
        let errors = world.errors(&session, second.clone()).await;
        assert_eq!((errors.len(), errors[0].line, errors[0].value.as_str()), (1, 2, "ana@example.org"));
        assert!(errors[0].message.contains("C1, déjà inscrit"), "{}", errors[0].message);
        let reply = world.coordinator().commit_import(world.import(&session, second.clone())).await;
        assert_eq!(refused(reply), (Code::InvalidArgument, "FAULTY_ROWS".to_owned()));
        assert_eq!(world.codes(&session).await, ["C1"]);

        let ana = world.people(&session.session_id).await["C1"].clone();
        let request = proto::WithdrawRegistrationRequest {
            registration_id: ana.registration_id, version: ana.version, by: "PARTICIPANT".to_owned(),
        };
        world.coordinator().withdraw_registration(request).await.unwrap();
        assert!(world.errors(&session, second.clone()).await.is_empty(), "who came back was refused");
        world.coordinator().commit_import(world.import(&session, second)).await.unwrap();
        assert_eq!(world.codes(&session).await, ["C1", "C9"]);
    }

    async fn one_person_whom_only_the_directory_recognises_is_refused_by_the_commit(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        // This directory goes by mail and surname: two given names are one person to it, not to the table's reader.
        let files = candidates("C1;Ana;Roux;ana@example.org;;;;;;;\nC2;Anna;Roux;ana@example.org;;;;;;;\nC3;Bo;Lee;b@example.org;;;;;;;\n");
        let mut request = world.import(&session, files);
        let reply = world.coordinator().commit_import(request.clone()).await;
        assert_eq!(refused(reply), (Code::InvalidArgument, "FAULTY_ROWS".to_owned()));
        assert!(world.codes(&session).await.is_empty());
        request.import_id = world.fresh();
        request.leave_faulty_rows = true;
        let reply = world.coordinator().commit_import(request).await.unwrap().into_inner();
        let error = reply.problems.iter().find(|problem| !problem.notice).unwrap();
        assert_eq!((error.line, error.column.as_str(), error.value.as_str()), (3, "courriel", "ana@example.org"));
        assert_eq!(world.codes(&session).await, ["C1", "C3"]);
    }

    async fn of_two_imports_at_once_that_register_one_person_one_is_refused(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        for round in 0..4 {
            let import = |code: &str| {
                let row = format!("{code}{round};Ana;Roux{round};ana@example.org;;;;;;;\n");
                let request = world.import(&session, candidates(&row));
                let mut client = world.coordinator();
                async move { client.commit_import(request).await }
            };
            let (one, other) = join(import("A"), import("B")).await;
            assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
            let status = one.err().or(other.err()).unwrap();
            assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        }
        assert_eq!(world.codes(&session).await.len(), 4);
    }

    async fn the_row_of_an_erased_person_stops_no_other(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let first = candidates("C1;Ana;Roux;ana@example.org;;;;;;;\n");
        world.coordinator().commit_import(world.import(&session, first)).await.unwrap();
        let ana = world.people(&session.session_id).await["C1"].person_id.clone();
        // The directory has erased them; the event has not arrived yet.
        world.directory.state().erased.insert(ana);
        let files = candidates("C1;Ana;Roux;ana@example.org;;;;;;;\nC2;Bo;Lee;bo@example.org;;;;;;;\n");
        let errors = world.errors(&session, files.clone()).await;
        assert_eq!((errors.len(), errors[0].line, errors[0].column.as_str(), errors[0].value.as_str()), (1, 2, "candidat", "C1"));
        assert!(errors[0].message.contains("effacée") && errors[0].cure.starts_with("Supprimez"), "{:?}", errors[0]);
        let mut request = world.import(&session, files);
        let reply = world.coordinator().commit_import(request.clone()).await;
        assert_eq!(refused(reply), (Code::InvalidArgument, "FAULTY_ROWS".to_owned()));
        request.leave_faulty_rows = true;
        world.coordinator().commit_import(request).await.unwrap();
        assert_eq!(world.codes(&session).await, ["C1", "C2"]);
    }

    async fn a_retried_import_sends_the_directory_the_same_people_whatever_happened_meanwhile(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let row = "C1;Ana;Roux;ana@example.org;;;;;;;\n";
        let mut request = world.import(&session, candidates(&format!("{row}C2;Bo;Lee;;+999 12 34 56 78;;;;;;\n")));
        request.leave_faulty_rows = true;
        world.directory.state().lose_reply = true;
        let reply = world.coordinator().commit_import(request.clone()).await;
        assert_eq!(refused(reply), (Code::Unavailable, "DIRECTORY_AWAY".to_owned()));
        // Meanwhile C1 is registered by another file: a batch made anew would name the person.
        world.coordinator().commit_import(world.import(&session, candidates(row))).await.unwrap();
        // The directory in this test refuses the same id with other people.
        let reply = world.coordinator().commit_import(request.clone()).await.unwrap().into_inner();
        assert_eq!((reply.tables[0].accepted, reply.tables[0].faulty), (1, 1));
        assert_eq!(world.codes(&session).await, ["C1"]);
        assert_eq!(world.directory.state().imports.len(), 2);
        let mut tx = world.db.read().await.unwrap();
        let (kept,): (i64,) = tx.query("SELECT COUNT(*) FROM imports").fetch_one().await.unwrap();
        assert_eq!(kept, 0, "the decision of a written import was kept");
    }
}
