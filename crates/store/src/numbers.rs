//! Numbers that people quote, one at a time.

use crate::sql::{find, params};
use crate::{Result, UnitOfWork};
use domain::numbers::{Number, NumberKind};
use sea_orm::FromQueryResult;

#[derive(FromQueryResult)]
struct CounterRow {
    last: i64,
}

/// Takes the next number of a kind and year.
///
/// # Errors
/// What the database says.
pub async fn take_number(work: &UnitOfWork, kind: NumberKind, year: i32) -> Result<Number> {
    let sql = "INSERT INTO number_counters (kind, year, last) VALUES ($1, $2, 1) \
               ON CONFLICT (kind, year) DO UPDATE SET last = number_counters.last + 1 RETURNING last";
    let row = find::<CounterRow>(work, sql, params![kind.as_str(), i64::from(year)]).await?;
    Ok(Number {
        kind,
        year,
        sequence: row.map_or(1, |r| r.last),
    })
}
