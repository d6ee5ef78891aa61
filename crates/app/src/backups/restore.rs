//! Filling an empty database from a backup: for good, or as a trial that is thrown away.
//!
//! The file is checked from its beginning to its end before the database is touched. Rows are loaded,
//! read back and compared in one transaction: a restore that fails or is killed leaves nothing.

use super::files::{FILE_PART, Files};
use super::format::write_row;
use super::read::{Checked, Part, read};
use super::{Heard, Progress, Stage, damaged, disk, lost};
use crate::{Refusal, Result};
use bytes::Bytes;
use domain::access::Actor;
use domain::time::Instant;
use object_store::ObjectStore;
use sha2::{Digest as _, Sha256};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::dialect::copy::{CopiedRow, TableShape, Target};
use store::sealing::{Keyring, MasterKey};
use store::{AuditEntry, DatabaseUrl, Ids, Store, StoreError};
use tokio::sync::mpsc;

/// What opens a backup.
pub enum Opening<'o> {
    /// The keys of the database that it was taken from.
    Keys(&'o Keyring),
    /// The master key, and chance for what is sealed anew.
    Master(MasterKeys<'o>, &'o Ids),
}

impl std::fmt::Debug for Opening<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opening")
    }
}

/// Gives the master key whenever it is asked.
pub type MasterKeys<'k> = &'k (dyn Fn() -> store::Result<MasterKey> + Send + Sync);

/// Rows that are read back at once.
const ROWS: usize = 2_000;
/// Messages that are under way from the reading thread.
const AHEAD: usize = 4;

/// What to restore, and where to.
pub struct RestoreRequest<'r> {
    /// The backup.
    pub file: PathBuf,
    /// The database, which must be empty.
    pub url: DatabaseUrl,
    /// The master key of the company whose backup it is.
    pub master_key: MasterKeys<'r>,
    /// Where recordings and scans go.
    pub files: Arc<dyn ObjectStore>,
    /// Ids for what is noted about the restore.
    pub ids: Ids,
}

impl std::fmt::Debug for RestoreRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RestoreRequest({})", self.file.display())
    }
}

/// What a backup holds, or what was restored from it.
#[derive(Clone, Debug)]
pub struct RestoreReport {
    /// When it was taken, RFC 3339.
    pub taken_at: String,
    /// Version of the program that took it.
    pub version: String,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// Tables.
    pub tables: usize,
    /// Rows.
    pub rows: u64,
    /// Recordings and scans in it.
    pub files: usize,
    /// Entries of the audit log that were verified.
    pub entries: i64,
    /// What is wrong with the audit log: it was so when the backup was taken.
    pub flaw: Option<&'static str>,
}

impl RestoreReport {
    fn of(checked: &Checked) -> Self {
        let taken = checked.contents.files.iter().filter(|f| f.sha256.is_some());
        Self {
            taken_at: checked.head.taken_at.clone(),
            version: checked.head.version.clone(),
            engine: checked.head.engine.clone(),
            tables: checked.shapes.len(),
            rows: checked.contents.rows(),
            files: taken.count(),
            entries: 0,
            flaw: None,
        }
    }
}

/// Restores a backup into an empty database, compares every row, and brings the schema up to date.
///
/// # Errors
/// [`crate::Error::Refused`] with `restore-not-empty`, `restore-file-differs`, `backup-damaged`, `backup-newer`,
/// `backup-key` or `backup-altered`;/// the database is as empty as before then.
pub async fn restore(
    request: &RestoreRequest<'_>,
    actor: &Actor,
    now: Instant,
    heard: &Heard,
) -> Result<RestoreReport> {
    let mut target = open_target(&request.url).await?;
    let mut files = Files::into(Arc::clone(&request.files));
    let done = fill_for_good(&mut target, &mut files, request, actor, now, heard).await;
    match done {
        Ok(report) => {
            target.close().await?;
            Ok(report)
        }
        Err(error) => {
            files.take_back().await;
            target.clear().await?;
            Err(error)
        }
    }
}

