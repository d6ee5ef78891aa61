//! Customers who are entered here, before the core system knows of them.

use super::derivations::enqueue_derivations_of;
use crate::audit::AuditActor;
use crate::obligations::enqueue_customer;
use crate::sql::{millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use domain::customers::CustomerKind;
use domain::ids::{CustomerId, OrgId};
use uuid::Uuid;

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

/// A value of a record that changed.
pub(super) struct Change<'c> {
    /// `customer` or `contact`.
    pub(super) entity: &'static str,
    /// Id of the record.
    pub(super) id: Uuid,
    /// Whose record it is.
    pub(super) customer: CustomerId,
    /// The field.
    pub(super) field: &'static str,
    /// Its value before.
    pub(super) old: Option<&'c str>,
    /// Its value after.
    pub(super) new: Option<&'c str>,
}

/// Writes a line of the history of a record.
pub(super) async fn note_changes(
    work: &UnitOfWork,
    change: &Change<'_>,
    actor: &AuditActor,
    reason: &str,
) -> Result<()> {
    let id = work.next_id();
    let keys = work.keys();
    let seal =
        |column: &str, value: Option<&str>| value.map(|v| keys.seal(column, id, v)).transpose();
    let sql = "INSERT INTO record_changes (id, entity, entity_id, customer_id, field, old_value, new_value, reason, \
               actor_kind, actor_id, actor_name, changed_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values = params![
        id,
        change.entity,
        change.id,
        change.customer.0,
        change.field,
        seal("record_changes.old_value", change.old)?,
        seal("record_changes.new_value", change.new)?,
        reason,
        actor.kind,
        actor.id,
        actor.name.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}
