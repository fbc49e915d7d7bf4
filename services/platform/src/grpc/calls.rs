//! The caller's side of a call: a span, and the header that takes it across.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::{HeaderValue, Request, Response};
use tonic::{Status, body::Body};
use tower::Service;
use tracing::{Instrument as _, Span, field::Empty};

use crate::trace;

/// Calls that are traced.
#[derive(Clone)]
pub(super) struct Calls<S>(pub(super) S);

impl<S> Service<Request<Body>> for Calls<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if !trace::is_on() {
            return Box::pin(self.0.call(request));
        }
        let (service, method) = names(request.uri().path());
        let span = tracing::trace_span!(
            target: trace::TARGET,
            "call",
            otel.name = format!("{service}/{method}"),
            otel.kind = "client",
            otel.status_code = Empty,
            rpc.system = "grpc",
            rpc.service = service,
            rpc.method = method,
            rpc.grpc.status_code = Empty,
        );
        if let Ok(value) = HeaderValue::try_from(trace::of(&span)) {
            request.headers_mut().insert(trace::HEADER, value);
        }
        let answer = span.in_scope(|| self.0.call(request));
        let ended = span.clone();
        let traced = async move {
            let answer = answer.await;
            if let Ok(answer) = &answer {
                mark(
                    &ended,
                    Status::from_header_map(answer.headers()).map(|status| status.code()),
                );
            }
            answer
        };
        Box::pin(traced.instrument(span))
    }
}

/// How a call ended. What the caller did wrong is no error of whoever answered.
pub(super) fn mark(span: &Span, code: Option<tonic::Code>) {
    use tonic::Code;
    let code = code.unwrap_or(Code::Ok);
    span.record("rpc.grpc.status_code", i64::from(i32::from(code)));
    if matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    ) {
        span.record("otel.status_code", "error");
    }
}

/// `/package.Service/Method`
pub(super) fn names(path: &str) -> (&str, &str) {
    path.trim_start_matches('/')
        .split_once('/')
        .unwrap_or(("unknown", "unknown"))
}
