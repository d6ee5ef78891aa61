//! What was done for a customer since a day, counted where it is kept.

use super::in_sight;
use crate::sql::{Select, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use sea_orm::FromQueryResult;

/// Numbers of a customer since a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct DoneCounts {
    /// Conversations of the person in charge.
    pub contacts: i64,
    /// Callbacks that were completed.
    pub callbacks: i64,
    /// Callbacks of the class's programme that fell due or will.
    pub callbacks_owed: i64,
    /// Of those, completed.
    pub callbacks_done: i64,
    /// Care activities in the register, greetings and gatherings.
    pub care: i64,
    /// On-site visits that took place.
    pub visits: i64,
    /// Messages that went out.
    pub messages: i64,
    /// Recommendations.
    pub recommendations: i64,
    /// Reminders of preventing risk that reached the customer.
    pub risk_reminders: i64,
    /// The day of the last conversation by the person in charge.
    pub last_contact_on: Option<NaiveDate>,
    /// When the last callback was completed.
    pub last_callback_at: Option<i64>,
}

/// Counts what was done for a customer in sight since a day. The programmes are those of the class's regular
/// callback and of greetings and reminders.
///
/// # Errors
/// What the database says.
pub async fn read_done(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    since: NaiveDate,
    (callback, care, reminder): (&str, &[String], &str),
) -> Result<DoneCounts> {
    // Items dropped were entered by mistake.
    let item = |kind: &str| {
        format!(
            "(SELECT COUNT(*) FROM service_items i WHERE i.customer_id = c.id AND i.kind = '{kind}' \
             AND COALESCE(i.outcome, '') <> 'dropped' AND COALESCE(i.done_on, $1) >= $1 AND i.made_at >= $2)"
        )
    };
    let first = 6;
    let places: Vec<_> = (first..first + care.len())
        .map(|n| format!("${n}"))
        .collect();
    let care_codes = if places.is_empty() {
        "''".to_owned()
    } else {
        places.join(", ")
    };
    let told = "SELECT COUNT(*) FROM obligations o WHERE o.customer_id = c.id AND o.status = 'discharged' \
                AND o.discharged_at >= $2 AND o.programme";
    let sql = format!(
        "SELECT {contacts} AS contacts, \
         (SELECT COUNT(*) FROM callbacks b WHERE b.customer_id = c.id AND b.completed_at >= $2) AS callbacks, \
         (SELECT COUNT(*) FROM obligations o WHERE o.customer_id = c.id AND o.programme = $3 AND o.trigger_on >= $1 \
         AND o.status <> 'cancelled') AS callbacks_owed, \
         (SELECT COUNT(*) FROM obligations o WHERE o.customer_id = c.id AND o.programme = $3 AND o.trigger_on >= $1 \
         AND o.status = 'discharged') AS callbacks_done, \
         {activities} + ({told} IN ({care_codes})) + (SELECT COUNT(*) FROM gathering_participants g \
         JOIN gatherings e ON e.id = g.gathering_id WHERE g.customer_id = c.id AND g.attended AND e.state = 'held' AND e.begins_at >= $2) AS care, \
         (SELECT COUNT(*) FROM visits v WHERE v.customer_id = c.id AND v.visited_at >= $2) AS visits, \
         (SELECT COUNT(*) FROM messages m WHERE m.customer_id = c.id AND m.sent_at >= $2) AS messages, \
         {recommendations} AS recommendations, ({told} = $4) AS risk_reminders, \
         (SELECT MAX(i.done_on) FROM service_items i WHERE i.customer_id = c.id AND i.kind = 'contact' \
         AND i.outcome = 'done') AS last_contact_on, \
         (SELECT MAX(b.completed_at) FROM callbacks b WHERE b.customer_id = c.id) AS last_callback_at \
         FROM customers c",
        contacts = item("contact"),
        activities = item("care"),
        recommendations = item("recommendation"),
    );
    let mut values = params![since, start_of_day(since), callback, reminder, customer.0];
    values.extend(care.iter().map(|c| sea_orm::Value::from(c.as_str())));
    let mut select = Select::with_values(&sql, values);
    select.filter("c.id = $5", Vec::new());
    in_sight(&mut select, scope);
    let rows: Vec<DoneCounts> = select.list(db).await?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

/// The worst level of the assessments in force of a customer `c`, money laundering left out.
pub(super) const ASSESSED: &str = "(SELECT a.level FROM risk_assessments a WHERE a.customer_id = c.id \
     AND a.state = 'confirmed' AND a.dimension <> 'aml' \
     ORDER BY CASE a.level WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END LIMIT 1)";

/// What the risk of a customer is, as codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, FromQueryResult)]
pub struct RiskCodes {
    /// The class.
    pub class: Option<String>,
    /// The worst level of the assessments in force.
    pub assessed: Option<String>,
}

/// What the risk of a customer is whom the caller may see.
///
/// # Errors
/// What the database says.
pub async fn find_risk_codes(db: &impl Reads, customer: CustomerId) -> Result<RiskCodes> {
    let sql = format!(
        "SELECT c.risk_class AS class, {ASSESSED} AS assessed FROM customers c WHERE c.id = $1"
    );
    let row = crate::sql::find::<RiskCodes>(db, &sql, params![customer.0]).await?;
    Ok(row.unwrap_or_default())
}
