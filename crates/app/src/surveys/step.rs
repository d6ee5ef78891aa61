//! Steps of a survey: put forward, agreed to, built, confirmed, launched, closed, archived.

use super::{decision_view, find, scope_of};
use crate::access::Token;
use crate::jobs::{Task, enqueue};
use crate::visits::{person, text};
use crate::{App, Error, Result};
use chrono::Days;
use domain::access::Actor;
use domain::surveys::{Platform, SurveyState, SurveyStep, parse_form};
use domain::time::{self, Instant};
use store::surveys::{self as rows, SurveyChange, SurveyRow};
use store::{AuditEntry, UnitOfWork};

/// Longest note.
const NOTE_MAX: usize = 2_000;
/// Longest questionnaire.
const QUESTIONNAIRE_MAX: usize = 12_000;

/// A step with what it changes.
pub(super) struct Step<'s> {
    /// The step.
    pub(super) step: SurveyStep,
    /// Reason or note.
    pub(super) note: Option<&'s str>,
    /// What changes besides the state.
    pub(super) change: SurveyChange<'s>,
}

/// Decides and saves a step in a unit of work; gives the state after it and what to record.
pub(super) async fn take(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    row: &SurveyRow,
    step: &Step<'_>,
) -> Result<(SurveyState, AuditEntry)> {
    let by = person(actor)?;
    let today = time::date_in_china(work.now());
    let view = decision_view(app, work, row, work.now()).await?;
    let state = view.decide(step.step, by, step.note.is_some(), today)?;
    rows::save_survey(work, row, state, &step.change).await?;
    let moved = (Some(row.state), state);
    let name = step.step.as_str();
    rows::insert_survey_entry(work, row.id, &actor.name, name, moved, step.note).await?;
    let detail = serde_json::json!({ "number": row.number, "step": name, "state": state.as_str() });
    let entry = AuditEntry::new(actor, "survey.moved", "survey", row.id.0).detail(detail);
    Ok((state, entry))
}

/// Takes a step that needs nothing but a reason or note.
///
/// # Errors
/// When the actor may not, the step does not fit, or the same person had a turn before.
pub async fn take_survey_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
    (name, note): (&str, &str),
) -> Result<SurveyState> {
    let step = SurveyStep::parse(name).map_err(|_| Error::invalid("step", "unknown-code"))?;
    if matches!(
        step,
        SurveyStep::Build | SurveyStep::Collate | SurveyStep::Report
    ) {
        return Err(Error::invalid("step", "unknown-code"));
    }
    let scope = scope_of(actor, step)?;
    let note = text("reason", note, NOTE_MAX)?;
    let by = person(actor)?;
    let today = time::date_in_china(now);
    let work = app.store().begin(now).await?;
    let row = find(&work, &scope, key).await?;
    let token = Token::new(app).0;
    let mut change = SurveyChange::default();
    match step {
        SurveyStep::HeadApproves => change.head = Some(by),
        SurveyStep::ExecutiveApproves => change.executive = Some(by),
        SurveyStep::ManagerApproves => change.manager = Some(by),
        SurveyStep::Revise => change.forget_agreements = true,
        SurveyStep::Archive => change.archived_on = Some(today),
        SurveyStep::Launch => {
            change.launched_on = Some(today);
            change.due_on = Some(due(app, row.to_on)?);
            if row.platform == Platform::OpenLink {
                change.open_token = Some(&token);
            } else {
                let task = Task::DistributeSurvey { survey: row.id.0 };
                change.job = Some(enqueue(&work, actor, now, &task).await?);
            }
        }
        SurveyStep::Close => {
            change.closed_on = Some(today);
            change.due_on = Some(due(app, today.min(row.to_on))?);
        }
        _ => {}
    }
    let step = Step { step, note, change };
    let (state, entry) = take(app, &work, actor, &row, &step).await?;
    if step.step == SurveyStep::Close {
        rows::settle_answers(&work, row.id).await?;
    }
    work.commit(entry).await?;
    Ok(state)
}

/// By when results of a collection that ends on a day are collated (B09 §14).
fn due(app: &App, ends_on: chrono::NaiveDate) -> Result<chrono::NaiveDate> {
    let days = app.rules().setting("survey_collation_days", ends_on);
    let missing =
        || Error::Fault("no pack in force has the parameter survey_collation_days".into());
    let days = u64::try_from(days.ok_or_else(missing)?).unwrap_or(0);
    Ok(ends_on.checked_add_days(Days::new(days)).unwrap_or(ends_on))
}

/// The customer-service office builds the electronic questionnaire from the draft (B09 §13(2)).
///
/// # Errors
/// When the actor may not or is the requester, the general manager has not agreed where that is needed,
/// or the text is no questionnaire.
pub async fn build_questionnaire(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
    questionnaire: &str,
) -> Result<SurveyState> {
    let scope = scope_of(actor, SurveyStep::Build)?;
    let body = text("questionnaire", questionnaire, QUESTIONNAIRE_MAX)?.unwrap_or_default();
    parse_form(body)?;
    let work = app.store().begin(now).await?;
    let row = find(&work, &scope, key).await?;
    let step = Step {
        step: SurveyStep::Build,
        note: None,
        change: SurveyChange {
            questionnaire: Some(body),
            ..SurveyChange::default()
        },
    };
    let (state, entry) = take(app, &work, actor, &row, &step).await?;
    work.commit(entry).await?;
    Ok(state)
}
