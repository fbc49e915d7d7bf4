//! One SQL text for PostgreSQL and SQLite: `Db`, `Tx`, `Query`.
//!
//! The text is written for both; where they differ ([`Sql`]) the pair stands side by side. Caveats that were
//! reproduced (types, `CAST`, timestamps, what SQLite lacks) are in `services/README.md`.

mod connect;
mod error;
mod query;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use tokio::sync::Notify;

use crate::metrics::Metrics;

pub use connect::Target;
pub use error::Error;
pub use query::{Query, Record, Sql, Value};

/// The two histories of one schema, with the same names and versions.
#[derive(Debug)]
pub struct Migrations {
    /// For PostgreSQL.
    pub postgres: sqlx::migrate::Migrator,
    /// For SQLite; tables are STRICT.
    pub sqlite: sqlx::migrate::Migrator,
}

/// A database of one service. A clone is the same database.
#[derive(Clone, Debug)]
pub struct Db {
    pool: Pool,
    // Told after a commit that wrote to the outbox, so that the relay need not wait for its next look.
    outbox_filled: Arc<Notify>,
    // None before there is a service.
    metrics: Option<Arc<Metrics>>,
}

#[derive(Clone, Debug)]
enum Pool {
    // A schema of its own.
    Postgres(PgPool),
    // A file of its own: one writer, so that writers queue fairly, and readers that refuse to write.
    Sqlite { writer: SqlitePool, readers: SqlitePool },
}

/// A transaction. Dropping it rolls back.
#[derive(Debug)]
pub struct Tx {
    connection: Connection,
    fills_outbox: bool,
    outbox_filled: Arc<Notify>,
    metrics: Option<Arc<Metrics>>,
}

#[derive(Debug)]
enum Connection {
    Postgres(Transaction<'static, Postgres>),
    Sqlite(Transaction<'static, Sqlite>),
}

/// A statement may run so long before the database gives up on it.
pub(crate) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);

const SIZE: Sql = Sql {
    postgres: "SELECT CAST(COALESCE(SUM(pg_total_relation_size(c.oid)), 0) AS BIGINT)
               FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace)",
    sqlite: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
};

impl Db {
    fn new(pool: Pool) -> Self {
        Self {
            pool,
            outbox_filled: Arc::new(Notify::new()),
            metrics: None,
        }
    }

    /// The same database, counted.
    pub(crate) fn observed(self, metrics: Metrics) -> Self {
        let metrics = Some(Arc::new(metrics));
        Self { metrics, ..self }
    }

    /// Connections that are idle, all of them, and how many there may be.
    pub(crate) fn connections(&self) -> (usize, u32, u32) {
        match &self.pool {
            Pool::Postgres(pool) => (pool.num_idle(), pool.size(), pool.options().get_max_connections()),
            Pool::Sqlite { writer, readers } => (
                writer.num_idle() + readers.num_idle(),
                writer.size() + readers.size(),
                writer.options().get_max_connections() + readers.options().get_max_connections(),
            ),
        }
    }

    /// A transaction that writes. On SQLite it takes the write lock at once: a deferred one that reads first would
    /// fail, not wait, when another has written meanwhile.
    pub async fn begin(&self) -> Result<Tx, Error> {
        self.tx(async {
            Ok(match &self.pool {
                Pool::Postgres(pool) => Connection::Postgres(pool.begin().await?),
                Pool::Sqlite { writer, .. } => {
                    Connection::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)
                }
            })
        })
        .await
    }

    /// A transaction that only reads, of one state; both databases refuse to write in it.
    pub async fn read(&self) -> Result<Tx, Error> {
        self.tx(async {
            Ok(match &self.pool {
                Pool::Postgres(pool) => Connection::Postgres(
                    pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                        .await?,
                ),
                Pool::Sqlite { readers, .. } => Connection::Sqlite(readers.begin().await?),
            })
        })
        .await
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Postgres(pool) => pool.close().await,
            Pool::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }

    /// "postgresql" or "sqlite", for logs and tests.
    pub fn engine(&self) -> &'static str {
        match &self.pool {
            Pool::Postgres(_) => "postgresql",
            Pool::Sqlite { .. } => "sqlite",
        }
    }

    /// Bytes that its tables and indexes take, those of dead rows included.
    pub async fn size_bytes(&self) -> Result<u64, Error> {
        let (bytes,): (i64,) = self.read().await?.query(SIZE).fetch_one().await?;
        Ok(u64::try_from(bytes).unwrap_or_default())
    }

    pub(crate) fn outbox_filled(&self) -> Arc<Notify> {
        Arc::clone(&self.outbox_filled)
    }

    async fn tx(&self, begin: impl Future<Output = Result<Connection, Error>>) -> Result<Tx, Error> {
        let started = Instant::now();
        let begun = begin.await;
        if let Some(metrics) = &self.metrics {
            metrics.acquired(started.elapsed());
        }
        Ok(Tx {
            connection: counted(self.metrics.as_deref(), begun)?,
            fills_outbox: false,
            outbox_filled: Arc::clone(&self.outbox_filled),
            metrics: self.metrics.clone(),
        })
    }
}

/// Counts a failure by its class.
fn counted<T>(metrics: Option<&Metrics>, result: Result<T, Error>) -> Result<T, Error> {
    if let (Some(metrics), Err(error)) = (metrics, &result)
        && !error.is_not_found()
    {
        metrics.db_failed(error.class());
        if error.is_full() {
            metrics.disk_is_full();
        }
    }
    result
}

impl Tx {
    /// Prepares a statement; bind the values of `$1 …` in order.
    pub fn query(&mut self, sql: impl Into<Sql>) -> Query<'_> {
        let sql = sql.into();
        match &mut self.connection {
            Connection::Postgres(tx) => Query::postgres(tx, sql.postgres),
            Connection::Sqlite(tx) => Query::sqlite(tx, sql.sqlite),
        }
        .counted_by(self.metrics.as_deref())
    }

    /// Makes all that was written durable, then wakes the relay if there is something for it.
    pub async fn commit(self) -> Result<(), Error> {
        let committed = match self.connection {
            Connection::Postgres(tx) => tx.commit().await,
            Connection::Sqlite(tx) => tx.commit().await,
        };
        counted(self.metrics.as_deref(), committed.map_err(Error::from))?;
        if self.fills_outbox {
            self.outbox_filled.notify_one();
        }
        Ok(())
    }

    /// Gives up what was written, and waits until its locks are gone. After a mere drop PostgreSQL holds them until the
    /// connection is used again.
    pub(crate) async fn roll_back(self) -> Result<(), Error> {
        match self.connection {
            Connection::Postgres(tx) => tx.rollback().await?,
            Connection::Sqlite(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    pub(crate) fn fills_outbox(&mut self) {
        self.fills_outbox = true;
    }
}
