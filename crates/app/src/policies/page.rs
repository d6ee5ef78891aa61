//! One policy: its facts and parties, the cooling-off clock, claims, and everything that happened.

use crate::customers::seen;
use crate::rules::BusinessCalendar;
use crate::{App, Error, Result, listing};
use domain::access::{Actor, Permission, Scope};
use domain::policies::{CoolingOff, CoolingOffState, Surrender};
use domain::time::{self, Instant};
use store::callbacks::{CallbackFilter, CallbackRow};
use store::customers::CustomerRow;
use store::obligations::{ObligationFilter, ObligationOrder, ObligationRow};
use store::policies::{self as rows, ClaimRow, EventFilter, EventRow, PolicyRow};
use store::tickets::{TicketFilter, TicketRow};
use store::timeline::{TimelineFilter, TimelineOf, TimelineRow};
use store::{Page, Store};

/// Rows of each short list.
const SHORT: u64 = 100;
/// Rows of a page of the timeline.
const TIMELINE_ROWS: u64 = 40;

/// The cooling-off clock of a policy, as its callback obligation dates it.
#[derive(Clone, Debug)]
pub struct CoolingOffClock {
    /// The obligation that explains the dates.
    pub obligation: String,
    /// The dates.
    pub dates: CoolingOff,
    /// Where the clock stands today.
    pub state: CoolingOffState,
    /// What a surrender applied for today would be.
    pub surrender_today: Surrender,
}

/// A policy with everything that belongs to it. Of each list the newest rows.
#[derive(Clone, Debug)]
pub struct PolicyPage {
    /// The policy with its parties and dates.
    pub policy: PolicyRow,
    /// The policyholder, when in sight.
    pub holder: Option<CustomerRow>,
    /// The cooling-off clock; nothing where no rule gives the policy one.
    pub clock: Option<CoolingOffClock>,
    /// Events, the newest first.
    pub events: Page<EventRow>,
    /// Claims.
    pub claims: Vec<ClaimRow>,
    /// What the company owes or owed.
    pub obligations: Page<ObligationRow>,
    /// Callbacks, in the order in which they were planned.
    pub callbacks: Page<CallbackRow>,
    /// Tickets.
    pub tickets: Page<TicketRow>,
    /// Everything that happened, the newest first.
    pub timeline: Page<TimelineRow>,
}

/// A policy in sight, by number. That someone looked is recorded.
///
/// # Errors
/// When the actor may not see policies; [`Error::NotFound`] when this one is not in sight.
pub async fn policy_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    policy_no: &str,
) -> Result<PolicyPage> {
    let scope = actor.scope(Permission::PoliciesRead)?;
    let db = app.store();
    let policy = find(db, &scope, policy_no).await?;
    let of = (policy.id.0, Some(policy.policyholder_id.0));
    crate::audit::seen(app, actor, now, ("policy.viewed", "policy"), of).await?;
    let holder = match seen(actor, Permission::CustomersRead) {
        Some(scope) => store::customers::find_customer(db, &scope, policy.policyholder_id).await?,
        None => None,
    };
    let events = EventFilter {
        policy: Some(policy.id),
        newest_first: true,
        ..Default::default()
    };
    let events = rows::list_events(db, &scope, &events, SHORT).await?;
    let obligations = match seen(actor, Permission::ObligationsRead) {
        Some(scope) => {
            let filter = ObligationFilter {
                policy: Some(policy.id),
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
                policy: Some(policy.id),
                ..Default::default()
            };
            store::callbacks::list_callbacks(db, &scope, &filter, SHORT).await?
        }
        None => Page::empty(),
    };
    let tickets = match seen(actor, Permission::TicketsRead) {
        Some(scope) => {
            let filter = TicketFilter {
                policy: Some(policy.id),
                ..Default::default()
            };
            store::tickets::list_tickets(db, &scope, &filter, SHORT).await?
        }
        None => Page::empty(),
    };
    Ok(PolicyPage {
        clock: clock(app, now, &policy, &events.rows, &obligations.rows),
        claims: rows::list_claims(db, &scope, policy.id).await?,
        timeline: timeline(db, &scope, &policy, "").await?,
        policy,
        holder,
        events,
        obligations,
        callbacks,
        tickets,
    })
}

/// A later page of the timeline of a policy in sight.
///
/// # Errors
/// When the actor may not see policies, this one is not in sight, or `after` cannot be read.
pub async fn policy_timeline(
    app: &App,
    actor: &Actor,
    policy_no: &str,
    after: &str,
) -> Result<Page<TimelineRow>> {
    let scope = actor.scope(Permission::PoliciesRead)?;
    let policy = find(app.store(), &scope, policy_no).await?;
    timeline(app.store(), &scope, &policy, after).await
}

async fn find(db: &Store, scope: &Scope, policy_no: &str) -> Result<PolicyRow> {
    rows::find_policy_by_number(db, scope, policy_no.trim())
        .await?
        .ok_or(Error::NotFound)
}

async fn timeline(
    db: &Store,
    scope: &Scope,
    policy: &PolicyRow,
    after: &str,
) -> Result<Page<TimelineRow>> {
    let of = TimelineOf::Policy(policy.id);
    let filter = TimelineFilter {
        after: listing::after(after)?,
        ..TimelineFilter::default()
    };
    Ok(store::timeline::list_timeline(db, scope, of, &filter, TIMELINE_ROWS).await?)
}

/// The clock as the first obligation dates it that gives the customer a right.
fn clock(
    app: &App,
    now: Instant,
    policy: &PolicyRow,
    events: &[EventRow],
    obligations: &[ObligationRow],
) -> Option<CoolingOffClock> {
    let today = time::date_in_china(now);
    let obligation = obligations
        .iter()
        .rev()
        .find(|o| o.right_end_on.is_some())?;
    let withdrawn = events.iter().find(|e| e.kind == "cooling_off_cancelled");
    let dates = CoolingOff {
        started_on: policy.ack_signed_on,
        company_due_on: obligation.due_on,
        right_end_raw_on: obligation.right_end_raw_on,
        right_end_on: obligation.right_end_on,
        withdrawn_on: withdrawn.map(|e| e.occurred_on),
        deemed_until_on: policy.deemed_until_on,
    };
    let rules = app.rules();
    let rolls = dates.right_end_on > dates.right_end_raw_on;
    let calendar = BusinessCalendar(rules.calendar());
    Some(CoolingOffClock {
        obligation: obligation.number.clone(),
        dates,
        state: dates.state(today),
        surrender_today: dates.surrender_on(today, rolls, &calendar),
    })
}
