//! Visits in sight: lists, counts, single ones.

use super::row::{SELECT, VisitRow, visits};
use crate::sql::{Page, PageKey, Select, end_of_day, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CallbackId, CustomerId, UserId, VisitId};
use domain::visits::{VisitPurpose, VisitState};

/// What to look for among visits.
#[derive(Clone, Debug, Default)]
pub struct VisitFilter {
    /// Open or ended; both when missing.
    pub open: Option<bool>,
    /// In one of these states; any when empty.
    pub states: Vec<VisitState>,
    /// For this purpose.
    pub purpose: Option<VisitPurpose>,
    /// Made by this person.
    pub visitor: Option<UserId>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Of this callback.
    pub callback: Option<CallbackId>,
    /// Due until this day.
    pub due_to: Option<NaiveDate>,
    /// Made from this day.
    pub visited_from: Option<NaiveDate>,
    /// Made until this day.
    pub visited_to: Option<NaiveDate>,
    /// With a problem of its own about which nothing was noted yet, and whose ticket is not closed.
    pub to_follow_up: bool,
    /// Written later than allowed.
    pub entered_late: Option<bool>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

fn filtered(select: &str, scope: &Scope, filter: &VisitFilter) -> Select {
    let mut select = Select::new(select);
    select.scope(scope, "v.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter(
            "(v.visitor_id = ? OR v.requested_by = ? OR v.callback_id IN \
             (SELECT own.id FROM callbacks own WHERE own.assignee_id = ?))",
            params![user.0, user.0, user.0],
        );
    }
    if let Some(open) = filter.open {
        select.filter("v.is_open = ?", params![open]);
    }
    if !filter.states.is_empty() {
        let states = filter.states.iter().map(|s| s.as_str().into()).collect();
        select.filter_in("v.state", states);
    }
    if let Some(purpose) = filter.purpose {
        select.filter("v.purpose = ?", params![purpose.as_str()]);
    }
    let ids = [
        ("v.visitor_id = ?", filter.visitor.map(|u| u.0)),
        ("v.customer_id = ?", filter.customer.map(|c| c.0)),
        ("v.callback_id = ?", filter.callback.map(|c| c.0)),
    ];
    for (condition, id) in ids {
        if let Some(id) = id {
            select.filter(condition, params![id]);
        }
    }
    if let Some(day) = filter.due_to {
        select.filter("v.due_on <= ?", params![day]);
    }
    if let Some(day) = filter.visited_from {
        select.filter("v.visited_at >= ?", params![start_of_day(day)]);
    }
    if let Some(day) = filter.visited_to {
        select.filter("v.visited_at < ?", params![end_of_day(day)]);
    }
    if filter.to_follow_up {
        select.filter(
            "v.problem IS NOT NULL AND v.callback_id IS NULL AND v.ticket_id IS NULL AND v.followed_up_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM tickets k WHERE k.visit_id = v.id AND k.is_open = FALSE)",
            Vec::new(),
        );
    }
    if let Some(late) = filter.entered_late {
        select.filter("v.entered_late = ?", params![late]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "v.org_id");
    }
    select
}

/// Visits in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_visits(
    db: &impl Reads,
    scope: &Scope,
    filter: &VisitFilter,
    limit: u64,
) -> Result<Page<VisitRow>> {
    let mut select = filtered(SELECT, scope, filter);
    select.page_by_id("v.id", true, filter.after.as_ref(), limit);
    let rows = visits(db, select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id.0))
}

/// How many visits a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_visits(
    db: &impl Reads,
    scope: &Scope,
    filter: &VisitFilter,
    cap: i64,
) -> Result<i64> {
    let select = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM visits v";
    let mut select = filtered(select, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

async fn one(
    db: &impl Reads,
    scope: &Scope,
    condition: &str,
    value: sea_orm::Value,
) -> Result<Option<VisitRow>> {
    let mut select = filtered(SELECT, scope, &VisitFilter::default());
    select.filter(condition, vec![value]);
    Ok(visits(db, select.list(db).await?)?.pop())
}

/// A visit in sight.
///
/// # Errors
/// What the database says.
pub async fn find_visit(db: &impl Reads, scope: &Scope, id: VisitId) -> Result<Option<VisitRow>> {
    one(db, scope, "v.id = ?", id.0.into()).await
}

/// A visit in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_visit_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<VisitRow>> {
    one(db, scope, "v.number = ?", number.into()).await
}

/// The open visit of a callback, whoever looks.
///
/// # Errors
/// What the database says.
pub async fn find_open_visit_of_callback(
    db: &impl Reads,
    callback: CallbackId,
) -> Result<Option<String>> {
    #[derive(sea_orm::FromQueryResult)]
    struct NumberRow {
        number: String,
    }
    let sql = "SELECT number FROM visits WHERE callback_id = $1 AND is_open = TRUE LIMIT 1";
    let row: Option<NumberRow> = crate::sql::find(db, sql, params![callback.0]).await?;
    Ok(row.map(|r| r.number))
}
