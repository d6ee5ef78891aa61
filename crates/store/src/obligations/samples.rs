//! Samples: what waits to be drawn, what was drawn, and what became of it.

use super::span::{id, text};
use crate::dialect::bulk::{Bulk, Cell, CellType, Row, Table};
use crate::sql::{Select, millis, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::callbacks::CallbackState;
use domain::obligations::Drawn;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A case of a sample.
#[derive(Clone, Debug)]
pub struct SampleCase {
    /// The event.
    pub event: Uuid,
    /// The adjuster.
    pub adjuster: String,
    /// The day of the trigger.
    pub on: NaiveDate,
    /// The claim.
    pub claim_no: String,
}

/// Cases that wait to be drawn, with triggers from one day to another.
///
/// # Errors
/// What the database says.
pub async fn read_sample_pool(
    bulk: &mut Bulk,
    programme: &str,
    reason: &'static str,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<SampleCase>> {
    let sql = "SELECT x.trigger_ref, e.adjuster_code, x.trigger_on, x.claim_no FROM exclusions x \
               JOIN events e ON e.id = x.trigger_ref WHERE x.programme = $1 AND x.reason_code = $2 \
               AND x.trigger_on >= $3 AND x.trigger_on <= $4 AND e.adjuster_code IS NOT NULL";
    let cells = [
        Cell::Text(programme.to_owned()),
        Cell::Code(reason),
        Cell::Date(from),
        Cell::Date(to),
    ];
    bulk.query(sql, &cells, |row| {
        Ok(SampleCase {
            event: id(row, 0)?,
            adjuster: text(row, 1)?,
            on: row.date(2)?.unwrap_or_default(),
            claim_no: text(row, 3)?,
        })
    })
    .await
}

/// Cases that were drawn, with triggers from one day to another: adjuster, day of the trigger, where
/// each stands. What was cancelled counts for nothing.
///
/// # Errors
/// What the database says.
pub async fn read_sample_calls(
    bulk: &mut Bulk,
    programme: &str,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(String, NaiveDate, Drawn)>> {
    let sql = "SELECT g.adjuster_code, g.trigger_on, b.state, b.succeeded_on FROM obligations g \
               LEFT JOIN callbacks b ON b.obligation_id = g.id WHERE g.programme = $1 \
               AND g.status <> 'cancelled' AND g.trigger_on >= $2 AND g.trigger_on <= $3";
    let cells = [
        Cell::Text(programme.to_owned()),
        Cell::Date(from),
        Cell::Date(to),
    ];
    bulk.query(sql, &cells, |row: Row<'_>| {
        let drawn = drawn(&text(row, 2)?, row.date(3)?);
        Ok((text(row, 0)?, row.date(1)?.unwrap_or_default(), drawn))
    })
    .await
}

fn drawn(state: &str, succeeded_on: Option<NaiveDate>) -> Drawn {
    if succeeded_on.is_some() {
        return Drawn::Succeeded;
    }
    match CallbackState::parse(state) {
        Ok(state) if !state.is_open() => Drawn::Failed,
        _ => Drawn::Open,
    }
}

static DRAWS: Table = Table {
    name: "sample_draws",
    columns: &[
        ("id", CellType::Id),
        ("programme", CellType::Text),
        ("month", CellType::Date),
        ("adjuster_code", CellType::Text),
        ("trigger_ref", CellType::Id),
        ("run_id", CellType::Id),
        ("drawn_at", CellType::Int),
    ],
};

/// Notes that cases of a month were drawn.
///
/// # Errors
/// What the database says.
pub async fn insert_draws(
    bulk: &mut Bulk,
    run: Uuid,
    programme: &str,
    cases: &[(NaiveDate, &SampleCase)],
) -> Result<()> {
    let mut cells = Vec::with_capacity(cases.len() * DRAWS.columns.len());
    for (month, case) in cases {
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Text(programme.to_owned()),
            Cell::Date(*month),
            Cell::Text(case.adjuster.clone()),
            Cell::Id(case.event),
            Cell::Id(run),
            Cell::Int(millis(bulk.now())),
        ]);
    }
    bulk.insert(&DRAWS, &cells).await
}

/// Candidates of an adjuster, by why they are not called.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SamplePool {
    /// The adjuster.
    pub adjuster: String,
    /// Code of the reason.
    pub reason: String,
    /// How many.
    pub n: i64,
}

/// Candidates in sight that are not called, of a programme and days, by adjuster and reason.
///
/// # Errors
/// What the database says.
pub async fn list_sample_pool(
    db: &impl Reads,
    scope: &Scope,
    programme: &str,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<SamplePool>> {
    let mut select = Select::new(
        "SELECT e.adjuster_code AS adjuster, x.reason_code AS reason, COUNT(*) AS n FROM exclusions x \
         JOIN events e ON e.id = x.trigger_ref",
    );
    select
        .scope(scope, "x.org_id")
        .own(scope, "x.customer_id")
        .filter("x.programme = ?", params![programme])
        .filter("x.trigger_on >= ?", params![from])
        .filter("x.trigger_on <= ?", params![to])
        .filter("e.adjuster_code IS NOT NULL", Vec::new());
    select.then(
        "GROUP BY e.adjuster_code, x.reason_code ORDER BY 1, 2",
        Vec::new(),
    );
    select.list(db).await
}

#[derive(FromQueryResult)]
struct CallRow {
    adjuster: String,
    state: Option<String>,
    succeeded_on: Option<NaiveDate>,
}

/// Cases in sight that were drawn, of a programme and days: the adjuster, and where each stands.
///
/// # Errors
/// What the database says.
pub async fn list_sample_calls(
    db: &impl Reads,
    scope: &Scope,
    programme: &str,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(String, Drawn)>> {
    let mut select = Select::new(
        "SELECT g.adjuster_code AS adjuster, b.state, b.succeeded_on FROM obligations g \
         LEFT JOIN callbacks b ON b.obligation_id = g.id",
    );
    select
        .scope(scope, "g.org_id")
        .own(scope, "g.customer_id")
        .filter("g.programme = ?", params![programme])
        .filter("g.status <> 'cancelled'", Vec::new())
        .filter("g.trigger_on >= ?", params![from])
        .filter("g.trigger_on <= ?", params![to])
        .filter("g.adjuster_code IS NOT NULL", Vec::new());
    select.then("ORDER BY g.adjuster_code, g.id", Vec::new());
    let rows: Vec<CallRow> = select.list(db).await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|r| {
            let state = r.state.unwrap_or_default();
            (r.adjuster, drawn(&state, r.succeeded_on))
        })
        .collect())
}
