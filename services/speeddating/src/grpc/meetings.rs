//! Meetings: corrected by hand, and what became of them.

use contracts::speeddating::v1::{
    AddMeetingRequest, AddMeetingResponse, CancelMeetingRequest, CancelMeetingResponse, Meeting,
    MoveMeetingRequest, MoveMeetingResponse, RecordOutcomeRequest, RecordOutcomeResponse,
    SwapMeetingsRequest, SwapMeetingsResponse,
};
use platform::{error::Failure, grpc::actor};
use tonic::{Request, Response};

use super::{
    Reply, keyed,
    parse::{self, id},
    print, refused,
};
use crate::actions::{self, Context, Corrected};

pub(super) async fn move_to(
    context: &Context,
    request: Request<MoveMeetingRequest>,
) -> Reply<MoveMeetingResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let meeting = id("meeting_id", &request.meeting_id)?;
    let (slot, table) = (i64::from(request.slot), parse::table_number(request.table)?);
    let moved = actions::move_meeting(context, &actor, meeting, request.version, slot, table)
        .await
        .map_err(refused)?;
    Ok(Response::new(MoveMeetingResponse {
        meeting: only(&moved),
    }))
}

pub(super) async fn swap(
    context: &Context,
    request: Request<SwapMeetingsRequest>,
) -> Reply<SwapMeetingsResponse> {
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
    let swapped = actions::swap_meetings(context, &actor, first, second)
        .await
        .map_err(refused)?;
    let mut meetings = swapped
        .meetings
        .iter()
        .map(|meeting| print::meeting(&swapped.session, meeting));
    Ok(Response::new(SwapMeetingsResponse {
        first: meetings.next(),
        second: meetings.next(),
    }))
}

pub(super) async fn add(context: &Context, request: Request<AddMeetingRequest>) -> Reply<AddMeetingResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let keyed = keyed("request_id", &request.request_id, request)?;
    let home = (id("session_id", &request.session_id)?, i64::from(request.number));
    let pair = parse::pair(&request.candidate_id, &request.employer_id)?;
    let (slot, table) = (i64::from(request.slot), parse::table_number(request.table)?);
    let added = actions::add_meeting(context, &actor, keyed, home, pair, slot, table)
        .await
        .map_err(refused)?;
    Ok(Response::new(AddMeetingResponse {
        meeting: only(&added),
    }))
}

pub(super) async fn cancel(
    context: &Context,
    request: Request<CancelMeetingRequest>,
) -> Reply<CancelMeetingResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let meeting = id("meeting_id", &request.meeting_id)?;
    let cancelled = actions::cancel_meeting(context, &actor, meeting, request.version)
        .await
        .map_err(refused)?;
    Ok(Response::new(CancelMeetingResponse {
        meeting: only(&cancelled),
    }))
}

pub(super) async fn record_outcome(
    context: &Context,
    request: Request<RecordOutcomeRequest>,
) -> Reply<RecordOutcomeResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let meeting = id("meeting_id", &request.meeting_id)?;
    let (state, outcome) = parse::word(request.state(), &request.outcome)?;
    let recorded = actions::record_outcome(context, &actor, meeting, request.version, state, outcome)
        .await
        .map_err(refused)?;
    Ok(Response::new(RecordOutcomeResponse {
        meeting: only(&recorded),
    }))
}

fn only(corrected: &Corrected) -> Option<Meeting> {
    corrected
        .meetings
        .first()
        .map(|meeting| print::meeting(&corrected.session, meeting))
}
