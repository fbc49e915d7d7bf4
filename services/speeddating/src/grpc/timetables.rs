//! Timetables: computed, read, published.

use std::time::Duration;

use contracts::speeddating::v1::{
    GetTimetableRequest, GetTimetableResponse, ListTimetablesRequest, ListTimetablesResponse,
    MakeTimetableRequest, MakeTimetableResponse, PublishRequest, PublishResponse,
};
use platform::{error::Failure, grpc::actor};
use tonic::{Request, Response};

use super::{Reply, keyed, parse::id, print, refused};
use crate::actions::{self, Context, Making};

/// Seconds of a computation when the request does not say.
const DEFAULT_SECONDS: u64 = 5;

pub(super) async fn make(
    context: &Context,
    request: Request<MakeTimetableRequest>,
) -> Reply<MakeTimetableResponse> {
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
    let shown = actions::make_timetable(context, &actor, keyed, session, making)
        .await
        .map_err(refused)?;
    Ok(Response::new(MakeTimetableResponse {
        timetable: Some(print::timetable(&shown)),
    }))
}

pub(super) async fn get(
    context: &Context,
    request: Request<GetTimetableRequest>,
) -> Reply<GetTimetableResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let session = id("session_id", &request.session_id)?;
    let shown = actions::get_timetable(context, &actor, session, i64::from(request.number))
        .await
        .map_err(refused)?;
    Ok(Response::new(GetTimetableResponse {
        timetable: Some(print::timetable(&shown)),
    }))
}

pub(super) async fn list(
    context: &Context,
    request: Request<ListTimetablesRequest>,
) -> Reply<ListTimetablesResponse> {
    let actor = actor(&request)?;
    let session = id("session_id", &request.get_ref().session_id)?;
    let (session, timetables) = actions::list_timetables(context, &actor, session)
        .await
        .map_err(refused)?;
    let timetables = timetables
        .iter()
        .map(|timetable| print::bare(&session, timetable))
        .collect();
    Ok(Response::new(ListTimetablesResponse { timetables }))
}

pub(super) async fn publish(context: &Context, request: Request<PublishRequest>) -> Reply<PublishResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let session = id("session_id", &request.session_id)?;
    if request.number < 1 {
        return Err(Failure::field("number", "must name a timetable: 1, 2, 3 …").into());
    }
    let published = actions::publish(
        context,
        &actor,
        session,
        request.version,
        i64::from(request.number),
        Some(request.timetable_version).filter(|version| *version > 0),
    )
    .await
    .map_err(refused)?;
    Ok(Response::new(PublishResponse {
        session: Some(print::session(&published.view)),
        candidates: print::count(published.candidates),
        employers: print::count(published.employers),
    }))
}
