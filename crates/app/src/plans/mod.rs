//! The quarterly callback plan (CBK-12, CBK-14): made at the start of the quarter, rearranged by hand, confirmed
//! with customers, and held against the calls that callers can make.

mod agree;
mod make;
mod room;

pub use agree::agree;
pub use make::{MoveReport, PlanMade, make, move_to};
pub use room::CallerRoom;

use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::plans::Quarter;
use domain::time::{self, Instant};
use std::collections::BTreeMap;
use store::Page;
use store::callbacks::{CallbackFilter, CallbackRow};
use store::plans::{self as rows, DaySum, PlanFilter};

/// Which plan.
#[derive(Clone, Debug, Default)]
pub struct PlanQuery {
    /// Quarter such as `2026Q4`; the present one when empty.
    pub quarter: String,
    /// Code of a unit; everything in sight when empty.
    pub org: String,
}

/// A day of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanDay {
    /// The day.
    pub on: NaiveDate,
    /// Calls are made on it.
    pub is_working: bool,
    /// Callbacks planned on it.
    pub planned: i64,
    /// Of those, with a time that was agreed with the customer.
    pub agreed: i64,
    /// Callbacks that are due on it.
    pub due: i64,
    /// Calls that callers can make on it.
    pub room: i64,
}

impl PlanDay {
    /// More is planned than can be called.
    pub fn is_over(&self) -> bool {
        self.planned > self.room
    }
}

/// The plan of a quarter.
#[derive(Clone, Debug)]
pub struct PlanPage {
    /// The quarter.
    pub quarter: Quarter,
    /// Its days.
    pub days: Vec<PlanDay>,
    /// Callbacks of the quarter without a day.
    pub unplanned: i64,
    /// Callbacks that are planned on a day that has passed and are still open.
    pub left_behind: i64,
    /// Who can make how many calls a day.
    pub callers: Vec<CallerRoom>,
}

/// What a plan is looked for and made with.
struct Sight {
    scope: Scope,
    quarter: Quarter,
    filter: PlanFilter,
    today: NaiveDate,
}

async fn sight(app: &App, actor: &Actor, now: Instant, query: &PlanQuery) -> Result<Sight> {
    let scope = actor.scope(Permission::CallbacksAssign)?;
    let today = time::date_in_china(now);
    let quarter = match query.quarter.as_str() {
        "" => Quarter::of(today),
        text => Quarter::parse(text).ok_or_else(|| Error::invalid("quarter", "unknown-code"))?,
    };
    let org_path = match query.org.as_str() {
        "" => None,
        code => {
            let org = store::orgs::find_org_by_code(app.store(), code).await?;
            let org = org.filter(|o| scope.covers(&o.path));
            let org = org.ok_or_else(|| Error::invalid("org", "unknown-org"))?;
            Some(org.path.as_str().to_owned())
        }
    };
    Ok(Sight {
        scope,
        quarter,
        filter: PlanFilter {
            from: quarter.first_day(),
            to: quarter.last_day(),
            org_path,
        },
        today,
    })
}

/// The plan of a quarter, day by day, with the calls that fit.
///
/// # Errors
/// When the actor may not assign callbacks, or the quarter or unit is unknown.
pub async fn plan_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &PlanQuery,
) -> Result<PlanPage> {
    let sight = sight(app, actor, now, query).await?;
    let (db, scope) = (app.store(), &sight.scope);
    let by_day = |sums: Vec<DaySum>| -> BTreeMap<Option<NaiveDate>, DaySum> {
        sums.into_iter().map(|s| (s.on_day, s)).collect()
    };
    let planned = by_day(rows::sum_planned(db, scope, &sight.filter).await?);
    let due = by_day(rows::sum_due(db, scope, &sight.filter).await?);
    let callers = room::callers(app, actor, now).await?;
    let room = room::of_day(&callers, &sight.filter);
    let rules = app.rules();
    let calendar = rules.calendar();
    let sum = |of: &BTreeMap<_, DaySum>, on| {
        of.get(&Some(on))
            .map_or((0, 0), |s| (s.callbacks, s.confirmed))
    };
    let days = sight.filter.from.iter_days();
    let days = days.take_while(|on| *on <= sight.filter.to).map(|on| {
        let is_working = calendar.is_working(on);
        let (planned, agreed) = sum(&planned, on);
        PlanDay {
            on,
            is_working,
            planned,
            agreed,
            due: sum(&due, on).0,
            room: if is_working { room } else { 0 },
        }
    });
    let days: Vec<_> = days.collect();
    let before = planned.range(Some(NaiveDate::MIN)..Some(sight.today));
    Ok(PlanPage {
        quarter: sight.quarter,
        unplanned: planned.get(&None).map_or(0, |s| s.callbacks),
        left_behind: before.map(|(_, s)| s.callbacks).sum(),
        callers,
        days,
    })
}

/// Callbacks that are planned on a day, or have none yet, a page of them.
///
/// # Errors
/// As [`plan_page`].
pub async fn day_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &PlanQuery,
    on: Option<NaiveDate>,
    after: &str,
) -> Result<Page<CallbackRow>> {
    let sight = sight(app, actor, now, query).await?;
    let within = on.is_none();
    let filter = CallbackFilter {
        open: Some(true),
        planned_on: on,
        unplanned: within,
        due_from: within.then_some(sight.filter.from),
        due_to: within.then_some(sight.filter.to),
        org_path: sight.filter.org_path.clone(),
        after: listing::after(after)?,
        ..CallbackFilter::default()
    };
    let db = app.store();
    Ok(store::callbacks::list_callbacks(db, &sight.scope, &filter, PAGE_ROWS).await?)
}
