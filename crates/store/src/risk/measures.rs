//! Control measures: what is done about a risk, by whom, until when, with what effect.

use super::{CUSTOMER, NamedCustomer, named, opened};
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CustomerId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A measure to take.
#[derive(Clone, Copy, Debug)]
pub struct NewRiskMeasure<'n> {
    /// The assessment that asks for it.
    pub assessment: Option<Uuid>,
    /// The signal that asks for it.
    pub signal: Option<Uuid>,
    /// Whether it is kept from ordinary pages.
    pub is_confidential: bool,
    /// What is done.
    pub measure: &'n str,
    /// Who sees to it.
    pub owner: UserId,
    /// By when.
    pub due_on: NaiveDate,
    /// Who set it.
    pub by: &'n str,
}

/// A measure.
#[derive(Clone, Debug)]
pub struct RiskMeasureRow {
    /// Its id.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// The customer as lists name it.
    pub of: NamedCustomer,
    /// What is done; gone with the customer's data.
    pub measure: Option<String>,
    /// Who sees to it.
    pub owner: UserId,
    /// Name of who sees to it.
    pub owner_name: String,
    /// By when.
    pub due_on: NaiveDate,
    /// When it was done.
    pub done_at: Option<Instant>,
    /// What shows that it was done.
    pub evidence: Option<String>,
    /// What it brought about.
    pub effect: Option<String>,
    /// Who set it.
    pub made_by: String,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    org_name: String,
    measure: Option<Vec<u8>>,
    owner_id: Uuid,
    owner_name: String,
    due_on: NaiveDate,
    done_at: Option<i64>,
    evidence: Option<Vec<u8>>,
    effect: Option<Vec<u8>>,
    made_by: String,
    version: i64,
}

fn measures(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<RiskMeasureRow>> {
    rows.into_iter()
        .map(|r| {
            let open =
                |column: &str, sealed| opened(db, &format!("risk_measures.{column}"), r.id, sealed);
            let kind = (r.customer_kind.as_str(), r.customer_name.as_slice());
            Ok(RiskMeasureRow {
                of: named(db.keys(), r.customer_id, r.customer_no, kind, r.org_name)?,
                measure: open("measure", r.measure)?,
                evidence: open("evidence", r.evidence)?,
                effect: open("effect", r.effect)?,
                id: r.id,
                customer: CustomerId(r.customer_id),
                owner: UserId(r.owner_id),
                owner_name: r.owner_name,
                due_on: r.due_on,
                done_at: r.done_at.map(instant),
                made_by: r.made_by,
                version: r.version,
            })
        })
        .collect()
}

/// Adds a measure.
///
/// # Errors
/// What the database says.
pub async fn insert_risk_measure(
    work: &UnitOfWork,
    customer: CustomerId,
    new: &NewRiskMeasure<'_>,
) -> Result<Uuid> {
    let id = work.next_id();
    let measure = work.keys().seal("risk_measures.measure", id, new.measure)?;
    let sql = "INSERT INTO risk_measures (id, customer_id, assessment_id, signal_id, is_confidential, measure, owner_id, \
               due_on, made_by, made_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";
    let values = params![
        id,
        customer.0,
        new.assessment,
        new.signal,
        new.is_confidential,
        measure,
        new.owner.0,
        new.due_on,
        new.by,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Notes that a measure was carried out.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was noted before.
pub async fn finish_risk_measure(
    work: &UnitOfWork,
    seen: &RiskMeasureRow,
    evidence: &str,
    effect: &str,
) -> Result<()> {
    let seal = |column: &str, text| {
        let column = format!("risk_measures.{column}");
        work.keys().seal(&column, seen.id, text)
    };
    let sql = "UPDATE risk_measures SET done_at = $1, evidence = $2, effect = $3, version = version + 1 \
               WHERE id = $4 AND version = $5 AND done_at IS NULL";
    let values = params![
        millis(work.now()),
        seal("evidence", evidence)?,
        seal("effect", effect)?,
        seen.id,
        seen.version,
    ];
    work.execute_one(sql, values).await
}

/// What to look for among measures.
#[derive(Clone, Debug, Default)]
pub struct MeasureFilter {
    /// Of a customer.
    pub customer: Option<CustomerId>,
    /// Those of a person.
    pub owner: Option<UserId>,
    /// Still to be done; the first due come first.
    pub open: bool,
    /// Confidential ones, too.
    pub confidential: bool,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

fn select() -> String {
    format!(
        "SELECT m.id, m.customer_id, {CUSTOMER}, m.measure, m.owner_id, u.display_name AS owner_name, m.due_on, \
         m.done_at, m.evidence, m.effect, m.made_by, m.version FROM risk_measures m \
         JOIN customers c ON c.id = m.customer_id JOIN orgs o ON o.id = c.org_id JOIN users u ON u.id = m.owner_id"
    )
}

/// Measures on customers in sight: the newest first, or what is to be done by its day.
///
/// # Errors
/// What the database says.
pub async fn list_risk_measures(
    db: &impl Reads,
    scope: &Scope,
    filter: &MeasureFilter,
    limit: u64,
) -> Result<Page<RiskMeasureRow>> {
    let mut select = Select::new(&select());
    match filter.customer {
        Some(customer) => select
            .scope_customer(scope)
            .filter("m.customer_id = ?", params![customer.0]),
        None => select.scope(scope, "c.org_id").own(scope, "c.id"),
    };
    if !filter.confidential {
        select.filter("m.is_confidential = ?", params![false]);
    }
    if let Some(owner) = filter.owner {
        select.filter("m.owner_id = ?", params![owner.0]);
    }
    if !filter.open {
        select.page_by_id("m.id", true, filter.after.as_ref(), limit);
        let rows = measures(db, select.list(db).await?)?;
        return Ok(Page::cut_by_id(rows, limit, |r| r.id));
    }
    select.filter("m.done_at IS NULL", Vec::new());
    if let Some(after) = &filter.after {
        let since: NaiveDate = after.sort.parse().unwrap_or(NaiveDate::MIN);
        select.filter(
            "(m.due_on > ? OR (m.due_on = ? AND m.id > ?))",
            params![since, since, after.id],
        );
    }
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    select.then("ORDER BY m.due_on, m.id LIMIT ?", params![most]);
    let rows = measures(db, select.list(db).await?)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::cut(rows, limit, |r| PageKey {
        sort: r.due_on.to_string(),
        id: r.id,
    }))
}

/// A measure on a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_risk_measure(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
    confidential: bool,
) -> Result<Option<RiskMeasureRow>> {
    let mut select = Select::new(&select());
    select.scope_customer(scope).filter("m.id = ?", params![id]);
    if !confidential {
        select.filter("m.is_confidential = ?", params![false]);
    }
    Ok(measures(db, select.list(db).await?)?.pop())
}
