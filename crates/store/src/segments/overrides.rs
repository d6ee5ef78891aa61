//! Classes that are set by hand: asked for, decided by another person, ended.

use crate::dialect::bulk::{Bulk, Cell};
use crate::sealing::Keyring;
use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::segments::{ClassModel, CustomerClass, OverrideState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Overrides of a customer that are shown.
const SHOWN_MAX: i64 = 200;

/// A class that is set by hand.
#[derive(Clone, Debug)]
pub struct OverrideRow {
    /// Its id.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// What it is a class of.
    pub model: ClassModel,
    /// The class.
    pub class: CustomerClass,
    /// Where it stands.
    pub state: OverrideState,
    /// Why; nothing when it was destroyed.
    pub reason: Option<String>,
    /// Its last day.
    pub until_on: NaiveDate,
    /// The request that another person decides.
    pub approval: Option<Uuid>,
    /// Who asked.
    pub asked_name: String,
    /// When.
    pub asked_at: Instant,
    /// Who decided, and when.
    pub decided: Option<(String, Instant)>,
    /// Who ended it, and when.
    pub ended: Option<(String, Instant)>,
    /// Why it was ended early.
    pub end_reason: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    model: String,
    class: String,
    state: String,
    reason: Option<Vec<u8>>,
    until_on: NaiveDate,
    approval_id: Option<Uuid>,
    asked_name: String,
    asked_at: i64,
    decided_name: Option<String>,
    decided_at: Option<i64>,
    ended_name: Option<String>,
    ended_at: Option<i64>,
    end_reason: Option<Vec<u8>>,
}

const SELECT: &str = "SELECT v.id, v.customer_id, v.model, v.class, v.state, v.reason, v.until_on, v.approval_id, \
     v.asked_name, v.asked_at, v.decided_name, v.decided_at, v.ended_name, v.ended_at, v.end_reason \
     FROM class_overrides v JOIN customers c ON c.id = v.customer_id";

fn open(keys: &Keyring, column: &str, id: Uuid, sealed: Option<Vec<u8>>) -> Result<Option<String>> {
    let column = format!("class_overrides.{column}");
    sealed.map(|s| keys.open(&column, id, &s)).transpose()
}

fn row(keys: &Keyring, r: Row) -> Result<OverrideRow> {
    Ok(OverrideRow {
        id: r.id,
        customer: CustomerId(r.customer_id),
        model: ClassModel::parse(&r.model)?,
        class: CustomerClass::parse(&r.class)?,
        state: OverrideState::parse(&r.state)?,
        reason: open(keys, "reason", r.id, r.reason)?,
        until_on: r.until_on,
        approval: r.approval_id,
        asked_name: r.asked_name,
        asked_at: instant(r.asked_at),
        decided: r.decided_name.zip(r.decided_at.map(instant)),
        ended: r.ended_name.zip(r.ended_at.map(instant)),
        end_reason: open(keys, "end_reason", r.id, r.end_reason)?,
    })
}

/// What was set by hand or asked for of a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_overrides(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<OverrideRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope_customer(scope)
        .filter("v.customer_id = ?", params![customer.0]);
    select.then("ORDER BY v.id DESC LIMIT ?", params![SHOWN_MAX]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().map(|r| row(db.keys(), r)).collect()
}

/// One of a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_override(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<OverrideRow>> {
    let mut select = Select::new(SELECT);
    select.scope_customer(scope).filter("v.id = ?", params![id]);
    let rows: Vec<Row> = select.list(db).await?;
    let found = rows.into_iter().next();
    found.map(|r| row(db.keys(), r)).transpose()
}

/// A class that somebody asks for.
#[derive(Clone, Copy, Debug)]
pub struct NewOverride<'n> {
    /// The customer.
    pub customer: CustomerId,
    /// What it is a class of.
    pub model: ClassModel,
    /// The class.
    pub class: CustomerClass,
    /// Its last day.
    pub until_on: NaiveDate,
    /// Why.
    pub reason: &'n str,
    /// Who asks.
    pub asked_name: &'n str,
}

/// Adds what somebody asks for.
///
/// # Errors
/// What the database says.
pub async fn insert_override(work: &UnitOfWork, new: &NewOverride<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let reason = work.keys().seal("class_overrides.reason", id, new.reason)?;
    let sql = "INSERT INTO class_overrides (id, customer_id, model, class, state, reason, until_on, asked_name, asked_at) \
               VALUES ($1, $2, $3, $4, 'asked', $5, $6, $7, $8)";
    let values = params![
        id,
        new.customer.0,
        new.model.as_str(),
        new.class.as_str(),
        reason,
        new.until_on,
        new.asked_name,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Notes the request that decides on it.
///
/// # Errors
/// What the database says.
pub async fn attach_approval(work: &UnitOfWork, id: Uuid, approval: Uuid) -> Result<()> {
    let sql = "UPDATE class_overrides SET approval_id = $2 WHERE id = $1";
    work.execute_one(sql, params![id, approval]).await
}

/// Notes what somebody decided about what was asked for.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is not asked for any more.
pub async fn decide_override(
    work: &UnitOfWork,
    id: Uuid,
    state: OverrideState,
    by: &str,
) -> Result<()> {
    let sql = "UPDATE class_overrides SET state = $2, decided_name = $3, decided_at = $4 WHERE id = $1 AND state = 'asked'";
    let values = params![id, state.as_str(), by, millis(work.now())];
    work.execute_one(sql, values).await
}

/// Ends what is in force.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is not in force any more.
pub async fn end_override(
    work: &UnitOfWork,
    id: Uuid,
    by: &str,
    reason: Option<&str>,
) -> Result<()> {
    let sealed = reason
        .map(|r| work.keys().seal("class_overrides.end_reason", id, r))
        .transpose()?;
    let sql = "UPDATE class_overrides SET state = 'ended', ended_name = $2, ended_at = $3, end_reason = $4 \
               WHERE id = $1 AND state = 'in_force'";
    work.execute_one(sql, params![id, by, millis(work.now()), sealed])
        .await
}

/// Ends what is in force and whose last day has passed. Gives the customers.
///
/// # Errors
/// What the database says.
pub async fn end_past_overrides(
    bulk: &mut Bulk,
    on: NaiveDate,
    by: &str,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let sql = "SELECT id, customer_id FROM class_overrides WHERE state = 'in_force' AND until_on < $1 \
               ORDER BY until_on LIMIT $2";
    let rows = bulk
        .query(sql, &[Cell::Date(on), Cell::Int(limit)], |row| {
            Ok((
                row.id(0)?.unwrap_or_default(),
                row.id(1)?.unwrap_or_default(),
            ))
        })
        .await?;
    let now = millis(bulk.now());
    for (id, _) in &rows {
        let sql = "UPDATE class_overrides SET state = 'ended', ended_name = $1, ended_at = $2 WHERE id = $3";
        let cells = [Cell::Text(by.to_owned()), Cell::Int(now), Cell::Id(*id)];
        bulk.execute(sql, &cells).await?;
    }
    Ok(rows.into_iter().map(|(_, customer)| customer).collect())
}
