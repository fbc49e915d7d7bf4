//! The operational endpoints: `/livez`, `/readyz`, `/metrics`.

use std::{collections::BTreeMap, future::Future, net::SocketAddr, pin::Pin, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use prometheus::{Encoder as _, Registry, TextEncoder, proto::MetricFamily};
use tokio::net::TcpListener;

use crate::{Platform, lifecycle::Tasks};

/// Run before the metrics are gathered, for gauges that are counted on scrape.
pub type Refresh = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

#[derive(Clone)]
struct Operations {
    platforms: Arc<Vec<Platform>>,
    process: Registry,
}

/// The endpoints for the services of this process.
pub fn operations(platforms: Vec<Platform>, process: Registry) -> Router {
    Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Operations {
            platforms: Arc::new(platforms),
            process,
        })
}

/// Serves a router until the stop, then lets requests finish.
pub async fn serve(listener: TcpListener, router: Router, tasks: &Tasks) -> std::io::Result<()> {
    let stopping = tasks.stopping();
    // Pages that throttle must know where a request comes from.
    axum::serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async move { stopping.cancelled().await })
    .await
}

/// Ready when every database answers.
async fn ready(State(operations): State<Operations>) -> impl IntoResponse {
    for platform in operations.platforms.iter() {
        if let Err(error) = platform.probe().await {
            tracing::warn!(service = platform.service, %error, "not ready: the database does not answer");
            return (
                StatusCode::SERVICE_UNAVAILABLE,
                format!("{}: database away\n", platform.service),
            );
        }
    }
    (StatusCode::OK, "ready\n".to_owned())
}

async fn metrics(State(operations): State<Operations>) -> impl IntoResponse {
    let mut families: BTreeMap<String, MetricFamily> = BTreeMap::new();
    let mut registries = vec![operations.process.clone()];
    for platform in operations.platforms.iter() {
        platform.refresh().await;
        registries.push(platform.metrics.clone());
    }
    // Services of one process share metric names: one family, told apart by the label `service`.
    for family in registries.iter().flat_map(Registry::gather) {
        match families.get_mut(family.name()) {
            Some(known) => known.mut_metric().extend(family.get_metric().iter().cloned()),
            None => {
                families.insert(family.name().to_owned(), family);
            }
        }
    }
    let mut text = Vec::new();
    let families: Vec<_> = families.into_values().collect();
    match TextEncoder::new().encode(&families, &mut text) {
        Ok(()) => (
            StatusCode::OK,
            [(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)],
            text,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
