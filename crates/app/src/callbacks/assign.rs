//! Giving callbacks to callers: by hand, or by language and load.

use super::list::{ListQuery, filter};
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, OrgPath, Permission, Rights, Scope};
use domain::callbacks::{Caller, Command, Executor, Load, Wanted, assignable, pick_caller};
use domain::customers::SpokenLanguage;
use domain::ids::{CallbackId, CustomerId, UserId};
use domain::time::{self, Instant};
use std::collections::HashMap;
use store::access::CallerRow;
use store::callbacks::{self as rows, CallbackRecord, Saved};
use store::{Audit, AuditEntry, UnitOfWork};

/// Callbacks that are assigned in one go.
const ASSIGN_MAX: i64 = 5_000;
/// Callbacks of a transaction.
const CHUNK: usize = 200;
/// Why a callback is left with whoever was given it meanwhile.
const TAKEN: &str = "assign-taken";

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
    // Who spreads what nobody has takes nothing away that somebody was given meanwhile.
    let untaken = matches!(target, AssignTarget::Filter(query) if query.view == "unassigned");
    for chunk in ids.chunks(CHUNK) {
        let work = app.store().begin(now).await?;
        let mut desk = Desk {
            app,
            actor,
            work: &work,
            callers: &mut callers,
            holders: rows::list_holders(&work, chunk).await?,
            to,
            untaken,
        };
        let audit = desk.give_all(&scope, chunk, target, &mut report).await?;
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

/// What giving out a chunk needs to know.
struct Desk<'d> {
    app: &'d App,
    actor: &'d Actor,
    work: &'d UnitOfWork,
    callers: &'d mut Vec<(Caller, Load)>,
    /// Who has other open callbacks of a customer.
    holders: HashMap<CustomerId, UserId>,
    /// The one who gets all of it; spread when missing.
    to: Option<UserId>,
    /// Only what nobody has.
    untaken: bool,
}

impl Desk<'_> {
    /// Gives a chunk out; what is refused stands in the report.
    async fn give_all(
        &mut self,
        scope: &Scope,
        chunk: &[CallbackId],
        target: &AssignTarget,
        report: &mut AssignReport,
    ) -> Result<Vec<AuditEntry>> {
        let mut audit = Vec::new();
        for id in chunk {
            let Some(record) = rows::find_record(self.work, scope, *id).await? else {
                continue;
            };
            let seen = match target {
                AssignTarget::Version(_, seen) => Some(*seen),
                _ => None,
            };
            if seen.is_some_and(|seen| seen != record.version) {
                return Err(Error::Conflict);
            }
            match self.give(&record).await {
                Ok(user) => {
                    report.assigned += 1;
                    let detail = serde_json::json!({ "to": user.0 });
                    let entry = AuditEntry::new(self.actor, "callback.assigned", "callback", id.0);
                    audit.push(entry.customer(record.customer.0).detail(detail));
                }
                Err(Error::Refused(refusal)) => {
                    report.refused.push((record.number.clone(), refusal.code));
                }
                // Somebody else was faster with this one; the others are not held up.
                Err(Error::Conflict) if seen.is_none() => {
                    report.refused.push((record.number.clone(), TAKEN));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(audit)
    }

    /// Gives a callback out; says to whom.
    async fn give(&mut self, record: &CallbackRecord) -> Result<UserId> {
        if self.untaken && record.callback.assignee.is_some() {
            return Err(crate::Refusal::new(TAKEN).into());
        }
        let rules = self.app.rules();
        let discharge = rules.discharge_of(record.pack, &record.programme)?;
        let user = self.choose(record, discharge.executor).await?;
        let by = self.actor.user().unwrap_or(user);
        let today = time::date_in_china(self.work.now());
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
        rows::save_change(self.work, record, &kept, &saved).await?;
        let (from, to) = (record.callback.state.as_str(), kept.to.as_str());
        let name = &self.actor.name;
        rows::insert_entry(self.work, record.id, name, "assign", from, to, None).await?;
        if let Some((_, load)) = self.callers.iter_mut().find(|(c, _)| c.user == user) {
            load.open += 1;
        }
        self.holders.entry(record.customer).or_insert(user);
        Ok(user)
    }

    async fn choose(&self, record: &CallbackRecord, executor: Executor) -> Result<UserId> {
        let (business, salesperson) = (&record.org_path, record.salesperson);
        if let Some(to) = self.to {
            for (caller, _) in self.callers.iter() {
                assignable(caller, business, salesperson, executor)?;
            }
            return Ok(to);
        }
        let language = rows::find_language(self.work, record.id).await?;
        let wanted = Wanted {
            business,
            language: language.and_then(|l| SpokenLanguage::parse(&l).ok()),
            salesperson,
            executor,
            known_to: self.holders.get(&record.customer).copied(),
        };
        let picked = pick_caller(self.callers, &wanted);
        picked.ok_or_else(|| Error::from(crate::Refusal::new("assign-nobody")))
    }
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
