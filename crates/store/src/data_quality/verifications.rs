//! When somebody made sure that the information of customers holds (二（三）1: verified regularly).

use super::due::DueFilter;
use crate::customers::shown_name;
use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::{Reveal, SensitiveText};
use domain::data_quality::VerifiedBy;
use domain::ids::{CustomerId, UserId};
use domain::time::{self, Instant};
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// Items of questionnaires by which contact data is confirmed.
const CONTACT_ITEMS: &str = "('contact_phone', 'contact_address', 'identity_contact')";

static VERIFICATIONS: Table = Table {
    name: "information_verifications",
    columns: &[
        ("id", CellType::Id),
        ("customer_id", CellType::Id),
        ("verified_on", CellType::Date),
        ("way", CellType::Text),
        ("callback_id", CellType::Id),
        ("user_id", CellType::Id),
        ("user_name", CellType::Text),
        ("recorded_at", CellType::Int),
    ],
};

/// Notes verifications from callbacks that were completed after a moment (milliseconds), on which the identity
/// was verified and contact data confirmed without objection. Gives the customers, and the last moment looked at.
///
/// # Errors
/// What the database says.
pub async fn import_callback_verifications(
    bulk: &mut Bulk,
    since: i64,
    limit: i64,
) -> Result<(Vec<Uuid>, i64)> {
    let sql = format!(
        "SELECT b.id, b.customer_id, b.completed_at, b.caller_id, COALESCE(u.display_name, ''), b.identity_verified AND \
         EXISTS (SELECT 1 FROM answers a WHERE a.callback_id = b.id AND a.item IN {CONTACT_ITEMS} AND a.answer = 'affirm') \
         AND NOT EXISTS (SELECT 1 FROM answers n WHERE n.callback_id = b.id AND n.item IN {CONTACT_ITEMS} \
         AND n.answer IN ('negative', 'unclear', 'question')) \
         AND NOT EXISTS (SELECT 1 FROM information_verifications v WHERE v.callback_id = b.id) AS confirmed \
         FROM callbacks b LEFT JOIN users u ON u.id = b.caller_id \
         WHERE b.completed_at > $1 ORDER BY b.completed_at LIMIT $2"
    );
    let cells = [Cell::Int(since), Cell::Int(limit)];
    let rows = bulk.query(&sql, &cells, |row| {
        let id = |at| row.id(at).map(Option::unwrap_or_default);
        let at = row.int(2)?.unwrap_or_default();
        let name = row.text(4)?.unwrap_or_default();
        Ok((
            id(0)?,
            id(1)?,
            at,
            row.id(3)?,
            name,
            row.bool(5)?.unwrap_or_default(),
        ))
    });
    let (mut cells, mut customers, mut last) = (Vec::new(), Vec::new(), since);
    let rows = rows.await?;
    let now = millis(bulk.now());
    for (callback, customer, at, caller, name, confirmed) in rows {
        last = last.max(at);
        if !confirmed {
            continue;
        }
        customers.push(customer);
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Id(customer),
            Cell::Date(time::date_in_china(instant(at))),
            Cell::Code(VerifiedBy::Callback.as_str()),
            Cell::Id(callback),
            Cell::from(caller),
            Cell::Text(name),
            Cell::Int(now),
        ]);
    }
    bulk.insert(&VERIFICATIONS, &cells).await?;
    Ok((customers, last))
}

/// The last day on which the information of each customer was verified.
///
/// # Errors
/// What the database says.
pub async fn read_last_verified(
    bulk: &mut Bulk,
    customers: &[Uuid],
) -> Result<HashMap<Uuid, NaiveDate>> {
    let cells: Vec<Cell> = customers.iter().copied().map(Cell::Id).collect();
    let sql = "SELECT customer_id, MAX(verified_on) FROM information_verifications \
               WHERE customer_id IN ({values}) GROUP BY customer_id";
    let rows = bulk.query_in(sql, &cells, |row| Ok((row.id(0)?, row.date(1)?)));
    let rows = rows.await?.into_iter();
    Ok(rows.filter_map(|(id, on)| Some((id?, on?))).collect())
}

/// A verification by a person.
#[derive(Clone, Debug)]
pub struct NewVerification {
    /// The customer.
    pub customer: CustomerId,
    /// When.
    pub on: NaiveDate,
    /// How.
    pub way: VerifiedBy,
    /// What was noted.
    pub note: Option<SensitiveText>,
    /// Who.
    pub user: Option<UserId>,
    /// Name of who.
    pub user_name: String,
}

