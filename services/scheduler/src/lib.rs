#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod actions;
pub mod by_hand;
pub mod calendar;
pub mod digest;
pub mod domain;
pub mod error;
mod events;
mod grpc;
pub mod metrics;
pub mod offset;
pub mod plan;
pub mod policy;
pub mod release;
mod run;
mod settings;
pub mod store;
pub mod window;

use std::sync::{Arc, LazyLock, OnceLock};

use contracts::kinds::KindError;
use contracts::scheduler::v1::reminder_service_server::ReminderServiceServer;
use contracts::scheduler::v1::scheduler_service_server::SchedulerServiceServer;
use platform::{Platform, db::Migrations};
use tokio::sync::Notify;
use tonic::service::Routes;

use actions::Context;
use calendar::BusinessCalendar;
use events::Consumer;
use grpc::{Grpc, Reminders};
use metrics::Metrics;
use policy::{Policy, PolicySet, SetError};

pub use events::PATTERNS;
pub use settings::{FolderError, Settings};

/// The schema.
pub static MIGRATIONS: LazyLock<Migrations> = LazyLock::new(|| Migrations {
    postgres: sqlx::migrate!("migrations/postgres"),
    sqlite: sqlx::migrate!("migrations/sqlite"),
});

/// The scheduler calls nobody.
#[derive(Clone, Debug, Default)]
pub struct Clients {}

/// Why the scheduler cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder of policies.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The policies themselves.
    #[error(transparent)]
    Policies(#[from] SetError),
    /// The milestone kinds.
    #[error(transparent)]
    Kinds(#[from] KindError),
    /// The metrics.
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
}

/// The scheduler, wired.
pub struct Service {
    platform: Platform,
    context: Arc<Context>,
}

impl Service {
    /// Wires it on what the platform gives. A policy that is wrong is said here, before anything runs.
    pub fn new(platform: Platform, settings: &Settings, Clients {}: Clients) -> Result<Self, StartError> {
        let kinds = contracts::kinds::all()?;
        let texts = match &settings.policies {
            Some(folder) => settings::read_folder(folder)?,
            None => Vec::new(),
        };
        let context = Arc::new(Context {
            db: platform.db.clone(),
            clock: platform.clock.clone(),
            ids: platform.ids.clone(),
            policies: PolicySet::new(&kinds, &texts)?,
            kinds,
            calendar: BusinessCalendar::new(settings.closed_days.iter().copied()),
            metrics: Metrics::new(&platform.metrics)?,
            wake: Arc::new(Notify::new()),
            fingerprint: OnceLock::new(),
        });
        let counted = Arc::clone(&context);
        platform.refresh_before_scrape(Arc::new(move || Box::pin(run::show_counts(Arc::clone(&counted)))));
        Ok(Self { platform, context })
    }

    /// Its gRPC.
    pub fn routes(&self) -> Routes {
        Routes::new(SchedulerServiceServer::new(Grpc(Arc::clone(&self.context))))
            .add_service(ReminderServiceServer::new(Reminders(Arc::clone(&self.context))))
    }

    /// The policies that it obeys.
    pub fn policies(&self) -> &[Policy] {
        self.context.policies.all()
    }

    /// Starts taking milestones in and handing reminders over.
    pub fn run(&self) {
        self.platform
            .run(Some(Arc::new(Consumer(Arc::clone(&self.context)))));
        let tasks = &self.platform.tasks;
        tasks.spawn("claim", run::claim(Arc::clone(&self.context), tasks.stopping()));
        tasks.spawn(
            "policies",
            run::replan(Arc::clone(&self.context), tasks.stopping()),
        );
    }
}
