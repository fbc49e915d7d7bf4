use prost::Message as _;
use prost_types::FileDescriptorSet;
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

/// Serves `routes` on `listener` until the stop, then lets calls finish. Reflection names the gRPC services of `services`,
/// which run here, and no others: a client that explores several processes learns who answers what.
pub async fn serve(
    listener: TcpListener,
    routes: Routes,
    services: &[&'static str],
    guard: GuardLayer,
    tasks: &Tasks,
) -> Result<(), tonic::transport::Error> {
    let routes = with_reflection(routes, services);
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
fn with_reflection(routes: Routes, services: &[&'static str]) -> Routes {
    let builder = |own: &str| {
        let builder = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(contracts::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .with_service_name("grpc.health.v1.Health")
            .with_service_name(own);
        served(services)
            .into_iter()
            .fold(builder, tonic_reflection::server::Builder::with_service_name)
    };
    let v1 = builder("grpc.reflection.v1.ServerReflection").build_v1();
    let v1alpha = builder("grpc.reflection.v1alpha.ServerReflection").build_v1alpha();
    match (v1, v1alpha) {
        (Ok(v1), Ok(v1alpha)) => routes.add_service(v1).add_service(v1alpha),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "clients cannot explore the services: the descriptors are unreadable");
            routes
        }
    }
}

/// The gRPC services of ours by their full names: those of `services` by their packages, and what every process serves.
fn served(services: &[&'static str]) -> Vec<String> {
    let Ok(all) = FileDescriptorSet::decode(contracts::DESCRIPTORS) else {
        return Vec::new();
    };
    let here = |package: &str| {
        let of = package
            .strip_prefix("jalon.")
            .and_then(|rest| rest.strip_suffix(".v1"));
        of.is_some_and(|of| of == "operations" || services.contains(&of))
    };
    let mut names = Vec::new();
    for file in all.file.iter().filter(|file| here(file.package())) {
        let of_file = file.service.iter();
        names.extend(of_file.map(|service| format!("{}.{}", file.package(), service.name())));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_runs_here_is_named() {
        let of = |services: &[&'static str]| served(services);
        assert_eq!(
            of(&["directory"]),
            [
                "jalon.directory.v1.AccountService",
                "jalon.directory.v1.DirectoryService",
                "jalon.operations.v1.OperationsService"
            ]
        );
        assert_eq!(of(&[]), ["jalon.operations.v1.OperationsService"]);
        assert!(of(&["directory", "notifier"]).contains(&"jalon.notifier.v1.LinkService".to_owned()));
    }
}
