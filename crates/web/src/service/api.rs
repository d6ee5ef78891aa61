//! Service by class for other systems: what underwriting and claims are told, the service plan, the watch list.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{Asked, Caller, ListOf, Named, PageQuery, Reply, codes, listed, text};
use crate::state::Web;
use app::service::{PlanPage, Standing, WatchQuery};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use store::service::{FlagChangeRow, FlagRow, WatchedRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_customer_flags))
        .routes(routes!(list_flag_changes))
        .routes(routes!(get_service_plan))
        .routes(routes!(list_watched_customers))
}

/// Something that underwriting or claims heed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerFlag)]
pub(crate) struct FlagJson {
    /// What.
    #[schema(value_type = codes::FlagKindCode)]
    flag: &'static str,
    /// Where it comes from.
    #[schema(value_type = codes::FlagSourceCode)]
    source: &'static str,
    /// Where it stands.
    #[schema(value_type = codes::FlagStateCode)]
    state: &'static str,
    /// Since when it holds.
    since: Option<DateTime<Utc>>,
    /// Why, when a person asked for it.
    reason: Option<String>,
    /// The rule that it rests on.
    #[schema(example = "company/service-plans")]
    pack: String,
    /// The article.
    #[schema(example = "三（二）4")]
    article: String,
}

impl From<FlagRow> for FlagJson {
    fn from(r: FlagRow) -> Self {
        Self {
            flag: r.flag.as_str(),
            source: r.source.as_str(),
            state: r.state.as_str(),
            since: r.raised_at,
            reason: r.reason,
            pack: r.pack,
            article: r.article,
        }
    }
}

/// Lists what underwriting and claims heed with a customer.
#[utoipa::path(get, path = "/api/v1/customers/{customer_no}/flags", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    responses((status = 200, description = "The flags that hold.", body = Vec<FlagJson>)))]
pub(crate) async fn list_customer_flags(
    State(web): State<Web>,
    caller: Caller,
    Named(customer_no): Named,
) -> Reply {
    let flags = app::service::flags_of(&web.app, &caller.actor, &customer_no).await?;
    let flags: Vec<_> = flags.into_iter().map(FlagJson::from).collect();
    Ok(Json(flags).into_response())
}

/// A flag that was raised or withdrawn.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerFlagChange)]
pub(crate) struct ChangeJson {
    /// Number of the customer.
    customer_no: String,
    /// What.
    #[schema(value_type = codes::FlagKindCode)]
    flag: &'static str,
    /// Where it comes from.
    #[schema(value_type = codes::FlagSourceCode)]
    source: &'static str,
    /// It was raised; otherwise it was withdrawn.
    raised: bool,
    /// When.
    at: DateTime<Utc>,
    /// The article that it rests on.
    article: String,
}

impl From<FlagChangeRow> for ChangeJson {
    fn from(r: FlagChangeRow) -> Self {
        Self {
            customer_no: r.customer_no,
            flag: r.flag.as_str(),
            source: r.source.as_str(),
            raised: r.raised,
            at: r.at,
            article: r.article,
        }
    }
}

