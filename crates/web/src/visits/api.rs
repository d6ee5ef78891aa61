//! Visits for other systems and for people.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

mod slips;

use crate::api::{
    Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, tagged, text,
};
use crate::state::Web;
use app::visits::{VisitForm, VisitQuery};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use domain::visits::VisitPurpose;
use serde::{Deserialize, Serialize};
use store::visits::VisitRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_visits))
        .routes(routes!(get_visit))
        .routes(routes!(write_form))
        .merge(slips::routes())
}

fn purposes() -> utoipa::openapi::schema::Object {
    codes::of(VisitPurpose::ALL.iter().map(|p| p.as_str()))
}

/// An on-site visit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Visit)]
pub(crate) struct VisitJson {
    /// Number.
    #[schema(example = "VS-2026-0000123")]
    number: String,
    /// Purpose.
    #[schema(value_type = codes::VisitPurposeCode)]
    purpose: &'static str,
    /// Where it stands.
    #[schema(value_type = codes::VisitStateCode)]
    state: &'static str,
    /// Number of the customer.
    customer_no: String,
    /// Name of the customer; of persons masked.
    customer_name: String,
    /// Number of the policy.
    policy_no: Option<String>,
    /// Code of the unit.
    org_code: String,
    /// Number of the callback that it belongs to.
    callback: Option<String>,
    /// Number of the ticket that it solves.
    ticket: Option<String>,
    /// Number of the obligation that it discharges.
    obligation: Option<String>,
    /// Name of who visits.
    visitor: Option<String>,
    /// By when it is due.
    due_on: Option<NaiveDate>,
    /// The agreed time.
    appointment_at: Option<DateTime<Utc>>,
    /// When it was made.
    visited_at: Option<DateTime<Utc>>,
    /// Whether everything was confirmed without objection.
    affirmed: Option<bool>,
    /// When the respondent signed.
    signed_at: Option<DateTime<Utc>>,
    /// When it was filed.
    archived_at: Option<DateTime<Utc>>,
    /// Whether it was entered later than allowed.
    entered_late: bool,
    /// Version, as in `ETag`.
    version: i64,
}

impl From<VisitRow> for VisitJson {
    fn from(r: VisitRow) -> Self {
        Self {
            number: r.number,
            purpose: r.purpose.as_str(),
            state: r.state.as_str(),
            customer_no: r.customer_no,
            customer_name: r.customer_name,
            policy_no: r.policy_no,
            org_code: r.org_code,
            callback: r.callback_number,
            ticket: r.ticket_number,
            obligation: r.obligation_number,
            visitor: r.visitor_name,
            due_on: r.due_on,
            appointment_at: r.appointment_at,
            visited_at: r.visited_at,
            affirmed: r.affirmed,
            signed_at: r.signed_at,
            archived_at: r.archived_at,
            entered_late: r.entered_late,
            version: r.version,
        }
    }
}

/// Filters of visits.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct VisitFilterQuery {
    /// A view: `open` otherwise.
    #[param(schema_with = visit_views)]
    view: Option<String>,
    /// Purpose.
    #[param(schema_with = purposes)]
    purpose: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
    /// Made from this day.
    #[param(format = Date)]
    from: Option<String>,
    /// Made until this day.
    #[param(format = Date)]
    to: Option<String>,
}

fn visit_views() -> utoipa::openapi::schema::Object {
    codes::of([
        "open",
        "to_decide",
        "to_schedule",
        "scheduled",
        "to_sign",
        "to_file",
        "due",
        "follow_up",
        "late",
        "archived",
        "ended",
    ])
}

/// Lists visits.
#[utoipa::path(get, path = "/api/v1/visits", tag = "visits",
    params(VisitFilterQuery, PageQuery),
    responses((status = 200, description = "A page of visits.", body = ListOf<VisitJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_visits(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<VisitFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = VisitQuery {
        view: text(filter.view),
        purpose: text(filter.purpose),
        org: text(filter.org),
        from: text(filter.from),
        to: text(filter.to),
        after: page.after(),
    };
    let (actor, now, rows) = (&caller.actor, caller.now, page.rows()?);
    let found = app::visits::page_of_visits(&web.app, actor, now, &query, rows).await?;
    Ok(listed::<_, VisitJson>(&caller, found))
}

/// Reads a visit.
#[utoipa::path(get, path = "/api/v1/visits/{visit}", tag = "visits",
    params(("visit" = String, Path, description = "Number of the visit, or its id.")),
    responses((status = 200, description = "The visit.", body = VisitJson,
        headers(("ETag" = String, description = "Version.")))))]
