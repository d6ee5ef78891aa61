//! Customers who may be one, for other systems and for people.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{
    Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, tagged, text,
};
use crate::state::Web;
use app::Error;
use app::duplicates::{DecisionForm, DuplicateQuery, MergeForm, Merging};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use store::duplicates::{DuplicateRow, DuplicateSide};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_duplicates))
        .routes(routes!(get_duplicate))
        .routes(routes!(decide_duplicate))
        .routes(routes!(merge_duplicate))
}

/// One of the two customers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DuplicateSide)]
pub(crate) struct SideJson {
    /// Number.
    customer_no: String,
    /// Name; of persons masked.
    name: String,
    /// Name of the unit.
    unit: String,
}

impl From<DuplicateSide> for SideJson {
    fn from(side: DuplicateSide) -> Self {
        Self {
            customer_no: side.customer_no,
            name: side.shown_name,
            unit: side.org_name,
        }
    }
}

/// What agrees in one field.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DuplicateField)]
pub(crate) struct FieldJson {
    /// The field.
    #[schema(value_type = codes::DuplicateFieldCode)]
    field: &'static str,
    /// How far it agrees.
    #[schema(value_type = codes::DuplicateLevelCode)]
    level: &'static str,
}

/// Two customers who may be one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Duplicate)]
pub(crate) struct DuplicateJson {
    /// Id.
    id: Uuid,
    /// One.
    low: SideJson,
    /// The other.
    high: SideJson,
    /// Sum of the weights, in hundredths of a bit.
    weight: i64,
    /// Probability in millionths.
    probability: i64,
    /// The grade.
    #[schema(value_type = codes::DuplicateGradeCode)]
    grade: &'static str,
    /// What was compared; what is not known of both is left out.
    fields: Vec<FieldJson>,
    /// Where it stands.
    #[schema(value_type = codes::DuplicateStateCode)]
    state: &'static str,
    /// Why it was decided so.
    reason: Option<String>,
    /// Who decided.
    decided_by: Option<String>,
    /// When.
    decided_at: Option<DateTime<Utc>>,
    /// When it is asked again.
    postponed_until: Option<NaiveDate>,
    /// When it was found.
    found_at: DateTime<Utc>,
    /// Version, as in `ETag`.
    version: i64,
}

impl From<DuplicateRow> for DuplicateJson {
    fn from(r: DuplicateRow) -> Self {
        let fields = r.vector.known().map(|(field, level)| FieldJson {
            field: field.as_str(),
            level: level.as_str(),
        });
        Self {
            fields: fields.collect(),
            id: r.id,
            low: r.low.into(),
            high: r.high.into(),
            weight: r.weight,
            probability: r.probability,
            grade: r.grade.as_str(),
            state: r.state.as_str(),
            reason: r.reason,
            decided_by: r.decided_by,
            decided_at: r.decided_at,
            postponed_until: r.postponed_until,
            found_at: r.found_at,
            version: r.version,
        }
    }
}

/// Filters of pairs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DuplicateFilterQuery {
    /// A view: `waiting` otherwise.
    #[param(schema_with = views)]
    view: Option<String>,
    /// Of this grade.
    #[param(value_type = Option<codes::DuplicateGradeCode>)]
    grade: Option<String>,
    /// In which a field stands at a level, such as `mobile=equal`.
    field: Option<String>,
    /// With a probability of at least this, in percent.
    probability: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
    /// Number of a customer.
    customer: Option<String>,
}

fn views() -> utoipa::openapi::schema::Object {
    codes::of(["waiting", "unsure", "different", "same", "all"])
}

