//! Corrections that wait for a second person. The wanted values are sealed with the row.

use crate::customers::shown_name;
use crate::sealing::Keyring;
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, StoreError, UnitOfWork};
use domain::access::Scope;
use domain::customers::{CustomerField, FactValue, NewFact, Origin, Reveal, SourceChannel};
use domain::ids::{CustomerId, UserId};
use domain::information::ChangeState;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A correction to add.
#[derive(Clone, Debug)]
pub struct NewChange<'n> {
    /// The customer.
    pub customer: CustomerId,
    /// What is to change.
    pub facts: &'n [NewFact],
    /// Why.
    pub reason: &'n str,
    /// On what occasion it was learned.
    pub origin: Origin,
    /// Number of the callback, letter or visit.
    pub about_no: Option<&'n str>,
    /// Through which channel.
    pub source: Option<SourceChannel>,
    /// Who collected it.
    pub collected_by: &'n str,
    /// When.
    pub collected_at: Instant,
    /// Who asks; nothing for systems.
    pub asked_by: Option<UserId>,
    /// Name of who asks.
    pub asked_name: &'n str,
}

/// A correction.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    /// Its id.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer as lists show it.
    pub customer_name: String,
    /// Unit of the customer.
    pub org_name: String,
    /// Where it stands.
    pub state: ChangeState,
    /// On what occasion it was learned.
    pub origin: Origin,
    /// Number of the callback, letter or visit.
    pub about_no: Option<String>,
    /// Which facts it concerns.
    pub fields: Vec<CustomerField>,
    /// What they are to be; empty when the data was destroyed.
    pub facts: Vec<NewFact>,
    /// Why.
    pub reason: String,
    /// Through which channel.
    pub source: Option<SourceChannel>,
    /// Who collected it.
    pub collected_by: Option<String>,
    /// When.
    pub collected_at: Instant,
    /// Who asked.
    pub asked_by: Option<UserId>,
    /// Name of who asked.
    pub asked_name: String,
    /// When.
    pub asked_at: Instant,
    /// Name of who decided.
    pub decided_name: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
    /// What was said at that.
    pub note: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    org_name: String,
    state: String,
    origin: String,
    about_no: Option<String>,
    fields: String,
    facts: Option<Vec<u8>>,
    reason: Option<Vec<u8>>,
    source_channel: Option<String>,
    collected_by: Option<String>,
    collected_at: i64,
    asked_by: Option<Uuid>,
    asked_name: String,
    asked_at: i64,
    decided_name: Option<String>,
    decided_at: Option<i64>,
    note: Option<Vec<u8>>,
}

const SELECT: &str = "SELECT i.id, i.customer_id, c.customer_no, c.kind AS customer_kind, c.name AS customer_name, \
     o.name AS org_name, i.state, i.origin, i.about_no, i.fields, i.facts, i.reason, i.source_channel, i.collected_by, \
     i.collected_at, i.asked_by, i.asked_name, i.asked_at, i.decided_name, i.decided_at, i.note \
     FROM information_changes i JOIN customers c ON c.id = i.customer_id JOIN orgs o ON o.id = c.org_id";

/// Values as they lie sealed with the row.
type Kept = BTreeMap<String, Option<String>>;

fn change(keys: &Keyring, r: Row) -> Result<ChangeRow> {
    let open = |column: &str, sealed: Option<Vec<u8>>| {
        let column = format!("information_changes.{column}");
        sealed.map(|s| keys.open(&column, r.id, &s)).transpose()
    };
    let kept: Kept = match open("facts", r.facts)? {
        Some(text) => serde_json::from_str(&text).map_err(|e| StoreError::Data(e.to_string()))?,
        None => Kept::new(),
    };
    let facts = kept.into_iter().map(|(field, value)| {
        Ok((
            CustomerField::parse(&field)?,
            value.map(FactValue::from_stored),
        ))
    });
    Ok(ChangeRow {
        facts: facts.collect::<Result<_>>()?,
        reason: open("reason", r.reason)?.unwrap_or_default(),
        note: open("note", r.note)?,
        customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
        id: r.id,
        customer: CustomerId(r.customer_id),
        customer_no: r.customer_no,
        org_name: r.org_name,
        state: ChangeState::parse(&r.state)?,
        origin: Origin::parse(&r.origin)?,
        about_no: r.about_no,
        fields: r
            .fields
            .split(',')
            .map(|f| Ok(CustomerField::parse(f)?))
            .collect::<Result<_>>()?,
        source: r
            .source_channel
            .as_deref()
            .map(SourceChannel::parse)
            .transpose()?,
        collected_by: r.collected_by,
        collected_at: instant(r.collected_at),
        asked_by: r.asked_by.map(UserId),
        asked_name: r.asked_name,
        asked_at: instant(r.asked_at),
        decided_name: r.decided_name,
        decided_at: r.decided_at.map(instant),
    })
}

