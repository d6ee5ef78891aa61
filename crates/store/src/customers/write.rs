//! Customers who are entered here, before the core system knows of them.

use super::derivations::enqueue_derivations_of;
use crate::obligations::enqueue_customer;
use crate::sql::{millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use domain::customers::CustomerKind;
use domain::ids::{CustomerId, OrgId};

/// A customer to add; its facts are written by [`super::change_facts`] at once.
#[derive(Clone, Copy, Debug)]
pub struct NewCustomer<'n> {
    /// Its number.
    pub customer_no: &'n str,
    /// Individual or group.
    pub kind: CustomerKind,
    /// Unit.
    pub org: OrgId,
}

/// Adds a customer of whom nothing is known yet.
///
/// # Errors
/// What the database says.
pub async fn insert_customer(work: &UnitOfWork, new: &NewCustomer<'_>) -> Result<CustomerId> {
    let id = work.next_id();
    let now = millis(work.now());
    let name = work.keys().seal("customers.name", id, "")?;
    let sql = "INSERT INTO customers (id, customer_no, kind, name, name_index, large, key_account, shareholder_related, \
               org_id, row_hash, version, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, 0, FALSE, FALSE, FALSE, $5, 0, 1, $6, $6)";
    let values = params![id, new.customer_no, new.kind.as_str(), name, new.org.0, now];
    work.execute(sql, values).await?;
    let id = CustomerId(id);
    enqueue_customer(work, id).await?;
    enqueue_derivations_of(work, id).await?;
    Ok(id)
}
