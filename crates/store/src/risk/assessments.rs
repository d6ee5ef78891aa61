//! Assessments of customers, one dimension each.

use super::{CUSTOMER, NamedCustomer, named, opened};
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CustomerId, UserId};
use domain::risk::{AssessmentState, RiskDimension, RiskLevel};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An assessment to write, or its answers anew.
#[derive(Clone, Copy, Debug)]
pub struct NewAssessment<'n> {
    /// What is assessed.
    pub dimension: RiskDimension,
    /// Points in hundredths.
    pub points: i64,
    /// What they mean.
    pub level: RiskLevel,
    /// The facts that were answered and known, as JSON.
    pub answers: &'n str,
    /// Why this level, as JSON.
    pub explanation: &'n str,
    /// The situation in words.
    pub content: &'n str,
}

/// An assessment.
#[derive(Clone, Debug)]
pub struct AssessmentRow {
    /// Its id.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// The customer as lists name it.
    pub of: NamedCustomer,
    /// What is assessed.
    pub dimension: RiskDimension,
    /// Where it stands.
    pub state: AssessmentState,
    /// Points in hundredths.
    pub points: i64,
    /// What they mean.
    pub level: RiskLevel,
    /// The facts that were answered and known, as JSON; gone with the customer's data.
    pub answers: Option<String>,
    /// Why this level, as JSON.
    pub explanation: Option<String>,
    /// The situation in words.
    pub content: Option<String>,
    /// Why it was sent back.
    pub returned: Option<String>,
    /// Who wrote it.
    pub made_by_id: UserId,
    /// Name of who wrote it.
    pub made_by: String,
    /// When.
    pub made_at: Instant,
    /// Name of who confirmed it.
    pub confirmed_by: Option<String>,
    /// When.
    pub confirmed_on: Option<NaiveDate>,
    /// When the customer is looked at again.
    pub review_on: Option<NaiveDate>,
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
    dimension: String,
    state: String,
    points: i64,
    level: String,
    answers: Option<Vec<u8>>,
    explanation: Option<Vec<u8>>,
    content: Option<Vec<u8>>,
    returned: Option<Vec<u8>>,
    made_by_id: Uuid,
    made_by: String,
    made_at: i64,
    confirmed_by: Option<String>,
    confirmed_on: Option<NaiveDate>,
    review_on: Option<NaiveDate>,
    version: i64,
}

