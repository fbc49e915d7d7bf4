#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod actions;
pub mod domain;
pub mod error;
pub mod events;
mod grpc;
pub mod store;

use std::sync::Arc;

use contracts::directory::v1::directory_service_server::DirectoryServiceServer;
use jiff::SignedDuration;
use platform::{Platform, db::Migrations};
use prometheus::{IntCounterVec, Opts};
use serde::{Deserialize, Serialize};
use tonic::service::Routes;

use actions::Context;
use grpc::Grpc;

/// The schema.
pub static MIGRATIONS: Migrations = Migrations {
    postgres: sqlx::migrate!("migrations/postgres"),
    sqlite: sqlx::migrate!("migrations/sqlite"),
};

/// What can be configured.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// For how many days it is kept who of the staff read whose file.
    pub reads_kept_days: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self { reads_kept_days: 365 }
    }
}

/// An import of the most rows, each field at its longest, fits.
const LARGEST_REQUEST: usize = 16 * 1024 * 1024;

/// The directory calls nobody.
#[derive(Clone, Debug, Default)]
pub struct Clients {}

/// The directory, wired.
pub struct Service {
    platform: Platform,
    context: Arc<Context>,
}

impl Service {
    /// Wires it on what the platform gives.
    pub fn new(
        platform: Platform,
        settings: &Settings,
        Clients {}: Clients,
    ) -> Result<Self, prometheus::Error> {
        let options = Opts::new(
            "jalon_directory_imported_people_total",
            "Rows of people imported, by outcome",
        );
        let imported = IntCounterVec::new(options, &["outcome"])?;
        platform.metrics.register(Box::new(imported.clone()))?;
        let context = Arc::new(Context {
            db: platform.db.clone(),
            clock: platform.clock.clone(),
            ids: platform.ids.clone(),
            imported,
            reads_kept: SignedDuration::from_hours(24 * i64::from(settings.reads_kept_days)),
        });
        Ok(Self { platform, context })
    }

    /// Its gRPC.
    pub fn routes(&self) -> Routes {
        let server = DirectoryServiceServer::new(Grpc(Arc::clone(&self.context)));
        Routes::new(server.max_decoding_message_size(LARGEST_REQUEST))
    }

    /// Starts the relay of its events, and the forgetting of old records.
    pub fn run(&self) {
        self.platform.run(None);
        let (context, stopping) = (Arc::clone(&self.context), self.platform.tasks.stopping());
        self.platform.tasks.spawn("retention", async move {
            while !stopping.is_cancelled() {
                if let Err(error) = actions::tidy(&context).await {
                    tracing::warn!(%error, "old records of reads were not forgotten; next try in an hour");
                }
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = context.clock.sleep(SignedDuration::from_hours(1)) => {}
                }
            }
        });
    }
}
