//! Users and their roles.

use crate::sql::{Page, PageKey, Select, count, find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::{OrgPath, Role, Scope};
use domain::ids::{AgentId, OrgId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// A user.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// Its id.
    pub id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Name to show.
    pub display_name: String,
    /// Argon2id hash of the password.
    pub password_hash: String,
    /// Unit.
    pub org_id: OrgId,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// The salesperson that this user is.
    pub agent: Option<AgentId>,
    /// Code of that salesperson.
    pub agent_code: Option<String>,
    /// Codes of languages spoken besides Mandarin.
    pub languages: Vec<String>,
    /// May sign in.
    pub active: bool,
    /// Chosen language of the pages.
    pub locale: Option<String>,
    /// Chosen theme.
    pub theme: Option<String>,
    /// Roles.
    pub roles: Vec<Role>,
    /// When the password was set.
    pub password_set_at: Instant,
    /// Whether somebody else set the password.
    pub password_is_initial: bool,
    /// Whether a second factor is set up.
    pub has_second_factor: bool,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    username: String,
    display_name: String,
    password_hash: String,
    org_id: Uuid,
    org_code: String,
    org_name: String,
    org_path: String,
    agent_id: Option<Uuid>,
    agent_code: Option<String>,
    languages: String,
    active: bool,
    locale: Option<String>,
    theme: Option<String>,
    password_set_at: i64,
    password_is_initial: bool,
    factors: i64,
    version: i64,
}

#[derive(FromQueryResult)]
struct RoleRow {
    user_id: Uuid,
    role: String,
}

const SELECT: &str = "SELECT u.id, u.username, u.display_name, u.password_hash, u.org_id, o.org_code, \
     o.name AS org_name, CASE WHEN o.parent_id IS NULL AND (SELECT COUNT(*) FROM orgs WHERE parent_id IS NULL) = 1 THEN '/' ELSE o.path END AS org_path, u.agent_id, a.agent_code, u.languages, u.active, u.locale, u.theme, u.password_set_at, u.password_is_initial, (SELECT COUNT(*) FROM second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS factors, u.version \
     FROM users u JOIN orgs o ON o.id = u.org_id LEFT JOIN agents a ON a.id = u.agent_id";

async fn with_roles(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<UserRow>> {
    let mut select = Select::new("SELECT user_id, role FROM user_roles");
    select.filter_in("user_id", rows.iter().map(|r| r.id.into()).collect());
    let mut roles: HashMap<Uuid, Vec<Role>> = HashMap::new();
    for row in select.list::<RoleRow>(db).await? {
        roles
            .entry(row.user_id)
            .or_default()
            .push(Role::parse(&row.role)?);
    }
    let users = rows.into_iter().map(|r| {
        let mut roles = roles.remove(&r.id).unwrap_or_default();
        roles.sort_unstable();
        UserRow {
            id: UserId(r.id),
            username: r.username,
            display_name: r.display_name,
            password_hash: r.password_hash,
            org_id: OrgId(r.org_id),
            org_code: r.org_code,
            org_name: r.org_name,
            org_path: OrgPath::from_stored(r.org_path),
            agent: r.agent_id.map(AgentId),
            agent_code: r.agent_code,
            languages: r.languages.split_whitespace().map(str::to_owned).collect(),
            active: r.active,
            locale: r.locale,
            theme: r.theme,
            roles,
            password_set_at: instant(r.password_set_at),
            password_is_initial: r.password_is_initial,
            has_second_factor: r.factors > 0,
            version: r.version,
        }
    });
    Ok(users.collect())
}

/// A user by name, for signing in.
///
/// # Errors
/// What the database says.
pub async fn find_user_by_name(db: &impl Reads, username: &str) -> Result<Option<UserRow>> {
    let row = find::<Row>(
        db,
        &format!("{SELECT} WHERE u.username = $1"),
        params![username],
    )
    .await?;
    Ok(with_roles(db, row.into_iter().collect()).await?.pop())
}

/// A user by id, for sessions.
///
/// # Errors
/// What the database says.
pub async fn find_user(db: &impl Reads, id: UserId) -> Result<Option<UserRow>> {
    let row = find::<Row>(db, &format!("{SELECT} WHERE u.id = $1"), params![id.0]).await?;
    Ok(with_roles(db, row.into_iter().collect()).await?.pop())
}

/// Users of the units in sight, by name.
///
/// # Errors
/// What the database says.
pub async fn list_users(db: &impl Reads, scope: &Scope) -> Result<Vec<UserRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "u.org_id")
        .then("ORDER BY o.path, u.username LIMIT 2000", Vec::new());
    let rows = select.list(db).await?;
    with_roles(db, rows).await
}

