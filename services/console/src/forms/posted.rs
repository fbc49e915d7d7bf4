use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request},
};
use http::{Extensions, StatusCode};

use super::{Form, csrf};
use crate::{
    Console,
    error::Error,
    staff::{Signed, Visit},
};

/// No form is longer, in bytes.
const MOST: usize = 256 << 10;

/// A form that came from one of our pages in this browser session: bounded, and with a token that holds.
pub(crate) struct Posted(pub(crate) Form);

impl FromRequest<Console> for Posted {
    type Rejection = Error;

    async fn from_request(mut request: Request, console: &Console) -> Result<Self, Error> {
        DefaultBodyLimit::max(MOST).apply(&mut request);
        let secret = secret(request.extensions())?;
        let body = Bytes::from_request(request, console).await;
        let body = body.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Error::TooLarge
            } else {
                Error::Unreadable
            }
        })?;
        let values = form_urlencoded::parse(&body).into_owned().collect();
        checked(console, &secret, values).map(Self)
    }
}

/// What the form's token must be bound to.
pub(super) fn secret(extensions: &Extensions) -> Result<String, Error> {
    let signed = extensions.get::<Signed>().map(|signed| signed.secret.clone());
    let visit = || extensions.get::<Visit>().map(|visit| visit.0.clone());
    signed.or_else(visit).ok_or(Error::NotSignedIn)
}

/// The form, when its token holds.
pub(super) fn checked(console: &Console, secret: &str, values: Vec<(String, String)>) -> Result<Form, Error> {
    let form = Form::posted(uuid::Uuid::nil(), values);
    if !csrf::holds(secret, form.value(csrf::FIELD)) {
        return Err(Error::Forged);
    }
    let operation = form.value("operation").parse();
    Ok(Form {
        operation: operation.unwrap_or_else(|_| console.0.ids.id()),
        ..form
    })
}
