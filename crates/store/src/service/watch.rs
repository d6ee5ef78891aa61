//! The watch list: customers of low value who may come to be worth more.

use super::{in_sight, open, seal};
use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CustomerId, UserId};
use domain::service::{WatchEnd, WatchSign, WatchSource};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A customer who is or was watched.
#[derive(Clone, Debug)]
pub struct WatchedRow {
    /// Its id.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer; of persons masked.
    pub name: String,
    /// The class of today, as a code.
    pub value_class: Option<String>,
    /// Name of the unit.
    pub org_name: String,
    /// Where it comes from.
    pub source: WatchSource,
    /// The signs.
    pub signs: Vec<WatchSign>,
    /// Why somebody put the customer there.
    pub reason: Option<String>,
    /// Who sees to it.
    pub owner_name: Option<String>,
    /// Who put the customer there.
    pub put_name: String,
    /// When.
    pub put_at: Instant,
    /// Steps of cultivation that were taken.
    pub steps_done: i64,
    /// The first day on which a step is due.
    pub step_due_on: Option<NaiveDate>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// How.
    pub end: Option<WatchEnd>,
    /// The class that the customer came to, as a code.
    pub end_class: Option<String>,
    /// Why it was given up.
    pub end_reason: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    value_class: Option<String>,
    org_name: String,
    source: String,
    signs: String,
    reason: Option<Vec<u8>>,
    owner_name: Option<String>,
    put_name: String,
    put_at: i64,
    steps_done: i64,
    step_due_on: Option<NaiveDate>,
    ended_at: Option<i64>,
    end_state: Option<String>,
    end_class: Option<String>,
    end_reason: Option<Vec<u8>>,
}

const SELECT: &str = "SELECT w.id, w.customer_id, c.customer_no, c.kind, c.name, c.value_class, o.name AS org_name, w.source, \
     w.signs, w.reason, u.display_name AS owner_name, w.put_name, w.put_at, (SELECT COUNT(*) FROM service_items i \
     WHERE i.customer_id = w.customer_id AND i.kind = 'cultivation' AND i.outcome IN ('done', 'accepted')) AS steps_done, \
     (SELECT MIN(i.due_on) FROM service_items i WHERE i.customer_id = w.customer_id AND i.kind = 'cultivation' \
     AND i.outcome IS NULL) AS step_due_on, w.ended_at, w.end_state, w.end_class, w.end_reason \
     FROM watched_customers w JOIN customers c ON c.id = w.customer_id JOIN orgs o ON o.id = c.org_id \
     LEFT JOIN users u ON u.id = w.owner_id";

fn watched(db: &impl Reads, r: Row) -> Result<WatchedRow> {
    let text = |column: &str, sealed| {
        let column = format!("watched_customers.{column}");
        open(db.keys(), &column, r.id, sealed)
    };
    let signs = r.signs.split(',').filter(|s| !s.is_empty());
    Ok(WatchedRow {
        name: shown_name(db.keys(), r.customer_id, &r.kind, &r.name)?,
        reason: text("reason", r.reason)?,
        end_reason: text("end_reason", r.end_reason)?,
        signs: signs
            .map(|s| Ok(WatchSign::parse(s)?))
            .collect::<Result<_>>()?,
        source: WatchSource::parse(&r.source)?,
        end: r.end_state.as_deref().map(WatchEnd::parse).transpose()?,
        id: r.id,
        customer: CustomerId(r.customer_id),
        customer_no: r.customer_no,
        value_class: r.value_class,
        org_name: r.org_name,
        owner_name: r.owner_name,
        put_name: r.put_name,
        put_at: instant(r.put_at),
        steps_done: r.steps_done,
        step_due_on: r.step_due_on,
        ended_at: r.ended_at.map(instant),
        end_class: r.end_class,
    })
}

