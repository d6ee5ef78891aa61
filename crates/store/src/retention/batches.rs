//! Batches of records to be destroyed.

use crate::dialect::Backend;
use crate::sql::{Page, PageKey, Select, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::retention::{Batch, BatchState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A batch to propose.
#[derive(Clone, Debug)]
pub struct NewBatch<'n> {
    /// Its number.
    pub number: &'n str,
    /// The unit whose records it lists, with those below.
    pub org: Uuid,
    /// The day as of which terms were computed.
    pub as_of: NaiveDate,
    /// Hash of the rules that they were computed with.
    pub rules_hash: &'n str,
    /// How many items it has.
    pub items: i64,
    /// Who proposes it: id and name.
    pub by: (Option<Uuid>, &'n str),
}

/// A batch.
#[derive(Clone, Debug)]
pub struct BatchRow {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// What decisions need of it.
    pub batch: Batch,
    /// Name of the unit.
    pub org_name: String,
    /// The day as of which terms were computed.
    pub as_of: NaiveDate,
    /// Hash of the rules.
    pub rules_hash: String,
    /// How many items it has.
    pub items: i64,
    /// How many were destroyed.
    pub destroyed: i64,
    /// How many were passed over, because something had changed.
    pub skipped: i64,
    /// Name of who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Instant,
    /// Name of who submitted it.
    pub submitted_by: Option<String>,
    /// When.
    pub submitted_at: Option<Instant>,
    /// Name of who approved or refused it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
    /// What was said with it.
    pub decision_note: Option<String>,
    /// The job that carries it out.
    pub job: Option<Uuid>,
    /// When it was carried out.
    pub executed_at: Option<Instant>,
    /// SHA-256 over the items of the certificate.
    pub certificate: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    org_name: String,
    state: String,
    as_of: NaiveDate,
    rules_hash: String,
    items: i64,
    destroyed: i64,
    skipped: i64,
    proposed_by_id: Option<Uuid>,
    proposed_by: String,
    proposed_at: i64,
    submitted_by_id: Option<Uuid>,
    submitted_by: Option<String>,
    submitted_at: Option<i64>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    decision_note: Option<String>,
    job_id: Option<Uuid>,
    executed_at: Option<i64>,
    certificate: Option<String>,
    version: i64,
}

impl TryFrom<Row> for BatchRow {
    type Error = crate::StoreError;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            batch: Batch {
                state: BatchState::parse(&r.state)?,
                proposed_by: r.proposed_by_id,
                submitted_by: r.submitted_by_id,
            },
            id: r.id,
            number: r.number,
            org_name: r.org_name,
            as_of: r.as_of,
            rules_hash: r.rules_hash,
            items: r.items,
            destroyed: r.destroyed,
            skipped: r.skipped,
            proposed_by: r.proposed_by,
            proposed_at: instant(r.proposed_at),
            submitted_by: r.submitted_by,
            submitted_at: r.submitted_at.map(instant),
            decided_by: r.decided_by,
            decided_at: r.decided_at.map(instant),
            decision_note: r.decision_note,
            job: r.job_id,
            executed_at: r.executed_at.map(instant),
            certificate: r.certificate,
            version: r.version,
        })
    }
}

