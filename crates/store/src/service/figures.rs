//! Figures of service: plan against done by class and unit, and what became of watched customers.

use super::in_sight;
use crate::sql::{Select, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use sea_orm::FromQueryResult;

/// Rows of the report; a company has fewer units.
const ROWS_MAX: i64 = 5_000;

/// A class in a unit.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ClassFigures {
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// The class, as a code.
    pub value_class: String,
    /// Customers.
    pub customers: i64,
    /// With somebody in charge.
    pub in_charge: i64,
    /// Regular callbacks whose time began in the period, as in the plan of a customer.
    pub callbacks_owed: i64,
    /// Of those, completed.
    pub callbacks_done: i64,
    /// Conversations of the persons in charge.
    pub contacts: i64,
    /// Care activities in the register.
    pub care: i64,
    /// Privileges that were used.
    pub privileges: i64,
    /// Recommendations.
    pub recommendations: i64,
    /// Of those, taken.
    pub accepted: i64,
}

/// Figures of a period by unit and class, in sight; the classes are those of today.
///
/// # Errors
/// What the database says.
pub async fn read_class_figures(
    db: &impl Reads,
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
    programmes: &[String],
    org_path: Option<&str>,
) -> Result<Vec<ClassFigures>> {
    let until = crate::sql::end_of_day(to);
    // Each source is counted by customer first, so that no row is counted twice.
    let places: Vec<_> = (0..programmes.len())
        .map(|n| format!("${}", n + 5))
        .collect();
    let codes = if places.is_empty() {
        "''".to_owned()
    } else {
        places.join(", ")
    };
    let sql = format!(
        "SELECT o.org_code, o.name AS org_name, c.value_class, COUNT(*) AS customers, COUNT(h.id) AS in_charge, \
         CAST(COALESCE(SUM(d.owed), 0) AS BIGINT) AS callbacks_owed, CAST(COALESCE(SUM(d.done), 0) AS BIGINT) AS callbacks_done, \
         CAST(COALESCE(SUM(i.contacts), 0) AS BIGINT) AS contacts, CAST(COALESCE(SUM(i.care), 0) AS BIGINT) AS care, \
         CAST(COALESCE(SUM(i.privileges), 0) AS BIGINT) AS privileges, \
         CAST(COALESCE(SUM(i.recommendations), 0) AS BIGINT) AS recommendations, \
         CAST(COALESCE(SUM(i.accepted), 0) AS BIGINT) AS accepted \
         FROM customers c JOIN orgs o ON o.id = c.org_id \
         LEFT JOIN service_charges h ON h.customer_id = c.id AND h.until_at IS NULL \
         LEFT JOIN (SELECT x.customer_id, COUNT(*) AS owed, COUNT(CASE WHEN x.status = 'discharged' THEN 1 END) AS done \
         FROM obligations x WHERE x.programme IN ({codes}) AND x.trigger_on >= $1 AND x.trigger_on <= $2 AND x.status <> 'cancelled' \
         GROUP BY x.customer_id) d ON d.customer_id = c.id \
         LEFT JOIN (SELECT y.customer_id, COUNT(CASE WHEN y.kind = 'contact' THEN 1 END) AS contacts, \
         COUNT(CASE WHEN y.kind = 'care' THEN 1 END) AS care, COUNT(CASE WHEN y.kind = 'privilege' THEN 1 END) AS privileges, \
         COUNT(CASE WHEN y.kind = 'recommendation' THEN 1 END) AS recommendations, \
         COUNT(CASE WHEN y.kind = 'recommendation' AND y.outcome = 'accepted' THEN 1 END) AS accepted \
         FROM service_items y WHERE y.made_at >= $3 AND y.made_at < $4 AND COALESCE(y.outcome, '') <> 'dropped' \
         GROUP BY y.customer_id) i ON i.customer_id = c.id"
    );
    let mut values = params![from, to, start_of_day(from), until];
    values.extend(programmes.iter().map(|p| sea_orm::Value::from(p.as_str())));
    let mut select = Select::with_values(&sql, values);
    in_sight(&mut select, scope);
    select.filter(
        "c.erased_at IS NULL AND c.merged_into_id IS NULL AND c.value_class IS NOT NULL",
        Vec::new(),
    );
    if let Some(path) = org_path {
        select.under(path, "c.org_id");
    }
    let order =
        "GROUP BY o.org_code, o.name, c.value_class ORDER BY o.org_code, c.value_class LIMIT ?";
    select.then(order, params![ROWS_MAX]);
    select.list(db).await
}

/// What became of watched customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct ConversionFigures {
    /// Put on the list within the period.
    pub put: i64,
    /// Of those, still watched.
    pub watched: i64,
    /// Of those, now of medium or high value.
    pub promoted: i64,
    /// Of those, given up.
    pub dropped: i64,
    /// Watched without anybody in charge.
    pub without_owner: i64,
}

/// What became of customers in sight who were put on the watch list within a period.
///
/// # Errors
/// What the database says.
pub async fn read_conversion(
    db: &impl Reads,
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
    org_path: Option<&str>,
) -> Result<ConversionFigures> {
    let mut select = Select::new(
        "SELECT COUNT(*) AS put, COUNT(CASE WHEN w.ended_at IS NULL THEN 1 END) AS watched, \
         COUNT(CASE WHEN w.end_state = 'promoted' THEN 1 END) AS promoted, \
         COUNT(CASE WHEN w.end_state = 'dropped' THEN 1 END) AS dropped, \
         COUNT(CASE WHEN w.ended_at IS NULL AND w.owner_id IS NULL THEN 1 END) AS without_owner \
         FROM watched_customers w JOIN customers c ON c.id = w.customer_id",
    );
    in_sight(&mut select, scope);
    select.filter("w.put_at >= ?", params![start_of_day(from)]);
    select.filter("w.put_at < ?", params![crate::sql::end_of_day(to)]);
    if let Some(path) = org_path {
        select.under(path, "c.org_id");
    }
    let rows: Vec<ConversionFigures> = select.list(db).await?;
    Ok(rows.into_iter().next().unwrap_or_default())
}
