use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http::{HeaderValue, Request, Response};
use prometheus::{HistogramOpts, HistogramVec, Registry};
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};

use crate::auth::Verifier;

/// The header of gRPC's deadline.
pub(super) const TIMEOUT: &str = "grpc-timeout";

/// No call may take longer, whatever it asks for.
const LONGEST: Duration = Duration::from_secs(90);

/// Anybody may ask these: probes and explorers.
const OPEN: [&str; 3] = [
    "/grpc.health.v1.",
    "/grpc.reflection.v1.",
    "/grpc.reflection.v1alpha.",
];

/// Verifies the token, keeps the deadline and measures: before every service, for calls from here and from outside.
#[derive(Clone)]
pub struct GuardLayer {
    verifier: Verifier,
    durations: HistogramVec,
}

impl GuardLayer {
    /// The guard of a process; its metric goes to `registry`.
    pub fn new(verifier: Verifier, registry: &Registry) -> Result<Self, prometheus::Error> {
        let options = HistogramOpts::new("jalon_grpc_request_duration_seconds", "Duration of gRPC requests")
            .buckets(vec![0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0]);
        let durations = HistogramVec::new(options, &["method", "code"])?;
        registry.register(Box::new(durations.clone()))?;
        Ok(Self { verifier, durations })
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = Guard<S>;

    fn layer(&self, inner: S) -> Guard<S> {
        Guard {
            inner,
            layer: self.clone(),
        }
    }
}

/// A guarded service.
#[derive(Clone)]
pub struct Guard<S> {
    inner: S,
    layer: GuardLayer,
}

impl<S> Service<Request<Body>> for Guard<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let path = request.uri().path().to_owned();
        if !OPEN.iter().any(|open| path.starts_with(open)) {
            let Some(actor) = bearer(&request).and_then(|token| self.layer.verifier.verify(token)) else {
                let refusal = Status::from(super::unauthenticated()).into_http();
                return Box::pin(std::future::ready(Ok(refusal)));
            };
            request.extensions_mut().insert(actor);
        }
        let limit = request
            .headers()
            .get(TIMEOUT)
            .and_then(parse_timeout)
            .unwrap_or(LONGEST)
            .min(LONGEST);
        let durations = self.layer.durations.clone();
        // The clone stays for later calls; the one that is ready serves this one.
        let next = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, next);
        Box::pin(async move {
            let started = Instant::now();
            let response = match tokio::time::timeout(limit, ready.call(request)).await {
                Ok(response) => response?,
                Err(_) => {
                    Status::deadline_exceeded("the call took longer than its deadline; try again").into_http()
                }
            };
            let code = Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code());
            durations
                .with_label_values(&[known_method(&path, code), code_name(code)])
                .observe(started.elapsed().as_secs_f64());
            Ok(response)
        })
    }
}

/// A path that no service knows would make labels without bound.
fn known_method(path: &str, code: Code) -> &str {
    if code == Code::Unimplemented {
        "unknown"
    } else {
        path.trim_start_matches('/')
    }
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "ok",
        Code::Cancelled => "cancelled",
        Code::InvalidArgument => "invalid_argument",
        Code::DeadlineExceeded => "deadline_exceeded",
        Code::NotFound => "not_found",
        Code::AlreadyExists => "already_exists",
        Code::PermissionDenied => "permission_denied",
        Code::ResourceExhausted => "resource_exhausted",
        Code::FailedPrecondition => "failed_precondition",
        Code::Aborted => "aborted",
        Code::Unimplemented => "unimplemented",
        Code::Unavailable => "unavailable",
        Code::Unauthenticated => "unauthenticated",
        Code::Internal => "internal",
        Code::OutOfRange | Code::DataLoss | Code::Unknown => "unknown",
    }
}

fn bearer(request: &Request<Body>) -> Option<&str> {
    request
        .headers()
        .get(http::header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

pub(super) fn timeout_value(limit: Duration) -> HeaderValue {
    HeaderValue::from_str(&format!("{}m", limit.as_millis())).unwrap_or(HeaderValue::from_static("10S"))
}

/// gRPC over HTTP/2: at most eight digits and a unit.
fn parse_timeout(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(amount * 3_600),
        "M" => Duration::from_secs(amount * 60),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_read_in_every_unit() {
        let read = |text: &'static str| parse_timeout(&HeaderValue::from_static(text));
        assert_eq!(read("10S"), Some(Duration::from_secs(10)));
        assert_eq!(read("250m"), Some(Duration::from_millis(250)));
        assert_eq!(read("1H"), Some(Duration::from_hours(1)));
        assert_eq!(read("123456789S"), None);
        assert_eq!(read("S"), None);
        assert_eq!(read(""), None);
    }
}
