//! gRPC: parse the request into domain types, call an action, print the reply.

mod parse;
mod print;

use std::{sync::Arc, time::Duration};

use contracts::speeddating::v1 as proto;
use platform::{error::Failure, grpc::actor, idempotency, page::Page};
use proto::speed_dating_service_server::SpeedDatingService;
use tonic::{Request, Response, Status, async_trait};

use crate::{
    actions::{self, Context, Corrected, Import, Keyed, Making},
    domain::Step,
    error::Error,
};
use parse::{id, text};

/// Serves sessions.
pub(crate) struct Grpc(pub(crate) Arc<Context>);

type Reply<T> = Result<Response<T>, Status>;

/// Seconds of a computation when the request does not say.
const DEFAULT_SECONDS: u64 = 5;

#[async_trait]
impl SpeedDatingService for Grpc {
    async fn create_session(
        &self,
        request: Request<proto::CreateSessionRequest>,
    ) -> Reply<proto::CreateSessionResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let keyed = keyed("request_id", &request.request_id, &request)?;
        let new = parse::new_session(request)?;
        let view = actions::create_session(&self.0, &actor, keyed, new)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::CreateSessionResponse {
            session: Some(print::session(&view)),
        }))
    }

    async fn get_session(
        &self,
        request: Request<proto::GetSessionRequest>,
    ) -> Reply<proto::GetSessionResponse> {
        let actor = actor(&request)?;
        let session = id("session_id", &request.get_ref().session_id)?;
        let view = actions::get_session(&self.0, &actor, session)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::GetSessionResponse {
            session: Some(print::session(&view)),
        }))
    }

    async fn list_sessions(
        &self,
        request: Request<proto::ListSessionsRequest>,
    ) -> Reply<proto::ListSessionsResponse> {
        let actor = actor(&request)?;
        let page = Page::parse(request.get_ref().page.as_ref())?;
        let mut views = actions::list_sessions(&self.0, &actor, &page)
            .await
            .map_err(refused)?;
        let info = page.info(&mut views, |view| view.session.id);
        let sessions = views.iter().map(print::session).collect();
        Ok(Response::new(proto::ListSessionsResponse {
            sessions,
            page: Some(info),
        }))
    }

    async fn update_session(
        &self,
        request: Request<proto::UpdateSessionRequest>,
    ) -> Reply<proto::UpdateSessionResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let (session, version) = (id("session_id", &request.session_id)?, request.version);
        let change = parse::session_change(request)?;
        let view = actions::update_session(&self.0, &actor, session, version, change)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::UpdateSessionResponse {
            session: Some(print::session(&view)),
        }))
    }

    async fn cancel_session(
        &self,
        request: Request<proto::CancelSessionRequest>,
    ) -> Reply<proto::CancelSessionResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let session = id("session_id", &request.session_id)?;
        let reason = text("reason", &request.reason, 500)?;
        let view = actions::cancel_session(&self.0, &actor, session, request.version, reason)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::CancelSessionResponse {
            session: Some(print::session(&view)),
        }))
    }

    async fn advance_session(
        &self,
        request: Request<proto::AdvanceSessionRequest>,
    ) -> Reply<proto::AdvanceSessionResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let session = id("session_id", &request.session_id)?;
        let step = match request.state() {
            proto::SessionState::RegistrationOpen => Step::OpenRegistration,
            proto::SessionState::RegistrationClosed => Step::CloseRegistration,
            proto::SessionState::Running => Step::Start,
            proto::SessionState::Closed => Step::Close,
            proto::SessionState::FollowedUp => Step::FollowUp,
            _ => return Err(Failure::field("state", "no step by hand leads to this state").into()),
        };
        let view = actions::advance_session(&self.0, &actor, session, request.version, step)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::AdvanceSessionResponse {
            session: Some(print::session(&view)),
        }))
    }

    async fn preview_import(
        &self,
        request: Request<proto::PreviewImportRequest>,
    ) -> Reply<proto::PreviewImportResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let files = parse::files(&request.files)?;
        let session = id("session_id", &request.session_id)?;
        let tables = actions::preview_import(&self.0, &actor, session, &files)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::PreviewImportResponse {
            tables: print::summaries(&tables),
            problems: print::problems(&tables.reading),
            digest: tables.digest,
        }))
    }

    async fn commit_import(
        &self,
        request: Request<proto::CommitImportRequest>,
    ) -> Reply<proto::CommitImportResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let keyed = keyed("import_id", &request.import_id, request)?;
        let import = Import {
            session: id("session_id", &request.session_id)?,
            files: parse::files(&request.files)?,
            leave_faulty_rows: request.leave_faulty_rows,
            digest: request.digest.clone(),
        };
        let imported = actions::commit_import(&self.0, &actor, keyed, import)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::CommitImportResponse {
            tables: print::summaries(&imported.tables),
            problems: print::problems(&imported.tables.reading),
            session: Some(print::session(&imported.view)),
        }))
    }

    async fn export_table(
        &self,
        request: Request<proto::ExportTableRequest>,
    ) -> Reply<proto::ExportTableResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let session = id("session_id", &request.session_id)?;
        let table = parse::table("table", request.table())?;
        let (name, content) = actions::export_table(&self.0, &actor, session, table)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ExportTableResponse { name, content }))
    }

    async fn list_registrations(
        &self,
        request: Request<proto::ListRegistrationsRequest>,
    ) -> Reply<proto::ListRegistrationsResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let session = id("session_id", &request.session_id)?;
        let page = Page::parse(request.page.as_ref())?;
        let side = parse::side(request.side());
        let mut rows = actions::list_registrations(&self.0, &actor, session, side, &page)
            .await
            .map_err(refused)?;
        let info = page.info(&mut rows, |row| (row.side.as_str().to_owned(), row.code.clone()));
        let registrations = rows.iter().map(print::registration).collect();
        Ok(Response::new(proto::ListRegistrationsResponse {
            registrations,
            page: Some(info),
        }))
    }

    async fn withdraw_registration(
        &self,
        request: Request<proto::WithdrawRegistrationRequest>,
    ) -> Reply<proto::WithdrawRegistrationResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let registration = id("registration_id", &request.registration_id)?;
        let by = parse::ended_by(&request.by)?;
        let (registration, cancelled) =
            actions::withdraw_registration(&self.0, &actor, registration, request.version, by)
                .await
                .map_err(refused)?;
        Ok(Response::new(proto::WithdrawRegistrationResponse {
            registration: Some(print::registration(&registration)),
            meetings_cancelled: print::count(cancelled),
        }))
    }

    async fn confirm_registration(
        &self,
        request: Request<proto::ConfirmRegistrationRequest>,
    ) -> Reply<proto::ConfirmRegistrationResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let registration = id("registration_id", &request.registration_id)?;
        let registration = actions::confirm_registration(&self.0, &actor, registration, request.version)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::ConfirmRegistrationResponse {
            registration: Some(print::registration(&registration)),
        }))
    }

    async fn list_wishes(
        &self,
        request: Request<proto::ListWishesRequest>,
    ) -> Reply<proto::ListWishesResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let session = id("session_id", &request.session_id)?;
        let page = Page::parse(request.page.as_ref())?;
        let mut wishes = actions::list_wishes(&self.0, &actor, session, &page)
            .await
            .map_err(refused)?;
        let info = page.info(&mut wishes, |wish| (wish.pair.candidate, wish.pair.employer));
        let wishes = wishes.iter().map(print::wish).collect();
        Ok(Response::new(proto::ListWishesResponse {
            wishes,
            page: Some(info),
        }))
    }

    async fn set_wish(&self, request: Request<proto::SetWishRequest>) -> Reply<proto::SetWishResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let session = id("session_id", &request.session_id)?;
        let wish = parse::wish(request.wish.as_ref())?;
        let (_, wish) = actions::set_wish(&self.0, &actor, session, wish)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::SetWishResponse {
            wish: Some(print::wish(&wish)),
        }))
    }

    async fn make_timetable(
        &self,
        request: Request<proto::MakeTimetableRequest>,
    ) -> Reply<proto::MakeTimetableResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let keyed = keyed("request_id", &request.request_id, request)?;
        let session = id("session_id", &request.session_id)?;
        let seconds = match request.seconds {
            0 => DEFAULT_SECONDS,
            seconds @ 1..=60 => u64::from(seconds.unsigned_abs()),
            _ => return Err(Failure::field("seconds", "must be from 1 to 60, or 0 for 5").into()),
        };
        let making = Making {
            seed: request.seed,
            limit: Duration::from_secs(seconds),
        };
        let shown = actions::make_timetable(&self.0, &actor, keyed, session, making)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::MakeTimetableResponse {
            timetable: Some(print::timetable(&shown)),
        }))
    }

    async fn get_timetable(
        &self,
        request: Request<proto::GetTimetableRequest>,
    ) -> Reply<proto::GetTimetableResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let session = id("session_id", &request.session_id)?;
        let shown = actions::get_timetable(&self.0, &actor, session, i64::from(request.number))
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::GetTimetableResponse {
            timetable: Some(print::timetable(&shown)),
        }))
    }

    async fn list_timetables(
        &self,
        request: Request<proto::ListTimetablesRequest>,
    ) -> Reply<proto::ListTimetablesResponse> {
        let actor = actor(&request)?;
        let session = id("session_id", &request.get_ref().session_id)?;
        let (session, timetables) = actions::list_timetables(&self.0, &actor, session)
            .await
            .map_err(refused)?;
        let timetables = timetables
            .iter()
            .map(|timetable| print::bare(&session, timetable))
            .collect();
        Ok(Response::new(proto::ListTimetablesResponse { timetables }))
    }

    async fn move_meeting(
        &self,
        request: Request<proto::MoveMeetingRequest>,
    ) -> Reply<proto::MoveMeetingResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let meeting = id("meeting_id", &request.meeting_id)?;
        let (slot, table) = (i64::from(request.slot), parse::table_number(request.table)?);
        let moved = actions::move_meeting(&self.0, &actor, meeting, request.version, slot, table)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::MoveMeetingResponse {
            meeting: only(&moved),
        }))
    }

    async fn swap_meetings(
        &self,
        request: Request<proto::SwapMeetingsRequest>,
    ) -> Reply<proto::SwapMeetingsResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let first = (
            id("first_meeting_id", &request.first_meeting_id)?,
            request.first_version,
        );
        let second = (
            id("second_meeting_id", &request.second_meeting_id)?,
            request.second_version,
        );
        if first.0 == second.0 {
            return Err(Failure::field("second_meeting_id", "must be another meeting").into());
        }
        let swapped = actions::swap_meetings(&self.0, &actor, first, second)
            .await
            .map_err(refused)?;
        let mut meetings = swapped
            .meetings
            .iter()
            .map(|meeting| print::meeting(&swapped.session, meeting));
        Ok(Response::new(proto::SwapMeetingsResponse {
            first: meetings.next(),
            second: meetings.next(),
        }))
    }

    async fn add_meeting(
        &self,
        request: Request<proto::AddMeetingRequest>,
    ) -> Reply<proto::AddMeetingResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let keyed = keyed("request_id", &request.request_id, request)?;
        let home = (id("session_id", &request.session_id)?, i64::from(request.number));
        let pair = parse::pair(&request.candidate_id, &request.employer_id)?;
        let (slot, table) = (i64::from(request.slot), parse::table_number(request.table)?);
        let added = actions::add_meeting(&self.0, &actor, keyed, home, pair, slot, table)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::AddMeetingResponse {
            meeting: only(&added),
        }))
    }

    async fn cancel_meeting(
        &self,
        request: Request<proto::CancelMeetingRequest>,
    ) -> Reply<proto::CancelMeetingResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let meeting = id("meeting_id", &request.meeting_id)?;
        let cancelled = actions::cancel_meeting(&self.0, &actor, meeting, request.version)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::CancelMeetingResponse {
            meeting: only(&cancelled),
        }))
    }

    async fn publish(&self, request: Request<proto::PublishRequest>) -> Reply<proto::PublishResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let session = id("session_id", &request.session_id)?;
        if request.number < 1 {
            return Err(Failure::field("number", "must name a timetable: 1, 2, 3 …").into());
        }
        let published = actions::publish(
            &self.0,
            &actor,
            session,
            request.version,
            i64::from(request.number),
        )
        .await
        .map_err(refused)?;
        Ok(Response::new(proto::PublishResponse {
            session: Some(print::session(&published.view)),
            candidates: print::count(published.candidates),
            employers: print::count(published.employers),
        }))
    }

    async fn record_outcome(
        &self,
        request: Request<proto::RecordOutcomeRequest>,
    ) -> Reply<proto::RecordOutcomeResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let meeting = id("meeting_id", &request.meeting_id)?;
        let (state, outcome) = parse::outcome(request)?;
        let recorded = actions::record_outcome(&self.0, &actor, meeting, request.version, state, outcome)
            .await
            .map_err(refused)?;
        Ok(Response::new(proto::RecordOutcomeResponse {
            meeting: only(&recorded),
        }))
    }
}

fn only(corrected: &Corrected) -> Option<proto::Meeting> {
    corrected
        .meetings
        .first()
        .map(|meeting| print::meeting(&corrected.session, meeting))
}

fn keyed(field: &str, key: &str, request: &impl prost::Message) -> Result<Keyed, Failure> {
    Ok(Keyed {
        id: id(field, key)?,
        fingerprint: idempotency::fingerprint(request),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "map_err gives the error away")]
fn refused(error: Error) -> Status {
    Failure::from(&error).into()
}