/// Lists flags that were raised and withdrawn, the oldest first.
#[utoipa::path(get, path = "/api/v1/customer-flag-changes", tag = "customers",
    params(PageQuery),
    responses((status = 200, description = "A page of changes.", body = ListOf<ChangeJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_flag_changes(
    State(web): State<Web>,
    caller: Caller,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let rows = page.rows()?;
    let found = app::service::flag_changes(&web.app, &caller.actor, &page.after(), rows).await?;
    Ok(listed::<_, ChangeJson>(&caller, found))
}

/// Something that the class owes in this year.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServicePlanLine)]
pub(crate) struct LineJson {
    /// What.
    #[schema(example = "contacts_per_year")]
    code: String,
    /// In the whole year.
    per_year: i64,
    /// By today.
    owed: i64,
    /// Done.
    done: i64,
    /// The article that it is written in.
    article: String,
}

/// A privilege of the class.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServicePrivilege)]
pub(crate) struct PrivilegeJson {
    /// What.
    #[schema(example = "priority_claim")]
    code: String,
    /// Times in a year; as often as there is an occasion when missing.
    per_year: Option<i64>,
    /// Times that it was used this year.
    used: i64,
}

/// The service plan of a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServicePlan)]
pub(crate) struct PlanJson {
    /// Number of the customer.
    customer_no: String,
    /// What the customer is worth.
    value_class: Option<String>,
    /// The risk class.
    risk_class: Option<String>,
    /// Who is in charge.
    person: Option<String>,
    /// For which team.
    team: Option<String>,
    /// By when the customer is to be spoken to again.
    next_contact_on: Option<NaiveDate>,
    /// What is owed against what was done.
    lines: Vec<LineJson>,
    /// Privileges.
    privileges: Vec<PrivilegeJson>,
}

impl From<PlanPage> for PlanJson {
    fn from(p: PlanPage) -> Self {
        let in_charge = p.in_charge();
        Self {
            person: in_charge.map(|c| c.user_name.clone()),
            team: in_charge.and_then(|c| c.team_name.clone()),
            next_contact_on: p.next_contact_on,
            lines: p
                .lines
                .into_iter()
                .map(|l| LineJson {
                    code: l.entitled.code,
                    per_year: l.per_year,
                    owed: l.owed,
                    done: l.done,
                    article: l.entitled.source.article,
                })
                .collect(),
            privileges: p
                .privileges
                .into_iter()
                .map(|v| PrivilegeJson {
                    per_year: match v.entitled.standing {
                        Standing::Times(n) => Some(n),
                        _ => None,
                    },
                    code: v.entitled.code,
                    used: v.used,
                })
                .collect(),
            customer_no: p.customer.customer_no,
            value_class: p.customer.value_class,
            risk_class: p.risk_class,
        }
    }
}

/// Reads the service plan of a customer.
#[utoipa::path(get, path = "/api/v1/customers/{customer_no}/service-plan", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    responses((status = 200, description = "The plan.", body = PlanJson)))]
pub(crate) async fn get_service_plan(
    State(web): State<Web>,
    caller: Caller,
    Named(customer_no): Named,
) -> Reply {
    let actor = &caller.actor;
    let page = app::service::service_plan(&web.app, actor, caller.now, &customer_no).await?;
    Ok(Json(PlanJson::from(page)).into_response())
}

/// A customer who is or was watched.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WatchedCustomer)]
pub(crate) struct WatchedJson {
    /// Number of the customer.
    customer_no: String,
    /// Where it comes from.
    #[schema(value_type = codes::WatchSourceCode)]
    source: &'static str,
    /// The signs of potential.
    #[schema(value_type = Vec<codes::WatchSignCode>)]
    signs: Vec<&'static str>,
    /// Since when.
    since: DateTime<Utc>,
    /// Who sees to it.
    owner: Option<String>,
    /// How it ended.
    #[schema(value_type = Option<codes::WatchEndCode>)]
    end: Option<&'static str>,
    /// When it ended.
    ended_at: Option<DateTime<Utc>>,
    /// The class that the customer came to.
    end_class: Option<String>,
}

impl From<WatchedRow> for WatchedJson {
    fn from(r: WatchedRow) -> Self {
        Self {
            customer_no: r.customer_no,
            source: r.source.as_str(),
            signs: r.signs.iter().map(|s| s.as_str()).collect(),
            since: r.put_at,
            owner: r.owner_name,
            end: r.end.map(domain::service::WatchEnd::as_str),
            ended_at: r.ended_at,
            end_class: r.end_class,
        }
    }
}

/// Filters of watched customers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WatchFilterQuery {
    /// `open`, `nobody`, `promoted`, `dropped` or `all`.
    view: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
}

/// Lists customers of low value who are watched because they may come to be worth more.
#[utoipa::path(get, path = "/api/v1/watch-list", tag = "customers",
    params(WatchFilterQuery, PageQuery),
    responses((status = 200, description = "A page of customers.", body = ListOf<WatchedJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_watched_customers(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<WatchFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = WatchQuery {
        view: text(filter.view),
        org: text(filter.org),
        after: page.after(),
    };
    let rows = Some(page.rows()?);
    let found = app::service::list_watched(&web.app, &caller.actor, &query, rows).await?;
    Ok(listed::<_, WatchedJson>(&caller, found))
}
