use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use sqlx::{
    Connection as _, PgConnection, PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Db, Error, Migrations, Pool, STATEMENT_TIMEOUT};

/// Where the databases of all services are; `{service}` stands for the service's name.
#[derive(Clone, Debug)]
pub enum Target {
    /// A folder with one SQLite file per service.
    Folder(PathBuf),
    /// A PostgreSQL address; each service has the schema of its name.
    Postgres(String),
}

impl Target {
    /// `postgres://…` or `sqlite://folder`.
    pub fn parse(address: &str) -> Result<Self, Error> {
        if let Some(folder) = address.strip_prefix("sqlite://") {
            Ok(Self::Folder(PathBuf::from(folder)))
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            Ok(Self::Postgres(address.to_owned()))
        } else {
            // The address may hold a password: only its scheme is shown.
            Err(Error::Address(
                address.split("://").next().unwrap_or_default().to_owned(),
            ))
        }
    }

    /// Makes an empty database on the server of a PostgreSQL address.
    #[cfg(feature = "testing")]
    pub(crate) async fn create_database(address: &str, name: &str) -> Result<(), Error> {
        Ok(execute_once(
            &PgConnectOptions::from_str(address)?,
            format!("CREATE DATABASE \"{name}\""),
        )
        .await?)
    }

    /// Opens the database of `service` and brings the platform's tables and the service's up to date.
    pub async fn open(&self, service: &'static str, migrations: &Migrations) -> Result<Db, Error> {
        self.open_named(service, migrations).await
    }

    // The name is the file's or the schema's: tests have one of their own each.
    pub(crate) async fn open_named(&self, name: &str, migrations: &Migrations) -> Result<Db, Error> {
        match self {
            Self::Folder(folder) => open_sqlite(&folder.join(format!("{name}.sqlite")), migrations).await,
            Self::Postgres(address) => open_postgres(address, name, migrations).await,
        }
    }
}

/// Rows of one result that wait for their reader.
const ROWS: usize = 1_024;

/// Pages that the writer keeps, in KiB below zero as SQLite has it: a batch of hundreds touches every index.
const WRITER_CACHE: &str = "-16384";

async fn open_sqlite(file: &Path, migrations: &Migrations) -> Result<Db, Error> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A power cut must not lose what a person was told.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        // sqlx hands rows from a thread of its own through a channel: a result that does not fit stops that thread.
        .row_buffer_size(ROWS)
        .pragma("temp_store", "memory");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(STATEMENT_TIMEOUT)
        // On a full disk SQLite ends a transaction by itself. The ROLLBACK that follows finds none and fails, and sqlx 0.9
        // goes on believing in it: such a connection could never begin another.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect_with(options.clone().pragma("cache_size", WRITER_CACHE))
        .await?;
    platform_tables().sqlite.run(&writer).await?;
    migrations.sqlite.run(&writer).await?;
    let readers: SqlitePool = SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(STATEMENT_TIMEOUT)
        .connect_with(options.pragma("query_only", "ON"))
        .await?;
    Ok(Db::new(Pool::Sqlite { writer, readers }))
}

async fn open_postgres(address: &str, service: &str, migrations: &Migrations) -> Result<Db, Error> {
    let base = PgConnectOptions::from_str(address)?;
    create_schema(&base, service).await?;
    let options = base.options([
        ("search_path", service.to_owned()),
        ("statement_timeout", format!("{}", STATEMENT_TIMEOUT.as_millis())),
    ]);
    // A pool of its own, closed at once: sqlx 0.9 leaves its migration lock on the pooled connection when a
    // migration fails, and the next one would wait for ever.
    let once = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options.clone())
        .await?;
    let migrated = async {
        platform_tables().postgres.run(&once).await?;
        migrations.postgres.run(&once).await
    }
    .await;
    once.close().await;
    migrated?;
    let pool: PgPool = PgPoolOptions::new()
        .max_connections(10)
        .acquire_timeout(STATEMENT_TIMEOUT)
        .connect_with(options)
        .await?;
    Ok(Db::new(Pool::Postgres(pool)))
}

async fn create_schema(options: &PgConnectOptions, service: &str) -> Result<(), Error> {
    match execute_once(options, format!("CREATE SCHEMA IF NOT EXISTS \"{service}\"")).await {
        // Two processes that start together: the other one made it.
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(()),
        made => Ok(made?),
    }
}

/// Before there is a [`Db`]: on a connection of its own. The names in `statement` are ours, never a user's.
#[expect(clippy::disallowed_methods, reason = "before there is a Db")]
async fn execute_once(options: &PgConnectOptions, statement: String) -> Result<(), sqlx::Error> {
    // No pool: it would wait, and say only that it waited.
    let mut connection = PgConnection::connect_with(options).await?;
    let done = sqlx::query(sqlx::AssertSqlSafe(statement))
        .execute(&mut connection)
        .await;
    connection.close().await?;
    done.map(|_| ())
}

/// Outbox, inbox, dead letters, requests: beside the service's own tables, under a history of their own.
fn platform_tables() -> Migrations {
    let mut tables = Migrations {
        postgres: sqlx::migrate!("migrations/postgres"),
        sqlite: sqlx::migrate!("migrations/sqlite"),
    };
    tables.postgres.dangerous_set_table_name("_platform_migrations");
    tables.sqlite.dangerous_set_table_name("_platform_migrations");
    tables
}
