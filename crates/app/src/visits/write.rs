//! Writing the form of a visit, as often as the visitor likes until the respondent signs.

use super::form::{Asked, ReadForm, VisitForm, missing, read_form};
use super::page::{questions_of, respondents_for};
use super::{person, setting};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::customers::CustomerKind;
use domain::ids::VisitId;
use domain::time::{self, Instant};
use domain::visits::{VisitState, VisitStep, is_late_entry};
use store::visits::{self as rows, FormChange, VisitChange, VisitRow};
use store::{AuditEntry, UnitOfWork};

/// Longest name of a writing.
const SUBMISSION_MAX: usize = 80;

/// How the writing of a form ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where the visit stands.
    pub state: VisitState,
    /// Version, for the next writing.
    pub version: i64,
    /// Columns that are still to be filled before the respondent can sign.
    pub missing: Vec<&'static str>,
}

/// Writes the form. The same writing again, as a phone sends it after a lost connection, changes
/// nothing and gives the same answer.
///
/// # Errors
/// When it is another's visit, a field is wrong, the form is signed, or someone else wrote meanwhile.
pub async fn write_form(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: VisitId,
    form: &VisitForm,
) -> Result<Written> {
    let scope = actor.scope(Permission::VisitsMake)?;
    let by = person(actor)?;
    let submission = form.submission.trim();
    if submission.chars().count() > SUBMISSION_MAX {
        return Err(Error::invalid("submission", "too-long"));
    }
    let work = app.store().begin(now).await?;
    let visit = rows::find_visit(&work, &scope, id).await?;
    let visit = visit.ok_or(Error::NotFound)?;
    let (read, missing) = read(app, &work, &scope, &visit, form).await?;
    if !submission.is_empty() && visit.submission.as_deref() == Some(submission) {
        return Ok(Written {
            state: visit.state,
            version: visit.version,
            missing,
        });
    }
    if form.version.is_some_and(|seen| seen != visit.version) {
        return Err(Error::Conflict);
    }
    let step = VisitStep::WriteForm {
        visited_at: read.visited_at,
        is_complete: missing.is_empty(),
    };
    let state = visit.decision_view().decide(&step, by, now)?;
    let hours = setting(app, "visit_entry_late_hours", time::date_in_china(now))?;
    let entered_at = visit.entered_at.unwrap_or(now);
    let late = is_late_entry(read.visited_at, entered_at, hours);
    let kept = read.content.write()?;
    let change = VisitChange {
        form: Some(FormChange {
            form: &kept,
            visited_at: read.visited_at,
            respondent: read.respondent,
            affirmed: read.affirmed,
            problem: read.problem,
            submission,
            entered_late: late,
        }),
        ..VisitChange::default()
    };
    rows::save_visit(&work, id, visit.version, state, &change).await?;
    if state != visit.state {
        let moved = (Some(visit.state), state);
        rows::insert_visit_entry(&work, id, &actor.name, "write_form", moved, None).await?;
    }
    let detail = serde_json::json!({ "state": state.as_str(), "late": late });
    let entry = AuditEntry::new(actor, "visit.form_written", "visit", id.0);
    work.commit(entry.customer(visit.customer_id.0).detail(detail))
        .await?;
    Ok(Written {
        state,
        version: visit.version + 1,
        missing,
    })
}

/// Reads the form as it fits the visit, and names the columns that are open.
async fn read(
    app: &App,
    work: &UnitOfWork,
    scope: &Scope,
    visit: &VisitRow,
    form: &VisitForm,
) -> Result<(ReadForm, Vec<&'static str>)> {
    let customer = store::customers::find_customer(work, scope, visit.customer_id).await?;
    let kind = customer.map_or(CustomerKind::Individual, |c| c.kind);
    let questions = questions_of(app, work, visit).await?;
    let respondents = respondents_for(kind);
    let asked = Asked {
        format: visit.format,
        respondents: &respondents,
        questions: &questions,
        is_group: kind == CustomerKind::Group,
    };
    let read = read_form(form, &asked)?;
    let missing = missing(&read, &asked);
    Ok((read, missing))
}
