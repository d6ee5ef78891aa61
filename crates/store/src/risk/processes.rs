//! Standardised processes, each with who is responsible.

use crate::sql::{Select, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{OrgId, UserId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Processes of a company; there are dozens.
const PROCESSES: i64 = 500;

/// A standardised process.
#[derive(Clone, Copy, Debug)]
pub struct NewProcess<'n> {
    /// The unit.
    pub org: OrgId,
    /// Its name.
    pub name: &'n str,
    /// Where the standard is written.
    pub standard: &'n str,
    /// Whether a second person checks its steps.
    pub is_sensitive: bool,
    /// Who is responsible.
    pub owner: UserId,
    /// From when it is so.
    pub reviewed_on: NaiveDate,
}

/// A standardised process.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ProcessRow {
    /// Its id.
    pub id: Uuid,
    /// Name of the unit.
    pub org_name: String,
    /// Its name.
    pub process_name: String,
    /// Where the standard is written.
    pub standard: String,
    /// Whether a second person checks its steps.
    pub is_sensitive: bool,
    /// Who is responsible.
    pub owner_name: String,
    /// From when it is so.
    pub reviewed_on: NaiveDate,
}

/// Keeps a process; an earlier entry of the same name ends.
///
/// # Errors
/// What the database says.
pub async fn insert_process(work: &UnitOfWork, new: &NewProcess<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let ended = "UPDATE standard_processes SET ended_on = $1 WHERE org_id = $2 AND process_name = $3 AND ended_on IS NULL";
    work.execute(ended, params![new.reviewed_on, new.org.0, new.name])
        .await?;
    let sql = "INSERT INTO standard_processes (id, org_id, process_name, standard, is_sensitive, owner_id, reviewed_on) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![
        id,
        new.org.0,
        new.name,
        new.standard,
        new.is_sensitive,
        new.owner.0,
        new.reviewed_on,
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Processes of units in sight that are in use, by name.
///
/// # Errors
/// What the database says.
pub async fn list_processes(db: &impl Reads, scope: &Scope) -> Result<Vec<ProcessRow>> {
    let mut select = Select::new(
        "SELECT s.id, o.name AS org_name, s.process_name, s.standard, s.is_sensitive, u.display_name AS owner_name, \
         s.reviewed_on FROM standard_processes s JOIN orgs o ON o.id = s.org_id JOIN users u ON u.id = s.owner_id",
    );
    select
        .scope(scope, "s.org_id")
        .filter("s.ended_on IS NULL", Vec::new())
        .then("ORDER BY s.process_name, s.id LIMIT ?", params![PROCESSES]);
    select.list(db).await
}
