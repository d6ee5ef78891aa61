//! What was decided here and no file changes.

use super::upsert::{Entity, position};
use crate::Result;
use crate::dialect::bulk::{Bulk, Cell};
use std::collections::HashSet;
use uuid::Uuid;

/// A column that keeps its value, whatever a file says, where a condition holds.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// The column.
    pub column: &'static str,
    /// The condition, over columns of the table.
    pub condition: &'static str,
}

/// The column that keeps its value in some of these rows, and in which.
pub(super) async fn load_kept(
    bulk: &mut Bulk,
    entity: &'static Entity,
    ids: &[Cell],
) -> Result<Option<(usize, HashSet<Uuid>)>> {
    let Some((kept, column)) = entity
        .kept
        .and_then(|kept| Some((kept, position(entity, kept.column)?)))
    else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT id FROM {} WHERE id IN ({{values}}) AND ({})",
        entity.table, kept.condition
    );
    let rows = bulk
        .query_in(&sql, ids, |row| Ok(row.id(0)?.unwrap_or_default()))
        .await?;
    Ok(Some((column, rows.into_iter().collect())))
}
