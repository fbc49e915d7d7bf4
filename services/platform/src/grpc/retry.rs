//! A read that finds its peer away is asked again: a peer that starts anew is back within a second, and nobody should see it.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use prometheus::IntCounterVec;
use tonic::{Code, Status, body::Body};
use tower::Service;

use super::{DEADLINE, calls, guard};
use crate::Ids;

/// How often a call is made at most.
const TRIES: u32 = 3;

/// Before the second try at most; before the third four times that.
const PAUSE: Duration = Duration::from_millis(150);

/// Methods that change nothing, by the words that begin their names in `proto/`.
const READS: [&str; 6] = ["Get", "List", "Find", "Count", "Describe", "Resolve"];

/// Where chance comes from, and what is counted.
#[derive(Clone)]
pub struct Patience {
    /// Spreads the pauses: callers that lost a peer together do not come back together.
    pub ids: Ids,
    /// By peer; none where nobody scrapes.
    pub(crate) retries: Option<IntCounterVec>,
}

impl Patience {
    /// Of a process that has no metrics: a command.
    pub fn uncounted(ids: Ids) -> Self {
        Self { ids, retries: None }
    }

    /// Shows a peer before it was ever away.
    pub(super) fn expect(&self, peer: &str) {
        if let Some(retries) = &self.retries {
            retries.with_label_values(&[peer]);
        }
    }
}

/// Calls of one peer, reads among them repeated while the peer is away and the deadline allows.
#[derive(Clone)]
pub(super) struct Retry<S> {
    pub(super) inner: S,
    pub(super) peer: &'static str,
    pub(super) patience: Patience,
}

impl<S> Service<Request<Body>> for Retry<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let next = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, next);
        if !is_read(request.uri().path()) {
            return Box::pin(async move { ready.call(request).await });
        }
        let (peer, patience) = (self.peer, self.patience.clone());
        Box::pin(repeated(ready, request, peer, patience))
    }
}

async fn repeated<S>(
    mut service: S,
    request: Request<Body>,
    peer: &'static str,
    patience: Patience,
) -> Result<Response<Body>, S::Error>
where
    S: Service<Request<Body>, Response = Response<Body>>,
{
    let limit = request
        .headers()
        .get(guard::TIMEOUT)
        .and_then(guard::parse_timeout)
        .unwrap_or(DEADLINE);
    let started = Instant::now();
    let (head, body) = request.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(status) => return Ok(status.into_http()),
    };
    let mut tries = 1;
    loop {
        let mut head = head.clone();
        let left = limit.saturating_sub(started.elapsed());
        head.headers.insert(guard::TIMEOUT, guard::timeout_value(left));
        let again = Request::from_parts(head, Body::new(Full::new(body.clone())));
        std::future::poll_fn(|context| service.poll_ready(context)).await?;
        let answer = service.call(again).await?;
        let away = Status::from_header_map(answer.headers())
            .is_some_and(|status| status.code() == Code::Unavailable);
        let pause = pause(tries, patience.ids.below(1_000));
        if !away || tries == TRIES || started.elapsed() + pause >= limit {
            return Ok(answer);
        }
        tries += 1;
        if let Some(retries) = &patience.retries {
            retries.with_label_values(&[peer]).inc();
        }
        tokio::time::sleep(pause).await;
    }
}

fn is_read(path: &str) -> bool {
    let (_, method) = calls::names(path);
    READS.iter().any(|word| {
        method.strip_prefix(word).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|letter: char| letter.is_ascii_uppercase())
        })
    })
}

/// From half of it to all of it; `chance` is from 0 to 1,000.
fn pause(tries: u32, chance: u64) -> Duration {
    let longest = PAUSE * 4_u32.pow(tries.saturating_sub(1));
    longest / 2 + (longest / 2).mul_f64(f64::from(u32::try_from(chance.min(1_000)).unwrap_or(0)) / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_nothing_is_a_read() {
        assert!(is_read("/jalon.directory.v1.DirectoryService/Resolve"));
        assert!(is_read("/jalon.speeddating.v1.SpeedDatingService/GetSession"));
        assert!(!is_read("/jalon.speeddating.v1.SpeedDatingService/Publish"));
        assert!(!is_read("/jalon.scheduler.v1.SchedulerService/Release"));
        assert!(!is_read("/jalon.sample.v1.SampleService/Getaway"));
        assert!(!is_read("nonsense"));
    }

    #[test]
    fn pauses_grow_and_are_spread_by_half() {
        let millis = |tries, chance| pause(tries, chance).as_millis();
        assert_eq!((millis(1, 0), millis(1, 1_000)), (75, 150));
        assert_eq!((millis(2, 0), millis(2, 1_000)), (300, 600));
    }
}
