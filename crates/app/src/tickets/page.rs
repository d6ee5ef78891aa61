//! The list of tickets and one ticket.

use super::clock::{Clock, clocks};
use super::give::{Proposal, proposal};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::ids::TicketId;
use domain::ids::UserId;
use domain::numbers::Number;
use domain::tickets::{CaseKind, ProblemType, TicketState};
use domain::time::{self, Instant};
use store::callbacks::CallbackRow;
use store::policies::PolicyRow;
use store::recordings::RecordingRow;
use store::tickets::{self as rows, TicketCounts, TicketEntryRow, TicketFilter, TicketRow};
use store::{Page, PageKey};

/// Rows of a page.
const PAGE_ROWS: u64 = 50;
/// Counting stops here.
const COUNT_CAP: i64 = 9_999;

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct TicketQuery {
    /// `open`, `mine`, `unit`, `due`, `due_today`, `overdue`, `warned`, `escalated`, `to_issue`,
    /// `to_judge`, `declared`, `invalid` or `closed`; `open` when empty.
    pub view: String,
    /// Kind of case.
    pub kind: String,
    /// Type of problem.
    pub problem: String,
    /// Code of the unit.
    pub org: String,
    /// Start of the page.
    pub after: String,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct TicketList {
    /// The rows and where the next page begins.
    pub page: Page<TicketRow>,
    /// How many there are.
    pub count: i64,
    /// Whether counting stopped.
    pub count_is_capped: bool,
}

/// A ticket with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct TicketPage {
    /// The ticket.
    pub ticket: TicketRow,
    /// The callback that raised it.
    pub callback: Option<CallbackRow>,
    /// The policy.
    pub policy: Option<PolicyRow>,
    /// Evidence.
    pub evidence: Vec<RecordingRow>,
    /// History.
    pub entries: Vec<TicketEntryRow>,
    /// The periods that run, and why.
    pub clocks: Vec<Clock>,
    /// Whom the rules would give it to.
    pub proposal: Option<Proposal>,
}

/// Tickets of a filter.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_tickets(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &TicketQuery,
) -> Result<TicketList> {
    let scope = actor.scope(Permission::TicketsRead)?;
    let filter = filter(app, actor, &scope, now, query).await?;
    let page = rows::list_tickets(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_tickets(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok(TicketList {
        page,
        count: count.min(COUNT_CAP),
        count_is_capped: count > COUNT_CAP,
    })
}

/// A page of the tickets of a filter, as systems read it.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_of_tickets(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &TicketQuery,
    limit: u64,
) -> Result<Page<TicketRow>> {
    let scope = actor.scope(Permission::TicketsRead)?;
    let filter = filter(app, actor, &scope, now, query).await?;
    Ok(rows::list_tickets(app.store(), &scope, &filter, limit).await?)
}

/// Turns the text of a URL into a filter.
pub(crate) async fn filter(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    now: Instant,
    query: &TicketQuery,
) -> Result<TicketFilter> {
    let today = time::date_in_china(now);
    let mut filter = view(&query.view, actor, today)?;
    filter.ranks = crate::customers::queue_ranks(app, today);
    if !query.kind.is_empty() {
        filter.kind =
            Some(CaseKind::parse(&query.kind).map_err(|_| Error::invalid("kind", "unknown-code"))?);
    }
    if !query.problem.is_empty() {
        let problem = ProblemType::parse(&query.problem);
        filter.problem = Some(problem.map_err(|_| Error::invalid("problem", "unknown-code"))?);
    }
    if !query.org.is_empty() {
        let org = store::orgs::find_org_by_code(app.store(), &query.org).await?;
        let org = org
            .filter(|o| scope.covers(&o.path))
            .ok_or_else(|| Error::invalid("org", "unknown-org"))?;
        filter.org_path = Some(org.path.as_str().to_owned());
    }
    if !query.after.is_empty() {
        filter.after = Some(
            PageKey::decode(&query.after).ok_or_else(|| Error::invalid("after", "unknown-code"))?,
        );
    }
    Ok(filter)
}

/// A ticket in sight by its number, or by its id.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when it is not in sight.
pub async fn find_ticket(app: &App, actor: &Actor, key: &str) -> Result<TicketRow> {
    let scope = actor.scope(Permission::TicketsRead)?;
    let db = app.store();
    let found = match (Number::parse(key), uuid::Uuid::try_parse(key)) {
        (Some(number), _) => rows::find_ticket_by_number(db, &scope, &number.to_string()).await?,
        (None, Ok(id)) => rows::find_ticket(db, &scope, TicketId(id)).await?,
        (None, Err(_)) => None,
    };
    found.ok_or(Error::NotFound)
}

/// A ticket in sight. That someone looked is recorded.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn ticket_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: TicketId,
) -> Result<TicketPage> {
    let scope = actor.scope(Permission::TicketsRead)?;
    let db = app.store();
    let ticket = rows::find_ticket(db, &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    let of = (id.0, Some(ticket.customer_id.0));
    crate::audit::seen(app, actor, now, ("ticket.viewed", "ticket"), of).await?;
    let callback = match ticket.callback_id {
        Some(id) => store::callbacks::find_callback(db, &scope, id).await?,
        None => None,
    };
    let policy = match ticket.policy_id {
        Some(id) => store::policies::find_policy(db, &scope, id).await?,
        None => None,
    };
    let evidence = store::recordings::list_recordings(db, &scope, &[id.0]).await?;
    let entries = rows::list_ticket_entries(db, &scope, id).await?;
    Ok(TicketPage {
        callback,
        policy,
        evidence,
        entries,
        clocks: clocks(&app.rules(), &ticket),
        proposal: proposal(app, now, &ticket).await?,
        ticket,
    })
}

fn view(name: &str, actor: &Actor, today: chrono::NaiveDate) -> Result<TicketFilter> {
    let open = TicketFilter {
        open: Some(true),
        ..Default::default()
    };
    Ok(match name {
        "" | "open" => open,
        "mine" => TicketFilter {
            handler: actor.user(),
            ..open
        },
        "unit" => TicketFilter {
            unit: actor.org_id,
            ..open
        },
        "due" => TicketFilter {
            due_to: Some(today),
            ..open
        },
        "due_today" => TicketFilter {
            due_on: Some(today),
            ..open
        },
        "overdue" => TicketFilter {
            overdue_on: Some(today),
            ..open
        },
        "warned" => TicketFilter {
            warned_on: Some(today),
            ..open
        },
        "escalated" => TicketFilter {
            escalated: true,
            ..open
        },
        "to_issue" => TicketFilter {
            state: Some(TicketState::Open),
            ..open
        },
        "to_judge" => TicketFilter {
            state: Some(TicketState::FeedbackGiven),
            ..open
        },
        "declared" => TicketFilter {
            declared: true,
            ..open
        },
        "invalid" => TicketFilter {
            invalid: true,
            ..Default::default()
        },
        "closed" => TicketFilter {
            open: Some(false),
            ..Default::default()
        },
        _ => return Err(Error::invalid("view", "unknown-code")),
    })
}

/// Numbers of the tickets that a person sees.
///
/// # Errors
/// When the actor may not.
pub async fn count_tickets(app: &App, actor: &Actor, now: Instant) -> Result<TicketCounts> {
    let scope = actor.scope(Permission::TicketsRead)?;
    let user = actor.user().unwrap_or(UserId(uuid::Uuid::nil()));
    let today = time::date_in_china(now);
    Ok(rows::read_ticket_counts(app.store(), &scope, user, actor.org_id, today).await?)
}
