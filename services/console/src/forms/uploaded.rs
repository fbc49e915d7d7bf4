use axum::{
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use futures::TryStreamExt as _;
use http::header::CONTENT_LENGTH;

use super::{Form, posted};
use crate::{Console, error::Error};

/// No file is larger, in bytes.
pub(crate) const FILE_MOST: usize = 10 << 20;
/// What stands around the file: its fields and boundaries.
const AROUND: usize = 256 << 10;
/// A body that says it is larger than allowed is read and thrown away up to here, so that the browser shows our answer
/// rather than a broken connection.
const PATIENCE: usize = 64 << 20;

/// A form with a file, from one of our pages in this browser session.
pub(crate) struct Uploaded {
    pub(crate) form: Form,
    /// None when no file was chosen.
    pub(crate) file: Option<File>,
}

/// A file as sent.
pub(crate) struct File {
    /// As the sender calls it. For display only: never a path.
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

impl FromRequest<Console> for Uploaded {
    type Rejection = Error;

    async fn from_request(mut request: Request, console: &Console) -> Result<Self, Error> {
        let secret = posted::secret(request.extensions())?;
        let announced = request.headers().get(CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: usize| length > FILE_MOST + AROUND) {
            drain(request).await;
            return Err(Error::TooLarge);
        }
        DefaultBodyLimit::max(FILE_MOST + AROUND).apply(&mut request);
        let mut parts = Multipart::from_request(request, console)
            .await
            .map_err(|_| Error::Unreadable)?;
        let (mut values, mut file) = (Vec::new(), None);
        while let Some(part) = parts.next_field().await.map_err(|error| unread(&error))? {
            let field = part.name().unwrap_or_default().to_owned();
            if let Some(name) = part.file_name().map(str::to_owned) {
                let content = part.bytes().await.map_err(|error| unread(&error))?.to_vec();
                if content.len() > FILE_MOST {
                    return Err(Error::TooLarge);
                }
                if !name.is_empty() {
                    file = Some(File { name, content });
                }
            } else {
                let value = part.text().await.map_err(|error| unread(&error))?;
                values.push((field, value));
            }
        }
        let form = posted::checked(console, &secret, values)?;
        Ok(Self { form, file })
    }
}

async fn drain(request: Request) {
    let mut body = request.into_body().into_data_stream();
    let mut read = 0;
    while let Ok(Some(bytes)) = body.try_next().await {
        read += bytes.len();
        if read > PATIENCE {
            return;
        }
    }
}

fn unread(error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Error::TooLarge
    } else {
        Error::Unreadable
    }
}
