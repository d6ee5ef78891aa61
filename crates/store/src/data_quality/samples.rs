//! Policies drawn by unit and month, whose information a person looks at.

use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::{Reveal, SensitiveText};
use domain::data_quality::{SampleResult, SampleState};
use domain::ids::{CustomerId, OrgId, PolicyId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A policy that is drawn.
#[derive(Clone, Copy, Debug)]
pub struct NewSample {
    /// Unit.
    pub org: OrgId,
    /// The policy.
    pub policy: PolicyId,
    /// Its policyholder.
    pub customer: CustomerId,
}

#[derive(FromQueryResult)]
struct DrawnRow {
    org_id: Uuid,
    id: Uuid,
    policyholder_id: Uuid,
}

/// Draws policies of units in sight that were issued between two days and not drawn in that month before:
/// so many of each unit, ordered by
/// a hash of their cells, which nobody chooses.
///
/// # Errors
/// What the database says.
pub async fn draw_policies(
    db: &impl Reads,
    scope: &Scope,
    month: &str,
    (from, to): (NaiveDate, NaiveDate),
    per_unit: i64,
) -> Result<Vec<NewSample>> {
    let mut select = Select::with_values(
        "SELECT d.org_id, d.id, d.policyholder_id FROM (SELECT p.org_id, p.id, p.policyholder_id, \
         ROW_NUMBER() OVER (PARTITION BY p.org_id ORDER BY substr(CAST(p.row_hash AS TEXT), 4, 6), p.id) AS place, \
         (SELECT COUNT(*) FROM information_samples x WHERE x.month = $1 AND x.org_id = p.org_id) AS drawn \
         FROM policies p",
        params![month],
    );
    select
        .scope(scope, "p.org_id")
        .own(scope, "p.policyholder_id");
    select.filter("p.issue_date >= ? AND p.issue_date <= ?", params![from, to]);
    select.filter(
        "NOT EXISTS (SELECT 1 FROM information_samples y WHERE y.month = ? AND y.policy_id = p.id)",
        params![month],
    );
    select.then(
        ") d WHERE d.place + d.drawn <= ? ORDER BY d.org_id, d.place LIMIT 2000",
        params![per_unit],
    );
    let rows: Vec<DrawnRow> = select.list(db).await?;
    let drawn = rows.into_iter().map(|r| NewSample {
        org: OrgId(r.org_id),
        policy: PolicyId(r.id),
        customer: CustomerId(r.policyholder_id),
    });
    Ok(drawn.collect())
}

/// Keeps a drawn policy.
///
/// # Errors
/// What the database says, such as that it was drawn before.
pub async fn insert_sample(work: &UnitOfWork, month: &str, new: &NewSample) -> Result<()> {
    let sql = "INSERT INTO information_samples (id, month, org_id, policy_id, customer_id, state, drawn_at, version) \
               VALUES ($1, $2, $3, $4, $5, 'drawn', $6, 1)";
    let values = params![
        work.next_id(),
        month,
        new.org.0,
        new.policy.0,
        new.customer.0,
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct SampleFilter {
    /// Of this month, `YYYY-MM`.
    pub month: Option<String>,
    /// In this state.
    pub state: Option<SampleState>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// A drawn policy.
#[derive(Clone, Debug)]
pub struct SampleRow {
    /// Id.
    pub id: Uuid,
    /// Month.
    pub month: String,
    /// Number of the policy.
    pub policy_no: String,
    /// Product.
    pub product_name: String,
    /// Number of the policyholder.
    pub customer_no: String,
    /// The policyholder.
    pub customer: CustomerId,
    /// Name of the policyholder as it is shown.
    pub customer_name: String,
    /// Unit.
    pub org_name: String,
    /// Salesperson, by code.
    pub agent_code: Option<String>,
    /// Where it stands.
    pub state: SampleState,
    /// What was found.
    pub result: Option<SampleResult>,
    /// In words.
    pub finding: Option<String>,
    /// Who looked.
    pub checked_by: Option<UserId>,
    /// Name of who looked.
    pub checked_by_name: Option<String>,
    /// When.
    pub checked_at: Option<Instant>,
    /// By when it is to be put right.
    pub rectify_by: Option<NaiveDate>,
    /// How it was put right.
    pub rectification: Option<String>,
    /// Who put it right.
    pub rectified_by_name: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    month: String,
    policy_no: String,
    product_name: String,
    customer_no: String,
    customer_id: Uuid,
    kind: String,
    name: Vec<u8>,
    org_name: String,
    agent_code: Option<String>,
    state: String,
    result: Option<String>,
    finding: Option<Vec<u8>>,
    checked_by: Option<Uuid>,
    checked_by_name: Option<String>,
    checked_at: Option<i64>,
    rectify_by: Option<NaiveDate>,
    rectification: Option<Vec<u8>>,
    rectified_by_name: Option<String>,
    version: i64,
}

const SELECT: &str = "SELECT x.id, x.month, p.policy_no, p.product_name, c.customer_no, x.customer_id, c.kind, c.name, \
     o.name AS org_name, a.agent_code, x.state, x.result, x.finding, x.checked_by, x.checked_by_name, x.checked_at, \
     x.rectify_by, x.rectification, x.rectified_by_name, x.version FROM information_samples x \
     JOIN policies p ON p.id = x.policy_id JOIN customers c ON c.id = x.customer_id JOIN orgs o ON o.id = x.org_id \
     LEFT JOIN agents a ON a.id = p.agent_id";

fn sample(db: &impl Reads, r: Row) -> Result<SampleRow> {
    let open = |column: &str, sealed: Option<Vec<u8>>| {
        sealed.map(|s| db.keys().open(column, r.id, &s)).transpose()
    };
    Ok(SampleRow {
        id: r.id,
        month: r.month,
        policy_no: r.policy_no,
        product_name: r.product_name,
        customer_no: r.customer_no,
        customer: CustomerId(r.customer_id),
        customer_name: shown_name(db.keys(), r.customer_id, &r.kind, &r.name)?,
        org_name: r.org_name,
        agent_code: r.agent_code,
        state: SampleState::parse(&r.state)?,
        result: r.result.as_deref().map(SampleResult::parse).transpose()?,
        finding: open("information_samples.finding", r.finding)?,
        checked_by: r.checked_by.map(UserId),
        checked_by_name: r.checked_by_name,
        checked_at: r.checked_at.map(instant),
        rectify_by: r.rectify_by,
        rectification: open("information_samples.rectification", r.rectification)?,
        rectified_by_name: r.rectified_by_name,
        version: r.version,
    })
}

/// Drawn policies in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_samples(
    db: &impl Reads,
    scope: &Scope,
    filter: &SampleFilter,
    limit: u64,
) -> Result<Page<SampleRow>> {
    let mut select = Select::new(SELECT);
    select.scope(scope, "x.org_id").own(scope, "x.customer_id");
    if let Some(month) = &filter.month {
        select.filter("x.month = ?", params![month.as_str()]);
    }
    if let Some(state) = filter.state {
        select.filter("x.state = ?", params![state.as_str()]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "x.org_id");
    }
    select.page_by_id("x.id", true, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| sample(db, r)).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id))
}

/// A drawn policy in sight.
///
/// # Errors
/// What the database says.
pub async fn find_sample(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<SampleRow>> {
    let mut select = Select::new(SELECT);
    select.scope(scope, "x.org_id").own(scope, "x.customer_id");
    select.filter("x.id = ?", params![id]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(|r| sample(db, r)).transpose()
}

/// Keeps what a person found.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it changed meanwhile.
pub async fn judge(
    work: &UnitOfWork,
    sample: &SampleRow,
    (state, result): (SampleState, SampleResult),
    finding: Option<&SensitiveText>,
    rectify_by: Option<NaiveDate>,
    (user, name): (UserId, &str),
) -> Result<()> {
    let plain = finding.map(|t| t.reveal(Reveal::for_storage()));
    let sealed = plain
        .map(|p| {
            work.keys()
                .seal("information_samples.finding", sample.id, p)
        })
        .transpose()?;
    let sql = "UPDATE information_samples SET state = $1, result = $2, finding = $3, checked_by = $4, \
               checked_by_name = $5, checked_at = $6, rectify_by = $7, version = version + 1 \
               WHERE id = $8 AND version = $9";
    let values = params![
        state.as_str(),
        result.as_str(),
        sealed,
        user.0,
        name,
        millis(work.now()),
        rectify_by,
        sample.id,
        sample.version,
    ];
    work.execute_one(sql, values).await
}

/// Keeps how it was put right.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it changed meanwhile.
pub async fn rectify(
    work: &UnitOfWork,
    sample: &SampleRow,
    state: SampleState,
    words: &SensitiveText,
    name: &str,
) -> Result<()> {
    let plain = words.reveal(Reveal::for_storage());
    let sealed = work
        .keys()
        .seal("information_samples.rectification", sample.id, plain)?;
    let sql = "UPDATE information_samples SET state = $1, rectification = $2, rectified_by_name = $3, \
               rectified_at = $4, version = version + 1 WHERE id = $5 AND version = $6";
    let values = params![
        state.as_str(),
        sealed,
        name,
        millis(work.now()),
        sample.id,
        sample.version,
    ];
    work.execute_one(sql, values).await
}
