/// What can go wrong in the database. Its text is for logs, never for clients.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database or the driver says no.
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The address is not one of ours.
    #[error("the database address must begin with postgres:// or sqlite://, not {0:?}")]
    Address(String),
    /// The folder of the database cannot be made.
    #[error("the data folder cannot be used: {0}")]
    Folder(#[from] std::io::Error),
}

impl Error {
    pub(super) fn not_found() -> Self {
        Self::Sql(sqlx::Error::RowNotFound)
    }

    /// No row where one was expected.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::RowNotFound))
    }

    /// A unique index refused the row: somebody was first.
    pub fn is_unique_violation(&self) -> bool {
        self.database()
            .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
    }

    /// The name of the constraint or index (PostgreSQL), or "table.column, …" (SQLite), of a violation.
    pub fn constraint(&self) -> Option<&str> {
        let error = self.database()?;
        error
            .constraint()
            .or_else(|| error.message().strip_prefix("UNIQUE constraint failed: "))
    }

    /// Trying again may help: the connection was lost, or two transactions were in each other's way.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Sql(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed) => true,
            // PostgreSQL: serialization failure, deadlock, shutdown; SQLite: busy.
            _ => self
                .database()
                .and_then(|error| error.code().map(std::borrow::Cow::into_owned))
                .is_some_and(|code| {
                    matches!(code.as_str(), "40001" | "40P01" | "57P01" | "57P03" | "5" | "517")
                }),
        }
    }

    fn database(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => Some(error.as_ref()),
            _ => None,
        }
    }
}
