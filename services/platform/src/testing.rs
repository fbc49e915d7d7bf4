//! What tests of all crates use: databases of their own, a clock that stands, tokens, an unruly bus.

use std::{
    env,
    future::Future,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tempfile::TempDir;
use tonic::service::Routes;

use crate::{
    Clock, Ids, Moment,
    auth::{Actor, SigningKey},
    bus::{Bus, Topology},
    db::{Db, Migrations, Target},
    grpc::{self, Transport},
    service::{Ground, Platform},
};

/// Runs one test on each database: `name::sqlite` in a temporary file, and `name::postgres` in a schema of its own of
/// the server at `TEST_POSTGRES_URL` (`tests/run` starts one; without it that half says so and passes).
///
/// ```text
/// on_each_database! { crate::MIGRATIONS,
///     async fn a_message_is_handled_once(db: Db) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_each_database {
    ($migrations:expr, $($(#[$attribute:meta])* async fn $name:ident($db:ident: Db) $body:block)+) => { $(
        $(#[$attribute])*
        mod $name {
            #[expect(unused_imports, clippy::allow_attributes, reason = "not every test needs all of its module")]
            use super::*;

            async fn test($db: $crate::Db) $body

            #[tokio::test]
            async fn sqlite() {
                let folder = $crate::testing::folder();
                test($crate::testing::sqlite(&folder, &$migrations).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(db) = $crate::testing::postgres(&$migrations).await {
                    test(db).await;
                }
            }
        }
    )+ };
}

static NEXT: AtomicU64 = AtomicU64::new(0);

/// What nothing else on the servers is called. They may run for days, and numbers of processes come again.
fn own() -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}_{number}_{:08x}", std::process::id(), rand::random::<u32>())
}

/// A temporary folder, removed with the value.
///
/// # Panics
/// When it cannot be made.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A SQLite database in `folder`.
///
/// # Panics
/// When it cannot be opened.
pub async fn sqlite(folder: &TempDir, migrations: &Migrations) -> Db {
    Target::Folder(folder.path().to_owned())
        .open_named("test", migrations)
        .await
        .expect("a SQLite database")
}

/// A schema of its own on the test server; none when there is no server.
///
/// # Panics
/// When there is a server but it cannot be used.
#[expect(clippy::print_stderr, reason = "a skipped half must be seen")]
pub async fn postgres(migrations: &Migrations) -> Option<Db> {
    let Ok(address) = env::var("TEST_POSTGRES_URL") else {
        eprintln!("PostgreSQL half skipped: set TEST_POSTGRES_URL, or use tests/run");
        return None;
    };
    let schema = format!("test_{}", own());
    let target = Target::Postgres(address);
    Some(
        target
            .open_named(&schema, migrations)
            .await
            .expect("a PostgreSQL schema"),
    )
}

/// The address of a database of its own on the test server, for tests of several services; none when there is no server.
///
/// # Panics
/// When there is a server but it makes no database.
pub async fn postgres_database() -> Option<String> {
    let address = env::var("TEST_POSTGRES_URL").ok()?;
    let name = format!("suite_{}", own());
    Target::create_database(&address, &name)
        .await
        .expect("a PostgreSQL database");
    let (server, _) = address.rsplit_once('/').expect("an address with a database");
    Some(format!("{server}/{name}"))
}

/// The test broker (`TEST_RABBITMQ_URL`) with queues of its own; none when there is no broker.
///
/// # Panics
/// When the address is none.
#[expect(clippy::print_stderr, reason = "a skipped half must be seen")]
pub fn broker(topology: impl FnOnce(&str) -> Topology) -> Option<(Bus, String)> {
    let Some((address, prefix)) = broker_address() else {
        eprintln!("RabbitMQ half skipped: set TEST_RABBITMQ_URL, or use tests/run");
        return None;
    };
    let bus = Bus::broker(&address, topology(&prefix), 1).expect("the address of a broker");
    Some((bus, prefix))
}

/// The test broker's address and a prefix of its own for what a test declares there; none when there is no broker.
pub fn broker_address() -> Option<(String, String)> {
    let address = env::var("TEST_RABBITMQ_URL").ok()?;
    Some((address, format!("test-{}", own())))
}

/// A clock that stands at an RFC 3339 instant.
///
/// # Panics
/// When the text is none.
pub fn clock_at(instant: &str) -> Clock {
    Clock::manual(moment(instant))
}

/// An instant from RFC 3339.
///
/// # Panics
/// When the text is none.
pub fn moment(instant: &str) -> Moment {
    Moment::from(instant.parse::<Timestamp>().expect("an RFC 3339 instant"))
}

/// The ground of a test: SQLite in a temporary folder, an unruly bus, a clock that stands, seeded ids.
pub struct TestGround {
    /// As in a process.
    pub ground: Ground,
    /// Removed at the end.
    pub folder: TempDir,
}

impl TestGround {
    /// Stands at 2026-11-09T09:00:00Z, a Monday.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new() -> Self {
        Self::at("2026-11-09T09:00:00Z")
    }

    /// Stands at an RFC 3339 instant.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn at(instant: &str) -> Self {
        Self::on(instant, Bus::unruly(1))
    }

    /// Stands at an RFC 3339 instant, on a bus of the test's choice.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn on(instant: &str, bus: Bus) -> Self {
        let folder = folder();
        let clock = clock_at(instant);
        let ids = Ids::seeded(clock.clone(), 1);
        let key = SigningKey::from_seed([7; 32]).expect("a key");
        let target = Target::Folder(folder.path().to_owned());
        let ground = Ground::new(clock, ids, bus, target, key).expect("a ground");
        ground.bus.open();
        Self { ground, folder }
    }

    /// A service's platform.
    ///
    /// # Panics
    /// When its database cannot be opened.
    pub async fn platform(&self, service: &'static str, migrations: &Migrations) -> Platform {
        self.ground
            .platform(service, migrations)
            .await
            .expect("a platform")
    }

    /// A service's platform on a database that the test chose.
    pub fn platform_on(&self, service: &'static str, db: Db) -> Platform {
        self.ground.platform_on(service, db)
    }

    /// What a client of `actor` speaks through, to services of this test, guard included.
    pub fn transport(&self, routes: Routes, actor: Actor) -> Transport {
        grpc::local(routes, &self.ground.guard, self.ground.tokens(actor))
    }
}

impl Default for TestGround {
    fn default() -> Self {
        Self::new()
    }
}

/// Waits until `condition` gives a value.
///
/// # Panics
/// After a minute, naming `what`: a slow machine takes its time.
#[expect(clippy::panic, reason = "fails the test")]
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut condition: impl FnMut() -> F) -> T {
    let start = Instant::now();
    while start.elapsed() < Duration::from_mins(1) {
        if let Some(value) = condition().await {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("waited a minute in vain: {what}");
}
