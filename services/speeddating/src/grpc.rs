//! gRPC: parse the request into domain types, call an action, print the reply.
//!
//! A call is one line of the trait here, and one function in the file of its topic, which takes the request apart and
//! puts the reply together with `parse` and `print`.

mod entries;
mod imports;
mod matrix;
mod meetings;
mod outcomes;
mod parse;
mod participation;
mod partners;
mod planning;
mod plans;
mod print;
mod registrations;
mod sessions;
mod stages;
mod timetables;
mod wishes;

use std::sync::Arc;

// One list of all messages would be where every new call of every branch collides.
#[cfg_attr(
    not(test),
    expect(
        clippy::wildcard_imports,
        reason = "the trait names every message of the service"
    )
)]
use contracts::speeddating::v1::{speed_dating_service_server::SpeedDatingService, *};
use platform::{error::Failure, idempotency};
use tonic::{Request, Response, Status, async_trait};

use crate::{
    actions::{Context, Keyed},
    error::Error,
};
use parse::id;

pub(crate) use participation::Participants;
pub(crate) use partners::Partners;

/// Serves sessions.
pub(crate) struct Grpc(pub(crate) Arc<Context>);

type Reply<T> = Result<Response<T>, Status>;

#[async_trait]
impl SpeedDatingService for Grpc {
    async fn create_session(&self, request: Request<CreateSessionRequest>) -> Reply<CreateSessionResponse> {
        sessions::create(&self.0, request).await
    }

    async fn get_session(&self, request: Request<GetSessionRequest>) -> Reply<GetSessionResponse> {
        sessions::get(&self.0, request).await
    }

    async fn list_sessions(&self, request: Request<ListSessionsRequest>) -> Reply<ListSessionsResponse> {
        sessions::list(&self.0, request).await
    }

    async fn update_session(&self, request: Request<UpdateSessionRequest>) -> Reply<UpdateSessionResponse> {
        sessions::update(&self.0, request).await
    }

    async fn cancel_session(&self, request: Request<CancelSessionRequest>) -> Reply<CancelSessionResponse> {
        sessions::cancel(&self.0, request).await
    }

    async fn advance_session(
        &self,
        request: Request<AdvanceSessionRequest>,
    ) -> Reply<AdvanceSessionResponse> {
        sessions::advance(&self.0, request).await
    }

    async fn preview_import(&self, request: Request<PreviewImportRequest>) -> Reply<PreviewImportResponse> {
        imports::preview(&self.0, request).await
    }

    async fn commit_import(&self, request: Request<CommitImportRequest>) -> Reply<CommitImportResponse> {
        imports::commit(&self.0, request).await
    }

    async fn export_table(&self, request: Request<ExportTableRequest>) -> Reply<ExportTableResponse> {
        imports::export(&self.0, request).await
    }

    async fn list_registrations(
        &self,
        request: Request<ListRegistrationsRequest>,
    ) -> Reply<ListRegistrationsResponse> {
        registrations::list(&self.0, request).await
    }

    async fn withdraw_registration(
        &self,
        request: Request<WithdrawRegistrationRequest>,
    ) -> Reply<WithdrawRegistrationResponse> {
        registrations::withdraw(&self.0, request).await
    }

    async fn confirm_registration(
        &self,
        request: Request<ConfirmRegistrationRequest>,
    ) -> Reply<ConfirmRegistrationResponse> {
        registrations::confirm(&self.0, request).await
    }

    async fn list_wishes(&self, request: Request<ListWishesRequest>) -> Reply<ListWishesResponse> {
        wishes::list(&self.0, request).await
    }

    async fn set_wish(&self, request: Request<SetWishRequest>) -> Reply<SetWishResponse> {
        wishes::set(&self.0, request).await
    }

    async fn make_timetable(&self, request: Request<MakeTimetableRequest>) -> Reply<MakeTimetableResponse> {
        timetables::make(&self.0, request).await
    }

    async fn get_timetable(&self, request: Request<GetTimetableRequest>) -> Reply<GetTimetableResponse> {
        timetables::get(&self.0, request).await
    }

    async fn list_timetables(
        &self,
        request: Request<ListTimetablesRequest>,
    ) -> Reply<ListTimetablesResponse> {
        timetables::list(&self.0, request).await
    }

    async fn move_meeting(&self, request: Request<MoveMeetingRequest>) -> Reply<MoveMeetingResponse> {
        meetings::move_to(&self.0, request).await
    }

    async fn swap_meetings(&self, request: Request<SwapMeetingsRequest>) -> Reply<SwapMeetingsResponse> {
        meetings::swap(&self.0, request).await
    }

    async fn add_meeting(&self, request: Request<AddMeetingRequest>) -> Reply<AddMeetingResponse> {
        meetings::add(&self.0, request).await
    }

    async fn cancel_meeting(&self, request: Request<CancelMeetingRequest>) -> Reply<CancelMeetingResponse> {
        meetings::cancel(&self.0, request).await
    }

    async fn publish(&self, request: Request<PublishRequest>) -> Reply<PublishResponse> {
        timetables::publish(&self.0, request).await
    }

    async fn record_outcome(&self, request: Request<RecordOutcomeRequest>) -> Reply<RecordOutcomeResponse> {
        meetings::record_outcome(&self.0, request).await
    }
}

/// Key and fingerprint of a creating request.
fn keyed(field: &str, key: &str, request: &impl prost::Message) -> Result<Keyed, Failure> {
    Ok(Keyed {
        id: id(field, key)?,
        fingerprint: idempotency::fingerprint(request),
    })
}

/// The reply to a failed action.
#[expect(clippy::needless_pass_by_value, reason = "map_err gives the error away")]
fn refused(error: Error) -> Status {
    Failure::from(&error).into()
}
