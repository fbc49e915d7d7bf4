//! A session made, changed, copied, taken to its next state, cancelled.

mod cancel;
mod copy;
mod create;
mod drawing;
mod edit;
mod plan;
mod steps;

use axum::{
    Router,
    routing::{get, post},
};
use contracts::speeddating::v1::session_service_client::SessionServiceClient;
use platform::grpc::Transport;

use crate::{Clients, Console};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/seances/nouvelle", get(create::ask).post(create::make))
        .route("/seances/apercu", post(drawing::show))
        .route("/seances/{session}/modifier", get(edit::ask).post(edit::save))
        .route("/seances/{session}/copier", get(copy::ask).post(copy::make))
        .route("/seances/{session}/annuler", get(cancel::ask).post(cancel::act))
        .route("/seances/{session}/etape", post(steps::take))
}

impl Clients {
    pub(crate) fn plans(&self) -> SessionServiceClient<Transport> {
        SessionServiceClient::new(self.speeddating.clone())
    }
}
