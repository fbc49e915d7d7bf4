//! Who may touch an import, how large it may be, how long it is kept, and what is no table.

use contracts::speeddating::v1::{self as proto, StagedText, import_service_client::ImportServiceClient};
use jiff::SignedDuration;
use platform::{auth::Role, on_each_database};
use speeddating::MIGRATIONS;
use tonic::{Code, Status};

use super::{
    staging::ERRORS,
    world::{CANDIDATES, OTHER, World, refused},
};

async fn stage(world: &World, session: &proto::Session, files: Vec<Vec<u8>>) -> Result<proto::Stage, Status> {
    let files = files.into_iter().map(|content| StagedText {
        table: 0,
        name: "t.csv".to_owned(),
        content,
    });
    let request = proto::StageTablesRequest {
        request_id: world.fresh(),
        session_id: session.session_id.clone(),
        stage_id: String::new(),
        files: files.collect(),
    };
    Ok(world
        .imports()
        .stage_tables(request)
        .await?
        .into_inner()
        .stage
        .unwrap())
}

on_each_database! { MIGRATIONS,
    async fn another_organisation_finds_no_import_and_smaller_roles_may_not(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let kept = world.staged(&session, &[ERRORS]).await;
        let id = kept.stage_id.clone();
        let mut other = ImportServiceClient::new(world.speaking(&world.service, OTHER));
        let unknown = |refusal: (Code, String)| assert_eq!(refusal, (Code::NotFound, "NOT_FOUND".to_owned()));
        let request = proto::StageTablesRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(), stage_id: String::new(),
            files: vec![StagedText { table: 0, name: String::new(), content: CANDIDATES.to_vec() }],
        };
        unknown(refused(other.stage_tables(request).await));
        unknown(refused(other.get_stage(proto::GetStageRequest { stage_id: id.clone() }).await));
        unknown(refused(other.list_stages(proto::ListStagesRequest { session_id: session.session_id.clone() }).await));
        let request = proto::CheckStageRequest { stage_id: id.clone(), ..Default::default() };
        unknown(refused(other.check_stage(request).await));
        let request = proto::SetColumnsRequest {
            stage_id: id.clone(), version: 1, table: proto::Table::Candidates.into(), fields: Vec::new(),
        };
        unknown(refused(other.set_columns(request).await));
        let request = proto::CorrectRowRequest {
            stage_id: id.clone(), table: proto::Table::Candidates.into(), line: 3, cells: Vec::new(), dropped: Some(true),
        };
        unknown(refused(other.correct_row(request).await));
        let request = proto::DecideDuplicateRequest {
            stage_id: id.clone(), table: proto::Table::Candidates.into(), key: "C1".to_owned(), ..Default::default()
        };
        unknown(refused(other.decide_duplicate(request).await));
        unknown(refused(other.commit_stage(World::commit(&kept)).await));
        let request = proto::ExportLeftRowsRequest { stage_id: id.clone(), table: proto::Table::Candidates.into() };
        unknown(refused(other.export_left_rows(request).await));
        unknown(refused(other.undo_import(proto::UndoImportRequest { stage_id: id.clone(), version: 1 }).await));
        unknown(refused(other.discard_stage(proto::DiscardStageRequest { stage_id: id.clone() }).await));
        let still = proto::GetStageRequest { stage_id: id };
        assert_eq!(world.imports().get_stage(still.clone()).await.unwrap().into_inner().stage.unwrap(), kept);
        for role in [Role::Auditor, Role::Referent, Role::Facilitator, Role::Partner] {
            let actor = platform::auth::Actor {
                subject: "x".to_owned(), role, scope: platform::auth::Scope::All,
            };
            let transport = world.ground.transport(world.service.routes(), actor);
            let reply = ImportServiceClient::new(transport).get_stage(still.clone()).await;
            assert_eq!(refused(reply).0, Code::PermissionDenied);
        }
    }

    async fn what_is_no_table_is_refused_with_its_place_and_a_cure(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        for (content, told) in [
            (b"PK\x03\x04workbook".to_vec(), "classeur"), (b"\xFF\xFEa\0".to_vec(), "UTF-16"),
            (b"a\0b".to_vec(), "pas du texte"), (Vec::new(), "vide"), (vec![b'x'; 10 * 1024 * 1024 + 1], "10 Mo"),
            (b"un;deux\n1;2\n".to_vec(), "choisissez-la"),
        ] {
            let status = stage(&world, &session, vec![content]).await.unwrap_err();
            assert_eq!(status.code(), Code::InvalidArgument);
            let violation = platform::error::violations(&status).remove(0);
            assert!(violation.field.starts_with("files[0].") && violation.message.contains(told), "{violation:?}");
        }
        let status = stage(&world, &session, vec![vec![b'x'; 50 * 1024 * 1024]]).await.unwrap_err();
        assert_eq!(status.code(), Code::OutOfRange, "refused before it is read");
        let twice = stage(&world, &session, vec![CANDIDATES.to_vec(), ERRORS.to_vec()]).await.unwrap_err();
        assert_eq!(platform::error::violations(&twice)[0].field, "files[1].table");
        let listed = proto::ListStagesRequest { session_id: session.session_id.clone() };
        assert!(world.imports().list_stages(listed).await.unwrap().into_inner().stages.is_empty(), "nothing was kept");
    }

    async fn files_are_forgotten_after_a_week_and_imports_under_way_are_bounded(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        for _ in 0..20 {
            world.staged(&session, &[ERRORS]).await;
        }
        let refusal = stage(&world, &session, vec![ERRORS.to_vec()]).await;
        assert_eq!(refused(refusal).0, Code::FailedPrecondition);
        let listed = proto::ListStagesRequest { session_id: session.session_id.clone() };
        let stages = world.imports().list_stages(listed.clone()).await.unwrap().into_inner().stages;
        let discard = proto::DiscardStageRequest { stage_id: stages[0].stage_id.clone() };
        world.imports().discard_stage(discard).await.unwrap();
        stage(&world, &session, vec![ERRORS.to_vec()]).await.unwrap();
        world.ground.ground.clock.advance(SignedDuration::from_hours(7 * 24 + 1));
        assert!(world.imports().list_stages(listed).await.unwrap().into_inner().stages.is_empty());
        let get = proto::GetStageRequest { stage_id: stages[1].stage_id.clone() };
        assert_eq!(refused(world.imports().get_stage(get).await).0, Code::NotFound);
        // The next one sweeps.
        stage(&world, &session, vec![ERRORS.to_vec()]).await.unwrap();
        let mut tx = world.db.read().await.unwrap();
        let (files,): (i64,) = tx.query("SELECT COUNT(*) FROM stage_files").fetch_one().await.unwrap();
        assert_eq!(files, 1);
    }
}
