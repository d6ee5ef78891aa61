//! What the records already say of the risk of a customer.

use crate::sql::{Select, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::risk::QUALITY_PROBLEMS;
use sea_orm::FromQueryResult;

/// Numbers of a customer since a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct RiskFacts {
    /// Lapsed policies.
    pub lapses: i64,
    /// Complaints.
    pub complaints: i64,
    /// Cases of contract quality.
    pub cases: i64,
    /// Open signals that may be shown to everybody who sees risks.
    pub signals: i64,
}

/// Numbers of a customer in sight since a day; nothing when the customer is not.
///
/// # Errors
/// What the database says.
pub async fn find_risk_facts(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    since: NaiveDate,
) -> Result<Option<RiskFacts>> {
    let quality: Vec<_> = QUALITY_PROBLEMS.iter().map(|t| format!("'{t}'")).collect();
    let text = format!(
        "SELECT (SELECT COUNT(*) FROM policies p JOIN events e ON e.policy_id = p.id WHERE p.policyholder_id = c.id \
         AND e.type = 'lapsed' AND e.occurred_on >= $1) AS lapses, \
         (SELECT COUNT(*) FROM policies p JOIN events e ON e.policy_id = p.id WHERE p.policyholder_id = c.id \
         AND e.type = 'complaint_resolved' AND e.occurred_on >= $1) + \
         (SELECT COUNT(*) FROM events e WHERE e.customer_id = c.id AND e.policy_id IS NULL \
         AND e.type = 'complaint_resolved' AND e.occurred_on >= $1) + \
         (SELECT COUNT(*) FROM tickets t WHERE t.customer_id = c.id AND t.type = 'complaint' AND t.opened_at >= $2) AS complaints, \
         (SELECT COUNT(*) FROM tickets t WHERE t.customer_id = c.id AND t.opened_at >= $2 AND t.type IN ({})) AS cases, \
         (SELECT COUNT(*) FROM risk_signals s WHERE s.customer_id = c.id AND s.is_open AND NOT s.is_confidential) AS signals \
         FROM customers c",
        quality.join(", ")
    );
    let mut select = Select::with_values(&text, params![since, start_of_day(since)]);
    select
        .scope_customer(scope)
        .filter("c.id = ?", params![customer.0]);
    let rows: Vec<RiskFacts> = select.list(db).await?;
    Ok(rows.into_iter().next())
}
