//! Customers who can be put on a list: by their numbers, or as a selection from the register.

use crate::sql::{Select, params};
use crate::{Reads, Result};
use domain::access::Scope;
use domain::customers::{CustomerKind, ValueClass};
use domain::ids::CustomerId;
use sea_orm::{FromQueryResult, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// Numbers of one statement.
const CHUNK: usize = 400;

#[derive(FromQueryResult)]
struct Named {
    id: Uuid,
    customer_no: String,
}

/// Customers of a unit and those below it, in sight, by their numbers. Who was erased is not among them.
///
/// # Errors
/// What the database says.
pub async fn find_customers_by_number(
    db: &impl Reads,
    scope: &Scope,
    org_path: &str,
    numbers: &[String],
) -> Result<HashMap<String, CustomerId>> {
    let mut found = HashMap::new();
    for chunk in numbers.chunks(CHUNK) {
        let mut select = Select::new("SELECT c.id, c.customer_no FROM customers c");
        let numbers: Vec<Value> = chunk.iter().map(|n| n.as_str().into()).collect();
        select
            .scope(scope, "c.org_id")
            .own(scope, "c.id")
            .under(org_path, "c.org_id")
            .filter(
                "c.erased_at IS NULL AND c.merged_into_id IS NULL",
                Vec::new(),
            )
            .filter_in("c.customer_no", numbers);
        let rows: Vec<Named> = select.list(db).await?;
        found.extend(rows.into_iter().map(|r| (r.customer_no, CustomerId(r.id))));
    }
    Ok(found)
}

/// A selection from the register.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Kind of customer.
    pub kind: Option<CustomerKind>,
    /// What the customer is worth.
    pub value_class: Option<ValueClass>,
    /// Large customers, or all others.
    pub large: Option<bool>,
    /// With a policy in force, or without.
    pub in_force: Option<bool>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: String,
}

#[derive(FromQueryResult)]
struct Chosen {
    id: Uuid,
}

/// Customers of a selection who are not on the list of a campaign yet, the oldest in the register first.
///
/// # Errors
/// What the database says.
pub async fn select_customers(
    db: &impl Reads,
    scope: &Scope,
    selection: &Selection,
    campaign: domain::ids::CampaignId,
    limit: i64,
) -> Result<Vec<CustomerId>> {
    let mut select = Select::new("SELECT c.id FROM customers c");
    select
        .scope(scope, "c.org_id")
        .own(scope, "c.id")
        .under(&selection.org_path, "c.org_id")
        .filter(
            "c.erased_at IS NULL AND c.merged_into_id IS NULL",
            Vec::new(),
        );
    if let Some(kind) = selection.kind {
        select.filter("c.kind = ?", params![kind.as_str()]);
    }
    if let Some(class) = selection.value_class {
        select.filter("c.value_class = ?", params![class.as_str()]);
    }
    if let Some(large) = selection.large {
        select.filter("c.large = ?", params![large]);
    }
    let held = "EXISTS (SELECT 1 FROM policies p WHERE p.policyholder_id = c.id AND p.status IN ('in_force', 'grace'))";
    match selection.in_force {
        Some(true) => select.filter(held, Vec::new()),
        Some(false) => select.filter(&format!("NOT {held}"), Vec::new()),
        None => &mut select,
    };
    select.filter(
        "NOT EXISTS (SELECT 1 FROM campaign_members m WHERE m.campaign_id = ? AND m.customer_id = c.id)",
        params![campaign.0],
    );
    select.then("ORDER BY c.id LIMIT ?", params![limit]);
    let rows: Vec<Chosen> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| CustomerId(r.id)).collect())
}
