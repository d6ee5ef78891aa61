//! Deciding on a visit, agreeing time and place with the customer, preparing it, giving it up.

use super::request::plan_visit;
use super::{SHORT_MAX, TEXT_MAX, demanded, moment, person, setting, text};
use crate::callbacks::record;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::ids::{UserId, VisitId};
use domain::time::{self, Instant};
use domain::visits::{Appointment, VisitState, VisitStep, may_visit};
use store::access::UserRow;
use store::visits::{self as rows, VisitChange, VisitRow};
use store::{AuditEntry, UnitOfWork};

/// A step, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct StepForm {
    /// `approve`, `refuse`, `schedule`, `reschedule`, `cancel`, `prepare`, `follow_up` or `note`.
    pub step: String,
    /// Why, or what is noted.
    pub reason: String,
    /// Id of who visits; oneself when empty.
    pub visitor: String,
    /// The agreed time.
    pub appointment_at: String,
    /// The agreed place.
    pub place: String,
    /// With whom it was agreed, and how.
    pub agreed_with: String,
    /// Questions and matters for the visit.
    pub guide: String,
    /// The version of the visit that the person saw; not looked at when missing.
    pub version: Option<i64>,
}

/// What a step saves.
struct Taken<'t> {
    step: VisitStep,
    change: VisitChange<'t>,
}

/// Takes a step.
///
/// # Errors
/// When the actor may not, the step does not fit, or a field is wrong.
pub async fn take_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: VisitId,
    form: &StepForm,
) -> Result<VisitState> {
    let permission = match form.step.as_str() {
        "approve" | "refuse" => Permission::VisitsApprove,
        _ => Permission::VisitsMake,
    };
    let scope = actor.scope(permission)?;
    let by = person(actor)?;
    let reason = text("reason", &form.reason, TEXT_MAX)?;
    let work = app.store().begin(now).await?;
    let visit = rows::find_visit(&work, &scope, id).await?;
    let visit = visit.ok_or(Error::NotFound)?;
    if form.version.is_some_and(|seen| seen != visit.version) {
        return Err(Error::Conflict);
    }
    let (state, change) = match form.step.as_str() {
        "prepare" => (visit.state, prepare(&visit, form)?),
        "note" => {
            demanded("reason", &form.reason, TEXT_MAX)?;
            (visit.state, VisitChange::default())
        }
        _ => {
            let taken = read_step(app, &work, actor, by, &visit, form).await?;
            let state = visit.decision_view().decide(&taken.step, by, now)?;
            (state, taken.change)
        }
    };
    rows::save_visit(&work, id, visit.version, state, &change).await?;
    let moved = (Some(visit.state), state);
    rows::insert_visit_entry(&work, id, &actor.name, &form.step, moved, reason).await?;
    let mut audit = Vec::new();
    if form.step == "approve" {
        audit = tell_callback(app, &work, actor, by, &visit, reason).await?;
    }
    let detail = serde_json::json!({ "step": form.step, "state": state.as_str() });
    let entry = AuditEntry::new(actor, "visit.moved", "visit", id.0);
    let first = entry.customer(visit.customer_id.0).detail(detail);
    work.commit(store::Audit::with(first, audit)).await?;
    Ok(state)
}

fn prepare<'f>(visit: &VisitRow, form: &'f StepForm) -> Result<VisitChange<'f>> {
    if !visit.state.is_open() || visit.state == VisitState::Signed {
        return Err(Refusal::with("visit-wrong-state", visit.state.as_str()).into());
    }
    Ok(VisitChange {
        guide: Some(demanded("guide", &form.guide, TEXT_MAX)?),
        ..VisitChange::default()
    })
}

