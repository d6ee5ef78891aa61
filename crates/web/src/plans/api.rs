//! The quarterly plan for other systems and for people: days with their load, moves, agreed times.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{Asked, Body, Caller, ListOf, Named, PageQuery, Problem, Reply, listed, text};
use crate::callbacks::api::CallbackJson;
use crate::state::Web;
use app::plans::{MoveReport, PlanDay, PlanMade, PlanPage, PlanQuery};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{Datelike as _, NaiveDate};
use domain::ids::CallbackId;
use domain::plans::Quarter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// What stands in the address of what has no day.
const NO_DAY: &str = "none";

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(get_plan, make_plan))
        .routes(routes!(list_day))
        .routes(routes!(move_callbacks))
        .routes(routes!(agree_time))
}

/// A day of the plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanDay)]
pub(crate) struct PlanDayJson {
    /// The day.
    on: NaiveDate,
    /// Calls are made on it.
    working: bool,
    /// Callbacks planned on it.
    planned: i64,
    /// Of those, with a time that was agreed with the customer.
    agreed: i64,
    /// Callbacks that are due on it.
    due: i64,
    /// Calls that callers can make on it.
    room: i64,
}

impl From<PlanDay> for PlanDayJson {
    fn from(d: PlanDay) -> Self {
        Self {
            on: d.on,
            working: d.is_working,
            planned: d.planned,
            agreed: d.agreed,
            due: d.due,
            room: d.room,
        }
    }
}

/// A caller and the calls that fit into a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanCaller {
    /// Name.
    name: String,
    /// Name of the unit.
    unit: String,
    /// Calls a day.
    calls_a_day: i64,
    /// Measured, not assumed.
    measured: bool,
    /// Callbacks on the list.
    open: i64,
}

/// The plan of a quarter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
pub(crate) struct PlanJson {
    /// The quarter.
    #[schema(example = "2026Q4")]
    quarter: String,
    /// Its days, or those of the month that was asked for.
    days: Vec<PlanDayJson>,
    /// Callbacks of the quarter without a day.
    unplanned: i64,
    /// Callbacks that are planned on a day that has passed and are still open.
    left_behind: i64,
    /// Who can make how many calls a day.
    callers: Vec<PlanCaller>,
}

impl PlanJson {
    fn of(page: PlanPage, month: Option<u32>) -> Self {
        let days = page.days.into_iter();
        let days = days.filter(|d| month.is_none_or(|m| d.on.month() == m));
        let callers = page.callers.into_iter().map(|c| PlanCaller {
            name: c.name,
            unit: c.org_name,
            calls_a_day: c.calls_a_day,
            measured: c.is_measured,
            open: c.open,
        });
        Self {
            quarter: page.quarter.to_string(),
            days: days.map(PlanDayJson::from).collect(),
            unplanned: page.unplanned,
            left_behind: page.left_behind,
            callers: callers.collect(),
        }
    }
}

/// Which plan.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlanFilterQuery {
    /// Quarter, such as `2026Q4`; the present one otherwise.
    quarter: Option<String>,
    /// Month, such as `2026-11`: its days only. The quarter follows from it.
    month: Option<String>,
    /// Code of a unit; everything in sight otherwise.
    org: Option<String>,
}

impl PlanFilterQuery {
    /// The plan that is asked for, and the month of it.
    fn read(self) -> Result<(PlanQuery, Option<u32>), Problem> {
        let org = text(self.org);
        let Some(month) = self.month.filter(|m| !m.is_empty()) else {
            let quarter = text(self.quarter);
            return Ok((PlanQuery { quarter, org }, None));
        };
        let first = format!("{month}-01").parse::<NaiveDate>();
        let first = first.map_err(|_| Problem::field("month", "date"))?;
        let quarter = Quarter::of(first).to_string();
        Ok((PlanQuery { quarter, org }, Some(first.month())))
    }
}

/// Reads the plan of a quarter or a month: each day with its load.
#[utoipa::path(get, path = "/api/v1/plans", tag = "plans",
    params(PlanFilterQuery),
    responses((status = 200, description = "The plan.", body = PlanJson)))]
pub(crate) async fn get_plan(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<PlanFilterQuery>,
) -> Reply {
    let (query, month) = filter.read()?;
    let page = app::plans::plan_page(&web.app, &caller.actor, caller.now, &query).await?;
    Ok(Json(PlanJson::of(page, month)).into_response())
}

