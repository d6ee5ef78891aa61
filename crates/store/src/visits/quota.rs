//! Visits that are owed to key and shareholder-related customers: quota, done, missing.

use crate::sql::{Select, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use sea_orm::FromQueryResult;

/// Visits that a unit owes within a period.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct QuotaSum {
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Programme code.
    pub programme: String,
    /// Visits owed.
    pub quota: i64,
    /// Of these made and filed.
    pub done: i64,
    /// Of these with a visit under way.
    pub under_way: i64,
}

/// Visits owed by unit and programme whose last day lies within some days.
///
/// # Errors
/// What the database says.
pub async fn list_quota(
    db: &impl Reads,
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<QuotaSum>> {
    let mut select = Select::new(
        "SELECT o.org_code, o.name AS org_name, g.programme, COUNT(*) AS quota, \
         CAST(SUM(CASE WHEN g.status = 'discharged' THEN 1 ELSE 0 END) AS bigint) AS done, \
         CAST(SUM(CASE WHEN g.status = 'open' AND EXISTS (SELECT 1 FROM visits v WHERE v.obligation_id = g.id \
         AND v.is_open = TRUE) THEN 1 ELSE 0 END) AS bigint) AS under_way \
         FROM obligations g JOIN orgs o ON o.id = g.org_id",
    );
    select
        .scope(scope, "g.org_id")
        .own(scope, "g.customer_id")
        .filter("g.kind = 'visit' AND g.status <> 'cancelled'", Vec::new())
        .filter("g.due_on >= ? AND g.due_on <= ?", params![from, to]);
    select.then(
        "GROUP BY o.org_code, o.name, g.programme ORDER BY o.org_code, g.programme LIMIT 500",
        Vec::new(),
    );
    select.list(db).await
}

/// Visits that a person made towards a quota.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct VisitorSum {
    /// Name of the person.
    pub visitor_name: String,
    /// Name of the unit.
    pub org_name: String,
    /// Made and filed.
    pub done: i64,
    /// Under way.
    pub under_way: i64,
}

/// Visits by person towards obligations whose last day lies within some days.
///
/// # Errors
/// What the database says.
pub async fn list_quota_visitors(
    db: &impl Reads,
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<VisitorSum>> {
    let mut select = Select::new(
        "SELECT u.display_name AS visitor_name, o.name AS org_name, \
         CAST(SUM(CASE WHEN v.state = 'archived' THEN 1 ELSE 0 END) AS bigint) AS done, \
         CAST(SUM(CASE WHEN v.is_open = TRUE THEN 1 ELSE 0 END) AS bigint) AS under_way \
         FROM visits v JOIN obligations g ON g.id = v.obligation_id JOIN users u ON u.id = v.visitor_id \
         JOIN orgs o ON o.id = u.org_id",
    );
    select
        .scope(scope, "v.org_id")
        .own(scope, "v.customer_id")
        .filter("g.kind = 'visit'", Vec::new())
        .filter("g.due_on >= ? AND g.due_on <= ?", params![from, to]);
    select.then(
        "GROUP BY u.id, u.display_name, o.name ORDER BY o.name, u.display_name LIMIT 500",
        Vec::new(),
    );
    select.list(db).await
}