async fn fill_for_good(
    target: &mut Target,
    files: &mut Files,
    request: &RestoreRequest<'_>,
    actor: &Actor,
    now: Instant,
    heard: &Heard,
) -> Result<RestoreReport> {
    let checked = check(&request.file, heard).await?;
    let keys = unwrap_keys(&checked, request.master_key, &request.ids)?;
    check_seal(&checked, &keys)?;
    load(target, files, &request.file, &checked, heard).await?;
    compare(target, &checked, heard).await?;
    target.commit().await?;
    note(request, actor, now, RestoreReport::of(&checked)).await
}

/// Opens what was restored as any server does, which brings the schema up to date, and notes it.
async fn note(
    request: &RestoreRequest<'_>,
    actor: &Actor,
    now: Instant,
    mut report: RestoreReport,
) -> Result<RestoreReport> {
    let (url, ids) = (request.url.clone(), request.ids.clone());
    let store = Store::open(url, true, ids, now, |_| (request.master_key)()).await?;
    let verified = store::audit::verify(&store, &mut |_| {}).await?;
    report.entries = verified.entries;
    report.flaw = verified.problem.map(|p| p.flaw.as_str());
    let work = store.begin(now).await?;
    let name = request
        .file
        .file_name()
        .map(|n| n.to_string_lossy().into_owned());
    let detail = serde_json::json!({
        "file": name, "taken_at": report.taken_at, "rows": report.rows, "files": report.files,
        "audit_flaw": report.flaw,
    });
    let entry = AuditEntry::new(actor, "backup.restored", "backup_run", None).detail(detail);
    work.commit(entry).await?;
    store.close().await?;
    Ok(report)
}

/// Restores a backup into a database of its own, compares every row, and throws it away. The database
/// is an SQLite file beside the backup, whichever database the backup was taken from.
///
/// # Errors
/// As [`restore`].
pub async fn try_out(file: &Path, opening: Opening<'_>, heard: &Heard) -> Result<RestoreReport> {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let scratch = tempfile::Builder::new()
        .prefix(".trial-")
        .tempdir_in(folder)
        .map_err(|e| disk(folder, &e))?;
    let checked = check(file, heard).await?;
    match opening {
        Opening::Keys(keys) => check_seal(&checked, keys)?,
        Opening::Master(master_key, ids) => {
            check_seal(&checked, &unwrap_keys(&checked, master_key, ids)?)?;
        }
    }
    let url = DatabaseUrl::Sqlite(scratch.path().join("trial.db"));
    let mut target = open_target(&url).await?;
    let mut files = Files::default();
    let tried = async {
        load(&mut target, &mut files, file, &checked, heard).await?;
        compare(&mut target, &checked, heard).await
    }
    .await;
    target.clear().await?;
    tried.map(|()| RestoreReport::of(&checked))
}

async fn open_target(url: &DatabaseUrl) -> Result<Target> {
    Target::open(url).await.map_err(|error| match error {
        StoreError::NotEmpty(table) => Refusal::with("restore-not-empty", table).into(),
        other => other.into(),
    })
}

async fn check(file: &Path, heard: &Heard) -> Result<Checked> {
    let (file, heard) = (file.to_owned(), Arc::clone(heard));
    let checking = tokio::task::spawn_blocking(move || read(&file, heard, &mut |_| Ok(())));
    checking.await.map_err(|_| lost())?
}

fn unwrap_keys(checked: &Checked, master_key: MasterKeys<'_>, ids: &Ids) -> Result<Keyring> {
    let unwrapped =
        master_key().and_then(|m| Keyring::unwrap(m, checked.keys.clone(), ids.shared(), None));
    unwrapped.map_err(|e| Refusal::with("backup-key", e.to_string()).into())
}

