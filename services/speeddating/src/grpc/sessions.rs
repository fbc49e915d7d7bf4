//! Sessions: made, read, changed, led from state to state.

use contracts::speeddating::v1::{
    self as proto, AdvanceSessionRequest, AdvanceSessionResponse, CancelSessionRequest,
    CancelSessionResponse, CreateSessionRequest, CreateSessionResponse, GetSessionRequest,
    GetSessionResponse, ListSessionsRequest, ListSessionsResponse, UpdateSessionRequest,
    UpdateSessionResponse,
};
use platform::{error::Failure, grpc::actor, page::Page};
use tonic::{Request, Response};

use super::{
    Reply, keyed,
    parse::{self, id, text},
    print, refused,
};
use crate::{
    actions::{self, Context},
    domain::Step,
};

pub(super) async fn create(
    context: &Context,
    request: Request<CreateSessionRequest>,
) -> Reply<CreateSessionResponse> {
    let actor = actor(&request)?;
    let request = request.into_inner();
    let keyed = keyed("request_id", &request.request_id, &request)?;
    let new = parse::new_session(request)?;
    let view = actions::create_session(context, &actor, keyed, new)
        .await
        .map_err(refused)?;
    Ok(Response::new(CreateSessionResponse {
        session: Some(print::session(&view)),
    }))
}

pub(super) async fn get(context: &Context, request: Request<GetSessionRequest>) -> Reply<GetSessionResponse> {
    let actor = actor(&request)?;
    let session = id("session_id", &request.get_ref().session_id)?;
    let view = actions::get_session(context, &actor, session)
        .await
        .map_err(refused)?;
    Ok(Response::new(GetSessionResponse {
        session: Some(print::session(&view)),
    }))
}

pub(super) async fn list(
    context: &Context,
    request: Request<ListSessionsRequest>,
) -> Reply<ListSessionsResponse> {
    let actor = actor(&request)?;
    let page = Page::parse(request.get_ref().page.as_ref())?;
    let mut views = actions::list_sessions(context, &actor, &page)
        .await
        .map_err(refused)?;
    let info = page.info(&mut views, |view| view.session.id);
    let sessions = views.iter().map(print::session).collect();
    Ok(Response::new(ListSessionsResponse {
        sessions,
        page: Some(info),
    }))
}

pub(super) async fn update(
    context: &Context,
    request: Request<UpdateSessionRequest>,
) -> Reply<UpdateSessionResponse> {
    let actor = actor(&request)?;
    let request = request.into_inner();
    let (session, version) = (id("session_id", &request.session_id)?, request.version);
    let change = parse::session_change(request)?;
    let view = actions::update_session(context, &actor, session, version, change)
        .await
        .map_err(refused)?;
    Ok(Response::new(UpdateSessionResponse {
        session: Some(print::session(&view)),
    }))
}

pub(super) async fn cancel(
    context: &Context,
    request: Request<CancelSessionRequest>,
) -> Reply<CancelSessionResponse> {
    let actor = actor(&request)?;
    let request = request.into_inner();
    let session = id("session_id", &request.session_id)?;
    let reason = text("reason", &request.reason, 500)?;
    let view = actions::cancel_session(context, &actor, session, request.version, reason)
        .await
        .map_err(refused)?;
    Ok(Response::new(CancelSessionResponse {
        session: Some(print::session(&view)),
    }))
}

pub(super) async fn advance(
    context: &Context,
    request: Request<AdvanceSessionRequest>,
) -> Reply<AdvanceSessionResponse> {
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
    let view = actions::advance_session(context, &actor, session, request.version, step)
        .await
        .map_err(refused)?;
    Ok(Response::new(AdvanceSessionResponse {
        session: Some(print::session(&view)),
    }))
}
