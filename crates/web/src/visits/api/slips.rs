//! Sales visits for other systems and for people.

use crate::api::{
    Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, tagged, text,
};
use crate::state::Web;
use app::visits::{EndForm, SlipForm, SlipQuery};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::visits::SlipRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_slips, register_slip))
        .routes(routes!(get_slip))
        .routes(routes!(end_visit))
}

/// The slip of a sales visit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldSlip)]
pub(crate) struct SlipJson {
    /// Number.
    #[schema(example = "FS-2026-0000123")]
    number: String,
    /// Where it stands.
    #[schema(value_type = codes::SlipStateCode)]
    state: &'static str,
    /// Name of the salesperson.
    salesperson: String,
    /// Number of the customer, when it is in the register.
    customer_no: Option<String>,
    /// Name of the customer; of persons masked.
    customer_name: String,
    /// Stage of the relationship.
    category: &'static str,
    /// Kind of business.
    business_type: String,
    /// Name of the contact person, masked.
    contact_name: String,
    /// Title of the contact person.
    contact_title: String,
    /// When it was registered.
    registered_at: DateTime<Utc>,
    /// When the visit ended.
    ended_at: Option<DateTime<Utc>>,
    /// Whether the visit began before the slip was registered.
    without_slip: bool,
    /// Whether the end was entered later than allowed.
    entered_late: bool,
    /// By when the callback is due.
    callback_due_at: Option<DateTime<Utc>>,
    /// When the specialist called.
    called_at: Option<DateTime<Utc>>,
    /// Satisfaction, from 1 to 5.
    satisfaction: Option<i64>,
    /// Version, as in `ETag`.
    version: i64,
}

impl From<SlipRow> for SlipJson {
    fn from(r: SlipRow) -> Self {
        Self {
            customer_name: r.shown_customer(),
            contact_name: r.contact_name.to_string(),
            number: r.number,
            state: r.state.as_str(),
            salesperson: r.salesperson_name,
            customer_no: r.customer_no,
            category: r.category.as_str(),
            business_type: r.business_type,
            contact_title: r.contact_title,
            registered_at: r.registered_at,
            ended_at: r.ended_at,
            without_slip: r.without_slip,
            entered_late: r.entered_late,
            callback_due_at: r.callback_due_at,
            called_at: r.called_at,
            satisfaction: r.satisfaction,
            version: r.version,
        }
    }
}

/// Filters of sales visits.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SlipFilterQuery {
    /// A view: `open` otherwise.
    #[param(schema_with = slip_views)]
    view: Option<String>,
}

fn slip_views() -> utoipa::openapi::schema::Object {
    codes::of([
        "open",
        "callback",
        "missed",
        "escalated",
        "suspected",
        "findings",
        "closed",
    ])
}

/// Lists sales visits.
#[utoipa::path(get, path = "/api/v1/field-slips", tag = "visits",
    params(SlipFilterQuery, PageQuery),
    responses((status = 200, description = "A page of sales visits.", body = ListOf<SlipJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_slips(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<SlipFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = SlipQuery {
        view: text(filter.view),
        after: page.after(),
    };
    let (actor, now, rows) = (&caller.actor, caller.now, page.rows()?);
    let found = app::visits::page_of_slips(&web.app, actor, now, &query, rows).await?;
    Ok(listed::<_, SlipJson>(&caller, found))
}

/// Reads a sales visit.
#[utoipa::path(get, path = "/api/v1/field-slips/{slip}", tag = "visits",
    params(("slip" = String, Path, description = "Number of the slip, or its id.")),
    responses((status = 200, description = "The sales visit.", body = SlipJson,
        headers(("ETag" = String, description = "Version.")))))]
pub(crate) async fn get_slip(State(web): State<Web>, caller: Caller, Named(key): Named) -> Reply {
    let page = app::visits::slip_page(&web.app, &caller.actor, caller.now, &key).await?;
    Ok(tagged(page.slip.version, SlipJson::from(page.slip)))
}

/// A slip to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSlipBody {
    /// Number of the customer, when it is in the register.
    #[schema(nullable = false)]
    customer_no: Option<String>,
    /// Stage of the relationship; that of the register when missing.
    #[schema(nullable = false)]
    category: Option<String>,
    /// Full name of the customer; that of the register when missing.
    #[schema(nullable = false, max_length = 200)]
    customer_name: Option<String>,
    /// Kind of business.
    #[schema(max_length = 200)]
    business_type: String,
    /// Name of the contact person.
    #[schema(max_length = 200)]
    contact_name: String,
    /// Title of the contact person.
    #[schema(max_length = 200)]
    contact_title: String,
    /// Telephone number of the contact person.
    contact_phone: String,
    /// When the visit is planned.
    #[schema(nullable = false, format = DateTime)]
    planned_at: Option<String>,
}

/// The slip that was registered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlipRegistered {
    /// Its number.
    number: String,
}

/// Registers the slip of a sales visit of one's own.
///
/// By a person; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/field-slips", tag = "visits",
    request_body = NewSlipBody,
    responses((status = 201, description = "Registered.", body = SlipRegistered)))]
pub(crate) async fn register_slip(
    State(web): State<Web>,
    caller: Caller,
    Body(body): Body<NewSlipBody>,
) -> Reply {
    let form = SlipForm {
        customer_no: text(body.customer_no),
        category: text(body.category),
        customer_name: text(body.customer_name),
        business_type: body.business_type,
        contact_name: body.contact_name,
        contact_title: body.contact_title,
        contact_phone: body.contact_phone,
        planned_at: text(body.planned_at),
    };
    let (_, number) =
        app::visits::register_slip(&web.app, &caller.actor, caller.now, &form).await?;
    Ok((StatusCode::CREATED, Json(SlipRegistered { number })).into_response())
}

/// The end of a sales visit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndBody {
    /// When it began; when the slip was registered if missing.
    #[schema(nullable = false, format = DateTime)]
    began_at: Option<String>,
    /// When it ended; now if missing.
    #[schema(nullable = false, format = DateTime)]
    ended_at: Option<String>,
}

/// Where the sales visit stands now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlipStateNow {
    /// State.
    #[schema(value_type = codes::SlipStateCode)]
    state: &'static str,
}

/// Notes that a sales visit ended.
///
/// By its salesperson; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/field-slips/{slip}/end", tag = "visits",
    params(("slip" = String, Path, description = "Number of the slip, or its id."),
        ("If-Match" = Option<String>, Header, description = "The version that was read.")),
    request_body = EndBody,
    responses((status = 200, description = "Noted.", body = SlipStateNow),
        (status = 412, description = "Someone else changed the slip.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json")))]
pub(crate) async fn end_visit(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(body): Body<EndBody>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::visits::find_slip(&web.app, actor, &key).await?;
    let form = EndForm {
        began_at: text(body.began_at),
        ended_at: text(body.ended_at),
        version: caller.expects(row.version)?,
    };
    let state = app::visits::end_visit(&web.app, actor, now, row.id, &form)
        .await
        .map_err(|e| caller.said(e))?;
    let body = SlipStateNow {
        state: state.as_str(),
    };
    Ok(Json(body).into_response())
}
