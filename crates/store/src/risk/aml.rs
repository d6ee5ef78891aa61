//! Checks before payments, and how far grading has come. All of it is confidential.

use super::{CUSTOMER, NamedCustomer, named, opened};
use crate::sql::{Page, PageKey, Select, end_of_day, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::risk::{AmlResult, AmlSubject};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Checks of a customer that are shown.
const CHECKS: i64 = 200;

/// A check to keep.
#[derive(Clone, Copy, Debug)]
pub struct NewAmlCheck<'n> {
    /// The event of the payment.
    pub event: Uuid,
    /// Who was verified.
    pub subject: AmlSubject,
    /// What was found.
    pub result: AmlResult,
    /// How, in words.
    pub words: &'n str,
    /// Who verified.
    pub by: &'n str,
}

/// Keeps a check.
///
/// # Errors
/// What the database says, such as a payment that was checked before.
pub async fn insert_aml_check(
    work: &UnitOfWork,
    customer: CustomerId,
    new: &NewAmlCheck<'_>,
) -> Result<()> {
    let id = work.next_id();
    let words = work.keys().seal("aml_checks.words", id, new.words)?;
    let sql = "INSERT INTO aml_checks (id, customer_id, event_id, subject, result, words, checked_by, checked_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (event_id, subject) DO NOTHING";
    let values = params![
        id,
        customer.0,
        new.event,
        new.subject.as_str(),
        new.result.as_str(),
        words,
        new.by,
        millis(work.now()),
    ];
    work.execute_one(sql, values).await
}

/// A check.
#[derive(Clone, Debug)]
pub struct AmlCheckRow {
    /// Type of the event.
    pub event: String,
    /// Day of the payment.
    pub occurred_on: NaiveDate,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// Who was verified.
    pub subject: AmlSubject,
    /// What was found.
    pub result: AmlResult,
    /// How, in words; gone with the customer's data.
    pub words: Option<String>,
    /// Who verified.
    pub checked_by: String,
    /// When.
    pub checked_at: Instant,
}

#[derive(FromQueryResult)]
struct CheckRow {
    id: Uuid,
    event: String,
    occurred_on: NaiveDate,
    amount_fen: Option<i64>,
    subject: String,
    result: String,
    words: Option<Vec<u8>>,
    checked_by: String,
    checked_at: i64,
}

/// Checks of a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_aml_checks(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<AmlCheckRow>> {
    let mut select = Select::new(
        "SELECT k.id, e.type AS event, e.occurred_on, e.amount_fen, k.subject, k.result, k.words, k.checked_by, k.checked_at \
         FROM aml_checks k JOIN customers c ON c.id = k.customer_id JOIN events e ON e.id = k.event_id",
    );
    select
        .scope_customer(scope)
        .filter("k.customer_id = ?", params![customer.0])
        .then("ORDER BY k.id DESC LIMIT ?", params![CHECKS]);
    let rows: Vec<CheckRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(AmlCheckRow {
                words: opened(db, "aml_checks.words", r.id, r.words)?,
                subject: AmlSubject::parse(&r.subject)?,
                result: AmlResult::parse(&r.result)?,
                event: r.event,
                occurred_on: r.occurred_on,
                amount_fen: r.amount_fen,
                checked_by: r.checked_by,
                checked_at: instant(r.checked_at),
            })
        })
        .collect()
}

/// A payment that nobody has checked.
#[derive(Clone, Debug)]
pub struct DuePaymentRow {
    /// Its event.
    pub event: Uuid,
    /// Type of the event.
    pub kind: String,
    /// Its day.
    pub occurred_on: NaiveDate,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// Number of the policy.
    pub policy_no: String,
    /// The policyholder.
    pub customer: CustomerId,
    /// The policyholder as lists name it.
    pub of: NamedCustomer,
    /// Who is to be verified.
    pub subject: AmlSubject,
}

#[derive(FromQueryResult)]
struct PaymentRow {
    event_id: Uuid,
    event: String,
    occurred_on: NaiveDate,
    amount_fen: Option<i64>,
    payee_role: Option<String>,
    policy_no: String,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    org_name: String,
}

