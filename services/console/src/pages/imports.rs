//! People in, by table: four addresses that can be left and resumed, then undone as long as nothing rests on it.

mod check;
mod columns;
mod commit;
mod duplicates;
mod files;
mod undo;

use axum::{Router, routing::get, routing::post};
use contracts::speeddating::v1::{
    GetStageRequest, Stage, StageState, Table, import_service_client::ImportServiceClient,
};
use platform::{error::violations, grpc::Transport};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::{Clients, Console, error::Error, forms::Form, texts::Language, view::View};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/seances/{session}/imports", get(files::list))
        .route(
            "/seances/{session}/imports/nouveau",
            get(files::begin).post(files::keep_first),
        )
        .route(
            "/seances/{session}/imports/{stage}",
            get(files::show).post(files::keep),
        )
        .route(
            "/seances/{session}/imports/{stage}/abandonner",
            get(undo::ask_discard).post(undo::discard),
        )
        .route(
            "/seances/{session}/imports/{stage}/colonnes",
            get(columns::show).post(columns::set),
        )
        .route(
            "/seances/{session}/imports/{stage}/verification",
            get(check::show).post(check::correct),
        )
        .route(
            "/seances/{session}/imports/{stage}/doublons",
            post(duplicates::decide),
        )
        .route(
            "/seances/{session}/imports/{stage}/importer",
            get(commit::ask).post(commit::commit),
        )
        .route(
            "/seances/{session}/imports/{stage}/lignes/{table}",
            get(commit::left),
        )
        .route(
            "/seances/{session}/imports/{stage}/annuler",
            get(undo::ask).post(undo::undo),
        )
        .route("/seances/{session}/exports/{table}", get(commit::export))
}

/// Where one is among the four steps. `imports/steps.html` shows it.
pub(super) struct Steps {
    /// fichier, colonnes, verification or importer.
    pub(super) current: &'static str,
    /// The address of the import; empty before there is one.
    pub(super) base: String,
}

/// How a table is called.
pub(super) struct Named {
    /// Within addresses and fields.
    pub(super) slug: &'static str,
    /// The key of its word.
    pub(super) word: &'static str,
}

impl Clients {
    pub(super) fn imports(&self) -> ImportServiceClient<Transport> {
        ImportServiceClient::new(self.speeddating.clone()).max_decoding_message_size(32 << 20)
    }

    /// An import of that session.
    async fn stage(&self, session: Uuid, stage: Uuid) -> Result<Stage, Error> {
        let request = GetStageRequest {
            stage_id: stage.to_string(),
        };
        let reply = self.imports().get_stage(request).await?.into_inner();
        let stage = reply.stage.ok_or(Error::NotFound)?;
        if stage.session_id == session.to_string() {
            Ok(stage)
        } else {
            Err(Error::NotFound)
        }
    }
}

/// The address of an import.
fn base(session: Uuid, stage: &str) -> String {
    format!("/seances/{session}/imports/{stage}")
}

/// An import that can still be corrected.
fn open(stage: &Stage) -> bool {
    stage.state() == StageState::Open
}

pub(super) fn named(table: Table) -> Named {
    let (slug, word) = match table {
        Table::Employers => ("employeurs", "imports-table-employers"),
        Table::Candidates => ("candidats", "imports-table-candidates"),
        Table::Wishes | Table::Unspecified => ("voeux", "imports-table-wishes"),
    };
    Named { slug, word }
}

fn table(slug: &str) -> Option<Table> {
    [Table::Employers, Table::Candidates, Table::Wishes]
        .into_iter()
        .find(|table| named(*table).slug == slug.trim_end_matches(".csv"))
}

/// Puts what the service says of a request in its own words, which are for those who read tables; anything else comes
/// back as the error that it is.
pub(super) fn blame(
    form: &mut Form,
    status: Status,
    t: &View,
    field: impl Fn(&str) -> String,
) -> Result<(), Error> {
    let found = violations(&status);
    if status.code() == Code::InvalidArgument && !found.is_empty() {
        for violation in found {
            let words = match t.texts().of(&violation.message, &violation.english) {
                // What has no English words is about the request, not about what was typed.
                french if french == violation.message && t.texts().0 == Language::English => {
                    t.with("form-refused-field", "field", &violation.field).into()
                }
                words => words.to_owned(),
            };
            form.blame(&field(&violation.field), words);
        }
        return Ok(());
    }
    form.refused(status, t.texts(), &[])
}
