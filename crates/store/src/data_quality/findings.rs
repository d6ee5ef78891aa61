//! What was found about customers.

use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::{Reveal, SensitiveText};
use domain::data_quality::{Aspect, Check, Field, FindingState, Found, Severity};
use domain::ids::{CustomerId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

static FINDINGS: Table = Table {
    name: "information_findings",
    columns: &[
        ("id", CellType::Id),
        ("customer_id", CellType::Id),
        ("org_id", CellType::Id),
        ("agent_id", CellType::Id),
        ("check_code", CellType::Text),
        ("field", CellType::Text),
        ("aspect", CellType::Text),
        ("severity", CellType::Text),
        ("state", CellType::Text),
        ("article", CellType::Text),
        ("measured", CellType::Int),
        ("about_key", CellType::Int),
        ("found_at", CellType::Int),
        ("version", CellType::Int),
    ],
};

/// A finding that has not ended, as an examination compares it.
#[derive(Clone, Debug)]
pub struct KeptFinding {
    /// Id.
    pub id: Uuid,
    /// The customer.
    pub customer: Uuid,
    /// What is wrong.
    pub check: Check,
    /// With which field.
    pub field: Field,
    /// How much it weighs.
    pub severity: Severity,
    /// Open or explained.
    pub state: FindingState,
    /// The article.
    pub article: String,
    /// What was counted.
    pub measured: Option<i64>,
    /// Blind index of what it rests on.
    pub about_key: i64,
    /// Unit of the customer.
    pub org: Uuid,
    /// Salesperson.
    pub agent: Option<Uuid>,
}

/// Findings of customers that have not ended.
///
/// # Errors
/// What the database says.
pub async fn read_kept(bulk: &mut Bulk, customers: &[Uuid]) -> Result<Vec<KeptFinding>> {
    let cells: Vec<Cell> = customers.iter().copied().map(Cell::Id).collect();
    let sql = "SELECT id, customer_id, check_code, field, severity, state, article, measured, about_key, org_id, \
               agent_id FROM information_findings WHERE customer_id IN ({values}) AND state <> 'cleaned'";
    bulk.query_in(sql, &cells, |row| {
        let text = |at| row.text(at).map(Option::unwrap_or_default);
        Ok(KeptFinding {
            id: row.id(0)?.unwrap_or_default(),
            customer: row.id(1)?.unwrap_or_default(),
            check: Check::parse(&text(2)?)?,
            field: Field::parse(&text(3)?)?,
            severity: Severity::parse(&text(4)?)?,
            state: FindingState::parse(&text(5)?)?,
            article: text(6)?,
            measured: row.int(7)?,
            about_key: row.int(8)?.unwrap_or_default(),
            org: row.id(9)?.unwrap_or_default(),
            agent: row.id(10)?,
        })
    })
    .await
}

/// Adds findings: of a customer of a unit, with the salesperson.
///
/// # Errors
/// What the database says.
pub async fn insert_findings(
    bulk: &mut Bulk,
    new: &[(Uuid, Uuid, Option<Uuid>, Found)],
) -> Result<()> {
    let keys = bulk.keyring();
    let now = millis(bulk.now());
    let mut cells = Vec::with_capacity(new.len() * FINDINGS.columns.len());
    for (customer, org, agent, found) in new {
        let about = keys.index("finding", found.about.reveal(Reveal::for_storage()));
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Id(*customer),
            Cell::Id(*org),
            Cell::from(*agent),
            Cell::Code(found.check.as_str()),
            Cell::Code(found.field.as_str()),
            Cell::Code(found.check.aspect().as_str()),
            Cell::Code(found.severity.as_str()),
            Cell::Code(FindingState::Open.as_str()),
            Cell::Text(found.article.clone()),
            Cell::from(found.measured),
            Cell::Int(about),
            Cell::Int(now),
            Cell::Int(1),
        ]);
    }
    bulk.insert(&FINDINGS, &cells).await
}

/// Writes a finding anew whose weight, count or facts changed. One that was explained is open again when the
/// facts changed.
///
/// # Errors
/// What the database says.
pub async fn rewrite_finding(
    bulk: &mut Bulk,
    kept: &KeptFinding,
    (org, agent): (Uuid, Option<Uuid>),
    found: &Found,
) -> Result<FindingState> {
    let keys = bulk.keyring();
    let about = found.about.reveal(Reveal::for_storage());
    // While keys are exchanged the facts may be indexed with an older one.
    let is_same = keys.indexes("finding", about).contains(&kept.about_key);
    let about_key = keys.index("finding", about);
    // What weighs more now was not what somebody explained.
    let stands = is_same && found.severity <= kept.severity;
    let state = if stands {
        kept.state
    } else {
        FindingState::Open
    };
    let is_as_it_was = state == kept.state
        && about_key == kept.about_key
        && found.severity == kept.severity
        && found.article == kept.article
        && found.measured == kept.measured
        && (org, agent) == (kept.org, kept.agent);
    if is_as_it_was {
        return Ok(state);
    }
    let sql = "UPDATE information_findings SET severity = $1, state = $2, article = $3, measured = $4, about_key = $5, \
               org_id = $6, agent_id = $7, version = version + 1 WHERE id = $8";
    let cells = [
        Cell::Code(found.severity.as_str()),
        Cell::Code(state.as_str()),
        Cell::Text(found.article.clone()),
        Cell::from(found.measured),
        Cell::Int(about_key),
        Cell::Id(org),
        Cell::from(agent),
        Cell::Id(kept.id),
    ];
    let types = [
        CellType::Text,
        CellType::Text,
        CellType::Text,
        CellType::Int,
        CellType::Int,
        CellType::Id,
        CellType::Id,
        CellType::Id,
    ];
    bulk.execute_typed(sql, &cells, &types).await?;
    Ok(state)
}

