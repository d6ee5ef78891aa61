//! Records that were merged into a customer's: what a person who asks gets of them, and what is left of
//! duplicates and merges when a customer's data is destroyed: numbers, dates and codes. What it takes to undo a
//! merge goes, so that it cannot be undone any more.

use crate::sql::{Select, instant, list, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A record that was merged into another.
#[derive(Clone, Debug)]
pub struct MergedRecord {
    /// Its id.
    pub id: CustomerId,
    /// Its number.
    pub customer_no: String,
    /// When it was merged.
    pub merged_at: Instant,
    /// Why.
    pub reason: Option<String>,
}

#[derive(FromQueryResult)]
struct MergedRow {
    id: Uuid,
    customer_no: String,
    merge_id: Uuid,
    merged_at: i64,
    reason: Option<Vec<u8>>,
}

/// Records that were merged into the one of a customer in sight, at most `limit`, the first first. Who sees the
/// customer sees their numbers, whatever unit they were of.
///
/// # Errors
/// What the database says.
pub async fn list_merged_records(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<MergedRecord>> {
    let mut select = Select::new(
        "SELECT o.id, o.customer_no, m.id AS merge_id, m.merged_at, m.reason FROM customer_merges m \
         JOIN customers o ON o.id = m.absorbed_id JOIN customers c ON c.id = o.merged_into_id",
    );
    select
        .scope_customer(scope)
        .filter("c.id = ?", params![customer.0])
        .filter("m.state = 'standing'", Vec::new())
        .then("ORDER BY m.id LIMIT ?", params![limit]);
    let rows: Vec<MergedRow> = select.list(db).await?;
    let record = |r: MergedRow| {
        let reason = r.reason.as_ref();
        let reason = reason.map(|s| db.keys().open("customer_merges.reason", r.merge_id, s));
        Ok(MergedRecord {
            id: CustomerId(r.id),
            customer_no: r.customer_no,
            merged_at: instant(r.merged_at),
            reason: reason.transpose()?,
        })
    };
    rows.into_iter().map(record).collect()
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// Records that were merged into a customer's and still hold data.
pub(super) async fn list_absorbed(
    work: &UnitOfWork,
    customer: CustomerId,
) -> Result<Vec<CustomerId>> {
    let sql = "SELECT id FROM customers WHERE merged_into_id = $1 AND erased_at IS NULL";
    let rows: Vec<IdRow> = list(work, sql, params![customer.0]).await?;
    Ok(rows.into_iter().map(|r| CustomerId(r.id)).collect())
}

/// Empties what duplicates and merges hold of a customer and the records merged into it.
pub(super) async fn forget_merges(work: &UnitOfWork, customer: CustomerId) -> Result<u64> {
    const OF: &str = "(SELECT c.id FROM customers c WHERE c.id = $1 OR c.merged_into_id = $1)";
    let steps = [
        format!("DELETE FROM duplicate_keys WHERE customer_id IN {OF}"),
        format!(
            "UPDATE duplicate_pairs SET reason = NULL WHERE reason IS NOT NULL AND (low_id IN {OF} OR high_id IN {OF})"
        ),
        format!(
            "UPDATE merge_copies SET name = NULL, id_no = NULL, mobile = NULL, phone = NULL, email = NULL, address = NULL, \
             mailing_address = NULL, needs = NULL, special_needs = NULL, sex = NULL, birth_date = NULL, id_type = NULL, \
             id_expires_on = NULL, nationality = NULL, occupation = NULL, language = NULL, preferred_channel = NULL, \
             annual_income_fen = NULL, marketing_consent = NULL WHERE merge_id IN \
             (SELECT m.id FROM customer_merges m WHERE m.survivor_id IN {OF} OR m.absorbed_id IN {OF})"
        ),
        format!(
            "UPDATE customer_merges SET reason = NULL, undo_reason = NULL, is_destroyed = TRUE \
             WHERE survivor_id IN {OF} OR absorbed_id IN {OF}"
        ),
    ];
    let mut rows = 0;
    for sql in steps {
        rows += work.execute(&sql, params![customer.0]).await?;
    }
    Ok(rows)
}
