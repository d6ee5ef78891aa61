//! Codes and names of units, salespersons and callers in reports. They are staff, not customers.

use crate::sql::Select;
use crate::{Reads, Result};
use domain::reports::Dimension;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Ids looked up in one statement; SQLite takes 32,766 parameters.
const BATCH: usize = 1_000;

/// The code and name behind an id.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Label {
    /// The id.
    pub id: Uuid,
    /// Code of the unit or salesperson, user name of the caller.
    pub code: String,
    /// Name.
    pub name: String,
}

/// Codes and names of the values of a dimension; nothing for dimensions without ids.
///
/// # Errors
/// What the database says.
pub async fn list_labels(
    db: &impl Reads,
    dimension: Dimension,
    ids: &[Uuid],
) -> Result<Vec<Label>> {
    let sql = match dimension {
        Dimension::Unit => "SELECT id, org_code AS code, name FROM orgs",
        Dimension::Salesperson => "SELECT id, agent_code AS code, name FROM agents",
        Dimension::Caller => "SELECT id, username AS code, display_name AS name FROM users",
        _ => return Ok(Vec::new()),
    };
    let mut labels = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let mut select = Select::new(sql);
        select.filter_in("id", batch.iter().map(|id| (*id).into()).collect());
        labels.extend(select.list::<Label>(db).await?);
    }
    Ok(labels)
}

/// The id behind a code.
///
/// # Errors
/// What the database says.
pub async fn find_label(db: &impl Reads, dimension: Dimension, code: &str) -> Result<Option<Uuid>> {
    let sql = match dimension {
        Dimension::Unit => "SELECT id, org_code AS code, name FROM orgs WHERE org_code = $1",
        Dimension::Salesperson => {
            "SELECT id, agent_code AS code, name FROM agents WHERE agent_code = $1"
        }
        Dimension::Caller => {
            "SELECT id, username AS code, display_name AS name FROM users WHERE username = $1"
        }
        _ => return Ok(None),
    };
    let found = crate::sql::find::<Label>(db, sql, crate::sql::params![code]).await?;
    Ok(found.map(|l| l.id))
}
