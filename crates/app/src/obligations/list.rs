//! Lists of obligations and of extraction runs, and one obligation with its explanation.

use super::explain::{Explanation, replay};
use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::numbers::Number;
use domain::obligations::{ObligationStatus, Timing};
use domain::time::{self, Instant};
use store::Page;
use store::callbacks::CallbackRow;
use store::customers::CustomerRow;
use store::obligations::{
    self as rows, ExclusionFilter, ExclusionRow, ExtractionRun, ObligationFilter, ObligationOrder,
    ObligationRow, RunCount,
};
use store::policies::PolicyRow;
use uuid::Uuid;

/// Filters of the list, as text; an empty one does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ObligationQuery {
    /// `open` (by due date), `overdue`, `no_date` or `all` (the newest first); `open` when empty.
    pub view: String,
    /// Programme code.
    pub programme: String,
    /// Status code; only in the view `all`.
    pub status: String,
    /// Timing code.
    pub timing: String,
    /// Due from this day.
    pub due_from: String,
    /// Due until this day.
    pub due_to: String,
    /// Triggered from this day.
    pub trigger_from: String,
    /// Triggered until this day.
    pub trigger_to: String,
    /// Code of the unit.
    pub org: String,
    /// Start of the page.
    pub after: String,
}

/// Obligations of a filter.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_obligations(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ObligationQuery,
) -> Result<Listed<ObligationRow>> {
    let scope = actor.scope(Permission::ObligationsRead)?;
    let filter = filter(app, &scope, now, query).await?;
    let page = rows::list_obligations(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_obligations(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok(Listed::new(page, count))
}

/// A page of the obligations of a filter, as systems read it.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_of_obligations(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ObligationQuery,
    limit: u64,
) -> Result<Page<ObligationRow>> {
    let scope = actor.scope(Permission::ObligationsRead)?;
    let filter = filter(app, &scope, now, query).await?;
    Ok(rows::list_obligations(app.store(), &scope, &filter, limit).await?)
}

/// Turns the text of a URL into a filter.
pub(crate) async fn filter(
    app: &App,
    scope: &Scope,
    now: Instant,
    query: &ObligationQuery,
) -> Result<ObligationFilter> {
    let open = Some(ObligationStatus::Open);
    let status = listing::code("status", &query.status, ObligationStatus::parse)?;
    let due_to = listing::date("due_to", &query.due_to)?;
    let (status, due_to, without_due, order) = match query.view.as_str() {
        "" | "open" => (open, due_to, false, ObligationOrder::Due),
        "overdue" => {
            let yesterday = time::date_in_china(now).pred_opt();
            (open, yesterday, false, ObligationOrder::Due)
        }
        "no_date" => (open, None, true, ObligationOrder::Newest),
        "all" => (status, due_to, false, ObligationOrder::Newest),
        _ => return Err(Error::invalid("view", "unknown-code")),
    };
    let timing = listing::code("timing", &query.timing, Timing::parse)?;
    Ok(ObligationFilter {
        programme: listing::some(&query.programme),
        status: status.map(|s| s.as_str().to_owned()),
        timing: timing.map(|t| t.as_str().to_owned()),
        due_from: listing::date("due_from", &query.due_from)?,
        due_to,
        trigger_from: listing::date("trigger_from", &query.trigger_from)?,
        trigger_to: listing::date("trigger_to", &query.trigger_to)?,
        without_due,
        order,
        org_path: listing::org_path(app, scope, &query.org).await?,
        after: listing::after(&query.after)?,
        ..ObligationFilter::default()
    })
}

/// An obligation with why it exists and what belongs to it.
#[derive(Clone, Debug)]
pub struct ObligationPage {
    /// The obligation and the trace of its decision.
    pub explanation: Explanation,
    /// The customer, when in sight.
    pub customer: Option<CustomerRow>,
    /// The policy, when in sight.
    pub policy: Option<PolicyRow>,
    /// The callback that discharges it, when in sight.
    pub callback: Option<CallbackRow>,
}

/// Records that someone looked at an obligation.
pub(super) async fn note(
    app: &App,
    actor: &Actor,
    now: Instant,
    row: &ObligationRow,
) -> Result<()> {
    let of = (row.id, Some(row.customer_id.0));
    crate::audit::seen(app, actor, now, ("obligation.viewed", "obligation"), of).await
}

/// An obligation in sight, by number. That someone looked is recorded.
///
/// # Errors
/// When the actor may not see obligations; [`Error::NotFound`] when this one is not in sight.
pub async fn obligation_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
) -> Result<ObligationPage> {
    let scope = actor.scope(Permission::ObligationsRead)?;
    let db = app.store();
    let number = Number::parse(number).ok_or(Error::NotFound)?.to_string();
    let obligation = rows::find_obligation_by_number(db, &scope, &number)
        .await?
        .ok_or(Error::NotFound)?;
    note(app, actor, now, &obligation).await?;
    let customer = match actor.scope(Permission::CustomersRead) {
        Ok(scope) => store::customers::find_customer(db, &scope, obligation.customer_id).await?,
        Err(_) => None,
    };
    let policy = match (actor.scope(Permission::PoliciesRead), obligation.policy_id) {
        (Ok(scope), Some(id)) => store::policies::find_policy(db, &scope, id).await?,
        _ => None,
    };
    let callback = match (actor.scope(Permission::CallbacksRead), &obligation.callback) {
        (Ok(scope), Some((id, _))) => {
            store::callbacks::find_callback(db, &scope, (*id).into()).await?
        }
        _ => None,
    };
    Ok(ObligationPage {
        explanation: replay(app, obligation)?,
        customer,
        policy,
        callback,
    })
}

/// An extraction run with what became of its candidates.
#[derive(Clone, Debug)]
pub struct ExtractionPage {
    /// The run.
    pub run: ExtractionRun,
    /// Candidates by programme and reason; an empty reason stands for obligations.
    pub counts: Vec<RunCount>,
    /// Candidates that this run excluded; who may not see a unit does not see its candidates.
    pub exclusions: Page<ExclusionRow>,
}

/// Runs of the planner, the newest first, with counts in, excluded and out.
///
/// # Errors
/// When the actor may not, or `after` cannot be read.
pub async fn list_extractions(
    app: &App,
    actor: &Actor,
    after: &str,
) -> Result<Page<ExtractionRun>> {
    let scope = actor.scope(Permission::PlanRun)?;
    let after = listing::after(after)?;
    Ok(rows::list_extraction_runs(app.store(), &scope, after.as_ref(), PAGE_ROWS).await?)
}

/// One run: what went in, what was excluded and why, what came out.
///
/// # Errors
/// When the actor may not, or there is no such run.
pub async fn extraction_page(
    app: &App,
    actor: &Actor,
    run: Uuid,
    reason: &str,
    after: &str,
) -> Result<ExtractionPage> {
    let scope = actor.scope(Permission::PlanRun)?;
    let db = app.store();
    let found = rows::find_extraction_run(db, &scope, run).await?;
    let filter = ExclusionFilter {
        run: Some(run),
        reason: listing::some(reason),
        after: listing::after(after)?,
        ..ExclusionFilter::default()
    };
    Ok(ExtractionPage {
        run: found.ok_or(Error::NotFound)?,
        counts: rows::list_extraction_counts(db, &scope, run).await?,
        exclusions: rows::list_exclusions(db, &scope, &filter, PAGE_ROWS).await?,
    })
}
