//! Who wants to meet whom: the matrix in windows with one editor, a page of choices for each person, and the weights.

mod cell;
mod matrix;
mod person;
mod weights;

use axum::{Router, routing::get};
use contracts::speeddating::v1::{
    ReadMatrixRequest, ReadMatrixResponse, wish_service_client::WishServiceClient,
};
use platform::grpc::Transport;

use crate::{Clients, Console, error::Error};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route(
            "/seances/{session}/souhaits",
            get(matrix::show).post(matrix::change),
        )
        .route(
            "/seances/{session}/souhaits/poids",
            get(weights::show).post(weights::save),
        )
        .route(
            "/seances/{session}/souhaits/de/{registration}",
            get(person::show).post(person::save),
        )
}

impl Clients {
    fn wishes(&self) -> WishServiceClient<Transport> {
        WishServiceClient::new(self.speeddating.clone()).max_decoding_message_size(16 << 20)
    }

    async fn matrix(&self, request: ReadMatrixRequest) -> Result<ReadMatrixResponse, Error> {
        Ok(self.wishes().read_matrix(request).await?.into_inner())
    }
}
