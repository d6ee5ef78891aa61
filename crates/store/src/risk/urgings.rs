//! Cases of contract quality by unit and salesperson, and how the sales department was urged (RSK-11).

use crate::sql::{Select, instant, millis, params, start_of_day};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::TicketId;
use domain::tickets::ProblemType;
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

/// Rows of the board; there are as many as salespersons with open cases.
const BOARD: i64 = 500;
/// Cases that are urged in one go.
const CASES: i64 = 1_000;

/// Cases of a unit and salesperson.
#[derive(Clone, Debug)]
pub struct QualityRow {
    /// The unit.
    pub org_id: Uuid,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// The salesperson.
    pub agent_id: Option<Uuid>,
    /// Code of the salesperson.
    pub agent_code: Option<String>,
    /// Name of the salesperson.
    pub agent_name: Option<String>,
    /// Open cases.
    pub open: i64,
    /// Of these past their day.
    pub overdue: i64,
    /// Solved.
    pub closed: i64,
    /// Since when the oldest is open.
    pub oldest_at: Option<Instant>,
    /// How often the department was urged.
    pub urged: i64,
    /// When last.
    pub urged_at: Option<Instant>,
    /// When again.
    pub next_on: Option<NaiveDate>,
}

#[derive(FromQueryResult)]
struct Row {
    org_id: Uuid,
    org_code: String,
    org_name: String,
    agent_id: Option<Uuid>,
    agent_code: Option<String>,
    agent_name: Option<String>,
    open_count: i64,
    overdue: i64,
    closed: i64,
    oldest: Option<i64>,
    urged: i64,
    urged_at: Option<i64>,
    next_on: Option<NaiveDate>,
}

fn codes(types: &[ProblemType]) -> Vec<Value> {
    types.iter().map(|t| t.as_str().into()).collect()
}

/// Cases of some types that were opened since a day, by unit and salesperson; those with the most open first.
///
/// # Errors
/// What the database says.
pub async fn list_contract_quality(
    db: &impl Reads,
    scope: &Scope,
    types: &[ProblemType],
    (since, today): (NaiveDate, NaiveDate),
) -> Result<Vec<QualityRow>> {
    let urging = |what: &str| {
        format!(
            "(SELECT {what} FROM sales_urgings g WHERE g.org_id = b.org_id AND (g.agent_id = b.agent_id \
             OR (g.agent_id IS NULL AND b.agent_id IS NULL)))"
        )
    };
    let text = format!(
        "SELECT b.*, {} AS urged, {} AS urged_at, {} AS next_on FROM (SELECT t.org_id, o.org_code, o.name AS org_name, \
         t.salesperson_id AS agent_id, g.agent_code, g.name AS agent_name, COUNT(CASE WHEN t.is_open THEN 1 END) AS open_count, \
         COUNT(CASE WHEN t.is_open AND t.due_on < $1 THEN 1 END) AS overdue, \
         COUNT(CASE WHEN NOT t.is_open THEN 1 END) AS closed, \
         MIN(CASE WHEN t.is_open THEN t.opened_at END) AS oldest FROM tickets t JOIN orgs o ON o.id = t.org_id \
         LEFT JOIN agents g ON g.id = t.salesperson_id",
        urging("COUNT(*)"),
        urging("MAX(g.urged_at)"),
        urging("MAX(g.next_on)"),
    );
    let mut select = Select::with_values(&text, params![today]);
    select.scope(scope, "t.org_id").own(scope, "t.customer_id");
    select.filter("t.opened_at >= ?", params![start_of_day(since)]);
    select.filter_in("t.type", codes(types));
    select.then(
        "GROUP BY t.org_id, o.org_code, o.name, t.salesperson_id, g.agent_code, g.name) AS b \
         ORDER BY b.open_count DESC, b.org_code, b.agent_code LIMIT ?",
        params![BOARD],
    );
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(|r| QualityRow {
        org_id: r.org_id,
        org_code: r.org_code,
        org_name: r.org_name,
        agent_id: r.agent_id,
        agent_code: r.agent_code,
        agent_name: r.agent_name,
        open: r.open_count,
        overdue: r.overdue,
        closed: r.closed,
        oldest_at: r.oldest.map(instant),
        urged: r.urged,
        urged_at: r.urged_at.map(instant),
        next_on: r.next_on,
    });
    Ok(rows.collect())
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// Open cases of a unit and salesperson.
///
/// # Errors
/// What the database says.
pub async fn list_open_quality_tickets(
    db: &impl Reads,
    scope: &Scope,
    types: &[ProblemType],
    (org, agent): (Uuid, Option<Uuid>),
) -> Result<Vec<TicketId>> {
    let mut select = Select::new("SELECT t.id FROM tickets t");
    select.scope(scope, "t.org_id").own(scope, "t.customer_id");
    select.filter("t.is_open AND t.org_id = ?", params![org]);
    match agent {
        Some(agent) => select.filter("t.salesperson_id = ?", params![agent]),
        None => select.filter("t.salesperson_id IS NULL", Vec::new()),
    };
    select.filter_in("t.type", codes(types));
    select.then("ORDER BY t.id LIMIT ?", params![CASES]);
    let rows: Vec<IdRow> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| TicketId(r.id)).collect())
}

/// Notes that a sales department was urged.
///
/// # Errors
/// What the database says.
pub async fn insert_urging(
    work: &UnitOfWork,
    (org, agent): (Uuid, Option<Uuid>),
    tickets: i64,
    words: &str,
    (by, next_on): (&str, NaiveDate),
) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO sales_urgings (id, org_id, agent_id, tickets, words, urged_by, urged_at, next_on) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        org,
        agent,
        tickets,
        words,
        by,
        millis(work.now()),
        next_on,
    ];
    work.execute(sql, values).await?;
    Ok(id)
}
