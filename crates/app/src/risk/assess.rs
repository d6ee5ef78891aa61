//! Assessments: written on a form that the table of points makes, submitted, confirmed by another person.

use super::score::{Answers, assess, fields, kept, known};
use super::{Explanation, FormField};
use super::{TEXT_MAX, find, note_confidential, review, right_for, setting, wording};
use crate::listing::{self, some};
use crate::visits::{demanded, person, text};
use crate::{App, Error, Result};
use chrono::{Days, NaiveDate};
use domain::access::{Actor, Permission, Scope};
use domain::risk::RiskLevel;
use domain::risk::{
    Assessment, AssessmentCommand, AssessmentState, CreditFlag, FlagState, RiskDimension,
};
use domain::time::{self, Instant};
use store::customers::CustomerRow;
use store::risk::{self as rows, AssessmentChange, AssessmentFilter, AssessmentRow, NewAssessment};
use store::risk::{FlagRow, NewRiskMeasure};
use store::{AuditEntry, UnitOfWork};
use uuid::Uuid;

/// An assessment as it comes from the form.
#[derive(Clone, Debug, Default)]
pub struct AssessmentForm {
    /// Dimension, as a code.
    pub dimension: String,
    /// Answers, by the name of the fact.
    pub answers: Answers,
    /// The situation in words.
    pub content: String,
}

/// A step, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct StepForm {
    /// `submit`, `confirm` or `return`.
    pub step: String,
    /// Why it is sent back.
    pub reason: String,
    /// The version that the person saw.
    pub version: Option<i64>,
}

/// The form of an assessment: the draft that is there, or a new one with what the last one said.
#[derive(Clone, Debug)]
pub struct AssessmentPage {
    /// The customer.
    pub customer: CustomerRow,
    /// What is assessed.
    pub dimension: RiskDimension,
    /// The draft or what was submitted.
    pub open: Option<AssessmentRow>,
    /// What is in force.
    pub current: Option<AssessmentRow>,
    /// The fields.
    pub fields: Vec<FormField>,
    /// Why the open one comes to its level.
    pub explanation: Option<Explanation>,
    /// Whether the viewer may confirm it.
    pub may_confirm: bool,
}

impl AssessmentPage {
    /// The situation in words as the form begins.
    pub fn content(&self) -> &str {
        let row = self.open.as_ref().or(self.current.as_ref());
        row.and_then(|r| r.content.as_deref()).unwrap_or_default()
    }
}

pub(super) fn dimension(code: &str) -> Result<RiskDimension> {
    let found = listing::code("dimension", code, RiskDimension::parse)?;
    found.ok_or_else(|| Error::invalid("dimension", "missing"))
}

/// The flag in force, from the changes of a customer.
pub(super) fn flag_of(flags: &[FlagRow]) -> CreditFlag {
    let last = flags.iter().find(|f| f.state == FlagState::InForce);
    last.map_or(CreditFlag::Normal, |f| f.to)
}

/// What the records say of a customer.
async fn records(
    app: &App,
    scope: &Scope,
    customer: &CustomerRow,
    today: NaiveDate,
) -> Result<Answers> {
    let days = setting(app, "risk_fact_days", today)?;
    let since = today - Days::new(u64::try_from(days).unwrap_or(0));
    let facts = rows::find_risk_facts(app.store(), scope, customer.id, since).await?;
    let flags = rows::list_flags(app.store(), scope, customer.id).await?;
    Ok(known(&facts.unwrap_or_default(), flag_of(&flags), customer))
}

/// The open and the confirmed assessment of a dimension.
async fn standing(
    app: &App,
    scope: &Scope,
    customer: &CustomerRow,
    dimension: RiskDimension,
) -> Result<(Option<AssessmentRow>, Option<AssessmentRow>)> {
    let filter = AssessmentFilter {
        customer: Some(customer.id),
        dimension: Some(dimension),
        confidential: dimension == RiskDimension::Aml,
        ..AssessmentFilter::default()
    };
    let found = rows::list_assessments(app.store(), scope, &filter, listing::PAGE_ROWS).await?;
    let (mut open, mut current) = (None, None);
    for row in found.rows {
        match row.state {
            AssessmentState::Draft | AssessmentState::Submitted => open = open.or(Some(row)),
            AssessmentState::Confirmed => current = current.or(Some(row)),
            AssessmentState::Superseded => {}
        }
    }
    Ok((open, current))
}

/// The form of an assessment of a customer in a dimension.
///
/// # Errors
/// When the actor may neither write nor confirm it, or the customer is not in sight.
pub async fn assessment_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    code: &str,
) -> Result<AssessmentPage> {
    let dimension = RiskDimension::parse(code).map_err(|_| Error::NotFound)?;
    let (writes, confirms) = (right_for(dimension, false), right_for(dimension, true));
    let right = if actor.may(writes) { writes } else { confirms };
    let scope = actor.scope(right)?;
    let today = time::date_in_china(now);
    let customer = find(app, &scope, customer_no).await?;
    if dimension == RiskDimension::Aml {
        note_confidential(app, actor, now, &customer).await?;
    }
    let known = records(app, &scope, &customer, today).await?;
    let (open, current) = standing(app, &scope, &customer, dimension).await?;
    let given = open.as_ref().or(current.as_ref());
    let given = kept(given.and_then(|r| r.answers.as_ref()));
    let submitted = open.as_ref();
    let submitted = submitted.filter(|r| r.state == AssessmentState::Submitted);
    Ok(AssessmentPage {
        may_confirm: actor.may(confirms)
            && submitted.is_some_and(|r| Some(r.made_by_id) != actor.user()),
        fields: fields(app, dimension, today, &given, &known)?,
        explanation: open
            .as_ref()
            .and_then(|r| Explanation::read(r.explanation.as_ref())),
        customer,
        dimension,
        open,
        current,
    })
}

