//! Credit files: entries, and the flag with its history.

use super::{CUSTOMER, NamedCustomer, named, opened};
use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CustomerId, UserId};
use domain::risk::{CreditEntryKind, CreditFlag, FlagState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Rows of a file that are read at once; a customer has far fewer.
const FILE_ROWS: i64 = 500;

/// An entry to make.
#[derive(Clone, Copy, Debug)]
pub struct NewCreditEntry<'n> {
    /// What it is about.
    pub kind: CreditEntryKind,
    /// Where it comes from.
    pub source: &'n str,
    /// Its day.
    pub noted_on: NaiveDate,
    /// What it says.
    pub words: &'n str,
    /// Who makes it.
    pub by: &'n str,
}

/// An entry.
#[derive(Clone, Debug)]
pub struct CreditEntryRow {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub kind: CreditEntryKind,
    /// Where it comes from.
    pub source: String,
    /// Its day.
    pub noted_on: NaiveDate,
    /// What it says; gone with the customer's data.
    pub words: Option<String>,
    /// Who made it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Instant,
}

#[derive(FromQueryResult)]
struct EntryRow {
    id: Uuid,
    kind: String,
    source: String,
    noted_on: NaiveDate,
    words: Option<Vec<u8>>,
    recorded_by: String,
    recorded_at: i64,
}

/// Makes an entry.
///
/// # Errors
/// What the database says.
pub async fn insert_credit_entry(
    work: &UnitOfWork,
    customer: CustomerId,
    new: &NewCreditEntry<'_>,
) -> Result<Uuid> {
    let id = work.next_id();
    let words = work.keys().seal("credit_entries.words", id, new.words)?;
    let sql = "INSERT INTO credit_entries (id, customer_id, kind, source, noted_on, words, recorded_by, recorded_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        customer.0,
        new.kind.as_str(),
        new.source,
        new.noted_on,
        words,
        new.by,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// The credit file of a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_credit_entries(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<CreditEntryRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.kind, e.source, e.noted_on, e.words, e.recorded_by, e.recorded_at FROM credit_entries e \
         JOIN customers c ON c.id = e.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("e.customer_id = ?", params![customer.0])
        .then("ORDER BY e.id DESC LIMIT ?", params![FILE_ROWS]);
    let rows: Vec<EntryRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(CreditEntryRow {
                words: opened(db, "credit_entries.words", r.id, r.words)?,
                kind: CreditEntryKind::parse(&r.kind)?,
                id: r.id,
                source: r.source,
                noted_on: r.noted_on,
                recorded_by: r.recorded_by,
                recorded_at: instant(r.recorded_at),
            })
        })
        .collect()
}

/// A change of the credit flag.
#[derive(Clone, Debug)]
pub struct FlagRow {
    /// Its id.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// The customer as lists name it.
    pub of: NamedCustomer,
    /// The flag before.
    pub from: CreditFlag,
    /// The flag after.
    pub to: CreditFlag,
    /// What became of it.
    pub state: FlagState,
    /// Why; gone with the customer's data.
    pub reason: Option<String>,
    /// Who asked for it.
    pub asked_by_id: UserId,
    /// Name of who asked for it.
    pub asked_by: String,
    /// When.
    pub asked_at: Instant,
    /// Name of who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    org_name: String,
    from_flag: String,
    to_flag: String,
    state: String,
    reason: Option<Vec<u8>>,
    asked_by_id: Uuid,
    asked_by: String,
    asked_at: i64,
    decided_by: Option<String>,
    decided_at: Option<i64>,
}

fn flags(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<FlagRow>> {
    rows.into_iter()
        .map(|r| {
            let kind = (r.customer_kind.as_str(), r.customer_name.as_slice());
            Ok(FlagRow {
                of: named(db.keys(), r.customer_id, r.customer_no, kind, r.org_name)?,
                reason: opened(db, "credit_flags.reason", r.id, r.reason)?,
                from: CreditFlag::parse(&r.from_flag)?,
                to: CreditFlag::parse(&r.to_flag)?,
                state: FlagState::parse(&r.state)?,
                id: r.id,
                customer: CustomerId(r.customer_id),
                asked_by_id: UserId(r.asked_by_id),
                asked_by: r.asked_by,
                asked_at: instant(r.asked_at),
                decided_by: r.decided_by,
                decided_at: r.decided_at.map(instant),
            })
        })
        .collect()
}

fn select() -> String {
    format!(
        "SELECT g.id, g.customer_id, {CUSTOMER}, g.from_flag, g.to_flag, g.state, g.reason, g.asked_by_id, g.asked_by, \
         g.asked_at, g.decided_by, g.decided_at FROM credit_flags g JOIN customers c ON c.id = g.customer_id \
         JOIN orgs o ON o.id = c.org_id"
    )
}

/// Keeps a change of the credit flag; who may decide alone has decided.
///
/// # Errors
/// What the database says.
pub async fn insert_flag(
    work: &UnitOfWork,
    customer: CustomerId,
    (from, to): (CreditFlag, CreditFlag),
    state: FlagState,
    reason: &str,
    (by, name): (UserId, &str),
) -> Result<Uuid> {
    let id = work.next_id();
    let reason = work.keys().seal("credit_flags.reason", id, reason)?;
    let sql = "INSERT INTO credit_flags (id, customer_id, from_flag, to_flag, state, reason, asked_by_id, asked_by, asked_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = params![
        id,
        customer.0,
        from.as_str(),
        to.as_str(),
        state.as_str(),
        reason,
        by.0,
        name,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Notes what a second person decided.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody decided before.
pub async fn decide_flag(work: &UnitOfWork, id: Uuid, state: FlagState, by: &str) -> Result<()> {
    let sql = "UPDATE credit_flags SET state = $1, decided_by = $2, decided_at = $3 WHERE id = $4 AND state = 'waiting'";
    let values = params![state.as_str(), by, millis(work.now()), id];
    work.execute_one(sql, values).await
}

/// Changes of the credit flag of a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_flags(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<FlagRow>> {
    let mut select = Select::new(&select());
    select
        .scope_customer(scope)
        .filter("g.customer_id = ?", params![customer.0])
        .then("ORDER BY g.id DESC LIMIT ?", params![FILE_ROWS]);
    flags(db, select.list(db).await?)
}

/// Changes that wait for a second person, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_waiting_flags(db: &impl Reads, scope: &Scope) -> Result<Vec<FlagRow>> {
    let mut select = Select::new(&select());
    select
        .scope(scope, "c.org_id")
        .own(scope, "c.id")
        .filter("g.state = 'waiting'", Vec::new())
        .then("ORDER BY g.id LIMIT ?", params![FILE_ROWS]);
    flags(db, select.list(db).await?)
}

/// A change of the credit flag of a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_flag(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<FlagRow>> {
    let mut select = Select::new(&select());
    select.scope_customer(scope).filter("g.id = ?", params![id]);
    Ok(flags(db, select.list(db).await?)?.pop())
}
