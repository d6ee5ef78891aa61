//! Settings that the program keeps for itself and administrators change.

use crate::dialect::bulk::{Bulk, Cell};
use crate::sql::{find, millis, params};
use crate::{Reads, Result, UnitOfWork};
use sea_orm::FromQueryResult;

/// Triggers before this day make no obligations; set by the first import.
pub const OBLIGATIONS_SINCE: &str = "obligations.since";
/// The day on which all customers were classed last.
pub const CLASSES_ROUND: &str = "classes.round";
/// What the planner looked at last: rules, calendar, window.
pub const PLAN_STATE: &str = "plan.state";

#[derive(FromQueryResult)]
struct Row {
    value: String,
}

/// A setting, if it has been made.
///
/// # Errors
/// What the database says.
pub async fn find_setting(db: &impl Reads, key: &str) -> Result<Option<String>> {
    let row = find::<Row>(
        db,
        "SELECT value FROM settings WHERE key = $1",
        params![key],
    )
    .await?;
    Ok(row.map(|r| r.value))
}

const UPSERT: &str = "INSERT INTO settings (key, value, updated_at) VALUES ($1, $2, $3) \
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";

/// Makes or changes a setting.
///
/// # Errors
/// What the database says.
pub async fn put_setting(work: &UnitOfWork, key: &str, value: &str) -> Result<()> {
    work.execute(UPSERT, params![key, value, millis(work.now())])
        .await
        .map(|_| ())
}

/// A setting, inside streaming work.
///
/// # Errors
/// What the database says.
pub async fn find_setting_in_bulk(bulk: &mut Bulk, key: &'static str) -> Result<Option<String>> {
    let sql = "SELECT value FROM settings WHERE key = $1";
    let rows = bulk
        .query(sql, &[Cell::Code(key)], |row| row.text(0))
        .await?;
    Ok(rows.into_iter().next().flatten())
}

/// Makes or changes a setting, inside streaming work.
///
/// # Errors
/// What the database says.
pub async fn put_setting_in_bulk(bulk: &mut Bulk, key: &'static str, value: String) -> Result<()> {
    let cells = [
        Cell::Code(key),
        Cell::Text(value),
        Cell::Int(millis(bulk.now())),
    ];
    bulk.execute(UPSERT, &cells).await.map(|_| ())
}
