//! Users: who signs in, for which unit, in which roles.

use super::passwords::{check_password, was_used};
use super::{roles, secrets, sign_in};
use crate::{App, Error, FieldProblem, Result};
use domain::access::{Actor, NoticeKind, OrgLevel, Permission, Role, SignInPolicy};
use domain::customers::SpokenLanguage;
use domain::ids::UserId;
use domain::time::Instant;
use store::access::{self as rows, NewUser, UserRow};
use store::orgs::Org;
use store::{AuditEntry, StoreError};

/// Longest name.
const NAME_MAX: usize = 60;

/// What a form says of a user.
#[derive(Clone, Debug, Default)]
pub struct UserForm {
    /// Name to sign in with.
    pub username: String,
    /// Name to show.
    pub display_name: String,
    /// Password; empty keeps the old one.
    pub password: String,
    /// Code of the unit.
    pub org_code: String,
    /// Codes of roles.
    pub roles: Vec<String>,
    /// Codes of languages spoken besides Mandarin.
    pub languages: Vec<String>,
    /// Code of the salesperson that this user is.
    pub agent_code: String,
}

/// A form whose fields are good.
struct Checked {
    org: Org,
    roles: Vec<Role>,
    languages: String,
    agent: Option<domain::ids::AgentId>,
}

/// Users of the units in sight.
///
/// # Errors
/// When the actor may not.
pub async fn list_users(app: &App, actor: &Actor) -> Result<Vec<UserRow>> {
    let scope = actor.scope(Permission::UsersManage)?;
    Ok(rows::list_users(app.store(), &scope).await?)
}

/// A user of a unit in sight.
///
/// # Errors
/// When the actor may not, or there is no such user in sight.
pub async fn user_page(app: &App, actor: &Actor, id: UserId) -> Result<UserRow> {
    in_sight(app, actor, id).await
}

/// Units in sight.
///
/// # Errors
/// What the store says.
pub async fn list_orgs(app: &App, actor: &Actor) -> Result<Vec<Org>> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    Ok(store::orgs::list_orgs(app.store(), &scope).await?)
}

/// Adds a user. Nobody gives a role that reaches further than their own unit.
///
/// # Errors
/// All problems of the form at once.
pub async fn create_user(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &UserForm,
) -> Result<UserId> {
    actor.demand(Permission::UsersManage)?;
    let checked = check(app, actor, form, true).await?;
    roles::demand_may_give(app, actor, None, &checked.roles).await?;
    let hash = secrets::hash_password(app, &form.password).await?;
    let work = app.store().begin(now).await?;
    let (given, waiting) = roles::divide(app, actor, &[], &checked.roles);
    let id = insert(&work, form, &checked, &given, &hash, true).await?;
    let asked = roles::ask_for(&work, actor, id, form.username.trim(), &waiting).await?;
    let detail = serde_json::json!({
        "username": form.username, "roles": roles::codes(&given), "org": checked.org.code,
    });
    let entry = AuditEntry::new(actor, "access.user_created", "user", id.0).detail(detail);
    work.commit(store::Audit::with(entry, asked)).await?;
    Ok(id)
}

async fn insert(
    work: &store::UnitOfWork,
    form: &UserForm,
    checked: &Checked,
    given: &[Role],
    hash: &str,
    password_is_initial: bool,
) -> Result<UserId> {
    let new = NewUser {
        username: form.username.trim(),
        display_name: form.display_name.trim(),
        password_hash: hash,
        password_is_initial,
        org: checked.org.id,
        agent: checked.agent,
        languages: &checked.languages,
    };
    let id = match rows::insert_user(work, &new).await {
        Ok(id) => id,
        Err(StoreError::Constraint(_)) => return Err(Error::invalid("username", "taken")),
        Err(error) => return Err(error.into()),
    };
    rows::set_roles(work, id, given).await?;
    Ok(id)
}

