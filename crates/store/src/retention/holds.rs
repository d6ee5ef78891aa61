//! Legal holds.

use crate::sql::{Page, PageKey, Select, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::{OrgPath, Scope};
use domain::ids::{CustomerId, PolicyId, TicketId};
use domain::retention::{Hold, HoldKind, HoldSubject};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A hold to place.
#[derive(Clone, Debug)]
pub struct NewHold<'n> {
    /// Its number.
    pub number: &'n str,
    /// What is held.
    pub subject: HoldSubject,
    /// The customer.
    pub customer: Option<CustomerId>,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// The unit.
    pub org: Uuid,
    /// First day of the period of a hold on a unit.
    pub from_on: Option<NaiveDate>,
    /// Last day of that period.
    pub until_on: Option<NaiveDate>,
    /// Why.
    pub kind: HoldKind,
    /// Who asked for it.
    pub authority: &'n str,
    /// Number of their document.
    pub document_no: &'n str,
    /// The reason in words.
    pub reason: &'n str,
    /// From when.
    pub effective_on: NaiveDate,
    /// When it is looked at again.
    pub review_on: NaiveDate,
    /// Who places it: id and name.
    pub placed_by: (Option<Uuid>, &'n str),
}

/// A hold as it is shown.
#[derive(Clone, Debug)]
pub struct HoldRow {
    /// Its id.
    pub id: Uuid,
    /// What decisions need of it.
    pub hold: Hold,
    /// Why.
    pub kind: HoldKind,
    /// Number of the customer.
    pub customer_no: Option<String>,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Number of the ticket.
    pub ticket_no: Option<String>,
    /// Name of the unit.
    pub org_name: String,
    /// Who asked for it.
    pub authority: String,
    /// Number of their document.
    pub document_no: String,
    /// The reason in words; gone with the data that it was about.
    pub reason: Option<String>,
    /// From when.
    pub effective_on: NaiveDate,
    /// When it is looked at again.
    pub review_on: NaiveDate,
    /// Name of who placed it.
    pub placed_by: String,
    /// When.
    pub placed_at: Instant,
    /// Name of who lifted it.
    pub lifted_by: Option<String>,
    /// When.
    pub lifted_at: Option<Instant>,
    /// Why it was lifted.
    pub lift_reason: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    subject: String,
    customer_id: Option<Uuid>,
    policy_id: Option<Uuid>,
    ticket_id: Option<Uuid>,
    customer_no: Option<String>,
    policy_no: Option<String>,
    ticket_no: Option<String>,
    org_name: String,
    org_path: String,
    from_on: Option<NaiveDate>,
    until_on: Option<NaiveDate>,
    kind: String,
    authority: String,
    document_no: String,
    reason: Option<Vec<u8>>,
    effective_on: NaiveDate,
    review_on: NaiveDate,
    placed_by_id: Option<Uuid>,
    placed_by: String,
    placed_at: i64,
    lifted_by: Option<String>,
    lifted_at: Option<i64>,
    lift_reason: Option<Vec<u8>>,
    version: i64,
}

const SELECT: &str = "SELECT l.id, l.number, l.subject, l.customer_id, l.policy_id, l.ticket_id, c.customer_no, p.policy_no, \
     t.number AS ticket_no, o.name AS org_name, o.path AS org_path, l.from_on, l.until_on, l.kind, l.authority, \
     l.document_no, l.reason, l.effective_on, l.review_on, l.placed_by_id, l.placed_by, l.placed_at, l.lifted_by, \
     l.lifted_at, l.lift_reason, l.version FROM legal_holds l JOIN orgs o ON o.id = l.org_id \
     LEFT JOIN customers c ON c.id = l.customer_id LEFT JOIN policies p ON p.id = l.policy_id \
     LEFT JOIN tickets t ON t.id = l.ticket_id";

fn holds(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<HoldRow>> {
    let open = |column: &str, id: Uuid, sealed: Option<Vec<u8>>| {
        sealed
            .map(|s| db.keys().open(&format!("legal_holds.{column}"), id, &s))
            .transpose()
    };
    rows.into_iter()
        .map(|r| {
            Ok(HoldRow {
                hold: Hold {
                    number: r.number,
                    customer: r.customer_id.map(CustomerId),
                    policy: r.policy_id.map(PolicyId),
                    ticket: r.ticket_id.map(TicketId),
                    subject: HoldSubject::parse(&r.subject)?,
                    org: OrgPath::from_stored(r.org_path),
                    from_on: r.from_on,
                    until_on: r.until_on,
                    placed_by: r.placed_by_id,
                    is_lifted: r.lifted_at.is_some(),
                },
                kind: HoldKind::parse(&r.kind)?,
                reason: open("reason", r.id, r.reason)?,
                lift_reason: open("lift_reason", r.id, r.lift_reason)?,
                id: r.id,
                customer_no: r.customer_no,
                policy_no: r.policy_no,
                ticket_no: r.ticket_no,
                org_name: r.org_name,
                authority: r.authority,
                document_no: r.document_no,
                effective_on: r.effective_on,
                review_on: r.review_on,
                placed_by: r.placed_by,
                placed_at: instant(r.placed_at),
                lifted_by: r.lifted_by,
                lifted_at: r.lifted_at.map(instant),
                version: r.version,
            })
        })
        .collect()
}

/// Places a hold.
///
/// # Errors
/// What the database says.
pub async fn insert_hold(work: &UnitOfWork, new: &NewHold<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let reason = work.keys().seal("legal_holds.reason", id, new.reason)?;
    let sql = "INSERT INTO legal_holds (id, number, subject, customer_id, policy_id, ticket_id, org_id, from_on, until_on, \
               kind, authority, document_no, reason, effective_on, review_on, placed_by_id, placed_by, placed_at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1)";
    let values = params![
        id,
        new.number,
        new.subject.as_str(),
        new.customer.map(|c| c.0),
        new.policy.map(|p| p.0),
        new.ticket.map(|t| t.0),
        new.org,
        new.from_on,
        new.until_on,
        new.kind.as_str(),
        new.authority,
        new.document_no,
        reason,
        new.effective_on,
        new.review_on,
        new.placed_by.0,
        new.placed_by.1,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Lifts a hold.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn lift_hold(
    work: &UnitOfWork,
    id: Uuid,
    version: i64,
    by: &str,
    reason: &str,
) -> Result<()> {
    let reason = work.keys().seal("legal_holds.lift_reason", id, reason)?;
    let sql = "UPDATE legal_holds SET lifted_by = $1, lifted_at = $2, lift_reason = $3, version = version + 1 \
               WHERE id = $4 AND version = $5 AND lifted_at IS NULL";
    let values = params![by, millis(work.now()), reason, id, version];
    work.execute_one(sql, values).await
}

/// What to look for among holds.
#[derive(Clone, Debug, Default)]
pub struct HoldFilter {
    /// Standing or lifted; both when missing.
    pub standing: Option<bool>,
    /// Of this kind.
    pub kind: Option<HoldKind>,
    /// Due for another look until this day.
    pub review_to: Option<NaiveDate>,
    /// On this customer, or on a policy or ticket of it.
    pub customer: Option<CustomerId>,
    /// On this policy.
    pub policy: Option<PolicyId>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

fn filtered(scope: &Scope, filter: &HoldFilter) -> Select {
    let mut select = Select::new(SELECT);
    select.scope(scope, "l.org_id").own(scope, "l.customer_id");
    if let Some(standing) = filter.standing {
        let condition = if standing {
            "l.lifted_at IS NULL"
        } else {
            "l.lifted_at IS NOT NULL"
        };
        select.filter(condition, Vec::new());
    }
    if let Some(kind) = filter.kind {
        select.filter("l.kind = ?", params![kind.as_str()]);
    }
    if let Some(day) = filter.review_to {
        select.filter("l.review_on <= ?", params![day]);
    }
    if let Some(customer) = filter.customer {
        select.filter("l.customer_id = ?", params![customer.0]);
    }
    if let Some(policy) = filter.policy {
        select.filter("l.policy_id = ?", params![policy.0]);
    }
    select
}

/// Holds in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_holds(
    db: &impl Reads,
    scope: &Scope,
    filter: &HoldFilter,
    limit: u64,
) -> Result<Page<HoldRow>> {
    let mut select = filtered(scope, filter);
    select.page_by_id("l.id", true, filter.after.as_ref(), limit);
    let rows = holds(db, select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}

/// A hold in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_hold(db: &impl Reads, scope: &Scope, number: &str) -> Result<Option<HoldRow>> {
    let mut select = filtered(scope, &HoldFilter::default());
    select.filter("l.number = ?", params![number]);
    Ok(holds(db, select.list(db).await?)?.pop())
}

/// Every hold that stands, whoever placed it: what it covers is not destroyed by anybody.
///
/// # Errors
/// What the database says.
pub async fn load_active_holds(db: &impl Reads) -> Result<Vec<HoldRow>> {
    let sql = format!("{SELECT} WHERE l.lifted_at IS NULL ORDER BY l.id");
    holds(db, list(db, &sql, Vec::new()).await?)
}
