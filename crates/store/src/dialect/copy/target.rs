//! An empty database that is filled: everything in one transaction, so that it holds all or nothing.

use super::{CopiedRow, Source, TableShape, postgres, sqlite};
use crate::dialect::connect::{DatabaseUrl, connect};
use crate::{Result, StoreError};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::DatabaseConnection;
use std::path::PathBuf;

/// A database that is being filled.
pub struct Target {
    source: Source,
    connection: DatabaseConnection,
    /// Files to remove when nothing comes of it: those of a database that did not exist before.
    created: Vec<PathBuf>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Target")
    }
}

/// The migrations that this program knows, oldest first.
pub fn known_migrations() -> Vec<String> {
    let all = Migrator::migrations();
    all.iter().map(|m| m.name().to_owned()).collect()
}

impl Target {
    /// Connects to a database, which must be empty; one that does not exist yet is.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] when a table has rows, or the database cannot be reached.
    pub async fn open(url: &DatabaseUrl) -> Result<Self> {
        let mut created = Vec::new();
        if let DatabaseUrl::Sqlite(path) = url
            && !path.exists()
        {
            let name = path.as_os_str().to_owned();
            created = ["", "-wal", "-shm"]
                .map(|ending| {
                    let mut name = name.clone();
                    name.push(ending);
                    PathBuf::from(name)
                })
                .to_vec();
        }
        let (_, connection, reading) = connect(url).await?;
        if matches!(url, DatabaseUrl::Sqlite(_)) {
            reading.close().await?;
        }
        let source = match url {
            DatabaseUrl::Sqlite(path) => {
                Source::Sqlite(Box::new(sqlite::Session::open(path, false)?))
            }
            DatabaseUrl::Postgres(_) => {
                let pool = connection.get_postgres_connection_pool();
                Source::Postgres(Box::new(postgres::Session::open(pool).await?))
            }
        };
        let mut target = Self {
            source,
            connection,
            created,
        };
        for table in target.tables().await? {
            if target.source.count(&table).await? > 0 {
                return Err(StoreError::NotEmpty(table.name));
            }
        }
        Ok(target)
    }

    async fn tables(&mut self) -> Result<Vec<TableShape>> {
        match &mut self.source {
            Source::Sqlite(session) => session.tables(),
            Source::Postgres(session) => session.tables().await,
        }
    }

    /// Brings the schema to where the first migrations lead, and begins the load.
    ///
    /// # Errors
    /// When a migration fails.
    pub async fn prepare(&mut self, migrations: usize) -> Result<()> {
        let applied = Migrator::get_applied_migrations(&self.connection).await?;
        if !applied.is_empty() {
            Migrator::down(&self.connection, None).await?;
        }
        let steps = u32::try_from(migrations).unwrap_or(u32::MAX);
        Migrator::up(&self.connection, Some(steps)).await?;
        // Reading the tables again makes their columns and types known.
        self.tables().await?;
        match &mut self.source {
            Source::Sqlite(session) => session.begin_load(),
            Source::Postgres(session) => session.begin_load().await,
        }
    }

    /// Adds rows.
    ///
    /// # Errors
    /// When a row does not fit the table.
    pub async fn insert(&mut self, table: &TableShape, rows: &[CopiedRow]) -> Result<()> {
        match &mut self.source {
            Source::Sqlite(session) => session.insert(table, rows),
            Source::Postgres(session) => session.insert(table, rows).await,
        }
    }

    /// Ends the load: what rows refer to must exist.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when something does not.
    pub async fn check_references(&mut self) -> Result<()> {
        match &mut self.source {
            Source::Sqlite(session) => session.check_references(),
            Source::Postgres(session) => session.check_references().await,
        }
    }

    /// Begins to read a table back, in the order of its key.
    ///
    /// # Errors
    /// What the database says.
    pub async fn open_table(&mut self, table: &TableShape) -> Result<()> {
        self.source.open(table).await
    }

    /// The next rows; none at the end.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next(&mut self, rows_max: usize) -> Result<Vec<CopiedRow>> {
        self.source.next(rows_max).await
    }

    /// Keeps everything.
    ///
    /// # Errors
    /// When the database refuses; nothing is kept then.
    pub async fn commit(&mut self) -> Result<()> {
        match &mut self.source {
            Source::Sqlite(session) => session.run("COMMIT"),
            Source::Postgres(session) => {
                session.close_reading().await?;
                session.run("COMMIT").await
            }
        }
    }

    /// Lets the database go.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn close(self) -> Result<()> {
        drop(self.source);
        Ok(self.connection.close().await?)
    }

    /// Leaves the database as empty as it was.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn clear(mut self) -> Result<()> {
        // There may be no transaction any more; then there is nothing to roll back.
        match &mut self.source {
            Source::Sqlite(session) => drop(session.run("ROLLBACK")),
            Source::Postgres(session) => drop(session.run("ROLLBACK").await),
        }
        drop(self.source);
        if self.created.is_empty() {
            Migrator::down(&self.connection, None).await?;
            return Ok(self.connection.close().await?);
        }
        self.connection.close().await?;
        for path in self.created {
            if path.exists() {
                std::fs::remove_file(&path)
                    .map_err(|e| StoreError::Unavailable(format!("{}: {e}", path.display())))?;
            }
        }
        Ok(())
    }
}
