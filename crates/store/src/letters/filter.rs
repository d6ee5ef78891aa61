//! What to look for among letters, always inside a scope.

use crate::sql::{PageKey, Select, params};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{AgentId, CallbackId, CustomerId, PolicyId};
use domain::letters::{LetterKind, LetterState};

/// What to look for among letters.
#[derive(Clone, Debug, Default)]
pub struct LetterFilter {
    /// Something is still to be done, or not; both when missing.
    pub open: Option<bool>,
    /// In this state.
    pub state: Option<LetterState>,
    /// Of this kind.
    pub kind: Option<LetterKind>,
    /// Expected back before this day and still out.
    pub overdue_on: Option<NaiveDate>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// Of this salesperson.
    pub salesperson: Option<AgentId>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Of this policy.
    pub policy: Option<PolicyId>,
    /// Of this callback.
    pub callback: Option<CallbackId>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Letters of the units in sight.
pub(super) fn in_sight(select: &mut Select, scope: &Scope) {
    select.scope(scope, "l.org_id").own(scope, "l.customer_id");
}

pub(super) fn filtered(select: &str, scope: &Scope, filter: &LetterFilter) -> Select {
    let mut select = Select::new(select);
    in_sight(&mut select, scope);
    if let Some(open) = filter.open {
        select.filter("l.is_open = ?", params![open]);
    }
    let codes = [
        ("l.state = ?", filter.state.map(LetterState::as_str)),
        ("l.kind = ?", filter.kind.map(LetterKind::as_str)),
    ];
    for (condition, code) in codes {
        if let Some(code) = code {
            select.filter(condition, params![code]);
        }
    }
    if let Some(today) = filter.overdue_on {
        let out = LetterState::ALL.iter().filter(|s| s.is_out());
        select.filter_in("l.state", out.map(|s| s.as_str().into()).collect());
        select.filter("l.is_open = ?", params![true]);
        select.filter("l.due_on < ?", params![today]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "l.org_id");
    }
    let ids = [
        ("l.salesperson_id = ?", filter.salesperson.map(|a| a.0)),
        ("l.customer_id = ?", filter.customer.map(|c| c.0)),
        ("l.policy_id = ?", filter.policy.map(|p| p.0)),
        ("l.callback_id = ?", filter.callback.map(|c| c.0)),
    ];
    for (condition, id) in ids {
        if let Some(id) = id {
            select.filter(condition, params![id]);
        }
    }
    select
}
