use std::sync::Arc;

use platform::{Clock, Db, Ids, lifecycle::Tasks};
use tokio::sync::Notify;

use crate::{
    handover::{Budget, Outage},
    metrics::Metrics,
    peers::Peers,
    probe::Probe,
    provider::Providers,
    settings::Settings,
    templates::Templates,
};

/// What the actions of the service work with.
#[derive(Clone)]
pub struct Context {
    /// Its own database.
    pub db: Db,
    /// The source of time.
    pub clock: Clock,
    /// The source of ids and chance.
    pub ids: Ids,
    /// Background tasks: the heartbeat of leases.
    pub tasks: Tasks,
    /// What an installation sets.
    pub settings: Arc<Settings>,
    /// Texts.
    pub templates: Templates,
    /// Ways out.
    pub providers: Providers,
    /// Directory and scheduler.
    pub peers: Peers,
    /// The day's budget of SMS, as far as this process knows it.
    pub(crate) budget: Arc<Budget>,
    /// When the database was away.
    pub(crate) outage: Arc<Outage>,
    /// Watches the hand-over in tests.
    pub probe: Arc<dyn Probe>,
    /// Counters.
    pub metrics: Metrics,
    /// Told when deliveries came in.
    pub wake: Arc<Notify>,
}
