//! The audit log as people read it.

use super::{again, seen};
use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::time::Instant;
use store::audit::AuditRow;
use store::customers::CustomerRow;
use store::{AuditEntry, AuditFilter, Page};
use uuid::Uuid;

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
    /// Part of the purpose.
    pub purpose: String,
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
            let found = customer(app, &scope, &number).await?;
            let found = found.ok_or_else(|| Error::invalid("customer", "unknown-customer"))?;
            Some(found.id.0)
        }
        None => None,
    };
    let subject = listing::some(&query.subject)
        .map(|id| Uuid::try_parse(&id).map_err(|_| Error::invalid("subject", "unknown-code")))
        .transpose()?;
    let filter = AuditFilter {
        from: listing::date("from", &query.from)?,
        to: listing::date("to", &query.to)?,
        actor: listing::some(&query.actor),
        action: listing::some(&query.action),
        subject_kind: listing::some(&query.subject_kind),
        subject,
        customer,
        purpose: listing::some(&query.purpose),
        by_people: false,
        after: listing::after(&query.after)?,
    };
    let page = store::list_audit_entries(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let work = app.store().begin(now).await?;
    let detail = serde_json::json!({ "rows": page.rows.len() });
    let entry = AuditEntry::new(actor, "audit.read", "audit", None);
    work.commit(entry.customer(customer).detail(detail)).await?;
    Ok(page)
}

async fn customer(app: &App, scope: &Scope, number: &str) -> Result<Option<CustomerRow>> {
    let found = store::customers::find_customer_by_number(app.store(), scope, number.trim());
    Ok(found.await?)
}

/// One entry. That someone reads it is an entry too.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when it is not in sight.
pub async fn find_audit_entry(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
) -> Result<AuditRow> {
    let scope = actor.scope(Permission::AuditRead)?;
    let row = store::audit::find_audit_entry(app.store(), &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let what = ("audit.read", "audit");
    seen(app, actor, now, what, (id, row.customer)).await?;
    Ok(row)
}

/// Who saw, changed or took out the data of a customer in sight: what people, systems and the shell
/// did, the newest first.
///
/// # Errors
/// When the actor may not read the log, the customer is not in sight, or `after` cannot be read.
pub async fn list_accesses(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    after: &str,
) -> Result<(CustomerRow, Page<AuditRow>)> {
    accesses(app, actor, now, customer_no, (after, PAGE_ROWS)).await
}

/// A page of the accesses to a customer's data, as systems read it.
///
/// # Errors
/// As [`list_accesses`].
pub async fn page_of_accesses(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    (after, limit): (&str, u64),
) -> Result<Page<AuditRow>> {
    let (_, page) = accesses(app, actor, now, customer_no, (after, limit)).await?;
    Ok(page)
}

async fn accesses(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    (after, limit): (&str, u64),
) -> Result<(CustomerRow, Page<AuditRow>)> {
    let scope = actor.scope(Permission::AuditRead)?;
    let found = customer(app, &scope, customer_no).await?;
    let found = found.ok_or(Error::NotFound)?;
    let filter = AuditFilter {
        customer: Some(found.id.0),
        by_people: true,
        after: listing::after(after)?,
        ..Default::default()
    };
    let page = store::list_audit_entries(app.store(), &scope, &filter, limit).await?;
    let entry = AuditEntry::new(actor, "audit.read", "customer", found.id.0);
    again(app, now, entry.customer(found.id.0)).await?;
    Ok((found, page))
}
