//! Formatted visit questionnaires: written by a department, agreed to by its head and the supervising
//! executive, carried out by the customer-service office (B09 §8).

use super::{Problems, SHORT_MAX, TEXT_MAX, demanded, person, text};
use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::ids::FormattedId;
use domain::time::Instant;
use domain::visits::{ChainStep, Formatted, FormattedState};
use store::visits::{self as rows, FormattedEntryRow, FormattedRow, NewFormatted};
use store::{AuditEntry, Page, Reads};

/// Longest list of questions.
const QUESTIONS_MAX: usize = 8_000;

/// A formatted questionnaire, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct FormattedForm {
    /// Title.
    pub title: String,
    /// The requesting department.
    pub department: String,
    /// What it is for.
    pub reason: String,
    /// The questions, one a line.
    pub questions: String,
}

impl FormattedForm {
    fn read(&self) -> Result<NewFormatted<'_>> {
        let mut problems = Problems::default();
        let title = problems.take(demanded("title", &self.title, SHORT_MAX))?;
        let department = problems.take(demanded("department", &self.department, SHORT_MAX))?;
        let reason = problems.take(demanded("reason", &self.reason, TEXT_MAX))?;
        let questions = problems.take(demanded("questions", &self.questions, QUESTIONS_MAX))?;
        problems.end()?;
        Ok(NewFormatted {
            title: title.unwrap_or_default(),
            department: department.unwrap_or_default(),
            reason: reason.unwrap_or_default(),
            questions: questions.unwrap_or_default(),
        })
    }
}

/// A formatted questionnaire with its history and the steps that fit the viewer.
#[derive(Clone, Debug)]
pub struct FormattedPage {
    /// The questionnaire.
    pub row: FormattedRow,
    /// History.
    pub entries: Vec<FormattedEntryRow>,
    /// Steps that the viewer may take.
    pub steps: Vec<&'static str>,
}

/// Names of the steps with the right that each needs.
const STEPS: [(&str, Permission); 7] = [
    ("submit", Permission::VisitsMake),
    ("head_agrees", Permission::VisitsApprove),
    ("executive_agrees", Permission::VisitsEndorse),
    ("take_over", Permission::VisitsApprove),
    ("finish", Permission::VisitsApprove),
    ("return", Permission::VisitsApprove),
    ("return", Permission::VisitsEndorse),
];

fn chain_step(name: &str, reason: &str) -> Result<ChainStep> {
    Ok(match name {
        "submit" => ChainStep::Submit,
        "head_agrees" => ChainStep::HeadAgrees,
        "executive_agrees" => ChainStep::ExecutiveAgrees,
        "take_over" => ChainStep::TakeOver,
        "finish" => ChainStep::Finish,
        "return" => ChainStep::Return {
            reason: reason.to_owned(),
        },
        _ => return Err(Error::invalid("step", "unknown-code")),
    })
}

async fn decision_view(db: &impl Reads, row: &FormattedRow) -> Result<Formatted> {
    Ok(Formatted {
        state: row.state,
        author: row.author,
        head: row.head,
        visits_filed: rows::count_filed_visits(db, row.id).await?,
    })
}

/// Formatted questionnaires in sight, the newest first.
///
/// # Errors
/// When the actor may not, or `after` cannot be read.
pub async fn list_formatted(app: &App, actor: &Actor, after: &str) -> Result<Page<FormattedRow>> {
    let scope = actor.scope(Permission::VisitsRead)?;
    let after = listing::after(after)?;
    Ok(rows::list_formatted(app.store(), &scope, None, after.as_ref(), PAGE_ROWS).await?)
}

/// Formatted questionnaires that visits may use.
///
/// # Errors
/// When the actor may not.
pub async fn ready_questionnaires(app: &App, actor: &Actor) -> Result<Vec<FormattedRow>> {
    let scope = actor.scope(Permission::VisitsMake)?;
    let ready = Some(FormattedState::ReadyForService);
    Ok(
        rows::list_formatted(app.store(), &scope, ready, None, PAGE_ROWS)
            .await?
            .rows,
    )
}

