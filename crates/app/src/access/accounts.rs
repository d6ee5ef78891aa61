//! Accounts from the shell: by user name, with passwords made here, on databases without units too.

use super::{clients, delegations, sign_in};
use crate::{App, Error, Result};
use domain::access::{Actor, OrgLevel, Permission};
use domain::ids::{ClientId, UserId};
use domain::time::Instant;
use store::AuditEntry;
use store::access::{self as rows, UserRow};
use store::orgs::Org;
use uuid::Uuid;

/// Characters of passwords made here: none that are mistaken for one another.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";
/// Length of passwords made here; with 32 characters this is 100 bits.
const LENGTH: usize = 20;

/// A user in sight, by name.
///
/// # Errors
/// When the actor may not, or there is no such user in sight.
pub async fn find_user(app: &App, actor: &Actor, username: &str) -> Result<UserRow> {
    let scope = actor.scope(Permission::UsersManage)?;
    let user = rows::find_user_by_name(app.store(), username.trim()).await?;
    user.filter(|u| scope.covers(&u.org_path))
        .ok_or(Error::NotFound)
}

/// A user as an actor with the rights of today, or standing in under a delegation; nothing when they may not
/// sign in any more, or the delegation is over.
///
/// # Errors
/// What the store says.
pub(crate) async fn actor_of_user(
    app: &App,
    now: Instant,
    id: UserId,
    delegation: Option<Uuid>,
) -> Result<Option<Actor>> {
    let user = rows::find_user(app.store(), id).await?;
    let rights = app.rights_in_force().await?;
    let Some(user) = user.filter(|u| u.active) else {
        return Ok(None);
    };
    if delegation.is_none() {
        return Ok(Some(sign_in::actor(&user, &rights)));
    }
    let acting = delegations::acting(app, now, &user, delegation).await?;
    Ok(acting.map(|(actor, _)| actor))
}

/// A user of a demonstration or a test as an actor, with the rights of today.
pub fn actor_of(app: &App, user: &UserRow) -> Actor {
    sign_in::actor(user, &app.rights())
}

/// A client as an actor with the rights of today; nothing when it was switched off.
///
/// # Errors
/// What the store says.
pub(crate) async fn actor_of_client(app: &App, id: ClientId) -> Result<Option<Actor>> {
    let whole = Actor::system().scope(Permission::ClientsManage)?;
    let clients = rows::list_clients(app.store(), &whole).await?;
    let client = clients.into_iter().find(|c| c.id == id && c.active);
    let rights = app.rights_in_force().await?;
    Ok(client.map(|c| clients::actor(c, &rights)))
}

/// The unit at the root of the tree; on an empty database the head office is created.
///
/// # Errors
/// When the actor may not manage units, or the store fails.
pub async fn root_org(app: &App, actor: &Actor, now: Instant) -> Result<Org> {
    actor.demand(Permission::OrgsManage)?;
    let orgs = store::orgs::load_all_orgs(app.store()).await?;
    if let Some(root) = orgs.into_iter().find(|o| o.parent.is_none()) {
        return Ok(root);
    }
    let work = app.store().begin(now).await?;
    let org = store::orgs::insert_root(&work, "000", "总公司", OrgLevel::HeadOffice).await?;
    let entry = AuditEntry::new(actor, "access.root_created", "org", org.id.0);
    work.commit(entry).await?;
    Ok(org)
}

/// A password that nobody can guess, to be shown once.
pub fn new_password(app: &App) -> String {
    let bytes = app.store().ids().bytes::<LENGTH>();
    let pick = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
    bytes.iter().map(pick).collect()
}