fn payments(db: &impl Reads, rows: Vec<PaymentRow>) -> Result<Vec<DuePaymentRow>> {
    rows.into_iter()
        .map(|r| {
            let kind = (r.customer_kind.as_str(), r.customer_name.as_slice());
            let beneficiary = r.payee_role.as_deref() == Some("beneficiary");
            Ok(DuePaymentRow {
                of: named(db.keys(), r.customer_id, r.customer_no, kind, r.org_name)?,
                subject: match beneficiary {
                    true => AmlSubject::Beneficiary,
                    false => AmlSubject::Applicant,
                },
                event: r.event_id,
                kind: r.event,
                occurred_on: r.occurred_on,
                amount_fen: r.amount_fen,
                policy_no: r.policy_no,
                customer: CustomerId(r.customer_id),
            })
        })
        .collect()
}

/// Payments since a day that are to be checked: refunds and payouts of at least an amount to the applicant,
/// of any amount to beneficiaries of life insurance.
fn due(scope: &Scope, (since, from_fen): (NaiveDate, i64)) -> Select {
    let mut select = Select::new(&format!(
        "SELECT e.id AS event_id, e.type AS event, e.occurred_on, e.amount_fen, e.payee_role, p.policy_no, \
         c.id AS customer_id, {CUSTOMER} FROM events e JOIN policies p ON p.id = e.policy_id \
         JOIN customers c ON c.id = p.policyholder_id JOIN orgs o ON o.id = c.org_id"
    ));
    select.scope(scope, "p.org_id").own(scope, "c.id");
    select.filter(
        "e.type IN ('surrendered', 'service_payout', 'claim_paid') AND e.occurred_on >= ?",
        params![since],
    );
    select.filter(
        "((e.type <> 'claim_paid' AND e.amount_fen >= ?) OR (e.payee_role = 'beneficiary' AND p.line = 'life')) \
         AND NOT EXISTS (SELECT 1 FROM aml_checks k WHERE k.event_id = e.id)",
        params![from_fen],
    );
    select
}

/// Payments that nobody has checked, the latest first.
///
/// # Errors
/// What the database says.
pub async fn list_due_payments(
    db: &impl Reads,
    scope: &Scope,
    limits: (NaiveDate, i64),
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<DuePaymentRow>> {
    let mut select = due(scope, limits);
    if let Some(after) = after {
        let before: NaiveDate = after.sort.parse().unwrap_or(NaiveDate::MAX);
        select.filter(
            "(e.occurred_on < ? OR (e.occurred_on = ? AND e.id < ?))",
            params![before, before, after.id],
        );
    }
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    select.then(
        "ORDER BY e.occurred_on DESC, e.id DESC LIMIT ?",
        params![most],
    );
    let rows = payments(db, select.list(db).await?)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::cut(rows, limit, |r| PageKey {
        sort: r.occurred_on.to_string(),
        id: r.event,
    }))
}

/// A payment that nobody has checked, in sight.
///
/// # Errors
/// What the database says.
pub async fn find_due_payment(
    db: &impl Reads,
    scope: &Scope,
    limits: (NaiveDate, i64),
    event: Uuid,
) -> Result<Option<DuePaymentRow>> {
    let mut select = due(scope, limits);
    select.filter("e.id = ?", params![event]);
    Ok(payments(db, select.list(db).await?)?.pop())
}

/// How far the grading of existing customers has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct GradeCounts {
    /// Customers who were there before the rule.
    pub customers: i64,
    /// Of these graded since.
    pub graded: i64,
    /// Customers of higher risk: ever graded high.
    pub high: i64,
    /// Of these graded since.
    pub high_graded: i64,
}

#[derive(FromQueryResult)]
struct Graded {
    graded: i64,
    high: i64,
    high_graded: i64,
}

