//! The queue of jobs: durable, with leases, retries and a list of the dead. Several servers work on
//! it at once; a job whose server fell silent is taken up again when its lease ends.
//!
//! The number of the attempt is the fence: who was overtaken cannot write any more.

use crate::dialect::Backend;
use crate::sql::{Page, PageKey, Select, count, find, instant, millis, params};
use crate::{AuditActor, Reads, Result, UnitOfWork};
use domain::jobs::{JobKind, JobState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A job to queue.
#[derive(Clone, Debug)]
pub struct NewJob<'n> {
    /// What it does.
    pub kind: JobKind,
    /// With what, as JSON.
    pub payload: &'n str,
    /// Not before this moment.
    pub run_at: Instant,
    /// For whom; it runs with their rights.
    pub owner: AuditActor,
    /// The delegation under which the owner acts for somebody else.
    pub delegation: Option<Uuid>,
}

/// A job.
#[derive(Clone, Debug)]
pub struct JobRow {
    /// Its id.
    pub id: Uuid,
    /// What it does.
    pub kind: JobKind,
    /// With what, as JSON.
    pub payload: String,
    /// Where it stands.
    pub state: JobState,
    /// Not before this moment.
    pub run_at: Instant,
    /// How often it was begun.
    pub attempts: i64,
    /// Until when its server need not be heard of.
    pub lease_until: Option<Instant>,
    /// How much is done: bytes, rows or steps.
    pub done: i64,
    /// How much there is to do, when known.
    pub total: Option<i64>,
    /// Why it failed last.
    pub error: Option<String>,
    /// What came of it, as JSON.
    pub result: Option<String>,
    /// Kind of the owner, such as `user`.
    pub owner_kind: String,
    /// The owner.
    pub owner_id: Option<Uuid>,
    /// The delegation under which the owner acted for somebody else.
    pub delegation: Option<Uuid>,
    /// Name of the owner.
    pub created_by: String,
    /// When it was queued.
    pub created_at: Instant,
    /// When it was last heard of.
    pub updated_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    payload: String,
    state: String,
    run_at: i64,
    attempts: i64,
    lease_until: Option<i64>,
    done: i64,
    total: Option<i64>,
    error: Option<String>,
    result: Option<String>,
    owner_kind: Option<String>,
    owner_id: Option<Uuid>,
    delegation_id: Option<Uuid>,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

const SELECT: &str = "SELECT id, kind, payload, state, run_at, attempts, lease_until, done, total, error, result, \
     owner_kind, owner_id, delegation_id, created_by, created_at, updated_at FROM jobs";

fn job(r: Row) -> Result<JobRow> {
    Ok(JobRow {
        kind: JobKind::parse(&r.kind)?,
        state: JobState::parse(&r.state)?,
        id: r.id,
        payload: r.payload,
        run_at: instant(r.run_at),
        attempts: r.attempts,
        lease_until: r.lease_until.map(instant),
        done: r.done,
        total: r.total,
        error: r.error,
        result: r.result,
        owner_kind: r.owner_kind.unwrap_or_default(),
        owner_id: r.owner_id,
        delegation: r.delegation_id,
        created_by: r.created_by,
        created_at: instant(r.created_at),
        updated_at: instant(r.updated_at),
    })
}

/// Queues a job; it exists when the unit of work is committed.
///
/// # Errors
/// What the database says.
pub async fn enqueue_job(work: &UnitOfWork, new: &NewJob<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, done, owner_kind, owner_id, created_by, \
               created_at, updated_at, delegation_id) VALUES ($1, $2, $3, 'queued', $4, 0, 0, $5, $6, $7, $8, $8, $9)";
    let values = params![
        id,
        new.kind.as_str(),
        new.payload,
        millis(new.run_at),
        new.owner.kind,
        new.owner.id,
        new.owner.name.as_str(),
        millis(work.now()),
        new.delegation,
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

const IS_DUE: &str =
    "((state = 'queued' AND run_at <= $1) OR (state = 'running' AND lease_until <= $1))";

/// Whether any job may be taken up; asked often, so it writes nothing.
///
/// # Errors
/// What the database says.
pub async fn is_job_due(db: &impl Reads, now: Instant) -> Result<bool> {
    let sql = format!(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM jobs WHERE {IS_DUE} LIMIT 1) AS due"
    );
    Ok(count(db, &sql, params![millis(now)]).await? > 0)
}

/// Takes up the job that has waited longest, until a moment. Jobs that other servers are taking at
/// the same time are passed over.
///
/// # Errors
/// What the database says.
pub async fn take_job(work: &UnitOfWork, lease_until: Instant) -> Result<Option<JobRow>> {
    let lock = Backend::of(work.connection()).skip_locked();
    let sql = format!("{SELECT} WHERE {IS_DUE} ORDER BY run_at, id LIMIT 1 {lock}");
    let found = find::<Row>(work, &sql, params![millis(work.now())]).await?;
    let Some(found) = found else {
        return Ok(None);
    };
    let sql = "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = $1, updated_at = $2 \
               WHERE id = $3 AND attempts = $4";
    let values = params![
        millis(lease_until),
        millis(work.now()),
        found.id,
        found.attempts
    ];
    work.execute_one(sql, values).await?;
    let taken = Row {
        attempts: found.attempts + 1,
        state: JobState::Running.as_str().to_owned(),
        lease_until: Some(millis(lease_until)),
        ..found
    };
    job(taken).map(Some)
}

/// How far a job has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobProgress {
    /// How much is done.
    pub done: i64,
    /// How much there is to do.
    pub total: Option<i64>,
    /// What is known of the result, as JSON.
    pub result: Option<String>,
}

