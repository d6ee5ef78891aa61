//! Who stands in for whom, from when to when.

use crate::sql::{Page, PageKey, Select, find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::UserId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A delegation.
#[derive(Clone, Debug)]
pub struct DelegationRow {
    /// Its id.
    pub id: Uuid,
    /// Who is away.
    pub principal: UserId,
    /// Name of who is away.
    pub principal_name: String,
    /// Who stands in.
    pub substitute: UserId,
    /// Name of who stands in.
    pub substitute_name: String,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub until_on: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who arranged it.
    pub made_by: String,
    /// When it was ended before its time.
    pub ended_at: Option<Instant>,
}

impl DelegationRow {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.ended_at.is_none() && self.from_on <= day && day <= self.until_on
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    principal_id: Uuid,
    principal_name: String,
    substitute_id: Uuid,
    substitute_name: String,
    from_on: NaiveDate,
    until_on: NaiveDate,
    reason: String,
    made_by: String,
    ended_at: Option<i64>,
}

impl From<Row> for DelegationRow {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            principal: UserId(r.principal_id),
            principal_name: r.principal_name,
            substitute: UserId(r.substitute_id),
            substitute_name: r.substitute_name,
            from_on: r.from_on,
            until_on: r.until_on,
            reason: r.reason,
            made_by: r.made_by,
            ended_at: r.ended_at.map(instant),
        }
    }
}

const SELECT: &str = "SELECT d.id, d.principal_id, p.display_name AS principal_name, d.substitute_id, \
     s.display_name AS substitute_name, d.from_on, d.until_on, d.reason, d.made_by, d.ended_at \
     FROM delegations d JOIN users p ON p.id = d.principal_id JOIN users s ON s.id = d.substitute_id";

/// A delegation to add.
#[derive(Clone, Debug)]
pub struct NewDelegation<'d> {
    /// Who is away.
    pub principal: UserId,
    /// Who stands in.
    pub substitute: UserId,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    /// Why.
    pub reason: &'d str,
    /// Who arranged it.
    pub made_by: &'d str,
}

/// Adds a delegation.
///
/// # Errors
/// What the database says.
pub async fn insert_delegation(work: &UnitOfWork, new: &NewDelegation<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO delegations (id, principal_id, substitute_id, from_on, until_on, reason, made_by, \
               created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        new.principal.0,
        new.substitute.0,
        new.from,
        new.until,
        new.reason,
        new.made_by,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Ends a delegation before its time; whoever is acting under it is themselves again at once.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it has ended already.
pub async fn end_delegation(work: &UnitOfWork, id: Uuid, by: &str) -> Result<()> {
    let sql =
        "UPDATE delegations SET ended_at = $1, ended_by = $2 WHERE id = $3 AND ended_at IS NULL";
    work.execute_one(sql, params![millis(work.now()), by, id])
        .await
}

/// A delegation by its id.
///
/// # Errors
/// What the database says.
pub async fn find_delegation(db: &impl Reads, id: Uuid) -> Result<Option<DelegationRow>> {
    let row = find::<Row>(db, &format!("{SELECT} WHERE d.id = $1"), params![id]).await?;
    Ok(row.map(DelegationRow::from))
}

/// The delegations of a person, as the one who is away or as the one who stands in, that have not
/// run out by a day; the next first.
///
/// # Errors
/// What the database says.
pub async fn list_delegations_of(
    db: &impl Reads,
    user: UserId,
    today: NaiveDate,
) -> Result<Vec<DelegationRow>> {
    let sql = format!(
        "{SELECT} WHERE (d.principal_id = $1 OR d.substitute_id = $1) AND d.until_on >= $2 AND d.ended_at IS NULL \
         ORDER BY d.from_on, d.id LIMIT 100"
    );
    let rows: Vec<Row> = list(db, &sql, params![user.0, today]).await?;
    Ok(rows.into_iter().map(DelegationRow::from).collect())
}

/// Delegations of people of the units in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_delegations(
    db: &impl Reads,
    scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<DelegationRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "p.org_id")
        .page_by_id("d.id", true, after, limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(DelegationRow::from).collect();
    Ok(Page::cut_by_id(rows, limit, |d: &DelegationRow| d.id))
}

#[derive(FromQueryResult)]
struct AwayRow {
    principal_id: Uuid,
}

/// People for whom somebody stands in on a day.
///
/// # Errors
/// What the database says.
pub async fn list_people_away(db: &impl Reads, day: NaiveDate) -> Result<Vec<UserId>> {
    let sql = "SELECT DISTINCT principal_id FROM delegations \
               WHERE from_on <= $1 AND until_on >= $1 AND ended_at IS NULL";
    let rows: Vec<AwayRow> = list(db, sql, params![day]).await?;
    Ok(rows.into_iter().map(|r| UserId(r.principal_id)).collect())
}

/// Makes a session act under a delegation, or as the person themselves again.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the session is gone.
pub async fn set_acting(
    work: &UnitOfWork,
    user: UserId,
    csrf_token: &str,
    delegation: Option<Uuid>,
) -> Result<()> {
    let sql = "UPDATE sessions SET acting_for = $1 WHERE user_id = $2 AND csrf_token = $3";
    work.execute_one(sql, params![delegation, user.0, csrf_token])
        .await
}
