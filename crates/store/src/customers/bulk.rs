//! What imports need of customers.

use crate::Result;
use crate::dialect::bulk::{Bulk, Cell};
use crate::obligations::{QueueKind, enqueue};
use std::collections::HashMap;
use uuid::Uuid;

/// Ids of customers by number, and whether each is a group. A number that was merged leads to the survivor.
///
/// # Errors
/// What the database says.
pub async fn lookup_groups(
    bulk: &mut Bulk,
    numbers: &[Cell],
) -> Result<HashMap<String, (Uuid, bool)>> {
    let sql = "SELECT customer_no, COALESCE(merged_into_id, id), kind FROM customers WHERE customer_no IN ({values}) AND erased_at IS NULL";
    let rows = bulk
        .query_in(sql, numbers, |row| {
            let group = row.text(2)?.as_deref() == Some("group");
            Ok((
                row.text(0)?.unwrap_or_default(),
                (row.id(1)?.unwrap_or_default(), group),
            ))
        })
        .await?;
    Ok(rows.into_iter().collect())
}

/// After customers changed: their policies are looked at again, and open callbacks learn the
/// language in which the customer is served.
///
/// # Errors
/// What the database says.
pub async fn follow_changes(bulk: &mut Bulk, customers: &[Cell]) -> Result<()> {
    let sql = "SELECT id FROM policies WHERE policyholder_id IN ({values})";
    let mut policies = bulk.query_in(sql, customers, |row| row.id(0)).await?;
    let sql = "SELECT id FROM policies WHERE insured_id IN ({values})";
    policies.extend(bulk.query_in(sql, customers, |row| row.id(0)).await?);
    let mut spans: Vec<_> = policies
        .into_iter()
        .flatten()
        .map(|id| (id, id, None))
        .collect();
    spans.sort_unstable();
    spans.dedup();
    enqueue(bulk, QueueKind::Policies, &spans).await?;
    for customer in customers {
        let sql = "UPDATE callbacks SET language = (SELECT language FROM customers WHERE id = $1) \
                   WHERE customer_id = $1 AND is_open";
        bulk.execute(sql, std::slice::from_ref(customer)).await?;
    }
    Ok(())
}

/// Numbers of those into whom some customers were merged and who have not refused marketing.
///
/// # Errors
/// What the database says.
pub async fn list_unrefusing_survivors(bulk: &mut Bulk, absorbed: &[Cell]) -> Result<Vec<String>> {
    let sql = "SELECT customer_no FROM customers WHERE marketing_consent IS DISTINCT FROM FALSE AND erased_at IS NULL \
               AND id IN (SELECT w.merged_into_id FROM customers w WHERE w.id IN ({values}))";
    let rows = bulk.query_in(sql, absorbed, |row| row.text(0)).await?;
    let mut numbers: Vec<_> = rows.into_iter().flatten().collect();
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// With more customers than these the planner is given their span.
const SINGLE_MAX: usize = 64;

/// After customers came into other classes: what the company owes them by class is looked at again.
///
/// # Errors
/// What the database says.
pub async fn follow_classes(bulk: &mut Bulk, customers: &[Uuid]) -> Result<()> {
    let spans: Vec<_> = match (customers.iter().min(), customers.iter().max()) {
        (Some(low), Some(high)) if customers.len() > SINGLE_MAX => vec![(*low, *high, None)],
        _ => customers.iter().map(|c| (*c, *c, None)).collect(),
    };
    if spans.is_empty() {
        return Ok(());
    }
    enqueue(bulk, QueueKind::Customers, &spans).await
}
