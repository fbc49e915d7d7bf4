//! The operational endpoints: `/livez`, `/readyz`, `/metrics`.

mod peers;

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

pub use peers::Peers;

/// Run before the metrics are gathered, for gauges that are counted on scrape.
pub type Refresh = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

#[derive(Clone)]
struct Operations {
    platforms: Arc<Vec<Platform>>,
    process: Registry,
    peers: Peers,
}

/// The endpoints for the services of this process.
pub fn operations(platforms: Vec<Platform>, process: Registry) -> Router {
    operations_with(platforms, process, Peers::default())
}

/// The same for a process that calls others.
pub fn operations_with(platforms: Vec<Platform>, process: Registry, peers: Peers) -> Router {
    Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Operations {
            platforms: Arc::new(platforms),
            process,
            peers,
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

/// Ready when every database answers and has room, and events of others can come. A peer that is away is named, and no more: what it has to do with
/// it waits here, and the rest goes on.
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
    if let Some(full) = operations.platforms.iter().find(|platform| !platform.has_room()) {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{}: disk full\n", full.service),
        );
    }
    if let Some(deaf) = operations.platforms.iter().find(|platform| !platform.hears()) {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{}: broker away\n", deaf.service),
        );
    }
    let mut text = "ready\n".to_owned();
    for peer in operations.peers.away().await {
        text.extend([peer, ": away\n"]);
    }
    (StatusCode::OK, text)
}

async fn metrics(State(operations): State<Operations>) -> impl IntoResponse {
    let mut families: BTreeMap<String, MetricFamily> = BTreeMap::new();
    let mut registries = vec![operations.process.clone()];
    // For its gauge.
    let _away = operations.peers.away().await;
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
