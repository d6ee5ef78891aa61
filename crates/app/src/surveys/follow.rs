//! After collection: results are collated and those concerned told, the requester reports, departments
//! set measures (B09 §13(3)–(4), §14).

use super::step::{Step, take};
use super::{find, scope_of};
use crate::listing;
use crate::visits::{Problems, demanded, person};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::ids::UserId;
use domain::surveys::{SurveyState, SurveyStep, ToldAs};
use domain::time::{self, Instant};
use store::surveys::{self as rows, NewMeasure, SurveyChange, SurveyRow};
use store::{AuditEntry, Reads};
use uuid::Uuid;

/// Longest report and feedback.
const TEXT_MAX: usize = 8_000;
/// Longest measure, outcome.
const MEASURE_MAX: usize = 1_000;
/// Longest name of a department.
const SHORT_MAX: usize = 100;
/// Most people of departments who are told.
const TOLD_MAX: usize = 30;

/// Who is told of the results.
#[derive(Clone, Debug, Default)]
pub struct CollationForm {
    /// Ids of people of the departments responsible.
    pub departments: Vec<String>,
    /// Id of the head of the operations department.
    pub operations_head: String,
    /// Id of the head of the customer-service office.
    pub office_head: String,
}

/// People who can be told of a survey, so that nobody is told who could not open it.
async fn persons(db: &impl Reads, row: &SurveyRow) -> Result<Vec<UserId>> {
    let near = rows::list_persons_near(db, &row.org_path).await?;
    Ok(near.into_iter().map(|p| UserId(p.id)).collect())
}

fn pick(field: &str, text: &str, near: &[UserId]) -> Result<UserId> {
    let text = demanded(field, text, SHORT_MAX)?;
    let id = Uuid::try_parse(text).ok().map(UserId);
    id.filter(|id| near.contains(id))
        .ok_or_else(|| Error::invalid(field, "unknown-user"))
}

/// The customer-service office declares the results put together and tells those concerned.
///
/// # Errors
/// When the actor may not or is the requester, collection has not ended, or somebody is missing.
pub async fn collate(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
    form: &CollationForm,
) -> Result<SurveyState> {
    let scope = scope_of(actor, SurveyStep::Collate)?;
    let work = app.store().begin(now).await?;
    let row = find(&work, &scope, key).await?;
    let near = persons(&work, &row).await?;
    let mut p = Problems::default();
    let mut told = Vec::new();
    let given: Vec<_> = form
        .departments
        .iter()
        .filter(|d| !d.trim().is_empty())
        .collect();
    match given.len() {
        0 => p.take(Err::<(), _>(Error::invalid("departments", "missing")))?,
        n if n > TOLD_MAX => p.take(Err::<(), _>(Error::invalid("departments", "too-many")))?,
        _ => None,
    };
    for department in given {
        let picked = p.take(pick("departments", department, &near))?;
        told.extend(picked.map(|id| (id, ToldAs::Department)));
    }
    let operations = p.take(pick("operations_head", &form.operations_head, &near))?;
    let office = p.take(pick("office_head", &form.office_head, &near))?;
    p.end()?;
    told.extend(operations.map(|id| (id, ToldAs::OperationsHead)));
    told.extend(office.map(|id| (id, ToldAs::OfficeHead)));
    for (user, told_as) in &told {
        rows::insert_told(&work, row.id, *user, *told_as).await?;
    }
    let change = SurveyChange {
        collated_on: Some(time::date_in_china(now)),
        ..SurveyChange::default()
    };
    let step = Step {
        step: SurveyStep::Collate,
        note: None,
        change,
    };
    let (state, entry) = take(app, &work, actor, &row, &step).await?;
    work.commit(entry).await?;
    Ok(state)
}

/// The requester's report.
#[derive(Clone, Debug, Default)]
pub struct ReportForm {
    /// The report.
    pub report: String,
    /// Feedback on customers' suggestions and opinions.
    pub feedback: String,
}

