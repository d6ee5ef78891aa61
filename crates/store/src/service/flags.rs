//! Flags of customers to underwriting and claims, and the feed of their changes.

use super::{in_sight, open, seal};
use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{CustomerId, UserId};
use domain::service::{FlagKind, FlagSource, FlagState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A flag of a customer.
#[derive(Clone, Debug)]
pub struct FlagRow {
    /// Its id.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer; of persons masked.
    pub name: String,
    /// Name of the unit.
    pub org_name: String,
    /// What is told.
    pub flag: FlagKind,
    /// Where it comes from.
    pub source: FlagSource,
    /// Where it stands.
    pub state: FlagState,
    /// Why; nothing when it was destroyed, or follows the class.
    pub reason: Option<String>,
    /// The pack that it rests on.
    pub pack: String,
    /// The article.
    pub article: String,
    /// Who asked last.
    pub asked_by: Option<UserId>,
    /// Name of who asked last.
    pub asked_name: String,
    /// When.
    pub asked_at: Instant,
    /// Who decided.
    pub decided_name: Option<String>,
    /// Since when it holds.
    pub raised_at: Option<Instant>,
    /// Until when it held.
    pub withdrawn_at: Option<Instant>,
    /// Why it is to be withdrawn.
    pub withdraw_reason: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    org_name: String,
    flag: String,
    source: String,
    state: String,
    reason: Option<Vec<u8>>,
    pack: String,
    article: String,
    asked_by: Option<Uuid>,
    asked_name: String,
    asked_at: i64,
    decided_name: Option<String>,
    raised_at: Option<i64>,
    withdrawn_at: Option<i64>,
    withdraw_reason: Option<Vec<u8>>,
    version: i64,
}

const SELECT: &str = "SELECT g.id, g.customer_id, c.customer_no, c.kind, c.name, o.name AS org_name, g.flag, g.source, g.state, \
     g.reason, g.pack, g.article, g.asked_by, g.asked_name, g.asked_at, g.decided_name, g.raised_at, g.withdrawn_at, \
     g.withdraw_reason, g.version FROM customer_flags g JOIN customers c ON c.id = g.customer_id \
     JOIN orgs o ON o.id = c.org_id";

fn flag(db: &impl Reads, r: Row) -> Result<FlagRow> {
    let text = |column: &str, sealed| {
        let column = format!("customer_flags.{column}");
        open(db.keys(), &column, r.id, sealed)
    };
    Ok(FlagRow {
        name: shown_name(db.keys(), r.customer_id, &r.kind, &r.name)?,
        reason: text("reason", r.reason)?,
        withdraw_reason: text("withdraw_reason", r.withdraw_reason)?,
        flag: FlagKind::parse(&r.flag)?,
        source: FlagSource::parse(&r.source)?,
        state: FlagState::parse(&r.state)?,
        id: r.id,
        customer: CustomerId(r.customer_id),
        customer_no: r.customer_no,
        org_name: r.org_name,
        pack: r.pack,
        article: r.article,
        asked_by: r.asked_by.map(UserId),
        asked_name: r.asked_name,
        asked_at: instant(r.asked_at),
        decided_name: r.decided_name,
        raised_at: r.raised_at.map(instant),
        withdrawn_at: r.withdrawn_at.map(instant),
        version: r.version,
    })
}

/// Which flags.
#[derive(Clone, Debug, Default)]
pub struct FlagFilter {
    /// In one of these states; in any when empty.
    pub states: Vec<FlagState>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Of this kind.
    pub flag: Option<FlagKind>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Flags of customers in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_flags(
    db: &impl Reads,
    scope: &Scope,
    filter: &FlagFilter,
    limit: u64,
) -> Result<Page<FlagRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    if !filter.states.is_empty() {
        let codes = filter.states.iter().map(|s| s.as_str().into()).collect();
        select.filter_in("g.state", codes);
    }
    if let Some(customer) = filter.customer {
        select.filter("g.customer_id = ?", params![customer.0]);
    }
    if let Some(flag) = filter.flag {
        select.filter("g.flag = ?", params![flag.as_str()]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "c.org_id");
    }
    select.page_by_id("g.id", true, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows
        .into_iter()
        .map(|r| flag(db, r))
        .collect::<Result<_>>()?;
    Ok(Page::cut_by_id(rows, limit, |r: &FlagRow| r.id))
}

/// A flag of a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_flag(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<FlagRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.filter("g.id = ?", params![id]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(|r| flag(db, r)).transpose()
}

/// A flag to raise, or to ask for.
#[derive(Clone, Copy, Debug)]
pub struct NewFlag<'n> {
    /// The customer.
    pub customer: CustomerId,
    /// What is told.
    pub flag: FlagKind,
    /// Where it comes from; what follows the class holds at once.
    pub source: FlagSource,
    /// Why.
    pub reason: Option<&'n str>,
    /// The pack that it rests on, and the article.
    pub cite: (&'n str, &'n str),
    /// Who asks.
    pub asked_by: Option<UserId>,
    /// Name of who asks.
    pub asked_name: &'n str,
}

