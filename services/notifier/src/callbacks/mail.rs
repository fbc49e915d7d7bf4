//! What a mail server hands in: the mails that came back, as they came.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    routing::post,
};

use super::{checked_secret, is_same};
use crate::{
    actions, context::Context, error::StartError, mail::report::LONGEST, provider::smtp,
    settings::SmtpSettings,
};

#[derive(Clone)]
struct Reports {
    context: Context,
    secret: String,
}

/// The secret of the address; none when nothing is to be taken.
pub(crate) fn reports_secret(settings: Option<&SmtpSettings>) -> Result<Option<String>, StartError> {
    let Some(smtp) = settings else { return Ok(None) };
    if smtp.reports_secret.is_empty() && smtp.reports_secret_file.is_none() {
        return Ok(None);
    }
    let file = smtp.reports_secret_file.as_ref();
    checked_secret("smtp.reports_secret", &smtp.reports_secret, file).map(Some)
}

pub(super) fn router(context: Context, secret: Option<String>) -> Router {
    let Some(secret) = secret else {
        return Router::new();
    };
    Router::new()
        .route("/mail/reports/{secret}", post(returned))
        .layer(DefaultBodyLimit::max(LONGEST))
        .with_state(Reports { context, secret })
}

/// Whatever can be read is answered with 200, also what is none of ours: a mail server that is refused a bounce would
/// bounce it.
async fn returned(
    State(reports): State<Reports>,
    Path(secret): Path<String>,
    mail: Bytes,
) -> (StatusCode, &'static str) {
    if !is_same(&secret, &reports.secret) {
        reports.context.metrics.receipt(smtp::NAME, "refused");
        return (StatusCode::NOT_FOUND, "");
    }
    match actions::note_report(&reports.context, &mail).await {
        Ok(returned) => (StatusCode::OK, returned.name()),
        Err(error) => {
            tracing::warn!(%error, "a returned mail was not noted: the mail server is asked to hand it in again");
            (StatusCode::SERVICE_UNAVAILABLE, "")
        }
    }
}
