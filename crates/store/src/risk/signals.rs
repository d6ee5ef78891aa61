//! Signals of risk and what was done about them.

use super::{CUSTOMER, NamedCustomer, named, opened};
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::risk::{RiskLevel, RiskSignalKind, SignalResponse};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A signal that a person enters.
#[derive(Clone, Copy, Debug)]
pub struct NewRiskSignal<'n> {
    /// What it warns of.
    pub kind: RiskSignalKind,
    /// How serious it is.
    pub level: RiskLevel,
    /// When it happened.
    pub happened_on: NaiveDate,
    /// When it was entered.
    pub found_on: NaiveDate,
    /// What is known, as JSON.
    pub detail: &'n str,
    /// Who entered it.
    pub by: &'n str,
}

/// A signal.
#[derive(Clone, Debug)]
pub struct RiskSignalRow {
    /// Its id.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// The customer as lists name it.
    pub of: NamedCustomer,
    /// What it warns of.
    pub kind: RiskSignalKind,
    /// How serious it is.
    pub level: RiskLevel,
    /// When it happened.
    pub happened_on: NaiveDate,
    /// When it was found.
    pub found_on: NaiveDate,
    /// What it was found by, as JSON; gone with the customer's data.
    pub detail: Option<String>,
    /// Who entered it; empty for what the rules found.
    pub raised_by: String,
    /// Whether something is to be done.
    pub is_open: bool,
    /// What was done.
    pub response: Option<SignalResponse>,
    /// The reason in words.
    pub words: Option<String>,
    /// Who did it.
    pub handled_by: Option<String>,
    /// When.
    pub handled_at: Option<Instant>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    org_name: String,
    kind: String,
    level: String,
    happened_on: NaiveDate,
    found_on: NaiveDate,
    detail: Option<Vec<u8>>,
    raised_by: String,
    is_open: bool,
    response: Option<String>,
    words: Option<Vec<u8>>,
    handled_by: Option<String>,
    handled_at: Option<i64>,
    version: i64,
}

fn signals(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<RiskSignalRow>> {
    rows.into_iter()
        .map(|r| {
            let kind = (r.customer_kind.as_str(), r.customer_name.as_slice());
            let response = r.response.as_deref().map(SignalResponse::parse);
            Ok(RiskSignalRow {
                of: named(db.keys(), r.customer_id, r.customer_no, kind, r.org_name)?,
                detail: opened(db, "risk_signals.detail", r.id, r.detail)?,
                words: opened(db, "risk_signals.words", r.id, r.words)?,
                kind: RiskSignalKind::parse(&r.kind)?,
                level: RiskLevel::parse(&r.level)?,
                response: response.transpose()?,
                id: r.id,
                customer: CustomerId(r.customer_id),
                happened_on: r.happened_on,
                found_on: r.found_on,
                raised_by: r.raised_by,
                is_open: r.is_open,
                handled_by: r.handled_by,
                handled_at: r.handled_at.map(instant),
                version: r.version,
            })
        })
        .collect()
}

/// Keeps a signal that a person entered.
///
/// # Errors
/// What the database says.
pub async fn insert_risk_signal(
    work: &UnitOfWork,
    customer: CustomerId,
    new: &NewRiskSignal<'_>,
) -> Result<Uuid> {
    let id = work.next_id();
    let detail = work.keys().seal("risk_signals.detail", id, new.detail)?;
    let sql = "INSERT INTO risk_signals (id, customer_id, kind, level, found_key, happened_on, found_on, detail, \
               raised_by, is_confidential, is_open, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)";
    let values = params![
        id,
        customer.0,
        new.kind.as_str(),
        new.level.as_str(),
        id.to_string(),
        new.happened_on,
        new.found_on,
        detail,
        new.by,
        new.kind.is_confidential(),
        true,
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Notes what was done about a signal.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody did something before.
pub async fn handle_risk_signal(
    work: &UnitOfWork,
    seen: &RiskSignalRow,
    response: SignalResponse,
    words: &str,
    by: &str,
) -> Result<()> {
    let words = work.keys().seal("risk_signals.words", seen.id, words)?;
    let sql = "UPDATE risk_signals SET is_open = $1, response = $2, words = $3, handled_by = $4, handled_at = $5, \
               version = version + 1 WHERE id = $6 AND version = $7";
    let values = params![
        false,
        response.as_str(),
        words,
        by,
        millis(work.now()),
        seen.id,
        seen.version,
    ];
    work.execute_one(sql, values).await
}

/// What to look for among signals.
#[derive(Clone, Debug, Default)]
pub struct RiskSignalFilter {
    /// Of a customer.
    pub customer: Option<CustomerId>,
    /// Open ones, or handled ones.
    pub open: Option<bool>,
    /// Of these kinds; all when empty.
    pub kinds: Vec<RiskSignalKind>,
    /// At this level.
    pub level: Option<RiskLevel>,
    /// Of a unit and those below it.
    pub org_path: Option<String>,
    /// Found until this day.
    pub found_to: Option<NaiveDate>,
    /// Confidential ones, too.
    pub confidential: bool,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

fn filtered(text: &str, scope: &Scope, filter: &RiskSignalFilter) -> Select {
    let mut select = Select::new(text);
    match filter.customer {
        Some(customer) => select
            .scope_customer(scope)
            .filter("s.customer_id = ?", params![customer.0]),
        None => select.scope(scope, "c.org_id").own(scope, "c.id"),
    };
    if !filter.confidential {
        select.filter("s.is_confidential = ?", params![false]);
    }
    if let Some(open) = filter.open {
        select.filter("s.is_open = ?", params![open]);
    }
    if !filter.kinds.is_empty() {
        let kinds = filter.kinds.iter().map(|k| k.as_str().into()).collect();
        select.filter_in("s.kind", kinds);
    }
    if let Some(level) = filter.level {
        select.filter("s.level = ?", params![level.as_str()]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "c.org_id");
    }
    if let Some(day) = filter.found_to {
        select.filter("s.found_on <= ?", params![day]);
    }
    select
}

fn select() -> String {
    format!(
        "SELECT s.id, s.customer_id, {CUSTOMER}, s.kind, s.level, s.happened_on, s.found_on, s.detail, s.raised_by, \
         s.is_open, s.response, s.words, s.handled_by, s.handled_at, s.version FROM risk_signals s \
         JOIN customers c ON c.id = s.customer_id JOIN orgs o ON o.id = c.org_id"
    )
}

/// Signals of customers in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_risk_signals(
    db: &impl Reads,
    scope: &Scope,
    filter: &RiskSignalFilter,
    limit: u64,
) -> Result<Page<RiskSignalRow>> {
    let mut select = filtered(&select(), scope, filter);
    select.page_by_id("s.id", true, filter.after.as_ref(), limit);
    let rows = signals(db, select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}

/// How many signals a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_risk_signals(
    db: &impl Reads,
    scope: &Scope,
    filter: &RiskSignalFilter,
    cap: i64,
) -> Result<i64> {
    let text = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM risk_signals s JOIN customers c ON c.id = s.customer_id";
    let mut select = filtered(text, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// A signal of a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_risk_signal(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
    confidential: bool,
) -> Result<Option<RiskSignalRow>> {
    let mut select = Select::new(&select());
    select.scope_customer(scope).filter("s.id = ?", params![id]);
    if !confidential {
        select.filter("s.is_confidential = ?", params![false]);
    }
    Ok(signals(db, select.list(db).await?)?.pop())
}
