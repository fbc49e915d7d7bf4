//! The day: who is there, what happens now and next, and what the room sees.

mod arrivals;
mod board;
mod paper;
mod screen;

use axum::{Router, routing::get};

use crate::Console;

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/seances/{session}/jour", get(board::show))
        .route("/seances/{session}/jour/flux", get(board::stream))
        .route(
            "/seances/{session}/arrivees",
            get(arrivals::list).post(arrivals::note),
        )
        .route("/seances/{session}/ecran", get(screen::show))
        .route("/seances/{session}/papier", get(paper::show))
}
