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

    /// It did not answer in time.
    pub(crate) fn away() -> Self {
        Self::Sql(sqlx::Error::PoolTimedOut)
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
            // PostgreSQL: serialization failure, deadlock, shutdown, crash of another session, start, an idle session ended,
            // a connection lost, too many of them, a server that is the second one since a fail-over; SQLite: busy.
            _ => self
                .database()
                .and_then(|error| error.code().map(std::borrow::Cow::into_owned))
                .is_some_and(|code| {
                    code.len() == 5 && code.starts_with("08")
                        || matches!(
                            code.as_str(),
                            "40001"
                                | "40P01"
                                | "57P01"
                                | "57P02"
                                | "57P03"
                                | "57P05"
                                | "53300"
                                | "25006"
                                | "5"
                                | "261"
                                | "517"
                        )
                }),
        }
    }

    /// There is no room left on the disk: whatever writes fails, until somebody makes room.
    pub fn is_full(&self) -> bool {
        // PostgreSQL: disk_full; SQLite: SQLITE_FULL.
        let code = self.database().and_then(sqlx::error::DatabaseError::code);
        matches!(code.as_deref(), Some("53100" | "13"))
    }

    /// Every class of failures that is counted.
    pub(crate) const CLASSES: [&'static str; 6] =
        ["connection", "conflict", "constraint", "timeout", "full", "other"];

    /// What failed, in one of a few words.
    pub(crate) fn class(&self) -> &'static str {
        let code = self
            .database()
            .and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        match self {
            Self::Sql(sqlx::Error::PoolTimedOut) => "timeout",
            Self::Sql(sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed) => {
                "connection"
            }
            _ => match code.as_deref() {
                Some("57014") => "timeout",
                Some("53100" | "13") => "full",
                Some("40001" | "40P01" | "5" | "517") => "conflict",
                Some(code) if code.starts_with("08") || code.starts_with("57P") => "connection",
                Some(_)
                    if self
                        .database()
                        .is_some_and(|error| !matches!(error.kind(), sqlx::error::ErrorKind::Other)) =>
                {
                    "constraint"
                }
                _ => "other",
            },
        }
    }

    fn database(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => Some(error.as_ref()),
            _ => None,
        }
    }
}