/// Writes an assessment: a new draft, or the one that is there anew.
///
/// # Errors
/// When the actor may not, an answer is none, or another waits for confirmation.
pub async fn save_assessment(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &AssessmentForm,
) -> Result<Uuid> {
    let by = person(actor)?;
    let dimension = dimension(&form.dimension)?;
    let scope = actor.scope(right_for(dimension, false))?;
    let today = time::date_in_china(now);
    let customer = find(app, &scope, customer_no).await?;
    let content = demanded("content", &form.content, TEXT_MAX)?;
    let known = records(app, &scope, &customer, today).await?;
    let assessed = assess(app, dimension, today, &form.answers, &known)?;
    let (open, _) = standing(app, &scope, &customer, dimension).await?;
    let new = NewAssessment {
        dimension,
        points: assessed.points,
        level: assessed.level,
        answers: &assessed.answers,
        explanation: &assessed.explanation,
        content,
    };
    let work = app.store().begin(now).await?;
    let id = match open {
        Some(row) => {
            view(&row).decide(AssessmentCommand::Change, by)?;
            rows::change_assessment(&work, &row, &new, (by, &actor.name)).await?;
            row.id
        }
        None => rows::insert_assessment(&work, customer.id, &new, (by, &actor.name)).await?,
    };
    let entry = AuditEntry::new(actor, "risk.assessment_written", "risk_assessment", id)
        .customer(customer.id.0);
    // No dimension is named: who reads the log does not learn who is looked at for money laundering.
    work.commit(entry).await?;
    Ok(id)
}

fn view(row: &AssessmentRow) -> Assessment {
    Assessment {
        state: row.state,
        made_by: row.made_by_id,
    }
}

/// Takes a step of an assessment. With its confirmation the one before is superseded, the next look has a
/// day, and the measure that the rules attach to the level is set.
///
/// # Errors
/// When the actor may not, the step does not fit, or who wrote it would confirm it.
pub async fn take_assessment_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &StepForm,
) -> Result<AssessmentRow> {
    let by = person(actor)?;
    let command = match form.step.as_str() {
        "submit" => AssessmentCommand::Submit,
        "confirm" => AssessmentCommand::Confirm,
        "return" => AssessmentCommand::Return,
        _ => return Err(Error::invalid("step", "unknown-code")),
    };
    let confirms = command != AssessmentCommand::Submit;
    let everyday = match confirms {
        true => Permission::RiskConfirm,
        false => Permission::RiskAssess,
    };
    let secret = super::confidential(actor);
    let right = if actor.may(everyday) {
        everyday
    } else {
        Permission::RiskConfidential
    };
    let scope = actor.scope(right)?;
    let work = app.store().begin(now).await?;
    let row = rows::find_assessment(&work, &scope, id, secret).await?;
    let row = row.ok_or(Error::NotFound)?;
    actor.demand(right_for(row.dimension, confirms))?;
    if form.version.is_some_and(|seen| seen != row.version) {
        return Err(Error::Conflict);
    }
    let state = view(&row).decide(command, by)?;
    let reason = text("reason", &form.reason, TEXT_MAX)?;
    let mut change = AssessmentChange::default();
    let action = match command {
        AssessmentCommand::Return => {
            change.returned = Some(reason.ok_or_else(|| Error::invalid("reason", "missing"))?);
            "risk.assessment_returned"
        }
        AssessmentCommand::Confirm => {
            let today = time::date_in_china(now);
            let review_on = review::next_review(app, row.dimension, row.level, today)?;
            change.confirmed = Some((actor.name.as_str(), today, review_on));
            rows::supersede_assessments(&work, row.customer, row.dimension).await?;
            attach(app, &work, actor, &row, (today, review_on)).await?;
            "risk.assessment_confirmed"
        }
        AssessmentCommand::Submit | AssessmentCommand::Change => "risk.assessment_submitted",
    };
    rows::save_assessment(&work, &row, state, &change).await?;
    let entry = AuditEntry::new(actor, action, "risk_assessment", id).customer(row.customer.0);
    work.commit(entry).await?;
    Ok(AssessmentRow { state, ..row })
}

/// Sets the measure that the rules attach to a level; a low risk needs none of its own.
async fn attach(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    row: &AssessmentRow,
    (today, due_on): (NaiveDate, NaiveDate),
) -> Result<()> {
    if row.level == RiskLevel::Low || row.dimension == RiskDimension::Aml {
        return Ok(());
    }
    let words = wording(app, &format!("risk_control_{}", row.level), today);
    let Some(measure) = words.as_deref().and_then(some) else {
        return Ok(());
    };
    let new = NewRiskMeasure {
        assessment: Some(row.id),
        signal: None,
        is_confidential: false,
        measure: &measure,
        owner: row.made_by_id,
        due_on,
        by: &actor.name,
    };
    rows::insert_risk_measure(work, row.customer, &new).await?;
    Ok(())
}
