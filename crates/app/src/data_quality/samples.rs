//! Policies drawn by unit and month, looked at by a person (人工抽查).

use super::page::sensitive;
use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Refusal, Result};
use chrono::{Days, Months, NaiveDate};
use domain::access::{Actor, Permission};
use domain::data_quality::{SampleResult, SampleState, judge_sample, rectify_sample};
use domain::time::{self, Instant};
use store::data_quality::{self as rows, SampleFilter, SampleRow};
use store::{AuditEntry, Page};
use uuid::Uuid;

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleQuery {
    /// Month, `YYYY-MM`.
    pub month: String,
    /// Code of the state.
    pub state: String,
    /// Code of the unit.
    pub org: String,
    /// Start of the page.
    pub after: String,
}

/// Drawn policies in sight.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_samples(
    app: &App,
    actor: &Actor,
    query: &SampleQuery,
) -> Result<Page<SampleRow>> {
    let scope = actor.scope(Permission::InformationManage)?;
    let filter = SampleFilter {
        month: listing::some(&query.month),
        state: listing::code("state", &query.state, SampleState::parse)?,
        org_path: listing::org_path(app, &scope, &query.org).await?,
        after: listing::after(&query.after)?,
    };
    Ok(rows::list_samples(app.store(), &scope, &filter, PAGE_ROWS).await?)
}

/// A drawn policy in sight.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn sample(app: &App, actor: &Actor, id: Uuid) -> Result<SampleRow> {
    let scope = actor.scope(Permission::InformationManage)?;
    let found = rows::find_sample(app.store(), &scope, id).await?;
    found.ok_or(Error::NotFound)
}

/// Draws policies of a month, so many of each unit as the rules say; says how many. Units that have their
/// number already get none.
///
/// # Errors
/// When the actor may not, or the month cannot be read or has not ended.
pub async fn draw(app: &App, actor: &Actor, now: Instant, month: &str) -> Result<usize> {
    let scope = actor.scope(Permission::InformationManage)?;
    let today = time::date_in_china(now);
    let first = format!("{}-01", month.trim()).parse::<NaiveDate>();
    let first = first.map_err(|_| Error::invalid("month", "date"))?;
    let after = first.checked_add_months(Months::new(1)).unwrap_or(first);
    if after > today {
        return Err(Error::invalid("month", "in-future"));
    }
    let month = first.format("%Y-%m").to_string();
    let last = after.pred_opt().unwrap_or(first);
    let per_unit = app
        .rules()
        .setting("information_sample_policies", today)
        .unwrap_or(0);
    let work = app.store().begin(now).await?;
    let drawn = rows::draw_policies(&work, &scope, &month, (first, last), per_unit).await?;
    if drawn.is_empty() {
        return Err(Refusal::new("samples-none").into());
    }
    for new in &drawn {
        rows::insert_sample(&work, &month, new).await?;
    }
    let detail = serde_json::json!({ "month": month, "policies": drawn.len() });
    let entry = AuditEntry::new(actor, "information.samples_drawn", "sample", None);
    work.commit(entry.detail(detail)).await?;
    Ok(drawn.len())
}

/// What a person found.
#[derive(Clone, Debug, Default)]
pub struct JudgeForm {
    /// Code of the result.
    pub result: String,
    /// In words; needed unless everything is in order.
    pub finding: String,
}

/// Records what was found at a drawn policy.
///
/// # Errors
/// When the actor may not, it is not in sight, was judged before, or a field cannot be taken.
pub async fn judge(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &JudgeForm,
) -> Result<()> {
    let scope = actor.scope(Permission::InformationManage)?;
    let user = actor.user().ok_or_else(|| Refusal::new("person-needed"))?;
    let result = SampleResult::parse(&form.result);
    let result = result.map_err(|_| Error::invalid("result", "unknown-code"))?;
    let finding = sensitive("finding", &form.finding)?;
    if result != SampleResult::True && finding.is_none() {
        return Err(Error::invalid("finding", "missing"));
    }
    let work = app.store().begin(now).await?;
    let sample = rows::find_sample(&work, &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    let state = judge_sample(sample.state, result)?;
    let today = time::date_in_china(now);
    let days = app
        .rules()
        .setting("information_rectify_days", today)
        .unwrap_or(0);
    let until = today + Days::new(u64::try_from(days).unwrap_or(0));
    let rectify_by = (state == SampleState::ToRectify).then_some(until);
    let by = (user, actor.name.as_str());
    rows::judge(
        &work,
        &sample,
        (state, result),
        finding.as_ref(),
        rectify_by,
        by,
    )
    .await?;
    let detail = serde_json::json!({ "result": result.as_str() });
    let entry = AuditEntry::new(actor, "information.sample_judged", "sample", id);
    Ok(work
        .commit(entry.customer(sample.customer.0).detail(detail))
        .await?)
}

/// Records how it was put right.
///
/// # Errors
/// When the actor may not, it is not in sight, nothing is to be put right, or nothing is said.
pub async fn rectify(app: &App, actor: &Actor, now: Instant, id: Uuid, words: &str) -> Result<()> {
    let scope = actor.scope(Permission::InformationManage)?;
    let words = sensitive("rectification", words)?;
    let words = words.ok_or_else(|| Error::invalid("rectification", "missing"))?;
    let work = app.store().begin(now).await?;
    let sample = rows::find_sample(&work, &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    let state = rectify_sample(sample.state)?;
    rows::rectify(&work, &sample, state, &words, &actor.name).await?;
    let entry = AuditEntry::new(actor, "information.sample_rectified", "sample", id);
    Ok(work.commit(entry.customer(sample.customer.0)).await?)
}
