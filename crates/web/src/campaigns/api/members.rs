//! The lists of callback campaigns for other systems and for people.

use crate::api::{Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, text};
use crate::state::Web;
use app::campaigns::{ListForm, MemberQuery};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::campaigns::MemberRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_campaign_members, add_campaign_members))
        .routes(routes!(remove_campaign_member))
}

/// A customer on the list of a campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignMember)]
pub(crate) struct MemberJson {
    /// Number of the customer.
    customer_no: String,
    /// Name of the customer; of persons masked.
    customer_name: String,
    /// What the customer is called for.
    purpose: Option<String>,
    /// Where the customer comes from.
    #[schema(value_type = codes::MemberSourceCode)]
    source: &'static str,
    /// Who put the customer on the list.
    added_by: String,
    /// When.
    added_at: DateTime<Utc>,
    /// When the customer was taken off.
    removed_at: Option<DateTime<Utc>>,
    /// Why.
    removed_reason: Option<String>,
    /// Programme of the obligation.
    programme: Option<String>,
    /// Number of the obligation.
    obligation: Option<String>,
    /// Number of the callback.
    callback: Option<String>,
    /// State of the callback.
    #[schema(value_type = Option<codes::CallbackStateCode>)]
    state: Option<&'static str>,
    /// When it was completed.
    completed_at: Option<DateTime<Utc>>,
    /// Problems that it raised.
    problems: i64,
}

impl From<MemberRow> for MemberJson {
    fn from(m: MemberRow) -> Self {
        let state = m.callback.as_ref().map(|(_, _, state)| state.as_str());
        Self {
            customer_no: m.customer_no,
            customer_name: m.customer_name,
            purpose: m.purpose,
            source: m.source.as_str(),
            added_by: m.added_name,
            added_at: m.added_at,
            removed_at: m.removed_at,
            removed_reason: m.removed_reason,
            programme: m.programme,
            obligation: m.obligation_number,
            callback: m.callback.map(|(_, number, _)| number),
            state,
            completed_at: m.completed_at,
            problems: m.problems,
        }
    }
}

/// Filters of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MemberFilterQuery {
    /// Which customers: all that are on the list otherwise.
    #[param(schema_with = codes::member_view)]
    view: Option<String>,
}

/// Lists the customers of a campaign, with what became of their callbacks.
#[utoipa::path(get, path = "/api/v1/campaigns/{campaign}/members", tag = "campaigns",
    params(("campaign" = String, Path, description = "Number of the campaign, or its id."), MemberFilterQuery, PageQuery),
    responses((status = 200, description = "A page of the list.", body = ListOf<MemberJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_campaign_members(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Asked(filter): Asked<MemberFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = MemberQuery {
        campaign: key,
        view: text(filter.view),
        after: page.after(),
    };
    let rows = Some(page.rows()?);
    let found = app::campaigns::member_page(&web.app, &caller.actor, &query, rows).await?;
    Ok(listed::<_, MemberJson>(&caller, found))
}

/// A customer to put on the list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListedCustomer {
    /// Number of the customer.
    customer_no: String,
    /// What this customer is called for; the purpose of all otherwise.
    #[schema(nullable = false, max_length = 200)]
    purpose: Option<String>,
}

/// Customers to put on the list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListedCustomers {
    /// Who.
    #[schema(max_items = 5000)]
    customers: Vec<ListedCustomer>,
    /// Where the list comes from: `single` otherwise.
    #[schema(value_type = Option<codes::MemberSourceCode>)]
    source: Option<String>,
    /// What customers without a purpose of their own are called for.
    #[schema(nullable = false, max_length = 200)]
    purpose: Option<String>,
    /// Why, after the release.
    #[schema(nullable = false, max_length = 200)]
    reason: Option<String>,
}

/// What became of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListReport {
    /// Customers that were put on the list.
    added: usize,
    /// Customers that stood on it before, or twice in what was given.
    known: usize,
    /// Numbers that no customer of the unit has, the first of them.
    unknown: Vec<String>,
    /// How many those are.
    unknown_count: usize,
}

/// Puts customers on the list.
///
/// By a person; systems are refused with `person-needed`. After the release a reason is needed, and callbacks follow.
#[utoipa::path(post, path = "/api/v1/campaigns/{campaign}/members", tag = "campaigns",
    params(("campaign" = String, Path, description = "Number of the campaign, or its id.")),
    request_body = ListedCustomers,
    responses((status = 200, description = "What became of each.", body = ListReport)))]
pub(crate) async fn add_campaign_members(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(given): Body<ListedCustomers>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::campaigns::find_campaign(&web.app, actor, &key).await?;
    let customers = given.customers.into_iter();
    let form = ListForm {
        source: text(given.source),
        purpose: text(given.purpose),
        customers: customers
            .map(|c| (c.customer_no, text(c.purpose)))
            .collect(),
        reason: text(given.reason),
    };
    let report = app::campaigns::add_members(&web.app, actor, now, row.id, &form).await?;
    let body = ListReport {
        added: report.added,
        known: report.known,
        unknown: report.unknown,
        unknown_count: report.unknown_count,
    };
    Ok(Json(body).into_response())
}

/// A customer to take off the list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnlistedCustomer {
    /// Number of the customer.
    customer_no: String,
    /// Why, after the release.
    #[schema(nullable = false, max_length = 200)]
    reason: Option<String>,
}

/// Takes a customer off the list.
///
/// By a person. After the release a reason is needed; compliance programmes accept no removal.
#[utoipa::path(post, path = "/api/v1/campaigns/{campaign}/removals", tag = "campaigns",
    params(("campaign" = String, Path, description = "Number of the campaign, or its id.")),
    request_body = UnlistedCustomer,
    responses((status = 204, description = "Taken off.")))]
pub(crate) async fn remove_campaign_member(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(given): Body<UnlistedCustomer>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::campaigns::find_campaign(&web.app, actor, &key).await?;
    let (customer, reason) = (&given.customer_no, text(given.reason));
    app::campaigns::remove_member(&web.app, actor, now, row.id, customer, &reason).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
