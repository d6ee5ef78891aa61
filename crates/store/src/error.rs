//! What can go wrong between us and the database.

/// A failure of the store. `Conflict` and `Missing` are answers; the others are faults.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row was changed by someone else since it was read.
    #[error("the record was changed by someone else")]
    Conflict,
    /// There is no such row.
    #[error("there is no such record")]
    Missing,
    /// A value breaks a rule of the schema, such as a name that exists already.
    #[error("the record exists already or refers to something that does not: {0}")]
    Constraint(String),
    /// The database is busy or gone; trying again may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database is of another version than the program.
    #[error("the schema is behind: run `huifang serve` once, or migrate")]
    SchemaBehind,
    /// A database that was to be filled holds rows already; the table is named.
    #[error("the database is not empty: there are rows in {0}")]
    NotEmpty(String),
    /// A key is missing or wrong.
    #[error("encryption: {0}")]
    Key(String),
    /// A stored value cannot be understood: damage, or a bug.
    #[error("stored data: {0}")]
    Data(String),
    /// Anything else that the database says.
    #[error("database: {0}")]
    Database(String),
}

impl From<sea_orm::DbErr> for StoreError {
    fn from(error: sea_orm::DbErr) -> Self {
        use sea_orm::{DbErr, SqlErr};
        if let Some(
            SqlErr::UniqueConstraintViolation(what) | SqlErr::ForeignKeyConstraintViolation(what),
        ) = error.sql_err()
        {
            return Self::Constraint(what);
        }
        match error {
            DbErr::ConnectionAcquire(e) => Self::Unavailable(e.to_string()),
            DbErr::Conn(e) => Self::Unavailable(e.to_string()),
            DbErr::RecordNotFound(_) => Self::Missing,
            other => Self::Database(other.to_string()),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => Self::Unavailable(error.to_string()),
            other => Self::Database(other.to_string()),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Unavailable(error.to_string())
            }
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Constraint(error.to_string()),
            _ => Self::Database(error.to_string()),
        }
    }
}

impl From<domain::UnknownCode> for StoreError {
    fn from(error: domain::UnknownCode) -> Self {
        Self::Data(error.to_string())
    }
}
