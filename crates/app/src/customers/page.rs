//! One customer: masked facts, what the company owes, what was done, and everything that happened.

use super::overview::{Overview, overview};
use crate::{App, Error, Result, listing};
use domain::access::{Actor, Permission, Scope};
use domain::time::Instant;
use store::callbacks::{CallbackFilter, CallbackRow};
use store::customers::{self as rows, ContactRow, CustomerRow};
use store::obligations::{ObligationFilter, ObligationOrder, ObligationRow};
use store::policies::{PolicyFilter, PolicyRow};
use store::tickets::{TicketFilter, TicketRow};
use store::timeline::{TimelineFilter, TimelineGroup, TimelineOf, TimelineRow};
use store::{Page, Store};

/// Rows of each short list; groups hold thousands of policies, whose list is a page of its own.
const SHORT: u64 = 50;
/// Rows of a page of the timeline.
const TIMELINE_ROWS: u64 = 40;

/// A customer with everything that belongs to it. Of each list the newest rows.
#[derive(Clone, Debug)]
pub struct CustomerPage {
    /// The customer.
    pub customer: CustomerRow,
    /// The customer in a few figures.
    pub overview: Overview,
    /// Contact persons of a group.
    pub contacts: Vec<ContactRow>,
    /// Policies as policyholder or insured; `next` says that there are more.
    pub policies: Page<PolicyRow>,
    /// What the company owes or owed.
    pub obligations: Page<ObligationRow>,
    /// Callbacks, in the order in which they were planned.
    pub callbacks: Page<CallbackRow>,
    /// Tickets.
    pub tickets: Page<TicketRow>,
    /// Everything that happened, the newest first.
    pub timeline: Page<TimelineRow>,
}

/// A customer in sight, by number. That someone looked is recorded.
///
/// # Errors
/// When the actor may not see customers; [`Error::NotFound`] when this one is not in sight.
pub async fn customer_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
) -> Result<CustomerPage> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let db = app.store();
    let customer = find(app, &scope, customer_no).await?;
    let id = customer.id;
    note(app, actor, now, &customer).await?;
    let policy_filter = PolicyFilter {
        customer: Some(id),
        ..Default::default()
    };
    let policies = match seen(actor, Permission::PoliciesRead) {
        Some(scope) => store::policies::list_policies(db, &scope, &policy_filter, SHORT).await?,
        None => Page::empty(),
    };
    let obligations = match seen(actor, Permission::ObligationsRead) {
        Some(scope) => {
            let filter = ObligationFilter {
                customer: Some(id),
                order: ObligationOrder::Newest,
                ..Default::default()
            };
            store::obligations::list_obligations(db, &scope, &filter, SHORT).await?
        }
        None => Page::empty(),
    };
    let callbacks = match seen(actor, Permission::CallbacksRead) {
        Some(scope) => {
            let filter = CallbackFilter {
                customer: Some(id),
                ..Default::default()
            };
            store::callbacks::list_callbacks(db, &scope, &filter, SHORT).await?
        }
        None => Page::empty(),
    };
    let tickets = match seen(actor, Permission::TicketsRead) {
        Some(scope) => {
            let filter = TicketFilter {
                customer: Some(id),
                ..Default::default()
            };
            store::tickets::list_tickets(db, &scope, &filter, SHORT).await?
        }
        None => Page::empty(),
    };
    Ok(CustomerPage {
        contacts: rows::list_contacts(db, &scope, id).await?,
        timeline: timeline(db, &scope, &customer, &TimelineFilter::default()).await?,
        overview: overview(app, actor, now, &scope, id).await?,
        customer,
        policies,
        obligations,
        callbacks,
        tickets,
    })
}

/// A customer in sight with its contact persons, by number. That someone looked is recorded.
///
/// # Errors
/// When the actor may not see customers; [`Error::NotFound`] when this one is not in sight.
pub async fn customer_in_sight(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
) -> Result<(CustomerRow, Vec<ContactRow>)> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let customer = find(app, &scope, customer_no).await?;
    note(app, actor, now, &customer).await?;
    let contacts = rows::list_contacts(app.store(), &scope, customer.id).await?;
    Ok((customer, contacts))
}

/// Records that somebody looked at a customer.
pub(crate) async fn note(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer: &CustomerRow,
) -> Result<()> {
    let id = customer.id.0;
    let what = ("customer.viewed", "customer");
    crate::audit::seen(app, actor, now, what, (id, Some(id))).await
}

/// What of a timeline is wanted, as text; an empty filter does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineQuery {
    /// Code of a [`TimelineGroup`].
    pub group: String,
    /// From this day.
    pub from: String,
    /// Until this day.
    pub to: String,
    /// Only what the reader did.
    pub mine: bool,
    /// Start of the page.
    pub after: String,
}

impl TimelineQuery {
    fn filter(&self, actor: &Actor) -> Result<TimelineFilter> {
        let group = match self.group.as_str() {
            "" => None,
            code => {
                let known = TimelineGroup::parse(code);
                Some(known.ok_or_else(|| Error::invalid("group", "unknown-code"))?)
            }
        };
        Ok(TimelineFilter {
            group,
            from: listing::date("from", &self.from)?,
            to: listing::date("to", &self.to)?,
            by: self.mine.then(|| actor.name.clone()),
            after: listing::after(&self.after)?,
        })
    }
}

/// A page of the timeline of a customer in sight, as far as a query wants it.
///
/// # Errors
/// When the actor may not see customers, this one is not in sight, or the query cannot be read.
pub async fn customer_timeline(
    app: &App,
    actor: &Actor,
    customer_no: &str,
    query: &TimelineQuery,
) -> Result<Page<TimelineRow>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let customer = find(app, &scope, customer_no).await?;
    timeline(app.store(), &scope, &customer, &query.filter(actor)?).await
}

async fn timeline(
    db: &Store,
    scope: &Scope,
    customer: &CustomerRow,
    filter: &TimelineFilter,
) -> Result<Page<TimelineRow>> {
    let of = TimelineOf::Customer(customer.id);
    Ok(store::timeline::list_timeline(db, scope, of, filter, TIMELINE_ROWS).await?)
}

/// The rows that a right shows; nothing without the right.
pub(crate) fn seen(actor: &Actor, permission: Permission) -> Option<Scope> {
    actor.scope(permission).ok()
}

/// A customer in sight; for one out of sight the answer is the same as for one who does not exist.
pub(crate) async fn find(app: &App, scope: &Scope, customer_no: &str) -> Result<CustomerRow> {
    rows::find_customer_by_number(app.store(), scope, customer_no.trim())
        .await?
        .ok_or(Error::NotFound)
}
