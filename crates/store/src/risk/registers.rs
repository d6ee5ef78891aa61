//! Registers of units: market risks, operational errors.

use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{OrgId, UserId};
use domain::risk::ErrorKind;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An observation of the market.
#[derive(Clone, Copy, Debug)]
pub struct NewMarket<'n> {
    /// The unit.
    pub org: OrgId,
    /// What is watched.
    pub indicator: &'n str,
    /// When.
    pub observed_on: NaiveDate,
    /// What was seen.
    pub observation: &'n str,
    /// What it does to customers and products.
    pub effect: &'n str,
    /// What is adjusted.
    pub adjustment: &'n str,
    /// Who sees to it.
    pub owner: UserId,
    /// By when.
    pub due_on: NaiveDate,
    /// Who wrote it.
    pub by: &'n str,
}

/// An entry of the register of market risks.
#[derive(Clone, Debug)]
pub struct MarketRow {
    /// Its id.
    pub id: Uuid,
    /// Name of the unit.
    pub org_name: String,
    /// What is watched.
    pub indicator: String,
    /// When.
    pub observed_on: NaiveDate,
    /// What was seen.
    pub observation: String,
    /// What it does to customers and products.
    pub effect: String,
    /// What is adjusted.
    pub adjustment: String,
    /// Who sees to it.
    pub owner_name: String,
    /// By when.
    pub due_on: NaiveDate,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
    /// What it brought about.
    pub outcome: Option<String>,
    /// Who wrote it.
    pub made_by: String,
    /// When.
    pub made_at: Instant,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Market {
    id: Uuid,
    org_name: String,
    indicator: String,
    observed_on: NaiveDate,
    observation: String,
    effect: String,
    adjustment: String,
    owner_name: String,
    due_on: NaiveDate,
    done_on: Option<NaiveDate>,
    outcome: Option<String>,
    made_by: String,
    made_at: i64,
    version: i64,
}

impl From<Market> for MarketRow {
    fn from(r: Market) -> Self {
        Self {
            id: r.id,
            org_name: r.org_name,
            indicator: r.indicator,
            observed_on: r.observed_on,
            observation: r.observation,
            effect: r.effect,
            adjustment: r.adjustment,
            owner_name: r.owner_name,
            due_on: r.due_on,
            done_on: r.done_on,
            outcome: r.outcome,
            made_by: r.made_by,
            made_at: instant(r.made_at),
            version: r.version,
        }
    }
}

const MARKET: &str = "SELECT k.id, o.name AS org_name, k.indicator, k.observed_on, k.observation, k.effect, k.adjustment, \
     u.display_name AS owner_name, k.due_on, k.done_on, k.outcome, k.made_by, k.made_at, k.version \
     FROM market_risks k JOIN orgs o ON o.id = k.org_id JOIN users u ON u.id = k.owner_id";

/// Keeps an observation.
///
/// # Errors
/// What the database says.
pub async fn insert_market(work: &UnitOfWork, new: &NewMarket<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO market_risks (id, org_id, indicator, observed_on, observation, effect, adjustment, owner_id, \
               due_on, made_by, made_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)";
    let values = params![
        id,
        new.org.0,
        new.indicator,
        new.observed_on,
        new.observation,
        new.effect,
        new.adjustment,
        new.owner.0,
        new.due_on,
        new.by,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Observations of units in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_market_risks(
    db: &impl Reads,
    scope: &Scope,
    open: bool,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<MarketRow>> {
    let mut select = Select::new(MARKET);
    select.scope(scope, "k.org_id");
    if open {
        select.filter("k.done_on IS NULL", Vec::new());
    }
    select.page_by_id("k.id", true, after, limit);
    let rows: Vec<Market> = select.list(db).await?;
    let rows = rows.into_iter().map(MarketRow::from).collect();
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}

/// An observation of a unit in sight.
///
/// # Errors
/// What the database says.
pub async fn find_market_risk(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<MarketRow>> {
    let mut select = Select::new(MARKET);
    select
        .scope(scope, "k.org_id")
        .filter("k.id = ?", params![id]);
    let rows: Vec<Market> = select.list(db).await?;
    Ok(rows.into_iter().next().map(MarketRow::from))
}

/// Notes that an adjustment was made.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was noted before.
pub async fn finish_market(
    work: &UnitOfWork,
    id: Uuid,
    version: i64,
    on: NaiveDate,
    outcome: &str,
) -> Result<()> {
    let sql = "UPDATE market_risks SET done_on = $1, outcome = $2, version = version + 1 \
               WHERE id = $3 AND version = $4 AND done_on IS NULL";
    work.execute_one(sql, params![on, outcome, id, version])
        .await
}

/// An operational error.
#[derive(Clone, Copy, Debug)]
pub struct NewError<'n> {
    /// The unit.
    pub org: OrgId,
    /// Its kind.
    pub kind: ErrorKind,
    /// The process in which it happened.
    pub process: &'n str,
    /// When.
    pub happened_on: NaiveDate,
    /// Why.
    pub cause: &'n str,
    /// What it did.
    pub effect: &'n str,
    /// What is done about it.
    pub remedy: &'n str,
    /// Whether people need training.
    pub needs_training: bool,
    /// Who sees to it.
    pub owner: UserId,
    /// By when.
    pub due_on: NaiveDate,
    /// Who wrote it.
    pub by: &'n str,
}

/// An entry of the register of errors.
#[derive(Clone, Debug)]
pub struct ErrorRow {
    /// Its id.
    pub id: Uuid,
    /// Name of the unit.
    pub org_name: String,
    /// Its kind.
    pub kind: ErrorKind,
    /// The process in which it happened.
    pub process: String,
    /// When.
    pub happened_on: NaiveDate,
    /// Why.
    pub cause: String,
    /// What it did.
    pub effect: String,
    /// What is done about it.
    pub remedy: String,
    /// Whether people need training.
    pub needs_training: bool,
    /// Who sees to it.
    pub owner_name: String,
    /// By when.
    pub due_on: NaiveDate,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
    /// What it brought about.
    pub outcome: Option<String>,
    /// Who wrote it.
    pub made_by: String,
    /// When.
    pub made_at: Instant,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Error {
    id: Uuid,
    org_name: String,
    kind: String,
    process_name: String,
    happened_on: NaiveDate,
    cause: Vec<u8>,
    effect: Vec<u8>,
    remedy: Vec<u8>,
    needs_training: bool,
    owner_name: String,
    due_on: NaiveDate,
    done_on: Option<NaiveDate>,
    outcome: Option<String>,
    made_by: String,
    made_at: i64,
    version: i64,
}

fn errors(db: &impl Reads, rows: Vec<Error>) -> Result<Vec<ErrorRow>> {
    rows.into_iter()
        .map(|r| {
            let open = |column: &str, sealed: &[u8]| {
                let column = format!("operational_errors.{column}");
                db.keys().open(&column, r.id, sealed)
            };
            Ok(ErrorRow {
                cause: open("cause", &r.cause)?,
                effect: open("effect", &r.effect)?,
                remedy: open("remedy", &r.remedy)?,
                kind: ErrorKind::parse(&r.kind)?,
                id: r.id,
                org_name: r.org_name,
                process: r.process_name,
                happened_on: r.happened_on,
                needs_training: r.needs_training,
                owner_name: r.owner_name,
                due_on: r.due_on,
                done_on: r.done_on,
                outcome: r.outcome,
                made_by: r.made_by,
                made_at: instant(r.made_at),
                version: r.version,
            })
        })
        .collect()
}

const ERRORS: &str = "SELECT x.id, o.name AS org_name, x.kind, x.process_name, x.happened_on, x.cause, x.effect, x.remedy, \
     x.needs_training, u.display_name AS owner_name, x.due_on, x.done_on, x.outcome, x.made_by, x.made_at, x.version \
     FROM operational_errors x JOIN orgs o ON o.id = x.org_id JOIN users u ON u.id = x.owner_id";

/// Keeps an error.
///
/// # Errors
/// What the database says.
pub async fn insert_error(work: &UnitOfWork, new: &NewError<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let seal = |column: &str, text| {
        let column = format!("operational_errors.{column}");
        work.keys().seal(&column, id, text)
    };
    let sql = "INSERT INTO operational_errors (id, org_id, kind, process_name, happened_on, cause, effect, remedy, \
               needs_training, owner_id, due_on, made_by, made_at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)";
    let values = params![
        id,
        new.org.0,
        new.kind.as_str(),
        new.process,
        new.happened_on,
        seal("cause", new.cause)?,
        seal("effect", new.effect)?,
        seal("remedy", new.remedy)?,
        new.needs_training,
        new.owner.0,
        new.due_on,
        new.by,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Errors of units in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_operational_errors(
    db: &impl Reads,
    scope: &Scope,
    open: bool,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<ErrorRow>> {
    let mut select = Select::new(ERRORS);
    select.scope(scope, "x.org_id");
    if open {
        select.filter("x.done_on IS NULL", Vec::new());
    }
    select.page_by_id("x.id", true, after, limit);
    let rows = errors(db, select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}

/// An error of a unit in sight.
///
/// # Errors
/// What the database says.
pub async fn find_operational_error(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<ErrorRow>> {
    let mut select = Select::new(ERRORS);
    select
        .scope(scope, "x.org_id")
        .filter("x.id = ?", params![id]);
    Ok(errors(db, select.list(db).await?)?.pop())
}

/// Notes that an error was put right.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was noted before.
pub async fn finish_error(
    work: &UnitOfWork,
    id: Uuid,
    version: i64,
    on: NaiveDate,
    outcome: &str,
) -> Result<()> {
    let sql = "UPDATE operational_errors SET done_on = $1, outcome = $2, version = version + 1 \
               WHERE id = $3 AND version = $4 AND done_on IS NULL";
    work.execute_one(sql, params![on, outcome, id, version])
        .await
}
