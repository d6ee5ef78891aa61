//! Reading pairs and merges. A pair is in sight when both of its customers are.

use super::row::{DuplicateRow, MergeDbRow, MergeRow, Row, SELECT, SELECT_MERGE, duplicate, merge};
use crate::sql::{Page, PageKey, Select, count, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::CustomerKind;
use domain::duplicates::{Field, Grade, Level, PairState};
use domain::ids::CustomerId;
use uuid::Uuid;

/// What to look for among pairs.
#[derive(Clone, Debug, Default)]
pub struct DuplicateFilter {
    /// In this state.
    pub state: Option<PairState>,
    /// Waiting for a decision on this day: open, asked, or postponed until then.
    pub waiting_on: Option<NaiveDate>,
    /// Of this grade.
    pub grade: Option<Grade>,
    /// Individuals or groups.
    pub kind: Option<CustomerKind>,
    /// In which this field stands at this level.
    pub field: Option<(Field, Level)>,
    /// With a probability of at least this, in millionths.
    pub probability_min: Option<i64>,
    /// With a customer of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// With this customer.
    pub customer: Option<CustomerId>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

fn filtered(text: &str, scope: &Scope, filter: &DuplicateFilter) -> Select {
    let mut select = Select::new(text);
    select
        .scope(scope, "a.org_id")
        .scope(scope, "b.org_id")
        .own(scope, "a.id")
        .own(scope, "b.id");
    if let Some(state) = filter.state {
        select.filter("d.state = ?", params![state.as_str()]);
    }
    if let Some(day) = filter.waiting_on {
        let waiting =
            "(d.state IN ('open', 'asked') OR (d.state = 'unsure' AND d.postponed_until <= ?))";
        select.filter(waiting, params![day]);
    }
    if let Some(grade) = filter.grade {
        select.filter("d.grade = ?", params![grade.as_str()]);
    }
    if let Some(kind) = filter.kind {
        select.filter("d.kind = ?", params![kind.as_str()]);
    }
    if let Some((field, level)) = filter.field {
        let wanted = format!("%|{field}={level}|%");
        select.filter("d.levels LIKE ?", params![wanted]);
    }
    if let Some(least) = filter.probability_min {
        select.filter("d.probability >= ?", params![least]);
    }
    if let Some(path) = &filter.org_path {
        let length = i32::try_from(path.chars().count()).unwrap_or(i32::MAX);
        let below = "SELECT id FROM orgs WHERE substr(path, 1, ?) = ?";
        let either = format!("(a.org_id IN ({below}) OR b.org_id IN ({below}))");
        let path = path.as_str();
        select.filter(&either, params![length, path, length, path]);
    }
    if let Some(customer) = filter.customer {
        select.filter(
            "(d.low_id = ? OR d.high_id = ?)",
            params![customer.0, customer.0],
        );
    }
    select
}

/// Pairs in sight, the most likely first.
///
/// # Errors
/// What the database says.
pub async fn list_duplicates(
    db: &impl Reads,
    scope: &Scope,
    filter: &DuplicateFilter,
    limit: u64,
) -> Result<Page<DuplicateRow>> {
    let mut select = filtered(SELECT, scope, filter);
    if let Some(after) = &filter.after {
        let weight: i64 = after.sort.parse().unwrap_or(i64::MIN);
        select.filter(
            "(d.weight < ? OR (d.weight = ? AND d.id > ?))",
            params![weight, weight, after.id],
        );
    }
    select.then(
        "ORDER BY d.weight DESC, d.id LIMIT ?",
        params![i64::try_from(limit + 1).unwrap_or(i64::MAX)],
    );
    let rows: Vec<Row> = select.list(db).await?;
    let keys = db.keys();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|r| duplicate(keys, r))
        .collect::<Result<_>>()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::cut(rows, limit, |r| PageKey {
        sort: r.weight.to_string(),
        id: r.id,
    }))
}

/// How many pairs a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_open_duplicates(
    db: &impl Reads,
    scope: &Scope,
    filter: &DuplicateFilter,
    cap: i64,
) -> Result<i64> {
    let text = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM duplicate_pairs d \
                JOIN customers a ON a.id = d.low_id JOIN customers b ON b.id = d.high_id";
    let mut select = filtered(text, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// A pair in sight.
///
/// # Errors
/// What the database says.
pub async fn find_duplicate(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<DuplicateRow>> {
    let mut select = filtered(SELECT, scope, &DuplicateFilter::default());
    select.filter("d.id = ?", params![id]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter()
        .next()
        .map(|r| duplicate(db.keys(), r))
        .transpose()
}

fn merges(scope: &Scope) -> Select {
    let mut select = Select::new(SELECT_MERGE);
    select.scope_customer(scope);
    select
}

/// Merges of a customer in sight who stayed, the newest first, and those of it that were taken back.
///
/// # Errors
/// What the database says.
pub async fn list_merges(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<MergeRow>> {
    let mut select = merges(scope);
    select.filter(
        "(m.survivor_id = ? OR m.absorbed_id = ?)",
        params![customer.0, customer.0],
    );
    select.then("ORDER BY m.id DESC LIMIT ?", params![limit]);
    let rows: Vec<MergeDbRow> = select.list(db).await?;
    rows.into_iter().map(|r| merge(db.keys(), r)).collect()
}

/// A merge whose survivor is in sight.
///
/// # Errors
/// What the database says.
pub async fn find_merge(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<MergeRow>> {
    let mut select = merges(scope);
    select.filter("m.id = ?", params![id]);
    let rows: Vec<MergeDbRow> = select.list(db).await?;
    let row = rows.into_iter().next();
    row.map(|r| merge(db.keys(), r)).transpose()
}

/// Whether a later merge that stands touches one of the two records of a merge.
///
/// # Errors
/// What the database says.
pub async fn is_built_on(db: &impl Reads, row: &MergeRow) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS n FROM customer_merges WHERE state = 'standing' AND id > $1 \
               AND (survivor_id IN ($2, $3) OR absorbed_id IN ($2, $3))";
    let values = params![row.id, row.survivor.0, row.absorbed.0];
    Ok(count(db, sql, values).await? > 0)
}
