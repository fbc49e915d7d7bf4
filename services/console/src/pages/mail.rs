//! The parts of a mail that are no page of ours: its HTML in a sandbox of its own, its calendar as a file.

use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use uuid::Uuid;

use super::{At, message};
use crate::{error::Error, staff::Staff};

/// A mail brings its own styles and may do nothing: no script, no form, nothing fetched. Its links open outside.
pub(super) const SANDBOX: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
                       style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; \
                       frame-ancestors 'self'";

pub(super) async fn body(staff: Staff, At(id): At<Uuid>) -> Result<Response, Error> {
    let message = message::read(&staff.clients, id).await?;
    if message.html.is_empty() {
        return Err(Error::NotFound);
    }
    let headers = [
        (CONTENT_SECURITY_POLICY, SANDBOX),
        (CONTENT_TYPE, "text/html; charset=utf-8"),
    ];
    Ok((headers, outward(&message.html)).into_response())
}

pub(super) async fn calendar(staff: Staff, At(id): At<Uuid>) -> Result<Response, Error> {
    let message = message::read(&staff.clients, id).await?;
    if message.calendar.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(file(message.calendar))
}

/// A calendar as a file to keep.
pub(super) fn file(calendar: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"mes-rencontres.ics\""),
    ];
    (headers, calendar).into_response()
}

/// Links of the mail open in a page of their own: within the small frame our pages refuse to be shown.
pub(super) fn outward(html: &str) -> String {
    match html.find("<head>") {
        Some(at) => {
            let (before, after) = html.split_at(at + "<head>".len());
            format!("{before}<base target=\"_blank\">{after}")
        }
        None => html.to_owned(),
    }
}
