//! Reading, and writing in one transaction that also holds its audit entry.

use crate::audit::{self, Audit};
use crate::dialect::{Backend, Turn};
use crate::sealing::Keyring;
use crate::sql::statement;
use crate::{Ids, Result, StoreError};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait, Value};
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

/// Something that can be read from: the store, or a unit of work under way.
pub trait Reads: Sync {
    /// The connection behind it.
    type Connection: ConnectionTrait;

    /// The connection.
    fn connection(&self) -> &Self::Connection;

    /// The keys that open sealed columns.
    fn keys(&self) -> &Keyring;
}

/// One transaction. It ends with [`UnitOfWork::commit`], which needs an audit entry; dropping it
/// rolls everything back.
#[derive(Debug)]
pub struct UnitOfWork {
    transaction: DatabaseTransaction,
    keys: Arc<Keyring>,
    ids: Ids,
    now: Instant,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Reads for UnitOfWork {
    type Connection = DatabaseTransaction;

    fn connection(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    fn keys(&self) -> &Keyring {
        &self.keys
    }
}

impl UnitOfWork {
    pub(crate) fn new(
        transaction: DatabaseTransaction,
        keys: Arc<Keyring>,
        ids: Ids,
        now: Instant,
        turn: Option<OwnedMutexGuard<()>>,
    ) -> Self {
        Self {
            transaction,
            keys,
            ids,
            now,
            _turn: turn,
        }
    }

    /// The moment at which it happens.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// A new id.
    pub fn next_id(&self) -> uuid::Uuid {
        self.ids.next(self.now)
    }

    /// Waits until no other transaction has this turn; what was committed before is seen from here on.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn take_turn(&self, turn: Turn) -> Result<()> {
        match Backend::of(&self.transaction).turn(turn) {
            Some(sql) => self.execute(sql, Vec::new()).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// The source of chance.
    pub(crate) fn entropy(&self) -> &dyn crate::Entropy {
        self.ids.entropy()
    }

    /// Runs a statement and says how many rows it touched.
    pub(crate) async fn execute(&self, sql: &str, params: Vec<Value>) -> Result<u64> {
        let statement = statement(&self.transaction, sql, params);
        Ok(self
            .transaction
            .execute_raw(statement)
            .await?
            .rows_affected())
    }

    /// Runs a statement that must touch exactly one row, as an update guarded by a version does.
    pub(crate) async fn execute_one(&self, sql: &str, params: Vec<Value>) -> Result<()> {
        match self.execute(sql, params).await? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict),
        }
    }

    /// Writes the audit entries and ends the transaction.
    ///
    /// # Errors
    /// Nothing is kept when the database refuses.
    pub async fn commit(self, audit: impl Into<Audit>) -> Result<()> {
        audit::insert(&self, audit.into()).await?;
        self.transaction.commit().await?;
        Ok(())
    }

    /// Ends a transaction of the log itself: a seal is its own record.
    pub(crate) async fn commit_log(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Gives everything up; used by dry runs.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn roll_back(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }
}

/// Begins a transaction on a connection; SQLite takes its write lock at once.
pub(crate) async fn begin(connection: &sea_orm::DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = sea_orm::TransactionOptions {
        sqlite_transaction_mode: Some(sea_orm::SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    Ok(connection.begin_with_options(options).await?)
}

/// A reading of the whole database as it stands at one moment, whatever is written meanwhile.
#[derive(Debug)]
pub struct Snapshot {
    transaction: DatabaseTransaction,
    keys: Arc<Keyring>,
}

impl Reads for Snapshot {
    type Connection = DatabaseTransaction;

    fn connection(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    fn keys(&self) -> &Keyring {
        &self.keys
    }
}

impl Snapshot {
    pub(crate) async fn begin(
        connection: &sea_orm::DatabaseConnection,
        keys: Arc<Keyring>,
    ) -> Result<Self> {
        // SQLite keeps one moment for a transaction as it is; its readers cannot write.
        let isolation_level = match connection.get_database_backend() {
            sea_orm::DbBackend::Sqlite => None,
            _ => Some(sea_orm::IsolationLevel::RepeatableRead),
        };
        let options = sea_orm::TransactionOptions {
            isolation_level,
            ..Default::default()
        };
        let transaction = connection.begin_with_options(options).await?;
        Ok(Self { transaction, keys })
    }
}
