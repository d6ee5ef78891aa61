//! Flags to underwriting and claims (SEG-10): asked for by one person, agreed to by another; what follows the class
//! comes and goes with it.

use super::standard::Standard;
use super::{SHORT_MAX, customer};
use crate::listing::{self, PAGE_ROWS};
use crate::visits::{Problems, demanded, person};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::customers::Degree;
use domain::service::{Flag, FlagCommand, FlagKind, FlagSource, FlagState};
use domain::time::{self, Instant};
use store::service::{self as rows, FlagChangeRow, FlagFilter, FlagRow, NewFlag};
use store::{AuditEntry, Page};
use uuid::Uuid;

/// Flags of one customer.
const OF_CUSTOMER: u64 = 100;

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlagQuery {
    /// `waiting`, `holding`, `over` or `all`; `waiting` when empty.
    pub view: String,
    /// What is told, as a code.
    pub flag: String,
    /// Code of a unit; everything in sight when empty.
    pub org: String,
    /// Where the page begins.
    pub after: String,
}

/// Flags of customers in sight, the newest first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_flags(app: &App, actor: &Actor, query: &FlagQuery) -> Result<Page<FlagRow>> {
    use FlagState as S;
    let scope = actor.scope(Permission::ServiceRead)?;
    let states = match query.view.as_str() {
        "" | "waiting" => vec![S::Asked, S::WithdrawalAsked],
        "holding" => vec![S::Raised, S::WithdrawalAsked],
        "over" => vec![S::Withdrawn, S::Refused],
        "all" => Vec::new(),
        _ => return Err(Error::invalid("view", "unknown-code")),
    };
    let filter = FlagFilter {
        states,
        customer: None,
        flag: listing::code("flag", &query.flag, FlagKind::parse)?,
        org_path: listing::org_path(app, &scope, &query.org).await?,
        after: listing::after(&query.after)?,
    };
    Ok(rows::list_flags(app.store(), &scope, &filter, PAGE_ROWS).await?)
}

/// Flags of a customer in sight that hold.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when the customer is not in sight.
pub async fn flags_of(app: &App, actor: &Actor, customer_no: &str) -> Result<Vec<FlagRow>> {
    let (scope, customer) = customer(app, actor, Permission::ServiceRead, customer_no).await?;
    let filter = FlagFilter {
        states: vec![FlagState::Raised, FlagState::WithdrawalAsked],
        customer: Some(customer.id),
        ..FlagFilter::default()
    };
    let page = rows::list_flags(app.store(), &scope, &filter, OF_CUSTOMER).await?;
    Ok(page.rows)
}

/// What was raised and withdrawn, the oldest first, for other systems.
///
/// # Errors
/// When the actor may not, or `after` cannot be read.
pub async fn flag_changes(
    app: &App,
    actor: &Actor,
    after: &str,
    limit: u64,
) -> Result<Page<FlagChangeRow>> {
    let scope = actor.scope(Permission::ServiceRead)?;
    let after = listing::after(after)?;
    Ok(rows::list_flag_changes(app.store(), &scope, after.as_ref(), limit).await?)
}

/// A flag to ask for, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct FlagForm {
    /// What is to be told, as a code.
    pub flag: String,
    /// Why.
    pub reason: String,
}

/// What is done with a flag, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct FlagStepForm {
    /// `withdraw`, `agree` or `refuse`.
    pub step: String,
    /// Why.
    pub reason: String,
}

/// Asks for a flag; it holds when another person agrees.
///
/// # Errors
/// All problems of the form at once; when there is such a flag already.
pub async fn ask_flag(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &FlagForm,
) -> Result<Uuid> {
    let by = person(actor)?;
    let (_, customer) = customer(app, actor, Permission::ServiceKeep, customer_no).await?;
    let mut problems = Problems::default();
    let flag = listing::code("flag", &form.flag, FlagKind::parse);
    let flag =
        problems.take(flag.and_then(|f| f.ok_or_else(|| Error::invalid("flag", "missing"))))?;
    let reason = problems.take(demanded("reason", &form.reason, SHORT_MAX))?;
    problems.end()?;
    let (Some(flag), Some(reason)) = (flag, reason) else {
        return Err(Error::invalid("flag", "missing"));
    };
    if customer.erased_at.is_some() {
        return Err(Refusal::new("service-erased").into());
    }
    // By hand or by class, it rests on the same article.
    let today = time::date_in_china(now);
    let high = Standard::of(&app.rules(), None, Some(Degree::High.as_str()), today);
    let source = high.flag(flag).map(|e| e.source.clone());
    let cite = source.as_ref();
    let work = app.store().begin(now).await?;
    let new = NewFlag {
        customer: customer.id,
        flag,
        source: FlagSource::Hand,
        reason: Some(reason),
        cite: (
            cite.map_or("", |s| s.pack.as_str()),
            cite.map_or("", |s| s.article.as_str()),
        ),
        asked_by: Some(by),
        asked_name: &actor.name,
    };
    let id = rows::insert_flag(&work, &new).await?;
    let id = id.ok_or_else(|| Refusal::new("flag-there-already"))?;
    let detail = serde_json::json!({ "flag": flag.as_str() });
    let entry = AuditEntry::new(actor, "flag.asked", "customer_flag", id);
    let entry = entry.customer(customer.id.0).detail(detail);
    work.commit(entry).await?;
    Ok(id)
}

/// Asks to withdraw a flag, agrees to what was asked, or refuses it.
///
/// # Errors
/// When the actor may not, the step does not fit, or who asked would decide.
pub async fn decide_flag(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &FlagStepForm,
) -> Result<FlagState> {
    let by = person(actor)?;
    let (command, right) = match form.step.as_str() {
        "withdraw" => (FlagCommand::AskWithdrawal, Permission::ServiceKeep),
        "agree" => (FlagCommand::Agree, Permission::FlagsDecide),
        "refuse" => (FlagCommand::Refuse, Permission::FlagsDecide),
        _ => {
            // Whoever may do neither learns no more than that.
            actor.demand(Permission::ServiceKeep)?;
            return Err(Error::invalid("step", "unknown-code"));
        }
    };
    let scope = actor.scope(right)?;
    let reason = match command {
        FlagCommand::AskWithdrawal => Some(demanded("reason", &form.reason, SHORT_MAX)?),
        FlagCommand::Agree | FlagCommand::Refuse => None,
    };
    let work = app.store().begin(now).await?;
    let row = rows::find_flag(&work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let flag = Flag {
        source: row.source,
        state: row.state,
        asked_by: row.asked_by,
    };
    let state = flag.decide(command, by)?;
    rows::save_flag(&work, &row, state, (Some(by), &actor.name), reason).await?;
    let detail = serde_json::json!({ "flag": row.flag.as_str(), "state": state.as_str() });
    let entry = AuditEntry::new(actor, "flag.changed", "customer_flag", id);
    let entry = entry.customer(row.customer.0).detail(detail);
    work.commit(entry).await?;
    Ok(state)
}
