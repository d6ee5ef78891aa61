//! Making the plan, and moving callbacks to other days.

use super::{PlanQuery, room, sight};
use crate::{App, Error, Refusal, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::ids::CallbackId;
use domain::plans::{Day, Waiting, spread};
use domain::time::{self, Instant};
use std::collections::BTreeMap;
use store::AuditEntry;
use store::plans::{self as rows, PlannedRow};

/// Callbacks of one plan.
const PLAN_MAX: i64 = 50_000;
/// Callbacks that are moved in one go.
const MOVE_MAX: usize = 1_000;

/// What became of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanMade {
    /// Callbacks that have a day now.
    pub placed: usize,
    /// Those that keep theirs, because it was agreed with the customer.
    pub kept: usize,
    /// Numbers of what does not fit before it is due.
    pub unplaced: Vec<String>,
    /// There was more than is planned in one go.
    pub more: bool,
}

/// Makes the plan of a quarter anew: spreads what is open over the working days from today on, within the calls
/// that callers can make. Days that were agreed with customers stay.
///
/// # Errors
/// When the actor may not, the quarter is over, or nobody in sight makes calls.
pub async fn make(app: &App, actor: &Actor, now: Instant, query: &PlanQuery) -> Result<PlanMade> {
    let sight = sight(app, actor, now, query).await?;
    if sight.filter.to < sight.today {
        return Err(Refusal::new("plan-past").into());
    }
    let callers = room::callers(app, actor, now).await?;
    let per_day = room::of_day(&callers, &sight.filter);
    if per_day == 0 {
        return Err(Refusal::new("plan-nobody-calls").into());
    }
    let all = rows::list_planned(app.store(), &sight.scope, &sight.filter, PLAN_MAX + 1).await?;
    let more = i64::try_from(all.len()).unwrap_or(i64::MAX) > PLAN_MAX;
    let (agreed, free): (Vec<_>, Vec<_>) = all.into_iter().partition(|r| r.is_confirmed);
    let days = days(
        app,
        sight.today.max(sight.filter.from),
        sight.filter.to,
        per_day,
        &agreed,
    );
    let waiting: Vec<_> = free.iter().map(|r| waiting(r, sight.today)).collect();
    let spread = spread(&waiting, &days);
    let mut by_day: BTreeMap<Option<NaiveDate>, Vec<CallbackId>> = BTreeMap::new();
    for (id, on) in &spread.placed {
        by_day.entry(Some(*on)).or_default().push(*id);
    }
    by_day.insert(None, spread.unplaced.clone());
    let work = app.store().begin(now).await?;
    for (on, callbacks) in &by_day {
        rows::set_planned(&work, callbacks, *on).await?;
    }
    let unplaced = free.iter().filter(|r| spread.unplaced.contains(&r.id));
    let made = PlanMade {
        placed: spread.placed.len(),
        kept: agreed.len(),
        unplaced: unplaced.map(|r| r.number.clone()).collect(),
        more,
    };
    let entry = AuditEntry::new(actor, "plan.made", "callback_plan", None);
    let detail = serde_json::json!({
        "quarter": sight.quarter.to_string(), "org": query.org, "placed": made.placed,
        "kept": made.kept, "unplaced": made.unplaced.len(), "calls_a_day": per_day,
    });
    work.commit(entry.detail(detail)).await?;
    Ok(made)
}

fn waiting(row: &PlannedRow, today: NaiveDate) -> Waiting {
    Waiting {
        id: row.id,
        earliest_on: row.earliest_on.unwrap_or(today),
        due_on: row.due_on,
    }
}

/// Working days with the calls that fit beside those that were agreed.
fn days(
    app: &App,
    from: NaiveDate,
    to: NaiveDate,
    per_day: i64,
    agreed: &[PlannedRow],
) -> Vec<Day> {
    let rules = app.rules();
    let calendar = rules.calendar();
    let days = from.iter_days().take_while(|on| *on <= to);
    let working = days.filter(|on| calendar.is_working(*on));
    working
        .map(|on| {
            let taken = agreed.iter().filter(|r| r.planned_on == Some(on)).count();
            let room = usize::try_from(per_day).unwrap_or(0);
            Day {
                on,
                room: room.saturating_sub(taken),
            }
        })
        .collect()
}

/// What became of a move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveReport {
    /// Callbacks that were moved.
    pub moved: usize,
    /// Numbers of those that were not, each with the code of the reason.
    pub refused: Vec<(String, &'static str)>,
}

/// Moves callbacks to another day. One whose period has not begun or would be over then stays, with the reason.
///
/// # Errors
/// When the actor may not, the day has passed or is no working day, or too many are named.
pub async fn move_to(
    app: &App,
    actor: &Actor,
    now: Instant,
    callbacks: &[CallbackId],
    on: NaiveDate,
) -> Result<MoveReport> {
    let scope = actor.scope(Permission::CallbacksAssign)?;
    if callbacks.is_empty() {
        return Err(Error::invalid("id", "missing"));
    }
    if callbacks.len() > MOVE_MAX {
        return Err(Error::invalid("id", "too-many"));
    }
    let today = time::date_in_china(now);
    if on < today {
        return Err(Error::invalid("on", "past"));
    }
    if !app.rules().calendar().is_working(on) {
        return Err(Error::invalid("on", "day-off"));
    }
    let work = app.store().begin(now).await?;
    let (mut report, mut fit) = (MoveReport::default(), Vec::new());
    for id in callbacks {
        let Some(record) = store::callbacks::find_record(&work, &scope, *id).await? else {
            continue;
        };
        let refused = match () {
            () if !record.callback.state.is_open() => Some("ended"),
            () if record.callback.earliest_on.is_some_and(|from| on < from) => Some("too-early"),
            () if record.due_on.is_some_and(|due| on > due) => Some("too-late"),
            () => None,
        };
        match refused {
            Some(reason) => report.refused.push((record.number, reason)),
            None => fit.push(*id),
        }
    }
    rows::set_planned(&work, &fit, Some(on)).await?;
    report.moved = fit.len();
    let ids: Vec<_> = fit.iter().map(|id| id.0).collect();
    let detail = serde_json::json!({ "on": on, "callbacks": ids, "refused": report.refused.len() });
    let entry = AuditEntry::new(actor, "plan.moved", "callback_plan", None);
    work.commit(entry.detail(detail)).await?;
    Ok(report)
}
