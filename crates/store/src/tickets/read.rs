//! Reading tickets.

use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::{OrgPath, Scope};
use domain::ids::{AgentId, CallbackId, CustomerId, PolicyId, TicketId, UserId};
use domain::tickets::{CaseKind, ProblemType, TicketState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A ticket as it is shown.
#[derive(Clone, Debug)]
pub struct TicketRow {
    /// Its id.
    pub id: TicketId,
    /// Its number.
    pub number: String,
    /// The callback that raised it.
    pub callback_id: CallbackId,
    /// Number of the callback.
    pub callback_number: String,
    /// The customer.
    pub customer_id: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer, masked.
    pub customer_name: String,
    /// The policy.
    pub policy_id: Option<PolicyId>,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Channel of the policy as a code.
    pub channel: Option<String>,
    /// The unit.
    pub org_id: Uuid,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// Programme code.
    pub programme: String,
    /// Kind of case.
    pub kind: CaseKind,
    /// Type of problem.
    pub problem: ProblemType,
    /// The item of the questionnaire that raised it.
    pub item: Option<String>,
    /// What was found, in words.
    pub finding: Option<String>,
    /// Where it stands.
    pub state: TicketState,
    /// The salesperson of the policy.
    pub salesperson: Option<AgentId>,
    /// Name of who opened it.
    pub opened_by: String,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it was issued.
    pub issued_at: Option<Instant>,
    /// When it is due.
    pub due_on: Option<NaiveDate>,
    /// Who handles it.
    pub handler_id: Option<UserId>,
    /// Name of who handles it.
    pub handler_name: Option<String>,
    /// What was reported.
    pub feedback: Option<String>,
    /// Who reported it.
    pub feedback_by: Option<UserId>,
    /// When it was reported.
    pub feedback_at: Option<Instant>,
    /// How often feedback was judged invalid.
    pub invalid_feedbacks: i64,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Why it was closed without a second callback.
    pub close_reason: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

impl TicketRow {
    /// Whether the case only follows its callback and ends with it: the number is being verified, or
    /// the branch has taken over. What an answer raised stands for itself.
    pub fn follows_callback(&self) -> bool {
        self.item.is_none() && matches!(self.kind, CaseKind::Failed | CaseKind::Verification)
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    callback_id: Uuid,
    callback_number: String,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    policy_id: Option<Uuid>,
    policy_no: Option<String>,
    channel: Option<String>,
    org_id: Uuid,
    org_code: String,
    org_name: String,
    org_path: String,
    programme: String,
    kind: String,
    problem: String,
    item: Option<String>,
    finding: Option<Vec<u8>>,
    state: String,
    salesperson_id: Option<Uuid>,
    opened_by: String,
    opened_at: i64,
    issued_at: Option<i64>,
    due_on: Option<NaiveDate>,
    handler_id: Option<Uuid>,
    handler_name: Option<String>,
    feedback: Option<Vec<u8>>,
    feedback_by: Option<Uuid>,
    feedback_at: Option<i64>,
    invalid_feedbacks: i64,
    closed_at: Option<i64>,
    close_reason: Option<String>,
    version: i64,
}

const SELECT: &str = "SELECT t.id, t.number, t.callback_id, b.number AS callback_number, t.customer_id, c.customer_no, \
     c.kind AS customer_kind, c.name AS customer_name, t.policy_id, p.policy_no, p.channel, t.org_id, o.org_code, \
     o.name AS org_name, o.path AS org_path, t.programme, t.kind, t.type AS problem, t.item, t.finding, t.state, \
     t.salesperson_id, t.opened_by, t.opened_at, t.issued_at, t.due_on, t.handler_id, u.display_name AS handler_name, \
     t.feedback, t.feedback_by, t.feedback_at, t.invalid_feedbacks, t.closed_at, t.close_reason, t.version \
     FROM tickets t JOIN callbacks b ON b.id = t.callback_id JOIN customers c ON c.id = t.customer_id \
     JOIN orgs o ON o.id = t.org_id LEFT JOIN policies p ON p.id = t.policy_id \
     LEFT JOIN users u ON u.id = t.handler_id";

fn tickets(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<TicketRow>> {
    let keys = db.keys();
    let open = |column: &str, id: Uuid, sealed: Option<Vec<u8>>| {
        sealed
            .map(|s| keys.open(&format!("tickets.{column}"), id, &s))
            .transpose()
    };
    rows.into_iter()
        .map(|r| {
            Ok(TicketRow {
                customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
                kind: CaseKind::parse(&r.kind)?,
                problem: ProblemType::parse(&r.problem)?,
                state: TicketState::parse(&r.state)?,
                finding: open("finding", r.id, r.finding)?,
                feedback: open("feedback", r.id, r.feedback)?,
                id: TicketId(r.id),
                number: r.number,
                callback_id: CallbackId(r.callback_id),
                callback_number: r.callback_number,
                customer_id: CustomerId(r.customer_id),
                customer_no: r.customer_no,
                policy_id: r.policy_id.map(PolicyId),
                policy_no: r.policy_no,
                channel: r.channel,
                org_id: r.org_id,
                org_code: r.org_code,
                org_name: r.org_name,
                org_path: OrgPath::from_stored(r.org_path),
                programme: r.programme,
                item: r.item,
                salesperson: r.salesperson_id.map(AgentId),
                opened_by: r.opened_by,
                opened_at: instant(r.opened_at),
                issued_at: r.issued_at.map(instant),
                due_on: r.due_on,
                handler_id: r.handler_id.map(UserId),
                handler_name: r.handler_name,
                feedback_by: r.feedback_by.map(UserId),
                feedback_at: r.feedback_at.map(instant),
                invalid_feedbacks: r.invalid_feedbacks,
                closed_at: r.closed_at.map(instant),
                close_reason: r.close_reason,
                version: r.version,
            })
        })
        .collect()
}

/// What to look for among tickets.
#[derive(Clone, Debug, Default)]
pub struct TicketFilter {
    /// Open or closed; both when missing.
    pub open: Option<bool>,
    /// In this state.
    pub state: Option<TicketState>,
    /// Of this kind.
    pub kind: Option<CaseKind>,
    /// Of this type.
    pub problem: Option<ProblemType>,
    /// Handled by this person.
    pub handler: Option<UserId>,
    /// Due until this day.
    pub due_to: Option<NaiveDate>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Of this policy.
    pub policy: Option<PolicyId>,
    /// Opened from this day.
    pub opened_from: Option<NaiveDate>,
    /// Opened until this day.
    pub opened_to: Option<NaiveDate>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Tickets of the units in sight; callers see those that their own calls raised, and those they handle.
fn in_sight(select: &mut Select, scope: &Scope) {
    select.scope(scope, "t.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter(
            "(t.handler_id = ? OR t.callback_id IN (SELECT id FROM callbacks WHERE assignee_id = ?))",
            params![user.0, user.0],
        );
    }
}

pub(super) fn filtered(select: &str, scope: &Scope, filter: &TicketFilter) -> Select {
    let mut select = Select::new(select);
    in_sight(&mut select, scope);
    if let Some(open) = filter.open {
        select.filter("t.is_open = ?", params![open]);
    }
    let codes = [
        ("t.state = ?", filter.state.map(TicketState::as_str)),
        ("t.kind = ?", filter.kind.map(CaseKind::as_str)),
        ("t.type = ?", filter.problem.map(ProblemType::as_str)),
    ];
    for (condition, code) in codes {
        if let Some(code) = code {
            select.filter(condition, params![code]);
        }
    }
    if let Some(handler) = filter.handler {
        select.filter("t.handler_id = ?", params![handler.0]);
    }
    if let Some(day) = filter.due_to {
        select.filter("t.due_on <= ?", params![day]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "t.org_id");
    }
    if let Some(customer) = filter.customer {
        select.filter("t.customer_id = ?", params![customer.0]);
    }
    if let Some(policy) = filter.policy {
        // Through the obligations, which have an index by policy.
        select.filter(
            "t.callback_id IN (SELECT k.id FROM callbacks k JOIN obligations g ON g.id = k.obligation_id \
             WHERE g.policy_id = ?)",
            params![policy.0],
        );
    }
    let at =
        |day: NaiveDate| crate::sql::millis(domain::time::at_in_china(day, chrono::NaiveTime::MIN));
    if let Some(day) = filter.opened_from {
        select.filter("t.opened_at >= ?", params![at(day)]);
    }
    if let Some(day) = filter.opened_to.and_then(|d| d.succ_opt()) {
        select.filter("t.opened_at < ?", params![at(day)]);
    }
    select
}

/// Tickets in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_tickets(
    db: &impl Reads,
    scope: &Scope,
    filter: &TicketFilter,
    limit: u64,
) -> Result<Page<TicketRow>> {
    let mut select = filtered(SELECT, scope, filter);
    if let Some(after) = &filter.after {
        select.filter("t.id < ?", params![after.id]);
    }
    select.then(
        "ORDER BY t.id DESC LIMIT ?",
        params![i64::try_from(limit + 1).unwrap_or(i64::MAX)],
    );
    let rows = tickets(db, select.list(db).await?)?;
    let key = |r: &TicketRow| PageKey {
        sort: String::new(),
        id: r.id.0,
    };
    Ok(Page::cut(
        rows,
        usize::try_from(limit).unwrap_or(usize::MAX),
        key,
    ))
}

/// How many tickets a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_tickets(
    db: &impl Reads,
    scope: &Scope,
    filter: &TicketFilter,
    cap: i64,
) -> Result<i64> {
    let mut select = filtered(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM tickets t",
        scope,
        filter,
    );
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// Tickets of a callback in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_tickets_of_callback(
    db: &impl Reads,
    scope: &Scope,
    callback: CallbackId,
) -> Result<Vec<TicketRow>> {
    let mut select = filtered(SELECT, scope, &TicketFilter::default());
    select.filter("t.callback_id = ?", params![callback.0]);
    select.then("ORDER BY t.id LIMIT 100", Vec::new());
    tickets(db, select.list(db).await?)
}

/// A ticket in sight.
///
/// # Errors
/// What the database says.
pub async fn find_ticket(
    db: &impl Reads,
    scope: &Scope,
    id: TicketId,
) -> Result<Option<TicketRow>> {
    let mut select = filtered(SELECT, scope, &TicketFilter::default());
    select.filter("t.id = ?", params![id.0]);
    Ok(tickets(db, select.list(db).await?)?.pop())
}

/// A ticket in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_ticket_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<TicketRow>> {
    let mut select = filtered(SELECT, scope, &TicketFilter::default());
    select.filter("t.number = ?", params![number]);
    Ok(tickets(db, select.list(db).await?)?.pop())
}

/// Numbers of tickets for the workbench.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TicketCounts {
    /// Open.
    pub open: i64,
    /// Due today or before.
    pub due: i64,
    /// Not yet given to anyone.
    pub to_issue: i64,
    /// Feedback to be judged.
    pub to_judge: i64,
    /// Handled by the person.
    pub mine: i64,
}

