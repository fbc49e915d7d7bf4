//! What came of a session: what each side says of each meeting, and the report.

mod entry;
mod file;
mod report;
mod rows;

use axum::{Router, routing::get};
use contracts::speeddating::v1::outcome_service_client::OutcomeServiceClient;
use platform::grpc::Transport;

use crate::{Clients, Console};

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/seances/{session}/resultats", get(entry::list).post(entry::note))
        .route("/seances/{session}/bilan", get(report::show))
        .route("/seances/{session}/bilan.csv", get(file::csv))
}

impl Clients {
    pub(crate) fn outcomes(&self) -> OutcomeServiceClient<Transport> {
        // 200 employers with 2,000 candidates make some 10,000 meetings.
        OutcomeServiceClient::new(self.speeddating.clone()).max_decoding_message_size(16 << 20)
    }
}

/// Outcomes as forms and services name them, with the key of their words; from the least to the most.
const OUTCOMES: [(&str, &str); 5] = [
    ("none", "outcome-none"),
    ("interest", "outcome-interest"),
    ("second_interview", "outcome-second-interview"),
    ("trial", "outcome-trial"),
    ("hired", "outcome-hired"),
];
