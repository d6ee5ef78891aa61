//! Which obligations somebody has begun to discharge.

use super::span::{Of, by_subject, id};
use crate::Result;
use crate::dialect::bulk::Bulk;
use std::collections::HashSet;
use uuid::Uuid;

/// Holds for an obligation whose callback was attempted, or is past being planned and assigned.
pub(crate) const HAS_BEGUN: &str = "EXISTS (SELECT 1 FROM callbacks b WHERE b.obligation_id = obligations.id \
     AND (b.attempts_total > 0 OR b.state NOT IN ('planned', 'assigned')))";

/// Obligations of the policies of a span, or those of customers that concern no policy, that somebody
/// has begun.
///
/// # Errors
/// What the database says.
pub async fn read_begun(bulk: &mut Bulk, of: &Of<'_>) -> Result<HashSet<Uuid>> {
    let select = format!("SELECT id FROM (SELECT * FROM obligations WHERE {HAS_BEGUN}) begun");
    let found = by_subject(bulk, of, &select, "id", |row| id(row, 0)).await?;
    Ok(found.into_iter().collect())
}
