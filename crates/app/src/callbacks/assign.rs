//! Giving callbacks to callers: by hand, or by language and load.

use super::list::{ListQuery, filter};
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, OrgPath, Permission, Rights, Scope};
use domain::callbacks::{Caller, Command, Load, assignable, pick_caller};
use domain::customers::SpokenLanguage;
use domain::ids::{CallbackId, UserId};
use domain::time::{self, Instant};
use store::access::CallerRow;
use store::callbacks::{self as rows, CallbackRecord, Saved};
use store::{Audit, AuditEntry, UnitOfWork};

/// Callbacks that are assigned in one go.
const ASSIGN_MAX: i64 = 5_000;
/// Callbacks of a transaction.
const CHUNK: usize = 200;

/// Which callbacks.
#[derive(Clone, Debug)]
pub enum AssignTarget {
    /// These.
    Ids(Vec<CallbackId>),
    /// This one, as it was in a version that someone saw.
    Version(CallbackId, i64),
    /// All that a filter finds.
    Filter(ListQuery),
}

/// What became of an assignment.
#[derive(Clone, Debug, Default)]
pub struct AssignReport {
    /// How many were given out.
    pub assigned: usize,
    /// Numbers that were not, each with the code of the reason.
    pub refused: Vec<(String, &'static str)>,
    /// The filter found more than can be assigned in one go.
    pub more: bool,
}

/// Callers in sight with their load.
///
/// # Errors
/// When the actor may not assign.
pub async fn list_callers(app: &App, actor: &Actor, now: Instant) -> Result<Vec<CallerRow>> {
    let scope = actor.scope(Permission::CallbacksAssign)?;
    let today = time::date_in_china(now);
    let callers = store::access::list_callers(app.store(), &scope, today).await?;
    let rights = app.rights();
    Ok(callers
        .into_iter()
        .filter(|c| as_caller(&rights, c, today).may_call)
        .collect())
}

fn as_caller(rights: &Rights, row: &CallerRow, today: NaiveDate) -> Caller {
    let user = &row.user;
    // A team outside the company belongs to a head-office centre and calls for every branch.
    let outside = !user.roles.is_empty() && user.roles.iter().all(|r| r.is_outsourced());
    Caller {
        user: user.id,
        org: if outside {
            OrgPath::company()
        } else {
            user.org_path.clone()
        },
        languages: user
            .languages
            .iter()
            .filter_map(|l| SpokenLanguage::parse(l).ok())
            .collect(),
        agent: user.agent,
        may_call: rights.grants(&user.roles, Permission::CallbacksMake),
        is_agent: user.roles.iter().any(|r| r.is_caller()),
        sells: user.roles.iter().any(|r| r.is_sales()),
        active: user.active,
        away: row.away,
        moved_up: row.phone_until.is_some_and(|day| day < today),
    }
}

/// Gives callbacks to a caller, or spreads them by language and load when none is named.
///
/// # Errors
/// When the actor may not, or the caller is not in sight. Single refusals are in the report.
pub async fn assign(
    app: &App,
    actor: &Actor,
    now: Instant,
    target: &AssignTarget,
    to: Option<UserId>,
) -> Result<AssignReport> {
    let scope = actor.scope(Permission::CallbacksAssign)?;
    let today = time::date_in_china(now);
    let rows = store::access::list_callers(app.store(), &scope, today).await?;
    let rights = app.rights();
    let mut callers: Vec<(Caller, Load)> = rows
        .iter()
        .filter(|c| to.is_none_or(|to| c.user.id == to))
        .map(|c| {
            (
                as_caller(&rights, c, today),
                Load {
                    open: u32::try_from(c.open).unwrap_or(u32::MAX),
                },
            )
        })
        .collect();
    if callers.is_empty() {
        return Err(Error::invalid("assignee", "unknown-user"));
    }
    let ids = targets(app, actor, &scope, now, target).await?;
    let mut report = AssignReport {
        more: ids.len() > usize::try_from(ASSIGN_MAX).unwrap_or(0),
        ..Default::default()
    };
    let ids = &ids[..ids.len().min(usize::try_from(ASSIGN_MAX).unwrap_or(0))];
    for chunk in ids.chunks(CHUNK) {
        let work = app.store().begin(now).await?;
        let mut audit = Vec::new();
        for id in chunk {
            let Some(record) = rows::find_record(&work, &scope, *id).await? else {
                continue;
            };
            if matches!(target, AssignTarget::Version(_, seen) if *seen != record.version) {
                return Err(Error::Conflict);
            }
            match give(app, actor, &work, &record, &mut callers, to).await {
                Ok(user) => {
                    report.assigned += 1;
                    let detail = serde_json::json!({ "to": user.0 });
                    let entry = AuditEntry::new(actor, "callback.assigned", "callback", id.0);
                    audit.push(entry.customer(record.customer.0).detail(detail));
                }
                Err(Error::Refused(refusal)) => {
                    report.refused.push((record.number.clone(), refusal.code));
                }
                Err(error) => return Err(error),
            }
        }
        let detail = serde_json::json!({ "assigned": audit.len() });
        let first = AuditEntry::new(actor, "callback.assignment", "callback", None).detail(detail);
        work.commit(Audit::with(first, audit)).await?;
    }
    Ok(report)
}

async fn targets(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    now: Instant,
    target: &AssignTarget,
) -> Result<Vec<CallbackId>> {
    match target {
        AssignTarget::Ids(ids) => Ok(ids.clone()),
        AssignTarget::Version(id, _) => Ok(vec![*id]),
        AssignTarget::Filter(query) => {
            let filter = filter(app, actor, scope, now, query).await?;
            Ok(rows::list_callback_ids(app.store(), scope, &filter, ASSIGN_MAX + 1).await?)
        }
    }
}

async fn give(
    app: &App,
    actor: &Actor,
    work: &UnitOfWork,
    record: &CallbackRecord,
    callers: &mut [(Caller, Load)],
    to: Option<UserId>,
) -> Result<UserId> {
    let rules = app.rules();
    let discharge = rules.discharge_of(record.pack, &record.programme)?;
    let executor = discharge.executor;
    let user = match to {
        Some(to) => {
            for (caller, _) in callers.iter() {
                assignable(caller, &record.org_path, record.salesperson, executor)?;
            }
            to
        }
        None => {
            let language = rows::find_language(work, record.id).await?;
            let language = language.and_then(|l| SpokenLanguage::parse(&l).ok());
            let picked = pick_caller(
                callers,
                &record.org_path,
                language,
                record.salesperson,
                executor,
            );
            picked.ok_or_else(|| Error::from(crate::Refusal::new("assign-nobody")))?
        }
    };
    let by = actor.user().unwrap_or(user);
    let today = time::date_in_china(work.now());
    let change = record
        .callback
        .decide(&Command::Assign { to: user }, discharge, by, today)?;
    let saved = Saved {
        appointment_at: record.appointment_at,
        is_recall: record.callback.is_recall,
        ..Saved::default()
    };
    let kept = domain::callbacks::Change {
        again_at: record.again_at,
        ..change
    };
    rows::save_change(work, record, &kept, &saved).await?;
    let (from, to_state) = (record.callback.state.as_str(), kept.to.as_str());
    rows::insert_entry(work, record.id, &actor.name, "assign", from, to_state, None).await?;
    if let Some((_, load)) = callers.iter_mut().find(|(c, _)| c.user == user) {
        load.open += 1;
    }
    Ok(user)
}

/// Takes a callback back from its caller.
///
/// # Errors
/// When the actor may not, or a call is under way.
pub async fn unassign(app: &App, actor: &Actor, now: Instant, id: CallbackId) -> Result<()> {
    let scope = actor.scope(Permission::CallbacksAssign)?;
    let work = app.store().begin(now).await?;
    let record = super::record(&work, &scope, id).await?;
    let rules = app.rules();
    let discharge = rules.discharge_of(record.pack, &record.programme)?;
    let by = actor.user().unwrap_or(UserId(uuid::Uuid::nil()));
    let today = time::date_in_china(now);
    let change = record
        .callback
        .decide(&Command::Unassign, discharge, by, today)?;
    let kept = domain::callbacks::Change {
        again_at: record.again_at,
        ..change
    };
    let saved = Saved {
        appointment_at: record.appointment_at,
        is_recall: record.callback.is_recall,
        ..Saved::default()
    };
    rows::save_change(&work, &record, &kept, &saved).await?;
    let (from, to) = (record.callback.state.as_str(), kept.to.as_str());
    rows::insert_entry(&work, id, &actor.name, "unassign", from, to, None).await?;
    let entry =
        AuditEntry::new(actor, "callback.unassigned", "callback", id.0).customer(record.customer.0);
    Ok(work.commit(entry).await?)
}
