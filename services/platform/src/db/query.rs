use sqlx::{
    Arguments as _, Encode, FromRow, PgConnection, Postgres, Sqlite, SqliteConnection, Type,
    error::BoxDynError,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{Error, counted};
use crate::metrics::Metrics;

/// What both databases can take as a parameter.
pub trait Value<'v>: Encode<'v, Postgres> + Type<Postgres> + Encode<'v, Sqlite> + Type<Sqlite> {}

impl<'v, T> Value<'v> for T where T: Encode<'v, Postgres> + Type<Postgres> + Encode<'v, Sqlite> + Type<Sqlite> {}

/// What can be read from a row of both: `#[derive(sqlx::FromRow)]` structs, and tuples.
pub trait Record: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin {}

impl<T> Record for T where T: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin {}

/// A statement's text: one for both, or a pair where they differ.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    /// For PostgreSQL.
    pub postgres: &'static str,
    /// For SQLite.
    pub sqlite: &'static str,
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self {
            postgres: text,
            sqlite: text,
        }
    }
}

/// A statement on its way; `bind` encodes at once, so borrowed values may be bound.
pub struct Query<'c> {
    on: On<'c>,
    metrics: Option<&'c Metrics>,
}

enum On<'c> {
    Postgres(
        &'c mut PgConnection,
        &'static str,
        Result<PgArguments, BoxDynError>,
    ),
    Sqlite(
        &'c mut SqliteConnection,
        &'static str,
        Result<SqliteArguments, BoxDynError>,
    ),
}

impl<'c> Query<'c> {
    pub(super) fn postgres(connection: &'c mut PgConnection, sql: &'static str) -> Self {
        Self {
            on: On::Postgres(connection, sql, Ok(PgArguments::default())),
            metrics: None,
        }
    }

    pub(super) fn sqlite(connection: &'c mut SqliteConnection, sql: &'static str) -> Self {
        Self {
            on: On::Sqlite(connection, sql, Ok(SqliteArguments::default())),
            metrics: None,
        }
    }

    /// Its failure is counted.
    pub(super) fn counted_by(self, metrics: Option<&'c Metrics>) -> Self {
        Self { metrics, ..self }
    }

    /// Binds the next parameter.
    #[must_use]
    pub fn bind<'v>(mut self, value: impl Value<'v>) -> Self {
        match &mut self.on {
            On::Postgres(_, _, arguments) => add(arguments, |list| list.add(value)),
            On::Sqlite(_, _, arguments) => add(arguments, |list| list.add(value)),
        }
        self
    }

    /// Runs it; how many rows it touched.
    pub async fn execute(self) -> Result<u64, Error> {
        let Self { on, metrics } = self;
        counted(metrics, on.execute().await)
    }

    /// Exactly one row; [`Error::is_not_found`] when there is none.
    pub async fn fetch_one<T: Record>(self) -> Result<T, Error> {
        self.fetch_optional().await?.ok_or_else(Error::not_found)
    }

    /// The first row, if any.
    pub async fn fetch_optional<T: Record>(self) -> Result<Option<T>, Error> {
        let Self { on, metrics } = self;
        counted(metrics, on.fetch_optional().await)
    }

    /// All rows. Bound it with a LIMIT, or by what the keys allow.
    pub async fn fetch_all<T: Record>(self) -> Result<Vec<T>, Error> {
        let Self { on, metrics } = self;
        counted(metrics, on.fetch_all().await)
    }
}

impl On<'_> {
    async fn execute(self) -> Result<u64, Error> {
        Ok(match self {
            Self::Postgres(connection, sql, arguments) => statement::<Postgres>(sql, arguments)?
                .execute(connection)
                .await?
                .rows_affected(),
            Self::Sqlite(connection, sql, arguments) => statement::<Sqlite>(sql, arguments)?
                .execute(connection)
                .await?
                .rows_affected(),
        })
    }

    async fn fetch_optional<T: Record>(self) -> Result<Option<T>, Error> {
        Ok(match self {
            Self::Postgres(connection, sql, arguments) => statement::<Postgres>(sql, arguments)?
                .fetch_optional(connection)
                .await?
                .map(|row| T::from_row(&row))
                .transpose()?,
            Self::Sqlite(connection, sql, arguments) => statement::<Sqlite>(sql, arguments)?
                .fetch_optional(connection)
                .await?
                .map(|row| T::from_row(&row))
                .transpose()?,
        })
    }

    async fn fetch_all<T: Record>(self) -> Result<Vec<T>, Error> {
        Ok(match self {
            Self::Postgres(connection, sql, arguments) => {
                let rows = statement::<Postgres>(sql, arguments)?
                    .fetch_all(connection)
                    .await?;
                rows.iter().map(T::from_row).collect::<Result<_, _>>()?
            }
            Self::Sqlite(connection, sql, arguments) => {
                let rows = statement::<Sqlite>(sql, arguments)?.fetch_all(connection).await?;
                rows.iter().map(T::from_row).collect::<Result<_, _>>()?
            }
        })
    }
}

fn add<A>(arguments: &mut Result<A, BoxDynError>, with: impl FnOnce(&mut A) -> Result<(), BoxDynError>) {
    if let Ok(list) = arguments
        && let Err(error) = with(list)
    {
        *arguments = Err(error);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where statements are made"
)]
fn statement<DB: sqlx::Database>(
    sql: &'static str,
    arguments: Result<DB::Arguments, BoxDynError>,
) -> Result<sqlx::query::Query<'static, DB, DB::Arguments>, Error>
where
    DB::Arguments: sqlx::IntoArguments<DB>,
{
    let arguments = arguments.map_err(sqlx::Error::Encode)?;
    Ok(sqlx::query_with(sql, arguments))
}
