//! Changing the table of rights: proposed by one person, put into force when another agrees.

use crate::approvals::{self, ApprovalView, Asked};
use crate::{App, Error, Refusal, Result};
use domain::access::duties::broken_by_table;
use domain::access::{
    Actor, ApprovalKind, Limit, LimitChange, Permission, RightChange, Rights, Role, RowScope,
};
use domain::time::Instant;
use std::sync::Arc;
use store::access as rows;
use store::{AuditEntry, UnitOfWork};
use uuid::Uuid;

/// Decided proposals that the page shows.
const HISTORY_ROWS: u64 = 20;

/// What a proposal changes, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RightsProposal {
    rights: Vec<KeptRight>,
    limits: Vec<KeptLimit>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct KeptRight {
    role: String,
    permission: String,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct KeptLimit {
    limit: String,
    before: i64,
    after: i64,
}

impl RightsProposal {
    fn new(rights: &[RightChange], limits: &[LimitChange]) -> Self {
        let code = |scope: Option<RowScope>| scope.map(|s| s.as_str().to_owned());
        let right = |c: &RightChange| KeptRight {
            role: c.role.as_str().into(),
            permission: c.permission.as_str().into(),
            before: code(c.before),
            after: code(c.after),
        };
        let limit = |c: &LimitChange| KeptLimit {
            limit: c.limit.key(),
            before: c.before,
            after: c.after,
        };
        Self {
            rights: rights.iter().map(right).collect(),
            limits: limits.iter().map(limit).collect(),
        }
    }

    /// The changes of rights; those that the program does not know are left out.
    pub fn rights(&self) -> Vec<RightChange> {
        let scope = |code: &Option<String>| match code {
            None => Some(None),
            Some(code) => RowScope::parse(code).ok().map(Some),
        };
        let read = |kept: &KeptRight| {
            Some(RightChange {
                role: Role::parse(&kept.role).ok()?,
                permission: Permission::parse(&kept.permission).ok()?,
                before: scope(&kept.before)?,
                after: scope(&kept.after)?,
            })
        };
        self.rights.iter().filter_map(read).collect()
    }

    /// The changes of limits.
    pub fn limits(&self) -> Vec<LimitChange> {
        let read = |kept: &KeptLimit| {
            Some(LimitChange {
                limit: Limit::parse(&kept.limit)?,
                before: kept.before,
                after: kept.after,
            })
        };
        self.limits.iter().filter_map(read).collect()
    }

    fn detail(&self) -> serde_json::Value {
        serde_json::json!({ "rights": self.rights, "limits": self.limits })
    }
}

/// The table with its history.
#[derive(Clone, Debug)]
pub struct RightsPage {
    /// The table in force.
    pub rights: Arc<Rights>,
    /// What is proposed and not decided.
    pub waiting: Vec<ApprovalView>,
    /// What was decided lately: who changed what, and who agreed.
    pub decided: Vec<ApprovalView>,
}

fn demand_reader(actor: &Actor) -> Result<domain::access::Scope> {
    let right = [Permission::RightsManage, Permission::RightsApprove]
        .into_iter()
        .find(|p| actor.may(*p));
    Ok(actor.scope(right.unwrap_or(Permission::RightsManage))?)
}

/// The table of rights, for those who manage it or approve its changes.
///
/// # Errors
/// When the actor may not.
pub async fn rights_page(app: &App, actor: &Actor, now: Instant) -> Result<RightsPage> {
    let scope = demand_reader(actor)?;
    let kind = ApprovalKind::Rights;
    let waiting = rows::list_waiting_approvals(app.store(), &scope, kind, now).await?;
    let decided =
        rows::list_decided_approvals(app.store(), &scope, kind, None, HISTORY_ROWS).await?;
    let shown = |rows: Vec<rows::ApprovalRow>| {
        let views = rows.into_iter().map(|r| approvals::shown(actor, now, r));
        views.collect::<Result<Vec<_>>>()
    };
    Ok(RightsPage {
        rights: app.rights_in_force().await?,
        waiting: shown(waiting)?,
        decided: shown(decided.rows)?,
    })
}

/// Proposes what a role is to be allowed: a scope for each right, nothing where it is to have none; 1 or 0 for each
/// field in full, under the name of its limit. What is not named stays as it is.
///
/// # Errors
/// When the actor may not; when a code is unknown, nothing would change, no reason is given, or the
/// table would break a duty, with the rule.
pub async fn propose_rights(
    app: &App,
    actor: &Actor,
    now: Instant,
    role: &str,
    wanted: &[(String, String)],
    reason: &str,
) -> Result<Uuid> {
    let role = Role::parse(role).map_err(|_| Error::NotFound)?;
    let rights = app.rights_in_force().await?;
    let (mut changes, mut fields) = (Vec::new(), Vec::new());
    for (permission, scope) in wanted {
        if let Some(limit) = Limit::parse(permission) {
            if !matches!(limit, Limit::FieldInFull(of, _) if of == role) {
                return Err(Error::invalid(permission, "unknown-code"));
            }
            fields.extend(rights.limit_change(limit, limit_value(limit, permission, scope)?));
            continue;
        }
        let unknown = |_| Error::invalid(permission, "unknown-code");
        let permission = Permission::parse(permission).map_err(unknown)?;
        let after = match scope.as_str() {
            "" => None,
            code => Some(RowScope::parse(code).map_err(unknown)?),
        };
        let before = rights.of(role, permission);
        if before != after {
            changes.push(RightChange {
                role,
                permission,
                before,
                after,
            });
        }
    }
    propose(app, actor, now, &rights, (&changes, &fields), reason).await
}

/// Proposes values of limits. Limits that are not named stay as they are.
///
/// # Errors
/// As [`propose_rights`].
pub async fn propose_limits(
    app: &App,
    actor: &Actor,
    now: Instant,
    wanted: &[(String, String)],
    reason: &str,
) -> Result<Uuid> {
    let rights = app.rights_in_force().await?;
    let mut changes = Vec::new();
    for (key, value) in wanted {
        let limit = Limit::parse(key).ok_or_else(|| Error::invalid(key, "unknown-code"))?;
        changes.extend(rights.limit_change(limit, limit_value(limit, key, value)?));
    }
    propose(app, actor, now, &rights, (&[], &changes), reason).await
}

fn limit_value(limit: Limit, key: &str, value: &str) -> Result<i64> {
    let value = value.trim().parse().ok();
    let value = value.filter(|v| (0..=limit.most()).contains(v));
    value.ok_or_else(|| Error::invalid(key, "number"))
}

async fn propose(
    app: &App,
    actor: &Actor,
    now: Instant,
    rights: &Rights,
    (changes, limits): (&[RightChange], &[LimitChange]),
    reason: &str,
) -> Result<Uuid> {
    super::demand_whole_company(app, actor, Permission::RightsManage).await?;
    let reason = approvals::reason(reason)?;
    if changes.is_empty() && limits.is_empty() {
        return Err(Refusal::new("rights-unchanged").into());
    }
    check_duties(&rights.after(changes))?;
    let proposal = RightsProposal::new(changes, limits);
    let mut about: Vec<_> = changes.iter().map(|c| c.role.as_str().to_owned()).collect();
    about.extend(limits.iter().map(|c| c.limit.key()));
    about.dedup();
    let subject: String = about.join(" ").chars().take(200).collect();
    let work = app.store().begin(now).await?;
    let asked = Asked::Rights(proposal);
    let (id, entry) = approvals::ask(&work, actor, &asked, &subject, reason).await?;
    work.commit(entry).await?;
    Ok(id)
}

fn check_duties(rights: &Rights) -> Result<()> {
    match broken_by_table(rights).first() {
        Some(broken) => Err(Refusal::new(broken.duty.refusal()).into()),
        None => Ok(()),
    }
}

/// Puts a proposal into force that somebody agreed to, if the table still is what it was made for.
pub(crate) async fn put_proposal(
    work: &UnitOfWork,
    actor: &Actor,
    proposal: &RightsProposal,
) -> Result<AuditEntry> {
    let rights = rows::load_rights(work).await?;
    let (changes, limits) = (proposal.rights(), proposal.limits());
    let fits = changes
        .iter()
        .all(|c| rights.of(c.role, c.permission) == c.before)
        && limits.iter().all(|c| rights.limit(c.limit) == c.before);
    if !fits {
        return Err(Refusal::new("approval-outdated").into());
    }
    check_duties(&rights.after(&changes))?;
    rows::put_rights(work, &changes, &limits, &actor.name).await?;
    let entry = AuditEntry::new(actor, "rights.changed", "rights", None);
    Ok(entry.detail(proposal.detail()))
}
