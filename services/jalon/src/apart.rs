//! What the services need when each has a process of its own: the broker, peers over the network, patience at the start.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use platform::{
    Ground, Platform,
    auth::TokenSource,
    bus::{Bus, Topology},
    db::{self, Migrations, Target},
    grpc::{self, Patience, Transport},
};
use tonic::transport::Endpoint;

use crate::config::Config;

/// A database that does not answer is asked again after so long, then after twice that, and so on.
const PAUSE: Duration = Duration::from_millis(250);

/// The pauses grow no longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The broker of the configuration, or the bus of one process.
pub fn bus(config: &Config) -> Result<Bus> {
    if config.bus.url.is_empty() {
        return Ok(Bus::memory());
    }
    Ok(Bus::broker(
        config.bus.url.reveal(),
        topology(&config.bus.prefix),
        rand::random(),
    )?)
}

/// Every consumer of the suite, and which events it consumes.
pub const CONSUMERS: [(&str, &[&str]); 3] = [
    ("scheduler", scheduler::PATTERNS),
    ("speeddating", speeddating::events::PATTERNS),
    ("notifier", notifier::PATTERNS),
];

/// Every consumer, whether or not it runs here.
pub fn topology(prefix: &str) -> Topology {
    Topology::new(prefix, CONSUMERS, speeddating::events::ANNOUNCED)
}

/// A service of another process.
pub fn remote(
    name: &'static str,
    address: &str,
    tokens: TokenSource,
    patience: Patience,
) -> Result<Transport> {
    let endpoint = Endpoint::from_shared(address.to_owned())
        .with_context(|| format!("peers.{name}: write the address as http://host:port"))?;
    Ok(grpc::remote(name, endpoint, tokens, patience))
}

/// A peer that is neither here nor configured answers "away": the caller waits for it, as for one that is down.
pub fn nowhere(tokens: TokenSource, patience: Patience) -> Transport {
    grpc::remote(
        "a peer without an address",
        Endpoint::from_static("http://127.0.0.1:9"),
        tokens,
        patience,
    )
}

/// The platform of a service, once its database answers: services and databases start in any order. After `patience`
/// a start gives up; whoever started it starts it again.
pub async fn platform(
    ground: &Ground,
    name: &'static str,
    migrations: &Migrations,
    patience: Duration,
) -> Result<Platform> {
    let started = Instant::now();
    let mut pause = PAUSE;
    loop {
        match ground.platform(name, migrations).await {
            Err(error) if is_away(&error) && started.elapsed() + pause <= patience => {
                tracing::warn!(service = name, %error, "waits for its database");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            done => return Ok(done?),
        }
    }
}

/// The schema of a service.
pub fn migrations(name: &str) -> &'static Migrations {
    match name {
        "directory" => &directory::MIGRATIONS,
        "scheduler" => &scheduler::MIGRATIONS,
        "speeddating" => &speeddating::MIGRATIONS,
        _ => &notifier::MIGRATIONS,
    }
}

/// Brings the schema of one service up to date. Two who do it at once wait for each other.
pub async fn migrate(target: &Target, name: &'static str) -> Result<()> {
    let opened = target.open(name, migrations(name)).await;
    opened
        .with_context(|| format!("the schema of {name} cannot be brought up to date"))?
        .close()
        .await;
    Ok(())
}

fn is_away(error: &db::Error) -> bool {
    error.is_transient()
}
