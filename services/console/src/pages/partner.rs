//! The page by which a partner registers its people: a link of its own, and a code that it was told by another way.

mod door;
mod people;
mod visit;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::map_response,
    routing::{get, post},
};

use super::link;
use crate::Console;

/// No form here is longer, in bytes.
const FORM_MOST: usize = 8_192;

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/p/{token}", get(people::show).post(door::enter))
        .route("/p/{token}/sortir", post(door::leave))
        .route("/p/{token}/personnes", post(people::register))
        .route(
            "/p/{token}/personnes/{registration}",
            get(people::edit).post(people::wish),
        )
        .route(
            "/p/{token}/personnes/{registration}/retirer",
            get(people::ask).post(people::withdraw),
        )
        .method_not_allowed_fallback(super::forms_only)
        .layer(DefaultBodyLimit::max(FORM_MOST))
        .layer(map_response(link::quiet))
}
