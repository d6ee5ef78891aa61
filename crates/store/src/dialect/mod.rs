//! What differs between SQLite and PostgreSQL, and nothing else.

pub mod bulk;
pub mod connect;
pub mod copy;
pub(crate) mod keys;

/// The database in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Embedded, one file.
    Sqlite,
    /// PostgreSQL or a compatible cluster.
    Postgres,
}

/// Work that servers do one after the other: two that look for what is missing at the same moment would both
/// make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A chunk of planning.
    Planning,
    /// A portion of a batch of letters.
    Letters,
    /// A chunk of customers who are classed.
    Classes,
    /// A chunk of the keys by which names are found.
    SearchKeys,
    /// A chunk of customers compared with others: of two who change at once each must see the other.
    Duplicates,
    /// A chunk of examining what is known of customers.
    Information,
    /// A portion of what follows from the classes of customers.
    Service,
}

impl Backend {
    /// The statement that waits for the turn, which lasts until the transaction ends. SQLite has one writer
    /// at a time, so every transaction is a turn.
    pub(crate) fn turn(self, turn: Turn) -> Option<&'static str> {
        match (self, turn) {
            (Self::Sqlite, _) => None,
            (Self::Postgres, Turn::Planning) => Some("SELECT pg_advisory_xact_lock(7300, 1)"),
            (Self::Postgres, Turn::Letters) => Some("SELECT pg_advisory_xact_lock(7300, 2)"),
            (Self::Postgres, Turn::Classes) => Some("SELECT pg_advisory_xact_lock(7300, 5)"),
            (Self::Postgres, Turn::SearchKeys) => Some("SELECT pg_advisory_xact_lock(7300, 11)"),
            (Self::Postgres, Turn::Duplicates) => Some("SELECT pg_advisory_xact_lock(7300, 3)"),
            (Self::Postgres, Turn::Information) => Some("SELECT pg_advisory_xact_lock(7300, 33)"),
            (Self::Postgres, Turn::Service) => Some("SELECT pg_advisory_xact_lock(7300, 6)"),
        }
    }

    /// The clause that lets several workers take rows of a queue without waiting for each other.
    /// SQLite has one writer at a time, so nothing is needed there.
    pub(crate) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// As [`Self::skip_locked`] for the rows of one table of a join.
    pub(crate) fn skip_locked_of(self, table: &str) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres => format!("FOR UPDATE OF {table} SKIP LOCKED"),
        }
    }

    /// The clause that keeps read rows from others until the transaction ends. On SQLite the
    /// transaction is the only one that writes.
    pub(crate) fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE",
        }
    }

    /// The clause that takes rows that exist without waiting for who holds them, and without keeping
    /// others from referring to them.
    pub(crate) fn skip_locked_rows(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR NO KEY UPDATE SKIP LOCKED",
        }
    }

    /// The database behind a connection.
    pub(crate) fn of(connection: &impl sea_orm::ConnectionTrait) -> Self {
        match connection.get_database_backend() {
            sea_orm::DbBackend::Sqlite => Self::Sqlite,
            _ => Self::Postgres,
        }
    }

    /// The moment at which a date begins in China, as stored milliseconds.
    pub(crate) fn start_of_day(self, date: &str) -> String {
        match self {
            Self::Sqlite => format!("(unixepoch({date}) * 1000 - 28800000)"),
            Self::Postgres => {
                format!("(CAST(EXTRACT(EPOCH FROM {date}) AS bigint) * 1000 - 28800000)")
            }
        }
    }

    /// A column that SQLite shall not look up in an index: where a scope is wide, its planner
    /// prefers the unit over the period without knowing better. PostgreSQL knows from statistics.
    pub(crate) fn unindexed(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("+{column}"),
            Self::Postgres => column.to_owned(),
        }
    }

    /// The statement that names the version of the database, as `v`.
    pub(crate) fn version_query(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT sqlite_version() AS v",
            Self::Postgres => "SELECT current_setting('server_version') AS v",
        }
    }

    /// Statements whose rows `v` name damage; `ok` is none.
    pub(crate) fn damage_queries(self) -> [&'static str; 2] {
        match self {
            Self::Sqlite => [
                "SELECT quick_check AS v FROM pragma_quick_check",
                "SELECT \"table\" AS v FROM pragma_foreign_key_check LIMIT 5",
            ],
            Self::Postgres => [
                "SELECT indexrelid::regclass::text AS v FROM pg_index WHERE NOT indisvalid",
                "SELECT conrelid::regclass::text || '.' || conname AS v FROM pg_constraint WHERE NOT convalidated",
            ],
        }
    }

    /// The statement that reads the clock of the database in milliseconds, as `v`; an embedded one has
    /// none of its own.
    pub(crate) fn clock_query(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => {
                Some("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint) AS v")
            }
        }
    }
}
