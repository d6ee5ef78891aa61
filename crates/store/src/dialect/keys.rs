//! The keys of a database: opened with it, and read at once when somebody else made one.

use super::connect::{BUSY_TIMEOUT, DatabaseUrl};
use crate::sealing::stored::{self, insert_key, load_keys};
use crate::sealing::{Keyring, MasterKey, StoredKey, Suite};
use crate::{Ids, Result, StoreError, audit, unit_of_work};
use domain::time::Instant;
use sea_orm::DatabaseConnection;
use std::sync::Arc;

/// Unwraps the keys of a database, and makes them when it has none.
pub(super) async fn open_keys(
    connection: &DatabaseConnection,
    url: &DatabaseUrl,
    suite: Suite,
    ids: &Ids,
    now: Instant,
    master_key: impl FnOnce(bool) -> Result<MasterKey>,
) -> Result<Keyring> {
    let entropy: Arc<dyn crate::Entropy> = Arc::new(SharedEntropy(ids.clone()));
    let stored = load_keys(connection).await?;
    let master = master_key(!stored.is_empty())?;
    if stored.is_empty() {
        let transaction = unit_of_work::begin(connection).await?;
        for key in Keyring::generate(&master, suite, entropy.as_ref())? {
            insert_key(&transaction, &key, now, "ON CONFLICT DO NOTHING").await?;
        }
        // Read back: another server may have been first.
        let stored = load_keys(&transaction).await?;
        let keys = Keyring::unwrap(master, stored, entropy, Some(url.clone()))?;
        audit::begin_in(&transaction, &keys).await?;
        transaction.commit().await?;
        return Ok(keys);
    }
    Keyring::unwrap(master, stored, entropy, Some(url.clone()))
}

/// Reads the keys at once, on a connection and a thread of its own: for a reader that meets a value
/// of a key that another server has just made, and cannot wait for a pool.
pub(crate) fn read_keys_now(url: &DatabaseUrl) -> Result<Vec<StoredKey>> {
    let key = |(purpose, version, algorithm, wrapped)| StoredKey {
        purpose,
        version,
        algorithm,
        wrapped,
    };
    match url {
        DatabaseUrl::Sqlite(path) => {
            let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
            let connection = rusqlite::Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(BUSY_TIMEOUT)?;
            let mut statement = connection.prepare(stored::SELECT)?;
            let rows = statement.query_map([], |r| {
                Ok(key((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        }
        DatabaseUrl::Postgres(url) => {
            let url = url.clone();
            let reading = std::thread::spawn(move || -> Result<Vec<StoredKey>> {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(|e| StoreError::Unavailable(e.to_string()))?;
                runtime.block_on(async {
                    let mut connection =
                        <sqlx::PgConnection as sqlx::Connection>::connect(&url).await?;
                    let rows = sqlx::query_as::<_, (String, i64, String, Vec<u8>)>(stored::SELECT)
                        .fetch_all(&mut connection)
                        .await?;
                    Ok(rows.into_iter().map(key).collect())
                })
            });
            let gone = |_| StoreError::Unavailable("the keys cannot be read".into());
            reading.join().map_err(gone)?
        }
    }
}

struct SharedEntropy(Ids);

impl crate::Entropy for SharedEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.entropy().fill(buffer);
    }
}