/// A page of the users of the units in sight, in the order in which they were added.
///
/// # Errors
/// What the database says.
pub async fn page_users(
    db: &impl Reads,
    scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<UserRow>> {
    let mut select = Select::new(SELECT);
    select.scope(scope, "u.org_id");
    select.page_by_id("u.id", false, after, limit);
    let users = with_roles(db, select.list(db).await?).await?;
    Ok(Page::cut_by_id(users, limit, |u| u.id.0))
}

/// How many users there are.
///
/// # Errors
/// What the database says.
pub async fn count_users(db: &impl Reads) -> Result<i64> {
    count(db, "SELECT COUNT(*) AS n FROM users", Vec::new()).await
}

/// Someone who may be given callbacks, with the open work.
#[derive(Clone, Debug)]
pub struct CallerRow {
    /// The user.
    pub user: UserRow,
    /// Open callbacks on the list.
    pub open: i64,
    /// Somebody stands in for the user on the day looked at.
    pub away: bool,
    /// The day by which the telephone callbacks of the user's unit have moved up.
    pub phone_until: Option<NaiveDate>,
}

#[derive(FromQueryResult)]
struct LoadRow {
    assignee_id: Uuid,
    n: i64,
}

/// Active users of the units in sight with their open work on a day, the least loaded first.
///
/// # Errors
/// What the database says.
pub async fn list_callers(
    db: &impl Reads,
    scope: &Scope,
    today: NaiveDate,
) -> Result<Vec<CallerRow>> {
    let away = super::list_people_away(db, today).await?;
    let units = super::list_unit_facts(db, scope).await?;
    let users = list_users(db, scope).await?;
    let sql = "SELECT assignee_id, COUNT(*) AS n FROM callbacks WHERE is_open AND assignee_id IS NOT NULL \
               GROUP BY assignee_id";
    let loads: HashMap<Uuid, i64> = list::<LoadRow>(db, sql, Vec::new())
        .await?
        .into_iter()
        .map(|r| (r.assignee_id, r.n))
        .collect();
    let mut callers: Vec<_> = users
        .into_iter()
        .filter(|u| u.active)
        .map(|user| CallerRow {
            open: loads.get(&user.id.0).copied().unwrap_or(0),
            away: away.contains(&user.id),
            phone_until: units
                .iter()
                .find(|u| u.id == user.org_id.0)
                .and_then(|u| u.phone_until),
            user,
        })
        .collect();
    callers.sort_by_key(|c| c.open);
    Ok(callers)
}

/// A user to add.
#[derive(Clone, Debug)]
pub struct NewUser<'n> {
    /// Name to sign in with.
    pub username: &'n str,
    /// Name to show.
    pub display_name: &'n str,
    /// Hash of the password.
    pub password_hash: &'n str,
    /// Whether somebody else chose the password.
    pub password_is_initial: bool,
    /// Unit.
    pub org: OrgId,
    /// The salesperson that this user is.
    pub agent: Option<AgentId>,
    /// Codes of languages, separated by blanks.
    pub languages: &'n str,
}

/// Adds a user without roles.
///
/// # Errors
/// [`crate::StoreError::Constraint`] when the name is taken.
pub async fn insert_user(work: &UnitOfWork, user: &NewUser<'_>) -> Result<UserId> {
    let id = work.next_id();
    let sql = "INSERT INTO users (id, username, display_name, password_hash, org_id, agent_id, languages, active, \
               version, created_at, updated_at, password_set_at, password_is_initial) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, TRUE, 1, $8, $8, $8, $9)";
    let values = params![
        id,
        user.username,
        user.display_name,
        user.password_hash,
        user.org.0,
        user.agent.map(|a| a.0),
        user.languages,
        millis(work.now()),
        user.password_is_initial,
    ];
    work.execute(sql, values).await?;
    Ok(UserId(id))
}

/// Changes a user whose version is as it was read.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn update_user(work: &UnitOfWork, user: &UserRow) -> Result<()> {
    let sql = "UPDATE users SET display_name = $1, org_id = $2, agent_id = $3, languages = $4, active = $5, \
               version = version + 1, updated_at = $6 WHERE id = $7 AND version = $8";
    let values = params![
        user.display_name.as_str(),
        user.org_id.0,
        user.agent.map(|a| a.0),
        user.languages.join(" "),
        user.active,
        millis(work.now()),
        user.id.0,
        user.version,
    ];
    work.execute_one(sql, values).await
}

/// Replaces the roles of a user.
///
/// # Errors
/// What the database says.
pub async fn set_roles(work: &UnitOfWork, user: UserId, roles: &[Role]) -> Result<()> {
    work.execute("DELETE FROM user_roles WHERE user_id = $1", params![user.0])
        .await?;
    for role in roles {
        let sql = "INSERT INTO user_roles (user_id, role) VALUES ($1, $2)";
        work.execute(sql, params![user.0, role.as_str()]).await?;
    }
    Ok(())
}

/// Keeps the language and theme that a user chose.
///
/// # Errors
/// What the database says.
pub async fn set_preferences(
    work: &UnitOfWork,
    user: UserId,
    locale: Option<&str>,
    theme: Option<&str>,
) -> Result<()> {
    let sql = "UPDATE users SET locale = COALESCE($1, locale), theme = COALESCE($2, theme), updated_at = $3 \
               WHERE id = $4";
    work.execute_one(sql, params![locale, theme, millis(work.now()), user.0])
        .await
}
