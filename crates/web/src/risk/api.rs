//! The risk of customers for other systems: what underwriting needs to know, and signals. Nothing of it is
//! confidential.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{
    Asked, Body, Caller, ListOf, Named, PageQuery, Problem, Reply, codes, listed, text,
};
use crate::state::Web;
use app::risk::{MeasureForm, ResponseForm, RiskQuery};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::risk::{RiskLevel, SignalResponse};
use serde::{Deserialize, Serialize};
use store::risk::RiskSignalRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(get_customer_risk))
        .routes(routes!(list_risk_signals))
        .routes(routes!(handle_risk_signal))
}

/// What others need to know of the risk of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerRisk {
    /// Number of the customer.
    customer_no: String,
    /// The credit flag in force.
    #[schema(value_type = codes::CreditFlagCode)]
    credit_flag: &'static str,
    /// What underwriting is asked, in the words of the rule.
    underwriting: Option<String>,
    /// The worst of the dimensions in force; nothing while nobody assessed the customer.
    #[schema(value_type = Option<codes::RiskLevelCode>)]
    level: Option<&'static str>,
    /// When the customer is looked at again.
    review_on: Option<NaiveDate>,
    /// Open signals.
    open_signals: i64,
}

/// Reads what others need to know of the risk of a customer.
#[utoipa::path(get, path = "/api/v1/customers/{customer_no}/risk", tag = "risk",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    responses((status = 200, description = "Credit flag, level and open signals.", body = CustomerRisk)))]
pub(crate) async fn get_customer_risk(
    State(web): State<Web>,
    caller: Caller,
    Named(customer_no): Named,
) -> Reply {
    let (app, actor) = (&web.app, &caller.actor);
    let found = app::risk::customer_flags(app, actor, caller.now, &customer_no).await?;
    let (customer_no, flags) = found;
    let json = CustomerRisk {
        customer_no,
        credit_flag: flags.credit.as_str(),
        underwriting: flags.effect,
        level: flags.level.map(RiskLevel::as_str),
        review_on: flags.review_on,
        open_signals: flags.signals,
    };
    Ok(Json(json).into_response())
}

/// A signal of risk.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskSignal)]
pub(crate) struct RiskSignalJson {
    /// Id.
    id: uuid::Uuid,
    /// Number of the customer.
    customer_no: String,
    /// Name; of persons masked.
    customer_name: String,
    /// Name of the unit.
    org_name: String,
    /// What it warns of.
    #[schema(value_type = codes::RiskSignalCode)]
    kind: &'static str,
    /// How serious it is.
    #[schema(value_type = codes::RiskLevelCode)]
    level: &'static str,
    /// When it happened.
    happened_on: NaiveDate,
    /// When it was found.
    found_on: NaiveDate,
    /// Whether something is to be done.
    open: bool,
    /// What was done.
    #[schema(value_type = Option<codes::RiskResponseCode>)]
    response: Option<&'static str>,
    /// Who did it.
    handled_by: Option<String>,
}

impl From<RiskSignalRow> for RiskSignalJson {
    fn from(r: RiskSignalRow) -> Self {
        Self {
            id: r.id,
            customer_no: r.of.customer_no,
            customer_name: r.of.name,
            org_name: r.of.org_name,
            kind: r.kind.as_str(),
            level: r.level.as_str(),
            happened_on: r.happened_on,
            found_on: r.found_on,
            open: r.is_open,
            response: r.response.map(SignalResponse::as_str),
            handled_by: r.handled_by,
        }
    }
}

/// Filters of signals.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RiskSignalQuery {
    /// A view: `open` otherwise.
    #[param(schema_with = views)]
    view: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
}

fn views() -> utoipa::openapi::schema::Object {
    codes::of(["open", "handled", "fraud", "all"])
}

/// Lists signals of risk.
#[utoipa::path(get, path = "/api/v1/risk-signals", tag = "risk",
    params(RiskSignalQuery, PageQuery),
    responses((status = 200, description = "A page of signals, the newest first.", body = ListOf<RiskSignalJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_risk_signals(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<RiskSignalQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = RiskQuery {
        view: text(filter.view),
        org: text(filter.org),
        after: page.after(),
        ..RiskQuery::default()
    };
    let rows = Some(page.rows()?);
    let found = app::risk::list_risk_signals(&web.app, &caller.actor, &query, rows).await?;
    Ok(listed::<_, RiskSignalJson>(&caller, found.page))
}

/// What was done about a signal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RiskResponseJson {
    /// What.
    #[schema(value_type = codes::RiskResponseCode)]
    response: String,
    /// Why.
    #[schema(max_length = 2000)]
    handling: String,
    /// The measure, for `measure`.
    #[schema(nullable = false, max_length = 2000)]
    measure: Option<String>,
    /// User name of who sees to the measure.
    #[schema(nullable = false)]
    owner: Option<String>,
    /// Until when the measure is to be taken.
    #[schema(nullable = false, format = Date)]
    due_on: Option<String>,
}

/// The signal that was handled.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskHandled {
    /// Number of the customer.
    customer_no: String,
}

/// Notes what was done about a signal.
///
/// By a person; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/risk-signals/{signal}/response", tag = "risk",
    params(("signal" = String, Path, description = "Id of the signal.")),
    request_body = RiskResponseJson,
    responses((status = 200, description = "Noted.", body = RiskHandled)))]
pub(crate) async fn handle_risk_signal(
    State(web): State<Web>,
    caller: Caller,
    Named(signal): Named,
    Body(given): Body<RiskResponseJson>,
) -> Reply {
    let id = uuid::Uuid::try_parse(&signal).map_err(|_| Problem::not_found())?;
    let form = ResponseForm {
        response: given.response,
        words: given.handling,
        measure: MeasureForm {
            measure: text(given.measure),
            owner: text(given.owner),
            due_on: text(given.due_on),
            confidential: String::new(),
        },
    };
    let (app, actor, now) = (&web.app, &caller.actor, caller.now);
    let customer_no = app::risk::handle_risk_signal(app, actor, now, id, &form).await?;
    Ok(Json(RiskHandled { customer_no }).into_response())
}
