//! Correcting contact data that a case showed to be wrong.

use super::StepForm;
use crate::{Error, Result};
use domain::access::{Actor, Permission};
use domain::customers::{Address, Mobile};
use domain::tickets::ProblemType;
use store::tickets::TicketRow;
use store::{AuditActor, AuditEntry, UnitOfWork};

/// Writes the corrected number or address to the customer, with the old one in the history.
pub(super) async fn correct_contact(
    work: &UnitOfWork,
    actor: &Actor,
    ticket: &TicketRow,
    form: &StepForm,
) -> Result<AuditEntry> {
    let whole = Actor::system().scope(Permission::CustomersRead)?;
    let customer = store::customers::find_customer(work, &whole, ticket.customer_id).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let (id, version) = (customer.id, customer.version);
    let by = AuditActor::from(actor);
    let reason = format!("ticket {}", ticket.number);
    let detail = if ticket.problem == ProblemType::WrongAddress {
        let old = customer.mailing_address.as_ref();
        let new =
            Address::parse(&form.address).map_err(|_| Error::invalid("address", "missing"))?;
        if old == Some(&new) {
            return Err(Error::invalid("address", "same-address"));
        }
        store::customers::change_mailing_address(work, id, version, old, &new, &by, &reason)
            .await?;
        serde_json::json!({ "mailing_address": [old.map(ToString::to_string), new.to_string()] })
    } else {
        let old = customer.mobile.as_ref();
        let new = Mobile::parse(&form.mobile).map_err(|_| Error::invalid("mobile", "mobile"))?;
        if old == Some(&new) {
            return Err(Error::invalid("mobile", "same-number"));
        }
        store::customers::change_mobile(work, id, version, old, &new, &by, &reason).await?;
        serde_json::json!({ "mobile": [old.map(ToString::to_string), new.to_string()] })
    };
    let entry = AuditEntry::new(actor, "customer.contact_corrected", "customer", id.0);
    Ok(entry.customer(id.0).detail(detail))
}
