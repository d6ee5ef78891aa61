//! The one use case that changes facts of a customer; forms, systems, callbacks, letters, cases and
//! approvals all end here.

use crate::Result;
use domain::access::Actor;
use domain::customers::{CustomerField, FactGroup, FactShape, FactValue, NewFact, Origin};
use store::customers::{CustomerRow, Learned, change_facts, sheet_of};
use store::{AuditActor, AuditEntry, UnitOfWork};

/// Writes facts with their history, and asks for everything that follows in the same transaction. The
/// entry of the log shows masks; nothing when all facts stood so already.
///
/// # Errors
/// [`crate::Error::Conflict`] when someone else changed the customer since this version.
pub(crate) async fn put_facts(
    work: &UnitOfWork,
    actor: &Actor,
    customer: &CustomerRow,
    version: i64,
    facts: &[NewFact],
    reason: &str,
    learned: &Learned,
) -> Result<Option<AuditEntry>> {
    let by = AuditActor::from(actor);
    let lines = change_facts(work, customer, version, facts, &by, reason, learned).await?;
    if lines.is_empty() {
        return Ok(None);
    }
    let before = sheet_of(customer);
    let mut changed = serde_json::Map::new();
    for (field, _) in &lines {
        let new = facts
            .iter()
            .find(|(f, _)| f == field)
            .and_then(|(_, v)| v.as_ref());
        let shown = [before.get(field), new].map(|v| v.map(|v| logged(*field, v, customer)));
        changed.insert(field.as_str().to_owned(), serde_json::json!(shown));
    }
    let contact = |(f, _): &(CustomerField, _)| f.group() == FactGroup::Contact;
    let action = match learned.origin {
        Origin::Ticket => "customer.contact_corrected",
        _ if lines.iter().all(contact) => "customer.contact_changed",
        _ => "customer.facts_changed",
    };
    let entry = AuditEntry::new(actor, action, "customer", customer.id.0);
    let entry = entry.customer(customer.id.0).purpose(reason);
    Ok(Some(entry.detail(serde_json::Value::Object(changed))))
}

/// A value as the log may keep it: masks, codes and flags; of anything else only that it changed.
fn logged(field: CustomerField, value: &FactValue, customer: &CustomerRow) -> String {
    let is_code = matches!(field.shape(), FactShape::Code(_) | FactShape::Flag);
    if field.is_sealed() || is_code {
        value.shown(field, customer.kind)
    } else {
        "…".to_owned()
    }
}
