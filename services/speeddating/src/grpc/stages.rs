//! Imports in steps.

use contracts::speeddating::v1::{
    CheckStageRequest, CheckStageResponse, CommitStageRequest, CommitStageResponse, CorrectRowRequest,
    CorrectRowResponse, DecideDuplicateRequest, DecideDuplicateResponse, DiscardStageRequest,
    DiscardStageResponse, DuplicateDecision, ExportLeftRowsRequest, ExportLeftRowsResponse, GetStageRequest,
    GetStageResponse, ListStagesRequest, ListStagesResponse, SetColumnsRequest, SetColumnsResponse,
    StageTablesRequest, StageTablesResponse, Table as ProtoTable, UndoImportRequest, UndoImportResponse,
    import_service_server::ImportService,
};
use platform::{error::Failure, grpc::actor, page::Page};
use tonic::{Request, Response, async_trait};

use super::{
    Grpc, Reply, keyed,
    parse::{self, id, text},
    print, refused,
};
use crate::{
    actions::{self, Choice, Commit, Decision, RowChange, Upload},
    import::Table,
};

/// Faulty rows of a page when the request does not say.
const ROWS: i32 = 50;
/// Files of one import.
const FILES_MOST: usize = 3;

#[async_trait]
impl ImportService for Grpc {
    async fn stage_tables(&self, request: Request<StageTablesRequest>) -> Reply<StageTablesResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let keyed = keyed("request_id", &request.request_id, &request)?;
        let session = id("session_id", &request.session_id)?;
        let stage = parse::optional_id("stage_id", &request.stage_id)?;
        if request.files.is_empty() || request.files.len() > FILES_MOST {
            return Err(Failure::field("files", "donnez d'un à trois fichiers").into());
        }
        let upload = |(place, file): (usize, contracts::speeddating::v1::StagedText)| {
            Ok(Upload {
                table: any_table(file.table()),
                name: text(&format!("files[{place}].name"), &file.name, 200)?,
                content: file.content,
            })
        };
        let uploads = request.files.into_iter().enumerate().map(upload);
        let uploads = uploads.collect::<Result<_, Failure>>()?;
        let view = actions::stage_tables(&self.0, &actor, keyed, session, stage, uploads)
            .await
            .map_err(refused)?;
        let stage = Some(print::stage(&view));
        Ok(Response::new(StageTablesResponse { stage }))
    }

    async fn get_stage(&self, request: Request<GetStageRequest>) -> Reply<GetStageResponse> {
        let actor = actor(&request)?;
        let stage = id("stage_id", &request.get_ref().stage_id)?;
        let view = actions::get_stage(&self.0, &actor, stage)
            .await
            .map_err(refused)?;
        let stage = Some(print::stage(&view));
        Ok(Response::new(GetStageResponse { stage }))
    }

    async fn list_stages(&self, request: Request<ListStagesRequest>) -> Reply<ListStagesResponse> {
        let actor = actor(&request)?;
        let session = id("session_id", &request.get_ref().session_id)?;
        let views = actions::list_stages(&self.0, &actor, session)
            .await
            .map_err(refused)?;
        let stages = views.iter().map(print::stage).collect();
        Ok(Response::new(ListStagesResponse { stages }))
    }

    async fn set_columns(&self, request: Request<SetColumnsRequest>) -> Reply<SetColumnsResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let stage = id("stage_id", &request.stage_id)?;
        let table = parse::table("table", request.table())?;
        let view = actions::set_columns(&self.0, &actor, stage, request.version, table, &request.fields)
            .await
            .map_err(refused)?;
        let stage = Some(print::stage(&view));
        Ok(Response::new(SetColumnsResponse { stage }))
    }

    async fn check_stage(&self, request: Request<CheckStageRequest>) -> Reply<CheckStageResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let stage = id("stage_id", &request.stage_id)?;
        let mut asked = request.page.clone().unwrap_or_default();
        if asked.size == 0 {
            asked.size = ROWS;
        }
        let page = Page::parse(Some(&asked))?;
        let choice = Choice {
            table: any_table(request.table()),
            notices: request.notices,
            line: match request.line {
                0 => None,
                line => Some(line_of(line)?),
            },
        };
        let checked = actions::check_stage(&self.0, &actor, stage, choice, &page)
            .await
            .map_err(refused)?;
        Ok(Response::new(print::checked(checked, &page)))
    }

    async fn correct_row(&self, request: Request<CorrectRowRequest>) -> Reply<CorrectRowResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let stage = id("stage_id", &request.stage_id)?;
        let (table, line) = (parse::table("table", request.table())?, line_of(request.line)?);
        let cell = |cell: contracts::speeddating::v1::CellCorrection| {
            let place = usize::try_from(cell.place)
                .map_err(|_| Failure::field("cells.place", "must be 0 or more"))?;
            Ok((place, cell.value, cell.seen))
        };
        let change = RowChange {
            cells: request
                .cells
                .into_iter()
                .map(cell)
                .collect::<Result<_, Failure>>()?,
            dropped: request.dropped,
        };
        let view = actions::correct_row(&self.0, &actor, stage, table, line, change)
            .await
            .map_err(refused)?;
        let stage = Some(print::stage(&view));
        Ok(Response::new(CorrectRowResponse { stage }))
    }

    async fn decide_duplicate(
        &self,
        request: Request<DecideDuplicateRequest>,
    ) -> Reply<DecideDuplicateResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let stage = id("stage_id", &request.stage_id)?;
        let table = parse::table("table", request.table())?;
        let decision = match request.decision() {
            DuplicateDecision::Unspecified => None,
            DuplicateDecision::Same => Some(Decision::Same(id("person_id", &request.person_id)?)),
            DuplicateDecision::Other => Some(Decision::Other),
        };
        let view = actions::decide_duplicate(&self.0, &actor, stage, table, &request.key, decision)
            .await
            .map_err(refused)?;
        let stage = Some(print::stage(&view));
        Ok(Response::new(DecideDuplicateResponse { stage }))
    }

    async fn commit_stage(&self, request: Request<CommitStageRequest>) -> Reply<CommitStageResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let stage = id("stage_id", &request.stage_id)?;
        let commit = Commit {
            version: request.version,
            leave_faulty_rows: request.leave_faulty_rows,
            undecided_apart: request.undecided_apart,
        };
        let (view, session) = actions::commit_stage(&self.0, &actor, stage, commit)
            .await
            .map_err(refused)?;
        Ok(Response::new(CommitStageResponse {
            stage: Some(print::stage(&view)),
            session: Some(print::session(&session)),
        }))
    }

    async fn export_left_rows(
        &self,
        request: Request<ExportLeftRowsRequest>,
    ) -> Reply<ExportLeftRowsResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let stage = id("stage_id", &request.stage_id)?;
        let table = parse::table("table", request.table())?;
        let (name, content) = actions::export_left_rows(&self.0, &actor, stage, table)
            .await
            .map_err(refused)?;
        Ok(Response::new(ExportLeftRowsResponse { name, content }))
    }

    async fn undo_import(&self, request: Request<UndoImportRequest>) -> Reply<UndoImportResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let stage = id("stage_id", &request.stage_id)?;
        let undone = actions::undo_import(&self.0, &actor, stage, request.version)
            .await
            .map_err(refused)?;
        Ok(Response::new(UndoImportResponse {
            stage: Some(print::stage(&undone.view)),
            registrations_removed: print::count(undone.removed),
            registrations_restored: print::count(undone.restored),
            wishes_restored: print::count(undone.wishes),
            people_forgotten: 0,
        }))
    }

    async fn discard_stage(&self, request: Request<DiscardStageRequest>) -> Reply<DiscardStageResponse> {
        let actor = actor(&request)?;
        let stage = id("stage_id", &request.get_ref().stage_id)?;
        actions::discard_stage(&self.0, &actor, stage)
            .await
            .map_err(refused)?;
        Ok(Response::new(DiscardStageResponse {}))
    }
}

fn any_table(table: ProtoTable) -> Option<Table> {
    parse::table("table", table).ok()
}

fn line_of(line: i32) -> Result<u32, Failure> {
    u32::try_from(line)
        .ok()
        .filter(|line| *line > 0)
        .ok_or_else(|| Failure::field("line", "must be a line of the file"))
}