/// The requester files the report, with feedback on suggestions.
///
/// # Errors
/// When the actor may not or is not the requester, results are not collated, or a text is missing.
pub async fn report_survey(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
    form: &ReportForm,
) -> Result<SurveyState> {
    let scope = scope_of(actor, SurveyStep::Report)?;
    let mut p = Problems::default();
    let report = p.take(demanded("report", &form.report, TEXT_MAX))?;
    let feedback = p.take(demanded("feedback", &form.feedback, TEXT_MAX))?;
    p.end()?;
    let work = app.store().begin(now).await?;
    let row = find(&work, &scope, key).await?;
    let change = SurveyChange {
        report,
        feedback,
        ..SurveyChange::default()
    };
    let step = Step {
        step: SurveyStep::Report,
        note: None,
        change,
    };
    let (state, entry) = take(app, &work, actor, &row, &step).await?;
    work.commit(entry).await?;
    Ok(state)
}

/// An improvement measure, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct MeasureForm {
    /// The department responsible.
    pub department: String,
    /// What it does.
    pub measure: String,
    /// Id of who sees to it.
    pub owner: String,
    /// By when.
    pub due_on: String,
}

/// Adds an improvement measure: by the requester, or by somebody who was told.
///
/// # Errors
/// When the actor may not, results are not collated yet or everything is filed, or a field is wrong.
pub async fn add_measure(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
    form: &MeasureForm,
) -> Result<Uuid> {
    let scope = actor.scope(Permission::SurveysRequest)?;
    let by = person(actor)?;
    let work = app.store().begin(now).await?;
    let row = find(&work, &scope, key).await?;
    let follows = matches!(
        row.state,
        SurveyState::Collated | SurveyState::Reported | SurveyState::MeasuresSet
    );
    if !follows {
        return Err(Refusal::with("survey-wrong-state", row.state.as_str()).into());
    }
    let told = rows::list_told(&work, row.id).await?;
    if row.requester != by && !told.iter().any(|t| t.user == by) {
        return Err(Refusal::new("survey-not-concerned").into());
    }
    let near = persons(&work, &row).await?;
    let today = time::date_in_china(now);
    let mut p = Problems::default();
    let department = p.take(demanded("department", &form.department, SHORT_MAX))?;
    let measure = p.take(demanded("measure", &form.measure, MEASURE_MAX))?;
    let owner = p.take(pick("owner", &form.owner, &near))?;
    let due = listing::date("due_on", &form.due_on)
        .and_then(|d| d.ok_or_else(|| Error::invalid("due_on", "missing")))
        .and_then(|d| match d < today {
            true => Err(Error::invalid("due_on", "in-the-past")),
            false => Ok(d),
        });
    let due = p.take(due)?;
    p.end()?;
    let new = NewMeasure {
        department: department.unwrap_or_default(),
        measure: measure.unwrap_or_default(),
        owner: owner.unwrap_or(by),
        due_on: due.unwrap_or(today),
    };
    let id = rows::insert_measure(&work, row.id, &new).await?;
    let detail = serde_json::json!({ "number": row.number, "measure": id, "due_on": new.due_on });
    let entry = AuditEntry::new(actor, "survey.measure_set", "survey", row.id.0);
    work.commit(entry.detail(detail)).await?;
    Ok(id)
}

/// The owner of a measure, or the requester, says what came of it.
///
/// # Errors
/// When it is somebody else's, was done before, or the outcome is missing.
pub async fn finish_measure(
    app: &App,
    actor: &Actor,
    now: Instant,
    (key, measure): (&str, Uuid),
    outcome: &str,
) -> Result<()> {
    let scope = actor.scope(Permission::SurveysRead)?;
    let by = person(actor)?;
    let outcome = demanded("outcome", outcome, MEASURE_MAX)?;
    let work = app.store().begin(now).await?;
    let row = find(&work, &scope, key).await?;
    let measures = rows::list_measures(&work, row.id).await?;
    let found = measures.into_iter().find(|m| m.id == measure);
    let found = found.ok_or(Error::NotFound)?;
    if found.owner_id != by.0 && row.requester != by {
        return Err(Refusal::new("survey-not-concerned").into());
    }
    rows::finish_measure(&work, &found, outcome, time::date_in_china(now)).await?;
    let detail = serde_json::json!({ "number": row.number, "measure": measure });
    let entry = AuditEntry::new(actor, "survey.measure_done", "survey", row.id.0);
    Ok(work.commit(entry.detail(detail)).await?)
}
