//! What to look for among tickets, always inside a scope.

use crate::customers::QueueRanks;
use crate::sql::{PageKey, Select, params};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CustomerId, OrgId, PolicyId, UserId};
use domain::tickets::{CaseKind, ProblemType, TicketState};

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
    /// Of this very unit.
    pub unit: Option<OrgId>,
    /// Not processed, or by law not solved, when its time is over on this day.
    pub overdue_on: Option<NaiveDate>,
    /// Not processed and due on this very day.
    pub due_on: Option<NaiveDate>,
    /// Not processed, and to be warned of on this day.
    pub warned_on: Option<NaiveDate>,
    /// Escalated and still open.
    pub escalated: bool,
    /// Special circumstances wait for a decision.
    pub declared: bool,
    /// Feedback was judged invalid at least once.
    pub invalid: bool,
    /// Who goes first among what is open.
    pub ranks: QueueRanks,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Tickets of the units in sight; callers and visitors see those that
/// their own work raised, and those they handle.
pub(super) fn in_sight(select: &mut Select, scope: &Scope) {
    select.scope(scope, "t.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter(
            "(t.handler_id = ? OR t.callback_id IN (SELECT id FROM callbacks WHERE assignee_id = ?) \
             OR t.visit_id IN (SELECT id FROM visits WHERE visitor_id = ?))",
            params![user.0, user.0, user.0],
        );
    }
}

/// Nothing has been done about it.
pub(super) const UNPROCESSED: &str = "t.state IN ('open', 'issued', 'in_progress', 'extended', 'invalid_feedback', \
     'transferred', 'contact_being_checked', 'branch_assigned')";

/// Its time is over on a day that stands for both places.
pub(super) const OVERDUE: &str =
    "t.is_open AND ((t.due_on < ? AND {unprocessed}) OR t.law_due_on < ?)";

fn pressing(select: &mut Select, filter: &TicketFilter) {
    if let Some(unit) = filter.unit {
        select.filter("t.org_id = ?", params![unit.0]);
    }
    if let Some(day) = filter.overdue_on {
        let overdue = OVERDUE.replace("{unprocessed}", UNPROCESSED);
        select.filter(&overdue, params![day, day]);
    }
    if let Some(day) = filter.due_on {
        select.filter(UNPROCESSED, Vec::new());
        select.filter("t.due_on = ?", params![day]);
    }
    if let Some(day) = filter.warned_on {
        select.filter(UNPROCESSED, Vec::new());
        select.filter("t.warn_on <= ? AND t.due_on >= ?", params![day, day]);
    }
    let flags = [
        (filter.escalated, "t.escalated_at IS NOT NULL"),
        (filter.declared, "t.declared_until IS NOT NULL"),
        (filter.invalid, "t.invalid_feedbacks > 0"),
    ];
    for (wanted, condition) in flags {
        if wanted {
            select.filter(condition, Vec::new());
        }
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
    pressing(&mut select, filter);
    if let Some(path) = &filter.org_path {
        select.under(path, "t.org_id");
    }
    if let Some(customer) = filter.customer {
        select.filter("t.customer_id = ?", params![customer.0]);
    }
    if let Some(policy) = filter.policy {
        select.filter("t.policy_id = ?", params![policy.0]);
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