/// Lists pairs of customers who may be one, the most likely first.
#[utoipa::path(get, path = "/api/v1/duplicates", tag = "duplicates",
    params(DuplicateFilterQuery, PageQuery),
    responses((status = 200, description = "A page of pairs, the most likely first.", body = ListOf<DuplicateJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_duplicates(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<DuplicateFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = DuplicateQuery {
        view: text(filter.view),
        grade: text(filter.grade),
        kind: String::new(),
        field: text(filter.field),
        probability: text(filter.probability),
        org: text(filter.org),
        customer: text(filter.customer),
        after: page.after(),
    };
    let (actor, rows) = (&caller.actor, Some(page.rows()?));
    let found = app::duplicates::list_duplicates(&web.app, actor, caller.now, &query, rows).await?;
    Ok(listed::<_, DuplicateJson>(&caller, found.page))
}

fn id_of(text: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(text).map_err(|_| Error::NotFound)
}

/// Reads a pair.
#[utoipa::path(get, path = "/api/v1/duplicates/{duplicate}", tag = "duplicates",
    params(("duplicate" = String, Path, description = "Id of the pair.")),
    responses((status = 200, description = "The pair.", body = DuplicateJson,
        headers(("ETag" = String, description = "Version.")))))]
pub(crate) async fn get_duplicate(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
) -> Reply {
    let page =
        app::duplicates::duplicate_page(&web.app, &caller.actor, caller.now, id_of(&id)?).await?;
    Ok(tagged(page.row.version, DuplicateJson::from(page.row)))
}

/// A decision on a pair.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DuplicateDecision {
    /// The decision.
    #[schema(value_type = codes::DuplicateDecisionCode)]
    decision: String,
    /// Why; needed but for opening it again.
    #[schema(max_length = 500, nullable = false)]
    reason: Option<String>,
}

/// Decides that a pair is two customers, cannot be decided yet, or is to be looked at again.
#[utoipa::path(post, path = "/api/v1/duplicates/{duplicate}/decisions", tag = "duplicates",
    params(("duplicate" = String, Path, description = "Id of the pair.")),
    request_body = DuplicateDecision,
    responses((status = 204, description = "Decided.")))]
pub(crate) async fn decide_duplicate(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
    Body(given): Body<DuplicateDecision>,
) -> Reply {
    let form = DecisionForm {
        decision: given.decision,
        reason: text(given.reason),
        version: None,
    };
    app::duplicates::decide(&web.app, &caller.actor, caller.now, id_of(&id)?, &form).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A merge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DuplicateMerge {
    /// Number of the customer who stays.
    survivor: String,
    /// Facts that come from the other record; none otherwise.
    #[schema(value_type = Option<Vec<codes::MergedFieldCode>>, nullable = false)]
    fields: Option<Vec<String>>,
    /// Why.
    #[schema(max_length = 500)]
    reason: String,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DuplicateMerged {
    /// Number of the customer who stayed; nothing while a second person is asked.
    customer_no: Option<String>,
    /// The request that a second person decides on.
    approval: Option<Uuid>,
}

/// Merges a pair, or asks a second person where the rules demand one.
///
/// By a person; systems are refused with `approval-needs-person` unless one person decides.
#[utoipa::path(post, path = "/api/v1/duplicates/{duplicate}/merges", tag = "duplicates",
    params(("duplicate" = String, Path, description = "Id of the pair.")),
    request_body = DuplicateMerge,
    responses((status = 200, description = "Merged, or asked.", body = DuplicateMerged)))]
pub(crate) async fn merge_duplicate(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
    Body(given): Body<DuplicateMerge>,
) -> Reply {
    let form = MergeForm {
        survivor: given.survivor,
        fields: given.fields.unwrap_or_default(),
        reason: given.reason,
        version: None,
    };
    let done =
        app::duplicates::merge(&web.app, &caller.actor, caller.now, id_of(&id)?, &form).await?;
    let (customer_no, approval) = match done {
        Merging::Done(number) => (Some(number), None),
        Merging::Asked(request) => (None, Some(request)),
    };
    let body = DuplicateMerged {
        customer_no,
        approval,
    };
    Ok(Json(body).into_response())
}
