//! What left the system as a file, and how much personal data each person looked at in a day.

use crate::sql::{Page, PageKey, Select, count, find, instant, millis, params};
use crate::{AuditActor, Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::OrgId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An export that begins.
#[derive(Clone, Debug)]
pub struct NewExport<'n> {
    /// Which table, as a code.
    pub kind: &'n str,
    /// In which format, as a code.
    pub format: &'n str,
    /// Who takes it.
    pub owner: AuditActor,
    /// What for.
    pub purpose: &'n str,
    /// Personal data in full.
    pub in_full: bool,
    /// The request that somebody agreed to.
    pub approval: Option<Uuid>,
}

/// Writes down that an export begins; its id is the mark of the file.
///
/// # Errors
/// What the database says.
pub async fn insert_export(work: &UnitOfWork, new: &NewExport<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO exports (id, kind, format, owner_kind, owner_id, owner_name, purpose, in_full, approval_id, \
               row_count, complete, started_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, FALSE, $10)";
    let values = params![
        id,
        new.kind,
        new.format,
        new.owner.kind,
        new.owner.id,
        new.owner.name.as_str(),
        new.purpose,
        new.in_full,
        new.approval,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Writes down how an export ended.
///
/// # Errors
/// What the database says.
pub async fn finish_export(work: &UnitOfWork, id: Uuid, rows: i64, complete: bool) -> Result<()> {
    let sql = "UPDATE exports SET row_count = $1, complete = $2, finished_at = $3 WHERE id = $4";
    let values = params![rows, complete, millis(work.now()), id];
    work.execute_one(sql, values).await
}

/// Rows that somebody took since a moment without approval. What runs since `running_since` counts
/// with `allowance` rows, as nobody knows yet how many it takes; `own` is left out.
///
/// # Errors
/// What the database says.
pub async fn count_rows_taken(
    db: &impl Reads,
    owner: &AuditActor,
    since: Instant,
    (running_since, allowance): (Instant, i64),
    own: Option<Uuid>,
) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN complete = TRUE THEN row_count ELSE $4 END), 0) AS BIGINT) AS n \
               FROM exports WHERE owner_kind = $1 AND owner_id = $2 AND started_at >= $3 AND approval_id IS NULL \
               AND id <> $5 AND (complete = TRUE OR (finished_at IS NULL AND started_at >= $6))";
    let values = params![
        owner.kind,
        owner.id,
        millis(since),
        allowance,
        own.unwrap_or_default(),
        millis(running_since),
    ];
    count(db, sql, values).await
}

/// An export as it is listed.
#[derive(Clone, Debug)]
pub struct ExportRow {
    /// Its id, from which the mark of the file is made.
    pub id: Uuid,
    /// Which table, as a code.
    pub kind: String,
    /// In which format, as a code.
    pub format: String,
    /// Who took it.
    pub owner_name: String,
    /// What for.
    pub purpose: String,
    /// Personal data in full.
    pub in_full: bool,
    /// Somebody agreed to it.
    pub approved: bool,
    /// Rows that went out.
    pub rows: i64,
    /// All of them.
    pub complete: bool,
    /// When it began.
    pub started_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    format: String,
    owner_name: String,
    purpose: String,
    in_full: bool,
    approval_id: Option<Uuid>,
    row_count: i64,
    complete: bool,
    started_at: i64,
}

/// Exports, the newest first. The list is the company's, like the audit log.
///
/// # Errors
/// What the database says.
pub async fn list_exports(
    db: &impl Reads,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<ExportRow>> {
    let mut select = Select::new(
        "SELECT id, kind, format, owner_name, purpose, in_full, approval_id, row_count, complete, started_at FROM exports",
    );
    select.page_by_id("id", true, after, limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(|r| ExportRow {
        id: r.id,
        kind: r.kind,
        format: r.format,
        owner_name: r.owner_name,
        purpose: r.purpose,
        in_full: r.in_full,
        approved: r.approval_id.is_some(),
        rows: r.row_count,
        complete: r.complete,
        started_at: instant(r.started_at),
    });
    Ok(Page::cut_by_id(rows.collect(), limit, |r| r.id))
}

#[derive(FromQueryResult)]
struct FieldsRow {
    field_count: i64,
}

/// Counts one field that somebody looks at in full, and says how many it were on that day.
///
/// # Errors
/// What the database says.
pub async fn count_disclosure(
    work: &UnitOfWork,
    owner: &AuditActor,
    org: OrgId,
    day: NaiveDate,
    day_limit: i64,
) -> Result<i64> {
    let sql = "INSERT INTO disclosure_counts (owner_kind, owner_id, owner_name, org_id, seen_on, field_count, day_limit) \
               VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (owner_kind, owner_id, seen_on) DO UPDATE SET \
               field_count = disclosure_counts.field_count + 1, day_limit = excluded.day_limit, \
               owner_name = excluded.owner_name";
    let values = params![
        owner.kind,
        owner.id,
        owner.name.as_str(),
        org.0,
        day,
        day_limit
    ];
    work.execute(sql, values).await?;
    let sql = "SELECT field_count FROM disclosure_counts WHERE owner_kind = $1 AND owner_id = $2 AND seen_on = $3";
    let row = find::<FieldsRow>(work, sql, params![owner.kind, owner.id, day]).await?;
    Ok(row.map_or(0, |r| r.field_count))
}

/// How much personal data somebody looked at in full on a day.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DisclosureCount {
    /// Name of the person or system.
    pub owner_name: String,
    /// Name of the unit.
    pub org_name: String,
    /// The day.
    pub seen_on: NaiveDate,
    /// Fields.
    pub field_count: i64,
    /// How many were allowed.
    pub day_limit: i64,
}

/// Who looked at how much since a day, the most first within a day.
///
/// # Errors
/// What the database says.
pub async fn list_disclosure_counts(
    db: &impl Reads,
    scope: &Scope,
    from: NaiveDate,
) -> Result<Vec<DisclosureCount>> {
    let mut select = Select::new(
        "SELECT d.owner_name, o.name AS org_name, d.seen_on, d.field_count, d.day_limit FROM disclosure_counts d \
         JOIN orgs o ON o.id = d.org_id",
    );
    select
        .scope(scope, "d.org_id")
        .filter("d.seen_on >= ?", params![from]);
    select.then(
        "ORDER BY d.seen_on DESC, d.field_count DESC, d.owner_name LIMIT 500",
        Vec::new(),
    );
    select.list(db).await
}
