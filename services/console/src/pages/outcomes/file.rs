//! The report as a file for spreadsheets.

use axum::response::{IntoResponse as _, Response};
use contracts::speeddating::v1::ExportReportRequest;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use platform::auth::ORGANISERS;
use uuid::Uuid;

use crate::{error::Error, pages::At, staff::Staff};

pub(super) async fn csv(staff: Staff, At(id): At<Uuid>) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let request = ExportReportRequest {
        session_id: id.to_string(),
    };
    let file = staff
        .clients
        .outcomes()
        .export_report(request)
        .await?
        .into_inner();
    // The service makes the name of a date alone: nothing in it needs quoting.
    let name = format!("attachment; filename=\"{}\"", file.name);
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, file.content).into_response())
}
