//! Units of the organisation.

use crate::Reads;
use crate::Result;
use crate::dialect::bulk::{Bulk, Cell};
use crate::sql::{Select, find, list, params};
use domain::access::{OrgPath, Scope};
use domain::ids::OrgId;
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// A unit.
#[derive(Clone, Debug)]
pub struct Org {
    /// Its id.
    pub id: OrgId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Level as a code.
    pub level: String,
    /// Region code.
    pub region: Option<String>,
    /// The unit above.
    pub parent: Option<OrgId>,
    /// Its place in the tree.
    pub path: OrgPath,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    org_code: String,
    name: String,
    level: String,
    region: Option<String>,
    parent_id: Option<Uuid>,
    path: String,
}

impl From<Row> for Org {
    fn from(r: Row) -> Self {
        Self {
            id: OrgId(r.id),
            code: r.org_code,
            name: r.name,
            level: r.level,
            region: r.region,
            parent: r.parent_id.map(OrgId),
            path: OrgPath::from_stored(r.path),
        }
    }
}

const COLUMNS: &str = "id, org_code, name, level, region, parent_id, path";

/// The units in sight, from the top down.
///
/// # Errors
/// What the database says.
pub async fn list_orgs(db: &impl Reads, scope: &Scope) -> Result<Vec<Org>> {
    let mut select = Select::new(&format!("SELECT {COLUMNS} FROM orgs"));
    select.scope(scope, "id");
    // Whose own list reaches across the company sees the units on it, not the whole tree.
    if let Some(user) = scope.own_list_of().filter(|_| scope.is_whole_company()) {
        let on_list = "id IN (SELECT org_id FROM callbacks WHERE assignee_id = ?)";
        select.filter(on_list, params![user.0]);
    }
    select.then("ORDER BY path", Vec::new());
    let rows: Vec<Row> = select.list(db).await?;
    Ok(rows.into_iter().map(Org::from).collect())
}

/// All units, for the program itself: units are not customer data.
///
/// # Errors
/// What the database says.
pub async fn load_all_orgs(db: &impl Reads) -> Result<Vec<Org>> {
    let rows: Vec<Row> = list(
        db,
        &format!("SELECT {COLUMNS} FROM orgs ORDER BY path"),
        Vec::new(),
    )
    .await?;
    Ok(rows.into_iter().map(Org::from).collect())
}

/// A unit by its code.
///
/// # Errors
/// What the database says.
pub async fn find_org_by_code(db: &impl Reads, code: &str) -> Result<Option<Org>> {
    let sql = format!("SELECT {COLUMNS} FROM orgs WHERE org_code = $1");
    Ok(find::<Row>(db, &sql, params![code]).await?.map(Org::from))
}

/// A unit by its id.
///
/// # Errors
/// What the database says.
pub async fn find_org(db: &impl Reads, id: OrgId) -> Result<Option<Org>> {
    let sql = format!("SELECT {COLUMNS} FROM orgs WHERE id = $1");
    Ok(find::<Row>(db, &sql, params![id.0]).await?.map(Org::from))
}

/// Units with their parents and regions, parents before children.
///
/// # Errors
/// What the database says.
pub async fn read_regions(bulk: &mut Bulk) -> Result<Vec<(Uuid, Option<Uuid>, Option<String>)>> {
    let sql = "SELECT id, parent_id, region FROM orgs ORDER BY path";
    bulk.query(sql, &[], |row| {
        Ok((row.id(0)?.unwrap_or_default(), row.id(1)?, row.text(2)?))
    })
    .await
}

/// Makes the paths of all units follow their parents, after some unit moved.
///
/// # Errors
/// What the database says.
pub async fn rebuild_paths(bulk: &mut Bulk) -> Result<()> {
    type Unit = (Uuid, Option<Uuid>, String, String);
    let units: Vec<Unit> = bulk
        .query(
            "SELECT id, parent_id, org_code, path FROM orgs",
            &[],
            |row| {
                Ok((
                    row.id(0)?.unwrap_or_default(),
                    row.id(1)?,
                    row.text(2)?.unwrap_or_default(),
                    row.text(3)?.unwrap_or_default(),
                ))
            },
        )
        .await?;
    let by_id: HashMap<Uuid, &Unit> = units.iter().map(|u| (u.0, u)).collect();
    for (id, _, _, path) in &units {
        let mut codes = Vec::new();
        let mut at = by_id.get(id).copied();
        // A tree of units is shallow; the bound only guards against damage.
        while let Some((_, parent, code, _)) = at.filter(|_| codes.len() < 64) {
            codes.push(code.as_str());
            at = parent.and_then(|p| by_id.get(&p).copied());
        }
        let right = codes.iter().rev().fold(None, |above, code| {
            Some(OrgPath::below(above.as_ref(), code))
        });
        if let Some(right) = right.filter(|r| r.as_str() != path) {
            let cells = [Cell::Text(right.as_str().to_owned()), Cell::Id(*id)];
            bulk.execute("UPDATE orgs SET path = $1 WHERE id = $2", &cells)
                .await?;
        }
    }
    Ok(())
}

/// Adds the unit at the root of the tree.
///
/// # Errors
/// When the code is taken.
pub async fn insert_root(
    work: &crate::UnitOfWork,
    code: &str,
    name: &str,
    level: domain::access::OrgLevel,
) -> Result<Org> {
    let id = work.next_id();
    let path = OrgPath::below(None, code);
    let sql = "INSERT INTO orgs (id, org_code, name, level, path, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $6)";
    let now = crate::sql::millis(work.now());
    work.execute(
        sql,
        params![id, code, name, level.as_str(), path.as_str(), now],
    )
    .await?;
    Ok(Org {
        id: OrgId(id),
        code: code.to_owned(),
        name: name.to_owned(),
        level: level.as_str().to_owned(),
        region: None,
        parent: None,
        path,
    })
}

#[derive(FromQueryResult)]
struct AgentRow {
    id: Uuid,
}

/// A salesperson or partner by code.
///
/// # Errors
/// What the database says.
pub async fn find_agent_by_code(
    db: &impl Reads,
    code: &str,
) -> Result<Option<domain::ids::AgentId>> {
    let row = find::<AgentRow>(
        db,
        "SELECT id FROM agents WHERE agent_code = $1",
        params![code],
    )
    .await?;
    Ok(row.map(|r| domain::ids::AgentId(r.id)))
}
