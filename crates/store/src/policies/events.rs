//! Reading events, and the claims they amount to.

use crate::sql::{Page, PageKey, Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::SensitiveText;
use domain::ids::{CustomerId, PolicyId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An event as it is shown.
#[derive(Clone, Debug, FromQueryResult)]
pub struct EventRow {
    /// Its id.
    pub id: Uuid,
    /// Its id in the system it came from.
    pub event_id: String,
    /// Its type.
    #[sea_orm(from_alias = "type")]
    pub kind: String,
    /// When it occurred, in milliseconds since 1970.
    pub occurred_at: i64,
    /// The day on which it occurred.
    pub occurred_on: NaiveDate,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Number of the customer.
    pub customer_no: Option<String>,
    /// Code of the salesperson.
    pub agent_code: Option<String>,
    /// Claim number.
    pub claim_no: Option<String>,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// How it was paid out.
    pub payout_method: Option<String>,
    /// Code of the servicing item.
    pub service_item_code: Option<String>,
    /// Who received it.
    pub payee_role: Option<String>,
    /// Handled in person.
    pub handled_in_person: Option<bool>,
    /// Who reported the loss.
    pub reporter_role: Option<String>,
    /// Place of loss.
    pub loss_region: Option<String>,
    /// Place of underwriting.
    pub underwriting_region: Option<String>,
    /// Adjuster.
    pub adjuster_code: Option<String>,
    /// How the claim ended.
    pub outcome: Option<String>,
    /// Day of payment.
    pub paid_on: Option<NaiveDate>,
    /// What was noted, sealed; see [`open_note`].
    pub note: Option<Vec<u8>>,
}

impl EventRow {
    /// When it occurred.
    pub fn at(&self) -> Instant {
        instant(self.occurred_at)
    }
}

/// What was noted of an event.
///
/// # Errors
/// When the sealed note was altered.
pub fn open_note(db: &impl Reads, event: &EventRow) -> Result<Option<SensitiveText>> {
    let note = event.note.as_ref();
    note.map(|sealed| db.keys().open("events.note", event.id, sealed))
        .transpose()
        .map(|note| note.map(SensitiveText::from_stored))
}

/// What to look for among events.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Of this policy.
    pub policy: Option<PolicyId>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// From this day.
    pub from: Option<NaiveDate>,
    /// Until this day.
    pub to: Option<NaiveDate>,
    /// Only what came from outside or stands for a change of status.
    pub from_outside: bool,
    /// The newest first; in the order in which they became known otherwise.
    pub newest_first: bool,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Events of policies and customers in sight.
///
/// # Errors
/// What the database says.
pub async fn list_events(
    db: &impl Reads,
    scope: &Scope,
    filter: &EventFilter,
    limit: u64,
) -> Result<Page<EventRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.event_id, e.type, e.occurred_at, e.occurred_on, p.policy_no, c.customer_no, a.agent_code, \
         e.claim_no, e.amount_fen, e.payout_method, e.service_item_code, e.payee_role, e.handled_in_person, \
         e.reporter_role, e.loss_region, e.underwriting_region, e.adjuster_code, e.outcome, e.paid_on, e.note \
         FROM events e LEFT JOIN policies p ON p.id = e.policy_id LEFT JOIN customers c ON c.id = e.customer_id \
         LEFT JOIN agents a ON a.id = e.agent_id",
    );
    select
        .scope(scope, "COALESCE(p.org_id, c.org_id, a.org_id)")
        .own(scope, "COALESCE(p.policyholder_id, e.customer_id)");
    if let Some(policy) = filter.policy {
        select.filter("e.policy_id = ?", params![policy.0]);
    }
    if let Some(customer) = filter.customer {
        select.filter("e.customer_id = ?", params![customer.0]);
    }
    if let Some(day) = filter.from {
        select.filter("e.occurred_on >= ?", params![day]);
    }
    if let Some(day) = filter.to {
        select.filter("e.occurred_on <= ?", params![day]);
    }
    if filter.from_outside {
        select.filter("e.source <> 'system'", Vec::new());
    }
    select.page_by_id("e.id", filter.newest_first, filter.after.as_ref(), limit);
    let rows: Vec<EventRow> = select.list(db).await?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}

/// A claim, put together from its events.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ClaimRow {
    /// Its number.
    pub claim_no: String,
    /// When the loss was reported.
    pub reported_on: Option<NaiveDate>,
    /// When it was registered.
    pub registered_on: Option<NaiveDate>,
    /// When it was settled.
    pub settled_on: Option<NaiveDate>,
    /// When it was paid.
    pub paid_on: Option<NaiveDate>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// Who reported it.
    pub reporter_role: Option<String>,
}

/// Claims of a policy that the caller may see.
///
/// # Errors
/// What the database says.
pub async fn list_claims(
    db: &impl Reads,
    scope: &Scope,
    policy: PolicyId,
) -> Result<Vec<ClaimRow>> {
    let mut select = Select::new(
        "SELECT k.claim_no, k.reported_on, k.registered_on, k.settled_on, k.paid_on, k.outcome, k.amount_fen, \
         k.reporter_role FROM claims k JOIN policies p ON p.id = k.policy_id",
    );
    select
        .scope(scope, "p.org_id")
        .own(scope, "p.policyholder_id")
        .filter("k.policy_id = ?", params![policy.0]);
    select.then("ORDER BY k.claim_no LIMIT 200", Vec::new());
    select.list(db).await
}
