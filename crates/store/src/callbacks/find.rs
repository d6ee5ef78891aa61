//! Single callbacks: by id, by number, beside another, and the next one to call.

use super::filter::{CallbackFilter, filtered};
use super::row::{CallbackRow, SELECT, callbacks};
use crate::customers::QueueRanks;
use crate::sql::{millis, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CallbackId, CustomerId, UserId};
use domain::time::Instant;

/// A callback in sight.
///
/// # Errors
/// What the database says.
pub async fn find_callback(
    db: &impl Reads,
    scope: &Scope,
    id: CallbackId,
) -> Result<Option<CallbackRow>> {
    let mut select = filtered(SELECT, scope, &CallbackFilter::default());
    select.filter("b.id = ?", params![id.0]);
    Ok(callbacks(db, select.list(db).await?)?.pop())
}

/// A callback in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_callback_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<CallbackRow>> {
    let mut select = filtered(SELECT, scope, &CallbackFilter::default());
    select.filter("b.number = ?", params![number]);
    Ok(callbacks(db, select.list(db).await?)?.pop())
}

/// Other open callbacks of the same customer: one conversation may serve several.
///
/// # Errors
/// What the database says.
pub async fn list_siblings(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    except: CallbackId,
) -> Result<Vec<CallbackRow>> {
    let mut select = filtered(
        SELECT,
        scope,
        &CallbackFilter {
            open: Some(true),
            ..Default::default()
        },
    );
    select
        .filter("b.customer_id = ?", params![customer.0])
        .filter("b.id <> ?", params![except.0]);
    select.then("ORDER BY b.id LIMIT 20", Vec::new());
    callbacks(db, select.list(db).await?)
}

/// The callback that a person should call next: agreed times that have come, then what may be
/// called now, by due date.
///
/// # Errors
/// What the database says.
pub async fn find_next_callback(
    db: &impl Reads,
    scope: &Scope,
    user: UserId,
    today: NaiveDate,
    (now, ranks): (Instant, QueueRanks),
) -> Result<Option<CallbackRow>> {
    let by_rank = format!("b.due_on, {}, b.id", ranks.expression());
    let mine = |condition: &str, values: Vec<sea_orm::Value>, order: &str| {
        let mut select = filtered(
            SELECT,
            scope,
            &CallbackFilter {
                open: Some(true),
                ..Default::default()
            },
        );
        select
            .filter("b.assignee_id = ?", params![user.0])
            .filter(condition, values);
        select.then(&format!("ORDER BY {order} LIMIT 1"), Vec::new());
        select
    };
    let under_way = mine("b.state = 'in_progress'", Vec::new(), "b.updated_at");
    let agreed = mine(
        "b.state = 'retry_wait' AND b.appointment_at <= ?",
        params![millis(now)],
        "b.appointment_at",
    );
    let callable = mine(
        "b.earliest_on <= ? AND (b.state IN ('assigned', 'recall_due', 'branch_second') \
         OR (b.state = 'retry_wait' AND b.again_at <= ?))",
        params![today, millis(now)],
        &by_rank,
    );
    for select in [under_way, agreed, callable] {
        if let Some(row) = callbacks(db, select.list(db).await?)?.pop() {
            return Ok(Some(row));
        }
    }
    Ok(None)
}
