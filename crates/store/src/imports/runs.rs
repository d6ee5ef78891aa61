//! Import runs: what people see of an import while it runs and afterwards.

use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::{Page, PageKey, Select, count, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::imports::Tally;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A run of an import.
#[derive(Clone, Debug)]
pub struct ImportRun {
    /// Its id.
    pub id: Uuid,
    /// Kind of file.
    pub kind: String,
    /// Name of the file.
    pub file_name: String,
    /// Whether nothing was kept on purpose.
    pub dry_run: bool,
    /// Where it stands.
    pub state: String,
    /// Who started it.
    pub actor_name: String,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// Size of the file in bytes.
    pub bytes_total: Option<i64>,
    /// Bytes read so far.
    pub bytes_done: i64,
    /// What became of the rows.
    pub tally: Tally,
    /// Why it failed as a whole.
    pub error: Option<String>,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Line in the file, from one; the heading counts.
    pub line: u64,
    /// Column as the file names it.
    pub column: String,
    /// The value, masked.
    pub value_masked: String,
    /// Code of the reason.
    pub reason_code: String,
    /// What is wrong, in words.
    pub detail: String,
}

/// Begins a run.
///
/// # Errors
/// What the database says.
pub async fn start_run(
    bulk: &mut Bulk,
    kind: domain::imports::ImportKind,
    file_name: &str,
    actor: &str,
    bytes_total: Option<u64>,
) -> Result<Uuid> {
    let id = bulk.next_id();
    let sql = "INSERT INTO import_runs (id, kind, file_name, dry_run, state, actor_name, started_at, \
               bytes_total, bytes_done, rows_read, rows_created, rows_updated, rows_unchanged, rows_rejected) \
               VALUES ($1, $2, $3, $4, 'running', $5, $6, $7, 0, 0, 0, 0, 0, 0)";
    let cells = [
        Cell::Id(id),
        Cell::Code(kind.as_str()),
        Cell::Text(file_name.to_owned()),
        Cell::Bool(false),
        Cell::Text(actor.to_owned()),
        Cell::Int(millis(bulk.now())),
        bytes_total.and_then(|b| i64::try_from(b).ok()).into(),
    ];
    let types = [
        CellType::Id,
        CellType::Text,
        CellType::Text,
        CellType::Bool,
        CellType::Text,
        CellType::Int,
        CellType::Int,
    ];
    bulk.execute_typed(sql, &cells, &types).await?;
    Ok(id)
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Writes how far a run has come, and the rows of the chunk that were not taken.
///
/// # Errors
/// What the database says.
pub async fn note_progress(
    bulk: &mut Bulk,
    run: Uuid,
    seen_at: Instant,
    bytes_done: u64,
    tally: Tally,
    rejections: &[Rejection],
) -> Result<()> {
    let sql = "UPDATE import_runs SET bytes_done = $1, rows_read = $2, rows_created = $3, rows_updated = $4, \
               rows_unchanged = $5, rows_rejected = $6, seen_at = $7 WHERE id = $8";
    let cells = [
        Cell::Int(signed(bytes_done)),
        Cell::Int(signed(tally.read)),
        Cell::Int(signed(tally.created)),
        Cell::Int(signed(tally.updated)),
        Cell::Int(signed(tally.unchanged)),
        Cell::Int(signed(tally.rejected)),
        Cell::Int(millis(seen_at)),
        Cell::Id(run),
    ];
    bulk.execute(sql, &cells).await?;
    let mut rows = Vec::with_capacity(rejections.len() * REJECTIONS.columns.len());
    for rejection in rejections {
        rows.extend([
            Cell::Id(bulk.next_id()),
            Cell::Id(run),
            Cell::Int(signed(rejection.line)),
            Cell::Text(rejection.column.clone()),
            Cell::Text(rejection.value_masked.clone()),
            Cell::Text(rejection.reason_code.clone()),
            Cell::Text(rejection.detail.clone()),
        ]);
    }
    bulk.insert(&REJECTIONS, &rows).await
}

static REJECTIONS: Table = Table {
    name: "import_rejections",
    columns: &[
        ("id", CellType::Id),
        ("run_id", CellType::Id),
        ("line", CellType::Int),
        ("column_name", CellType::Text),
        ("value_masked", CellType::Text),
        ("reason_code", CellType::Text),
        ("detail", CellType::Text),
    ],
};

/// Ends a run.
///
/// # Errors
/// What the database says.
pub async fn finish_run(
    bulk: &mut Bulk,
    run: Uuid,
    at: Instant,
    error: Option<&str>,
) -> Result<()> {
    let state = if error.is_some() {
        "failed"
    } else {
        "finished"
    };
    let cells = [
        Cell::Code(state),
        Cell::Int(millis(at)),
        error.map(str::to_owned).into(),
        Cell::Id(run),
    ];
    let types = [CellType::Text, CellType::Int, CellType::Text, CellType::Id];
    let sql = "UPDATE import_runs SET state = $1, finished_at = $2, error = $3 WHERE id = $4";
    bulk.execute_typed(sql, &cells, &types).await.map(|_| ())
}

const SILENT: &str = "state = 'running' AND COALESCE(seen_at, started_at) < $1";

/// Runs that nobody has heard of since a moment: their program was killed.
///
/// # Errors
/// What the database says.
pub async fn count_silent_runs(db: &impl Reads, since: Instant) -> Result<i64> {
    let sql = format!("SELECT COUNT(*) AS n FROM import_runs WHERE {SILENT}");
    count(db, &sql, params![millis(since)]).await
}

/// Marks runs as failed that nobody has heard of since a moment, and says how many.
///
/// # Errors
/// What the database says.
pub async fn interrupt_silent_runs(work: &UnitOfWork, since: Instant) -> Result<u64> {
    let sql = format!(
        "UPDATE import_runs SET state = 'failed', error = 'interrupted', finished_at = $2 WHERE {SILENT}"
    );
    work.execute(&sql, params![millis(since), millis(work.now())])
        .await
}

/// Marks a run as failed whose program was killed.
///
/// # Errors
/// What the database says.
pub async fn interrupt_run(work: &UnitOfWork, run: Uuid) -> Result<()> {
    let sql = "UPDATE import_runs SET state = 'failed', error = 'interrupted', finished_at = $1 \
               WHERE id = $2 AND state = 'running'";
    work.execute(sql, params![millis(work.now()), run])
        .await
        .map(|_| ())
}

#[derive(FromQueryResult)]
struct RunRow {
    id: Uuid,
    kind: String,
    file_name: String,
    dry_run: bool,
    state: String,
    actor_name: String,
    started_at: i64,
    finished_at: Option<i64>,
    bytes_total: Option<i64>,
    bytes_done: i64,
    rows_read: i64,
    rows_created: i64,
    rows_updated: i64,
    rows_unchanged: i64,
    rows_rejected: i64,
    error: Option<String>,
}

const RUN_COLUMNS: &str = "id, kind, file_name, dry_run, state, actor_name, started_at, finished_at, bytes_total, \
     bytes_done, rows_read, rows_created, rows_updated, rows_unchanged, rows_rejected, error";

impl From<RunRow> for ImportRun {
    fn from(r: RunRow) -> Self {
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Self {
            id: r.id,
            kind: r.kind,
            file_name: r.file_name,
            dry_run: r.dry_run,
            state: r.state,
            actor_name: r.actor_name,
            started_at: instant(r.started_at),
            finished_at: r.finished_at.map(instant),
            bytes_total: r.bytes_total,
            bytes_done: r.bytes_done,
            tally: Tally {
                read: count(r.rows_read),
                created: count(r.rows_created),
                updated: count(r.rows_updated),
                unchanged: count(r.rows_unchanged),
                rejected: count(r.rows_rejected),
            },
            error: r.error,
        }
    }
}

/// Import runs, the newest first. They belong to the whole company.
pub async fn list_import_runs(
    db: &impl Reads,
    _scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<ImportRun>> {
    let mut select = Select::new(&format!("SELECT {RUN_COLUMNS} FROM import_runs"));
    if let Some(after) = after {
        let at: i64 = after.sort.parse().unwrap_or(i64::MAX);
        select.filter(
            "(started_at < ? OR (started_at = ? AND id < ?))",
            params![at, at, after.id],
        );
    }
    select.then(
        "ORDER BY started_at DESC, id DESC LIMIT ?",
        params![signed(limit + 1)],
    );
    let rows: Vec<RunRow> = select.list(db).await?;
    let rows = rows.into_iter().map(ImportRun::from).collect();
    let key = |r: &ImportRun| PageKey {
        sort: millis(r.started_at).to_string(),
        id: r.id,
    };
    Ok(Page::cut(
        rows,
        usize::try_from(limit).unwrap_or(usize::MAX),
        key,
    ))
}

/// One import run.
pub async fn find_import_run(
    db: &impl Reads,
    _scope: &Scope,
    id: Uuid,
) -> Result<Option<ImportRun>> {
    let sql = format!("SELECT {RUN_COLUMNS} FROM import_runs WHERE id = $1");
    Ok(find::<RunRow>(db, &sql, params![id])
        .await?
        .map(ImportRun::from))
}

#[derive(FromQueryResult)]
struct RejectionRow {
    line: i64,
    column_name: String,
    value_masked: String,
    reason_code: String,
    detail: String,
}

/// Rows of a run that were not taken, in the order of the file, from a line on.
pub async fn list_import_rejections(
    db: &impl Reads,
    _scope: &Scope,
    run: Uuid,
    after_line: u64,
    limit: u64,
) -> Result<Vec<Rejection>> {
    let mut select = Select::new(
        "SELECT line, column_name, value_masked, reason_code, detail FROM import_rejections",
    );
    select.filter("run_id = ?", params![run]);
    select.filter("line > ?", params![signed(after_line)]);
    select.then("ORDER BY line, id LIMIT ?", params![signed(limit)]);
    let rows: Vec<RejectionRow> = select.list(db).await?;
    Ok(rows
        .into_iter()
        .map(|r| Rejection {
            line: u64::try_from(r.line).unwrap_or(0),
            column: r.column_name,
            value_masked: r.value_masked,
            reason_code: r.reason_code,
            detail: r.detail,
        })
        .collect())
}
