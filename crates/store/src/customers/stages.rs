//! Stages of the relationship: what policies say of them, and their history.

use crate::audit::AuditActor;
use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::{Select, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::{Holdings, RelationshipStage, SensitiveText, StageSource};
use domain::ids::CustomerId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// Steps of one customer that are shown.
const STEPS_MAX: i64 = 50;

static STAGES: Table = Table {
    name: "customer_stages",
    columns: &[
        ("id", CellType::Id),
        ("customer_id", CellType::Id),
        ("from_stage", CellType::Text),
        ("to_stage", CellType::Text),
        ("source", CellType::Text),
        ("since_on", CellType::Date),
        ("actor_name", CellType::Text),
        ("at", CellType::Int),
    ],
};

/// A customer with what decides on its stage.
#[derive(Clone, Copy, Debug)]
pub struct StagedRow {
    /// The customer.
    pub id: CustomerId,
    /// Where it stands.
    pub stage: Option<RelationshipStage>,
    /// What it has or had.
    pub holdings: Holdings,
}

/// What some customers have or had, as of a day. Customers whose data was destroyed are left out.
///
/// # Errors
/// What the database says.
pub async fn read_staged(
    bulk: &mut Bulk,
    customers: &[Uuid],
    today: NaiveDate,
) -> Result<Vec<StagedRow>> {
    let cells: Vec<Cell> = customers.iter().map(|id| Cell::Id(*id)).collect();
    let day = today.format("%Y-%m-%d");
    let sql = format!(
        "SELECT p.policyholder_id, CAST(MAX(CASE WHEN p.status IN ('in_force', 'grace') THEN 1 ELSE 0 END) AS BIGINT), MAX(p.issue_date), \
         MAX(CASE WHEN p.expiry_date <= '{day}' THEN p.expiry_date END) FROM policies p \
         WHERE p.policyholder_id IN ({{values}}) GROUP BY p.policyholder_id"
    );
    let held = bulk
        .query_in(&sql, &cells, |row| {
            let in_force = row.int(1)? == Some(1);
            let last_on = row.date(2)?.max(row.date(3)?);
            Ok((
                row.id(0)?.unwrap_or_default(),
                Holdings {
                    in_force,
                    any: true,
                    last_on,
                },
            ))
        })
        .await?;
    let mut held: HashMap<Uuid, Holdings> = held.into_iter().collect();
    // Events matter where nothing is in force: they tell when it ended.
    let ended = held.iter().filter(|(_, h)| !h.in_force);
    let ended: Vec<Cell> = ended.map(|(id, _)| Cell::Id(*id)).collect();
    let sql = "SELECT e.customer_id, MAX(e.occurred_on) FROM events e WHERE e.customer_id IN ({values}) GROUP BY e.customer_id";
    let events = bulk
        .query_in(sql, &ended, |row| {
            Ok((row.id(0)?.unwrap_or_default(), row.date(1)?))
        })
        .await?;
    for (id, last_on) in events {
        if let Some(holdings) = held.get_mut(&id) {
            holdings.last_on = holdings.last_on.max(last_on.filter(|on| *on <= today));
        }
    }
    let sql = "SELECT id, relationship_stage FROM customers WHERE id IN ({values}) AND erased_at IS NULL AND merged_into_id IS NULL";
    bulk.query_in(sql, &cells, |row| {
        let id = row.id(0)?.unwrap_or_default();
        let stage = row.text(1)?;
        Ok(StagedRow {
            id: CustomerId(id),
            // What a file says that is no stage is none.
            stage: stage.and_then(|s| RelationshipStage::parse(&s).ok()),
            holdings: held.get(&id).copied().unwrap_or_default(),
        })
    })
    .await
}

/// Customers at a stage, by id.
///
/// # Errors
/// What the database says.
pub async fn read_at_stage(
    bulk: &mut Bulk,
    stage: RelationshipStage,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let sql =
        "SELECT id FROM customers WHERE relationship_stage = $1 AND id > $2 ORDER BY id LIMIT $3";
    let cells = [
        Cell::Code(stage.as_str()),
        Cell::Id(after),
        Cell::Int(limit),
    ];
    let ids = bulk.query(sql, &cells, |row| row.id(0)).await?;
    Ok(ids.into_iter().flatten().collect())
}

/// Policyholders of the policies between two ids, and the last of these policies when there may be more.
///
/// # Errors
/// What the database says.
pub async fn read_holders(
    bulk: &mut Bulk,
    low: Uuid,
    high: Uuid,
    limit: i64,
) -> Result<(Option<Uuid>, Vec<Uuid>)> {
    let sql = "SELECT p.id, p.policyholder_id FROM policies p WHERE p.id >= $1 AND p.id <= $2 ORDER BY p.id LIMIT $3";
    let cells = [Cell::Id(low), Cell::Id(high), Cell::Int(limit)];
    let rows = bulk
        .query(sql, &cells, |row| Ok((row.id(0)?, row.id(1)?)))
        .await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|n| n >= limit);
    let last = rows.last().and_then(|r| r.0).filter(|_| is_full);
    let mut holders: Vec<Uuid> = rows.into_iter().filter_map(|r| r.1).collect();
    holders.sort_unstable();
    holders.dedup();
    Ok((last, holders))
}

