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

/// Callbacks in sight, by due date and among those of a day by rank; those without one by id when asked for
/// them alone.
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
    let ranks = filter.ranks;
    let rank = ranks.expression();
    if let Some(after) = &filter.after {
        match place(after) {
            Some((due, Some(at))) if ranks.is_ranked() => {
                let condition = format!(
                    "(b.due_on > ? OR (b.due_on = ? AND ({rank} > ? OR ({rank} = ? AND b.id > ?))))"
                );
                select.filter(&condition, params![due, due, at, at, after.id])
            }
            Some((due, _)) => select.filter(
                "(b.due_on > ? OR (b.due_on = ? AND b.id > ?))",
                params![due, due, after.id],
            ),
            None => select.filter("b.id > ?", params![after.id]),
        };
    }
    if by_id {
        select.then("ORDER BY b.id", Vec::new());
    } else {
        select.filter("b.due_on IS NOT NULL", Vec::new());
        let order = if ranks.is_ranked() {
            format!("ORDER BY b.due_on, {rank}, b.id")
        } else {
            "ORDER BY b.due_on, b.id".to_owned()
        };
        select.then(&order, Vec::new());
    }
    select.then(
        "LIMIT ?",
        params![i64::try_from(limit + 1).unwrap_or(i64::MAX)],
    );
    let rows = callbacks(db, select.list(db).await?)?;
    let key = |r: &CallbackRow| PageKey {
        sort: r.due_on.filter(|_| !by_id).map_or_else(String::new, |d| {
            format!("{d}~{}", ranks.of(r.value_class.as_deref()))
        }),
        id: r.id.0,
    };
    Ok(Page::cut(
        rows,
        usize::try_from(limit).unwrap_or(usize::MAX),
        key,
    ))
}

/// The day and the rank of a row after which a page begins.
fn place(after: &PageKey) -> Option<(NaiveDate, Option<i64>)> {
    let (day, rank) = match after.sort.split_once('~') {
        Some((day, rank)) => (day, rank.parse().ok()),
        None => (after.sort.as_str(), None),
    };
    Some((day.parse().ok()?, rank))
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