/// Which plan to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanToMake {
    /// Quarter, such as `2026Q4`; the present one otherwise.
    #[schema(nullable = false)]
    quarter: Option<String>,
    /// Code of a unit; everything in sight otherwise.
    #[schema(nullable = false)]
    org: Option<String>,
}

/// What became of a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanMade)]
pub(crate) struct PlanMadeJson {
    /// Callbacks that have a day now.
    placed: usize,
    /// Those that keep theirs, because it was agreed with the customer.
    kept: usize,
    /// Numbers of what does not fit before it is due.
    unplaced: Vec<String>,
    /// There was more than is planned in one go.
    more: bool,
}

impl From<PlanMade> for PlanMadeJson {
    fn from(m: PlanMade) -> Self {
        Self {
            placed: m.placed,
            kept: m.kept,
            unplaced: m.unplaced,
            more: m.more,
        }
    }
}

/// Makes the plan of a quarter anew; days that were agreed with customers stay.
#[utoipa::path(post, path = "/api/v1/plans", tag = "plans",
    request_body = PlanToMake,
    responses((status = 200, description = "Made.", body = PlanMadeJson)))]
pub(crate) async fn make_plan(
    State(web): State<Web>,
    caller: Caller,
    Body(wanted): Body<PlanToMake>,
) -> Reply {
    let query = PlanQuery {
        quarter: text(wanted.quarter),
        org: text(wanted.org),
    };
    let made = app::plans::make(&web.app, &caller.actor, caller.now, &query).await?;
    Ok(Json(PlanMadeJson::from(made)).into_response())
}

/// Lists the callbacks of a day.
#[utoipa::path(get, path = "/api/v1/plans/days/{day}", tag = "plans",
    params(("day" = String, Path, description = "The day, or `none` for what has no day yet."), PlanFilterQuery, PageQuery),
    responses((status = 200, description = "A page of callbacks.", body = ListOf<CallbackJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_day(
    State(web): State<Web>,
    caller: Caller,
    Named(day): Named,
    Asked(filter): Asked<PlanFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let (query, _) = filter.read()?;
    page.rows()?;
    let on = match day.as_str() {
        NO_DAY => None,
        text => Some(text.parse().map_err(|_| Problem::not_found())?),
    };
    let (actor, now, after) = (&caller.actor, caller.now, page.after());
    let found = app::plans::day_page(&web.app, actor, now, &query, on, &after).await?;
    Ok(listed::<_, CallbackJson>(&caller, found))
}

/// Callbacks to move to another day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallbackMove {
    /// Ids of callbacks.
    #[schema(max_items = 1000)]
    callbacks: Vec<Uuid>,
    /// The working day.
    on: NaiveDate,
}

/// A callback that was not moved.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MoveRefused {
    /// Number.
    callback: String,
    /// Why, as a code.
    reason: &'static str,
}

/// What became of a move.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallbacksMoved {
    /// Callbacks that were moved.
    moved: usize,
    /// Those that were not.
    refused: Vec<MoveRefused>,
}

impl From<MoveReport> for CallbacksMoved {
    fn from(report: MoveReport) -> Self {
        let refused = report.refused.into_iter();
        Self {
            moved: report.moved,
            refused: refused
                .map(|(callback, reason)| MoveRefused { callback, reason })
                .collect(),
        }
    }
}

/// Moves callbacks to another day, within the period of each.
#[utoipa::path(post, path = "/api/v1/plans/moves", tag = "plans",
    request_body = CallbackMove,
    responses((status = 200, description = "What became of each.", body = CallbacksMoved)))]
pub(crate) async fn move_callbacks(
    State(web): State<Web>,
    caller: Caller,
    Body(wanted): Body<CallbackMove>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let ids: Vec<_> = wanted.callbacks.into_iter().map(CallbackId).collect();
    let report = app::plans::move_to(&web.app, actor, now, &ids, wanted.on).await?;
    Ok(Json(CallbacksMoved::from(report)).into_response())
}

/// A time that was agreed with the customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreedTime {
    /// The moment.
    #[schema(format = DateTime)]
    at: String,
}

/// Notes the time that was agreed with the customer.
#[utoipa::path(put, path = "/api/v1/callbacks/{callback}/agreed-time", tag = "plans",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    request_body = AgreedTime,
    responses((status = 204, description = "Noted.")))]
pub(crate) async fn agree_time(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(agreed): Body<AgreedTime>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    app::plans::agree(&web.app, actor, now, row.id, &agreed.at).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
