//! The workbench: what is mine, what is due, what is late, what to call next.

use crate::{App, Result};
use chrono::Days;
use domain::access::{Actor, Permission};
use domain::ids::UserId;
use domain::time::{self, Instant};
use store::callbacks::{self as rows, CallbackCounts, CallbackFilter, CallbackRow, CallerDay};
use store::tickets::{TicketCounts, TicketFilter, TicketRow};

/// Rows of the short lists.
const SHORT: u64 = 12;
/// Calls that a caller makes in a day; for telling whether the week fits.
const CALLS_PER_DAY: i64 = 40;

/// Numbers beside the menu end here.
const BADGE_CAP: i64 = 999;

/// What the workbench shows.
#[derive(Clone, Debug)]
pub struct Workbench {
    /// Numbers of callbacks.
    pub counts: CallbackCounts,
    /// Numbers of tickets.
    pub tickets: TicketCounts,
    /// The next callback of the person's own list.
    pub next: Option<CallbackRow>,
    /// What is due soonest.
    pub due: Vec<CallbackRow>,
    /// Tickets of the person, or those waiting for someone.
    pub waiting: Vec<TicketRow>,
    /// What callers did today.
    pub callers: Vec<CallerDay>,
    /// Guidance of supervisors that the person has not taken note of.
    pub guidance: i64,
    /// Lists of problem cases that the person got and has not read.
    pub unread_lists: i64,
    /// Calls that the team can make this week: callers times working days left times calls a day.
    pub capacity_week: Option<i64>,
}

/// The workbench of a person.
///
/// # Errors
/// When the actor may not see callbacks.
pub async fn workbench(app: &App, actor: &Actor, now: Instant) -> Result<Workbench> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    let today = time::date_in_china(now);
    let user = actor.user().unwrap_or(UserId(uuid::Uuid::nil()));
    let db = app.store();
    let counts = rows::read_counts(db, &scope, user, today).await?;
    let next = next_callback(app, actor, now).await?;
    let ranks = crate::customers::queue_ranks(app, today);
    let open = CallbackFilter {
        open: Some(true),
        due_to: Some(today + Days::new(6)),
        ranks,
        ..Default::default()
    };
    let due = rows::list_callbacks(db, &scope, &open, SHORT).await?.rows;
    let (tickets, waiting) = if actor.may(Permission::TicketsRead) {
        let scope = actor.scope(Permission::TicketsRead)?;
        let counts = crate::tickets::count_tickets(app, actor, now).await?;
        let handler = Some(user).filter(|_| counts.mine > 0);
        let filter = TicketFilter {
            open: Some(true),
            handler,
            ranks,
            ..Default::default()
        };
        (
            counts,
            store::tickets::list_tickets(db, &scope, &filter, SHORT)
                .await?
                .rows,
        )
    } else {
        (TicketCounts::default(), Vec::new())
    };
    let callers = rows::list_caller_day(db, &scope, today).await?;
    let capacity_week = capacity(app, actor, now).await?;
    Ok(Workbench {
        guidance: rows::count_guidance(db, user).await?,
        unread_lists: store::tickets::count_unread_lists(db, user).await?,
        counts,
        tickets,
        next,
        due,
        waiting,
        callers,
        capacity_week,
    })
}

/// Numbers beside the menu: callbacks due or late, tickets due; counting stops at 999.
///
/// # Errors
/// When the actor may not see callbacks.
pub async fn badges(app: &App, actor: &Actor, now: Instant) -> Result<(i64, i64)> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    let today = time::date_in_china(now);
    let due = CallbackFilter {
        open: Some(true),
        due_to: Some(today),
        ..Default::default()
    };
    let callbacks = rows::count_callbacks(app.store(), &scope, &due, BADGE_CAP).await?;
    if !actor.may(Permission::TicketsRead) {
        return Ok((callbacks.min(BADGE_CAP), 0));
    }
    let scope = actor.scope(Permission::TicketsRead)?;
    let due = TicketFilter {
        open: Some(true),
        due_to: Some(today),
        ..Default::default()
    };
    let tickets = store::tickets::count_tickets(app.store(), &scope, &due, BADGE_CAP).await?;
    Ok((callbacks.min(BADGE_CAP), tickets.min(BADGE_CAP)))
}

async fn capacity(app: &App, actor: &Actor, now: Instant) -> Result<Option<i64>> {
    if !actor.may(Permission::CallbacksAssign) {
        return Ok(None);
    }
    let callers = i64::try_from(super::list_callers(app, actor, now).await?.len()).unwrap_or(0);
    let today = time::date_in_china(now);
    let days = i64::from(
        app.rules()
            .calendar()
            .working_days_between(today, today + Days::new(6)),
    );
    Ok(Some(callers * days * CALLS_PER_DAY))
}

/// The callback that a person should call next.
///
/// # Errors
/// What the store says.
pub async fn next_callback(app: &App, actor: &Actor, now: Instant) -> Result<Option<CallbackRow>> {
    let Some(user) = actor
        .user()
        .filter(|_| actor.may(Permission::CallbacksMake))
    else {
        return Ok(None);
    };
    let scope = actor.scope(Permission::CallbacksMake)?;
    let today = time::date_in_china(now);
    let ranks = crate::customers::queue_ranks(app, today);
    Ok(rows::find_next_callback(app.store(), &scope, user, today, (now, ranks)).await?)
}
