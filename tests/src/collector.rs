//! An OpenTelemetry collector: the real protocol, OTLP over gRPC, and a memory of what came.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::Result;
use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::{KeyValue, any_value::Value},
    trace::v1::status::StatusCode,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

/// A span as it came.
#[derive(Clone, Debug)]
pub struct Span {
    /// `service.name` of the process.
    pub process: String,
    /// The trace.
    pub trace: Vec<u8>,
    /// Its id.
    pub id: Vec<u8>,
    /// The id of its parent; empty for a root.
    pub parent: Vec<u8>,
    /// What was done.
    pub name: String,
    /// What is said of it.
    pub attributes: BTreeMap<String, String>,
    /// Traces that it is linked to.
    pub links: BTreeSet<Vec<u8>>,
    /// It ended as an error.
    pub failed: bool,
}

/// It runs until it is dropped.
pub struct Collector {
    /// For `telemetry.otlp_endpoint`.
    pub address: String,
    spans: Arc<Mutex<Vec<Span>>>,
    serving: JoinHandle<()>,
}

impl Collector {
    /// Starts it on a free port.
    #[expect(clippy::disallowed_methods, reason = "the server of a test ends with it")]
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let spans = Arc::new(Mutex::new(Vec::new()));
        let taking = TraceServiceServer::new(Taking(Arc::clone(&spans)));
        let serving = tokio::spawn(async move {
            let served = Server::builder().add_service(taking);
            // It ends when it is aborted.
            drop(served.serve_with_incoming(TcpIncoming::from(listener)).await);
        });
        Ok(Self {
            address,
            spans,
            serving,
        })
    }

    /// All spans so far.
    pub fn spans(&self) -> Vec<Span> {
        self.spans.lock().map(|spans| spans.clone()).unwrap_or_default()
    }

    /// Waits until what came is enough.
    pub async fn until(&self, what: &str, enough: impl Fn(&[Span]) -> bool) -> Result<Vec<Span>> {
        let started = Instant::now();
        loop {
            let spans = self.spans();
            if enough(&spans) {
                return Ok(spans);
            }
            let names: BTreeSet<&str> = spans.iter().map(|span| span.name.as_str()).collect();
            anyhow::ensure!(
                started.elapsed() < Duration::from_mins(3),
                "the collector waited in vain: {what}; it has {} spans: {names:?}",
                spans.len()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct Taking(Arc<Mutex<Vec<Span>>>);

#[tonic::async_trait]
impl TraceService for Taking {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let mut taken = Vec::new();
        for resource in request.into_inner().resource_spans {
            let about = attributes(resource.resource.map(|one| one.attributes).unwrap_or_default());
            let process = about.get("service.name").cloned().unwrap_or_default();
            for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                taken.push(Span {
                    process: process.clone(),
                    trace: span.trace_id,
                    id: span.span_id,
                    parent: span.parent_span_id,
                    name: span.name,
                    attributes: attributes(span.attributes),
                    links: span.links.into_iter().map(|link| link.trace_id).collect(),
                    failed: span
                        .status
                        .is_some_and(|status| status.code() == StatusCode::Error),
                });
            }
        }
        if let Ok(mut spans) = self.0.lock() {
            spans.extend(taken);
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |value: Value| match value {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(yes) => yes.to_string(),
        Value::DoubleValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    pairs
        .into_iter()
        .filter_map(|pair| Some((pair.key, text(pair.value?.value?))))
        .collect()
}
