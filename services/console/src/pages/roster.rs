//! One person or employer at a time: added, changed, taken out.

mod entry;
mod fields;
mod withdraw;

use axum::{Router, routing::get};
use contracts::speeddating::v1::{
    GetRegistrationRequest, Registration, registration_service_client::RegistrationServiceClient,
};
use platform::grpc::Transport;
use uuid::Uuid;

use crate::{Clients, Console, error::Error};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route(
            "/seances/{session}/personnes/ajouter",
            get(entry::blank).post(entry::register),
        )
        .route(
            "/seances/{session}/personnes/{registration}",
            get(entry::show).post(entry::edit),
        )
        .route(
            "/seances/{session}/personnes/{registration}/retirer",
            get(withdraw::ask).post(withdraw::withdraw),
        )
}

impl Clients {
    fn entries(&self) -> RegistrationServiceClient<Transport> {
        RegistrationServiceClient::new(self.speeddating.clone())
    }

    /// A registration of that session.
    pub(super) async fn registration(
        &self,
        session: Uuid,
        registration: Uuid,
    ) -> Result<Registration, Error> {
        let request = GetRegistrationRequest {
            registration_id: registration.to_string(),
        };
        let reply = self.entries().get_registration(request).await?.into_inner();
        let found = reply.registration.ok_or(Error::NotFound)?;
        if found.session_id == session.to_string() {
            Ok(found)
        } else {
            Err(Error::NotFound)
        }
    }
}