pub(crate) async fn get_visit(State(web): State<Web>, caller: Caller, Named(key): Named) -> Reply {
    let page = app::visits::visit_page(&web.app, &caller.actor, caller.now, &key).await?;
    Ok(tagged(page.visit.version, VisitJson::from(page.visit)))
}

/// The record form of a visit, annex 1.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VisitFormBody {
    /// When the visit was made.
    #[schema(format = DateTime)]
    visited_at: String,
    /// Who answered.
    #[schema(nullable = false)]
    respondent: Option<String>,
    /// Name of who answered.
    #[schema(nullable = false, max_length = 200)]
    respondent_name: Option<String>,
    /// Position of who answered.
    #[schema(nullable = false, max_length = 200)]
    position: Option<String>,
    /// Telephone number of who answered.
    #[schema(nullable = false)]
    phone: Option<String>,
    /// Where it was.
    #[schema(nullable = false, max_length = 200)]
    place: Option<String>,
    /// Summary of the content.
    #[schema(nullable = false, max_length = 2000)]
    summary: Option<String>,
    /// What the customer said.
    #[schema(nullable = false, max_length = 2000)]
    feedback: Option<String>,
    /// How problems are followed up.
    #[schema(nullable = false, max_length = 2000)]
    follow_up: Option<String>,
    /// Remarks.
    #[schema(nullable = false, max_length = 2000)]
    remarks: Option<String>,
    /// Whether everything was confirmed without objection.
    #[schema(nullable = false)]
    affirmed: Option<bool>,
    /// The type of problem, when something was not confirmed.
    #[schema(nullable = false)]
    problem: Option<String>,
    /// Answers to the questions, in their order.
    #[serde(default)]
    answers: Vec<String>,
    /// Name of this writing: the same name is taken once.
    #[schema(nullable = false, max_length = 80)]
    submission: Option<String>,
}

/// Where the visit stands after the form was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FormWritten {
    /// Where it stands.
    #[schema(value_type = codes::VisitStateCode)]
    state: &'static str,
    /// Version, for the next writing.
    version: i64,
    /// Columns that are still to be filled before the respondent can sign.
    missing: Vec<&'static str>,
}

/// Writes the form of a visit.
///
/// By the visitor; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/visits/{visit}/form", tag = "visits",
    params(("visit" = String, Path, description = "Number of the visit, or its id."),
        ("If-Match" = Option<String>, Header, description = "The version that was read.")),
    request_body = VisitFormBody,
    responses((status = 200, description = "Written.", body = FormWritten),
        (status = 412, description = "Someone else changed the visit.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json")))]
pub(crate) async fn write_form(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(body): Body<VisitFormBody>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::visits::find_visit(&web.app, actor, &key).await?;
    let form = VisitForm {
        visited_at: body.visited_at,
        respondent: text(body.respondent),
        respondent_name: text(body.respondent_name),
        position: text(body.position),
        phone: text(body.phone),
        place: text(body.place),
        summary: text(body.summary),
        feedback: text(body.feedback),
        follow_up: text(body.follow_up),
        remarks: text(body.remarks),
        affirmed: body.affirmed.map(|b| b.to_string()).unwrap_or_default(),
        problem: text(body.problem),
        answers: body.answers,
        submission: text(body.submission),
        version: caller.expects(row.version)?,
    };
    let written = app::visits::write_form(&web.app, actor, now, row.id, &form)
        .await
        .map_err(|e| caller.said(e))?;
    let body = FormWritten {
        state: written.state.as_str(),
        version: written.version,
        missing: written.missing,
    };
    Ok(Json(body).into_response())
}
