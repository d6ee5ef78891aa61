//! Sensitive roles: where the company wants it so, one person gives them and another agrees.

use crate::approvals::{self, Asked};
use crate::{App, Error, Refusal, Result};
use domain::access::duties::broken_by_roles;
use domain::access::{Actor, Limit, Role};
use domain::ids::UserId;
use store::access::{self as rows, UserRow};
use store::{AuditEntry, UnitOfWork};

/// Roles that wait for a second person, as they are kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RolesProposal {
    user: uuid::Uuid,
    /// Name of the user.
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
        username: username.to_owned(),
        roles: waiting.iter().map(|r| r.as_str().to_owned()).collect(),
    };
    let (_, entry) = approvals::ask(work, actor, &Asked::Roles(proposal), username, "").await?;
    Ok(Some(entry))
}

/// Gives roles to a user after somebody agreed. Their sessions end, as after any change of roles.
pub(crate) async fn grant_roles(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    proposal: &RolesProposal,
) -> Result<AuditEntry> {
    let user: Option<UserRow> = rows::find_user(work, UserId(proposal.user)).await?;
    let user = user.filter(|u| u.active).ok_or(Error::NotFound)?;
    if actor.user() == Some(user.id) {
        return Err(Refusal::new("duty-proposer").into());
    }
    let mut roles = user.roles.clone();
    roles.extend(proposal.roles());
    roles.sort_unstable();
    roles.dedup();
    if let Some(broken) = broken_by_roles(&app.rights(), &roles) {
        return Err(Refusal::new(broken.duty.refusal()).into());
    }
    rows::set_roles(work, user.id, &roles).await?;
    rows::update_user(work, &user).await?;
    rows::delete_sessions_of(work, user.id).await?;
    let detail = serde_json::json!({ "roles": proposal.roles });
    Ok(AuditEntry::new(actor, "access.roles_granted", "user", user.id.0).detail(detail))
}
