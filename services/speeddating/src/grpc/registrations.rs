//! Who takes part.

use contracts::speeddating::v1::{
    ConfirmRegistrationRequest, ConfirmRegistrationResponse, ListRegistrationsRequest,
    ListRegistrationsResponse, WithdrawRegistrationRequest, WithdrawRegistrationResponse,
};
use platform::{grpc::actor, page::Page};
use tonic::{Request, Response};

use super::{
    Reply,
    parse::{self, id},
    print, refused,
};
use crate::actions::{self, Context};

pub(super) async fn list(
    context: &Context,
    request: Request<ListRegistrationsRequest>,
) -> Reply<ListRegistrationsResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let session = id("session_id", &request.session_id)?;
    let page = Page::parse(request.page.as_ref())?;
    let side = parse::side(request.side());
    let mut rows = actions::list_registrations(context, &actor, session, side, &page)
        .await
        .map_err(refused)?;
    let info = page.info(&mut rows, |row| (row.side.as_str().to_owned(), row.code.clone()));
    let registrations = rows.iter().map(print::registration).collect();
    Ok(Response::new(ListRegistrationsResponse {
        registrations,
        page: Some(info),
    }))
}

pub(super) async fn withdraw(
    context: &Context,
    request: Request<WithdrawRegistrationRequest>,
) -> Reply<WithdrawRegistrationResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let registration = id("registration_id", &request.registration_id)?;
    let by = parse::ended_by(&request.by)?;
    let (registration, cancelled) =
        actions::withdraw_registration(context, &actor, registration, request.version, by)
            .await
            .map_err(refused)?;
    Ok(Response::new(WithdrawRegistrationResponse {
        registration: Some(print::registration(&registration)),
        meetings_cancelled: print::count(cancelled),
    }))
}

pub(super) async fn confirm(
    context: &Context,
    request: Request<ConfirmRegistrationRequest>,
) -> Reply<ConfirmRegistrationResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let registration = id("registration_id", &request.registration_id)?;
    let registration = actions::confirm_registration(context, &actor, registration, request.version)
        .await
        .map_err(refused)?;
    Ok(Response::new(ConfirmRegistrationResponse {
        registration: Some(print::registration(&registration)),
    }))
}