/// A formatted questionnaire in sight.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn formatted_page(app: &App, actor: &Actor, id: FormattedId) -> Result<FormattedPage> {
    let scope = actor.scope(Permission::VisitsRead)?;
    let db = app.store();
    let row = rows::find_formatted(db, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let view = decision_view(db, &row).await?;
    let mut steps = Vec::new();
    for (name, permission) in STEPS {
        let (Some(by), true) = (actor.user(), actor.may(permission)) else {
            continue;
        };
        let fits = view.decide(&chain_step(name, "-")?, by).is_ok();
        if fits && !steps.contains(&name) {
            steps.push(name);
        }
    }
    Ok(FormattedPage {
        entries: rows::list_formatted_entries(db, &scope, id).await?,
        steps,
        row,
    })
}

/// Writes a new draft.
///
/// # Errors
/// When the actor may not, or a field is wrong.
pub async fn create_formatted(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &FormattedForm,
) -> Result<FormattedId> {
    actor.demand(Permission::VisitsMake)?;
    let by = person(actor)?;
    let org = actor.org_id.ok_or_else(|| Refusal::new("person-needed"))?;
    let new = form.read()?;
    let work = app.store().begin(now).await?;
    let id = rows::insert_formatted(&work, &new, org, by).await?;
    let moved = (None, FormattedState::Drafted);
    rows::insert_formatted_entry(&work, id, &actor.name, "draft", moved, None).await?;
    let detail = serde_json::json!({ "title": new.title });
    let entry = AuditEntry::new(actor, "formatted.drafted", "visit_questionnaire", id.0);
    work.commit(entry.detail(detail)).await?;
    Ok(id)
}

/// Writes a draft anew.
///
/// # Errors
/// When it is another's or no draft any more, or a field is wrong.
pub async fn write_formatted(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: FormattedId,
    form: &FormattedForm,
) -> Result<()> {
    let scope = actor.scope(Permission::VisitsMake)?;
    let new = form.read()?;
    let work = app.store().begin(now).await?;
    let row = rows::find_formatted(&work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    if row.state != FormattedState::Drafted {
        return Err(Refusal::with("formatted-wrong-state", row.state.as_str()).into());
    }
    if Some(row.author) != actor.user() {
        return Err(Refusal::new("approval-not-own").into());
    }
    rows::write_formatted(&work, &row, &new).await?;
    let entry = AuditEntry::new(actor, "formatted.written", "visit_questionnaire", id.0);
    Ok(work.commit(entry).await?)
}

/// Takes a step of the approval.
///
/// # Errors
/// When the actor may not, the step does not fit, or the same person agreed before.
pub async fn take_chain_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: FormattedId,
    (name, reason): (&str, &str),
) -> Result<FormattedState> {
    let step = chain_step(name, reason)?;
    let mut needed = STEPS.iter().filter(|(n, _)| *n == name).map(|(_, p)| *p);
    let held = needed.clone().find(|p| actor.may(*p));
    let permission = held.or_else(|| needed.next());
    let scope = actor.scope(permission.unwrap_or(Permission::VisitsApprove))?;
    let by = person(actor)?;
    let note = text("reason", reason, TEXT_MAX)?;
    let work = app.store().begin(now).await?;
    let row = rows::find_formatted(&work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let state = decision_view(&work, &row).await?.decide(&step, by)?;
    let head = (step == ChainStep::HeadAgrees).then_some(by);
    rows::save_formatted(&work, &row, state, head).await?;
    let moved = (Some(row.state), state);
    rows::insert_formatted_entry(&work, id, &actor.name, name, moved, note).await?;
    let detail = serde_json::json!({ "step": name, "state": state.as_str() });
    let entry = AuditEntry::new(actor, "formatted.moved", "visit_questionnaire", id.0);
    work.commit(entry.detail(detail)).await?;
    Ok(state)
}
