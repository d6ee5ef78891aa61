//! The quarterly plan: on which day each callback is to be made.

use crate::sql::{Select, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CallbackId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Which callbacks: open, due within days, of a unit and those below it.
#[derive(Clone, Debug)]
pub struct PlanFilter {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Path of the unit; everything in sight when missing.
    pub org_path: Option<String>,
}

/// A callback as the plan sees it.
#[derive(Clone, Debug)]
pub struct PlannedRow {
    /// Its id.
    pub id: CallbackId,
    /// Its number.
    pub number: String,
    /// Its first day.
    pub earliest_on: Option<NaiveDate>,
    /// Its last day.
    pub due_on: NaiveDate,
    /// The day on which it is to be made.
    pub planned_on: Option<NaiveDate>,
    /// A time was agreed with the customer.
    pub is_confirmed: bool,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    earliest_on: Option<NaiveDate>,
    due_on: NaiveDate,
    planned_on: Option<NaiveDate>,
    is_confirmed: bool,
}

fn open(select: &mut Select, scope: &Scope, filter: &PlanFilter) {
    select
        .scope(scope, "b.org_id")
        .filter("b.is_open = TRUE", Vec::new())
        .filter("b.due_on >= ?", params![filter.from])
        .filter("b.due_on <= ?", params![filter.to]);
    if let Some(user) = scope.own_list_of() {
        select.filter("b.assignee_id = ?", params![user.0]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "b.org_id");
    }
}

/// Open callbacks that are due within some days, the first due first.
///
/// # Errors
/// What the database says.
pub async fn list_planned(
    db: &impl Reads,
    scope: &Scope,
    filter: &PlanFilter,
    limit: i64,
) -> Result<Vec<PlannedRow>> {
    let sql = "SELECT b.id, b.number, b.earliest_on, b.due_on, b.planned_on, \
               b.appointment_at IS NOT NULL AS is_confirmed FROM callbacks b";
    let mut select = Select::new(sql);
    open(&mut select, scope, filter);
    select.then("ORDER BY b.due_on, b.id LIMIT ?", params![limit]);
    let rows = select.list::<Row>(db).await?;
    Ok(rows
        .into_iter()
        .map(|r| PlannedRow {
            id: CallbackId(r.id),
            number: r.number,
            earliest_on: r.earliest_on,
            due_on: r.due_on,
            planned_on: r.planned_on,
            is_confirmed: r.is_confirmed,
        })
        .collect())
}

/// A day of the plan.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DaySum {
    /// The day; nothing for what has none.
    pub on_day: Option<NaiveDate>,
    /// Callbacks.
    pub callbacks: i64,
    /// Of those, with a time that was agreed with the customer.
    pub confirmed: i64,
}

/// Open callbacks by the day on which they are planned; those without a day, too.
///
/// # Errors
/// What the database says.
pub async fn sum_planned(
    db: &impl Reads,
    scope: &Scope,
    filter: &PlanFilter,
) -> Result<Vec<DaySum>> {
    sum(db, scope, filter, "b.planned_on").await
}

/// Open callbacks by the day on which they are due.
///
/// # Errors
/// What the database says.
pub async fn sum_due(db: &impl Reads, scope: &Scope, filter: &PlanFilter) -> Result<Vec<DaySum>> {
    sum(db, scope, filter, "b.due_on").await
}

async fn sum(
    db: &impl Reads,
    scope: &Scope,
    filter: &PlanFilter,
    column: &str,
) -> Result<Vec<DaySum>> {
    let sql = format!(
        "SELECT {column} AS on_day, COUNT(*) AS callbacks, CAST(SUM(CASE WHEN b.appointment_at IS NULL THEN 0 ELSE 1 END) \
         AS BIGINT) AS confirmed FROM callbacks b"
    );
    let mut select = Select::new(&sql);
    open(&mut select, scope, filter);
    select.then(&format!("GROUP BY {column}"), Vec::new());
    select.list::<DaySum>(db).await
}

/// Puts callbacks on a day, or takes them off the plan.
///
/// # Errors
/// What the database says.
pub async fn set_planned(
    work: &UnitOfWork,
    callbacks: &[CallbackId],
    on: Option<NaiveDate>,
) -> Result<()> {
    for chunk in callbacks.chunks(CHUNK) {
        let places: Vec<_> = (3..chunk.len() + 3).map(|n| format!("${n}")).collect();
        let sql = format!(
            "UPDATE callbacks SET planned_on = $1, updated_at = $2, version = version + 1 \
             WHERE is_open = TRUE AND id IN ({})",
            places.join(", ")
        );
        let mut values = params![on, millis(work.now())];
        values.extend(chunk.iter().map(|id| id.0.into()));
        work.execute(&sql, values).await?;
    }
    Ok(())
}

/// Callbacks of one statement.
const CHUNK: usize = 400;

/// Agrees a time with the customer: the callback is made then.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it ended meanwhile.
pub async fn set_agreed(
    work: &UnitOfWork,
    callback: CallbackId,
    on: NaiveDate,
    at: Instant,
) -> Result<()> {
    let sql = "UPDATE callbacks SET planned_on = $1, appointment_at = $2, again_at = $2, updated_at = $3, \
               version = version + 1 WHERE id = $4 AND is_open = TRUE";
    let values = params![on, millis(at), millis(work.now()), callback.0];
    work.execute_one(sql, values).await
}

/// Calls of somebody in some days.
#[derive(Clone, Copy, Debug)]
pub struct CallsMade {
    /// Who.
    pub caller: UserId,
    /// How many.
    pub calls: i64,
    /// On how many days.
    pub days: i64,
}

#[derive(FromQueryResult)]
struct CallsRow {
    caller_id: Uuid,
    calls: i64,
    days: i64,
}

/// Telephone calls by caller since a moment, and the days in China on which they were made. No rows of
/// customers are looked at.
///
/// # Errors
/// What the database says.
pub async fn count_calls(db: &impl Reads, since: Instant) -> Result<Vec<CallsMade>> {
    let sql = "SELECT caller_id, COUNT(*) AS calls, COUNT(DISTINCT (started_at + 28800000) / 86400000) AS days \
               FROM attempts WHERE started_at >= $1 AND channel = 'phone' AND saved_at IS NOT NULL GROUP BY caller_id";
    let rows = list::<CallsRow>(db, sql, params![millis(since)]).await?;
    Ok(rows
        .into_iter()
        .map(|r| CallsMade {
            caller: UserId(r.caller_id),
            calls: r.calls,
            days: r.days,
        })
        .collect())
}