/// Writes how far a job has come and prolongs its lease.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when another server has taken it up.
pub async fn keep_job(
    work: &UnitOfWork,
    job: &JobRow,
    progress: &JobProgress,
    lease_until: Instant,
) -> Result<()> {
    let sql = "UPDATE jobs SET done = $1, total = COALESCE($2, total), result = COALESCE($3, result), \
               lease_until = $4, updated_at = $5 WHERE id = $6 AND attempts = $7 AND state = 'running'";
    let values = params![
        progress.done,
        progress.total,
        progress.result.clone(),
        millis(lease_until),
        millis(work.now()),
        job.id,
        job.attempts,
    ];
    work.execute_one(sql, values).await
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum JobEnd<'e> {
    /// Done, with this.
    Finished(&'e JobProgress),
    /// Failed; to be tried again at this moment.
    Again(Instant, &'e str),
    /// Failed for good.
    Dead(&'e str),
}

/// Ends an attempt.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when another server has taken the job up.
pub async fn end_job(work: &UnitOfWork, job: &JobRow, end: &JobEnd<'_>) -> Result<()> {
    let (state, run_at, error, progress) = match end {
        JobEnd::Finished(progress) => (JobState::Finished, job.run_at, None, Some(*progress)),
        JobEnd::Again(at, error) => (JobState::Queued, *at, Some(*error), None),
        JobEnd::Dead(error) => (JobState::Dead, job.run_at, Some(*error), None),
    };
    let sql = "UPDATE jobs SET state = $1, run_at = $2, error = $3, lease_until = NULL, done = COALESCE($4, done), \
               total = COALESCE($5, total), result = COALESCE($6, result), updated_at = $7 \
               WHERE id = $8 AND attempts = $9 AND state = 'running'";
    let values = params![
        state.as_str(),
        millis(run_at),
        error,
        progress.map(|p| p.done),
        progress.and_then(|p| p.total),
        progress.and_then(|p| p.result.clone()),
        millis(work.now()),
        job.id,
        job.attempts,
    ];
    work.execute_one(sql, values).await
}

/// Queues a dead job again, with all its tries.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is not dead.
pub async fn revive_job(work: &UnitOfWork, id: Uuid) -> Result<()> {
    let sql = "UPDATE jobs SET state = 'queued', attempts = 0, run_at = $1, updated_at = $1 \
               WHERE id = $2 AND state = 'dead'";
    work.execute_one(sql, params![millis(work.now()), id]).await
}

/// Whether a job of a kind waits or runs.
///
/// # Errors
/// What the database says.
pub async fn is_job_active(db: &impl Reads, kind: JobKind) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS n FROM jobs WHERE kind = $1 AND state IN ('queued', 'running')";
    Ok(count(db, sql, params![kind.as_str()]).await? > 0)
}

/// A job by its id. Who may see it is for the caller to decide: jobs belong to people, not to units.
///
/// # Errors
/// What the database says.
pub async fn find_job(db: &impl Reads, id: Uuid) -> Result<Option<JobRow>> {
    let sql = format!("{SELECT} WHERE id = $1");
    find::<Row>(db, &sql, params![id])
        .await?
        .map(job)
        .transpose()
}

/// What to look for among jobs.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    /// Of this owner: kind, id, and name where there is no id.
    pub owner: Option<AuditActor>,
    /// In this state.
    pub state: Option<JobState>,
    /// Of this kind.
    pub kind: Option<JobKind>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Jobs, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_jobs(db: &impl Reads, filter: &JobFilter, limit: u64) -> Result<Page<JobRow>> {
    let mut select = Select::new(SELECT);
    if let Some(owner) = &filter.owner {
        select.filter("owner_kind = ?", params![owner.kind]);
        match owner.id {
            Some(id) => select.filter("owner_id = ?", params![id]),
            None => select.filter("created_by = ?", params![owner.name.as_str()]),
        };
    }
    if let Some(state) = filter.state {
        select.filter("state = ?", params![state.as_str()]);
    }
    if let Some(kind) = filter.kind {
        select.filter("kind = ?", params![kind.as_str()]);
    }
    select.page_by_id("id", true, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(job).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id))
}
