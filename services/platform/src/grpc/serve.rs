use tokio::net::TcpListener;
use tonic::{
    service::Routes,
    transport::{Server, server::TcpIncoming},
};
use tonic_health::server::HealthReporter;

use super::GuardLayer;
use crate::lifecycle::Tasks;

/// grpc.health.v1 for these services, serving from the start; the reporter turns it off.
pub async fn health(routes: Routes, services: &[&'static str]) -> (Routes, HealthReporter) {
    let (reporter, server) = tonic_health::server::health_reporter();
    for service in services {
        reporter
            .set_service_status(service, tonic_health::ServingStatus::Serving)
            .await;
    }
    (routes.add_service(server), reporter)
}

/// Serves `routes` on `listener` until the stop, then lets calls finish. Reflection tells clients all of `proto/`.
pub async fn serve(
    listener: TcpListener,
    routes: Routes,
    guard: GuardLayer,
    tasks: &Tasks,
) -> Result<(), tonic::transport::Error> {
    let routes = with_reflection(routes);
    let stopping = tasks.stopping();
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder()
        .http2_keepalive_interval(Some(std::time::Duration::from_secs(20)))
        .layer(guard)
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, async move { stopping.cancelled().await })
        .await
}

/// Both versions: older clients only know v1alpha.
fn with_reflection(routes: Routes) -> Routes {
    let builder = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(contracts::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    match (builder().build_v1(), builder().build_v1alpha()) {
        (Ok(v1), Ok(v1alpha)) => routes.add_service(v1).add_service(v1alpha),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "clients cannot explore the services: the descriptors are unreadable");
            routes
        }
    }
}
