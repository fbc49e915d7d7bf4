//! Tables in and out.

use contracts::speeddating::v1::{
    CommitImportRequest, CommitImportResponse, ExportTableRequest, ExportTableResponse, PreviewImportRequest,
    PreviewImportResponse,
};
use platform::grpc::actor;
use tonic::{Request, Response};

use super::{
    Reply, keyed,
    parse::{self, id},
    print, refused,
};
use crate::actions::{self, Context, Import};

pub(super) async fn preview(
    context: &Context,
    request: Request<PreviewImportRequest>,
) -> Reply<PreviewImportResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let files = parse::files(&request.files)?;
    let session = id("session_id", &request.session_id)?;
    let tables = actions::preview_import(context, &actor, session, &files)
        .await
        .map_err(refused)?;
    Ok(Response::new(PreviewImportResponse {
        tables: print::summaries(&tables),
        problems: print::problems(&tables.reading),
        digest: tables.digest,
    }))
}

pub(super) async fn commit(
    context: &Context,
    request: Request<CommitImportRequest>,
) -> Reply<CommitImportResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let keyed = keyed("import_id", &request.import_id, request)?;
    let import = Import {
        session: id("session_id", &request.session_id)?,
        files: parse::files(&request.files)?,
        leave_faulty_rows: request.leave_faulty_rows,
        digest: request.digest.clone(),
    };
    let imported = actions::commit_import(context, &actor, keyed, import)
        .await
        .map_err(refused)?;
    Ok(Response::new(CommitImportResponse {
        tables: print::summaries(&imported.tables),
        problems: print::problems(&imported.tables.reading),
        session: Some(print::session(&imported.view)),
    }))
}

pub(super) async fn export(
    context: &Context,
    request: Request<ExportTableRequest>,
) -> Reply<ExportTableResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let session = id("session_id", &request.session_id)?;
    let table = parse::table("table", request.table())?;
    let (name, content) = actions::export_table(context, &actor, session, table)
        .await
        .map_err(refused)?;
    Ok(Response::new(ExportTableResponse { name, content }))
}
