//! Signals: the list of early warnings, what a person enters, and what is done before a risk grows.

use super::measures::{MeasureForm, checked};
use super::{TEXT_MAX, confidential, find};
use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::visits::{Problems, demanded, person};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::risk::{RiskLevel, RiskSignalKind, SignalResponse};
use domain::time::{self, Instant};
use serde::{Deserialize, Serialize};
use store::AuditEntry;
use store::risk::{self as rows, NewRiskMeasure, NewRiskSignal, RiskSignalFilter, RiskSignalRow};
use uuid::Uuid;

/// What a signal was found by, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignalDetail {
    /// How many: events, or customers of a cluster.
    pub count: i64,
    /// Within how many days.
    pub days: i64,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// Numbers of the customers of a cluster.
    pub customers: Vec<String>,
    /// What a person wrote.
    pub words: String,
}

impl SignalDetail {
    /// Reads what was kept.
    pub fn read(row: &RiskSignalRow) -> Self {
        let text = row.detail.as_deref().unwrap_or("{}");
        serde_json::from_str(text).unwrap_or_default()
    }
}

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskQuery {
    /// `open` when empty, `handled`, `fraud` or `all`.
    pub view: String,
    /// Kind, as a code.
    pub kind: String,
    /// Level, as a code.
    pub level: String,
    /// Code of a unit.
    pub org: String,
    /// Where the page begins.
    pub after: String,
}

/// Signals in sight, the newest first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_risk_signals(
    app: &App,
    actor: &Actor,
    query: &RiskQuery,
    limit: Option<u64>,
) -> Result<Listed<RiskSignalRow>> {
    let scope = actor.scope(Permission::RiskRead)?;
    let (open, fraud) = match query.view.as_str() {
        "" | "open" => (Some(true), false),
        "handled" => (Some(false), false),
        "fraud" => (None, true),
        "all" => (None, false),
        _ => return Err(Error::invalid("view", "unknown-code")),
    };
    let kind = listing::code("kind", &query.kind, RiskSignalKind::parse)?;
    let kinds = match (kind, fraud) {
        (Some(kind), _) => vec![kind],
        (None, true) => RiskSignalKind::FRAUD.to_vec(),
        (None, false) => Vec::new(),
    };
    let filter = RiskSignalFilter {
        open,
        kinds,
        level: listing::code("level", &query.level, RiskLevel::parse)?,
        org_path: listing::org_path(app, &scope, &query.org).await?,
        confidential: confidential(actor),
        after: listing::after(&query.after)?,
        ..RiskSignalFilter::default()
    };
    let db = app.store();
    let limit = limit.unwrap_or(PAGE_ROWS);
    let page = rows::list_risk_signals(db, &scope, &filter, limit).await?;
    let count = rows::count_risk_signals(db, &scope, &filter, COUNT_CAP).await?;
    Ok(Listed::new(page, count))
}

/// A signal that a person enters.
#[derive(Clone, Debug, Default)]
pub struct SignalForm {
    /// Kind, as a code.
    pub kind: String,
    /// Level, as a code.
    pub level: String,
    /// When it happened.
    pub happened_on: String,
    /// What is known.
    pub words: String,
}

/// Enters a signal about a customer.
///
/// # Errors
/// When the actor may not, the customer is not in sight, or a field is wrong.
pub async fn enter_risk_signal(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &SignalForm,
) -> Result<Uuid> {
    person(actor)?;
    let scope = actor.scope(Permission::RiskAssess)?;
    let customer = find(app, &scope, customer_no).await?;
    let today = time::date_in_china(now);
    let mut problems = Problems::default();
    let missing = |field: &'static str| move || Error::invalid(field, "missing");
    let kind = listing::code("kind", &form.kind, RiskSignalKind::parse);
    let kind = kind.and_then(|k| k.ok_or_else(missing("kind")));
    let kind = problems.take(kind)?;
    let level = listing::code("risk_level", &form.level, RiskLevel::parse);
    let level = problems.take(level.and_then(|l| l.ok_or_else(missing("risk_level"))))?;
    let words = problems.take(demanded("situation", &form.words, TEXT_MAX))?;
    let day = listing::date("happened_on", &form.happened_on);
    let day = problems.take(day)?.flatten().unwrap_or(today);
    problems.end()?;
    let (Some(kind), Some(level), Some(words)) = (kind, level, words) else {
        return Err(Error::invalid("kind", "missing"));
    };
    if !RiskSignalKind::BY_HAND.contains(&kind) {
        return Err(Error::invalid("kind", "unknown-code"));
    }
    if kind.is_confidential() {
        actor.demand(Permission::RiskConfidential)?;
    }
    let detail = SignalDetail {
        words: words.to_owned(),
        ..SignalDetail::default()
    };
    let detail = serde_json::to_string(&detail).map_err(|e| Error::Fault(e.to_string()))?;
    let new = NewRiskSignal {
        kind,
        level,
        happened_on: day.min(today),
        found_on: today,
        detail: &detail,
        by: &actor.name,
    };
    let work = app.store().begin(now).await?;
    let id = rows::insert_risk_signal(&work, customer.id, &new).await?;
    let entry = AuditEntry::new(actor, "risk.signal_entered", "risk_signal", id);
    work.commit(entry.customer(customer.id.0)).await?;
    Ok(id)
}

/// What is done about a signal, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct ResponseForm {
    /// Response, as a code.
    pub response: String,
    /// Why.
    pub words: String,
    /// The measure, where one is the response.
    pub measure: MeasureForm,
}

/// Notes what was done about a signal; a measure is set with it. The number of the customer.
///
/// # Errors
/// When the actor may not, somebody did something before, or a field is wrong.
pub async fn handle_risk_signal(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &ResponseForm,
) -> Result<String> {
    person(actor)?;
    let scope = actor.scope(Permission::RiskAssess)?;
    let secret = confidential(actor);
    let seen = rows::find_risk_signal(app.store(), &scope, id, secret).await?;
    let seen = seen.ok_or(Error::NotFound)?;
    let mut problems = Problems::default();
    let response = listing::code("response", &form.response, SignalResponse::parse);
    let response = response.and_then(|r| r.ok_or_else(|| Error::invalid("response", "missing")));
    let response = problems.take(response)?;
    let words = problems.take(demanded("handling", &form.words, TEXT_MAX))?;
    let today = time::date_in_china(now);
    let measure = match response {
        Some(SignalResponse::Measure) => {
            problems.take(checked(app, actor, today, &form.measure).await)?
        }
        _ => None,
    };
    problems.end()?;
    let (Some(response), Some(words)) = (response, words) else {
        return Err(Error::invalid("response", "missing"));
    };
    if !seen.is_open {
        return Err(Refusal::new("risk-signal-handled").into());
    }
    let work = app.store().begin(now).await?;
    rows::handle_risk_signal(&work, &seen, response, words, &actor.name).await?;
    if let Some((measure, owner, due_on)) = measure {
        let new = NewRiskMeasure {
            assessment: None,
            signal: Some(id),
            is_confidential: seen.kind.is_confidential(),
            measure,
            owner,
            due_on,
            by: &actor.name,
        };
        rows::insert_risk_measure(&work, seen.customer, &new).await?;
    }
    // No kind is named: an entry without one would tell of what is confidential.
    let entry =
        AuditEntry::new(actor, "risk.signal_handled", "risk_signal", id).customer(seen.customer.0);
    work.commit(entry).await?;
    Ok(seen.of.customer_no)
}