/// Counts the customers in sight who were there before a day, and those graded since.
///
/// # Errors
/// What the database says.
pub async fn count_grades(db: &impl Reads, scope: &Scope, since: NaiveDate) -> Result<GradeCounts> {
    let before = millis(domain::time::at_in_china(since, chrono::NaiveTime::MIN));
    let mut all = Select::new("SELECT COUNT(*) AS n FROM customers c");
    all.scope(scope, "c.org_id").own(scope, "c.id");
    all.filter(
        "c.erased_at IS NULL AND c.merged_into_id IS NULL AND c.created_at < ?",
        params![before],
    );
    // A row for each graded customer: whether graded since, whether ever high.
    let mut each = Select::with_values(
        "SELECT COUNT(CASE WHEN g.since = 1 THEN 1 END) AS graded, COUNT(CASE WHEN g.high = 1 THEN 1 END) AS high, \
         COUNT(CASE WHEN g.high = 1 AND g.since = 1 THEN 1 END) AS high_graded FROM (SELECT a.customer_id, \
         MAX(CASE WHEN a.state = 'confirmed' AND a.confirmed_on >= $1 THEN 1 ELSE 0 END) AS since, \
         MAX(CASE WHEN a.level = 'high' AND a.state IN ('confirmed', 'superseded') THEN 1 ELSE 0 END) AS high \
         FROM risk_assessments a JOIN customers c ON c.id = a.customer_id",
        params![since],
    );
    each.scope(scope, "c.org_id").own(scope, "c.id");
    each.filter(
        "a.dimension = 'aml' AND c.erased_at IS NULL AND c.merged_into_id IS NULL AND c.created_at < ?",
        params![before],
    );
    each.then("GROUP BY a.customer_id) AS g", Vec::new());
    let rows: Vec<Graded> = each.list(db).await?;
    let graded = rows.into_iter().next();
    Ok(GradeCounts {
        customers: all.count(db).await?,
        graded: graded.as_ref().map_or(0, |g| g.graded),
        high: graded.as_ref().map_or(0, |g| g.high),
        high_graded: graded.as_ref().map_or(0, |g| g.high_graded),
    })
}

/// A customer who is not graded yet.
#[derive(Clone, Debug)]
pub struct UngradedRow {
    /// The customer.
    pub customer: CustomerId,
    /// The customer as lists name it.
    pub of: NamedCustomer,
    /// Since when it is known to us.
    pub known_at: Instant,
    /// Whether it was graded high before.
    pub was_high: bool,
}

#[derive(FromQueryResult)]
struct Ungraded {
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    org_name: String,
    created_at: i64,
    was_high: i64,
}

/// Customers in sight who are not graded since a day: all, or those who were graded high before. The longest
/// known come first.
///
/// # Errors
/// What the database says.
pub async fn list_ungraded(
    db: &impl Reads,
    scope: &Scope,
    (since, only_high, known_to): (NaiveDate, bool, NaiveDate),
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<UngradedRow>> {
    let high = "EXISTS (SELECT 1 FROM risk_assessments b WHERE b.customer_id = c.id AND b.dimension = 'aml' \
                AND b.level = 'high' AND b.state IN ('confirmed', 'superseded'))";
    let mut select = Select::new(&format!(
        "SELECT c.id AS customer_id, {CUSTOMER}, c.created_at, CAST(CASE WHEN {high} THEN 1 ELSE 0 END AS bigint) AS was_high \
         FROM customers c JOIN orgs o ON o.id = c.org_id"
    ));
    select.scope(scope, "c.org_id").own(scope, "c.id");
    select.filter(
        "c.erased_at IS NULL AND c.merged_into_id IS NULL AND c.created_at < ? AND NOT EXISTS (SELECT 1 FROM risk_assessments a \
         WHERE a.customer_id = c.id AND a.dimension = 'aml' AND a.state = 'confirmed' AND a.confirmed_on >= ?)",
        params![end_of_day(known_to), since],
    );
    if only_high {
        select.filter(high, Vec::new());
    }
    select.page_by_id("c.id", false, after, limit);
    let rows: Vec<Ungraded> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows
        .into_iter()
        .map(|r| {
            let kind = (r.customer_kind.as_str(), r.customer_name.as_slice());
            Ok(UngradedRow {
                of: named(db.keys(), r.customer_id, r.customer_no, kind, r.org_name)?,
                customer: CustomerId(r.customer_id),
                known_at: instant(r.created_at),
                was_high: r.was_high == 1,
            })
        })
        .collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.customer.0))
}
