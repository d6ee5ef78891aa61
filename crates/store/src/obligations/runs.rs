//! Extraction runs: what went in, what was excluded and why, what came out.

use crate::dialect::bulk::{Bulk, Cell, CellType};
use crate::sql::{Page, PageKey, Select, find, instant, millis, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Sums of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunSums {
    /// Policies and events that were looked at.
    pub looked_at: i64,
    /// Candidates: cases that a programme is meant for.
    pub candidates: i64,
    /// Candidates that a rule excludes.
    pub excluded: i64,
    /// New obligations.
    pub created: i64,
    /// Obligations whose dates changed.
    pub redated: i64,
    /// Obligations that were cancelled.
    pub cancelled: i64,
}

impl RunSums {
    /// Adds other sums.
    pub fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.candidates += other.candidates;
        self.excluded += other.excluded;
        self.created += other.created;
        self.redated += other.redated;
        self.cancelled += other.cancelled;
    }
}

/// A run of the planner.
#[derive(Clone, Debug)]
pub struct ExtractionRun {
    /// Its id.
    pub id: Uuid,
    /// Where it stands: `running`, `finished`, `interrupted` or `failed`.
    pub state: String,
    /// Triggers from this day.
    pub since: NaiveDate,
    /// Nothing after this day.
    pub as_of: NaiveDate,
    /// Hash over packs and calendar.
    pub rules_hash: String,
    /// Who started it.
    pub actor_name: String,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// Its sums.
    pub sums: RunSums,
    /// Why it failed.
    pub error: Option<String>,
}

/// Begins a run. Earlier runs that never ended are marked as interrupted: their work was kept chunk
/// by chunk, and this run goes on where they stopped.
///
/// # Errors
/// What the database says.
pub async fn start_extraction(
    bulk: &mut Bulk,
    since: NaiveDate,
    as_of: NaiveDate,
    rules_hash: &str,
    calendar_hash: &str,
    actor: &str,
) -> Result<Uuid> {
    let sql = "UPDATE extraction_runs SET state = 'interrupted' WHERE state = 'running'";
    bulk.execute(sql, &[]).await?;
    let id = bulk.next_id();
    let sql = "INSERT INTO extraction_runs (id, state, since, as_of, rules_hash, calendar_hash, actor_name, \
               started_at, looked_at, candidates, excluded, created, redated, cancelled) \
               VALUES ($1, 'running', $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0, 0)";
    let cells = [
        Cell::Id(id),
        Cell::Date(since),
        Cell::Date(as_of),
        Cell::Text(rules_hash.to_owned()),
        Cell::Text(calendar_hash.to_owned()),
        Cell::Text(actor.to_owned()),
        Cell::Int(millis(bulk.now())),
    ];
    bulk.execute(sql, &cells).await?;
    Ok(id)
}

/// Adds the sums of a chunk to a run.
///
/// # Errors
/// What the database says.
pub async fn add_to_extraction(
    bulk: &mut Bulk,
    run: Uuid,
    sums: RunSums,
    counts: &[(String, String, i64)],
) -> Result<()> {
    let sql = "UPDATE extraction_runs SET looked_at = looked_at + $1, candidates = candidates + $2, \
               excluded = excluded + $3, created = created + $4, redated = redated + $5, \
               cancelled = cancelled + $6 WHERE id = $7";
    let cells = [
        Cell::Int(sums.looked_at),
        Cell::Int(sums.candidates),
        Cell::Int(sums.excluded),
        Cell::Int(sums.created),
        Cell::Int(sums.redated),
        Cell::Int(sums.cancelled),
        Cell::Id(run),
    ];
    bulk.execute(sql, &cells).await?;
    for (programme, reason, count) in counts {
        let sql = "INSERT INTO extraction_counts (run_id, programme, reason_code, count) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (run_id, programme, reason_code) \
                   DO UPDATE SET count = extraction_counts.count + excluded.count";
        let cells = [
            Cell::Id(run),
            Cell::Text(programme.clone()),
            Cell::Text(reason.clone()),
            Cell::Int(*count),
        ];
        bulk.execute(sql, &cells).await?;
    }
    Ok(())
}

