//! What is left of duplicates and merges when a customer's data is destroyed: numbers, dates and codes. What
//! it takes to undo a merge goes, so that it cannot be undone any more.

use crate::sql::{list, params};
use crate::{Result, UnitOfWork};
use domain::ids::CustomerId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

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
