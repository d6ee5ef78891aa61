//! How tickets kept their time limits, by unit and handler, for quality assessment (TKT-16).

use super::filter::{UNPROCESSED, in_sight};
use crate::sql::{Select, end_of_day, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use sea_orm::FromQueryResult;

/// Tickets that were issued in a span of days.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct TimelinessSum {
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Name of who handles them.
    pub handler: Option<String>,
    /// Issued.
    pub issued: i64,
    /// Of these processed.
    pub processed: i64,
    /// Of these over their time: escalated, or not processed by now.
    pub overdue: i64,
    /// Of these escalated to the head of the unit.
    pub escalated: i64,
    /// Of these with a later date that another person agreed to.
    pub extended: i64,
    /// Of these with feedback that was judged invalid.
    pub invalid: i64,
    /// How often the handler was urged.
    pub reminders: i64,
}

/// How the tickets in sight that were issued in a span of days, both included, kept their time as of a
/// day: a row for each unit and handler, those with the most overdue first.
///
/// # Errors
/// What the database says.
pub async fn list_timeliness(
    db: &impl Reads,
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<TimelinessSum>> {
    let late =
        format!("t.escalated_at IS NOT NULL OR (t.due_on < $1 AND t.is_open AND {UNPROCESSED})");
    let count = |condition: &str| format!("COUNT(CASE WHEN {condition} THEN 1 END)");
    let text = format!(
        "SELECT o.org_code, o.name AS org_name, u.display_name AS handler, COUNT(*) AS issued, \
         {} AS processed, {} AS overdue, {} AS escalated, {} AS extended, {} AS invalid, \
         CAST(SUM(t.reminders) AS bigint) AS reminders \
         FROM tickets t JOIN orgs o ON o.id = t.org_id LEFT JOIN users u ON u.id = t.handler_id",
        count("t.processed_at IS NOT NULL"),
        count(&late),
        count("t.escalated_at IS NOT NULL"),
        count("t.extended_at IS NOT NULL"),
        count("t.invalid_feedbacks > 0"),
    );
    let mut select = Select::with_values(&text, params![today]);
    in_sight(&mut select, scope);
    select.filter(
        "t.issued_at >= ? AND t.issued_at < ?",
        params![start_of_day(from), end_of_day(to)],
    );
    select.then(
        "GROUP BY o.org_code, o.name, u.display_name ORDER BY overdue DESC, o.org_code, handler LIMIT ?",
        params![limit],
    );
    select.list(db).await
}
