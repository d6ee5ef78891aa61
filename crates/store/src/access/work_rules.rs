//! The written rules of the work: versions are added, never changed.

use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::{OrgId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A version of a written rule.
#[derive(Clone, Debug)]
pub struct WorkRuleRow {
    /// Its id.
    pub id: Uuid,
    /// What stays the same over versions.
    pub code: String,
    /// Version, from one.
    pub version: i64,
    /// Code of its kind.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Name of the unit that issued it.
    pub org_name: String,
    /// The person who answers for it.
    pub responsible: UserId,
    /// Name of that person.
    pub responsible_name: String,
    /// First day on which it holds.
    pub effective_from: NaiveDate,
    /// Who wrote it into the system.
    pub made_by: String,
    /// When.
    pub created_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    code: String,
    version: i64,
    kind: String,
    title: String,
    body: String,
    org_name: String,
    responsible_id: Uuid,
    responsible_name: String,
    effective_from: NaiveDate,
    made_by: String,
    created_at: i64,
}

impl From<Row> for WorkRuleRow {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            code: r.code,
            version: r.version,
            kind: r.kind,
            title: r.title,
            body: r.body,
            org_name: r.org_name,
            responsible: UserId(r.responsible_id),
            responsible_name: r.responsible_name,
            effective_from: r.effective_from,
            made_by: r.made_by,
            created_at: instant(r.created_at),
        }
    }
}

const SELECT: &str = "SELECT w.id, w.code, w.version, w.kind, w.title, w.body, o.name AS org_name, w.responsible_id, \
     u.display_name AS responsible_name, w.effective_from, w.made_by, w.created_at \
     FROM work_rules w JOIN orgs o ON o.id = w.org_id JOIN users u ON u.id = w.responsible_id";

/// The newest version of each written rule: rules of the work are for everybody to read.
///
/// # Errors
/// What the database says.
pub async fn load_work_rules(db: &impl Reads) -> Result<Vec<WorkRuleRow>> {
    let sql = format!(
        "{SELECT} WHERE w.version = (SELECT MAX(n.version) FROM work_rules n WHERE n.code = w.code) \
         ORDER BY w.kind, w.code LIMIT 1000"
    );
    let rows: Vec<Row> = list(db, &sql, Vec::new()).await?;
    Ok(rows.into_iter().map(WorkRuleRow::from).collect())
}

/// Every version of a written rule, the newest first.
///
/// # Errors
/// What the database says.
pub async fn load_work_rule(db: &impl Reads, code: &str) -> Result<Vec<WorkRuleRow>> {
    let sql = format!("{SELECT} WHERE w.code = $1 ORDER BY w.version DESC LIMIT 200");
    let rows: Vec<Row> = list(db, &sql, params![code]).await?;
    Ok(rows.into_iter().map(WorkRuleRow::from).collect())
}

/// A version to add.
#[derive(Clone, Debug)]
pub struct NewWorkRule<'w> {
    /// What stays the same over versions.
    pub code: &'w str,
    /// Code of its kind.
    pub kind: &'w str,
    /// Title.
    pub title: &'w str,
    /// Text.
    pub body: &'w str,
    /// The unit that issues it.
    pub org: OrgId,
    /// The person who answers for it.
    pub responsible: Uuid,
    /// First day on which it holds.
    pub effective_from: NaiveDate,
    /// Who writes it.
    pub made_by: &'w str,
}

#[derive(FromQueryResult)]
struct Newest {
    version: Option<i64>,
}

/// Adds the next version of a written rule; says which it is.
///
/// # Errors
/// [`crate::StoreError::Constraint`] when somebody else added that version.
pub async fn insert_work_rule(work: &UnitOfWork, new: &NewWorkRule<'_>) -> Result<i64> {
    let newest = "SELECT MAX(version) AS version FROM work_rules WHERE code = $1";
    let newest = find::<Newest>(work, newest, params![new.code]).await?;
    let version = newest.and_then(|n| n.version).unwrap_or(0) + 1;
    let sql = "INSERT INTO work_rules (id, code, version, kind, title, body, org_id, responsible_id, effective_from, \
               made_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = params![
        work.next_id(),
        new.code,
        version,
        new.kind,
        new.title,
        new.body,
        new.org.0,
        new.responsible,
        new.effective_from,
        new.made_by,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(version)
}
