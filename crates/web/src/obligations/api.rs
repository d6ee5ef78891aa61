//! Obligations for other systems, each with why it exists.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

mod explanation;

use crate::api::{Asked, Caller, ListOf, Named, PageQuery, Reply, codes, listed, text};
use crate::state::Web;
use app::obligations::ObligationQuery;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use explanation::ExplanationJson;
use serde::{Deserialize, Serialize};
use store::obligations::ObligationRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_obligations))
        .routes(routes!(get_obligation))
        .routes(routes!(explain_obligation))
}

/// Something that the company owes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Obligation)]
pub(crate) struct ObligationJson {
    /// Number.
    #[schema(example = "OB-2026-0000123")]
    number: String,
    /// Programme.
    #[schema(example = "NB-CQ")]
    programme: String,
    /// What discharges it: `callback`, `message` or `visit`.
    kind: String,
    /// Rule pack that made it.
    pack: String,
    /// Version of the pack.
    pack_version: i64,
    /// Event that set it off.
    trigger_event_type: String,
    /// When.
    trigger_on: NaiveDate,
    /// Number of the customer.
    customer_no: String,
    /// Number of the policy.
    policy_no: Option<String>,
    /// Number of the claim.
    claim_no: Option<String>,
    /// Whom to reach.
    respondent: String,
    /// Code of the unit.
    org_code: String,
    /// When it is drawn into a list.
    extract_on: Option<NaiveDate>,
    /// From when.
    earliest_on: Option<NaiveDate>,
    /// By when.
    due_on: Option<NaiveDate>,
    /// End of the customer's right.
    right_end_on: Option<NaiveDate>,
    /// Status.
    #[schema(value_type = codes::ObligationStatusCode)]
    status: String,
    /// How its discharge lay to the period.
    timing: Option<String>,
    /// When it was discharged.
    discharged_at: Option<DateTime<Utc>>,
    /// A date depends on a year whose holidays are not announced.
    provisional: bool,
    /// Number of the callback that discharges it.
    callback: Option<String>,
}

impl From<ObligationRow> for ObligationJson {
    fn from(r: ObligationRow) -> Self {
        Self {
            number: r.number,
            programme: r.programme,
            kind: r.kind,
            pack: r.pack,
            pack_version: r.pack_version,
            trigger_event_type: r.trigger_type,
            trigger_on: r.trigger_on,
            customer_no: r.customer_no,
            policy_no: r.policy_no,
            claim_no: r.claim_no,
            respondent: r.respondent,
            org_code: r.org_code,
            extract_on: r.extract_on,
            earliest_on: r.earliest_on,
            due_on: r.due_on,
            right_end_on: r.right_end_on,
            status: r.status,
            timing: r.timing,
            discharged_at: r.discharged_at,
            provisional: r.provisional,
            callback: r.callback.map(|(_, number)| number),
        }
    }
}

/// Filters of obligations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ObligationFilterQuery {
    /// `open` (by due date), `overdue`, `no_date` or `all` (the newest first); `open` otherwise.
    #[param(schema_with = views)]
    view: Option<String>,
    /// Programme.
    programme: Option<String>,
    /// Status; in the view `all`.
    #[param(schema_with = codes::obligation_status)]
    status: Option<String>,
    /// How its discharge lay to the period.
    #[param(schema_with = codes::timing)]
    timing: Option<String>,
    /// Due from this day.
    #[param(format = Date)]
    due_from: Option<String>,
    /// Due until this day.
    #[param(format = Date)]
    due_to: Option<String>,
    /// Triggered from this day.
    #[param(format = Date)]
    trigger_from: Option<String>,
    /// Triggered until this day.
    #[param(format = Date)]
    trigger_to: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
}

fn views() -> utoipa::openapi::schema::Object {
    codes::of(["open", "overdue", "no_date", "all"])
}

/// Lists obligations.
#[utoipa::path(get, path = "/api/v1/obligations", tag = "obligations",
    params(ObligationFilterQuery, PageQuery),
    responses((status = 200, description = "A page of obligations.", body = ListOf<ObligationJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_obligations(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<ObligationFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = ObligationQuery {
        view: text(filter.view),
        programme: text(filter.programme),
        status: text(filter.status),
        timing: text(filter.timing),
        due_from: text(filter.due_from),
        due_to: text(filter.due_to),
        trigger_from: text(filter.trigger_from),
        trigger_to: text(filter.trigger_to),
        org: text(filter.org),
        after: page.after(),
    };
    let (actor, now, rows) = (&caller.actor, caller.now, page.rows()?);
    let found = app::obligations::page_of_obligations(&web.app, actor, now, &query, rows).await?;
    Ok(listed::<_, ObligationJson>(&caller, found))
}

/// Reads an obligation.
#[utoipa::path(get, path = "/api/v1/obligations/{number}", tag = "obligations",
    params(("number" = String, Path, description = "Number of the obligation.")),
    responses((status = 200, description = "The obligation.", body = ObligationJson)))]
pub(crate) async fn get_obligation(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
) -> Reply {
    let page =
        app::obligations::obligation_page(&web.app, &caller.actor, caller.now, &number).await?;
    Ok(Json(ObligationJson::from(page.explanation.obligation)).into_response())
}

/// Explains an obligation.
///
/// The decision replayed with the rules and the facts that it was made with: article, conditions with
/// the values they saw, numbers with their sources, and each date with every step and day counted.
#[utoipa::path(get, path = "/api/v1/obligations/{number}/explanation", tag = "obligations",
    params(("number" = String, Path, description = "Number of the obligation.")),
    responses((status = 200, description = "Why it exists.", body = ExplanationJson)))]
pub(crate) async fn explain_obligation(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
) -> Reply {
    let explanation =
        app::obligations::explain(&web.app, &caller.actor, caller.now, &number).await?;
    Ok(Json(ExplanationJson::from(explanation)).into_response())
}
