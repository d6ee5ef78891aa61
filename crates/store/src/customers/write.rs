//! Changing customers one at a time: contact data learnt on callbacks and by people.

use super::derivations::enqueue_derivations_of;
use crate::audit::AuditActor;
use crate::sql::{millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use domain::customers::{Address, Mobile, Reveal};
use domain::ids::CustomerId;
use uuid::Uuid;

/// Gives a customer another mobile number, keeping the old one in the history.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed the customer.
pub async fn change_mobile(
    work: &UnitOfWork,
    customer: CustomerId,
    version: i64,
    old: Option<&Mobile>,
    new: &Mobile,
    actor: &AuditActor,
    reason: &str,
) -> Result<()> {
    let keys = work.keys();
    let plain = new.reveal(Reveal::for_storage());
    let values = params![
        keys.seal("customers.mobile", customer.0, plain)?,
        keys.index("mobile", plain),
        keys.index_tail("mobile", plain),
        millis(work.now()),
        customer.0,
        version,
    ];
    let sql = "UPDATE customers SET mobile = $1, mobile_index = $2, mobile_tail_index = $3, \
               updated_at = $4, version = version + 1 WHERE id = $5 AND version = $6";
    work.execute_one(sql, values).await?;
    let old = old.map(|m| m.reveal(Reveal::for_storage()));
    note_change(work, customer.0, "mobile", old, Some(plain), actor, reason).await
}

/// Gives a customer another mailing address, keeping the old one in the history.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed the customer.
pub async fn change_mailing_address(
    work: &UnitOfWork,
    customer: CustomerId,
    version: i64,
    old: Option<&Address>,
    new: &Address,
    actor: &AuditActor,
    reason: &str,
) -> Result<()> {
    let plain = new.reveal(Reveal::for_storage());
    let sealed = work
        .keys()
        .seal("customers.mailing_address", customer.0, plain)?;
    let sql = "UPDATE customers SET mailing_address = $1, updated_at = $2, version = version + 1 \
               WHERE id = $3 AND version = $4";
    work.execute_one(
        sql,
        params![sealed, millis(work.now()), customer.0, version],
    )
    .await?;
    let old = old.map(|m| m.reveal(Reveal::for_storage()));
    note_change(
        work,
        customer.0,
        "mailing_address",
        old,
        Some(plain),
        actor,
        reason,
    )
    .await
}

async fn note_change(
    work: &UnitOfWork,
    customer: Uuid,
    field: &'static str,
    old: Option<&str>,
    new: Option<&str>,
    actor: &AuditActor,
    reason: &str,
) -> Result<()> {
    let customer = CustomerId(customer);
    let change = Change {
        entity: "customer",
        id: customer.0,
        customer,
        field,
        old,
        new,
    };
    note_changes(work, &change, actor, reason).await?;
    enqueue_derivations_of(work, customer).await
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
