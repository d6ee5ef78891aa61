//! Registers of units: market risks, operational errors, standardised processes.

use super::measures::{due, owner};
use super::{LINE_MAX, TEXT_MAX};
use crate::listing::{self, PAGE_ROWS};
use crate::visits::{Problems, demanded, person};
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::ids::OrgId;
use domain::risk::ErrorKind;
use domain::time::{self, Instant};
use store::risk::{self as rows, ErrorRow, MarketRow, NewError, NewMarket, NewProcess, ProcessRow};
use store::{AuditEntry, Page};
use uuid::Uuid;

/// The unit of who writes.
fn own_unit(actor: &Actor) -> Result<OrgId> {
    actor.org_id.ok_or_else(|| Error::invalid("org", "missing"))
}

/// A day that is not to come.
fn past_day(field: &str, text: &str, today: NaiveDate) -> Result<NaiveDate> {
    match listing::date(field, text)? {
        Some(day) if day > today => Err(Error::invalid(field, "in-the-future")),
        Some(day) => Ok(day),
        None => Err(Error::invalid(field, "missing")),
    }
}

/// An observation of the market, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct MarketForm {
    /// What is watched.
    pub indicator: String,
    /// When.
    pub observed_on: String,
    /// What was seen.
    pub observation: String,
    /// What it does to customers and products.
    pub effect: String,
    /// What is adjusted.
    pub adjustment: String,
    /// User name of who sees to it.
    pub owner: String,
    /// By when.
    pub due_on: String,
}

/// Keeps an observation of the market.
///
/// # Errors
/// When the actor may not, or a field is wrong.
pub async fn add_market_risk(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &MarketForm,
) -> Result<Uuid> {
    person(actor)?;
    actor.demand(Permission::RiskAssess)?;
    let (org, today) = (own_unit(actor)?, time::date_in_china(now));
    let mut problems = Problems::default();
    let indicator = problems.take(demanded("indicator", &form.indicator, LINE_MAX))?;
    let day = problems.take(past_day("observed_on", &form.observed_on, today))?;
    let observation = problems.take(demanded("observation", &form.observation, TEXT_MAX))?;
    let effect = problems.take(demanded("effect", &form.effect, TEXT_MAX))?;
    let adjustment = problems.take(demanded("adjustment", &form.adjustment, TEXT_MAX))?;
    let owner = problems.take(owner(app, actor, &form.owner).await)?;
    let due_on = problems.take(due(&form.due_on, today))?;
    problems.end()?;
    let (Some(observed_on), Some(owner), Some(due_on)) = (day, owner, due_on) else {
        return Err(Error::invalid("indicator", "missing"));
    };
    let new = NewMarket {
        org,
        indicator: indicator.unwrap_or_default(),
        observed_on,
        observation: observation.unwrap_or_default(),
        effect: effect.unwrap_or_default(),
        adjustment: adjustment.unwrap_or_default(),
        owner,
        due_on,
        by: &actor.name,
    };
    let work = app.store().begin(now).await?;
    let id = rows::insert_market(&work, &new).await?;
    let entry = AuditEntry::new(actor, "risk.market_noted", "market_risk", id);
    work.commit(entry).await?;
    Ok(id)
}

/// Observations in sight, the newest first: those with something to adjust, or all.
///
/// # Errors
/// When the actor may not, or `after` cannot be read.
pub async fn list_market_risks(
    app: &App,
    actor: &Actor,
    open: bool,
    after: &str,
) -> Result<Page<MarketRow>> {
    let scope = actor.scope(Permission::RiskRead)?;
    let after = listing::after(after)?;
    let found = rows::list_market_risks(app.store(), &scope, open, after.as_ref(), PAGE_ROWS);
    Ok(found.await?)
}

/// Notes that an adjustment was made.
///
/// # Errors
/// When the actor may not, or it was noted before.
pub async fn finish_market_risk(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    outcome: &str,
) -> Result<()> {
    person(actor)?;
    let scope = actor.scope(Permission::RiskAssess)?;
    let outcome = demanded("completion", outcome, TEXT_MAX)?;
    let work = app.store().begin(now).await?;
    let row = rows::find_market_risk(&work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let today = time::date_in_china(now);
    rows::finish_market(&work, id, row.version, today, outcome).await?;
    let entry = AuditEntry::new(actor, "risk.market_adjusted", "market_risk", id);
    Ok(work.commit(entry).await?)
}

/// An operational error, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct ErrorForm {
    /// Kind, as a code.
    pub kind: String,
    /// The process in which it happened.
    pub process: String,
    /// When.
    pub happened_on: String,
    /// Why.
    pub cause: String,
    /// What it did.
    pub effect: String,
    /// What is done about it.
    pub remedy: String,
    /// Whether people need training.
    pub needs_training: bool,
    /// User name of who sees to it.
    pub owner: String,
    /// By when.
    pub due_on: String,
}

