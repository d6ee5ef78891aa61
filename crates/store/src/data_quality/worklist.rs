//! Findings of many customers: lists to work through, and who does.

use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::data_quality::{Aspect, Check, Field, FindingState, Severity};
use domain::ids::UserId;
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

/// Rows of one statement.
const CHUNK: usize = 400;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct FindingFilter {
    /// In this state.
    pub state: Option<FindingState>,
    /// Of this check.
    pub check: Option<Check>,
    /// About this field.
    pub field: Option<Field>,
    /// Against this.
    pub aspect: Option<Aspect>,
    /// Of this weight.
    pub severity: Option<Severity>,
    /// Of customers of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// Of customers of this salesperson, by code.
    pub agent: Option<String>,
    /// On the list of this person.
    pub assignee: Option<UserId>,
    /// On nobody's list.
    pub unassigned: bool,
    /// Of this cleaning up.
    pub cleanup: Option<Uuid>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// A line of a list.
#[derive(Clone, Debug)]
pub struct WorklistRow {
    /// Id of the finding.
    pub id: Uuid,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer as it is shown.
    pub customer_name: String,
    /// What is wrong.
    pub check: Check,
    /// With which field.
    pub field: Field,
    /// How much it weighs.
    pub severity: Severity,
    /// Where it stands.
    pub state: FindingState,
    /// What was counted.
    pub measured: Option<i64>,
    /// Unit of the customer.
    pub org_name: String,
    /// Salesperson: code and name.
    pub agent: Option<(String, String)>,
    /// Who is to clear it up.
    pub assignee_name: Option<String>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// When it was found.
    pub found_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    check_code: String,
    field: String,
    severity: String,
    state: String,
    measured: Option<i64>,
    org_name: String,
    agent_code: Option<String>,
    agent_name: Option<String>,
    assignee_name: Option<String>,
    due_on: Option<NaiveDate>,
    found_at: i64,
}

const SELECT: &str = "SELECT g.id, g.customer_id, c.customer_no, c.kind, c.name, g.check_code, g.field, g.severity, \
     g.state, g.measured, o.name AS org_name, a.agent_code, a.name AS agent_name, u.display_name AS assignee_name, \
     g.due_on, g.found_at FROM information_findings g JOIN customers c ON c.id = g.customer_id \
     JOIN orgs o ON o.id = g.org_id LEFT JOIN agents a ON a.id = g.agent_id LEFT JOIN users u ON u.id = g.assignee_id";

fn filtered(select: &str, scope: &Scope, filter: &FindingFilter) -> Select {
    let mut select = Select::new(select);
    select.scope(scope, "g.org_id").own(scope, "g.customer_id");
    let mut code = |column: &str, value: Option<&'static str>| {
        if let Some(value) = value {
            select.filter(&format!("{column} = ?"), params![value]);
        }
    };
    code("g.state", filter.state.map(FindingState::as_str));
    code("g.check_code", filter.check.map(Check::as_str));
    code("g.field", filter.field.map(Field::as_str));
    code("g.aspect", filter.aspect.map(Aspect::as_str));
    code("g.severity", filter.severity.map(Severity::as_str));
    if let Some(path) = &filter.org_path {
        select.under(path, "g.org_id");
    }
    if let Some(agent) = &filter.agent {
        let condition = "g.agent_id = (SELECT id FROM agents WHERE agent_code = ?)";
        select.filter(condition, params![agent.as_str()]);
    }
    if let Some(user) = filter.assignee {
        select.filter("g.assignee_id = ?", params![user.0]);
    }
    if filter.unassigned {
        select.filter("g.assignee_id IS NULL", Vec::new());
    }
    if let Some(cleanup) = filter.cleanup {
        select.filter("g.cleanup_id = ?", params![cleanup]);
    }
    select
}

/// Findings in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_findings(
    db: &impl Reads,
    scope: &Scope,
    filter: &FindingFilter,
    limit: u64,
) -> Result<Page<WorklistRow>> {
    let mut select = filtered(SELECT, scope, filter);
    select.page_by_id("g.id", true, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| line(db, r)).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id))
}

fn line(db: &impl Reads, r: Row) -> Result<WorklistRow> {
    Ok(WorklistRow {
        id: r.id,
        customer_no: r.customer_no,
        customer_name: shown_name(db.keys(), r.customer_id, &r.kind, &r.name)?,
        check: Check::parse(&r.check_code)?,
        field: Field::parse(&r.field)?,
        severity: Severity::parse(&r.severity)?,
        state: FindingState::parse(&r.state)?,
        measured: r.measured,
        org_name: r.org_name,
        agent: r.agent_code.zip(r.agent_name),
        assignee_name: r.assignee_name,
        due_on: r.due_on,
        found_at: instant(r.found_at),
    })
}

/// How many findings a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_findings(
    db: &impl Reads,
    scope: &Scope,
    filter: &FindingFilter,
    cap: i64,
) -> Result<i64> {
    let text = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM information_findings g";
    let mut select = filtered(text, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// Ids of the findings of a filter, or those of some ids that it finds.
///
/// # Errors
/// What the database says.
pub async fn list_finding_ids(
    db: &impl Reads,
    scope: &Scope,
    filter: &FindingFilter,
    among: Option<&[Uuid]>,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let mut select = filtered("SELECT g.id FROM information_findings g", scope, filter);
    if let Some(ids) = among {
        let ids = ids.iter().map(|id| Value::from(*id)).collect();
        select.filter_in("g.id", ids);
    }
    select.then("ORDER BY g.id LIMIT ?", params![limit]);
    let rows: Vec<IdRow> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}

/// Gives findings to somebody to be cleared up by a day, as part of a cleaning up or not; says how many.
///
/// # Errors
/// What the database says.
pub async fn assign_findings(
    work: &UnitOfWork,
    ids: &[Uuid],
    assignee: Option<UserId>,
    due_on: NaiveDate,
    cleanup: Option<Uuid>,
) -> Result<u64> {
    let mut done = 0;
    for chunk in ids.chunks(CHUNK) {
        let mut values = params![assignee.map(|u| u.0), due_on, cleanup];
        let places: Vec<_> = (4..4 + chunk.len()).map(|n| format!("${n}")).collect();
        values.extend(chunk.iter().map(|id| Value::from(*id)));
        let sql = format!(
            "UPDATE information_findings SET assignee_id = COALESCE($1, assignee_id), due_on = $2, \
             cleanup_id = COALESCE($3, cleanup_id), version = version + 1 WHERE state = 'open' AND id IN ({})",
            places.join(", ")
        );
        done += work.execute(&sql, values).await?;
    }
    Ok(done)
}