/// Keeps a verification.
///
/// # Errors
/// What the database says.
pub async fn insert_verification(work: &UnitOfWork, new: &NewVerification) -> Result<Uuid> {
    let id = work.next_id();
    let plain = new.note.as_ref().map(|n| n.reveal(Reveal::for_storage()));
    let sealed = plain
        .map(|p| work.keys().seal("information_verifications.note", id, p))
        .transpose()?;
    let sql = "INSERT INTO information_verifications (id, customer_id, verified_on, way, note, user_id, user_name, \
               recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        new.customer.0,
        new.on,
        new.way.as_str(),
        sealed,
        new.user.map(|u| u.0),
        new.user_name.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// A verification as people read it.
#[derive(Clone, Debug)]
pub struct VerificationRow {
    /// When.
    pub on: NaiveDate,
    /// How.
    pub way: VerifiedBy,
    /// Number of the callback.
    pub callback_no: Option<String>,
    /// What was noted.
    pub note: Option<String>,
    /// Who.
    pub user_name: String,
    /// When it was recorded.
    pub recorded_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    verified_on: NaiveDate,
    way: String,
    callback_no: Option<String>,
    note: Option<Vec<u8>>,
    user_name: String,
    recorded_at: i64,
}

/// Verifications of a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_verifications(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<VerificationRow>> {
    let mut select = Select::new(
        "SELECT v.id, v.verified_on, v.way, b.number AS callback_no, v.note, v.user_name, v.recorded_at \
         FROM information_verifications v JOIN customers c ON c.id = v.customer_id \
         LEFT JOIN callbacks b ON b.id = v.callback_id",
    );
    select
        .scope_customer(scope)
        .filter("v.customer_id = ?", params![customer.0]);
    select.then(
        "ORDER BY v.verified_on DESC, v.id DESC LIMIT ?",
        params![limit],
    );
    let rows: Vec<Row> = select.list(db).await?;
    let open = |r: &Row| {
        let sealed = r.note.as_ref();
        let note = sealed.map(|s| db.keys().open("information_verifications.note", r.id, s));
        note.transpose()
    };
    rows.into_iter()
        .map(|r| {
            Ok(VerificationRow {
                note: open(&r)?,
                on: r.verified_on,
                way: VerifiedBy::parse(&r.way)?,
                callback_no: r.callback_no,
                user_name: r.user_name,
                recorded_at: instant(r.recorded_at),
            })
        })
        .collect()
}

/// A customer whose information is to be verified.
#[derive(Clone, Debug)]
pub struct VerifyRow {
    /// Id.
    pub id: Uuid,
    /// Number.
    pub customer_no: String,
    /// Name as it is shown.
    pub customer_name: String,
    /// Unit.
    pub org_name: String,
    /// Verified last.
    pub verified_on: Option<NaiveDate>,
    /// Due.
    pub verify_by: NaiveDate,
    /// Completeness.
    pub completeness: i64,
    /// Truth.
    pub truth: i64,
}

#[derive(FromQueryResult)]
struct DueRow {
    id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    org_name: String,
    verified_on: Option<NaiveDate>,
    verify_by: NaiveDate,
    completeness: i64,
    truth: i64,
}

/// Customers in sight whose information is to be verified, those who are due first.
///
/// # Errors
/// What the database says.
pub async fn list_due_verifications(
    db: &impl Reads,
    scope: &Scope,
    filter: &DueFilter,
    limit: u64,
) -> Result<Page<VerifyRow>> {
    let mut select = Select::new(
        "SELECT s.id, c.customer_no, c.kind, c.name, o.name AS org_name, s.verified_on, s.verify_by, s.completeness, \
         s.truth FROM information_states s JOIN customers c ON c.id = s.id JOIN orgs o ON o.id = s.org_id",
    );
    filter.select(&mut select, scope, "verify_by", limit);
    let rows: Vec<DueRow> = select.list(db).await?;
    let mut due = Vec::with_capacity(rows.len());
    for r in rows {
        due.push(VerifyRow {
            customer_name: shown_name(db.keys(), r.id, &r.kind, &r.name)?,
            id: r.id,
            customer_no: r.customer_no,
            org_name: r.org_name,
            verified_on: r.verified_on,
            verify_by: r.verify_by,
            completeness: r.completeness,
            truth: r.truth,
        });
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::cut(due, most, |r| PageKey {
        sort: r.verify_by.to_string(),
        id: r.id,
    }))
}
