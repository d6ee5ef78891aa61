//! The audit log as people read it.

use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::time::Instant;
use store::{AuditEntry, AuditFilter, AuditRow, Page};

/// Filters of the log, as text; an empty one does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// From this day.
    pub from: String,
    /// Until this day.
    pub to: String,
    /// Name of who acted.
    pub actor: String,
    /// The action, or the beginning of its code, such as `customer.`.
    pub action: String,
    /// Kind of record, such as `callback`.
    pub subject_kind: String,
    /// Id of the record.
    pub subject: String,
    /// Number of the customer whose data it is.
    pub customer: String,
    /// Start of the page.
    pub after: String,
}

/// Entries of the log, the newest first. That someone reads it is an entry too.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_audit_entries(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &AuditQuery,
) -> Result<Page<AuditRow>> {
    let scope = actor.scope(Permission::AuditRead)?;
    let customer = match listing::some(&query.customer) {
        Some(number) => {
            let found =
                store::customers::find_customer_by_number(app.store(), &scope, &number).await?;
            let found = found.ok_or_else(|| Error::invalid("customer", "unknown-customer"))?;
            Some(found.id.0)
        }
        None => None,
    };
    let subject = listing::some(&query.subject)
        .map(|id| uuid::Uuid::try_parse(&id).map_err(|_| Error::invalid("subject", "unknown-code")))
        .transpose()?;
    let filter = AuditFilter {
        from: listing::date("from", &query.from)?,
        to: listing::date("to", &query.to)?,
        actor: listing::some(&query.actor),
        action: listing::some(&query.action),
        subject_kind: listing::some(&query.subject_kind),
        subject,
        customer,
        after: listing::after(&query.after)?,
    };
    let page = store::list_audit_entries(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let work = app.store().begin(now).await?;
    let detail = serde_json::json!({ "rows": page.rows.len() });
    let entry = AuditEntry::new(actor, "audit.read", "audit", None);
    work.commit(entry.customer(customer).detail(detail)).await?;
    Ok(page)
}
