//! Commission that is held back (缓发) while the information behind a policy is untrue or incomplete.

use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result};
use domain::access::Scope;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

static HOLDS: Table = Table {
    name: "commission_holds",
    columns: &[
        ("id", CellType::Id),
        ("policy_id", CellType::Id),
        ("customer_id", CellType::Id),
        ("agent_id", CellType::Id),
        ("org_id", CellType::Id),
        ("checks", CellType::Text),
        ("held_at", CellType::Int),
    ],
};

/// A policy whose commission is to be held back.
#[derive(Clone, Debug)]
pub struct HeldPolicy {
    /// The policy.
    pub policy: Uuid,
    /// Its policyholder.
    pub customer: Uuid,
    /// Its salesperson.
    pub agent: Uuid,
    /// Its unit.
    pub org: Uuid,
    /// Codes of the checks, parted by commas.
    pub checks: String,
}

/// Holds that stand of customers: hold and policy.
///
/// # Errors
/// What the database says.
pub async fn read_holds(bulk: &mut Bulk, customers: &[Uuid]) -> Result<Vec<(Uuid, Uuid, Uuid)>> {
    let cells: Vec<Cell> = customers.iter().copied().map(Cell::Id).collect();
    let sql = "SELECT id, policy_id, customer_id FROM commission_holds WHERE customer_id IN ({values}) \
               AND released_at IS NULL";
    bulk.query_in(sql, &cells, |row| {
        let id = |at| row.id(at).map(Option::unwrap_or_default);
        Ok((id(0)?, id(1)?, id(2)?))
    })
    .await
}

/// Holds commission back.
///
/// # Errors
/// What the database says.
pub async fn hold_back(bulk: &mut Bulk, held: &[HeldPolicy]) -> Result<()> {
    let now = millis(bulk.now());
    let mut cells = Vec::new();
    for h in held {
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Id(h.policy),
            Cell::Id(h.customer),
            Cell::Id(h.agent),
            Cell::Id(h.org),
            Cell::Text(h.checks.clone()),
            Cell::Int(now),
        ]);
    }
    bulk.insert(&HOLDS, &cells).await
}

/// Releases what was held back.
///
/// # Errors
/// What the database says.
pub async fn release_holds(bulk: &mut Bulk, holds: &[Uuid]) -> Result<()> {
    let now = millis(bulk.now());
    for hold in holds {
        let sql = "UPDATE commission_holds SET released_at = $1 WHERE id = $2";
        bulk.execute(sql, &[Cell::Int(now), Cell::Id(*hold)])
            .await?;
    }
    Ok(())
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct HoldFilter {
    /// Released ones; those that stand otherwise.
    pub released: bool,
    /// Of this salesperson, by code.
    pub agent: Option<String>,
    /// Of policies of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// A hold as people read it.
#[derive(Clone, Debug)]
pub struct HoldRow {
    /// Id.
    pub id: Uuid,
    /// The policy.
    pub policy_no: String,
    /// The product.
    pub product_name: String,
    /// Number of the policyholder.
    pub customer_no: String,
    /// Code of the salesperson.
    pub agent_code: String,
    /// Name of the salesperson.
    pub agent_name: String,
    /// Unit.
    pub org_name: String,
    /// Premium in fen.
    pub premium_fen: Option<i64>,
    /// Codes of the checks.
    pub checks: Vec<String>,
    /// Since when.
    pub held_at: Instant,
    /// Until when.
    pub released_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    policy_no: String,
    product_name: String,
    customer_no: String,
    agent_code: String,
    agent_name: String,
    org_name: String,
    premium_fen: Option<i64>,
    checks: String,
    held_at: i64,
    released_at: Option<i64>,
}

/// Commission held back in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_holds(
    db: &impl Reads,
    scope: &Scope,
    filter: &HoldFilter,
    limit: u64,
) -> Result<Page<HoldRow>> {
    let mut select = Select::new(
        "SELECT h.id, p.policy_no, p.product_name, c.customer_no, a.agent_code, a.name AS agent_name, \
         o.name AS org_name, p.premium_fen, h.checks, h.held_at, h.released_at FROM commission_holds h \
         JOIN policies p ON p.id = h.policy_id JOIN customers c ON c.id = h.customer_id \
         JOIN agents a ON a.id = h.agent_id JOIN orgs o ON o.id = h.org_id",
    );
    select.scope(scope, "h.org_id").own(scope, "h.customer_id");
    let stands = if filter.released {
        "IS NOT NULL"
    } else {
        "IS NULL"
    };
    select.filter(&format!("h.released_at {stands}"), Vec::new());
    if let Some(agent) = &filter.agent {
        select.filter("a.agent_code = ?", params![agent.as_str()]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "h.org_id");
    }
    select.page_by_id("h.id", true, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(|r| HoldRow {
        id: r.id,
        policy_no: r.policy_no,
        product_name: r.product_name,
        customer_no: r.customer_no,
        agent_code: r.agent_code,
        agent_name: r.agent_name,
        org_name: r.org_name,
        premium_fen: r.premium_fen,
        checks: r.checks.split(',').map(str::to_owned).collect(),
        held_at: instant(r.held_at),
        released_at: r.released_at.map(instant),
    });
    Ok(Page::cut_by_id(rows.collect(), limit, |r: &HoldRow| r.id))
}
