//! Filing a visit, and everything that follows from it: the callback or the obligation behind it
//! ends, a problem that it found becomes a ticket.

use super::person;
use super::problems::open_found;
use crate::callbacks::{Decided, carry_out, record};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::callbacks::{CallbackState, Command, ContactChannel};
use domain::ids::{UserId, VisitId};
use domain::obligations::{ObligationStatus, Timing};
use domain::tickets::ProblemType;
use domain::time::{self, Instant};
use domain::visits::{VisitState, VisitStep};
use store::visits::{self as rows, VisitChange, VisitRow};
use store::{AuditEntry, UnitOfWork};

/// Files a signed visit.
///
/// # Errors
/// When the actor may not, or the respondent has not signed.
pub async fn archive_visit(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: VisitId,
) -> Result<VisitState> {
    let scope = actor.scope(Permission::VisitsMake)?;
    let by = person(actor)?;
    let work = app.store().begin(now).await?;
    let visit = rows::find_visit(&work, &scope, id).await?;
    let visit = visit.ok_or(Error::NotFound)?;
    let state = visit.decision_view().decide(&VisitStep::Archive, by, now)?;
    let change = VisitChange {
        archived: Some(&actor.name),
        ..VisitChange::default()
    };
    rows::save_visit(&work, id, visit.version, state, &change).await?;
    let moved = (Some(visit.state), state);
    rows::insert_visit_entry(&work, id, &actor.name, "archive", moved, None).await?;
    let mut audit = end_callback(app, &work, actor, by, &visit).await?;
    audit.extend(open_found(app, &work, actor, &visit).await?);
    audit.extend(discharge(&work, actor, &visit).await?);
    let detail = serde_json::json!({ "number": visit.number, "affirmed": visit.affirmed });
    let entry = AuditEntry::new(actor, "visit.archived", "visit", id.0);
    let first = entry.customer(visit.customer_id.0).detail(detail);
    work.commit(store::Audit::with(first, audit)).await?;
    Ok(state)
}

/// A callback that waits for the visit is completed by it, or becomes a problem case.
async fn end_callback(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    by: UserId,
    visit: &VisitRow,
) -> Result<Vec<AuditEntry>> {
    let Some(callback) = visit.callback_id else {
        return Ok(Vec::new());
    };
    let whole = Actor::system().scope(Permission::CallbacksRead)?;
    let record = record(work, &whole, callback).await?;
    if record.callback.state != CallbackState::VisitPlanned {
        return Ok(Vec::new());
    }
    let affirmed = visit.affirmed == Some(true);
    let content = super::FormContent::read(visit.form.as_deref())?;
    let reason = if affirmed {
        visit.number.clone()
    } else {
        format!("{} {}", visit.number, content.feedback)
    };
    let decided = Decided {
        command: &Command::VisitDone { affirmed },
        kind: if affirmed {
            "visit_affirmed"
        } else {
            "visit_negative"
        },
        reason: Some(&reason),
        channel: ContactChannel::Visit,
        problem: visit.problem.unwrap_or(ProblemType::RightsUnclear),
    };
    let (_, audit) = carry_out(app, work, actor, by, &record, &decided).await?;
    Ok(audit)
}

/// The obligation of a visit that no callback stands for ends with the filed record.
async fn discharge(
    work: &UnitOfWork,
    actor: &Actor,
    visit: &VisitRow,
) -> Result<Option<AuditEntry>> {
    let Some(obligation) = visit.obligation_id.filter(|_| visit.callback_id.is_none()) else {
        return Ok(None);
    };
    let visited_on = visit.visited_at.map(time::date_in_china);
    let timing = visited_on.and_then(|on| Timing::of(on, None, visit.due_on));
    let status = ObligationStatus::Discharged;
    store::callbacks::discharge_obligation(work, obligation, status, timing, None).await?;
    let detail = serde_json::json!({
        "timing": timing.map(Timing::as_str), "visit": visit.number,
    });
    let entry = AuditEntry::new(actor, "obligation.discharged", "obligation", obligation.0);
    Ok(Some(entry.customer(visit.customer_id.0).detail(detail)))
}
