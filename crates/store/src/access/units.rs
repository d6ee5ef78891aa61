//! Changing the tree of units, and what a unit is there for.

use crate::orgs::Org;
use crate::sql::{Select, find, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::{OrgLevel, OrgPath, Scope};
use domain::ids::OrgId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// What is known of a unit besides its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct UnitFacts {
    /// The unit.
    pub id: Uuid,
    /// Whether it is an outlet.
    pub is_outlet: bool,
    /// The department that manages callbacks here (ORG-03).
    pub managing_department: Option<String>,
    /// The day by which its telephone callbacks have moved up (ORG-02).
    pub phone_until: Option<NaiveDate>,
}

/// What is known of the units in sight.
///
/// # Errors
/// What the database says.
pub async fn list_unit_facts(db: &impl Reads, scope: &Scope) -> Result<Vec<UnitFacts>> {
    let mut select =
        Select::new("SELECT id, is_outlet, managing_department, phone_until FROM orgs");
    select.scope(scope, "id").then("ORDER BY path", Vec::new());
    select.list(db).await
}

/// A unit to add, or what it becomes.
#[derive(Clone, Debug)]
pub struct UnitChange<'u> {
    /// Its name.
    pub name: &'u str,
    /// Region code.
    pub region: Option<&'u str>,
    /// Whether it is an outlet.
    pub is_outlet: bool,
    /// The department that manages callbacks here.
    pub managing_department: Option<&'u str>,
    /// The day by which its telephone callbacks have moved up.
    pub phone_until: Option<NaiveDate>,
}

/// Keeps a unit where it was read until the work is done: whoever would move it, or one above it, waits.
async fn hold_place(work: &UnitOfWork, unit: &Org) -> Result<()> {
    let path = unit.path.as_str();
    let sql = "UPDATE orgs SET updated_at = updated_at WHERE substr($1, 1, length(path)) = path";
    work.execute(sql, params![path]).await?;
    let sql = "UPDATE orgs SET updated_at = updated_at WHERE id = $1 AND path = $2";
    work.execute_one(sql, params![unit.id.0, path]).await
}

/// Adds a unit under another.
///
/// # Errors
/// [`crate::StoreError::Constraint`] when the code is taken, [`crate::StoreError::Conflict`] when the
/// other moved in the meantime.
pub async fn insert_unit(
    work: &UnitOfWork,
    code: &str,
    level: OrgLevel,
    parent: &Org,
    unit: &UnitChange<'_>,
) -> Result<OrgId> {
    hold_place(work, parent).await?;
    let id = work.next_id();
    let path = OrgPath::below(Some(&parent.path), code);
    let sql = "INSERT INTO orgs (id, org_code, name, parent_id, level, region, path, is_outlet, \
               managing_department, phone_until, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
    let values = params![
        id,
        code,
        unit.name,
        parent.id.0,
        level.as_str(),
        unit.region,
        path.as_str(),
        unit.is_outlet,
        unit.managing_department,
        unit.phone_until,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(OrgId(id))
}

/// Changes what is known of a unit.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is gone.
pub async fn update_unit(work: &UnitOfWork, id: OrgId, unit: &UnitChange<'_>) -> Result<()> {
    let sql = "UPDATE orgs SET name = $1, region = $2, is_outlet = $3, managing_department = $4, \
               phone_until = $5, updated_at = $6 WHERE id = $7";
    let values = params![
        unit.name,
        unit.region,
        unit.is_outlet,
        unit.managing_department,
        unit.phone_until,
        millis(work.now()),
        id.0,
    ];
    work.execute_one(sql, values).await
}

/// Moves a unit, with all that lies under it, below another. Work hangs on units and not on paths, so
/// it comes along.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the unit or the other moved in the meantime.
pub async fn move_unit(work: &UnitOfWork, unit: &Org, parent: &Org) -> Result<u64> {
    hold_place(work, parent).await?;
    let to = OrgPath::below(Some(&parent.path), &unit.code);
    let sql = "UPDATE orgs SET parent_id = $1, updated_at = $2 WHERE id = $3 AND path = $4";
    let values = params![
        parent.id.0,
        millis(work.now()),
        unit.id.0,
        unit.path.as_str()
    ];
    work.execute_one(sql, values).await?;
    let length = i32::try_from(unit.path.as_str().chars().count()).unwrap_or(i32::MAX);
    let sql = "UPDATE orgs SET path = $1 || substr(path, $2) WHERE substr(path, 1, $3) = $4";
    let values = params![to.as_str(), length + 1, length, unit.path.as_str()];
    work.execute(sql, values).await
}

/// What lies under a unit, itself included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct UnitContents {
    /// Units, itself included.
    pub units: i64,
    /// People who may sign in.
    pub people: i64,
    /// Customers.
    pub customers: i64,
    /// Policies.
    pub policies: i64,
    /// Open callbacks.
    pub callbacks: i64,
    /// Open tickets.
    pub tickets: i64,
}

