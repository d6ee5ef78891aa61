//! What became of a message, for the obligation that it discharges.

use crate::Result;
use domain::access::Actor;
use domain::obligations::{ObligationStatus, Timing};
use store::obligations as rows;
use store::{AuditEntry, UnitOfWork};
use uuid::Uuid;

/// Kind of record that messages of scheduled contacts are about: the obligation.
pub(crate) const CONTACT: &str = "contact";

/// Whether the customer still has to be told.
pub(crate) async fn is_owed(work: &UnitOfWork, obligation: Uuid) -> Result<bool> {
    let duty = rows::find_contact_duty(work, obligation).await?;
    Ok(duty.is_some_and(|d| d.status == ObligationStatus::Open))
}

/// Discharges an obligation because the customer was told; what proves it stands in the entry. Nothing
/// where it is not owed any more.
pub(crate) async fn told(
    work: &UnitOfWork,
    actor: &Actor,
    obligation: Uuid,
    proof: &str,
) -> Result<Option<AuditEntry>> {
    let duty = rows::find_contact_duty(work, obligation).await?;
    let Some(duty) = duty.filter(|d| d.status == ObligationStatus::Open) else {
        return Ok(None);
    };
    let timing = Timing::at(work.now(), duty.earliest_on, duty.due_on, None);
    rows::discharge_contact(work, obligation, timing).await?;
    let detail = serde_json::json!({ "timing": timing.map(Timing::as_str), "proof": proof });
    let entry = AuditEntry::new(actor, "obligation.discharged", "obligation", obligation);
    Ok(Some(entry.customer(duty.customer.0).detail(detail)))
}

/// Takes the discharge back because the message did not arrive, unless somebody told the customer
/// otherwise.
pub(crate) async fn not_told(
    work: &UnitOfWork,
    actor: &Actor,
    obligation: Uuid,
    proof: &str,
) -> Result<Option<AuditEntry>> {
    let duty = rows::find_contact_duty(work, obligation).await?;
    let duty = duty.filter(|d| d.status == ObligationStatus::Discharged && !d.by_person);
    let Some(duty) = duty else {
        return Ok(None);
    };
    rows::reopen_contact(work, obligation).await?;
    let detail = serde_json::json!({ "proof": proof });
    let entry = AuditEntry::new(actor, "obligation.reopened", "obligation", obligation);
    Ok(Some(entry.customer(duty.customer.0).detail(detail)))
}
