//! What people say of a pair, short of a merge.

use super::model::unsure_days;
use crate::{App, Error, Refusal, Result, listing};
use chrono::Days;
use domain::access::{Actor, Permission};
use domain::duplicates::{Decision, DecisionError, PairState, check_decision};
use domain::time::{self, Instant};
use store::duplicates::{self as rows, DuplicateRow};
use store::{AuditActor, AuditEntry, StoreError};
use uuid::Uuid;

/// Longest reason, in characters.
const REASON_MAX: usize = 500;
/// Pairs that are decided on at once, at most: a page of the list.
const MANY_MAX: usize = 100;

/// What a form says.
#[derive(Clone, Debug, Default)]
pub struct DecisionForm {
    /// Code of the decision.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// The version that was looked at; the present one when it is missing.
    pub version: Option<i64>,
}

/// Reads a reason that may be missing.
pub(super) fn words(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.chars().count() > REASON_MAX {
        return Err(Error::invalid("reason", "too-long"));
    }
    Ok(text)
}

/// A pair in sight of somebody who may decide on it.
pub(super) async fn find(app: &App, actor: &Actor, id: Uuid) -> Result<DuplicateRow> {
    let scope = actor.scope(Permission::DuplicatesDecide)?;
    let row = rows::find_duplicate(app.store(), &scope, id).await?;
    row.ok_or(Error::NotFound)
}

/// Decides on a pair.
///
/// # Errors
/// When the actor may not, the pair is not in sight, or the decision does not fit.
pub async fn decide(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &DecisionForm,
) -> Result<()> {
    let row = find(app, actor, id).await?;
    let decision = listing::code("decision", &form.decision, Decision::parse)?;
    let decision = decision.ok_or_else(|| Error::invalid("decision", "missing"))?;
    let reason = words(&form.reason)?;
    let state = check_decision(row.state, decision, reason).map_err(refusal)?;
    let today = time::date_in_china(now);
    let until = match state {
        PairState::Unsure => today.checked_add_days(Days::new(unsure_days(&app.rules(), today)?)),
        _ => None,
    };
    let version = form.version.unwrap_or(row.version);
    let work = app.store().begin(now).await?;
    let by = AuditActor::from(actor);
    let who = (by.id, by.name.as_str());
    rows::decide_pair(&work, (row.id, version), state, reason, who, until).await?;
    let detail = serde_json::json!({
        "decision": decision.as_str(), "customers": [row.low.customer_no, row.high.customer_no],
        "grade": row.grade.as_str(),
    });
    let entry = AuditEntry::new(actor, "duplicate.decided", "duplicate", row.id);
    Ok(work
        .commit(entry.detail(detail).customer(row.low.id.0))
        .await?)
}

pub(super) fn refusal(error: DecisionError) -> Error {
    match error {
        DecisionError::Merged => Refusal::new("duplicate-merged").into(),
        DecisionError::Asked => Refusal::new("duplicate-asked").into(),
        DecisionError::Already => Refusal::new("duplicate-already").into(),
        DecisionError::ReasonMissing => Error::invalid("reason", "missing"),
    }
}

/// What became of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ManyReport {
    /// Decided.
    pub decided: u64,
    /// Left as they are: somebody else decided, or they are merged.
    pub left: u64,
}

/// Decides on many pairs in the same way, each by itself.
///
/// # Errors
/// When the actor may not, the form cannot be read, or there are too many.
pub async fn decide_many(
    app: &App,
    actor: &Actor,
    now: Instant,
    ids: &[Uuid],
    form: &DecisionForm,
) -> Result<ManyReport> {
    actor.demand(Permission::DuplicatesDecide)?;
    if ids.is_empty() {
        return Err(Error::invalid("pair", "missing"));
    }
    if ids.len() > MANY_MAX {
        return Err(Error::invalid("pair", "too-many"));
    }
    let mut report = ManyReport::default();
    for id in ids {
        match decide(app, actor, now, *id, form).await {
            Ok(()) => report.decided += 1,
            Err(Error::Refused(_) | Error::NotFound | Error::Conflict) => report.left += 1,
            Err(other) => return Err(other),
        }
    }
    Ok(report)
}

/// Notes a state that a merge leads to.
pub(super) async fn set_state(
    work: &store::UnitOfWork,
    row: &DuplicateRow,
    state: PairState,
    reason: &str,
    by: &AuditActor,
) -> std::result::Result<(), StoreError> {
    let who = (by.id, by.name.as_str());
    rows::decide_pair(work, (row.id, row.version), state, reason, who, None).await
}