/// Adds a flag; nothing when there is one already.
///
/// # Errors
/// What the database says.
pub async fn insert_flag(work: &UnitOfWork, new: &NewFlag<'_>) -> Result<Option<Uuid>> {
    let id = work.next_id();
    let reason = seal(work.keys(), "customer_flags.reason", id, new.reason)?;
    let state = match new.source {
        FlagSource::Class => FlagState::Raised,
        FlagSource::Hand => FlagState::Asked,
    };
    let at = millis(work.now());
    let sql = "INSERT INTO customer_flags (id, customer_id, flag, source, state, reason, pack, article, asked_by, asked_name, \
               asked_at, raised_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1) \
               ON CONFLICT (customer_id, flag, source) WHERE state IN ('asked', 'raised', 'withdrawal_asked') DO NOTHING";
    let values = params![
        id,
        new.customer.0,
        new.flag.as_str(),
        new.source.as_str(),
        state.as_str(),
        reason,
        new.cite.0,
        new.cite.1,
        new.asked_by.map(|u| u.0),
        new.asked_name,
        at,
        state.holds().then_some(at),
    ];
    if work.execute(sql, values).await? == 0 {
        return Ok(None);
    }
    if state.holds() {
        insert_change(work, id, new.customer, true).await?;
    }
    Ok(Some(id))
}

/// Saves where a flag stands now, with who asked or decided and why.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_flag(
    work: &UnitOfWork,
    seen: &FlagRow,
    state: FlagState,
    (by, name): (Option<UserId>, &str),
    reason: Option<&str>,
) -> Result<()> {
    let at = millis(work.now());
    let asks = state == FlagState::WithdrawalAsked;
    let column = "customer_flags.withdraw_reason";
    let reason = seal(work.keys(), column, seen.id, reason)?;
    let raised = (state.holds() && !seen.state.holds()).then_some(at);
    let withdrawn = (seen.state.holds() && !state.holds()).then_some(at);
    let asked = asks.then_some(at);
    let sql = "UPDATE customer_flags SET state = $1, asked_by = COALESCE($2, asked_by), asked_name = COALESCE($3, asked_name), \
               asked_at = COALESCE($4, asked_at), decided_name = COALESCE($5, decided_name), \
               raised_at = COALESCE($6, raised_at), withdrawn_at = $7, withdraw_reason = COALESCE($8, withdraw_reason), \
               version = version + 1 WHERE id = $9 AND version = $10";
    let values = params![
        state.as_str(),
        by.filter(|_| asks).map(|u| u.0),
        asks.then_some(name),
        asked,
        (!asks).then_some(name),
        raised,
        withdrawn,
        reason,
        seen.id,
        seen.version,
    ];
    work.execute_one(sql, values).await?;
    if raised.is_some() {
        insert_change(work, seen.id, seen.customer, true).await?;
    }
    if withdrawn.is_some() {
        insert_change(work, seen.id, seen.customer, false).await?;
    }
    Ok(())
}

async fn insert_change(
    work: &UnitOfWork,
    flag: Uuid,
    customer: CustomerId,
    raised: bool,
) -> Result<()> {
    let sql = "INSERT INTO flag_changes (id, flag_id, customer_id, raised, at) VALUES ($1, $2, $3, $4, $5)";
    let at = millis(work.now());
    let values = params![work.next_id(), flag, customer.0, raised, at];
    work.execute(sql, values).await.map(|_| ())
}

/// A change that the core system is to hear of.
#[derive(Clone, Debug)]
pub struct FlagChangeRow {
    /// Its id; ids rise with time.
    pub id: Uuid,
    /// Number of the customer.
    pub customer_no: String,
    /// What is told.
    pub flag: FlagKind,
    /// Where it comes from.
    pub source: FlagSource,
    /// It was raised; otherwise withdrawn.
    pub raised: bool,
    /// When.
    pub at: Instant,
    /// The article that it rests on.
    pub article: String,
}

#[derive(FromQueryResult)]
struct ChangeDbRow {
    id: Uuid,
    customer_no: String,
    flag: String,
    source: String,
    raised: bool,
    at: i64,
    article: String,
}

/// Changes of flags of customers in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_flag_changes(
    db: &impl Reads,
    scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<FlagChangeRow>> {
    let mut select = Select::new(
        "SELECT x.id, c.customer_no, g.flag, g.source, x.raised, x.at, g.article FROM flag_changes x \
         JOIN customer_flags g ON g.id = x.flag_id JOIN customers c ON c.id = x.customer_id",
    );
    in_sight(&mut select, scope);
    select.page_by_id("x.id", false, after, limit);
    let rows: Vec<ChangeDbRow> = select.list(db).await?;
    let rows = rows
        .into_iter()
        .map(|r| {
            Ok(FlagChangeRow {
                id: r.id,
                customer_no: r.customer_no,
                flag: FlagKind::parse(&r.flag)?,
                source: FlagSource::parse(&r.source)?,
                raised: r.raised,
                at: instant(r.at),
                article: r.article,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Page::cut_by_id(rows, limit, |r: &FlagChangeRow| r.id))
}
