//! Items of batches: records of one kind, of a policy or of a customer, or one record.

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CustomerId, PolicyId};
use domain::retention::RecordKind;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An item to add: records of one kind, of a policy or of a customer, or one record.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// What.
    pub kind: RecordKind,
    /// Whose; nobody of the register for records about prospects or several people.
    pub customer: Option<CustomerId>,
    /// Of which policy.
    pub policy: Option<PolicyId>,
    /// Which slip or gathering.
    pub record: Option<Uuid>,
    /// Unit.
    pub org: Uuid,
    /// When the deciding clock started.
    pub started_on: Option<NaiveDate>,
    /// The last day of the term.
    pub kept_until: Option<NaiveDate>,
    /// The deciding basis, in Chinese, with its citation.
    pub basis: String,
}

/// Adds items to a batch.
///
/// # Errors
/// What the database says.
pub async fn insert_items(work: &UnitOfWork, batch: Uuid, items: &[NewItem]) -> Result<()> {
    let sql = "INSERT INTO destruction_items (id, batch_id, seq, kind, customer_id, policy_id, org_id, started_on, \
               kept_until, basis, state, rows_destroyed, files_destroyed, record_id) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'proposed', 0, 0, $11)";
    for (seq, item) in (1_i64..).zip(items) {
        let values = params![
            work.next_id(),
            batch,
            seq,
            item.kind.as_str(),
            item.customer.map(|c| c.0),
            item.policy.map(|p| p.0),
            item.org,
            item.started_on,
            item.kept_until,
            item.basis.as_str(),
            item.record,
        ];
        work.execute(sql, values).await?;
    }
    Ok(())
}

/// An item.
#[derive(Clone, Debug)]
pub struct ItemRow {
    /// Its id.
    pub id: Uuid,
    /// Its place in the batch, from one.
    pub seq: i64,
    /// What.
    pub kind: RecordKind,
    /// Whose.
    pub customer: Option<CustomerId>,
    /// Number of the customer.
    pub customer_no: Option<String>,
    /// Of which policy.
    pub policy: Option<PolicyId>,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Which slip or gathering.
    pub record: Option<Uuid>,
    /// Its number.
    pub record_no: Option<String>,
    /// When the deciding clock started.
    pub started_on: Option<NaiveDate>,
    /// The last day of the term.
    pub kept_until: Option<NaiveDate>,
    /// The deciding basis with its citation.
    pub basis: String,
    /// `proposed`, `destroyed` or `skipped`.
    pub state: String,
    /// Why it was passed over, as a code.
    pub skip_reason: Option<String>,
    /// Rows that were deleted or emptied.
    pub rows: i64,
    /// Files that were deleted.
    pub files: i64,
    /// SHA-256 over what was destroyed.
    pub digest: Option<String>,
    /// When.
    pub done_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct ItemDbRow {
    id: Uuid,
    seq: i64,
    kind: String,
    customer_id: Option<Uuid>,
    customer_no: Option<String>,
    policy_id: Option<Uuid>,
    policy_no: Option<String>,
    record_id: Option<Uuid>,
    record_no: Option<String>,
    started_on: Option<NaiveDate>,
    kept_until: Option<NaiveDate>,
    basis: String,
    state: String,
    skip_reason: Option<String>,
    rows_destroyed: i64,
    files_destroyed: i64,
    digest: Option<String>,
    done_at: Option<i64>,
}

/// Which items of a batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct ItemFilter {
    /// Only those that are still to be done.
    pub waiting: bool,
    /// Only those that come after this place.
    pub after_seq: i64,
}

/// Items of a batch whose units are in sight, in their order.
///
/// # Errors
/// What the database says.
pub async fn list_items(
    db: &impl Reads,
    scope: &Scope,
    batch: Uuid,
    filter: ItemFilter,
    limit: i64,
) -> Result<Vec<ItemRow>> {
    let mut select = Select::new(
        "SELECT i.id, i.seq, i.kind, i.customer_id, c.customer_no, i.policy_id, p.policy_no, i.record_id, COALESCE(s.number, g.number) AS record_no, i.started_on, i.kept_until, \
         i.basis, i.state, i.skip_reason, i.rows_destroyed, i.files_destroyed, i.digest, i.done_at \
         FROM destruction_items i LEFT JOIN customers c ON c.id = i.customer_id LEFT JOIN policies p ON p.id = i.policy_id \
         LEFT JOIN field_slips s ON s.id = i.record_id LEFT JOIN gatherings g ON g.id = i.record_id",
    );
    select.scope(scope, "i.org_id").own(scope, "i.customer_id");
    select.filter(
        "i.batch_id = ? AND i.seq > ?",
        params![batch, filter.after_seq],
    );
    if filter.waiting {
        select.filter("i.state = 'proposed'", Vec::new());
    }
    select.then("ORDER BY i.seq LIMIT ?", params![limit]);
    let rows: Vec<ItemDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(ItemRow {
                kind: RecordKind::parse(&r.kind)?,
                id: r.id,
                seq: r.seq,
                customer: r.customer_id.map(CustomerId),
                customer_no: r.customer_no,
                policy: r.policy_id.map(PolicyId),
                policy_no: r.policy_no,
                record: r.record_id,
                record_no: r.record_no,
                started_on: r.started_on,
                kept_until: r.kept_until,
                basis: r.basis,
                state: r.state,
                skip_reason: r.skip_reason,
                rows: r.rows_destroyed,
                files: r.files_destroyed,
                digest: r.digest,
                done_at: r.done_at.map(instant),
            })
        })
        .collect()
}

/// Items of a batch by kind and basis: kind, basis, state, how many, rows, files.
///
/// # Errors
/// What the database says.
pub async fn sum_items(
    db: &impl Reads,
    scope: &Scope,
    batch: Uuid,
) -> Result<Vec<(RecordKind, String, String, i64, i64, i64)>> {
    #[derive(FromQueryResult)]
    struct Sum {
        kind: String,
        basis: String,
        state: String,
        n: i64,
        rows_n: i64,
        files_n: i64,
    }
    let mut select = Select::new(
        "SELECT i.kind, i.basis, i.state, COUNT(*) AS n, CAST(SUM(i.rows_destroyed) AS BIGINT) AS rows_n, \
         CAST(SUM(i.files_destroyed) AS BIGINT) AS files_n FROM destruction_items i",
    );
    select.scope(scope, "i.org_id").own(scope, "i.customer_id");
    select.filter("i.batch_id = ?", params![batch]);
    select.then(
        "GROUP BY i.kind, i.basis, i.state ORDER BY i.kind, i.basis, i.state",
        Vec::new(),
    );
    let rows: Vec<Sum> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            let kind = RecordKind::parse(&r.kind)?;
            Ok((kind, r.basis, r.state, r.n, r.rows_n, r.files_n))
        })
        .collect()
}

/// Ends an item: destroyed with counts and digest, or passed over with a reason.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was ended already.
pub async fn end_item(
    work: &UnitOfWork,
    item: Uuid,
    ended: std::result::Result<(i64, i64, &str), &str>,
) -> Result<()> {
    let (state, rows, files, digest, reason) = match ended {
        Ok((rows, files, digest)) => ("destroyed", rows, files, Some(digest), None),
        Err(reason) => ("skipped", 0, 0, None, Some(reason)),
    };
    let sql = "UPDATE destruction_items SET state = $1, rows_destroyed = $2, files_destroyed = $3, digest = $4, \
               skip_reason = $5, done_at = $6 WHERE id = $7 AND state = 'proposed'";
    let values = params![state, rows, files, digest, reason, millis(work.now()), item];
    work.execute_one(sql, values).await
}
