//! Contract quality: what callbacks found, by unit and salesperson, and how the sales department is urged to
//! solve it (B03 §4.1).

use super::{LINE_MAX, setting};
use crate::listing::some;
use crate::tickets::{BulkTarget, StepForm, take_steps};
use crate::visits::{demanded, person};
use crate::{App, Error, Refusal, Result};
use chrono::Days;
use domain::access::{Actor, Permission};
use domain::risk::QUALITY_PROBLEMS;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::risk::{self as rows, QualityRow};
use uuid::Uuid;

/// Cases by unit and salesperson, those with the most open first.
///
/// # Errors
/// When the actor may not see tickets.
pub async fn contract_quality(app: &App, actor: &Actor, now: Instant) -> Result<Vec<QualityRow>> {
    let scope = actor.scope(Permission::TicketsRead)?;
    let today = time::date_in_china(now);
    let days = setting(app, "risk_quality_days", today)?;
    let since = today - Days::new(u64::try_from(days).unwrap_or(0));
    let found = rows::list_contract_quality(app.store(), &scope, &QUALITY_PROBLEMS, (since, today));
    Ok(found.await?)
}

/// Whom to urge, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct UrgeForm {
    /// Code of the unit.
    pub org: String,
    /// Code of the salesperson; empty for cases of none.
    pub agent: String,
    /// What the department is told.
    pub words: String,
}

/// Urges the sales department to solve the open cases of a unit and salesperson: every case that has been
/// issued is urged, and the day of the next time is noted. How many cases were urged.
///
/// # Errors
/// When the actor may not, there is nothing open, or the department was urged and its time runs.
pub async fn urge_sales(app: &App, actor: &Actor, now: Instant, form: &UrgeForm) -> Result<usize> {
    person(actor)?;
    let scope = actor.scope(Permission::TicketsIssue)?;
    let today = time::date_in_china(now);
    let words = demanded("urging", &form.words, LINE_MAX)?;
    let board = contract_quality(app, actor, now).await?;
    let agent = some(&form.agent);
    let row = board
        .into_iter()
        .find(|r| r.org_code == form.org.trim() && r.agent_code == agent && r.open > 0)
        .ok_or(Error::NotFound)?;
    if let Some(next) = row.next_on.filter(|next| *next > today) {
        return Err(Refusal::with("risk-urged", next.to_string()).into());
    }
    let of: (Uuid, Option<Uuid>) = (row.org_id, row.agent_id);
    let db = app.store();
    let ids = rows::list_open_quality_tickets(db, &scope, &QUALITY_PROBLEMS, of).await?;
    let step = StepForm {
        step: "remind".into(),
        text: words.to_owned(),
        ..StepForm::default()
    };
    let report = take_steps(app, actor, now, &BulkTarget::Ids(ids), &step).await?;
    let days = setting(app, "risk_urge_again_days", today)?;
    let next_on = app.rules().working_days_after(today, days);
    let work = app.store().begin(now).await?;
    let by = (actor.name.as_str(), next_on);
    let id = rows::insert_urging(&work, of, row.open, words, by).await?;
    let detail = serde_json::json!({ "open": row.open, "urged": report.done, "next_on": next_on });
    let entry = AuditEntry::new(actor, "risk.sales_urged", "sales_urging", id);
    work.commit(entry.detail(detail)).await?;
    Ok(report.done)
}
