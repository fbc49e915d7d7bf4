#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod actions;
pub mod directory;
pub mod domain;
pub mod error;
pub mod events;
pub mod export;
mod grpc;
pub mod import;
pub mod store;

use std::{convert::Infallible, sync::Arc};

use contracts::{
    directory::v1::directory_service_client::DirectoryServiceClient,
    speeddating::v1::{
        import_service_server::ImportServiceServer, outcome_service_server::OutcomeServiceServer,
        participation_service_server::ParticipationServiceServer,
        partner_service_server::PartnerServiceServer, planning_service_server::PlanningServiceServer,
        registration_service_server::RegistrationServiceServer, session_service_server::SessionServiceServer,
        speed_dating_service_server::SpeedDatingServiceServer, wish_service_server::WishServiceServer,
    },
};
use jiff::SignedDuration;
use platform::{Platform, bus::Handler, db::Migrations, grpc::Transport};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tonic::service::Routes;

use actions::Context;
use directory::Directory;
use events::Events;
use grpc::{Grpc, Participants, Partners};

/// The schema.
pub static MIGRATIONS: Migrations = Migrations {
    postgres: sqlx::migrate!("migrations/postgres"),
    sqlite: sqlx::migrate!("migrations/sqlite"),
};

/// Three files of 10 MB and what is around them.
const LARGEST_REQUEST: usize = 3 * import::FILE_MOST + 64 * 1024;

/// What can be configured.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many timetables may be computed at the same time; each keeps a core busy.
    pub computations: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self { computations: 2 }
    }
}

/// Whom this service calls.
#[derive(Clone)]
pub struct Clients {
    /// Who people are.
    pub directory: DirectoryServiceClient<Transport>,
}

/// The service, wired.
pub struct Service {
    platform: Platform,
    context: Arc<Context>,
}

impl Service {
    /// Wires it on what the platform gives.
    pub fn new(platform: Platform, settings: &Settings, clients: Clients) -> Result<Self, Infallible> {
        let context = Arc::new(Context {
            db: platform.db.clone(),
            clock: platform.clock.clone(),
            ids: platform.ids.clone(),
            directory: Directory::new(clients.directory),
            solving: Arc::new(Semaphore::new(usize::from(settings.computations.max(1)))),
            tasks: platform.tasks.clone(),
        });
        Ok(Self { platform, context })
    }

    /// Its gRPC.
    pub fn routes(&self) -> Routes {
        let grpc = || Grpc(Arc::clone(&self.context));
        let sessions = SpeedDatingServiceServer::new(grpc());
        let imports = ImportServiceServer::new(grpc());
        Routes::new(sessions.max_decoding_message_size(LARGEST_REQUEST))
            .add_service(imports.max_decoding_message_size(LARGEST_REQUEST))
            .add_service(RegistrationServiceServer::new(grpc()))
            .add_service(WishServiceServer::new(grpc()))
            .add_service(SessionServiceServer::new(grpc()))
            .add_service(OutcomeServiceServer::new(grpc()))
            .add_service(PlanningServiceServer::new(grpc()))
            .add_service(ParticipationServiceServer::new(Participants(Arc::clone(
                &self.context,
            ))))
            .add_service(PartnerServiceServer::new(Partners(Arc::clone(&self.context))))
    }

    /// What it does with the events of others.
    pub fn handler(&self) -> Arc<dyn Handler> {
        Arc::new(Events(Arc::clone(&self.context)))
    }

    /// Starts the relay of its events, the handling of those of others, and the forgetting of old imports.
    pub fn run(&self) {
        self.platform.run(Some(self.handler()));
        let (context, stopping) = (Arc::clone(&self.context), self.platform.tasks.stopping());
        self.platform.tasks.spawn("imports", async move {
            while !stopping.is_cancelled() {
                if let Err(error) = actions::tidy(&context).await {
                    tracing::warn!(%error, "old imports were not forgotten; next try in an hour");
                }
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = context.clock.sleep(SignedDuration::from_hours(1)) => {}
                }
            }
        });
    }
}
