//! Where spans go: an OpenTelemetry collector, over gRPC, in batches, from a thread of their own. When it does not keep up
//! or does not answer, spans are lost and counted; no work waits for it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{SpanExporter as Otlp, WithTonicConfig as _};
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{
        BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider, SpanData, SpanExporter,
    },
};
use prometheus::{IntCounter, Registry};
use serde::{Deserialize, Serialize};
use tonic::transport::Endpoint;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    registry::LookupSpan,
};

use super::TARGET;

/// So many finished spans wait for the collector; more are dropped.
const QUEUE: usize = 8_192;

/// They go out at least this often when there are any.
const EVERY: Duration = Duration::from_secs(2);

/// The collector has so long for a batch, and for what is left at a stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where traces go, and how many.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A collector that speaks OTLP over gRPC, `http://host:4317`; empty: nothing is traced, nothing is sent.
    pub otlp_endpoint: String,
    /// The share of new traces that is kept, 0 to 1. What a caller decided for a trace holds for all of it.
    pub sample_ratio: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            otlp_endpoint: String::new(),
            sample_ratio: 1.0,
        }
    }
}

/// The setting cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The address.
    #[error("telemetry.otlp_endpoint: write the address of the collector as http://host:4317")]
    Endpoint,
    /// The share.
    #[error("telemetry.sample_ratio: write a share between 0 and 1")]
    Ratio,
    /// The library refuses.
    #[error("telemetry.otlp_endpoint: {0}")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// Sends spans until it is stopped.
pub struct Exporter {
    provider: SdkTracerProvider,
    lost: IntCounter,
}

impl Exporter {
    /// For a process of this name; none when no collector is set. Connects when there is something to send.
    pub(crate) fn new(settings: &Settings, name: &str, version: &str) -> Result<Option<Self>, TraceError> {
        if settings.otlp_endpoint.is_empty() {
            return Ok(None);
        }
        if !(0.0..=1.0).contains(&settings.sample_ratio) {
            return Err(TraceError::Ratio);
        }
        // No TLS: a collector stands beside the process, and what it sends on is its own matter.
        if !settings.otlp_endpoint.starts_with("http://") {
            return Err(TraceError::Endpoint);
        }
        let channel = Endpoint::from_shared(settings.otlp_endpoint.clone())
            .map_err(|_| TraceError::Endpoint)?
            .connect_timeout(PATIENCE)
            .timeout(PATIENCE)
            .connect_lazy();
        let lost = lost()?;
        let exporter = Told {
            inner: Otlp::builder().with_tonic().with_channel(channel).build()?,
            lost: lost.clone(),
            failing: Arc::default(),
        };
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_scheduled_delay(EVERY)
            .build();
        let processor = BatchSpanProcessor::builder(exporter)
            .with_batch_config(batches)
            .build();
        let resource = Resource::builder_empty()
            .with_service_name(name.to_owned())
            .with_attributes([
                KeyValue::new("service.namespace", "jalon"),
                KeyValue::new("service.version", version.to_owned()),
                KeyValue::new("process.pid", i64::from(std::process::id())),
            ])
            .build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(
                settings.sample_ratio,
            ))))
            .with_resource(resource)
            .build();
        Ok(Some(Self { provider, lost }))
    }

    pub(crate) fn tracer(&self) -> SdkTracer {
        self.provider.tracer("jalon")
    }

    /// Shows how many spans were lost.
    pub fn register(&self, registry: &Registry) -> Result<(), prometheus::Error> {
        registry.register(Box::new(self.lost.clone()))
    }

    /// Sends what is left, for at most some seconds, and ends.
    pub async fn stop(self) {
        // It waits for its thread, and that one for the connection, which lives on this runtime.
        let stopped = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(PATIENCE));
        match stopped.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last spans may be lost"),
            Err(error) => tracing::warn!(%error, "the last spans may be lost"),
        }
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Exporter")
    }
}

/// Makes spans for export of those of ours, and of nothing else: no event of a log, no span of a library.
pub(crate) fn spans<S>(tracer: SdkTracer) -> impl Layer<S> + Send + Sync
where
    S: tracing::Subscriber + for<'s> LookupSpan<'s> + Send + Sync,
{
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false)
        .with_filter(Targets::new().with_target(TARGET, LevelFilter::TRACE))
}

fn lost() -> Result<IntCounter, TraceError> {
    IntCounter::new(
        "jalon_trace_spans_lost_total",
        "Spans that the collector did not take",
    )
    .map_err(|_| TraceError::Endpoint)
}

/// Says once that a collector is away, and counts what is lost meanwhile.
#[derive(Debug)]
struct Told {
    inner: Otlp,
    lost: IntCounter,
    failing: Arc<AtomicBool>,
}

impl SpanExporter for Told {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let sent = self.inner.export(batch).await;
        let failed = sent.is_err();
        if let Err(error) = &sent {
            self.lost.inc_by(u64::try_from(spans).unwrap_or_default());
            if !self.failing.swap(true, Ordering::Relaxed) {
                tracing::warn!(%error, "spans are lost: the collector of telemetry.otlp_endpoint does not take them");
            }
        }
        if !failed && self.failing.swap(false, Ordering::Relaxed) {
            tracing::info!("the collector takes spans again");
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> Result<(), OTelSdkError> {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
