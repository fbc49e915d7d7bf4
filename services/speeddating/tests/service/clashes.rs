//! What the published timetable does not allow is refused before the directory hears of it.

use contracts::speeddating::v1::{self as proto, RowProblem};
use platform::on_each_database;
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{CANDIDATES, World, file, refused};

/// A published session, and of a meeting after its first slot: the candidate and the code of the employer.
async fn meeting(world: &World) -> (proto::Session, proto::Registration, String) {
    let (session, timetable) = world.published().await;
    let people = world.people(&session.session_id).await;
    let meeting = timetable
        .meetings
        .iter()
        .find(|meeting| meeting.slot > 0)
        .unwrap();
    let with = |id: &str| {
        let mut people = people.values();
        people
            .find(|person| person.registration_id == id)
            .unwrap()
            .clone()
    };
    world.told().await;
    let employer = with(&meeting.employer_id).code;
    (session, with(&meeting.candidate_id), employer)
}

/// The candidate's row with another mail, and leaving after the first slot.
fn leaving_early(code: &str) -> Vec<u8> {
    let text = std::str::from_utf8(CANDIDATES).unwrap();
    let header = text.lines().next().unwrap();
    let start = format!("{code};");
    let row = text.lines().find(|line| line.starts_with(&start)).unwrap();
    let mut cells: Vec<&str> = row.split(';').collect();
    (cells[3], cells[7], cells[8]) = ("neuf@example.org", "", "09:15");
    format!("{header}\n{}\n", cells.join(";")).into_bytes()
}

async fn errors(world: &World, session: &proto::Session, files: Vec<proto::ImportFile>) -> Vec<RowProblem> {
    let request = proto::PreviewImportRequest {
        session_id: session.session_id.clone(),
        files,
    };
    let preview = world
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

fn clash() -> (Code, String) {
    (Code::FailedPrecondition, "CLASH".to_owned())
}

on_each_database! { MIGRATIONS,
    async fn an_import_that_the_published_timetable_does_not_allow_changes_nobody_in_the_directory(db: Db) {
        let world = World::new(db);
        let (session, candidate, _) = meeting(&world).await;
        let files = vec![file(proto::Table::Candidates, &leaving_early(&candidate.code))];
        let shown = errors(&world, &session, files.clone()).await;
        assert_eq!(shown.len(), 1, "{shown:?}");
        let shown = (shown[0].line, shown[0].column.as_str(), shown[0].value.as_str(), shown[0].key.as_str());
        assert_eq!(shown, (2, "depart", "09:15", candidate.code.as_str()));
        let before = world.directory.state().people.clone();
        let request = world.import(&session, files);
        assert_eq!(refused(world.coordinator().commit_import(request.clone()).await), clash());
        assert!(world.directory.state().people == before, "a refused import changed the directory");
        // As other faulty rows it can be left aside.
        let aside = proto::CommitImportRequest { import_id: world.fresh(), leave_faulty_rows: true, ..request };
        for _ in 0..2 {
            world.coordinator().commit_import(aside.clone()).await.unwrap();
        }
        assert!(world.directory.state().people == before);
        assert_eq!(world.people(&session.session_id).await[&candidate.code], candidate);
    }

    async fn an_employers_no_to_a_published_meeting_is_a_problem_of_its_row(db: Db) {
        let world = World::new(db);
        let (session, candidate, employer) = meeting(&world).await;
        let code = &candidate.code;
        let text = format!("candidat;employeur;rang;avis_employeur;conseille_par_referent\n{code};{employer};1;non;\n");
        let files = vec![file(proto::Table::Wishes, text.as_bytes())];
        let shown = errors(&world, &session, files.clone()).await;
        assert_eq!(shown.len(), 1, "{shown:?}");
        let shown = (shown[0].line, shown[0].column.as_str(), shown[0].value.as_str(), shown[0].key.clone());
        assert_eq!(shown, (2, "avis_employeur", "non", format!("{code} {employer}")));
        let request = world.import(&session, files);
        assert_eq!(refused(world.coordinator().commit_import(request).await), clash());
    }

    async fn an_import_in_steps_says_so_beside_the_cell_and_changes_nobody(db: Db) {
        let world = World::new(db);
        let (session, candidate, _) = meeting(&world).await;
        let stage = world.staged(&session, &[&leaving_early(&candidate.code)]).await;
        let checked = world.checked(&stage).await;
        let cells: Vec<&str> = checked.rows[0]
            .cells
            .iter()
            .filter(|cell| !cell.problems.is_empty())
            .map(|cell| cell.field.as_str())
            .collect();
        assert_eq!(cells, ["depart"]);
        let before = world.directory.state().people.clone();
        assert_eq!(refused(world.imports().commit_stage(World::commit(&stage)).await), clash());
        assert!(world.directory.state().people == before, "a refused import changed the directory");
    }

    async fn a_form_that_is_refused_has_taken_no_address_away(db: Db) {
        let world = World::new(db);
        let (_, candidate, _) = meeting(&world).await;
        let before = world.directory.state().people.clone();
        let fields = [("prenom", "Autre"), ("nom", "Nom"), ("courriel", ""), ("mobile", ""), ("depart", "09:15")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = proto::EditRegistrationRequest {
            registration_id: candidate.registration_id.clone(),
            version: candidate.version,
            entry: Some(proto::Entry { side: proto::Side::Candidate.into(), fields: fields.into_iter().collect() }),
        };
        assert_eq!(refused(world.entries().edit_registration(request).await), clash());
        assert!(world.directory.state().people == before, "a refused form changed the directory");
        assert!(world.told().await.is_empty());
    }
}
