//! What the room sees: no control, large letters, now and next. A page that renews itself, also without scripts.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use http::HeaderMap;
use uuid::Uuid;

use super::board::{self, Board};
use crate::{Console, error::Error, pages::At, staff::Staff, view::View};

#[derive(Template)]
#[template(path = "day/screen.html", blocks = ["room"])]
struct Page {
    t: View,
    id: String,
    title: String,
    board: Board,
}

pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let session = staff.clients.session(id).await?;
    let board = board::read(&console, &staff.clients, staff.t.texts(), &session, id).await?;
    let page = Page {
        id: session.session_id,
        title: session.title,
        board,
        t: staff.t,
    };
    if headers.contains_key("hx-request") {
        return Ok(Html(page.as_room().render()?).into_response());
    }
    Ok(crate::pages::show(&page)?.into_response())
}
