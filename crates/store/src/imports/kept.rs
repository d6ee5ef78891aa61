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

/// The columns that keep their values in some of these rows, and in which.
pub(super) async fn load_kept(
    bulk: &mut Bulk,
    entity: &'static Entity,
    ids: &[Cell],
) -> Result<Vec<(usize, HashSet<Uuid>)>> {
    let mut all = Vec::with_capacity(entity.kept.len());
    for kept in entity.kept {
        let Some(column) = position(entity, kept.column) else {
            continue;
        };
        let sql = format!(
            "SELECT id FROM {} WHERE id IN ({{values}}) AND ({})",
            entity.table, kept.condition
        );
        let rows = bulk
            .query_in(&sql, ids, |row| Ok(row.id(0)?.unwrap_or_default()))
            .await?;
        all.push((column, rows.into_iter().collect()));
    }
    Ok(all)
}