/// Adds a correction that waits.
///
/// # Errors
/// What the database says.
pub async fn insert_information_change(work: &UnitOfWork, new: &NewChange<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let keys = work.keys();
    let hidden = Reveal::for_storage();
    let kept: Kept = new
        .facts
        .iter()
        .map(|(f, v)| {
            (
                f.to_string(),
                v.as_ref().map(|v| v.reveal(hidden).to_owned()),
            )
        })
        .collect();
    let kept = serde_json::to_string(&kept).map_err(|e| StoreError::Data(e.to_string()))?;
    let fields: Vec<_> = new.facts.iter().map(|(f, _)| f.as_str()).collect();
    let sql = "INSERT INTO information_changes (id, customer_id, state, origin, about_no, fields, facts, reason, \
               source_channel, collected_by, collected_at, asked_by, asked_name, asked_at) \
               VALUES ($1, $2, 'pending', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let values = params![
        id,
        new.customer.0,
        new.origin.as_str(),
        new.about_no,
        fields.join(","),
        keys.seal("information_changes.facts", id, &kept)?,
        keys.seal("information_changes.reason", id, new.reason)?,
        new.source.map(SourceChannel::as_str),
        new.collected_by,
        millis(new.collected_at),
        new.asked_by.map(|u| u.0),
        new.asked_name,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Which corrections.
#[derive(Clone, Debug, Default)]
pub struct ChangeFilter {
    /// In this state.
    pub state: Option<ChangeState>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

fn filtered(text: &str, scope: &Scope, filter: &ChangeFilter) -> Select {
    let mut select = Select::new(text);
    select.scope_customer(scope);
    if let Some(state) = filter.state {
        select.filter("i.state = ?", params![state.as_str()]);
    }
    if let Some(customer) = filter.customer {
        select.filter("i.customer_id = ?", params![customer.0]);
    }
    select
}

/// Corrections about customers in sight: those that wait with the oldest first, others with the newest.
///
/// # Errors
/// What the database says.
pub async fn list_information_changes(
    db: &impl Reads,
    scope: &Scope,
    filter: &ChangeFilter,
    limit: u64,
) -> Result<Page<ChangeRow>> {
    let newest_first = filter.state != Some(ChangeState::Pending);
    let mut select = filtered(SELECT, scope, filter);
    select.page_by_id("i.id", newest_first, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(|r| change(db.keys(), r));
    let rows: Vec<ChangeRow> = rows.collect::<Result<_>>()?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}

/// How many corrections a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_information_changes(
    db: &impl Reads,
    scope: &Scope,
    filter: &ChangeFilter,
    cap: i64,
) -> Result<i64> {
    let text = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM information_changes i \
                JOIN customers c ON c.id = i.customer_id";
    let mut select = filtered(text, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// A correction about a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_information_change(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<ChangeRow>> {
    let mut select = Select::new(SELECT);
    select.scope_customer(scope).filter("i.id = ?", params![id]);
    let row = select.list::<Row>(db).await?.pop();
    row.map(|r| change(db.keys(), r)).transpose()
}

/// Ends a correction that waits.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody was quicker.
pub async fn end_information_change(
    work: &UnitOfWork,
    id: Uuid,
    state: ChangeState,
    (by, name): (Option<UserId>, &str),
    note: &str,
) -> Result<()> {
    let sealed = work.keys().seal("information_changes.note", id, note)?;
    let sql = "UPDATE information_changes SET state = $1, decided_by = $2, decided_name = $3, decided_at = $4, note = $5 \
               WHERE id = $6 AND state = 'pending'";
    let now = millis(work.now());
    let values = params![state.as_str(), by.map(|u| u.0), name, now, sealed, id];
    work.execute_one(sql, values).await
}
