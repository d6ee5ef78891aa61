//! The register of service: needs and goals, proposals, steps, conversations, care, recommendations and
//! privileges of a customer.

use super::{in_sight, open, seal};
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CustomerId, UserId};
use domain::service::{Finding, ItemKind, ItemOutcome};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Something in the register.
#[derive(Clone, Debug)]
pub struct ItemRow {
    /// Its id.
    pub id: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// What it is.
    pub kind: ItemKind,
    /// The product or the privilege.
    pub subject: Option<String>,
    /// By which channel, as a code.
    pub channel: Option<String>,
    /// What is written about it; nothing when it was destroyed.
    pub text: Option<String>,
    /// What a recommendation does not rest on.
    pub findings: Vec<Finding>,
    /// Who sees to it.
    pub owner_name: String,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Who wrote it down.
    pub made_name: String,
    /// When.
    pub made_at: Instant,
    /// What became of it.
    pub outcome: Option<ItemOutcome>,
    /// On which day.
    pub done_on: Option<NaiveDate>,
    /// Who said so.
    pub done_name: Option<String>,
    /// What came of it.
    pub result: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    kind: String,
    subject: Option<String>,
    channel: Option<String>,
    text: Option<Vec<u8>>,
    findings: String,
    owner_name: String,
    due_on: Option<NaiveDate>,
    made_name: String,
    made_at: i64,
    outcome: Option<String>,
    done_on: Option<NaiveDate>,
    done_name: Option<String>,
    result: Option<Vec<u8>>,
}

const SELECT: &str = "SELECT i.id, i.customer_id, i.kind, i.subject, i.channel, i.text, i.findings, u.display_name AS owner_name, \
     i.due_on, i.made_name, i.made_at, i.outcome, i.done_on, i.done_name, i.result FROM service_items i \
     JOIN customers c ON c.id = i.customer_id JOIN users u ON u.id = i.owner_id";

fn item(db: &impl Reads, r: Row) -> Result<ItemRow> {
    let text = |column: &str, sealed| {
        let column = format!("service_items.{column}");
        open(db.keys(), &column, r.id, sealed)
    };
    let findings = r.findings.split(',').filter(|f| !f.is_empty());
    Ok(ItemRow {
        text: text("text", r.text)?,
        result: text("result", r.result)?,
        findings: findings
            .map(|f| Ok(Finding::parse(f)?))
            .collect::<Result<_>>()?,
        kind: ItemKind::parse(&r.kind)?,
        outcome: r.outcome.as_deref().map(ItemOutcome::parse).transpose()?,
        id: r.id,
        customer: CustomerId(r.customer_id),
        subject: r.subject,
        channel: r.channel,
        owner_name: r.owner_name,
        due_on: r.due_on,
        made_name: r.made_name,
        made_at: instant(r.made_at),
        done_on: r.done_on,
        done_name: r.done_name,
    })
}

/// The register of a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_items(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    kinds: &[ItemKind],
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<ItemRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.filter("i.customer_id = ?", params![customer.0]);
    if !kinds.is_empty() {
        let codes = kinds.iter().map(|k| k.as_str().into()).collect();
        select.filter_in("i.kind", codes);
    }
    select.page_by_id("i.id", true, after, limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows
        .into_iter()
        .map(|r| item(db, r))
        .collect::<Result<_>>()?;
    Ok(Page::cut_by_id(rows, limit, |r: &ItemRow| r.id))
}

/// Something in the register of a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn find_item(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<ItemRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.filter("i.id = ?", params![id]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(|r| item(db, r)).transpose()
}

/// Something to write down.
#[derive(Clone, Debug)]
pub struct NewItem<'n> {
    /// The customer.
    pub customer: CustomerId,
    /// What it is.
    pub kind: ItemKind,
    /// The product or the privilege.
    pub subject: Option<&'n str>,
    /// By which channel, as a code.
    pub channel: Option<&'n str>,
    /// What is written about it.
    pub text: Option<&'n str>,
    /// What a recommendation does not rest on.
    pub findings: Vec<Finding>,
    /// Who sees to it.
    pub owner: UserId,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Name of who writes it down.
    pub made_name: &'n str,
    /// On which day it was done, for what is over when it is written down.
    pub done_on: Option<NaiveDate>,
}

/// Writes something down.
///
/// # Errors
/// What the database says.
pub async fn insert_item(work: &UnitOfWork, new: &NewItem<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let text = seal(work.keys(), "service_items.text", id, new.text)?;
    let findings: Vec<_> = new.findings.iter().map(|f| f.as_str()).collect();
    let done = new.done_on.map(|_| ItemOutcome::Done.as_str());
    let sql = "INSERT INTO service_items (id, customer_id, kind, subject, channel, text, findings, owner_id, due_on, made_name, \
               made_at, outcome, done_on, done_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let values = params![
        id,
        new.customer.0,
        new.kind.as_str(),
        new.subject,
        new.channel,
        text,
        findings.join(","),
        new.owner.0,
        new.due_on,
        new.made_name,
        millis(work.now()),
        done,
        new.done_on,
        new.done_on.map(|_| new.made_name),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Notes what became of something.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when that was noted before.
pub async fn finish_item(
    work: &UnitOfWork,
    id: Uuid,
    outcome: ItemOutcome,
    (on, by): (NaiveDate, &str),
    result: Option<&str>,
) -> Result<()> {
    let result = seal(work.keys(), "service_items.result", id, result)?;
    // What was done at once can still turn out to be a mistake.
    let sql = "UPDATE service_items SET outcome = $1, done_on = $2, done_name = $3, result = $4 WHERE id = $5 \
               AND (outcome IS NULL OR (outcome = 'done' AND $1 = 'dropped' AND kind IN ('contact', 'care', 'privilege')))";
    let values = params![outcome.as_str(), on, by, result, id];
    work.execute_one(sql, values).await
}
