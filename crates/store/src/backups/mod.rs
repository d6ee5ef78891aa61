//! Runs of backups: what people see of them, and what the doctor looks at.

use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::backups::{BackupKind, BackupState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A run.
#[derive(Clone, Debug)]
pub struct BackupRun {
    /// Its id.
    pub id: Uuid,
    /// Who wanted it.
    pub kind: BackupKind,
    /// Where it stands.
    pub state: BackupState,
    /// Who started it.
    pub actor_name: String,
    /// The file.
    pub file: String,
    /// When it began.
    pub started_at: Instant,
    /// When it was last heard of.
    pub seen_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// Size of the file in bytes.
    pub size_bytes: Option<i64>,
    /// Rows in it.
    pub row_count: Option<i64>,
    /// Recordings and scans in it.
    pub file_count: Option<i64>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: Option<String>,
    /// When it was restored as a trial and found complete.
    pub verified_at: Option<Instant>,
    /// When its file was removed again.
    pub removed_at: Option<Instant>,
    /// Why nothing came of it, or why it did not stand the trial.
    pub error: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    state: String,
    actor_name: String,
    file: String,
    started_at: i64,
    seen_at: i64,
    finished_at: Option<i64>,
    size_bytes: Option<i64>,
    row_count: Option<i64>,
    file_count: Option<i64>,
    sha256: Option<String>,
    verified_at: Option<i64>,
    removed_at: Option<i64>,
    error: Option<String>,
}

const SELECT: &str = "SELECT id, kind, state, actor_name, file, started_at, seen_at, finished_at, size_bytes, \
     row_count, file_count, sha256, verified_at, removed_at, error FROM backup_runs";

fn run(r: Row) -> Result<BackupRun> {
    Ok(BackupRun {
        id: r.id,
        kind: BackupKind::parse(&r.kind)?,
        state: BackupState::parse(&r.state)?,
        actor_name: r.actor_name,
        file: r.file,
        started_at: instant(r.started_at),
        seen_at: instant(r.seen_at),
        finished_at: r.finished_at.map(instant),
        size_bytes: r.size_bytes,
        row_count: r.row_count,
        file_count: r.file_count,
        sha256: r.sha256,
        verified_at: r.verified_at.map(instant),
        removed_at: r.removed_at.map(instant),
        error: r.error,
    })
}

/// Begins a run.
///
/// # Errors
/// What the database says.
pub async fn start_run(
    work: &UnitOfWork,
    kind: BackupKind,
    actor: &str,
    file: &str,
) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO backup_runs (id, kind, state, actor_name, file, started_at, seen_at) \
               VALUES ($1, $2, 'running', $3, $4, $5, $5)";
    let values = params![id, kind.as_str(), actor, file, millis(work.now())];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Says that a run is alive.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was given up meanwhile.
pub async fn touch_run(work: &UnitOfWork, id: Uuid) -> Result<()> {
    let sql = "UPDATE backup_runs SET seen_at = $1 WHERE id = $2 AND state = 'running'";
    work.execute_one(sql, params![millis(work.now()), id]).await
}

/// What a finished run made.
#[derive(Clone, Debug)]
pub struct BackupMade<'m> {
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// Rows in it.
    pub rows: u64,
    /// Recordings and scans in it.
    pub files: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: &'m str,
}

/// Ends a run that made its file.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was given up meanwhile.
pub async fn finish_run(work: &UnitOfWork, id: Uuid, made: &BackupMade<'_>) -> Result<()> {
    let sql = "UPDATE backup_runs SET state = 'finished', seen_at = $1, finished_at = $1, size_bytes = $2, \
               row_count = $3, file_count = $4, sha256 = $5 WHERE id = $6 AND state = 'running'";
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let values = params![
        millis(work.now()),
        signed(made.size_bytes),
        signed(made.rows),
        signed(made.files),
        made.sha256,
        id,
    ];
    work.execute_one(sql, values).await
}