/// Moves customers to the stages that their policies say.
///
/// # Errors
/// What the database says.
pub async fn move_stages(
    bulk: &mut Bulk,
    moves: &[(CustomerId, Option<RelationshipStage>, RelationshipStage)],
    today: NaiveDate,
) -> Result<()> {
    let now = millis(bulk.now());
    let mut cells = Vec::with_capacity(moves.len() * STAGES.columns.len());
    for (customer, from, to) in moves {
        let sql = "UPDATE customers SET relationship_stage = $1, updated_at = $2 WHERE id = $3";
        let values = [
            Cell::Code(to.as_str()),
            Cell::Int(now),
            Cell::Id(customer.0),
        ];
        bulk.execute(sql, &values).await?;
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Id(customer.0),
            from.map_or(Cell::Null, |f| Cell::Code(f.as_str())),
            Cell::Code(to.as_str()),
            Cell::Code(StageSource::Policies.as_str()),
            Cell::Date(today),
            Cell::Code("system"),
            Cell::Int(now),
        ]);
    }
    bulk.insert(&STAGES, &cells).await
}

/// A stage that a person says.
#[derive(Clone, Copy, Debug)]
pub struct NewStage<'n> {
    /// Whose.
    pub customer: CustomerId,
    /// The stage before.
    pub from: Option<RelationshipStage>,
    /// The stage.
    pub to: RelationshipStage,
    /// Since when.
    pub since_on: NaiveDate,
    /// How it became known.
    pub note: &'n str,
    /// The version of the customer that was read.
    pub version: i64,
}

/// Moves a customer to a stage that a person says.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed the customer.
pub async fn set_stage(work: &UnitOfWork, new: NewStage<'_>, actor: &AuditActor) -> Result<()> {
    let sql = "UPDATE customers SET relationship_stage = $1, updated_at = $2, version = version + 1 \
               WHERE id = $3 AND version = $4";
    let now = millis(work.now());
    work.execute_one(
        sql,
        params![new.to.as_str(), now, new.customer.0, new.version],
    )
    .await?;
    let id = work.next_id();
    let note = work.keys().seal("customer_stages.note", id, new.note)?;
    let sql = "INSERT INTO customer_stages (id, customer_id, from_stage, to_stage, source, since_on, note, actor_name, at) \
               VALUES ($1, $2, $3, $4, 'person', $5, $6, $7, $8)";
    let values = params![
        id,
        new.customer.0,
        new.from.map(RelationshipStage::as_str),
        new.to.as_str(),
        new.since_on,
        note,
        actor.name.as_str(),
        now,
    ];
    work.execute(sql, values).await?;
    super::derivations::enqueue_derivations_of(work, new.customer).await?;
    crate::obligations::enqueue_customer(work, new.customer).await
}

/// A step from stage to stage.
#[derive(Clone, Debug)]
pub struct StageRow {
    /// The stage before.
    pub from: Option<RelationshipStage>,
    /// The stage.
    pub to: RelationshipStage,
    /// What moved the customer.
    pub source: StageSource,
    /// Since when.
    pub since_on: NaiveDate,
    /// How it became known.
    pub note: Option<SensitiveText>,
    /// Who.
    pub actor_name: String,
    /// When it was noted.
    pub at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    from_stage: Option<String>,
    to_stage: String,
    source: String,
    since_on: NaiveDate,
    note: Option<Vec<u8>>,
    actor_name: String,
    at: i64,
}

/// The stages of a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_stages(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<StageRow>> {
    let mut select = Select::new(
        "SELECT s.id, s.from_stage, s.to_stage, s.source, s.since_on, s.note, s.actor_name, s.at FROM customer_stages s \
         JOIN customers c ON c.id = s.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("s.customer_id = ?", params![customer.0])
        .then("ORDER BY s.id DESC LIMIT ?", params![STEPS_MAX]);
    let rows: Vec<Row> = select.list(db).await?;
    let step = |r: Row| {
        let note = r
            .note
            .map(|n| db.keys().open("customer_stages.note", r.id, &n));
        Ok(StageRow {
            from: r
                .from_stage
                .as_deref()
                .map(RelationshipStage::parse)
                .transpose()?,
            to: RelationshipStage::parse(&r.to_stage)?,
            source: StageSource::parse(&r.source)?,
            since_on: r.since_on,
            note: note.transpose()?.map(SensitiveText::from_stored),
            actor_name: r.actor_name,
            at: instant(r.at),
        })
    };
    rows.into_iter().map(step).collect()
}

#[derive(FromQueryResult)]
struct HeldRow {
    in_force: Option<i64>,
    n: i64,
}

/// What one customer has or had, whoever may see it; without the day of the last event.
///
/// # Errors
/// What the database says.
pub async fn read_holdings(db: &impl Reads, customer: CustomerId) -> Result<Holdings> {
    let sql = "SELECT CAST(SUM(CASE WHEN status IN ('in_force', 'grace') THEN 1 ELSE 0 END) AS BIGINT) AS in_force, \
               COUNT(*) AS n FROM policies WHERE policyholder_id = $1";
    let row = list::<HeldRow>(db, sql, params![customer.0]).await?.pop();
    Ok(row.map_or_else(Holdings::default, |r| Holdings {
        in_force: r.in_force.unwrap_or(0) > 0,
        any: r.n > 0,
        last_on: None,
    }))
}
