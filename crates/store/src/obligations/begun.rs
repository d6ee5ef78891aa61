//! Which obligations somebody has begun to discharge.

use super::plan::Span;
use crate::Result;
use crate::dialect::bulk::{Bulk, Cell};
use std::collections::HashSet;
use uuid::Uuid;

/// Holds for an obligation whose callback was attempted, or is past being planned and assigned.
pub(crate) const HAS_BEGUN: &str = "EXISTS (SELECT 1 FROM callbacks b WHERE b.obligation_id = obligations.id \
     AND (b.attempts_total > 0 OR b.state NOT IN ('planned', 'assigned')))";

/// Obligations of the policies of a span that somebody has begun.
///
/// # Errors
/// What the database says.
pub async fn read_begun(bulk: &mut Bulk, span: &Span<'_>) -> Result<HashSet<Uuid>> {
    let select = format!("SELECT id FROM obligations WHERE {HAS_BEGUN} AND policy_id");
    let id = |row: crate::dialect::bulk::Row<'_>| Ok(row.id(0)?.unwrap_or_default());
    let found = match span {
        Span::Between(low, high) => {
            let sql = format!("{select} BETWEEN $1 AND $2");
            bulk.query(&sql, &[Cell::Id(*low), Cell::Id(*high)], id)
                .await?
        }
        Span::List(ids) => {
            let cells: Vec<_> = ids.iter().map(|id| Cell::Id(*id)).collect();
            let sql = format!("{select} IN ({{values}})");
            bulk.query_in(&sql, &cells, id).await?
        }
    };
    Ok(found.into_iter().collect())
}
