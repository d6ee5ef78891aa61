//! Numbers of the workbench.

use super::filter::{CallbackFilter, filtered};
use super::list::count_callbacks;
use crate::sql::{Select, millis, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::UserId;
use sea_orm::FromQueryResult;

/// Numbers of the workbench.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct CallbackCounts {
    /// Due today.
    pub due_today: i64,
    /// Of those, on nobody's list.
    pub due_today_unassigned: i64,
    /// Past their due date.
    pub overdue: i64,
    /// Due within seven days, today included.
    pub due_week: i64,
    /// On the person's own list.
    pub mine: i64,
    /// Waiting for a receipt.
    pub without_due: i64,
}

/// Numbers of the workbench over what a person sees.
///
/// # Errors
/// What the database says.
pub async fn read_counts(
    db: &impl Reads,
    scope: &Scope,
    user: UserId,
    today: NaiveDate,
) -> Result<CallbackCounts> {
    let week = today + chrono::Days::new(6);
    let open = CallbackFilter {
        open: Some(true),
        ..Default::default()
    };
    let mut select = filtered(
        "SELECT COUNT(*) AS n FROM callbacks b",
        scope,
        &CallbackFilter {
            due_to: today.pred_opt(),
            ..open.clone()
        },
    );
    select.then("", Vec::new());
    let overdue = select.count(db).await?;
    let near = filtered(
        "SELECT COUNT(*) AS n FROM callbacks b",
        scope,
        &CallbackFilter {
            due_from: Some(today),
            due_to: Some(week),
            ..open.clone()
        },
    );
    let due_week = near.count(db).await?;
    let on_today = CallbackFilter {
        due_from: Some(today),
        due_to: Some(today),
        ..open.clone()
    };
    let due_today = filtered("SELECT COUNT(*) AS n FROM callbacks b", scope, &on_today)
        .count(db)
        .await?;
    let unassigned = CallbackFilter {
        unassigned: true,
        ..on_today
    };
    let due_today_unassigned =
        filtered("SELECT COUNT(*) AS n FROM callbacks b", scope, &unassigned)
            .count(db)
            .await?;
    let own = CallbackFilter {
        assignee: Some(user),
        ..open.clone()
    };
    // As the list has it: work without a due date waits in a view of its own.
    let mine = count_callbacks(db, scope, &own, 9_999).await?;
    let waiting = CallbackFilter {
        without_due: true,
        ..open
    };
    let without_due = count_callbacks(db, scope, &waiting, 9_999).await?;
    Ok(CallbackCounts {
        due_today,
        due_today_unassigned,
        overdue,
        due_week,
        mine,
        without_due,
    })
}

/// What a caller did on a day.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CallerDay {
    /// Name of the caller.
    pub name: String,
    /// Attempts.
    pub attempts: i64,
    /// Finished interviews.
    pub finished: i64,
}

/// What callers of the units in sight did on a day, the busiest first.
///
/// # Errors
/// What the database says.
pub async fn list_caller_day(
    db: &impl Reads,
    scope: &Scope,
    day: NaiveDate,
) -> Result<Vec<CallerDay>> {
    let from = millis(domain::time::at_in_china(day, chrono::NaiveTime::MIN));
    let to = millis(domain::time::end_of_day_in_china(day));
    let mut select = Select::new(
        "SELECT u.display_name AS name, COUNT(*) AS attempts, \
         SUM(CASE WHEN a.result = 'finished' THEN 1 ELSE 0 END) AS finished \
         FROM attempts a JOIN users u ON u.id = a.caller_id",
    );
    select
        .scope(scope, "u.org_id")
        .filter("a.started_at >= ? AND a.started_at < ?", params![from, to]);
    if let Some(user) = scope.own_list_of() {
        select.filter("a.caller_id = ?", params![user.0]);
    }
    select.then(
        "GROUP BY u.id, u.display_name ORDER BY attempts DESC LIMIT 50",
        Vec::new(),
    );
    select.list(db).await
}
