//! What stands above everything else on the page of a customer: a few figures, and the last of what was
//! said between the customer and the company.

use super::page::seen;
use crate::{App, Result};
use chrono::{Months, NaiveDate};
use domain::access::{Actor, Permission, Scope};
use domain::ids::CustomerId;
use domain::time::{self, Instant};
use store::audit::{AuditFilter, AuditRow};
use store::customers::{self as rows, DutySums, FeedbackRow, PayoutSums, PolicySums};
use store::messaging::{ConsentRow, MessageFilter, MessageRow};

/// Messages, surveys and accesses that are shown; the whole lists have pages of their own.
const LAST: u64 = 5;
/// Money is summed over as many months up to today.
const MONTHS: Months = Months::new(12);

/// A customer in a few figures. What the reader may not see is missing.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Policies.
    pub policies: Option<PolicySums>,
    /// Money that went out, by kind.
    pub payouts: Vec<PayoutSums>,
    /// Since when the second sum of each kind of payout is counted.
    pub since: Option<NaiveDate>,
    /// What is owed.
    pub duties: Option<DutySums>,
    /// Open tickets.
    pub open_cases: Option<i64>,
    /// When the company last turned to the customer.
    pub last_contact_at: Option<Instant>,
    /// The last messages.
    pub messages: Vec<MessageRow>,
    /// What the customer said about being contacted, the newest first.
    pub consents: Vec<ConsentRow>,
    /// Surveys answered under the own name.
    pub feedback: Vec<FeedbackRow>,
    /// Who looked last; only for those who read the log.
    pub accesses: Vec<AuditRow>,
}

impl Overview {
    /// Money that went out since [`Self::since`], in fen.
    pub fn paid_out_fen(&self) -> i64 {
        self.payouts.iter().map(|p| p.since_fen).sum()
    }
}

pub(super) async fn overview(
    app: &App,
    actor: &Actor,
    now: Instant,
    scope: &Scope,
    id: CustomerId,
) -> Result<Overview> {
    let db = app.store();
    let since = time::date_in_china(now) - MONTHS;
    let mut found = Overview {
        since: Some(since),
        feedback: rows::list_feedback(db, scope, id, LAST).await?,
        ..Overview::default()
    };
    if let Some(scope) = seen(actor, Permission::PoliciesRead) {
        found.policies = Some(rows::find_policy_sums(db, &scope, id).await?);
        found.payouts = rows::list_payout_sums(db, &scope, id, since).await?;
    }
    if let Some(scope) = seen(actor, Permission::ObligationsRead) {
        found.duties = Some(rows::find_duty_sums(db, &scope, id).await?);
    }
    if let Some(scope) = seen(actor, Permission::TicketsRead) {
        found.open_cases = Some(rows::count_open_cases(db, &scope, id).await?);
    }
    if let Some(scope) = seen(actor, Permission::CallbacksRead) {
        found.last_contact_at = rows::find_last_attempt(db, &scope, id).await?;
    }
    if let Some(scope) = seen(actor, Permission::MessagesRead) {
        let sent_at = rows::find_last_message(db, &scope, id).await?;
        found.last_contact_at = found.last_contact_at.max(sent_at);
        let filter = MessageFilter {
            customer: Some(id),
            ..MessageFilter::default()
        };
        let page = store::messaging::list_messages(db, &scope, &filter, LAST).await?;
        found.messages = page.rows;
        found.consents = store::messaging::list_consents(db, &scope, id).await?;
        found
            .consents
            .truncate(usize::try_from(LAST).unwrap_or(usize::MAX));
    }
    if let Some(scope) = seen(actor, Permission::AuditRead) {
        let filter = AuditFilter {
            customer: Some(id.0),
            by_people: true,
            ..AuditFilter::default()
        };
        let page = store::audit::list_audit_entries(db, &scope, &filter, LAST).await?;
        found.accesses = page.rows;
    }
    Ok(found)
}
