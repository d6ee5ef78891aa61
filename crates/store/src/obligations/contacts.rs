//! Obligations that a message discharges.

use crate::sql::{find, millis, params};
use crate::{Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::CustomerId;
use domain::obligations::{ObligationStatus, Timing};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An obligation that a message discharges, as far as a message needs it.
#[derive(Clone, Debug)]
pub struct ContactDuty {
    /// The customer.
    pub customer: CustomerId,
    /// Where it stands.
    pub status: ObligationStatus,
    /// From when.
    pub earliest_on: Option<NaiveDate>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Somebody recorded a contact of their own.
    pub by_person: bool,
}

#[derive(FromQueryResult)]
struct Row {
    customer_id: Uuid,
    status: String,
    earliest_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    by_person: bool,
}

/// The obligation that a message is about.
///
/// # Errors
/// What the database says.
pub async fn find_contact_duty(work: &UnitOfWork, id: Uuid) -> Result<Option<ContactDuty>> {
    let sql = "SELECT customer_id, status, earliest_on, due_on, \
               EXISTS (SELECT 1 FROM contact_records r WHERE r.obligation_id = obligations.id) AS by_person \
               FROM obligations WHERE id = $1 AND kind = 'message'";
    let Some(r) = find::<Row>(work, sql, params![id]).await? else {
        return Ok(None);
    };
    Ok(Some(ContactDuty {
        customer: CustomerId(r.customer_id),
        status: ObligationStatus::parse(&r.status)?,
        earliest_on: r.earliest_on,
        due_on: r.due_on,
        by_person: r.by_person,
    }))
}

/// Notes that the customer was told.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is not owed any more.
pub async fn discharge_contact(work: &UnitOfWork, id: Uuid, timing: Option<Timing>) -> Result<()> {
    let sql = "UPDATE obligations SET status = 'discharged', timing = $1, discharged_at = $2, updated_at = $2 \
               WHERE id = $3 AND kind = 'message' AND status = 'open'";
    let now = millis(work.now());
    let values = params![timing.map(Timing::as_str), now, id];
    work.execute_one(sql, values).await
}

/// Takes the discharge back, because the message did not arrive.
///
/// # Errors
/// What the database says.
pub async fn reopen_contact(work: &UnitOfWork, id: Uuid) -> Result<()> {
    let sql = "UPDATE obligations SET status = 'open', timing = NULL, discharged_at = NULL, updated_at = $1 \
               WHERE id = $2 AND kind = 'message' AND status = 'discharged'";
    work.execute_one(sql, params![millis(work.now()), id]).await
}