/// Counts what lies under a unit that is in sight.
///
/// # Errors
/// What the database says.
pub async fn count_unit_contents(
    db: &impl Reads,
    scope: &Scope,
    unit: &OrgPath,
) -> Result<UnitContents> {
    if !scope.covers(unit) {
        return Ok(UnitContents::default());
    }
    let inside = "(SELECT id FROM orgs WHERE substr(path, 1, $1) = $2)";
    let sql = format!(
        "SELECT (SELECT COUNT(*) FROM orgs WHERE id IN {inside}) AS units, \
         (SELECT COUNT(*) FROM users WHERE active AND org_id IN {inside}) AS people, \
         (SELECT COUNT(*) FROM customers WHERE org_id IN {inside}) AS customers, \
         (SELECT COUNT(*) FROM policies WHERE org_id IN {inside}) AS policies, \
         (SELECT COUNT(*) FROM callbacks WHERE is_open AND org_id IN {inside}) AS callbacks, \
         (SELECT COUNT(*) FROM tickets WHERE is_open AND org_id IN {inside}) AS tickets"
    );
    let length = i32::try_from(unit.as_str().chars().count()).unwrap_or(i32::MAX);
    let found = find(db, &sql, params![length, unit.as_str()]).await?;
    Ok(found.unwrap_or_default())
}

/// A post of a unit.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PostRow {
    /// Its id.
    pub id: Uuid,
    /// The unit.
    pub org_id: Uuid,
    /// Code of its kind.
    pub kind: String,
    /// People that it needs.
    pub headcount: i64,
}

/// The posts of the units in sight.
///
/// # Errors
/// What the database says.
pub async fn list_posts(db: &impl Reads, scope: &Scope) -> Result<Vec<PostRow>> {
    let mut select = Select::new("SELECT id, org_id, kind, headcount FROM posts");
    select
        .scope(scope, "org_id")
        .then("ORDER BY org_id, kind", Vec::new());
    select.list(db).await
}

/// Sets how many people a post of a unit needs; the post is made when the unit has none of its kind.
///
/// # Errors
/// What the database says.
pub async fn put_post(work: &UnitOfWork, unit: OrgId, kind: &str, headcount: i64) -> Result<()> {
    let sql = "INSERT INTO posts (id, org_id, kind, headcount, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $5) \
               ON CONFLICT (org_id, kind) DO UPDATE SET headcount = excluded.headcount, updated_at = excluded.updated_at";
    let values = params![work.next_id(), unit.0, kind, headcount, millis(work.now())];
    work.execute(sql, values).await.map(|_| ())
}

/// Someone who holds, held or will hold a post.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PostHolderRow {
    /// Its id.
    pub id: Uuid,
    /// The post.
    pub post_id: Uuid,
    /// The unit of the post.
    pub org_id: Uuid,
    /// The person.
    pub user_id: Uuid,
    /// Name of the person.
    pub display_name: String,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub until_on: Option<NaiveDate>,
}

/// Who holds the posts of the units in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_post_holders(db: &impl Reads, scope: &Scope) -> Result<Vec<PostHolderRow>> {
    let mut select = Select::new(
        "SELECT h.id, h.post_id, p.org_id, h.user_id, u.display_name, h.from_on, h.until_on \
         FROM post_holders h JOIN posts p ON p.id = h.post_id JOIN users u ON u.id = h.user_id",
    );
    select
        .scope(scope, "p.org_id")
        .then("ORDER BY h.from_on DESC, h.id", Vec::new());
    select.list(db).await
}

