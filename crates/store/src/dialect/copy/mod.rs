//! Whole databases: read as they stand at one moment, and filled when they are empty.
//!
//! Values travel as [`Cell`]s of four kinds, which are those of SQLite: nothing, whole number, text
//! and bytes. A date is text, true is one, an id is sixteen bytes. So a copy from one database fits
//! the other, and is the same to the byte whichever it was read from.

mod postgres;
mod sqlite;
mod target;

pub use target::{Target, known_migrations};

use super::bulk::Cell;
use super::connect::{DatabaseUrl, Store};
use crate::Result;

/// The table in which migrations are counted; it is not copied, but followed.
const MIGRATIONS: &str = "seaql_migrations";

/// A table as far as copies need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableShape {
    /// Its name.
    pub name: String,
    /// Its columns, by name.
    pub columns: Vec<String>,
    /// The columns that order its rows: its primary key.
    pub key: Vec<String>,
}

impl TableShape {
    /// Places of the key among the columns.
    fn key_places(&self) -> Vec<usize> {
        let place = |key: &String| self.columns.iter().position(|c| c == key);
        self.key.iter().filter_map(place).collect()
    }
}

/// A row, column by column.
pub type CopiedRow = Vec<Cell>;

enum Source {
    Sqlite(Box<sqlite::Session>),
    Postgres(Box<postgres::Session>),
}

impl Source {
    async fn count(&mut self, table: &TableShape) -> Result<u64> {
        match self {
            Self::Sqlite(session) => session.count(table),
            Self::Postgres(session) => session.count(table).await,
        }
    }

    async fn open(&mut self, table: &TableShape) -> Result<()> {
        match self {
            Self::Sqlite(session) => session.open_table(table),
            Self::Postgres(session) => session.open_table(table).await,
        }
    }

    async fn next(&mut self, rows_max: usize) -> Result<Vec<CopiedRow>> {
        match self {
            Self::Sqlite(session) => session.next(rows_max),
            Self::Postgres(session) => session.next(rows_max).await,
        }
    }
}

/// A database as it stood at one moment, whatever is written meanwhile.
pub struct RowSnapshot {
    source: Source,
    tables: Vec<TableShape>,
    migrations: Vec<String>,
}

impl std::fmt::Debug for RowSnapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RowSnapshot")
    }
}

impl Store {
    /// Opens the database as it stands now: on SQLite a read transaction on a connection of its own,
    /// on PostgreSQL one of the level REPEATABLE READ.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn row_snapshot(&self) -> Result<RowSnapshot> {
        match self.url() {
            DatabaseUrl::Sqlite(path) => {
                let mut session = sqlite::Session::open(path, true)?;
                session.run("BEGIN")?;
                let (tables, migrations) = (session.tables()?, session.migrations()?);
                Ok(RowSnapshot {
                    source: Source::Sqlite(Box::new(session)),
                    tables,
                    migrations,
                })
            }
            DatabaseUrl::Postgres(_) => {
                let pool = self.write_connection().get_postgres_connection_pool();
                let mut session = postgres::Session::open(pool).await?;
                session
                    .run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?;
                let tables = session.tables().await?;
                let migrations = session.migrations().await?;
                Ok(RowSnapshot {
                    source: Source::Postgres(Box::new(session)),
                    tables,
                    migrations,
                })
            }
        }
    }
}

impl RowSnapshot {
    /// Its tables, by name.
    pub fn tables(&self) -> &[TableShape] {
        &self.tables
    }

    /// The migrations that made its schema, oldest first.
    pub fn migrations(&self) -> &[String] {
        &self.migrations
    }

    /// Rows of a table.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count(&mut self, table: &TableShape) -> Result<u64> {
        self.source.count(table).await
    }

    /// Begins to read a table, in the order of its key.
    ///
    /// # Errors
    /// What the database says.
    pub async fn open(&mut self, table: &TableShape) -> Result<()> {
        self.source.open(table).await
    }

    /// The next rows; none at the end.
    ///
    /// # Errors
    /// What the database says, or a value of a type that copies do not know.
    pub async fn next(&mut self, rows_max: usize) -> Result<Vec<CopiedRow>> {
        self.source.next(rows_max).await
    }

    /// Lets the moment go.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn close(self) -> Result<()> {
        match self.source {
            Source::Sqlite(mut session) => session.run("ROLLBACK"),
            Source::Postgres(mut session) => session.run("ROLLBACK").await,
        }
    }
}
