//! Flags that people set on customers, with dates (CUS-07).

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::CustomerField;
use domain::ids::CustomerId;
use domain::information::{CustomerMark, Happened};
use domain::time::{self, Instant};
use sea_orm::{FromQueryResult, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// Flags of one customer that are read.
const MARKS_MAX: i64 = 200;

/// A flag, standing or ended.
#[derive(Clone, Debug)]
pub struct MarkRow {
    /// Its id.
    pub id: Uuid,
    /// Which flag.
    pub mark: CustomerMark,
    /// Since when.
    pub since_on: NaiveDate,
    /// Why.
    pub reason: Option<String>,
    /// Who set it.
    pub set_name: String,
    /// When it was entered.
    pub set_at: Instant,
    /// Until when it stood.
    pub ended_on: Option<NaiveDate>,
    /// Why it ended.
    pub end_reason: Option<String>,
    /// Who ended it.
    pub ended_name: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    flag: String,
    since_on: NaiveDate,
    reason: Option<Vec<u8>>,
    set_name: String,
    set_at: i64,
    ended_on: Option<NaiveDate>,
    end_reason: Option<Vec<u8>>,
    ended_name: Option<String>,
}

/// Flags of a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_marks(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<MarkRow>> {
    let mut select = Select::new(
        "SELECT m.id, m.flag, m.since_on, m.reason, m.set_name, m.set_at, m.ended_on, m.end_reason, m.ended_name \
         FROM customer_marks m JOIN customers c ON c.id = m.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("m.customer_id = ?", params![customer.0])
        .then("ORDER BY m.id DESC LIMIT ?", params![MARKS_MAX]);
    let rows: Vec<Row> = select.list(db).await?;
    let open = |column: &str, id: Uuid, sealed: Option<Vec<u8>>| {
        let column = format!("customer_marks.{column}");
        sealed.map(|s| db.keys().open(&column, id, &s)).transpose()
    };
    rows.into_iter()
        .map(|r| {
            Ok(MarkRow {
                id: r.id,
                mark: CustomerMark::parse(&r.flag)?,
                since_on: r.since_on,
                reason: open("reason", r.id, r.reason)?,
                set_name: r.set_name,
                set_at: instant(r.set_at),
                ended_on: r.ended_on,
                end_reason: open("end_reason", r.id, r.end_reason)?,
                ended_name: r.ended_name,
            })
        })
        .collect()
}

/// A flag that stands on one of several customers.
#[derive(Clone, Debug)]
pub struct StandingMark {
    /// The customer.
    pub customer: CustomerId,
    /// Which flag.
    pub mark: CustomerMark,
    /// Since when.
    pub since_on: NaiveDate,
    /// Who set it.
    pub set_name: String,
}

#[derive(FromQueryResult)]
struct StandingRow {
    customer_id: Uuid,
    flag: String,
    since_on: NaiveDate,
    set_name: String,
}

/// Flags that people set and that stand, of customers in sight; the first set first.
///
/// # Errors
/// What the database says.
pub async fn list_standing_marks(
    db: &impl Reads,
    scope: &Scope,
    customers: &[CustomerId],
) -> Result<Vec<StandingMark>> {
    let mut select = Select::new(
        "SELECT m.customer_id, m.flag, m.since_on, m.set_name FROM customer_marks m \
         JOIN customers c ON c.id = m.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("m.ended_on IS NULL", Vec::new())
        .filter_in("m.customer_id", ids(customers))
        .then("ORDER BY m.id", Vec::new());
    let rows: Vec<StandingRow> = select.list(db).await?;
    let standing = rows.into_iter().map(|r| {
        Ok(StandingMark {
            customer: CustomerId(r.customer_id),
            mark: CustomerMark::parse(&r.flag)?,
            since_on: r.since_on,
            set_name: r.set_name,
        })
    });
    standing.collect()
}

#[derive(FromQueryResult)]
struct ChangedRow {
    entity_id: Uuid,
    field: String,
    at: i64,
}

/// When columns of flags last changed, of customers in sight: files set flags, too, and bring no line of their
/// own.
///
/// # Errors
/// What the database says.
pub async fn list_flag_changes(
    db: &impl Reads,
    scope: &Scope,
    customers: &[CustomerId],
) -> Result<Vec<(CustomerId, CustomerField, Instant)>> {
    let mut select = Select::new(
        "SELECT r.entity_id, r.field, MAX(r.changed_at) AS at FROM record_changes r \
         JOIN customers c ON c.id = r.entity_id",
    );
    let columns = CustomerMark::ALL.iter().filter_map(|m| m.field());
    let columns = columns.map(|f| Value::from(f.as_str())).collect();
    select
        .scope_customer(scope)
        .filter("r.entity = 'customer'", Vec::new())
        .filter_in("r.entity_id", ids(customers))
        .filter_in("r.field", columns)
        .then("GROUP BY r.entity_id, r.field", Vec::new());
    let rows: Vec<ChangedRow> = select.list(db).await?;
    let changed = rows.into_iter().map(|r| {
        let field = CustomerField::parse(&r.field)?;
        Ok((CustomerId(r.entity_id), field, instant(r.at)))
    });
    changed.collect()
}

#[derive(FromQueryResult)]
struct InsuredRow {
    id: Uuid,
    first_on: Option<NaiveDate>,
    in_force: i64,
    last_end_on: Option<NaiveDate>,
}

#[derive(FromQueryResult)]
struct ComplainedRow {
    id: Uuid,
    at: i64,
}

/// What happened with customers in sight, as far as flags follow from it. Whoever is not in the answer has had
/// neither a policy nor a complaint.
///
/// # Errors
/// What the database says.
pub async fn list_happened(
    db: &impl Reads,
    scope: &Scope,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, Happened>> {
    let mut select = Select::new(
        "SELECT p.policyholder_id AS id, MIN(p.issue_date) AS first_on, \
         COUNT(CASE WHEN p.status = 'in_force' THEN 1 END) AS in_force, \
         MAX(CASE WHEN p.status <> 'in_force' THEN p.expiry_date END) AS last_end_on \
         FROM policies p JOIN customers c ON c.id = p.policyholder_id",
    );
    select
        .scope_customer(scope)
        .filter_in("p.policyholder_id", ids(customers))
        .then("GROUP BY p.policyholder_id", Vec::new());
    let mut happened: HashMap<CustomerId, Happened> = HashMap::new();
    for r in select.list::<InsuredRow>(db).await? {
        let of = happened.entry(CustomerId(r.id)).or_default();
        of.first_policy_on = r.first_on;
        of.is_insured = r.in_force > 0;
        of.last_end_on = r.last_end_on;
    }
    let mut select = Select::new(
        "SELECT t.customer_id AS id, MAX(t.opened_at) AS at FROM tickets t JOIN customers c ON c.id = t.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("t.type = 'complaint'", Vec::new())
        .filter_in("t.customer_id", ids(customers))
        .then("GROUP BY t.customer_id", Vec::new());
    for r in select.list::<ComplainedRow>(db).await? {
        let of = happened.entry(CustomerId(r.id)).or_default();
        of.complained_on = Some(time::date_in_china(instant(r.at)));
    }
    Ok(happened)
}

fn ids(customers: &[CustomerId]) -> Vec<Value> {
    customers.iter().map(|c| Value::from(c.0)).collect()
}

/// Sets a flag.
///
/// # Errors
/// What the database says.
pub async fn insert_mark(
    work: &UnitOfWork,
    customer: CustomerId,
    mark: CustomerMark,
    since_on: NaiveDate,
    reason: &str,
    name: &str,
) -> Result<Uuid> {
    let id = work.next_id();
    let sealed = work.keys().seal("customer_marks.reason", id, reason)?;
    let sql = "INSERT INTO customer_marks (id, customer_id, flag, since_on, reason, set_name, set_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let now = millis(work.now());
    let values = params![id, customer.0, mark.as_str(), since_on, sealed, name, now];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Ends a flag that stands; whether one stood that a person had set. Others came with a file.
///
/// # Errors
/// What the database says.
pub async fn end_mark(
    work: &UnitOfWork,
    id: Uuid,
    ended_on: NaiveDate,
    reason: &str,
    name: &str,
) -> Result<()> {
    let sealed = work.keys().seal("customer_marks.end_reason", id, reason)?;
    let sql = "UPDATE customer_marks SET ended_on = $1, end_reason = $2, ended_name = $3, ended_at = $4 \
               WHERE id = $5 AND ended_on IS NULL";
    let values = params![ended_on, sealed, name, millis(work.now()), id];
    work.execute_one(sql, values).await
}
