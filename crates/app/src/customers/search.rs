//! Search by what people remember: a number, the last four digits, a name.

use super::page::seen;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::customers::{Likeness, NameQuery, SearchTerm};
use domain::numbers::NumberKind;
use domain::time::{self, Instant};
use store::callbacks::CallbackRow;
use store::customers::{Candidate, CustomerRow, list_by_keys, list_by_shorter_names};
use store::obligations::ObligationRow;
use store::policies::PolicyRow;
use store::tickets::TicketRow;
use store::{AuditEntry, Reads};

/// Customers that a search shows; who gets more says more of whom they look for.
const FOUND_MAX: u64 = 50;

/// Candidates of one look-up of names that are compared with what was typed.
const CANDIDATES_MAX: u64 = 100;
/// Customers that are suggested while somebody types.
const SUGGESTED_MAX: u64 = 8;

/// A customer, and why it was found.
#[derive(Clone, Debug)]
pub struct FoundCustomer {
    /// The customer.
    pub row: CustomerRow,
    /// Code of the reason: of a [`SearchTerm`], or of a [`Likeness`] of the name.
    pub why: &'static str,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct SearchResult {
    /// Customers, who fits best first.
    pub customers: Vec<FoundCustomer>,
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
    search_up_to(app, actor, now, term, FOUND_MAX).await
}

/// The first of what [`search`] finds, for who is still typing.
///
/// # Errors
/// As [`search`].
pub async fn suggest(app: &App, actor: &Actor, now: Instant, term: &str) -> Result<SearchResult> {
    search_up_to(app, actor, now, term, SUGGESTED_MAX).await
}

async fn search_up_to(
    app: &App,
    actor: &Actor,
    now: Instant,
    term: &str,
    limit: u64,
) -> Result<SearchResult> {
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
        look_up(app.store(), actor, term, limit, &mut found).await?;
    }
    if terms.iter().any(|t| matches!(t, SearchTerm::Name(_)))
        && found.customers.len() as u64 <= limit
    {
        look_alike(app.store(), actor, term, limit, &mut found).await?;
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    found.more |= found.customers.len() > limit;
    found.customers.truncate(limit);
    let detail = serde_json::json!({ "by": found.read_as, "found": found.count() });
    let work = app.store().begin(now).await?;
    let only = match found.customers.as_slice() {
        [customer] => Some(customer.row.id.0),
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
    limit: u64,
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
                let why = term.as_str();
                found
                    .customers
                    .extend(known.map(|row| FoundCustomer { row, why }));
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
    let customers = store::customers::search_customers(db, &scope, term, limit + 1).await?;
    for row in customers {
        if !found.customers.iter().any(|c| c.row.id == row.id) {
            let why = term.as_str();
            found.customers.push(FoundCustomer { row, why });
        }
    }
    Ok(())
}

/// Customers whose names are like what was typed, beside those who bear it. Keys find candidates, tier
/// by tier until there are enough; the names themselves decide.
async fn look_alike(
    db: &impl Reads,
    actor: &Actor,
    typed: &str,
    limit: u64,
    found: &mut SearchResult,
) -> Result<()> {
    let Some(query) = NameQuery::parse(typed) else {
        return Ok(());
    };
    let scope = actor.scope(Permission::CustomersRead)?;
    let mut like: Vec<(Likeness, Candidate)> = Vec::new();
    let mut take = |candidates: Vec<Candidate>, like: &mut Vec<(Likeness, Candidate)>| {
        found.more |= candidates.len() as u64 >= CANDIDATES_MAX;
        for candidate in candidates {
            let is_known = found.customers.iter().any(|c| c.row.id == candidate.id)
                || like.iter().any(|(_, c)| c.id == candidate.id);
            if let Some(likeness) = candidate.likeness.filter(|_| !is_known) {
                like.push((likeness, candidate));
            }
        }
    };
    for tier in query.tiers() {
        take(
            list_by_keys(db, &scope, &tier, Some(&query), CANDIDATES_MAX).await?,
            &mut like,
        );
        if like.len() as u64 > limit {
            break;
        }
    }
    if like.len() as u64 <= limit {
        let shorter = list_by_shorter_names(db, &scope, &query, CANDIDATES_MAX).await?;
        take(shorter, &mut like);
    }
    // Of those who fit alike, the newest first.
    like.sort_by_key(|(likeness, c)| (*likeness, std::cmp::Reverse(c.id)));
    let room = usize::try_from(limit + 1).unwrap_or(usize::MAX);
    like.truncate(room.saturating_sub(found.customers.len()));
    let ids: Vec<_> = like.iter().map(|(_, c)| c.id).collect();
    let mut rows = store::customers::list_customers_by_id(db, &scope, &ids).await?;
    for (likeness, candidate) in like {
        if let Some(at) = rows.iter().position(|r| r.id == candidate.id) {
            let row = rows.swap_remove(at);
            let why = likeness.as_str();
            found.customers.push(FoundCustomer { row, why });
        }
    }
    Ok(())
}
