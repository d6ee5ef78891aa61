//! What differs between SQLite and PostgreSQL, and nothing else.

pub mod bulk;
pub mod connect;

/// The database in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Embedded, one file.
    Sqlite,
    /// PostgreSQL or a compatible cluster.
    Postgres,
}

impl Backend {
    /// The clause that lets several workers take rows of a queue without waiting for each other.
    /// SQLite has one writer at a time, so nothing is needed there.
    pub(crate) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }
}
