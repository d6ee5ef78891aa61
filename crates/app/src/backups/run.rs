//! Taking a backup.

use super::format::{FORMAT, FileContents, Head, HeadTable, PRODUCT};
use super::write::{Piece, Writer, Written};
use super::{Heard, Progress, Stage, disk};
use crate::jobs::Clock;
use crate::{App, Error, Refusal, Result};
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::backups::BackupKind;
use domain::time::Instant;
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::backups::{self as rows, BackupMade};
use store::{AuditEntry, Backend, Store};
use tokio::sync::watch;
use uuid::Uuid;

/// Rows that are read at once.
const ROWS: usize = 1_000;
/// Bytes of a file that are moved at once.
const FILE_PART: u64 = 4 * 1024 * 1024;
/// How often a run says that it is alive.
const ALIVE_EVERY: Duration = Duration::minutes(1);
/// Folders of the store of files that stay out: uploads that wait for their import and exports and
/// copies that wait to be fetched hold personal data in the clear, for hours or days, and can be made again.
const PASSING: [&str; 3] = ["imports", "exports", "copies"];
/// End of the name of a backup that is still being written.
pub(super) const PARTIAL: &str = ".partial";

/// What to back up, and where to.
#[derive(Clone, Debug)]
pub struct BackupRequest {
    /// The file.
    pub file: PathBuf,
    /// A file of that name may be replaced.
    pub force: bool,
    /// Recordings and scans go along; otherwise they are only listed.
    pub with_files: bool,
    /// Who wants it.
    pub kind: BackupKind,
}

