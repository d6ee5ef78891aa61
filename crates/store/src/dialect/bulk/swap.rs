//! Values that are exchanged for others where they still are what was read.

use super::{Bulk, Cell, CellType, Inner};
use crate::Result;
use uuid::Uuid;

/// Values to exchange for others, by the `id` of their rows.
#[derive(Clone, Copy, Debug)]
pub struct Swap<'s> {
    /// The table.
    pub table: &'static str,
    /// The columns to write.
    pub columns: &'s [(&'static str, CellType)],
    /// How many of the columns, from the first, must still be as they were read.
    pub guards: usize,
}

/// A row of a [`Swap`]: one cell a column, as it was and as it shall be.
#[derive(Clone, Debug)]
pub struct SwapRow {
    /// Its id.
    pub id: Uuid,
    /// What was read.
    pub old: Vec<Cell>,
    /// What to write.
    pub new: Vec<Cell>,
}

impl Bulk {
    /// Exchanges values where the guarded columns are still what they were read as, and says in how
    /// many rows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn swap(&mut self, swap: &Swap<'_>, rows: &[SwapRow]) -> Result<u64> {
        match &mut self.inner {
            Inner::Sqlite(session) => session.swap(swap, rows),
            Inner::Postgres(session) => session.swap(swap, rows).await,
        }
    }
}
