//! Callbacks for other systems and for people: lists, giving them to callers, and calling.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

mod calls;
mod payouts;
mod records;
mod shapes;

use crate::api::{
    Asked, Body, Caller, ListOf, Named, PageQuery, Problem, Reply, codes, listed, tagged, text,
    whole,
};
use crate::state::Web;
use app::callbacks::{AssignTarget, ListQuery};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::ids::UserId;
use serde::{Deserialize, Serialize};
pub(crate) use shapes::CallbackJson;
use shapes::{CallbackDetailJson, CallerJson};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_callbacks))
        .routes(routes!(get_callback))
        .routes(routes!(list_callers))
        .routes(routes!(assign_callback, unassign_callback))
        .merge(calls::routes())
        .merge(records::routes())
        .merge(payouts::routes())
}

/// Filters of callbacks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CallbackFilterQuery {
    /// A view: `open` otherwise.
    #[param(schema_with = views)]
    view: Option<String>,
    /// Programme.
    programme: Option<String>,
    /// State; `ready` is planned work whose earliest day has come.
    state: Option<String>,
    /// Language in which the customer is served.
    #[param(schema_with = codes::language)]
    language: Option<String>,
    /// Id of the caller.
    assignee: Option<Uuid>,
    /// How completion lay to the period.
    #[param(schema_with = codes::timing)]
    timing: Option<String>,
    /// Due until this day.
    #[param(format = Date)]
    due_to: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
}

fn views() -> utoipa::openapi::schema::Object {
    codes::of([
        "open",
        "due",
        "week",
        "mine",
        "unassigned",
        "overdue",
        "no_date",
        "problem",
        "branch",
        "closed",
    ])
}

/// Lists callbacks.
///
/// Open ones by due date.
#[utoipa::path(get, path = "/api/v1/callbacks", tag = "callbacks",
    params(CallbackFilterQuery, PageQuery),
    responses((status = 200, description = "A page of callbacks.", body = ListOf<CallbackJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_callbacks(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<CallbackFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = ListQuery {
        view: text(filter.view),
        programme: text(filter.programme),
        state: text(filter.state),
        org: text(filter.org),
        language: text(filter.language),
        assignee: filter.assignee.map(|id| id.to_string()).unwrap_or_default(),
        timing: text(filter.timing),
        due_to: text(filter.due_to),
        after: page.after(),
    };
    let (actor, now, rows) = (&caller.actor, caller.now, page.rows()?);
    let found = app::callbacks::page_of_callbacks(&web.app, actor, now, &query, rows).await?;
    Ok(listed::<_, CallbackJson>(&caller, found))
}

/// Reads a callback.
///
/// With its attempts, answers, recordings and history.
#[utoipa::path(get, path = "/api/v1/callbacks/{callback}", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    responses((status = 200, description = "The callback.", body = CallbackDetailJson,
        headers(("ETag" = String, description = "Version.")))))]
pub(crate) async fn get_callback(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
) -> Reply {
    let row = app::callbacks::find_callback(&web.app, &caller.actor, &key).await?;
    let page = app::callbacks::callback_page(&web.app, &caller.actor, caller.now, row.id).await?;
    Ok(tagged(
        page.callback.version,
        CallbackDetailJson::from(page),
    ))
}

/// Lists callers.
///
/// Those to whom callbacks may be given, the least loaded first.
#[utoipa::path(get, path = "/api/v1/callers", tag = "callbacks",
    responses((status = 200, description = "Callers with their open work.", body = ListOf<CallerJson>)))]
pub(crate) async fn list_callers(State(web): State<Web>, caller: Caller) -> Reply {
    let callers = app::callbacks::list_callers(&web.app, &caller.actor, caller.now).await?;
    Ok(whole::<_, CallerJson>(callers))
}

/// To whom a callback goes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assignment {
    /// Id of the caller; when missing, the one who fits best by language and load.
    #[schema(nullable = false)]
    assignee: Option<Uuid>,
}

/// What became of an assignment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Assigned {
    /// Number of the callback.
    callback: String,
    /// Id of the caller.
    assignee: Option<Uuid>,
    /// Name of the caller.
    assignee_name: Option<String>,
    /// Version, as in `ETag`.
    version: i64,
}

/// Gives a callback to a caller.
///
/// Refused, among others, for the salesperson of the policy (`salesperson-barred`).
#[utoipa::path(post, path = "/api/v1/callbacks/{callback}/assignment", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id."),
        ("If-Match" = Option<String>, Header, description = "The version that was read.")),
    request_body = Assignment,
    responses((status = 200, description = "Assigned.", body = Assigned,
        headers(("ETag" = String, description = "Version."))),
        (status = 412, description = "Someone else changed the callback.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json")))]
pub(crate) async fn assign_callback(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(assignment): Body<Assignment>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    let target = match caller.expects(row.version)? {
        Some(version) => AssignTarget::Version(row.id, version),
        None => AssignTarget::Ids(vec![row.id]),
    };
    let to = assignment.assignee.map(UserId);
    let report = app::callbacks::assign(&web.app, actor, now, &target, to)
        .await
        .map_err(|e| caller.said(e))?;
    if let Some((_, code)) = report.refused.first() {
        return Err(app::Error::from(app::Refusal::new(code)).into());
    }
    if report.assigned == 0 {
        return Err(Problem::not_found());
    }
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    let body = Assigned {
        callback: row.number,
        assignee: row.assignee_id.map(|u| u.0),
        assignee_name: row.assignee_name,
        version: row.version,
    };
    Ok(tagged(row.version, body))
}

/// Takes a callback back.
///
/// Refused while a call is under way.
#[utoipa::path(delete, path = "/api/v1/callbacks/{callback}/assignment", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    responses((status = 204, description = "Taken back.")))]
pub(crate) async fn unassign_callback(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    app::callbacks::unassign(&web.app, actor, now, row.id)
        .await
        .map_err(|e| caller.said(e))?;
    Ok((StatusCode::NO_CONTENT, ()).into_response())
}

/// Something new, by its id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Created {
    /// Its id.
    id: Uuid,
}

/// Answers that something new is there.
fn created(id: Uuid) -> axum::response::Response {
    (StatusCode::CREATED, Json(Created { id })).into_response()
}