/// Ends findings whose reason is gone.
///
/// # Errors
/// What the database says.
pub async fn end_findings(bulk: &mut Bulk, ids: &[Uuid]) -> Result<()> {
    let now = millis(bulk.now());
    for id in ids {
        let sql = "UPDATE information_findings SET state = 'cleaned', ended_at = $1, version = version + 1 WHERE id = $2";
        bulk.execute(sql, &[Cell::Int(now), Cell::Id(*id)]).await?;
    }
    Ok(())
}

/// Indexes what a finding rests on with the newest key, while keys are exchanged.
///
/// # Errors
/// What the database says.
pub async fn index_finding_anew(
    bulk: &mut Bulk,
    kept: &KeptFinding,
    about: &SensitiveText,
) -> Result<()> {
    let keys = bulk.keyring();
    let about = about.reveal(Reveal::for_storage());
    let newest = keys.index("finding", about);
    if kept.about_key == newest || !keys.indexes("finding", about).contains(&kept.about_key) {
        return Ok(());
    }
    let sql = "UPDATE information_findings SET about_key = $1 WHERE id = $2";
    bulk.execute(sql, &[Cell::Int(newest), Cell::Id(kept.id)])
        .await?;
    Ok(())
}

/// A finding as people read it.
#[derive(Clone, Debug)]
pub struct FindingRow {
    /// Id.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// What is wrong.
    pub check: Check,
    /// With which field.
    pub field: Field,
    /// What it speaks against.
    pub aspect: Aspect,
    /// How much it weighs.
    pub severity: Severity,
    /// Where it stands.
    pub state: FindingState,
    /// Pack and article.
    pub article: String,
    /// What was counted.
    pub measured: Option<i64>,
    /// When it was found.
    pub found_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Why it is in order.
    pub explanation: Option<String>,
    /// Who said so.
    pub explained_by_name: Option<String>,
    /// When.
    pub explained_at: Option<Instant>,
    /// Who is to clear it up.
    pub assignee_name: Option<String>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    check_code: String,
    field: String,
    severity: String,
    state: String,
    article: String,
    measured: Option<i64>,
    found_at: i64,
    ended_at: Option<i64>,
    explanation: Option<Vec<u8>>,
    explained_by_name: Option<String>,
    explained_at: Option<i64>,
    assignee_name: Option<String>,
    due_on: Option<NaiveDate>,
    version: i64,
}

const SELECT: &str = "SELECT g.id, g.customer_id, g.check_code, g.field, g.severity, g.state, g.article, g.measured, \
     g.found_at, g.ended_at, g.explanation, g.explained_by_name, g.explained_at, u.display_name AS assignee_name, \
     g.due_on, g.version FROM information_findings g JOIN customers c ON c.id = g.customer_id \
     LEFT JOIN users u ON u.id = g.assignee_id";

fn finding(db: &impl Reads, r: Row) -> Result<FindingRow> {
    let open = |sealed: Vec<u8>| {
        db.keys()
            .open("information_findings.explanation", r.id, &sealed)
    };
    let check = Check::parse(&r.check_code)?;
    Ok(FindingRow {
        id: r.id,
        customer: CustomerId(r.customer_id),
        check,
        field: Field::parse(&r.field)?,
        aspect: check.aspect(),
        severity: Severity::parse(&r.severity)?,
        state: FindingState::parse(&r.state)?,
        article: r.article,
        measured: r.measured,
        found_at: instant(r.found_at),
        ended_at: r.ended_at.map(instant),
        explanation: r.explanation.map(open).transpose()?,
        explained_by_name: r.explained_by_name,
        explained_at: r.explained_at.map(instant),
        assignee_name: r.assignee_name,
        due_on: r.due_on,
        version: r.version,
    })
}

/// Findings of a customer in sight: what is open, then what was explained, then what was put right.
///
/// # Errors
/// What the database says.
pub async fn list_findings_of(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<FindingRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope_customer(scope)
        .filter("g.customer_id = ?", params![customer.0]);
    let order = "ORDER BY CASE g.state WHEN 'open' THEN 0 WHEN 'explained' THEN 1 ELSE 2 END, \
                 CASE g.severity WHEN 'block' THEN 0 WHEN 'alert' THEN 1 ELSE 2 END, g.id DESC LIMIT ?";
    select.then(order, params![limit]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().map(|r| finding(db, r)).collect()
}

/// A finding about a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_finding(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<FindingRow>> {
    let mut select = Select::new(SELECT);
    select.scope_customer(scope).filter("g.id = ?", params![id]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(|r| finding(db, r)).transpose()
}

/// Keeps why a finding is in order.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it changed meanwhile.
pub async fn explain_finding(
    work: &UnitOfWork,
    id: Uuid,
    version: i64,
    (user, name): (Option<UserId>, &str),
    words: &SensitiveText,
) -> Result<()> {
    let plain = words.reveal(Reveal::for_storage());
    let sealed = work
        .keys()
        .seal("information_findings.explanation", id, plain)?;
    let sql = "UPDATE information_findings SET state = 'explained', explanation = $1, explained_by = $2, \
               explained_by_name = $3, explained_at = $4, version = version + 1 \
               WHERE id = $5 AND version = $6 AND state = 'open'";
    let values = params![
        sealed,
        user.map(|u| u.0),
        name,
        millis(work.now()),
        id,
        version
    ];
    work.execute_one(sql, values).await
}
