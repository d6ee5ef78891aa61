//! Opening a database as the program `huifang` does.

use crate::Result;
use app::{App, Passwords};
use domain::time::Instant;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use store::sealing::MasterKey;
use store::{DatabaseUrl, Entropy, Ids, Store};

/// The master key of measurements.
const MASTER_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
/// The moment at which everything happens: the morning of [`AS_OF`] in China.
const NOW: &str = "2026-11-20T01:00:00Z";
/// The day of the portfolio.
pub(crate) const AS_OF: &str = "2026-11-20";

/// The same source of chance as the program's: ChaCha seeded by the operating system.
struct Chance(Mutex<StdRng>);

impl Entropy for Chance {
    fn fill(&self, buffer: &mut [u8]) {
        let mut random = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        random.fill_bytes(buffer);
    }
}

/// The moment at which everything happens.
pub(crate) fn now() -> Result<Instant> {
    Ok(NOW.parse()?)
}

/// Opens a database file, or a database on a server, bringing its schema up to date, and starts the
/// application on it.
pub(crate) async fn open(path: &Path) -> Result<App> {
    open_with(path, Arc::new(InMemory::new())).await
}

/// The same, with a place for files.
pub(crate) async fn open_with(path: &Path, files: Arc<dyn ObjectStore>) -> Result<App> {
    let chance = Chance(Mutex::new(StdRng::from_rng(&mut rand::rng())));
    let ids = Ids::new(Arc::new(chance));
    let key = |_| MasterKey::parse(MASTER_KEY);
    let named = path.to_string_lossy();
    let url = match named.starts_with("postgres") {
        true => DatabaseUrl::parse(&named)?,
        false => DatabaseUrl::Sqlite(path.to_owned()),
    };
    let store = Store::open(url, true, ids, now()?, key).await?;
    Ok(App::start(store, files, Passwords::for_tests(), now()?).await?)
}

/// Closes the application's database.
pub(crate) async fn close(app: App) -> Result<()> {
    Ok(app.store().clone().close().await?)
}

/// Removes a database file with its log.
pub(crate) fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let _ = std::fs::remove_file(PathBuf::from(name));
    }
}

/// Copies a closed database.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    remove(to);
    let connection = rusqlite::Connection::open(from)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    drop(connection);
    std::fs::copy(from, to)?;
    Ok(())
}