fn check_seal(checked: &Checked, keys: &Keyring) -> Result<()> {
    let (contents, seal) = &checked.sealed;
    if hex::encode(keys.backup_seal(contents)).as_bytes() == seal.as_slice() {
        return Ok(());
    }
    Err(Refusal::new("backup-altered").into())
}

/// What the reading thread hands on.
enum Loaded {
    Rows(TableShape, Vec<CopiedRow>),
    File(String, u64),
    Bytes(Bytes),
    FileEnd,
}

async fn load(
    target: &mut Target,
    files: &mut Files,
    file: &Path,
    checked: &Checked,
    heard: &Heard,
) -> Result<()> {
    target.prepare(checked.head.migrations.len()).await?;
    let (sender, mut inbox) = mpsc::channel(AHEAD);
    let path = file.to_owned();
    let takes_files = files.store.is_some();
    let reading = tokio::task::spawn_blocking(move || {
        let silent: Heard = Arc::new(|_| {});
        read(&path, silent, &mut |part| {
            hand_on(part, takes_files, &sender)
        })
    });
    let total = checked.contents.rows();
    let mut done = 0;
    while let Some(loaded) = inbox.recv().await {
        match loaded {
            Loaded::Rows(table, rows) => {
                let inserted = target.insert(&table, &rows).await;
                inserted.map_err(|e| damaged(format!("{}: {e}", table.name)))?;
                done += rows.len() as u64;
                heard(Progress {
                    stage: Stage::Rows,
                    done,
                    total,
                });
            }
            Loaded::File(key, size) => files.begin(key, size, &checked.contents.files).await?,
            Loaded::Bytes(bytes) => files.write(&bytes).await?,
            Loaded::FileEnd => files.end().await?,
        }
    }
    let again = reading.await.map_err(|_| lost())??;
    if again.contents != checked.contents {
        return Err(damaged("it changed while it was read"));
    }
    target.check_references().await.map_err(damaged)
}

fn hand_on(part: Part<'_>, takes_files: bool, sender: &mpsc::Sender<Loaded>) -> Result<()> {
    let send = |loaded| sender.blocking_send(loaded).map_err(|_| lost());
    match part {
        Part::Lines { table, lines } => {
            let rows = super::format::read_rows(table, lines)?;
            send(Loaded::Rows(table.clone(), rows))
        }
        Part::File { key, size, content } if takes_files => {
            send(Loaded::File(key.to_owned(), size))?;
            loop {
                let mut bytes =
                    Vec::with_capacity(FILE_PART.min(usize::try_from(size).unwrap_or(FILE_PART)));
                let read = content.take(FILE_PART as u64).read_to_end(&mut bytes);
                if read.map_err(damaged)? == 0 {
                    return send(Loaded::FileEnd);
                }
                send(Loaded::Bytes(bytes.into()))?;
            }
        }
        Part::File { .. } => Ok(()),
    }
}

/// Reads every table back and compares it with what the backup says of it.
async fn compare(target: &mut Target, checked: &Checked, heard: &Heard) -> Result<()> {
    let total = checked.contents.rows();
    let mut done = 0;
    let mut lines = Vec::new();
    for (shape, said) in checked.shapes.iter().zip(&checked.contents.tables) {
        let (mut rows, mut hash) = (0, Sha256::new());
        target.open_table(shape).await?;
        loop {
            let found = target.next(ROWS).await?;
            if found.is_empty() {
                break;
            }
            for row in &found {
                write_row(&mut lines, row)?;
            }
            hash.update(&lines);
            lines.clear();
            rows += found.len() as u64;
            done += found.len() as u64;
            heard(Progress {
                stage: Stage::Compare,
                done,
                total,
            });
            // An embedded database never waits; others of this thread shall have their turn.
            tokio::task::yield_now().await;
        }
        if rows != said.rows || hex::encode(hash.finalize()) != said.sha256 {
            return Err(damaged(format!(
                "{}: {rows} rows were read back, {} expected, or other ones",
                said.name, said.rows
            )));
        }
    }
    Ok(())
}
