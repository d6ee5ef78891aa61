//! Tickets in sight: lists, counts, single ones.

use super::filter::{TicketFilter, filtered};
use super::row::{SELECT, TicketRow, tickets};
use crate::sql::{Page, PageKey, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CallbackId, TicketId, UserId};
use domain::tickets::TicketState;

/// Tickets in sight, the newest first.
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
    if let Some(after) = &filter.after {
        select.filter("t.id < ?", params![after.id]);
    }
    select.then(
        "ORDER BY t.id DESC LIMIT ?",
        params![i64::try_from(limit + 1).unwrap_or(i64::MAX)],
    );
    let rows = tickets(db, select.list(db).await?)?;
    let key = |r: &TicketRow| PageKey {
        sort: String::new(),
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
    let mut select = filtered(SELECT, scope, &TicketFilter::default());
    select.filter("t.callback_id = ?", params![callback.0]);
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

/// Numbers of tickets for the workbench.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
}

/// Numbers of tickets over what a person sees.
///
/// # Errors
/// What the database says.
pub async fn read_ticket_counts(
    db: &impl Reads,
    scope: &Scope,
    user: UserId,
    today: NaiveDate,
) -> Result<TicketCounts> {
    let open = TicketFilter {
        open: Some(true),
        ..Default::default()
    };
    let cap = 9_999;
    let state = |state| TicketFilter {
        state: Some(state),
        ..open.clone()
    };
    Ok(TicketCounts {
        open: count_tickets(db, scope, &open, cap).await?,
        due: count_tickets(
            db,
            scope,
            &TicketFilter {
                due_to: Some(today),
                ..open.clone()
            },
            cap,
        )
        .await?,
        to_issue: count_tickets(db, scope, &state(TicketState::Open), cap).await?,
        to_judge: count_tickets(db, scope, &state(TicketState::FeedbackGiven), cap).await?,
        mine: count_tickets(
            db,
            scope,
            &TicketFilter {
                handler: Some(user),
                ..open.clone()
            },
            cap,
        )
        .await?,
    })
}
