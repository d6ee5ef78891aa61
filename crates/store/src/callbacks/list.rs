//! Lists of callbacks, page by page.

use super::filter::{CallbackFilter, filtered};
use super::row::{CallbackRow, SELECT, callbacks};
use crate::sql::{Page, PageKey, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CallbackId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Callbacks in sight, by due date; those without one by id when asked for them alone.
///
/// # Errors
/// What the database says.
pub async fn list_callbacks(
    db: &impl Reads,
    scope: &Scope,
    filter: &CallbackFilter,
    limit: u64,
) -> Result<Page<CallbackRow>> {
    let mut select = filtered(SELECT, scope, filter);
    let by_id = filter.without_due || filter.customer.is_some() || filter.policy.is_some();
    if let Some(after) = &filter.after {
        match after.sort.parse::<NaiveDate>() {
            Ok(due) => select.filter(
                "(b.due_on > ? OR (b.due_on = ? AND b.id > ?))",
                params![due, due, after.id],
            ),
            Err(_) => select.filter("b.id > ?", params![after.id]),
        };
    }
    if by_id {
        select.then("ORDER BY b.id", Vec::new());
    } else {
        select.filter("b.due_on IS NOT NULL", Vec::new());
        select.then("ORDER BY b.due_on, b.id", Vec::new());
    }
    select.then(
        "LIMIT ?",
        params![i64::try_from(limit + 1).unwrap_or(i64::MAX)],
    );
    let rows = callbacks(db, select.list(db).await?)?;
    let key = |r: &CallbackRow| PageKey {
        sort: r
            .due_on
            .filter(|_| !by_id)
            .map_or_else(String::new, |d| d.to_string()),
        id: r.id.0,
    };
    Ok(Page::cut(
        rows,
        usize::try_from(limit).unwrap_or(usize::MAX),
        key,
    ))
}

/// How many callbacks a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_callbacks(
    db: &impl Reads,
    scope: &Scope,
    filter: &CallbackFilter,
    cap: i64,
) -> Result<i64> {
    let mut select = filtered(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM callbacks b",
        scope,
        filter,
    );
    if !filter.without_due && filter.customer.is_none() && filter.policy.is_none() {
        select.filter("b.due_on IS NOT NULL", Vec::new());
    }
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// Ids of the callbacks of a filter, by due date.
///
/// # Errors
/// What the database says.
pub async fn list_callback_ids(
    db: &impl Reads,
    scope: &Scope,
    filter: &CallbackFilter,
    limit: i64,
) -> Result<Vec<CallbackId>> {
    let mut select = filtered("SELECT b.id FROM callbacks b", scope, filter);
    select.then("ORDER BY b.due_on, b.id LIMIT ?", params![limit]);
    let rows: Vec<IdRow> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| CallbackId(r.id)).collect())
}
