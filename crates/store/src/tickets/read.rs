//! Tickets in sight: lists, counts, single ones.

use super::filter::{TicketFilter, UNPROCESSED, filtered, in_sight};
use super::row::{SELECT, TicketRow, tickets};
use super::write::TicketSource;
use crate::sql::{Page, PageKey, Select, list, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CallbackId, OrgId, TicketId, UserId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Tickets in sight, the newest first; of what is open, by rank before that.
///
/// # Errors
/// What the database says.
pub async fn list_tickets(
    db: &impl Reads,
    scope: &Scope,
    filter: &TicketFilter,
    limit: u64,
) -> Result<Page<TicketRow>> {
    let mut select = filtered(SELECT, scope, filter);
    let ranks = filter.ranks;
    let is_ranked = ranks.is_ranked() && filter.open == Some(true) && filter.customer.is_none();
    let rank = ranks.expression();
    if let Some(after) = &filter.after {
        match after.sort.parse::<i64>() {
            Ok(at) if is_ranked => {
                let condition = format!("({rank} > ? OR ({rank} = ? AND t.id < ?))");
                select.filter(&condition, params![at, at, after.id])
            }
            _ => select.filter("t.id < ?", params![after.id]),
        };
    }
    let order = if is_ranked {
        format!("ORDER BY {rank}, t.id DESC LIMIT ?")
    } else {
        "ORDER BY t.id DESC LIMIT ?".to_owned()
    };
    let rows = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    select.then(&order, params![rows]);
    let rows = tickets(db, select.list(db).await?)?;
    let key = |r: &TicketRow| PageKey {
        sort: if is_ranked {
            ranks.of(r.value_class.as_deref()).to_string()
        } else {
            String::new()
        },
        id: r.id.0,
    };
    Ok(Page::cut(
        rows,
        usize::try_from(limit).unwrap_or(usize::MAX),
        key,
    ))
}

/// How many tickets a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_tickets(
    db: &impl Reads,
    scope: &Scope,
    filter: &TicketFilter,
    cap: i64,
) -> Result<i64> {
    let mut select = filtered(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM tickets t",
        scope,
        filter,
    );
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// Tickets of a callback in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_tickets_of_callback(
    db: &impl Reads,
    scope: &Scope,
    callback: CallbackId,
) -> Result<Vec<TicketRow>> {
    list_tickets_raised(db, scope, TicketSource::Callback(callback)).await
}

/// Tickets in sight that something raised, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_tickets_raised(
    db: &impl Reads,
    scope: &Scope,
    source: TicketSource,
) -> Result<Vec<TicketRow>> {
    let (condition, id) = match source {
        TicketSource::Callback(id) => ("t.callback_id = ?", id.0),
        TicketSource::Visit(id) => ("t.visit_id = ?", id.0),
        TicketSource::Slip(id) => ("t.slip_id = ?", id.0),
    };
    let mut select = filtered(SELECT, scope, &TicketFilter::default());
    select.filter(condition, params![id]);
    select.then("ORDER BY t.id LIMIT 100", Vec::new());
    tickets(db, select.list(db).await?)
}

/// A ticket in sight.
///
/// # Errors
/// What the database says.
pub async fn find_ticket(
    db: &impl Reads,
    scope: &Scope,
    id: TicketId,
) -> Result<Option<TicketRow>> {
    let mut select = filtered(SELECT, scope, &TicketFilter::default());
    select.filter("t.id = ?", params![id.0]);
    Ok(tickets(db, select.list(db).await?)?.pop())
}

/// A ticket in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_ticket_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<TicketRow>> {
    let mut select = filtered(SELECT, scope, &TicketFilter::default());
    select.filter("t.number = ?", params![number]);
    Ok(tickets(db, select.list(db).await?)?.pop())
}

/// Numbers of open tickets for the workbench.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct TicketCounts {
    /// Open.
    pub open: i64,
    /// Due today or before.
    pub due: i64,
    /// Not yet given to anyone.
    pub to_issue: i64,
    /// Feedback to be judged.
    pub to_judge: i64,
    /// Handled by the person.
    pub mine: i64,
    /// Of the person's own unit.
    pub unit: i64,
    /// Over their time, by the company's limit or by law.
    pub overdue: i64,
    /// Due today and not processed.
    pub due_today: i64,
    /// To be warned of.
    pub warned: i64,
    /// Escalated to the head of the unit.
    pub escalated: i64,
    /// Special circumstances wait for a decision.
    pub declared: i64,
}

/// Numbers of tickets over what a person sees.
///
/// # Errors
/// What the database says.
pub async fn read_ticket_counts(
    db: &impl Reads,
    scope: &Scope,
    user: UserId,
    unit: Option<OrgId>,
    today: NaiveDate,
) -> Result<TicketCounts> {
    let text = format!(
        "SELECT COUNT(*) AS open, COUNT(CASE WHEN t.due_on <= $1 THEN 1 END) AS due, \
         COUNT(CASE WHEN t.state = 'open' THEN 1 END) AS to_issue, \
         COUNT(CASE WHEN t.state = 'feedback_given' THEN 1 END) AS to_judge, \
         COUNT(CASE WHEN t.handler_id = $2 THEN 1 END) AS mine, \
         COUNT(CASE WHEN t.org_id = $3 THEN 1 END) AS unit, \
         COUNT(CASE WHEN (t.due_on < $1 AND {UNPROCESSED}) OR t.law_due_on < $1 THEN 1 END) AS overdue, \
         COUNT(CASE WHEN t.due_on = $1 AND {UNPROCESSED} THEN 1 END) AS due_today, \
         COUNT(CASE WHEN t.warn_on <= $1 AND t.due_on >= $1 AND {UNPROCESSED} THEN 1 END) AS warned, \
         COUNT(CASE WHEN t.escalated_at IS NOT NULL THEN 1 END) AS escalated, \
         COUNT(CASE WHEN t.declared_until IS NOT NULL THEN 1 END) AS declared FROM tickets t"
    );
    let mut select = Select::with_values(&text, params![today, user.0, unit.map(|u| u.0)]);
    in_sight(&mut select, scope);
    select.filter("t.is_open", Vec::new());
    let rows: Vec<TicketCounts> = select.list(db).await?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// Ids of the tickets of a filter, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_ticket_ids(
    db: &impl Reads,
    scope: &Scope,
    filter: &TicketFilter,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let mut select = filtered("SELECT t.id FROM tickets t", scope, filter);
    select.then("ORDER BY t.id DESC LIMIT ?", params![limit]);
    let rows: Vec<IdRow> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| TicketId(r.id)).collect())
}

/// Tickets whose time ended before a day and that nobody was told of yet, for the program itself.
///
/// # Errors
/// What the database says.
pub async fn list_to_escalate(
    db: &impl Reads,
    before: NaiveDate,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let sql = format!(
        "SELECT t.id FROM tickets t WHERE t.is_open AND t.escalated_at IS NULL AND t.due_on < $1 AND {UNPROCESSED} \
         ORDER BY t.due_on, t.id LIMIT $2"
    );
    let rows: Vec<IdRow> = list(db, &sql, params![before, limit]).await?;
    Ok(rows.into_iter().map(|r| TicketId(r.id)).collect())
}