/// Ends a run.
///
/// # Errors
/// What the database says.
pub async fn finish_extraction(
    bulk: &mut Bulk,
    run: Uuid,
    at: Instant,
    error: Option<&str>,
) -> Result<()> {
    let sql = "UPDATE extraction_runs SET state = $1, finished_at = $2, error = $3 WHERE id = $4";
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
    bulk.execute_typed(sql, &cells, &types).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct RunRow {
    id: Uuid,
    state: String,
    since: NaiveDate,
    as_of: NaiveDate,
    rules_hash: String,
    actor_name: String,
    started_at: i64,
    finished_at: Option<i64>,
    looked_at: i64,
    candidates: i64,
    excluded: i64,
    created: i64,
    redated: i64,
    cancelled: i64,
    error: Option<String>,
}

const COLUMNS: &str = "id, state, since, as_of, rules_hash, actor_name, started_at, finished_at, looked_at, \
     candidates, excluded, created, redated, cancelled, error";

impl From<RunRow> for ExtractionRun {
    fn from(r: RunRow) -> Self {
        Self {
            id: r.id,
            state: r.state,
            since: r.since,
            as_of: r.as_of,
            rules_hash: r.rules_hash,
            actor_name: r.actor_name,
            started_at: instant(r.started_at),
            finished_at: r.finished_at.map(instant),
            sums: RunSums {
                looked_at: r.looked_at,
                candidates: r.candidates,
                excluded: r.excluded,
                created: r.created,
                redated: r.redated,
                cancelled: r.cancelled,
            },
            error: r.error,
        }
    }
}

/// Runs, the newest first. They belong to the whole company.
///
/// # Errors
/// What the database says.
pub async fn list_extraction_runs(
    db: &impl Reads,
    _scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<ExtractionRun>> {
    let mut select = Select::new(&format!("SELECT {COLUMNS} FROM extraction_runs"));
    if let Some(after) = after {
        let at: i64 = after.sort.parse().unwrap_or(i64::MAX);
        select.filter(
            "(started_at < ? OR (started_at = ? AND id < ?))",
            params![at, at, after.id],
        );
    }
    let rows = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    select.then("ORDER BY started_at DESC, id DESC LIMIT ?", params![rows]);
    let rows: Vec<RunRow> = select.list(db).await?;
    let key = |r: &ExtractionRun| PageKey {
        sort: millis(r.started_at).to_string(),
        id: r.id,
    };
    let rows = rows.into_iter().map(ExtractionRun::from).collect();
    Ok(Page::cut(
        rows,
        usize::try_from(limit).unwrap_or(usize::MAX),
        key,
    ))
}

/// One run.
///
/// # Errors
/// What the database says.
pub async fn find_extraction_run(
    db: &impl Reads,
    _scope: &Scope,
    id: Uuid,
) -> Result<Option<ExtractionRun>> {
    let sql = format!("SELECT {COLUMNS} FROM extraction_runs WHERE id = $1");
    Ok(find::<RunRow>(db, &sql, params![id])
        .await?
        .map(ExtractionRun::from))
}

/// How many candidates of a programme had a fate in a run; an empty reason stands for obligations.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RunCount {
    /// Programme code.
    pub programme: String,
    /// Reason of exclusion, or empty.
    pub reason_code: String,
    /// How many.
    pub count: i64,
}

/// Counts of a run by programme and reason.
///
/// # Errors
/// What the database says.
pub async fn list_extraction_counts(
    db: &impl Reads,
    _scope: &Scope,
    run: Uuid,
) -> Result<Vec<RunCount>> {
    let mut select = Select::new("SELECT programme, reason_code, count FROM extraction_counts");
    select
        .filter("run_id = ?", params![run])
        .then("ORDER BY programme, reason_code", Vec::new());
    select.list(db).await
}