/// Changes a user; signing in again is needed when rights or the password changed.
///
/// # Errors
/// All problems of the form at once; [`Error::Conflict`] when someone else changed the user.
pub async fn change_user(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: UserId,
    version: i64,
    form: &UserForm,
) -> Result<()> {
    let mut user = in_sight(app, actor, id).await?;
    let checked = check(app, actor, form, !form.password.is_empty()).await?;
    roles::demand_may_give(app, actor, Some(&user), &checked.roles).await?;
    let (given, waiting) = roles::divide(app, actor, &user.roles, &checked.roles);
    user.display_name = form.display_name.trim().to_owned();
    user.org_id = checked.org.id;
    user.agent = checked.agent;
    user.languages = checked
        .languages
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    user.version = version;
    let hash = if form.password.is_empty() {
        None
    } else {
        if was_used(app, &user, &form.password).await? {
            return Err(Error::invalid("password", "password-used"));
        }
        Some(secrets::hash_password(app, &form.password).await?)
    };
    let work = app.store().begin(now).await?;
    if !checked.roles.contains(&Role::Administrator) {
        roles::demand_another_administrator(&work, &user).await?;
    }
    rows::update_user(&work, &user).await?;
    rows::set_roles(&work, id, &given).await?;
    if let Some(hash) = hash {
        put_password(app, &work, actor, id, &hash).await?;
    }
    end_sessions(&work, id).await?;
    let asked = roles::ask_for(&work, actor, id, &user.username, &waiting).await?;
    let detail = serde_json::json!({ "roles": roles::codes(&given), "org": checked.org.code });
    let entry = AuditEntry::new(actor, "access.user_changed", "user", id.0).detail(detail);
    Ok(work.commit(store::Audit::with(entry, asked)).await?)
}

/// Lets a user sign in, or keeps them out and ends their sessions.
///
/// # Errors
/// When the user is not in sight, or is the actor.
pub async fn disable_user(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: UserId,
    active: bool,
) -> Result<()> {
    let mut user = in_sight(app, actor, id).await?;
    if actor.user() == Some(id) {
        return Err(crate::Refusal::new("own-account").into());
    }
    let work = app.store().begin(now).await?;
    if !active {
        roles::demand_another_administrator(&work, &user).await?;
    }
    user.active = active;
    rows::update_user(&work, &user).await?;
    end_sessions(&work, id).await?;
    let action = if active {
        "access.user_enabled"
    } else {
        "access.user_disabled"
    };
    Ok(work
        .commit(AuditEntry::new(actor, action, "user", id.0))
        .await?)
}

/// Gives a user a new password and ends their sessions.
///
/// # Errors
/// When the user does not exist or the password is not one that the company accepts.
pub async fn reset_password(
    app: &App,
    actor: &Actor,
    now: Instant,
    username: &str,
    password: &str,
) -> Result<()> {
    actor.demand(Permission::UsersManage)?;
    let found = rows::find_user_by_name(app.store(), username)
        .await?
        .ok_or(Error::NotFound)?;
    let user = in_sight(app, actor, found.id).await?;
    let names = [user.username.as_str(), &user.display_name];
    check_password(app.policy(), password, &names)
        .map_err(|code| Error::invalid("password", code))?;
    if was_used(app, &user, password).await? {
        return Err(Error::invalid("password", "password-used"));
    }
    let hash = secrets::hash_password(app, password).await?;
    let work = app.store().begin(now).await?;
    put_password(app, &work, actor, user.id, &hash).await?;
    end_sessions(&work, user.id).await?;
    Ok(work
        .commit(AuditEntry::new(
            actor,
            "access.password_reset",
            "user",
            user.id.0,
        ))
        .await?)
}

/// Replaces a password; one that somebody else chose is to be replaced by its owner, and what may have
/// been added by whoever knew the old one goes.
async fn put_password(
    app: &App,
    work: &store::UnitOfWork,
    actor: &Actor,
    id: UserId,
    hash: &str,
) -> Result<()> {
    let by_other = actor.user() != Some(id);
    if by_other {
        rows::delete_passkeys_of(work, id).await?;
    }
    rows::set_password(work, id, hash, by_other, app.policy().password_history).await?;
    let kind = if by_other {
        NoticeKind::PasswordReset
    } else {
        NoticeKind::PasswordChanged
    };
    Ok(rows::insert_notice(work, id, kind, &actor.name).await?)
}

async fn end_sessions(work: &store::UnitOfWork, id: UserId) -> Result<()> {
    rows::delete_sessions_of(work, id).await?;
    Ok(rows::delete_half_sessions_of(work, id).await?)
}

/// Gives a user in sight a fresh password, which is shown once, and ends their sessions.
///
/// # Errors
/// When the user is not in sight.
pub async fn renew_password(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: UserId,
) -> Result<(UserRow, String)> {
    let user = in_sight(app, actor, id).await?;
    let password = super::new_password(app);
    reset_password(app, actor, now, &user.username, &password).await?;
    Ok((user, password))
}