/// Numbers of tickets over what a person sees.
///
/// # Errors
/// What the database says.
pub async fn read_ticket_counts(
    db: &impl Reads,
    scope: &Scope,
    user: UserId,
    today: NaiveDate,
) -> Result<TicketCounts> {
    let open = TicketFilter {
        open: Some(true),
        ..Default::default()
    };
    let cap = 9_999;
    let state = |state| TicketFilter {
        state: Some(state),
        ..open.clone()
    };
    Ok(TicketCounts {
        open: count_tickets(db, scope, &open, cap).await?,
        due: count_tickets(
            db,
            scope,
            &TicketFilter {
                due_to: Some(today),
                ..open.clone()
            },
            cap,
        )
        .await?,
        to_issue: count_tickets(db, scope, &state(TicketState::Open), cap).await?,
        to_judge: count_tickets(db, scope, &state(TicketState::FeedbackGiven), cap).await?,
        mine: count_tickets(
            db,
            scope,
            &TicketFilter {
                handler: Some(user),
                ..open.clone()
            },
            cap,
        )
        .await?,
    })
}

/// A line of a ticket's history.
#[derive(Clone, Debug)]
pub struct TicketEntryRow {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor_name: String,
    /// What.
    pub step: String,
    /// State before.
    pub from_state: String,
    /// State after.
    pub to_state: String,
    /// What was noted.
    pub note: Option<String>,
}

#[derive(FromQueryResult)]
struct EntryDbRow {
    id: Uuid,
    at: i64,
    actor_name: String,
    step: String,
    from_state: String,
    to_state: String,
    note: Option<Vec<u8>>,
}

/// The history of a ticket in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_ticket_entries(
    db: &impl Reads,
    scope: &Scope,
    ticket: TicketId,
) -> Result<Vec<TicketEntryRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.at, e.actor_name, e.step, e.from_state, e.to_state, e.note FROM ticket_entries e \
         JOIN tickets t ON t.id = e.ticket_id",
    );
    in_sight(&mut select, scope);
    select.filter("e.ticket_id = ?", params![ticket.0]);
    select.then("ORDER BY e.id LIMIT 500", Vec::new());
    let keys = db.keys();
    let rows: Vec<EntryDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(TicketEntryRow {
                note: r
                    .note
                    .map(|n| keys.open("ticket_entries.note", r.id, &n))
                    .transpose()?,
                at: instant(r.at),
                actor_name: r.actor_name,
                step: r.step,
                from_state: r.from_state,
                to_state: r.to_state,
            })
        })
        .collect()
}