fn assessments(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<AssessmentRow>> {
    rows.into_iter()
        .map(|r| {
            let open = |column: &str, sealed| {
                opened(db, &format!("risk_assessments.{column}"), r.id, sealed)
            };
            let kind = (r.customer_kind.as_str(), r.customer_name.as_slice());
            Ok(AssessmentRow {
                of: named(db.keys(), r.customer_id, r.customer_no, kind, r.org_name)?,
                answers: open("answers", r.answers)?,
                explanation: open("explanation", r.explanation)?,
                content: open("content", r.content)?,
                returned: open("returned", r.returned)?,
                dimension: RiskDimension::parse(&r.dimension)?,
                state: AssessmentState::parse(&r.state)?,
                level: RiskLevel::parse(&r.level)?,
                id: r.id,
                customer: CustomerId(r.customer_id),
                points: r.points,
                made_by_id: UserId(r.made_by_id),
                made_by: r.made_by,
                made_at: instant(r.made_at),
                confirmed_by: r.confirmed_by,
                confirmed_on: r.confirmed_on,
                review_on: r.review_on,
                version: r.version,
            })
        })
        .collect()
}

/// Adds a draft.
///
/// # Errors
/// What the database says.
pub async fn insert_assessment(
    work: &UnitOfWork,
    customer: CustomerId,
    new: &NewAssessment<'_>,
    (by, name): (UserId, &str),
) -> Result<Uuid> {
    let id = work.next_id();
    let seal = |column: &str, text| {
        let column = format!("risk_assessments.{column}");
        work.keys().seal(&column, id, text)
    };
    let sql = "INSERT INTO risk_assessments (id, customer_id, dimension, state, points, level, answers, explanation, \
               content, made_by_id, made_by, made_at, version, updated_at) \
               VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, $9, $10, $11, 1, $11)";
    let values = params![
        id,
        customer.0,
        new.dimension.as_str(),
        new.points,
        new.level.as_str(),
        seal("answers", new.answers)?,
        seal("explanation", new.explanation)?,
        seal("content", new.content)?,
        by.0,
        name,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Writes a draft anew; who writes it last has written it.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn change_assessment(
    work: &UnitOfWork,
    seen: &AssessmentRow,
    new: &NewAssessment<'_>,
    (by, name): (UserId, &str),
) -> Result<()> {
    let seal = |column: &str, text| {
        let column = format!("risk_assessments.{column}");
        work.keys().seal(&column, seen.id, text)
    };
    let sql = "UPDATE risk_assessments SET points = $1, level = $2, answers = $3, explanation = $4, content = $5, \
               made_by_id = $6, made_by = $7, updated_at = $8, version = version + 1 \
               WHERE id = $9 AND version = $10 AND state = 'draft'";
    let values = params![
        new.points,
        new.level.as_str(),
        seal("answers", new.answers)?,
        seal("explanation", new.explanation)?,
        seal("content", new.content)?,
        by.0,
        name,
        millis(work.now()),
        seen.id,
        seen.version,
    ];
    work.execute_one(sql, values).await
}

/// What changes with a step; what is nothing stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct AssessmentChange<'c> {
    /// Why it is sent back.
    pub returned: Option<&'c str>,
    /// Who confirmed it, when, and when the customer is looked at again.
    pub confirmed: Option<(&'c str, NaiveDate, NaiveDate)>,
}

/// Saves a step.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_assessment(
    work: &UnitOfWork,
    seen: &AssessmentRow,
    state: AssessmentState,
    change: &AssessmentChange<'_>,
) -> Result<()> {
    let returned = change
        .returned
        .map(|text| work.keys().seal("risk_assessments.returned", seen.id, text));
    let (by, on, review) = match change.confirmed {
        Some((by, on, review)) => (Some(by), Some(on), Some(review)),
        None => (None, None, None),
    };
    let sql = "UPDATE risk_assessments SET state = $1, returned = COALESCE($2, returned), confirmed_by = $3, \
               confirmed_on = $4, review_on = $5, updated_at = $6, version = version + 1 \
               WHERE id = $7 AND version = $8";
    let values = params![
        state.as_str(),
        returned.transpose()?,
        by,
        on,
        review,
        millis(work.now()),
        seen.id,
        seen.version,
    ];
    work.execute_one(sql, values).await
}

/// Ends what was in force for a customer in a dimension.
///
/// # Errors
/// What the database says.
pub async fn supersede_assessments(
    work: &UnitOfWork,
    customer: CustomerId,
    dimension: RiskDimension,
) -> Result<u64> {
    let sql = "UPDATE risk_assessments SET state = 'superseded', updated_at = $1, version = version + 1 \
               WHERE customer_id = $2 AND dimension = $3 AND state = 'confirmed'";
    let values = params![millis(work.now()), customer.0, dimension.as_str()];
    work.execute(sql, values).await
}

/// What to look for among assessments.
#[derive(Clone, Debug, Default)]
pub struct AssessmentFilter {
    /// Of a customer.
    pub customer: Option<CustomerId>,
    /// In this state.
    pub state: Option<AssessmentState>,
    /// Of a dimension.
    pub dimension: Option<RiskDimension>,
    /// At this level.
    pub level: Option<RiskLevel>,
    /// Due for another look until this day; the longest due first.
    pub review_to: Option<NaiveDate>,
    /// Those on money laundering, too.
    pub confidential: bool,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

fn select() -> String {
    format!(
        "SELECT a.id, a.customer_id, {CUSTOMER}, a.dimension, a.state, a.points, a.level, a.answers, a.explanation, \
         a.content, a.returned, a.made_by_id, a.made_by, a.made_at, a.confirmed_by, a.confirmed_on, a.review_on, \
         a.version FROM risk_assessments a JOIN customers c ON c.id = a.customer_id JOIN orgs o ON o.id = c.org_id"
    )
}

/// Assessments of customers in sight: the newest first, or by the day of the next look.
///
/// # Errors
/// What the database says.
pub async fn list_assessments(
    db: &impl Reads,
    scope: &Scope,
    filter: &AssessmentFilter,
    limit: u64,
) -> Result<Page<AssessmentRow>> {
    let mut select = Select::new(&select());
    match filter.customer {
        // Who sees the customer by a policy sees what belongs to the customer.
        Some(customer) => select
            .scope_customer(scope)
            .filter("a.customer_id = ?", params![customer.0]),
        None => select.scope(scope, "c.org_id").own(scope, "c.id"),
    };
    if !filter.confidential {
        select.filter("a.dimension <> 'aml'", Vec::new());
    }
    if let Some(state) = filter.state {
        select.filter("a.state = ?", params![state.as_str()]);
    }
    if let Some(dimension) = filter.dimension {
        select.filter("a.dimension = ?", params![dimension.as_str()]);
    }
    if let Some(level) = filter.level {
        select.filter("a.level = ?", params![level.as_str()]);
    }
    let Some(day) = filter.review_to else {
        select.page_by_id("a.id", true, filter.after.as_ref(), limit);
        let rows = assessments(db, select.list(db).await?)?;
        return Ok(Page::cut_by_id(rows, limit, |r| r.id));
    };
    select.filter("a.review_on <= ?", params![day]);
    if let Some(after) = &filter.after {
        let since: NaiveDate = after.sort.parse().unwrap_or(NaiveDate::MIN);
        select.filter(
            "(a.review_on > ? OR (a.review_on = ? AND a.id > ?))",
            params![since, since, after.id],
        );
    }
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    select.then("ORDER BY a.review_on, a.id LIMIT ?", params![most]);
    let rows = assessments(db, select.list(db).await?)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::cut(rows, limit, |r| PageKey {
        sort: r.review_on.map(|d| d.to_string()).unwrap_or_default(),
        id: r.id,
    }))
}

/// An assessment of a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_assessment(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
    confidential: bool,
) -> Result<Option<AssessmentRow>> {
    let mut select = Select::new(&select());
    select.scope_customer(scope).filter("a.id = ?", params![id]);
    if !confidential {
        select.filter("a.dimension <> 'aml'", Vec::new());
    }
    Ok(assessments(db, select.list(db).await?)?.pop())
}
