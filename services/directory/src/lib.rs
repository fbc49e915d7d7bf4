#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod actions;
pub mod domain;
pub mod error;
pub mod events;
mod grpc;
pub mod passwords;
pub mod store;

use std::sync::Arc;

use contracts::directory::v1::{
    account_service_server::AccountServiceServer, directory_service_server::DirectoryServiceServer,
};
use jiff::SignedDuration;
use platform::{Platform, db::Migrations};
use prometheus::{IntCounter, IntCounterVec, Opts};
use serde::{Deserialize, Serialize};
use tonic::service::Routes;

use actions::Context;
use domain::{LinkLives, SessionLives};
use error::Error;
use grpc::{Accounts, Grpc};
use passwords::{Cost, Passwords};

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
    /// For how many days it is kept who signed in, and what else happened to accounts.
    pub audit_kept_days: u16,
    /// A browser session that is not used ends after so many hours.
    pub session_idle_hours: u16,
    /// Any browser session ends after so many days.
    pub session_days: u16,
    /// The link of an invitation opens for so many days.
    pub invitation_days: u16,
    /// The link to set another password opens for so many minutes.
    pub reset_minutes: u16,
    /// What a hash of a password costs.
    pub password: Cost,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reads_kept_days: 365,
            audit_kept_days: 365,
            session_idle_hours: 12,
            session_days: 14,
            invitation_days: 14,
            reset_minutes: 120,
            password: Cost::default(),
        }
    }
}

impl Settings {
    fn sessions(&self) -> SessionLives {
        SessionLives {
            idle: SignedDuration::from_hours(i64::from(self.session_idle_hours)),
            absolute: days(self.session_days),
        }
    }

    fn links(&self) -> LinkLives {
        LinkLives {
            invitation: days(self.invitation_days),
            reset: SignedDuration::from_mins(i64::from(self.reset_minutes)),
        }
    }
}

fn days(days: u16) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

/// An import of the most rows, each field at its longest, fits.
const LARGEST_REQUEST: usize = 16 * 1024 * 1024;

/// The directory calls nobody.
#[derive(Clone, Debug, Default)]
pub struct Clients {}

/// Why the directory cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Two metrics of one name.
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
    /// The cost of a hash cannot be paid.
    #[error(transparent)]
    Password(#[from] Error),
}

/// The directory, wired.
pub struct Service {
    platform: Platform,
    context: Arc<Context>,
}

impl Service {
    /// Wires it on what the platform gives.
    pub fn new(platform: Platform, settings: &Settings, Clients {}: Clients) -> Result<Self, StartError> {
        let options = Opts::new(
            "jalon_directory_imported_people_total",
            "Rows of people imported, by outcome",
        );
        let imported = IntCounterVec::new(options, &["outcome"])?;
        platform.metrics.register(Box::new(imported.clone()))?;
        let hashes = IntCounter::new(
            "jalon_directory_password_hashes_total",
            "Password hashes computed, to keep or to compare",
        )?;
        platform.metrics.register(Box::new(hashes.clone()))?;
        let context = Arc::new(Context {
            db: platform.db.clone(),
            clock: platform.clock.clone(),
            ids: platform.ids.clone(),
            imported,
            reads_kept: days(settings.reads_kept_days),
            audit_kept: days(settings.audit_kept_days),
            tokens: platform.tokens.clone(),
            passwords: Passwords::new(settings.password, platform.ids.clone(), hashes)?,
            sessions: settings.sessions(),
            links: settings.links(),
        });
        Ok(Self { platform, context })
    }

    /// Its gRPC.
    pub fn routes(&self) -> Routes {
        let server = DirectoryServiceServer::new(Grpc(Arc::clone(&self.context)));
        let accounts = AccountServiceServer::new(Accounts(Arc::clone(&self.context)));
        Routes::new(server.max_decoding_message_size(LARGEST_REQUEST)).add_service(accounts)
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
