//! Facts that were read over to the customer and are right.

use crate::customers::find;
use crate::{App, Error, Refusal, Result, listing};
use domain::access::{Actor, Permission};
use domain::customers::{CustomerField, Origin};
use domain::time::Instant;
use store::customers::sheet_of;
use store::information::insert_confirmations;
use store::{AuditActor, AuditEntry};

/// Notes that facts of a customer were confirmed; all that are known when none is named.
///
/// # Errors
/// [`Error::NotFound`] when the customer is not in sight; [`Error::Refused`] when nothing is known.
pub async fn confirm_facts(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    fields: &[String],
    origin: &str,
) -> Result<usize> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let origin = listing::code("origin", origin, Origin::parse)?.unwrap_or(Origin::Form);
    let named: Result<Vec<_>> = fields
        .iter()
        .map(|f| CustomerField::parse(f).map_err(|_| Error::invalid("fact", "unknown-code")))
        .collect();
    let mut named = named?;
    let customer = find(app, &scope, customer_no).await?;
    let sheet = sheet_of(&customer);
    if named.is_empty() {
        named = sheet.keys().copied().filter(|f| f.is_entered()).collect();
    }
    named.sort_unstable();
    named.dedup();
    named.retain(|f| f.is_entered());
    if named.is_empty() || customer.erased_at.is_some() {
        return Err(Refusal::new("information-nothing-to-confirm").into());
    }
    let work = app.store().begin(now).await?;
    insert_confirmations(&work, customer.id, &named, &AuditActor::from(actor), origin).await?;
    let codes: Vec<_> = named.iter().map(|f| f.as_str()).collect();
    let entry = AuditEntry::new(actor, "customer.facts_confirmed", "customer", customer.id.0)
        .customer(customer.id.0)
        .detail(serde_json::json!({ "fields": codes, "origin": origin.as_str() }));
    work.commit(entry).await?;
    Ok(named.len())
}
