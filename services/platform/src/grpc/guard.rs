use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http::{HeaderValue, Request, Response};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry};
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};
use tracing::{Instrument as _, Span, field::Empty};

use super::calls;
use crate::{auth::Verifier, trace};

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
    handled: IntCounterVec,
    durations: HistogramVec,
}

impl GuardLayer {
    /// The guard of a process; its metrics go to `registry`, under the names that dashboards of gRPC know.
    pub fn new(verifier: Verifier, registry: &Registry) -> Result<Self, prometheus::Error> {
        let handled = IntCounterVec::new(
            Opts::new("grpc_server_handled_total", "gRPC requests answered, by code"),
            &["grpc_service", "grpc_method", "grpc_code"],
        )?;
        let options = HistogramOpts::new("grpc_server_handling_seconds", "Duration of gRPC requests")
            .buckets(vec![0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0]);
        let durations = HistogramVec::new(options, &["grpc_service", "grpc_method"])?;
        registry.register(Box::new(handled.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        Ok(Self {
            verifier,
            handled,
            durations,
        })
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
        let span = span(&request);
        let limit = request
            .headers()
            .get(TIMEOUT)
            .and_then(parse_timeout)
            .unwrap_or(LONGEST)
            .min(LONGEST);
        let layer = self.layer.clone();
        // The clone stays for later calls; the one that is ready serves this one.
        let next = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, next);
        let ended = span.clone();
        let answered = async move {
            let started = Instant::now();
            let response = match tokio::time::timeout(limit, ready.call(request)).await {
                Ok(response) => response?,
                Err(_) => {
                    Status::deadline_exceeded("the call took longer than its deadline; try again").into_http()
                }
            };
            let code = Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code());
            calls::mark(&ended, Some(code));
            layer.count(&path, code, started.elapsed());
            Ok(response)
        };
        Box::pin(answered.instrument(span))
    }
}

impl GuardLayer {
    fn count(&self, path: &str, code: Code, took: Duration) {
        let (service, method) = known_method(path, code);
        self.handled
            .with_label_values(&[service, method, code_name(code)])
            .inc();
        self.durations
            .with_label_values(&[service, method])
            .observe(took.as_secs_f64());
    }
}

/// Of a call whose token is good: it goes on from the caller's. Probes and explorers are not traced.
fn span(request: &Request<Body>) -> Span {
    let path = request.uri().path();
    if !trace::is_on() || OPEN.iter().any(|open| path.starts_with(open)) {
        return Span::none();
    }
    let (service, method) = calls::names(path);
    let span = tracing::trace_span!(
        target: trace::TARGET,
        parent: None,
        "serve",
        otel.name = format!("{service}/{method}"),
        otel.kind = "server",
        otel.status_code = Empty,
        rpc.system = "grpc",
        rpc.service = service,
        rpc.method = method,
        rpc.grpc.status_code = Empty,
    );
    let caller = request.headers().get(trace::HEADER);
    if let Some(caller) = caller.and_then(|value| value.to_str().ok()) {
        trace::continues(&span, caller);
    }
    span
}

/// A path that no service knows would make labels without bound.
fn known_method(path: &str, code: Code) -> (&str, &str) {
    if code == Code::Unimplemented {
        ("unknown", "unknown")
    } else {
        calls::names(path)
    }
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "Canceled",
        Code::InvalidArgument => "InvalidArgument",
        Code::DeadlineExceeded => "DeadlineExceeded",
        Code::NotFound => "NotFound",
        Code::AlreadyExists => "AlreadyExists",
        Code::PermissionDenied => "PermissionDenied",
        Code::ResourceExhausted => "ResourceExhausted",
        Code::FailedPrecondition => "FailedPrecondition",
        Code::Aborted => "Aborted",
        Code::OutOfRange => "OutOfRange",
        Code::Unimplemented => "Unimplemented",
        Code::Unavailable => "Unavailable",
        Code::DataLoss => "DataLoss",
        Code::Unauthenticated => "Unauthenticated",
        Code::Internal => "Internal",
        Code::Unknown => "Unknown",
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
pub(super) fn parse_timeout(value: &HeaderValue) -> Option<Duration> {
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
