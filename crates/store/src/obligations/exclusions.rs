//! Reading candidates that a rule excluded.

use crate::sql::{Page, PageKey, Select, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::PolicyId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A candidate that was excluded.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ExclusionRow {
    /// Its id.
    pub id: Uuid,
    /// Programme code.
    pub programme: String,
    /// Identity of the pack.
    pub pack: String,
    /// Type of the event.
    pub trigger_type: String,
    /// When.
    pub trigger_on: NaiveDate,
    /// The policy's number.
    pub policy_no: Option<String>,
    /// The customer's number.
    pub customer_no: String,
    /// The claim.
    pub claim_no: Option<String>,
    /// Code of the reason.
    pub reason_code: String,
}

/// What to look for among exclusions.
#[derive(Clone, Debug, Default)]
pub struct ExclusionFilter {
    /// Of this programme.
    pub programme: Option<String>,
    /// For this reason.
    pub reason: Option<String>,
    /// Of this policy.
    pub policy: Option<PolicyId>,
    /// Of this run.
    pub run: Option<Uuid>,
    /// Triggered from this day.
    pub trigger_from: Option<NaiveDate>,
    /// Triggered until this day.
    pub trigger_to: Option<NaiveDate>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Excluded candidates, in the order in which they were planned.
///
/// # Errors
/// What the database says.
pub async fn list_exclusions(
    db: &impl Reads,
    scope: &Scope,
    filter: &ExclusionFilter,
    limit: u64,
) -> Result<Page<ExclusionRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.programme, k.pack, e.trigger_type, e.trigger_on, p.policy_no, c.customer_no, e.claim_no, \
         e.reason_code FROM exclusions e JOIN customers c ON c.id = e.customer_id \
         JOIN rule_packs k ON k.id = e.pack_id LEFT JOIN policies p ON p.id = e.policy_id",
    );
    select.scope(scope, "e.org_id").own(scope, "e.customer_id");
    if let Some(programme) = &filter.programme {
        select.filter("e.programme = ?", params![programme.as_str()]);
    }
    if let Some(reason) = &filter.reason {
        select.filter("e.reason_code = ?", params![reason.as_str()]);
    }
    if let Some(policy) = filter.policy {
        select.filter("e.policy_id = ?", params![policy.0]);
    }
    if let Some(run) = filter.run {
        select.filter("e.run_id = ?", params![run]);
    }
    if let Some(day) = filter.trigger_from {
        select.filter("e.trigger_on >= ?", params![day]);
    }
    if let Some(day) = filter.trigger_to {
        select.filter("e.trigger_on <= ?", params![day]);
    }
    select.page_by_id("e.id", false, filter.after.as_ref(), limit);
    let rows: Vec<ExclusionRow> = select.list(db).await?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}