/// Which watched customers.
#[derive(Clone, Debug, Default)]
pub struct WatchFilter {
    /// Watched now, or not any more.
    pub open: Option<bool>,
    /// How it ended.
    pub end: Option<WatchEnd>,
    /// In the charge of this person.
    pub owner: Option<UserId>,
    /// Nobody is in charge.
    pub without_owner: bool,
    /// This customer.
    pub customer: Option<CustomerId>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Watched customers in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_watched(
    db: &impl Reads,
    scope: &Scope,
    filter: &WatchFilter,
    limit: u64,
) -> Result<Page<WatchedRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    match filter.open {
        Some(true) => select.filter("w.ended_at IS NULL", Vec::new()),
        Some(false) => select.filter("w.ended_at IS NOT NULL", Vec::new()),
        None => &mut select,
    };
    if let Some(end) = filter.end {
        select.filter("w.end_state = ?", params![end.as_str()]);
    }
    if let Some(owner) = filter.owner {
        select.filter("w.owner_id = ?", params![owner.0]);
    }
    if filter.without_owner {
        select.filter("w.owner_id IS NULL", Vec::new());
    }
    if let Some(customer) = filter.customer {
        select.filter("w.customer_id = ?", params![customer.0]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "c.org_id");
    }
    select.page_by_id("w.id", true, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(|r| watched(db, r));
    let rows = rows.collect::<Result<_>>()?;
    Ok(Page::cut_by_id(rows, limit, |r: &WatchedRow| r.id))
}

/// A watched customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_watched(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<WatchedRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.filter("w.id = ?", params![id]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(|r| watched(db, r)).transpose()
}

/// A customer to watch.
#[derive(Clone, Debug)]
pub struct NewWatched<'n> {
    /// The customer.
    pub customer: CustomerId,
    /// Where it comes from.
    pub source: WatchSource,
    /// The signs.
    pub signs: Vec<WatchSign>,
    /// Why.
    pub reason: Option<&'n str>,
    /// Who sees to it.
    pub owner: Option<UserId>,
    /// Name of who puts the customer there.
    pub put_name: &'n str,
}

/// Puts a customer on the list; whether the customer was not there yet.
///
/// # Errors
/// What the database says.
pub async fn insert_watched(work: &UnitOfWork, new: &NewWatched<'_>) -> Result<Option<Uuid>> {
    let id = work.next_id();
    let reason = seal(work.keys(), "watched_customers.reason", id, new.reason)?;
    let signs: Vec<_> = new.signs.iter().map(|s| s.as_str()).collect();
    let sql = "INSERT INTO watched_customers (id, customer_id, source, signs, reason, owner_id, put_name, put_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (customer_id) WHERE ended_at IS NULL DO NOTHING";
    let values = params![
        id,
        new.customer.0,
        new.source.as_str(),
        signs.join(","),
        reason,
        new.owner.map(|o| o.0),
        new.put_name,
        millis(work.now())
    ];
    let rows = work.execute(sql, values).await?;
    Ok((rows > 0).then_some(id))
}

/// Puts somebody in charge of a watched customer.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the customer is not watched any more.
pub async fn set_watch_owner(work: &UnitOfWork, id: Uuid, owner: UserId) -> Result<()> {
    let sql = "UPDATE watched_customers SET owner_id = $1 WHERE id = $2 AND ended_at IS NULL";
    work.execute_one(sql, params![owner.0, id]).await
}

/// Ends watching: with the class that the customer came to, or with a reason.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the customer is not watched any more.
pub async fn end_watching(
    work: &UnitOfWork,
    id: Uuid,
    end: WatchEnd,
    class: Option<&str>,
    (reason, by): (Option<&str>, &str),
) -> Result<()> {
    let reason = seal(work.keys(), "watched_customers.end_reason", id, reason)?;
    let sql = "UPDATE watched_customers SET ended_at = $1, end_state = $2, end_class = $3, end_reason = $4, ended_name = $5 \
               WHERE id = $6 AND ended_at IS NULL";
    let values = params![millis(work.now()), end.as_str(), class, reason, by, id];
    work.execute_one(sql, values).await
}
