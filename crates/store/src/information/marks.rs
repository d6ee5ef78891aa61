//! Flags that people set on customers, with dates (CUS-07).

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::information::CustomerMark;
use domain::time::Instant;
use sea_orm::FromQueryResult;
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
