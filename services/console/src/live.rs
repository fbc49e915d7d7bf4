//! Server-sent events: a page hears that something has a new revision, and fetches it. Nothing personal travels here.

use std::{convert::Infallible, time::Duration};

use axum::response::{
    IntoResponse as _, Response, Sse,
    sse::{Event, KeepAlive},
};
use futures::{Stream, StreamExt as _, stream};
use http::HeaderValue;

use crate::{Console, error::Error};

/// A comment this often, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A stream of events named `name` whose only content is the revision that `read` gives: at once, then whenever it has
/// changed, looked at every `pace`. It ends when the process stops, or when `read` says that there is nothing to see (any
/// more); htmx then asks again with a new token. A service that is away is waited for.
pub(crate) fn revisions<F, R>(console: &Console, name: &'static str, pace: Duration, read: F) -> Response
where
    F: FnMut() -> R + Send + 'static,
    R: Future<Output = Result<String, Error>> + Send + 'static,
{
    let stopping = console.0.stopping.clone();
    let events = changes(pace, read).map(move |revision| {
        let event = Event::default().event(name).id(revision.clone()).data(revision);
        Ok::<_, Infallible>(event)
    });
    let events = events.take_until(async move { stopping.cancelled().await });
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response();
    // nginx would hold events back until its buffer is full.
    let headers = response.headers_mut();
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn changes<F, R>(pace: Duration, read: F) -> impl Stream<Item = String> + Send
where
    F: FnMut() -> R + Send + 'static,
    R: Future<Output = Result<String, Error>> + Send + 'static,
{
    stream::unfold((read, None::<String>), move |(mut read, seen)| async move {
        let mut first = seen.is_none();
        loop {
            if !std::mem::take(&mut first) {
                tokio::time::sleep(pace).await;
            }
            match read().await {
                Ok(revision) if seen.as_ref() == Some(&revision) => {}
                Ok(revision) => return Some((revision.clone(), (read, Some(revision)))),
                Err(Error::Away | Error::TooOften) => {}
                Err(_) => return None,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_revision_is_told_at_once_and_then_only_when_it_has_changed() {
        let mut answers = ["1", "1", "away", "2", "2", "gone"].into_iter();
        let read = move || {
            let answer = match answers.next() {
                Some("away") => Err(Error::Away),
                Some("gone") | None => Err(Error::NotFound),
                Some(revision) => Ok(revision.to_owned()),
            };
            std::future::ready(answer)
        };
        let told: Vec<_> = changes(Duration::from_millis(1), read).collect().await;
        assert_eq!(told, ["1", "2"]);
    }
}