async fn read_step<'f>(
    app: &App,
    work: &UnitOfWork,
    actor: &'f Actor,
    by: UserId,
    visit: &VisitRow,
    form: &'f StepForm,
) -> Result<Taken<'f>> {
    let reason = form.reason.trim().to_owned();
    let today = time::date_in_china(work.now());
    let decided = || VisitChange {
        decided: Some((actor.name.as_str(), form.reason.trim())),
        ..VisitChange::default()
    };
    Ok(match form.step.as_str() {
        "approve" => {
            let days = setting(app, "visit_unresolved_due_days", today)?;
            let change = VisitChange {
                due_on: Some(app.rules().working_days_after(today, days)),
                ..decided()
            };
            let step = VisitStep::Approve { reason };
            Taken { step, change }
        }
        "refuse" => Taken {
            step: VisitStep::Refuse { reason },
            change: decided(),
        },
        "schedule" | "reschedule" => {
            let at = moment("appointment_at", &form.appointment_at)?;
            let place = text("place", &form.place, SHORT_MAX)?;
            let with = text("agreed_with", &form.agreed_with, SHORT_MAX)?.unwrap_or_default();
            let appointment = Appointment {
                at,
                has_place: place.is_some(),
                agreed_with: with.to_owned(),
            };
            let step = if form.step == "schedule" {
                VisitStep::Schedule(appointment)
            } else {
                VisitStep::Reschedule {
                    to: appointment,
                    reason,
                }
            };
            let change = VisitChange {
                visitor: Some(visitor(app, work, by, visit, &form.visitor).await?),
                agreed: Some((at, place, with)),
                ..VisitChange::default()
            };
            Taken { step, change }
        }
        "cancel" => Taken {
            step: VisitStep::Cancel { reason },
            change: VisitChange::default(),
        },
        "follow_up" => Taken {
            step: VisitStep::FollowUp { reason },
            change: VisitChange {
                followed_up: true,
                ..VisitChange::default()
            },
        },
        _ => return Err(Error::invalid("step", "unknown-code")),
    })
}

/// Who visits: oneself, who visits already, or somebody who may.
async fn visitor(
    app: &App,
    work: &UnitOfWork,
    by: UserId,
    visit: &VisitRow,
    id: &str,
) -> Result<UserId> {
    let unknown = || Error::invalid("visitor", "unknown-user");
    let wanted = match id.trim() {
        "" => visit.visitor_id.unwrap_or(by),
        id => UserId(uuid::Uuid::try_parse(id).map_err(|_| unknown())?),
    };
    let user = store::access::find_user(work, wanted).await?;
    let user = user.filter(|u| may_be_visitor(app, u, visit));
    let user = user.ok_or_else(unknown)?;
    let sells = user.roles.iter().any(|r| r.is_sales());
    may_visit(visit.purpose, user.agent, sells, visit.salesperson)
        .map_err(|duty| Refusal::new(duty.refusal()))?;
    Ok(user.id)
}

fn may_be_visitor(app: &App, user: &UserRow, visit: &VisitRow) -> bool {
    let rights = app.rights();
    user.active
        && user.org_path.contains(&visit.org_path)
        && rights.grants(&user.roles, Permission::VisitsMake)
}

/// People who may make a visit, without those who sold what is to be confirmed.
///
/// # Errors
/// When the actor may not.
pub async fn list_visitors(app: &App, actor: &Actor, visit: &VisitRow) -> Result<Vec<UserRow>> {
    let scope = actor.scope(Permission::VisitsMake)?;
    let users = store::access::list_users(app.store(), &scope).await?;
    let fits = |u: &UserRow| {
        let sells = u.roles.iter().any(|r| r.is_sales());
        may_be_visitor(app, u, visit)
            && may_visit(visit.purpose, u.agent, sells, visit.salesperson).is_ok()
    };
    Ok(users.into_iter().filter(fits).collect())
}

/// An approved visit takes the callback along, where the callback can still wait for it.
async fn tell_callback(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    by: UserId,
    visit: &VisitRow,
    reason: Option<&str>,
) -> Result<Vec<AuditEntry>> {
    let Some(callback) = visit.callback_id else {
        return Ok(Vec::new());
    };
    let whole = Actor::system().scope(Permission::CallbacksRead)?;
    let record = record(work, &whole, callback).await?;
    match plan_visit(app, work, actor, by, &record, reason).await {
        Ok(audit) => Ok(audit),
        // A callback with an open problem keeps it; the visit proves what was done about it.
        Err(Error::Refused(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