/// Gives a post to a person from a day on.
///
/// # Errors
/// What the database says.
pub async fn insert_post_holder(
    work: &UnitOfWork,
    post: Uuid,
    user: Uuid,
    from: NaiveDate,
    until: Option<NaiveDate>,
) -> Result<()> {
    let sql = "INSERT INTO post_holders (id, post_id, user_id, from_on, until_on, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![work.next_id(), post, user, from, until, millis(work.now())];
    work.execute(sql, values).await.map(|_| ())
}

/// Takes a post from a person: the day becomes the last.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when nobody holds it under that id.
pub async fn end_post_holder(work: &UnitOfWork, id: Uuid, until: NaiveDate) -> Result<()> {
    let sql = "UPDATE post_holders SET until_on = $1 WHERE id = $2";
    work.execute_one(sql, params![until, id]).await
}

/// A person by name, for choosing.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Colleague {
    /// The person.
    pub id: Uuid,
    /// Name to sign in with.
    pub username: String,
    /// Name to show.
    pub display_name: String,
    /// Name of the unit.
    pub org_name: String,
}

/// Active people of the units in sight, for choosing: names and units, nothing else.
///
/// # Errors
/// What the database says.
pub async fn list_colleagues(db: &impl Reads, scope: &Scope) -> Result<Vec<Colleague>> {
    let mut select = Select::new(
        "SELECT u.id, u.username, u.display_name, o.name AS org_name \
         FROM users u JOIN orgs o ON o.id = u.org_id",
    );
    select
        .filter("u.active", Vec::new())
        .scope(scope, "u.org_id")
        .then("ORDER BY o.path, u.display_name LIMIT 2000", Vec::new());
    select.list(db).await
}

/// Numbers of open work and calls by unit or by person, for the load report (ORG-03).
#[derive(Clone, Debug, FromQueryResult)]
pub struct LoadRow {
    /// The unit or the person.
    pub id: Uuid,
    /// Open callbacks.
    pub open: i64,
    /// Of those, due until a day.
    pub due: i64,
}

/// Open callbacks by the person who is to make them.
///
/// # Errors
/// What the database says.
pub async fn list_load_of_people(db: &impl Reads, due_until: NaiveDate) -> Result<Vec<LoadRow>> {
    let sql = "SELECT assignee_id AS id, COUNT(*) AS open, \
               COALESCE(SUM(CASE WHEN due_on <= $1 THEN 1 ELSE 0 END), 0) AS due \
               FROM callbacks WHERE is_open AND assignee_id IS NOT NULL GROUP BY assignee_id";
    list(db, sql, params![due_until]).await
}

/// Open callbacks that nobody has on a list, by the unit of the business.
///
/// # Errors
/// What the database says.
pub async fn list_load_of_units(
    db: &impl Reads,
    scope: &Scope,
    due_until: NaiveDate,
) -> Result<Vec<LoadRow>> {
    let mut select = Select::new("");
    select.then(
        "SELECT org_id AS id, COUNT(*) AS open, \
         COALESCE(SUM(CASE WHEN due_on <= ? THEN 1 ELSE 0 END), 0) AS due FROM callbacks",
        params![due_until],
    );
    select
        .filter("is_open AND assignee_id IS NULL", Vec::new())
        .scope(scope, "org_id")
        .then("GROUP BY org_id", Vec::new());
    select.list(db).await
}

/// What people did on the telephone in a span of time.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CallsRow {
    /// The person.
    pub caller: Uuid,
    /// Calls.
    pub calls: i64,
    /// Days on which there were any.
    pub days: i64,
}

/// Calls by person since a moment; days are counted in China.
///
/// # Errors
/// What the database says.
pub async fn list_calls(db: &impl Reads, since: domain::time::Instant) -> Result<Vec<CallsRow>> {
    // Milliseconds of a civil day in China begin eight hours before those of a day in Greenwich.
    let sql = "SELECT caller_id AS caller, COUNT(*) AS calls, \
               COUNT(DISTINCT (started_at + 28800000) / 86400000) AS days \
               FROM attempts WHERE started_at >= $1 AND caller_id IS NOT NULL GROUP BY caller_id";
    list(db, sql, params![millis(since)]).await
}