/// Ends a run of which nothing came.
///
/// # Errors
/// What the database says.
pub async fn fail_run(work: &UnitOfWork, id: Uuid, error: &str) -> Result<()> {
    let sql = "UPDATE backup_runs SET state = 'failed', finished_at = $1, error = $2 \
               WHERE id = $3 AND state = 'running'";
    let values = params![millis(work.now()), error, id];
    work.execute(sql, values).await.map(|_| ())
}

/// Notes what a trial of a finished run's file found: nothing wrong, or what.
///
/// # Errors
/// What the database says.
pub async fn note_trial(work: &UnitOfWork, id: Uuid, error: Option<&str>) -> Result<()> {
    let verified = error.is_none().then(|| millis(work.now()));
    let sql = "UPDATE backup_runs SET verified_at = $1, error = $2 WHERE id = $3";
    work.execute_one(sql, params![verified, error, id]).await
}

/// Notes that a run's file was removed.
///
/// # Errors
/// What the database says.
pub async fn note_removal(work: &UnitOfWork, id: Uuid) -> Result<()> {
    let sql = "UPDATE backup_runs SET removed_at = $1 WHERE id = $2";
    work.execute_one(sql, params![millis(work.now()), id]).await
}

/// Gives up the runs that nobody has heard of since a moment, and says how many.
///
/// # Errors
/// What the database says.
pub async fn give_up_silent_runs(work: &UnitOfWork, since: Instant) -> Result<u64> {
    let sql = "UPDATE backup_runs SET state = 'failed', error = 'interrupted', finished_at = $1 \
               WHERE state = 'running' AND seen_at < $2";
    let values = params![millis(work.now()), millis(since)];
    work.execute(sql, values).await
}

/// The latest runs, the newest first. Backups belong to the house, not to a unit.
///
/// # Errors
/// What the database says.
pub async fn list_runs(db: &impl Reads, limit: u64) -> Result<Vec<BackupRun>> {
    let sql = format!("{SELECT} ORDER BY started_at DESC, id DESC LIMIT $1");
    let values = params![i64::try_from(limit).unwrap_or(i64::MAX)];
    let rows = list::<Row>(db, &sql, values).await?;
    rows.into_iter().map(run).collect()
}

/// Scheduled runs whose files are still there.
///
/// # Errors
/// What the database says.
pub async fn list_kept_runs(db: &impl Reads) -> Result<Vec<BackupRun>> {
    let sql = format!(
        "{SELECT} WHERE kind <> 'shell' AND state = 'finished' AND removed_at IS NULL ORDER BY id"
    );
    let rows = list::<Row>(db, &sql, Vec::new()).await?;
    rows.into_iter().map(run).collect()
}

/// The last run that ended well; with `verified` the last that also stood its trial.
///
/// # Errors
/// What the database says.
pub async fn find_last_good_run(db: &impl Reads, verified: bool) -> Result<Option<BackupRun>> {
    let also = if verified {
        "AND verified_at IS NOT NULL"
    } else {
        ""
    };
    let sql = format!(
        "{SELECT} WHERE state = 'finished' {also} ORDER BY started_at DESC, id DESC LIMIT 1"
    );
    find::<Row>(db, &sql, Vec::new())
        .await?
        .map(run)
        .transpose()
}

/// Whether nobody has taken the turn of a moment yet; asked often, so it writes nothing.
///
/// # Errors
/// What the database says.
pub async fn is_turn_open(db: &impl Reads, due: Instant) -> Result<bool> {
    let taken = crate::settings::find_setting(db, TURN).await?;
    Ok(taken.is_none_or(|taken| taken < turn(due)))
}

/// Takes the turn of a moment: only one server gets it.
///
/// # Errors
/// What the database says.
pub async fn take_turn(work: &UnitOfWork, due: Instant) -> Result<bool> {
    let sql = "INSERT INTO settings (key, value, updated_at) VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE \
               SET value = excluded.value, updated_at = excluded.updated_at WHERE settings.value < excluded.value";
    let values = params![TURN, turn(due), millis(work.now())];
    Ok(work.execute(sql, values).await? == 1)
}

/// The setting that holds the last moment for which a backup was queued.
const TURN: &str = "backups.turn";

/// RFC 3339 in UTC with seconds: later moments sort later.
fn turn(due: Instant) -> String {
    due.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