/// Keeps an operational error.
///
/// # Errors
/// When the actor may not, or a field is wrong.
pub async fn add_error(app: &App, actor: &Actor, now: Instant, form: &ErrorForm) -> Result<Uuid> {
    person(actor)?;
    actor.demand(Permission::RiskAssess)?;
    let (org, today) = (own_unit(actor)?, time::date_in_china(now));
    let mut problems = Problems::default();
    let kind = listing::code("kind", &form.kind, ErrorKind::parse);
    let kind = kind.and_then(|k| k.ok_or_else(|| Error::invalid("kind", "missing")));
    let kind = problems.take(kind)?;
    let process = problems.take(demanded("process", &form.process, LINE_MAX))?;
    let day = problems.take(past_day("happened_on", &form.happened_on, today))?;
    let cause = problems.take(demanded("error_cause", &form.cause, TEXT_MAX))?;
    let effect = problems.take(demanded("effect", &form.effect, TEXT_MAX))?;
    let remedy = problems.take(demanded("remedy", &form.remedy, TEXT_MAX))?;
    let owner = problems.take(owner(app, actor, &form.owner).await)?;
    let due_on = problems.take(due(&form.due_on, today))?;
    problems.end()?;
    let (Some(kind), Some(happened_on), Some(owner), Some(due_on)) = (kind, day, owner, due_on)
    else {
        return Err(Error::invalid("kind", "missing"));
    };
    let new = NewError {
        org,
        kind,
        process: process.unwrap_or_default(),
        happened_on,
        cause: cause.unwrap_or_default(),
        effect: effect.unwrap_or_default(),
        remedy: remedy.unwrap_or_default(),
        needs_training: form.needs_training,
        owner,
        due_on,
        by: &actor.name,
    };
    let work = app.store().begin(now).await?;
    let id = rows::insert_error(&work, &new).await?;
    let entry = AuditEntry::new(actor, "risk.error_noted", "operational_error", id);
    work.commit(entry).await?;
    Ok(id)
}

/// Errors in sight, the newest first: those to be put right, or all.
///
/// # Errors
/// When the actor may not, or `after` cannot be read.
pub async fn list_errors(
    app: &App,
    actor: &Actor,
    open: bool,
    after: &str,
) -> Result<Page<ErrorRow>> {
    let scope = actor.scope(Permission::RiskRead)?;
    let after = listing::after(after)?;
    let found = rows::list_operational_errors(app.store(), &scope, open, after.as_ref(), PAGE_ROWS);
    Ok(found.await?)
}

/// Notes that an error was put right.
///
/// # Errors
/// When the actor may not, or it was noted before.
pub async fn finish_error(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    outcome: &str,
) -> Result<()> {
    person(actor)?;
    let scope = actor.scope(Permission::RiskAssess)?;
    let outcome = demanded("completion", outcome, TEXT_MAX)?;
    let work = app.store().begin(now).await?;
    let row = rows::find_operational_error(&work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let today = time::date_in_china(now);
    rows::finish_error(&work, id, row.version, today, outcome).await?;
    let entry = AuditEntry::new(actor, "risk.error_mended", "operational_error", id);
    Ok(work.commit(entry).await?)
}

/// A standardised process, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct ProcessForm {
    /// Its name.
    pub process: String,
    /// Where the standard is written.
    pub standard: String,
    /// Whether a second person checks its steps.
    pub is_sensitive: bool,
    /// User name of who is responsible.
    pub owner: String,
}

/// Keeps a standardised process; an earlier entry of the same name ends.
///
/// # Errors
/// When the actor may not, or a field is wrong.
pub async fn add_process(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &ProcessForm,
) -> Result<Uuid> {
    person(actor)?;
    actor.demand(Permission::RiskAssess)?;
    let org = own_unit(actor)?;
    let mut problems = Problems::default();
    let name = problems.take(demanded("process", &form.process, LINE_MAX))?;
    let standard = problems.take(demanded("standard", &form.standard, LINE_MAX))?;
    let owner = problems.take(owner(app, actor, &form.owner).await)?;
    problems.end()?;
    let (Some(name), Some(standard), Some(owner)) = (name, standard, owner) else {
        return Err(Error::invalid("process", "missing"));
    };
    let new = NewProcess {
        org,
        name,
        standard,
        is_sensitive: form.is_sensitive,
        owner,
        reviewed_on: time::date_in_china(now),
    };
    let work = app.store().begin(now).await?;
    let id = rows::insert_process(&work, &new).await?;
    let entry = AuditEntry::new(actor, "risk.process_kept", "standard_process", id);
    work.commit(entry).await?;
    Ok(id)
}

/// Standardised processes in sight.
///
/// # Errors
/// When the actor may not.
pub async fn list_processes(app: &App, actor: &Actor) -> Result<Vec<ProcessRow>> {
    let scope = actor.scope(Permission::RiskRead)?;
    Ok(rows::list_processes(app.store(), &scope).await?)
}
