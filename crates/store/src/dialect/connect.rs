//! Opening a database: pools, pragmas, migrations, keys.

mod url;

pub use url::DatabaseUrl;

use super::Backend;
use super::keys::open_keys;
use crate::sealing::stored::load_keys;
use crate::sealing::{Keyring, MasterKey, MasterSource, Suite};
use crate::sql::list;
use crate::{Ids, Reads, Result, Snapshot, StoreError, UnitOfWork, audit, unit_of_work};
use domain::time::Instant;
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{DatabaseConnection, FromQueryResult, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Readers of an embedded database; they only wait for the disk.
const SQLITE_READERS: u32 = 8;
/// Connections to a PostgreSQL server; several servers may share it.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a writer waits for another process's transaction.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a request waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// Page cache of a connection to an embedded database, in KiB.
const CACHE_KIB: i64 = 16 * 1024;

/// A database that is open.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    url: DatabaseUrl,
    write: DatabaseConnection,
    read: DatabaseConnection,
    keys: Arc<Keyring>,
    suite: Suite,
    ids: Ids,
    /// Writers of this process take turns, so that none of them starves.
    turn: Arc<Mutex<()>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({:?})", self.backend)
    }
}

impl Reads for Store {
    type Connection = DatabaseConnection;

    fn connection(&self) -> &DatabaseConnection {
        &self.read
    }

    fn keys(&self) -> &Keyring {
        &self.keys
    }
}

impl Store {
    /// Opens a database, brings its schema up to date when `migrate` says so, and unwraps its keys.
    /// `master_key` is asked whether the database has keys already: it reads or creates the key.
    ///
    /// # Errors
    /// When the database cannot be reached, its schema is behind, or the key does not fit.
    pub async fn open(
        url: DatabaseUrl,
        migrate: bool,
        ids: Ids,
        now: Instant,
        master_key: impl FnOnce(bool) -> Result<MasterKey>,
    ) -> Result<Self> {
        Self::open_with(url, migrate, Suite::default(), ids, now, master_key).await
    }

    /// Opens a database as [`Self::open`] does; keys that it does not have yet are of a family.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(
        url: DatabaseUrl,
        migrate: bool,
        suite: Suite,
        ids: Ids,
        now: Instant,
        master_key: impl FnOnce(bool) -> Result<MasterKey>,
    ) -> Result<Self> {
        let opened = connect(&url).await?;
        let unsealed = migrate && audit::is_unsealed(&opened.1).await?;
        if migrate {
            migrate_up(&opened.1).await?;
        } else if !is_current(&opened.1).await? {
            return Err(StoreError::SchemaBehind);
        }
        let store = Self::with(url, opened, suite, ids, now, master_key).await?;
        if unsealed {
            audit::begin(&store.write, &store.keys).await?;
        }
        Ok(store)
    }

    /// Opens a database as it is, for what must work while its schema is behind.
    ///
    /// # Errors
    /// When it cannot be reached, has no table of keys yet, or the key does not fit.
    pub async fn open_as_it_is(
        url: DatabaseUrl,
        ids: Ids,
        now: Instant,
        master_key: impl FnOnce(bool) -> Result<MasterKey>,
    ) -> Result<Self> {
        let opened = connect(&url).await?;
        Self::with(url, opened, Suite::default(), ids, now, master_key).await
    }

    async fn with(
        url: DatabaseUrl,
        (backend, write, read): (Backend, DatabaseConnection, DatabaseConnection),
        suite: Suite,
        ids: Ids,
        now: Instant,
        master_key: impl FnOnce(bool) -> Result<MasterKey>,
    ) -> Result<Self> {
        let keys = open_keys(&write, &url, suite, &ids, now, master_key).await?;
        let turn = Arc::new(Mutex::new(()));
        Ok(Self {
            backend,
            url,
            write,
            read,
            keys: Arc::new(keys),
            suite,
            ids,
            turn,
        })
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Where it is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The family of keys that the configuration asks for; the keys in use may be of another.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Says where the master key can be read again when somebody exchanged it.
    pub fn set_master_source(&self, source: MasterSource) {
        self.keys.set_master_source(source);
    }

    /// Tries keys once more that could not be unwrapped; a server does so from time to time.
    pub fn forget_refused_keys(&self) {
        self.keys.forget_refused();
    }

    /// New ids.
    pub fn ids(&self) -> &Ids {
        &self.ids
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// When the database is busy for too long, or gone.
    pub async fn begin(&self, now: Instant) -> Result<UnitOfWork> {
        let turn = match self.backend {
            Backend::Sqlite => Some(Arc::clone(&self.turn).lock_owned().await),
            Backend::Postgres => None,
        };
        let transaction = unit_of_work::begin(&self.write).await?;
        // What is written from here on is sealed with the newest key.
        self.keys.adopt(load_keys(&transaction).await?)?;
        Ok(UnitOfWork::new(
            transaction,
            Arc::clone(&self.keys),
            self.ids.clone(),
            now,
            turn,
        ))
    }

    /// Begins to read as of this moment.
    ///
    /// # Errors
    /// When the database is busy for too long, or gone.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        Snapshot::begin(&self.read, Arc::clone(&self.keys)).await
    }

    /// Whether every migration has run.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn is_schema_current(&self) -> Result<bool> {
        is_current(&self.read).await
    }

    /// Takes every migration back; only tests and operators do that.
    ///
    /// # Errors
    /// When a migration cannot be taken back.
    pub async fn migrate_down(&self) -> Result<()> {
        Ok(Migrator::down(&self.write, None).await?)
    }

    /// Runs every migration.
    ///
    /// # Errors
    /// When a migration fails; it leaves nothing half-done.
    pub async fn migrate_up(&self) -> Result<()> {
        migrate_up(&self.write).await
    }

    /// Folds the write-ahead log of an embedded database into its file and empties it, so that
    /// nothing older stays there. Readers that are under way may keep a part of it.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn fold_log(&self) -> Result<()> {
        if self.backend == Backend::Sqlite {
            let _turn = self.turn.lock().await;
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            sea_orm::ConnectionTrait::execute_unprepared(&self.write, sql).await?;
        }
        Ok(())
    }

    /// Closes the pools; on SQLite this also folds the write-ahead log into the file.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn close(self) -> Result<()> {
        self.read.close().await?;
        Ok(self.write.close().await?)
    }

    /// The keys, for work on other threads.
    pub fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.keys)
    }

    pub(crate) fn turn(&self) -> Arc<Mutex<()>> {
        Arc::clone(&self.turn)
    }

    pub(crate) fn write_connection(&self) -> &DatabaseConnection {
        &self.write
    }
}

