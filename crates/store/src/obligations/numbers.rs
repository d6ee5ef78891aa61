//! Numbers that people quote, many at once.

use crate::Result;
use crate::dialect::bulk::{Bulk, Cell};

/// Takes the next `count` numbers of a kind and year, and gives the first.
///
/// # Errors
/// What the database says.
pub async fn take_numbers(
    bulk: &mut Bulk,
    kind: &'static str,
    year: i32,
    count: i64,
) -> Result<i64> {
    let sql = "INSERT INTO number_counters (kind, year, last) VALUES ($1, $2, $3) \
               ON CONFLICT (kind, year) DO UPDATE SET last = number_counters.last + excluded.last RETURNING last";
    let cells = [
        Cell::Code(kind),
        Cell::Int(i64::from(year)),
        Cell::Int(count),
    ];
    let last = bulk.query(sql, &cells, |row| row.int(0)).await?;
    Ok(last.into_iter().flatten().next().unwrap_or(count) - count + 1)
}
