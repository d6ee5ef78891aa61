//! The outbox to the core system: every accepted change of a fact, written in the transaction of the
//! change, until the core system took it over. The value lies in the history and is read from there.

use crate::customers::shown_name;
use crate::sealing::Keyring;
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::customers::{CustomerField, FactValue};
use domain::ids::CustomerId;
use domain::information::CoreState;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A change that the core system has to hear.
#[derive(Clone, Debug)]
pub struct CoreRow {
    /// Its id, which is the cursor.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name as lists show it.
    pub customer_name: String,
    /// Unit.
    pub org_name: String,
    /// The fact.
    pub field: CustomerField,
    /// Its new value; nothing when it is not known any more.
    pub value: Option<FactValue>,
    /// When it was changed.
    pub changed_at: Instant,
    /// Who changed it.
    pub changed_by: String,
    /// Where it stands.
    pub state: CoreState,
    /// When it was handed over first.
    pub delivered_at: Option<Instant>,
    /// To whom.
    pub delivered_to: Option<String>,
    /// When the core system answered.
    pub answered_at: Option<Instant>,
    /// Why it refused.
    pub answer: Option<String>,
    /// Who settled a refusal.
    pub settled_name: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    org_name: String,
    field: String,
    change_id: Uuid,
    new_value: Option<Vec<u8>>,
    changed_at: i64,
    changed_by: String,
    state: String,
    delivered_at: Option<i64>,
    delivered_to: Option<String>,
    answered_at: Option<i64>,
    answer: Option<Vec<u8>>,
    settled_name: Option<String>,
}

const SELECT: &str = "SELECT x.id, x.customer_id, c.customer_no, c.kind AS customer_kind, c.name AS customer_name, \
     o.name AS org_name, x.field, x.change_id, r.new_value, r.changed_at, r.actor_name AS changed_by, x.state, \
     x.delivered_at, x.delivered_to, x.answered_at, x.answer, x.settled_name \
     FROM core_changes x JOIN record_changes r ON r.id = x.change_id JOIN customers c ON c.id = x.customer_id \
     JOIN orgs o ON o.id = c.org_id";

fn row(keys: &Keyring, r: Row) -> Result<CoreRow> {
    let open = |column: &str, id: Uuid, sealed: Option<Vec<u8>>| {
        sealed.map(|s| keys.open(column, id, &s)).transpose()
    };
    let value = open("record_changes.new_value", r.change_id, r.new_value)?;
    let answer = open("core_changes.answer", r.id, r.answer)?;
    Ok(CoreRow {
        customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
        value: value.map(FactValue::from_stored),
        answer,
        id: r.id,
        customer: CustomerId(r.customer_id),
        customer_no: r.customer_no,
        org_name: r.org_name,
        field: CustomerField::parse(&r.field)?,
        changed_at: instant(r.changed_at),
        changed_by: r.changed_by,
        state: CoreState::parse(&r.state)?,
        delivered_at: r.delivered_at.map(instant),
        delivered_to: r.delivered_to,
        answered_at: r.answered_at.map(instant),
        settled_name: r.settled_name,
    })
}

/// Which changes.
#[derive(Clone, Debug, Default)]
pub struct CoreFilter {
    /// In this state.
    pub state: Option<CoreState>,
    /// The newest first; in the order of the changes otherwise, as they are handed over.
    pub newest_first: bool,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Changes of customers in sight.
///
/// # Errors
/// What the database says.
pub async fn list_core_changes(
    db: &impl Reads,
    scope: &Scope,
    filter: &CoreFilter,
    limit: u64,
) -> Result<Page<CoreRow>> {
    let mut select = Select::new(SELECT);
    select.scope_customer(scope);
    if let Some(state) = filter.state {
        select.filter("x.state = ?", params![state.as_str()]);
    }
    select.page_by_id("x.id", filter.newest_first, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(|r| row(db.keys(), r));
    let rows: Vec<CoreRow> = rows.collect::<Result<_>>()?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}

/// How many changes are in a state, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_core_changes(
    db: &impl Reads,
    scope: &Scope,
    state: CoreState,
    cap: i64,
) -> Result<i64> {
    let mut select = Select::new(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM core_changes x JOIN customers c ON c.id = x.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("x.state = ?", params![state.as_str()]);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// A change of a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_core_change(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<CoreRow>> {
    let mut select = Select::new(SELECT);
    select.scope_customer(scope).filter("x.id = ?", params![id]);
    let found = select.list::<Row>(db).await?.pop();
    found.map(|r| row(db.keys(), r)).transpose()
}

/// Notes that changes were handed over, for those that were not before.
///
/// # Errors
/// What the database says.
pub async fn mark_core_delivered(work: &UnitOfWork, ids: &[Uuid], to: &str) -> Result<()> {
    let sql = "UPDATE core_changes SET delivered_at = $1, delivered_to = $2 WHERE id = $3 AND delivered_at IS NULL";
    for id in ids {
        work.execute(sql, params![millis(work.now()), to, *id])
            .await?;
    }
    Ok(())
}

/// What the core system says to a change.
#[derive(Clone, Copy, Debug)]
pub struct CoreAnswer<'a> {
    /// The change.
    pub id: Uuid,
    /// Why it was refused; nothing when it was taken over.
    pub refused: Option<&'a str>,
}

/// Writes down what the core system said to a change that waits; whether it did wait. Saying the same
/// again changes nothing.
///
/// # Errors
/// What the database says.
pub async fn answer_core_change(work: &UnitOfWork, answer: &CoreAnswer<'_>) -> Result<bool> {
    let state = match answer.refused {
        None => CoreState::Accepted,
        Some(_) => CoreState::Refused,
    };
    let sealed = answer
        .refused
        .map(|why| work.keys().seal("core_changes.answer", answer.id, why))
        .transpose()?;
    let sql = "UPDATE core_changes SET state = $1, answered_at = $2, answer = $3 WHERE id = $4 AND state = 'waiting'";
    let values = params![state.as_str(), millis(work.now()), sealed, answer.id];
    Ok(work.execute(sql, values).await? > 0)
}

/// Lets a refused change wait again.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is not refused any more.
pub async fn reopen_core_change(work: &UnitOfWork, id: Uuid) -> Result<()> {
    let sql = "UPDATE core_changes SET state = 'waiting', delivered_at = NULL, delivered_to = NULL, answered_at = NULL, \
               answer = NULL WHERE id = $1 AND state = 'refused'";
    work.execute_one(sql, params![id]).await
}

/// Settles a refused change; the reason of the core system stays.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is not refused any more.
pub async fn settle_core_change(work: &UnitOfWork, id: Uuid, name: &str) -> Result<()> {
    let sql = "UPDATE core_changes SET state = 'settled', settled_name = $1 WHERE id = $2 AND state = 'refused'";
    work.execute_one(sql, params![name, id]).await
}
