//! Who can make how many calls in a day.

use crate::{App, Result};
use chrono::Duration;
use domain::access::Actor;
use domain::time::{self, Instant};
use store::plans::{PlanFilter, count_calls};

/// Calls are measured over this span.
const MEASURED: Duration = Duration::days(28);
/// Days on which somebody called before the measure is taken for theirs.
const DAYS_MEASURED_MIN: i64 = 5;
/// The parameter for other people whose work is to call; whoever only may call counts with what they do.
const CALLS_A_DAY: &str = "calls_per_caller_day";

/// A caller and the calls that they make in a day.
#[derive(Clone, Debug)]
pub struct CallerRoom {
    /// Name to show.
    pub name: String,
    /// Name of the unit.
    pub org_name: String,
    /// Path of the unit.
    pub org_path: String,
    /// Callbacks on their list.
    pub open: i64,
    /// Calls a day.
    pub calls_a_day: i64,
    /// Measured, not assumed.
    pub is_measured: bool,
    /// Somebody stands in for them today.
    pub is_away: bool,
}

/// The callers in sight who call or have something to call.
pub(super) async fn callers(app: &App, actor: &Actor, now: Instant) -> Result<Vec<CallerRoom>> {
    let today = time::date_in_china(now);
    let usual = app.rules().setting(CALLS_A_DAY, today).unwrap_or(0);
    let made = count_calls(app.store(), now - MEASURED).await?;
    let callers = crate::callbacks::list_callers(app, actor, now).await?;
    let room = callers.into_iter().map(|c| {
        let own = made.iter().find(|m| m.caller == c.user.id);
        let own = own.filter(|m| m.days >= DAYS_MEASURED_MIN);
        let assumed = if c.user.roles.iter().any(|r| r.is_caller()) {
            usual
        } else {
            0
        };
        CallerRoom {
            calls_a_day: own.map_or(assumed, |m| m.calls / m.days),
            is_measured: own.is_some(),
            name: c.user.display_name,
            org_name: c.user.org_name,
            org_path: c.user.org_path.as_str().to_owned(),
            open: c.open,
            is_away: c.away,
        }
    });
    let is_there = |c: &CallerRoom| c.calls_a_day > 0 || c.open > 0;
    Ok(room.filter(is_there).collect())
}

/// Calls of a day by everybody who is not away, of the unit that is looked at.
pub(super) fn of_day(callers: &[CallerRoom], filter: &PlanFilter) -> i64 {
    let inside = |c: &&CallerRoom| match &filter.org_path {
        Some(path) => c.org_path.starts_with(path.as_str()),
        None => true,
    };
    let there = callers.iter().filter(inside).filter(|c| !c.is_away);
    there.map(|c| c.calls_a_day).sum()
}
