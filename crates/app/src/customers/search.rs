//! Search by what people remember: a number, the last four digits, a name.

use super::page::seen;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::customers::SearchTerm;
use domain::numbers::NumberKind;
use domain::time::{self, Instant};
use store::callbacks::CallbackRow;
use store::customers::CustomerRow;
use store::obligations::ObligationRow;
use store::policies::PolicyRow;
use store::tickets::TicketRow;
use store::{AuditEntry, Reads};

/// Customers that a search shows; who gets more says more of whom they look for.
const FOUND_MAX: u64 = 50;

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct SearchResult {
    /// Customers.
    pub customers: Vec<CustomerRow>,
    /// More customers fit than are shown.
    pub more: bool,
    /// The policy of that number.
    pub policy: Option<PolicyRow>,
    /// The obligation of that number.
    pub obligation: Option<ObligationRow>,
    /// The callback of that number.
    pub callback: Option<CallbackRow>,
    /// The ticket of that number.
    pub ticket: Option<TicketRow>,
    /// What the term was taken for, as codes of [`SearchTerm`].
    pub read_as: Vec<&'static str>,
}

impl SearchResult {
    /// How many things were found.
    pub fn count(&self) -> usize {
        self.customers.len()
            + usize::from(self.policy.is_some())
            + usize::from(self.obligation.is_some())
            + usize::from(self.callback.is_some())
            + usize::from(self.ticket.is_some())
    }
}

/// Finds what a term means among everything in sight. That someone searched, by what kind of term
/// and how much was found is recorded; the term itself is not, because it may be personal.
///
/// # Errors
/// When the actor may not see customers, or the term is empty or too long.
pub async fn search(app: &App, actor: &Actor, now: Instant, term: &str) -> Result<SearchResult> {
    actor.demand(Permission::CustomersRead)?;
    let terms = SearchTerm::parse(term, time::date_in_china(now));
    if terms.is_empty() {
        return Err(Error::invalid("q", "search-term"));
    }
    let mut found = SearchResult {
        read_as: terms.iter().map(SearchTerm::as_str).collect(),
        ..Default::default()
    };
    for term in &terms {
        look_up(app.store(), actor, term, &mut found).await?;
    }
    let limit = usize::try_from(FOUND_MAX).unwrap_or(usize::MAX);
    found.more = found.customers.len() > limit;
    found.customers.truncate(limit);
    let detail = serde_json::json!({ "by": found.read_as, "found": found.count() });
    let work = app.store().begin(now).await?;
    let only = match found.customers.as_slice() {
        [customer] => Some(customer.id.0),
        _ => None,
    };
    let entry = AuditEntry::new(actor, "customer.searched", "customer", only);
    work.commit(entry.customer(only).detail(detail)).await?;
    Ok(found)
}

async fn look_up(
    db: &impl Reads,
    actor: &Actor,
    term: &SearchTerm,
    found: &mut SearchResult,
) -> Result<()> {
    if let SearchTerm::Number(number) = term {
        let text = number.to_string();
        match number.kind {
            NumberKind::Obligation => {
                if let Some(scope) = seen(actor, Permission::ObligationsRead) {
                    found.obligation =
                        store::obligations::find_obligation_by_number(db, &scope, &text).await?;
                }
            }
            NumberKind::Callback => {
                if let Some(scope) = seen(actor, Permission::CallbacksRead) {
                    found.callback =
                        store::callbacks::find_callback_by_number(db, &scope, &text).await?;
                }
            }
            NumberKind::Ticket => {
                if let Some(scope) = seen(actor, Permission::TicketsRead) {
                    found.ticket = store::tickets::find_ticket_by_number(db, &scope, &text).await?;
                }
            }
            NumberKind::Customer => {
                let scope = actor.scope(Permission::CustomersRead)?;
                let known = store::customers::find_customer_by_number(db, &scope, &text).await?;
                found.customers.extend(known);
            }
            // Pages of their own, found by their address.
            NumberKind::Visit
            | NumberKind::Campaign
            | NumberKind::Slip
            | NumberKind::Gathering
            | NumberKind::Survey
            | NumberKind::DataRequest
            | NumberKind::Letter
            | NumberKind::LegalHold
            | NumberKind::Destruction
            | NumberKind::Message
            | NumberKind::ProblemList => {}
        }
        return Ok(());
    }
    if let SearchTerm::Code(code) = term
        && let Some(scope) = seen(actor, Permission::PoliciesRead)
    {
        found.policy = store::policies::find_policy_by_number(db, &scope, code).await?;
    }
    let scope = actor.scope(Permission::CustomersRead)?;
    let customers = store::customers::search_customers(db, &scope, term, FOUND_MAX + 1).await?;
    for customer in customers {
        if !found.customers.iter().any(|c| c.id == customer.id) {
            found.customers.push(customer);
        }
    }
    Ok(())
}
