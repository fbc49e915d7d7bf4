//! Imports and people typed by hand, from made up data.

use contracts::{
    directory::v1::Person,
    speeddating::v1::{
        self as proto, import_service_server::ImportService, registration_service_server::RegistrationService,
    },
};
use tonic::{Request, Response, Status};

use super::{Data, World, fakes::service, sample::small};

type Reply<T> = Result<Response<T>, Status>;

/// As the service: more are not given in one answer.
const DUPLICATES_MOST: usize = 200;

fn stage(data: &mut Data) -> Result<&mut proto::Stage, Status> {
    data.stage
        .as_mut()
        .ok_or_else(|| Status::not_found("no such import"))
}

fn registration<'d>(data: &'d mut Data, id: &str) -> Result<&'d mut proto::Registration, Status> {
    let mut all = data.registrations.iter_mut();
    all.find(|known| known.registration_id == id)
        .ok_or_else(|| Status::not_found("nobody"))
}

/// Refuses what was read before somebody else changed it.
pub(super) fn current(standing: i64, seen: i64) -> Result<i64, Status> {
    if standing == seen {
        Ok(standing + 1)
    } else {
        Err(Status::aborted("changed meanwhile"))
    }
}

service! { ImportService, without {
        stage_tables(proto::StageTablesRequest) -> proto::StageTablesResponse;
        list_stages(proto::ListStagesRequest) -> proto::ListStagesResponse;
        correct_row(proto::CorrectRowRequest) -> proto::CorrectRowResponse;
        commit_stage(proto::CommitStageRequest) -> proto::CommitStageResponse;
        export_left_rows(proto::ExportLeftRowsRequest) -> proto::ExportLeftRowsResponse;
        undo_import(proto::UndoImportRequest) -> proto::UndoImportResponse;
        discard_stage(proto::DiscardStageRequest) -> proto::DiscardStageResponse;
    }

    async fn get_stage(&self, _: Request<proto::GetStageRequest>) -> Reply<proto::GetStageResponse> {
        self.act("GetStage", |data| Ok(proto::GetStageResponse { stage: Some(stage(data)?.clone()) }))
    }

    async fn set_columns(&self, request: Request<proto::SetColumnsRequest>) -> Reply<proto::SetColumnsResponse> {
        let request = request.into_inner();
        self.act("SetColumns", |data| {
            let stage = stage(data)?;
            stage.version = current(stage.version, request.version)?;
            for file in stage.files.iter_mut().filter(|file| file.table == request.table) {
                for (column, field) in file.columns.iter_mut().zip(&request.fields) {
                    column.field.clone_from(field);
                }
            }
            Ok(proto::SetColumnsResponse { stage: Some(stage.clone()) })
        })
    }

    async fn check_stage(&self, _: Request<proto::CheckStageRequest>) -> Reply<proto::CheckStageResponse> {
        self.act("CheckStage", |data| {
            let stage = stage(data)?.clone();
            let open = |found: &&proto::Duplicate| found.decision() == proto::DuplicateDecision::Unspecified;
            let mut found: Vec<&proto::Duplicate> = data.duplicates.iter().collect();
            found.sort_by_key(|found| !open(found));
            Ok(proto::CheckStageResponse {
                stage: Some(stage),
                table: proto::Table::Candidates.into(),
                duplicates: found.into_iter().take(DUPLICATES_MOST).cloned().collect(),
                duplicates_undecided: small(data.duplicates.iter().filter(open).count()),
                ..proto::CheckStageResponse::default()
            })
        })
    }

    async fn decide_duplicate(&self, request: Request<proto::DecideDuplicateRequest>) -> Reply<proto::DecideDuplicateResponse> {
        let request = request.into_inner();
        self.act("DecideDuplicate", |data| {
            for found in data.duplicates.iter_mut().filter(|found| found.key == request.key) {
                found.decision = request.decision;
            }
            Ok(proto::DecideDuplicateResponse::default())
        })
    }
}

service! { RegistrationService, without {}

    async fn register(&self, request: Request<proto::RegisterRequest>) -> Reply<proto::RegisterResponse> {
        let fields = request.into_inner().entry.unwrap_or_default().fields;
        self.act("Register", |data| {
            if data.stale.is_some() {
                return Err(Status::aborted("changed meanwhile"));
            }
            let registration = proto::Registration { code: fields["candidat"].clone(), ..proto::Registration::default() };
            Ok(proto::RegisterResponse {
                outcome: Some(proto::register_response::Outcome::Registration(registration)),
                notices: Vec::new(),
            })
        })
    }

    async fn edit_registration(&self, request: Request<proto::EditRegistrationRequest>) -> Reply<proto::EditRegistrationResponse> {
        let request = request.into_inner();
        let fields = request.entry.unwrap_or_default().fields;
        self.act("EditRegistration", |data| {
            let own = registration(data, &request.registration_id)?;
            own.version = current(own.version, request.version)?;
            own.arrives.clone_from(&fields["arrivee"]);
            let own = own.clone();
            let person = data.people.entry(own.person_id.clone()).or_insert_with(Person::default);
            person.phone.clone_from(&fields["mobile"]);
            Ok(proto::EditRegistrationResponse { registration: Some(own), notices: Vec::new() })
        })
    }

    async fn get_registration(&self, request: Request<proto::GetRegistrationRequest>) -> Reply<proto::GetRegistrationResponse> {
        let id = request.into_inner().registration_id;
        self.act("GetRegistration", |data| {
            Ok(proto::GetRegistrationResponse { registration: Some(registration(data, &id)?.clone()) })
        })
    }
}
