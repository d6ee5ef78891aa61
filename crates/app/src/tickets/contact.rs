//! Correcting contact data that a case showed to be wrong.

use super::StepForm;
use crate::customers::put_facts;
use crate::{Error, Result};
use domain::access::{Actor, Permission};
use domain::customers::{CustomerField, Origin};
use domain::tickets::ProblemType;
use store::customers::Learned;
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
    let field = if ticket.problem == ProblemType::WrongAddress {
        CustomerField::MailingAddress
    } else {
        CustomerField::Mobile
    };
    let (name, given, missing, same) = match field {
        CustomerField::Mobile => ("mobile", &form.mobile, "mobile", "same-number"),
        _ => ("address", &form.address, "missing", "same-address"),
    };
    let new = field
        .read(given)
        .map_err(|code| Error::invalid(name, code))?;
    let new = new.ok_or_else(|| Error::invalid(name, missing))?;
    let reason = format!("ticket {}", ticket.number);
    let learned = Learned::in_service(Origin::Ticket, &AuditActor::from(actor), work.now());
    let facts = [(field, Some(new))];
    let version = customer.version;
    let entry = put_facts(work, actor, &customer, version, &facts, &reason, &learned).await?;
    entry.ok_or_else(|| Error::invalid(name, same))
}
