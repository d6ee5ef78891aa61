//! Control measures, each with a person and a day, evidence and effect.

use super::{TEXT_MAX, confidential, find};
use crate::listing;
use crate::visits::{Problems, demanded, person};
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::ids::UserId;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::access::UserRow;
use store::risk::{self as rows, NewRiskMeasure};
use uuid::Uuid;

/// A measure, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct MeasureForm {
    /// What is done.
    pub measure: String,
    /// User name of who sees to it.
    pub owner: String,
    /// By when.
    pub due_on: String,
    /// `true` when it concerns money laundering.
    pub confidential: String,
}

/// What was done, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct DoneForm {
    /// What shows that it was done.
    pub evidence: String,
    /// What it brought about.
    pub effect: String,
}

/// People of the units in sight who can see to something.
///
/// # Errors
/// When the actor may not.
pub async fn list_risk_owners(app: &App, actor: &Actor) -> Result<Vec<UserRow>> {
    let scope = actor.scope(Permission::RiskAssess)?;
    let mut users = store::access::list_users(app.store(), &scope).await?;
    users.retain(|u| u.active);
    Ok(users)
}

/// Somebody in sight by user name.
pub(super) async fn owner(app: &App, actor: &Actor, username: &str) -> Result<UserId> {
    let username = demanded("owner", username, super::LINE_MAX)?;
    let users = list_risk_owners(app, actor).await?;
    let found = users.into_iter().find(|u| u.username == username);
    let found = found.ok_or_else(|| Error::invalid("owner", "unknown-code"))?;
    Ok(found.id)
}

/// A day that is not past.
pub(super) fn due(text: &str, today: NaiveDate) -> Result<NaiveDate> {
    let day = listing::date("due_on", text)?;
    let day = day.ok_or_else(|| Error::invalid("due_on", "missing"))?;
    if day < today {
        return Err(Error::invalid("due_on", "past"));
    }
    Ok(day)
}

/// What a measure says, checked: the words, the person, the day.
pub(super) async fn checked<'f>(
    app: &App,
    actor: &Actor,
    today: NaiveDate,
    form: &'f MeasureForm,
) -> Result<(&'f str, UserId, NaiveDate)> {
    let mut problems = Problems::default();
    let measure = problems.take(demanded("measure", &form.measure, TEXT_MAX))?;
    let owner = problems.take(owner(app, actor, &form.owner).await)?;
    let due_on = problems.take(due(&form.due_on, today))?;
    problems.end()?;
    match (measure, owner, due_on) {
        (Some(measure), Some(owner), Some(due_on)) => Ok((measure, owner, due_on)),
        _ => Err(Error::invalid("measure", "missing")),
    }
}

/// Sets a measure on a customer.
///
/// # Errors
/// When the actor may not, the customer is not in sight, or a field is wrong.
pub async fn add_risk_measure(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &MeasureForm,
) -> Result<Uuid> {
    person(actor)?;
    let scope = actor.scope(Permission::RiskAssess)?;
    let secret = form.confidential == "true";
    if secret {
        actor.demand(Permission::RiskConfidential)?;
    }
    let customer = find(app, &scope, customer_no).await?;
    let today = time::date_in_china(now);
    let (measure, owner, due_on) = checked(app, actor, today, form).await?;
    let work = app.store().begin(now).await?;
    let new = NewRiskMeasure {
        assessment: None,
        signal: None,
        is_confidential: secret,
        measure,
        owner,
        due_on,
        by: &actor.name,
    };
    let id = rows::insert_risk_measure(&work, customer.id, &new).await?;
    let entry = AuditEntry::new(actor, "risk.measure_set", "risk_measure", id)
        .customer(customer.id.0)
        .detail(serde_json::json!({ "due_on": due_on }));
    work.commit(entry).await?;
    Ok(id)
}

/// Notes that a measure was carried out, with what shows it and what it brought about. The number of the
/// customer.
///
/// # Errors
/// When the actor neither sees to it nor assesses customers, or a field is wrong.
pub async fn finish_risk_measure(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &DoneForm,
) -> Result<String> {
    let by = person(actor)?;
    let scope = actor.scope(Permission::RiskRead)?;
    let work = app.store().begin(now).await?;
    let row = rows::find_risk_measure(&work, &scope, id, confidential(actor)).await?;
    let row = row.ok_or(Error::NotFound)?;
    if row.owner != by {
        actor.demand(Permission::RiskAssess)?;
    }
    let mut problems = Problems::default();
    let evidence = problems.take(demanded("evidence", &form.evidence, TEXT_MAX))?;
    let effect = problems.take(demanded("effect", &form.effect, TEXT_MAX))?;
    problems.end()?;
    let (evidence, effect) = (evidence.unwrap_or_default(), effect.unwrap_or_default());
    rows::finish_risk_measure(&work, &row, evidence, effect).await?;
    let entry = AuditEntry::new(actor, "risk.measure_done", "risk_measure", id);
    work.commit(entry.customer(row.customer.0)).await?;
    Ok(row.of.customer_no)
}
