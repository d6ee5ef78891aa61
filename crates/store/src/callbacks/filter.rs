//! What to look for among callbacks, always inside a scope.

use crate::customers::QueueRanks;
use crate::sql::{PageKey, Select, millis, params};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::callbacks::CallbackState;
use domain::ids::{AgentId, CustomerId, PolicyId, UserId};

/// What to look for among callbacks.
#[derive(Clone, Debug, Default)]
pub struct CallbackFilter {
    /// Open or closed; both when missing.
    pub open: Option<bool>,
    /// In one of these states.
    pub states: Vec<CallbackState>,
    /// Of this programme.
    pub programme: Option<String>,
    /// On this person's list.
    pub assignee: Option<UserId>,
    /// On nobody's list.
    pub unassigned: bool,
    /// May be called: the earliest day is this day or before.
    pub ready_on: Option<NaiveDate>,
    /// Due from this day.
    pub due_from: Option<NaiveDate>,
    /// Due until this day.
    pub due_to: Option<NaiveDate>,
    /// Without a due date: the receipt is missing.
    pub without_due: bool,
    /// Planned on this day.
    pub planned_on: Option<NaiveDate>,
    /// Without a day in the plan.
    pub unplanned: bool,
    /// Of customers served in this language.
    pub language: Option<String>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// Completed from this day.
    pub completed_from: Option<NaiveDate>,
    /// Completed until this day.
    pub completed_to: Option<NaiveDate>,
    /// With this timing.
    pub timing: Option<String>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Of this policy.
    pub policy: Option<PolicyId>,
    /// Of policies that this salesperson sold or serves.
    pub agent: Option<AgentId>,
    /// Who goes first among what is due on the same day.
    pub ranks: QueueRanks,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

pub(super) fn filtered(select: &str, scope: &Scope, filter: &CallbackFilter) -> Select {
    let mut select = Select::new(select);
    select.scope(scope, "b.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter("b.assignee_id = ?", params![user.0]);
    }
    if let Some(open) = filter.open {
        select.filter("b.is_open = ?", params![open]);
    }
    if !filter.states.is_empty() {
        select.filter_in(
            "b.state",
            filter.states.iter().map(|s| s.as_str().into()).collect(),
        );
    }
    let codes = [
        ("b.programme = ?", &filter.programme),
        ("b.language = ?", &filter.language),
        ("b.timing = ?", &filter.timing),
    ];
    for (condition, code) in codes {
        if let Some(code) = code {
            select.filter(condition, params![code.as_str()]);
        }
    }
    if let Some(user) = filter.assignee {
        select.filter("b.assignee_id = ?", params![user.0]);
    }
    if filter.unassigned {
        select.filter("b.assignee_id IS NULL", Vec::new());
    }
    between(&mut select, filter);
    if let Some(day) = filter.planned_on {
        select.filter("b.planned_on = ?", params![day]);
    }
    if filter.unplanned {
        select.filter("b.planned_on IS NULL", Vec::new());
    }
    if filter.without_due {
        select.filter("b.due_on IS NULL", Vec::new());
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "b.org_id");
    }
    if let Some(customer) = filter.customer {
        select.filter("b.customer_id = ?", params![customer.0]);
    }
    if let Some(agent) = filter.agent {
        select.filter(
            "b.policy_id IN (SELECT id FROM policies WHERE agent_id = ?)",
            params![agent.0],
        );
    }
    if let Some(policy) = filter.policy {
        // Through the obligations, which have an index by policy.
        select.filter(
            "b.obligation_id IN (SELECT id FROM obligations WHERE policy_id = ?)",
            params![policy.0],
        );
    }
    select
}

/// Adds the days between which callbacks begin, are due, or were completed.
fn between(select: &mut Select, filter: &CallbackFilter) {
    let days = [
        ("b.earliest_on <= ?", filter.ready_on),
        ("b.due_on >= ?", filter.due_from),
        ("b.due_on <= ?", filter.due_to),
    ];
    for (condition, day) in days {
        if let Some(day) = day {
            select.filter(condition, params![day]);
        }
    }
    if let Some(day) = filter.completed_from {
        select.filter(
            "b.completed_at >= ?",
            params![millis(domain::time::at_in_china(
                day,
                chrono::NaiveTime::MIN
            ))],
        );
    }
    if let Some(day) = filter.completed_to {
        select.filter(
            "b.completed_at < ?",
            params![millis(domain::time::end_of_day_in_china(day))],
        );
    }
}