/// What a backup holds.
#[derive(Clone, Debug)]
pub struct BackupReport {
    /// Its run; nothing when the schema is behind and none could be noted.
    pub run: Option<Uuid>,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// Tables.
    pub tables: usize,
    /// Rows.
    pub rows: u64,
    /// Recordings and scans in it.
    pub files: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// Takes a backup, and notes that and what came of it.
///
/// # Errors
/// When the actor may not, the file exists (`backup-exists`), or the disk or the database fails.
pub async fn back_up(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    request: &BackupRequest,
    heard: &Heard,
) -> Result<BackupReport> {
    actor.demand(Permission::SystemManage)?;
    refuse_existing(request)?;
    let work = app.store().begin(clock()).await?;
    let shown = request.file.display().to_string();
    let run = rows::start_run(&work, request.kind, &actor.name, &shown).await?;
    let entry = AuditEntry::new(actor, "backup.started", "backup_run", run);
    work.commit(entry).await?;
    let (alive, moves) = watch::channel(());
    let listening = Arc::clone(heard);
    let heard: Heard = Arc::new(move |progress| {
        alive.send_replace(());
        listening(progress);
    });
    let written = tokio::select! {
        written = write_backup(app.store(), app.files(), clock(), request, &heard) => written,
        stopped = keep_alive(app, clock, run, moves) => Err(stopped),
    };
    let work = app.store().begin(clock()).await?;
    match written {
        Ok(report) => {
            let made = BackupMade {
                size_bytes: report.size_bytes,
                rows: report.rows,
                files: report.files,
                sha256: &report.sha256,
            };
            rows::finish_run(&work, run, &made).await?;
            let detail = serde_json::json!({
                "rows": report.rows, "files": report.files, "bytes": report.size_bytes,
                "sha256": report.sha256,
            });
            let entry = AuditEntry::new(actor, "backup.finished", "backup_run", run);
            work.commit(entry.detail(detail)).await?;
            Ok(BackupReport {
                run: Some(run),
                ..report
            })
        }
        Err(error) => {
            let text = error.to_string();
            rows::fail_run(&work, run, &text).await?;
            let detail = serde_json::json!({ "error": text });
            let entry = AuditEntry::new(actor, "backup.failed", "backup_run", run);
            work.commit(entry.detail(detail)).await?;
            Err(error)
        }
    }
}

/// Says now and then that a run moves; ends only when that fails.
async fn keep_alive(
    app: &App,
    clock: Clock<'_>,
    run: Uuid,
    mut moves: watch::Receiver<()>,
) -> Error {
    let mut last = clock();
    while moves.changed().await.is_ok() {
        let now = clock();
        if now - last < ALIVE_EVERY {
            continue;
        }
        last = now;
        let touched = async {
            let work = app.store().begin(now).await?;
            rows::touch_run(&work, run).await?;
            let entry = AuditEntry::new(&Actor::system(), "backup.progress", "backup_run", run);
            work.commit(entry).await
        };
        if let Err(error) = touched.await {
            return error.into();
        }
    }
    super::lost()
}

fn refuse_existing(request: &BackupRequest) -> Result<()> {
    if !request.force && request.file.exists() {
        let shown = request.file.display().to_string();
        return Err(Refusal::with("backup-exists", shown).into());
    }
    Ok(())
}

/// Writes a backup and notes nothing: under another name first, which becomes the right one when
/// everything lies on the disk.
///
/// # Errors
/// As [`back_up`].
pub async fn write_backup(
    store: &Store,
    files: &dyn ObjectStore,
    now: Instant,
    request: &BackupRequest,
    heard: &Heard,
) -> Result<BackupReport> {
    refuse_existing(request)?;
    let path = &request.file;
    let mut partial = path.file_name().unwrap_or_default().to_owned();
    partial.push(format!(".{}{PARTIAL}", store.ids().next(now).simple()));
    let partial = path.with_file_name(partial);
    let written = write_all(store, files, now, request, &partial, heard).await;
    let kept = written.and_then(|written| {
        refuse_existing(request)?;
        keep(&partial, path)?;
        Ok(written)
    });
    if kept.is_err() {
        // Nothing lies there when it could not even be begun.
        drop(std::fs::remove_file(&partial));
    }
    let Written {
        contents,
        size_bytes,
        sha256,
    } = kept?;
    let taken = contents.files.iter().filter(|f| f.sha256.is_some());
    Ok(BackupReport {
        run: None,
        size_bytes,
        tables: contents.tables.len(),
        rows: contents.rows(),
        files: taken.count() as u64,
        sha256,
    })
}

/// Gives the file its name, on the disk too.
fn keep(partial: &Path, path: &Path) -> Result<()> {
    let failed = |e: std::io::Error| disk(path, &e);
    std::fs::rename(partial, path).map_err(failed)?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = std::fs::File::open(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    folder.sync_all().map_err(failed)
}

async fn write_all(
    store: &Store,
    files: &dyn ObjectStore,
    now: Instant,
    request: &BackupRequest,
    partial: &Path,
    heard: &Heard,
) -> Result<Written> {
    let mut snapshot = store.row_snapshot().await?;
    let tables = snapshot.tables().to_vec();
    let head = Head {
        format: FORMAT,
        product: PRODUCT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: match store.backend() {
            Backend::Sqlite => "sqlite".to_owned(),
            Backend::Postgres => "postgres".to_owned(),
        },
        taken_at: now.to_rfc3339(),
        migrations: snapshot.migrations().to_vec(),
        tables: tables.iter().map(HeadTable::of).collect(),
        with_files: request.with_files,
    };
    let mut total = 0;
    for table in &tables {
        total += snapshot.count(table).await?;
    }
    let mut writer = Writer::start(partial.to_owned(), head, store.keyring());
    let mut done = 0;
    for (at, table) in tables.iter().enumerate() {
        writer.send(Piece::Table(at)).await?;
        snapshot.open(table).await?;
        loop {
            let rows = snapshot.next(ROWS).await?;
            if rows.is_empty() {
                break;
            }
            done += rows.len() as u64;
            writer.send(Piece::Rows(rows)).await?;
            heard(Progress {
                stage: Stage::Rows,
                done,
                total,
            });
        }
    }
    snapshot.close().await?;
    // What rows point to was there before them, and is listed after them.
    write_files(files, request.with_files, &mut writer, heard).await?;
    writer.finish().await
}

async fn write_files(
    files: &dyn ObjectStore,
    with_files: bool,
    writer: &mut Writer,
    heard: &Heard,
) -> Result<()> {
    let mut folders = vec![None];
    let mut done = 0;
    while let Some(folder) = folders.pop() {
        let listed = list(files, folder.as_ref()).await?;
        let is_root = folder.is_none();
        let below = listed.common_prefixes.into_iter();
        folders.extend(
            below
                .filter(|f| !is_root || !PASSING.contains(&f.as_ref()))
                .map(Some),
        );
        for meta in listed.objects {
            if with_files {
                write_file(files, &meta, writer).await?;
            } else {
                let listed = FileContents {
                    key: meta.location.to_string(),
                    size: meta.size,
                    sha256: None,
                };
                writer.send(Piece::Listed(listed)).await?;
            }
            done += 1;
            heard(Progress {
                stage: Stage::Files,
                done,
                total: 0,
            });
        }
    }
    Ok(())
}

async fn list(files: &dyn ObjectStore, folder: Option<&Key>) -> Result<object_store::ListResult> {
    let listed = files.list_with_delimiter(folder).await;
    listed.map_err(|e| Error::Unavailable(format!("files: {e}")))
}

async fn write_file(files: &dyn ObjectStore, meta: &ObjectMeta, writer: &mut Writer) -> Result<()> {
    let mut at = 0;
    loop {
        let end = meta.size.min(at + FILE_PART);
        let part = match files.get_range(&meta.location, at..end).await {
            Ok(part) => part,
            // Deleted since it was listed.
            Err(object_store::Error::NotFound { .. }) if at == 0 => return Ok(()),
            Err(error) => return Err(Error::Unavailable(format!("files: {error}"))),
        };
        if at == 0 {
            let key = meta.location.to_string();
            let size = meta.size;
            writer.send(Piece::File { key, size }).await?;
        }
        writer.send(Piece::Bytes(part)).await?;
        at = end;
        if at >= meta.size {
            return Ok(());
        }
    }
}