/// Adds a batch.
///
/// # Errors
/// What the database says.
pub async fn insert_batch(work: &UnitOfWork, new: &NewBatch<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO destruction_batches (id, number, org_id, state, as_of, rules_hash, items, destroyed, skipped, \
               proposed_by_id, proposed_by, proposed_at, version) \
               VALUES ($1, $2, $3, 'proposed', $4, $5, $6, 0, 0, $7, $8, $9, 1)";
    let values = params![
        id,
        new.number,
        new.org,
        new.as_of,
        new.rules_hash,
        new.items,
        new.by.0,
        new.by.1,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

const SELECT: &str = "SELECT b.id, b.number, o.name AS org_name, b.state, b.as_of, b.rules_hash, b.items, b.destroyed, b.skipped, \
     b.proposed_by_id, b.proposed_by, b.proposed_at, b.submitted_by_id, b.submitted_by, b.submitted_at, b.decided_by, \
     b.decided_at, b.decision_note, b.job_id, b.executed_at, b.certificate, b.version \
     FROM destruction_batches b JOIN orgs o ON o.id = b.org_id";

fn in_sight(scope: &Scope) -> Select {
    let mut select = Select::new(SELECT);
    select.scope(scope, "b.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter(
            "EXISTS (SELECT 1 FROM destruction_items i JOIN callbacks own ON own.customer_id = i.customer_id \
             WHERE i.batch_id = b.id AND own.assignee_id = ?)",
            params![user.0],
        );
    }
    select
}

/// Batches of units in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_batches(
    db: &impl Reads,
    scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<BatchRow>> {
    let mut select = in_sight(scope);
    select.page_by_id("b.id", true, after, limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(BatchRow::try_from).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id))
}

/// A batch of a unit in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_batch(db: &impl Reads, scope: &Scope, number: &str) -> Result<Option<BatchRow>> {
    let mut select = in_sight(scope);
    select.filter("b.number = ?", params![number]);
    let row: Option<Row> = select.list(db).await?.pop();
    row.map(BatchRow::try_from).transpose()
}

/// What a step changes besides the state.
#[derive(Clone, Debug, Default)]
pub struct BatchChange<'c> {
    /// Who submitted it: id and name.
    pub submitted_by: Option<(Option<Uuid>, &'c str)>,
    /// Who decided it, and what was said.
    pub decided_by: Option<(&'c str, &'c str)>,
    /// The job that carries it out.
    pub job: Option<Uuid>,
    /// What became of it: destroyed, passed over, hash of the certificate.
    pub executed: Option<(i64, i64, &'c str)>,
}

/// Saves a step.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_batch(
    work: &UnitOfWork,
    batch: &BatchRow,
    to: BatchState,
    change: &BatchChange<'_>,
) -> Result<()> {
    let now = millis(work.now());
    let sql = "UPDATE destruction_batches SET state = $1, submitted_by_id = COALESCE($2, submitted_by_id), \
               submitted_by = COALESCE($3, submitted_by), submitted_at = COALESCE($4, submitted_at), \
               decided_by = COALESCE($5, decided_by), decided_at = COALESCE($6, decided_at), \
               decision_note = COALESCE($7, decision_note), job_id = COALESCE($8, job_id), \
               destroyed = COALESCE($9, destroyed), skipped = COALESCE($10, skipped), \
               certificate = COALESCE($11, certificate), executed_at = COALESCE($12, executed_at), \
               version = version + 1 WHERE id = $13 AND version = $14";
    let values = params![
        to.as_str(),
        change.submitted_by.and_then(|(id, _)| id),
        change.submitted_by.map(|(_, name)| name),
        change.submitted_by.map(|_| now),
        change.decided_by.map(|(name, _)| name),
        change.decided_by.map(|_| now),
        change.decided_by.map(|(_, note)| note),
        change.job,
        change.executed.map(|(destroyed, _, _)| destroyed),
        change.executed.map(|(_, skipped, _)| skipped),
        change.executed.map(|(_, _, hash)| hash),
        change.executed.map(|_| now),
        batch.id,
        batch.version,
    ];
    work.execute_one(sql, values).await
}

/// Keeps the batches that are not at their end from others until the transaction ends. Whoever places
/// a hold and whoever destroys both do this first, so that neither misses what the other does.
///
/// # Errors
/// What the database says.
pub async fn lock_open_batches(work: &UnitOfWork) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Locked {
        #[expect(dead_code, reason = "the row is wanted, not what it says")]
        id: Uuid,
    }
    let lock = Backend::of(work.connection()).for_update();
    let sql = format!(
        "SELECT id FROM destruction_batches WHERE state IN ('proposed', 'submitted', 'approved') ORDER BY id {lock}"
    );
    list::<Locked>(work, &sql, Vec::new()).await.map(|_| ())
}
