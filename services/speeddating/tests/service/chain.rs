//! From three spreadsheets to milestones, as a coordinator goes.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{
    common::v1::{MilestoneState, fact::Value},
    speeddating::v1 as proto,
};
use platform::on_each_database;
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{OWNER, World, event, file, nobody_twice, refused};

on_each_database! { MIGRATIONS,
    async fn three_spreadsheets_become_a_published_timetable_and_its_milestones(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        assert_eq!(session.state(), proto::SessionState::Draft);

        let request = proto::PreviewImportRequest { session_id: session.session_id.clone(), files: event() };
        let preview = world.coordinator().preview_import(request).await.unwrap().into_inner();
        let rows: Vec<(i32, i32, i32)> =
            preview.tables.iter().map(|table| (table.rows, table.accepted, table.new_people)).collect();
        assert_eq!(rows, [(24, 24, 24), (180, 180, 180), (993, 993, 0)]);
        assert!(world.people(&session.session_id).await.is_empty(), "a preview changed something");

        let mut request = world.import(&session, event());
        request.digest = preview.digest;
        let imported = world.coordinator().commit_import(request.clone()).await.unwrap().into_inner();
        let session = imported.session.unwrap();
        assert_eq!((session.employers, session.candidates, session.wishes), (24, 180, 993));
        assert_eq!(session.state(), proto::SessionState::RegistrationOpen);

        let asked = world.told().await;
        assert_eq!(asked.len(), 24, "each employer is asked to confirm, candidates hear nothing yet");
        assert!(asked.iter().all(|told| told.kind == "employer_confirmation" && told.revision == 1));
        assert_eq!(asked[0].starts_local, "2026-11-25T09:00:00");
        assert_eq!(asked[0].starts_at.unwrap().seconds, 1_795_593_600, "09:00 in Paris is 08:00 UTC in November");

        let again = world.coordinator().commit_import(request).await.unwrap().into_inner();
        assert_eq!(again.session.unwrap().version, session.version, "the same import did something twice");
        assert!(world.told().await.is_empty());

        let made = world.made(&session).await;
        let people = world.people(&session.session_id).await;
        nobody_twice(&made, &people);
        let quality = made.quality.clone().unwrap();
        assert!(quality.weight <= quality.bound && quality.weight > 0);
        assert_eq!(quality.tables_available, 28);
        assert_eq!(quality.wishes_made.iter().sum::<i32>(), 993);
        assert!(world.told().await.is_empty(), "a dry run told somebody");

        let version = world.session(&session.session_id).await.version;
        let request = proto::PublishRequest { session_id: session.session_id.clone(), version, number: made.number, timetable_version: 0 };
        let published = world.coordinator().publish(request.clone()).await.unwrap().into_inner();
        let told = world.told().await;
        let expected: BTreeSet<&str> = made
            .meetings
            .iter()
            .flat_map(|meeting| [meeting.candidate_id.as_str(), meeting.employer_id.as_str()])
            .collect();
        assert_eq!(told.len(), expected.len());
        assert_eq!(usize::try_from(published.candidates + published.employers).unwrap(), expected.len());
        let stale = world.coordinator().publish(request).await;
        assert_eq!(refused(stale), (Code::Aborted, "STALE_VERSION".to_owned()));
        assert!(world.told().await.is_empty());

        let candidate = &people["C0001"];
        let theirs: Vec<&proto::Meeting> =
            made.meetings.iter().filter(|meeting| meeting.candidate_id == candidate.registration_id).collect();
        let milestone = told
            .iter()
            .find(|told| told.subject == format!("speeddating.participation/{}", candidate.registration_id))
            .unwrap();
        assert_eq!((milestone.kind.as_str(), milestone.state()), ("speed_dating", MilestoneState::Planned));
        assert_eq!(milestone.starts_local, format!("2026-11-25T{}:00", theirs[0].starts));
        assert_eq!(milestone.ends_local, format!("2026-11-25T{}:00", theirs.last().unwrap().ends));
        assert_eq!(milestone.group, format!("speeddating.session/{}", session.session_id));
        assert_eq!(milestone.organisation_id, OWNER.to_string());
        assert_eq!(milestone.parties[0].role, "candidate");
        assert_eq!(milestone.parties[0].person_id, candidate.person_id);
        let facts: BTreeMap<&str, Option<&Value>> =
            milestone.facts.iter().map(|(name, fact)| (name.as_str(), fact.value.as_ref())).collect();
        assert_eq!(facts["meetings_count"], Some(&Value::Number(i64::try_from(theirs.len()).unwrap())));
        let Some(Value::List(list)) = facts["meetings"] else { panic!("no list of meetings") };
        let with = &list.items[0].fields["with"];
        let employer = people.values().find(|row| row.registration_id == theirs[0].employer_id).unwrap();
        assert_eq!(with, &format!("organisation/{}", employer.organisation_id));
        assert_eq!(list.items[0].fields["table"], theirs[0].table.to_string());
        for milestone in &told {
            let kind = &contracts::kinds::all().unwrap()[&milestone.kind];
            for name in milestone.facts.keys() {
                assert!(kind.facts.contains_key(name), "{name} is not declared");
            }
            assert!(milestone.parties.iter().all(|party| kind.roles.contains(&party.role)));
        }
    }

    async fn a_faulty_file_is_refused_whole_unless_its_rows_are_left_aside(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let errors = include_bytes!("../data/candidats-erreurs.csv");
        let files = vec![file(proto::Table::Candidates, errors)];
        let mut request = world.import(&session, files.clone());
        let reply = world.coordinator().commit_import(request.clone()).await;
        assert_eq!(refused(reply), (Code::InvalidArgument, "FAULTY_ROWS".to_owned()));
        assert!(world.people(&session.session_id).await.is_empty());
        assert!(world.directory.state().people.is_empty(), "a refused import reached the directory");

        request.leave_faulty_rows = true;
        request.import_id = world.fresh();
        let reply = world.coordinator().commit_import(request).await.unwrap().into_inner();
        assert_eq!((reply.tables[0].accepted, reply.tables[0].faulty), (3, 9));
        let codes: Vec<String> = world.people(&session.session_id).await.into_keys().collect();
        assert_eq!(codes, ["C0001", "C0009", "C0010"]);
    }

    async fn an_import_that_the_directory_interrupts_goes_on_under_the_same_id(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let request = world.import(&session, event());
        world.directory.state().away = true;
        let reply = world.coordinator().commit_import(request.clone()).await;
        assert_eq!(refused(reply), (Code::Unavailable, "DIRECTORY_AWAY".to_owned()));
        assert!(world.people(&session.session_id).await.is_empty());
        world.directory.state().away = false;
        let session = world.coordinator().commit_import(request).await.unwrap().into_inner().session.unwrap();
        assert_eq!((session.employers, session.candidates), (24, 180));
        assert_eq!(world.directory.state().people.len(), 204);
    }

    async fn what_only_the_directory_refuses_is_named_by_its_row_too(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let header = "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\n";
        let text = format!("{header}C1;Ana;Roux;;06 39 98 00 01;;;;;;\nC2;Bo;Roux;;+999 12 34 56 78;;;;;;\n");
        let files = vec![file(proto::Table::Candidates, text.as_bytes())];
        let request = proto::PreviewImportRequest { session_id: session.session_id.clone(), files: files.clone() };
        let preview = world.coordinator().preview_import(request).await.unwrap().into_inner();
        let error = preview.problems.iter().find(|problem| !problem.notice).unwrap();
        assert_eq!((error.line, error.column.as_str(), error.key.as_str()), (3, "mobile", "C2"));
        assert_eq!(error.value, "+999 12 34 56 78");
        assert!(error.message.starts_with("n'est pas un numéro") && error.cure.starts_with("Corrigez"), "{error:?}");
        assert_eq!((preview.tables[0].accepted, preview.tables[0].faulty), (1, 1));
        let mut request = world.import(&session, files);
        let reply = world.coordinator().commit_import(request.clone()).await;
        assert_eq!(refused(reply), (Code::InvalidArgument, "FAULTY_ROWS".to_owned()));
        assert!(world.people(&session.session_id).await.is_empty());
        assert!(world.directory.state().people.is_empty(), "a refused import reached the directory");
        request.leave_faulty_rows = true;
        let reply = world.coordinator().commit_import(request).await.unwrap().into_inner();
        assert_eq!((reply.tables[0].accepted, reply.tables[0].faulty), (1, 1));
        assert_eq!(reply.problems.iter().filter(|problem| !problem.notice).count(), 1);
        let codes: Vec<String> = world.people(&session.session_id).await.into_keys().collect();
        assert_eq!(codes, ["C1"]);
    }

    async fn an_import_killed_between_the_directory_and_its_own_transaction_goes_on(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let request = world.import(&session, event());
        world.coordinator().commit_import(request.clone()).await.unwrap();
        let known = world.directory.state().people.len();
        // As if the transaction had never been committed: the directory has the people, this service has nothing.
        let mut tx = world.db.begin().await.unwrap();
        for statement in [
            "DELETE FROM outbox",
            "DELETE FROM milestones",
            "DELETE FROM wishes",
            "DELETE FROM registrations",
            "UPDATE sessions SET version = 1, inputs = 0, state = 'draft'",
        ] {
            tx.query(statement).execute().await.unwrap();
        }
        let import: uuid::Uuid = request.import_id.parse().unwrap();
        assert_eq!(tx.query("DELETE FROM requests WHERE key = $1").bind(import).execute().await.unwrap(), 1);
        tx.commit().await.unwrap();
        let session = world.coordinator().commit_import(request).await.unwrap().into_inner().session.unwrap();
        assert_eq!((session.employers, session.candidates, session.wishes), (24, 180, 993));
        assert_eq!(world.directory.state().people.len(), known, "people were made twice");
        assert_eq!(world.told().await.len(), 24);
    }
}
