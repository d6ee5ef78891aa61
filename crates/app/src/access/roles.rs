//! Roles of users: one person gives sensitive ones and another agrees, where the company wants it so;
//! an administrator always remains.

use super::demand_whole_company;
use crate::approvals::{self, Asked};
use crate::{App, Error, Refusal, Result};
use domain::access::duties::{Duty, broken_by_roles};
use domain::access::{Actor, Limit, Permission, Role};
use domain::ids::{ClientId, UserId};
use store::access::{self as rows, UserRow};
use store::{AuditEntry, UnitOfWork};

/// Roles that wait for a second person, as they are kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RolesProposal {
    user: uuid::Uuid,
    /// It is no user but a client of the API, which is let in with the roles that it was given.
    #[serde(default)]
    is_client: bool,
    /// Name of the user or client.
    pub username: String,
    roles: Vec<String>,
}

impl RolesProposal {
    /// The roles.
    pub fn roles(&self) -> Vec<Role> {
        let read = |code: &String| Role::parse(code).ok();
        self.roles.iter().filter_map(read).collect()
    }
}

/// The wanted roles of a user, divided into those that are given at once and those that wait for a
/// second person: sensitive ones that the user does not hold, where the company wants it so. The
/// command line gives everything at once.
pub(super) fn divide(
    app: &App,
    actor: &Actor,
    held: &[Role],
    wanted: &[Role],
) -> (Vec<Role>, Vec<Role>) {
    let rights = app.rights();
    let asks = actor.user().is_some() && rights.limit(Limit::TwoPersonRoles) > 0;
    let waits = |role: &&Role| asks && !held.contains(role) && rights.is_sensitive(**role);
    let waiting: Vec<_> = wanted.iter().filter(waits).copied().collect();
    let given = wanted.iter().filter(|r| !waiting.contains(r)).copied();
    (given.collect(), waiting)
}

/// Whether a client with some rights is let in by a second person only, as somebody with those rights is.
pub(super) fn is_client_for_two(app: &App, actor: &Actor, client: &Actor) -> bool {
    let asks = actor.user().is_some() && app.rights().limit(Limit::TwoPersonRoles) > 0;
    let mut sensitive = Permission::ALL.iter().filter(|p| p.is_sensitive());
    asks && sensitive.any(|p| client.may(*p))
}

/// Asks a second person to let a client in.
pub(super) async fn ask_for_client(
    work: &UnitOfWork,
    actor: &Actor,
    client: ClientId,
    name: &str,
    roles: &[Role],
) -> Result<AuditEntry> {
    let proposal = RolesProposal {
        user: client.0,
        is_client: true,
        username: name.to_owned(),
        roles: roles.iter().map(|r| r.as_str().to_owned()).collect(),
    };
    let (_, entry) = approvals::ask(work, actor, &Asked::Roles(proposal), name, "").await?;
    Ok(entry)
}

/// Asks for roles that wait for a second person.
pub(super) async fn ask_for(
    work: &UnitOfWork,
    actor: &Actor,
    user: UserId,
    username: &str,
    waiting: &[Role],
) -> Result<Option<AuditEntry>> {
    if waiting.is_empty() {
        return Ok(None);
    }
    let proposal = RolesProposal {
        user: user.0,
        is_client: false,
        username: username.to_owned(),
        roles: waiting.iter().map(|r| r.as_str().to_owned()).collect(),
    };
    let (_, entry) = approvals::ask(work, actor, &Asked::Roles(proposal), username, "").await?;
    Ok(Some(entry))
}

/// Gives roles to a user after somebody agreed, or lets a client in. A user's sessions end, as after any change of
/// roles.
pub(crate) async fn grant_roles(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    proposal: &RolesProposal,
) -> Result<AuditEntry> {
    if proposal.is_client {
        let client = ClientId(proposal.user);
        rows::set_client_active(work, client, true).await?;
        let detail = serde_json::json!({ "roles": proposal.roles });
        let entry = AuditEntry::new(actor, "access.client_enabled", "api_client", client.0);
        return Ok(entry.detail(detail));
    }
    let user: Option<UserRow> = rows::find_user(work, UserId(proposal.user)).await?;
    let user = user.filter(|u| u.active).ok_or(Error::NotFound)?;
    if actor.user() == Some(user.id) {
        return Err(Refusal::new("duty-proposer").into());
    }
    let mut roles = user.roles.clone();
    roles.extend(proposal.roles());
    roles.sort_unstable();
    roles.dedup();
    demand_duties(app, &roles)?;
    rows::set_roles(work, user.id, &roles).await?;
    rows::update_user(work, &user).await?;
    rows::delete_sessions_of(work, user.id).await?;
    let detail = serde_json::json!({ "roles": proposal.roles });
    Ok(AuditEntry::new(actor, "access.roles_granted", "user", user.id.0).detail(detail))
}

/// Somebody who manages users and rights remains when this user does so no longer.
pub(super) async fn demand_another_administrator(work: &UnitOfWork, user: &UserRow) -> Result<()> {
    let manages = user.active && user.roles.contains(&Role::Administrator);
    if manages && rows::count_active_users_of(work, Role::Administrator).await? <= 1 {
        return Err(Refusal::new(Duty::Remains.refusal()).into());
    }
    Ok(())
}

/// Demands that some roles keep the duties apart.
pub(super) fn demand_duties(app: &App, roles: &[Role]) -> Result<()> {
    match broken_by_roles(&app.rights(), roles) {
        Some(broken) => Err(Refusal::new(broken.duty.refusal()).into()),
        None => Ok(()),
    }
}

/// Demands that the actor may give these roles: nobody changes their own, and only who manages the
/// users of the whole company gives a role that reaches over all of it. `user` is nobody who exists
/// when they are added.
pub(super) async fn demand_may_give(
    app: &App,
    actor: &Actor,
    user: Option<&UserRow>,
    wanted: &[Role],
) -> Result<()> {
    let held = user.map_or(&[][..], |u| &u.roles);
    let is_new = |r: &&Role| !held.contains(r);
    let same = !wanted.iter().any(|r| is_new(&r)) && held.iter().all(|r| wanted.contains(r));
    if !same && user.is_some_and(|u| actor.user() == Some(u.id)) {
        return Err(Refusal::new("own-roles").into());
    }
    let rights = app.rights();
    let mut new = wanted.iter().filter(is_new);
    if !new.any(|r| rights.reaches_company(*r)) {
        return Ok(());
    }
    match demand_whole_company(app, actor, Permission::UsersManage).await {
        Err(Error::Denied(_)) => Err(Refusal::new("role-beyond-unit").into()),
        other => other,
    }
}

/// Codes of roles, for the audit log.
pub(super) fn codes(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().map(|r| r.as_str()).collect()
}