pub(super) async fn connect(
    url: &DatabaseUrl,
) -> Result<(Backend, DatabaseConnection, DatabaseConnection)> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            create_folder(path)?;
            let options = sqlite_options(path);
            let writer = SqlitePoolOptions::new()
                .max_connections(1)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_with(options.clone().create_if_missing(true))
                .await?;
            let readers = SqlitePoolOptions::new()
                .max_connections(SQLITE_READERS)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_with(options.pragma("query_only", "1"))
                .await?;
            let write = SqlxSqliteConnector::from_sqlx_sqlite_pool(writer);
            let read = SqlxSqliteConnector::from_sqlx_sqlite_pool(readers);
            Ok((Backend::Sqlite, write, read))
        }
        DatabaseUrl::Postgres(url) => {
            let options = sqlx::postgres::PgConnectOptions::from_str(url)?;
            let pool = sqlx::postgres::PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_with(options)
                .await
                .map_err(|e| StoreError::Unavailable(e.to_string()))?;
            let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
            Ok((Backend::Postgres, connection.clone(), connection))
        }
    }
}

fn create_folder(path: &Path) -> Result<()> {
    let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder)
        .map_err(|e| StoreError::Unavailable(format!("{}: {e}", folder.display())))
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("temp_store", "MEMORY")
        // What is deleted or moved is overwritten.
        .pragma("secure_delete", "ON")
}

async fn is_current(connection: &DatabaseConnection) -> Result<bool> {
    Ok(Migrator::get_pending_migrations(connection)
        .await?
        .is_empty())
}

/// Another server may be migrating at the same moment: each migration is one transaction, so the
/// loser rolls back and finds the work done when it looks again.
async fn migrate_up(connection: &DatabaseConnection) -> Result<()> {
    let mut tries = 0;
    loop {
        match Migrator::up(connection, None).await {
            Ok(()) => return Ok(()),
            Err(error) => {
                tries += 1;
                if tries >= 20 || is_current(connection).await.unwrap_or(false) {
                    return if is_current(connection).await? {
                        Ok(())
                    } else {
                        Err(error.into())
                    };
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Lets callers of this crate check that a database answers.
///
/// # Errors
/// When it does not.
pub async fn ping(store: &Store) -> Result<()> {
    list::<PingRow>(store, "SELECT 1 AS n", Vec::new())
        .await
        .map(|_| ())
}

#[derive(FromQueryResult)]
struct PingRow {
    #[expect(dead_code, reason = "only whether a row comes back matters")]
    n: i32,
}