/// Creates the first administrator by the link that the server printed. On an empty database the
/// head office is created with them.
///
/// # Errors
/// [`Error::Refused`] with `link-spent` when the link is not good any more.
pub async fn create_first_administrator(
    app: &App,
    now: Instant,
    token: &str,
    form: &UserForm,
) -> Result<()> {
    let mut problems = check_texts(app.policy(), form, true);
    if !problems.is_empty() {
        return Err(Error::Invalid(std::mem::take(&mut problems)));
    }
    let hash = secrets::hash_password(app, &form.password).await?;
    let orgs = store::orgs::load_all_orgs(app.store()).await?;
    let wanted = sign_in::is_first_administrator_wanted(app).await?;
    let work = app.store().begin(now).await?;
    if !wanted || !sign_in::take_first_link(&work, token).await? {
        return Err(crate::Refusal::new("link-spent").into());
    }
    let org = match orgs.into_iter().find(|o| o.parent.is_none()) {
        Some(org) => org,
        None => store::orgs::insert_root(&work, "000", "总公司", OrgLevel::HeadOffice).await?,
    };
    let checked = Checked {
        org,
        roles: vec![Role::Administrator],
        languages: String::new(),
        agent: None,
    };
    let id = insert(&work, form, &checked, &checked.roles, &hash, false).await?;
    let entry = AuditEntry::new(&Actor::system(), "access.first_administrator", "user", id.0);
    Ok(work.commit(entry).await?)
}

pub(super) async fn in_sight(app: &App, actor: &Actor, id: UserId) -> Result<UserRow> {
    let scope = actor.scope(Permission::UsersManage)?;
    let user = rows::find_user(app.store(), id).await?;
    user.filter(|u| scope.covers(&u.org_path))
        .ok_or(Error::NotFound)
}

fn check_texts(policy: &SignInPolicy, form: &UserForm, with_password: bool) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let username = form.username.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if username.is_empty() {
        problems.push(FieldProblem::new("username", "missing"));
    } else if username.len() > NAME_MAX || !username.chars().all(plain) {
        problems.push(FieldProblem::new("username", "username-shape"));
    }
    match form.display_name.trim().chars().count() {
        0 => problems.push(FieldProblem::new("display_name", "missing")),
        n if n > NAME_MAX => problems.push(FieldProblem::new("display_name", "too-long")),
        _ => {}
    }
    let names = [username, form.display_name.trim()];
    if with_password && let Err(code) = check_password(policy, &form.password, &names) {
        problems.push(FieldProblem::new("password", code));
    }
    problems
}

async fn check(app: &App, actor: &Actor, form: &UserForm, with_password: bool) -> Result<Checked> {
    let scope = actor.scope(Permission::UsersManage)?;
    let mut problems = check_texts(app.policy(), form, with_password);
    let org = store::orgs::find_org_by_code(app.store(), form.org_code.trim()).await?;
    let org = org.filter(|o| scope.covers(&o.path));
    if org.is_none() {
        problems.push(FieldProblem::new("org_code", "unknown-org"));
    }
    let roles: Vec<Role> = form
        .roles
        .iter()
        .filter_map(|r| Role::parse(r).ok())
        .collect();
    if roles.is_empty() || roles.len() != form.roles.len() {
        problems.push(FieldProblem::new("roles", "roles-needed"));
    }
    let languages: Vec<_> = form
        .languages
        .iter()
        .filter_map(|l| SpokenLanguage::parse(l).ok())
        .collect();
    if languages.len() != form.languages.len() {
        problems.push(FieldProblem::new("languages", "unknown-code"));
    }
    let agent = match form.agent_code.trim() {
        "" => None,
        code => {
            let found = store::orgs::find_agent_by_code(app.store(), code).await?;
            if found.is_none() {
                problems.push(FieldProblem::new("agent_code", "unknown-agent"));
            }
            found
        }
    };
    roles::demand_duties(app, &roles)?;
    match org {
        Some(org) if problems.is_empty() => {
            let languages: Vec<_> = languages.iter().map(|l| l.as_str()).collect();
            Ok(Checked {
                org,
                roles,
                languages: languages.join(" "),
                agent,
            })
        }
        _ => Err(Error::Invalid(problems)),
    }
}
